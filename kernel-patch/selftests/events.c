// SPDX-License-Identifier: GPL-2.0-only
/* Rule 3: every event once, in its order, however many there are, and its times. */
#include "harness.h"

#include <sys/resource.h>

#define MANY 1000

static struct sleeper many[MANY];

static void block_many(struct act_options options)
{
	struct rlimit limit = { 4096, 4096 };
	int i, n;

	setrlimit(RLIMIT_NOFILE, &limit);
	start(options);
	for (i = 0; i < MANY; i++) {
		make_sleeper(&many[i]);
		act_spawn(sleep_in_read, &many[i]);
	}
	for (i = 0; i < MANY; i++)
		WAIT_FOR(many[i].stage == 1);
	WAIT_FOR(ASLEEP(&many[MANY - 1]));
	usleep(20000);
	n = events(ACT_EVENT_BLOCK, 0);
	CHECK(n + (int)act_pages->nr_unreported >= MANY);
	for (i = 0; i < MANY; i++)
		wake(&many[i]);
	for (i = 0; i < MANY; i++)
		WAIT_FOR(many[i].stage == 2);
	usleep(20000);
	WAIT_UNBLOCKED(0);
	for (i = 0; i < MANY; i++)
		CHECK_EQ(events(ACT_EVENT_UNBLOCK, many[i].id),
			 events(ACT_EVENT_BLOCK, many[i].id));
	check_log();
}

TIMED_TEST(thousand, "a thousand activations blocked at once, each reported once", 120)
{
	block_many((struct act_options){ .vps = 1, .spares = 4 });
}

TIMED_TEST(thousand_two_vps, "the same on two VPs", 120)
{
	block_many((struct act_options){ .vps = 2, .spares = 4, .flags = ACT_INIT_MIGRATE });
}

static volatile int held, let_go;

static void hold_lock(void *unused)
{
	struct act_page *page = act_lock();

	(void)unused;
	held = 1;
	while (!let_go)
		__builtin_ia32_pause();
	act_unlock(page);
}

TIMED_TEST(ring_overflow, "more events than the ring holds: none is lost", 60)
{
	int i, n = 300;

	start((struct act_options){ .vps = 1, .spares = 4 });
	for (i = 0; i < n; i++) {
		make_sleeper(&many[i]);
		act_spawn(sleep_in_read, &many[i]);
	}
	for (i = 0; i < n; i++)
		WAIT_FOR(many[i].stage == 1);
	act_spawn(hold_lock, NULL);
	WAIT_FOR(held);
	for (i = 0; i < n; i++)
		wake(&many[i]);
	/* beyond the bound they run unmanaged, to the end of their thread */
	WAIT_FOR(act_pages->tail - act_pages->head >= ACT_RING_SIZE - ACT_RING_RESERVE);
	usleep(5000);
	let_go = 1;
	for (i = 0; i < n; i++)
		WAIT_FOR(many[i].stage == 2);
	WAIT_UNBLOCKED(0);
	check_log();
}

static void two_pipes(void *argument)
{
	struct sleeper *s = argument;
	char c;
	int i;

	s->id = my_tid();
	for (i = 0; i < 100; i++) {
		s->stage = 1;
		CHECK_EQ(read(s->pipe[0], &c, 1), 1);
	}
	s->stage = 2;
}

TEST(ping, "a hundred blocks of one thread beside a computing one keep their order")
{
	struct spinner spinner = { 0 };
	struct sleeper s;
	int i;

	start((struct act_options){ .vps = 1, .spares = 3 });
	make_sleeper(&s);
	act_spawn(two_pipes, &s);
	act_spawn(spin, &spinner);
	WAIT_FOR(s.stage == 1);
	for (i = 0; i < 100; i++) {
		wake(&s);
		usleep(500);
	}
	WAIT_FOR(s.stage == 2);
	WAIT_UNBLOCKED(s.id);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
	check_log();
}

/* --- times ------------------------------------------------------------- */

static void wake_once(unsigned int page_flags)
{
	struct spinner spinner = { 0 };

	start((struct act_options){ .vps = 1, .spares = 3, .page_flags = page_flags });
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	wake(&s);
	WAIT_FOR(s.stage == 2);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
	WAIT_FOR(events(ACT_EVENT_UNBLOCK, s.id) == 1);	/* as in WAIT_UNBLOCKED */
}

TEST(times, "with TIMES the events and the upcall tell the way of a wake-up in its order")
{
	__u64 before = seconds() * 1e9, blocked = 0, upcall;
	unsigned int i;

	wake_once(ACT_PAGE_TIMES);
	upcall = act_pages->upcall_time;
	for (i = 0; i < event_count; i++) {
		struct act_event *e = &event_log[i].event;

		CHECK(e->t_event >= before && e->t_event <= e->t_ready);
		CHECK(e->t_ready <= seconds() * 1e9);
		if (e->type == ACT_EVENT_BLOCK && e->id == (__u32)s.id)
			blocked = e->t_event;
		if (e->type != ACT_EVENT_UNBLOCK || e->id != (__u32)s.id)
			continue;
		CHECK(blocked && blocked < e->t_event);
		CHECK(e->t_event <= e->t_run && e->t_run <= e->t_ready);
		CHECK(e->t_ready <= upcall);
	}
}

TEST(no_times, "without it the clock is not read")
{
	unsigned int i;

	wake_once(0);
	CHECK_EQ(act_pages->upcall_time, 0);
	for (i = 0; i < event_count; i++)
		CHECK_EQ(event_log[i].event.t_event | event_log[i].event.t_run |
			 event_log[i].event.t_ready, 0);
}
