// SPDX-License-Identifier: GPL-2.0-only
/* Downcalls that race each other and the unblocks, through the library. */
#include "harness.h"

static volatile int racing = 1, winners, losers;
static volatile pid_t prize;

/* Both VPs run this, with the lock, and grab at what has just been unblocked. */
static void race_for_prize(void *unused)
{
	struct act_page *page;
	long result;
	pid_t id;

	(void)unused;
	while (racing) {
		page = act_lock();
		if (!page)
			FAIL("no activation");
		result = -EAGAIN;
		id = prize;
		if (id && id != my_tid())
			result = act_cntl(ACT_CNTL_RESTART_UNBLOCKED, id, ACT_RESTART_KEEP);
		if (result >= 0)
			__atomic_fetch_add(&winners, 1, __ATOMIC_SEQ_CST);
		else if (result == -EAGAIN || result == -EINPROGRESS)
			__atomic_fetch_add(&losers, 1, __ATOMIC_SEQ_CST);
		else
			FAIL("RESTART: %s", strerror(-result));
		if (result < 0)
			act_unlock(page);
	}
}

TIMED_TEST(restart_race, "of two VPs that restart the same activation one wins", 60)
{
	int i;

	start((struct act_options){ .vps = 2, .spares = 3, .bound_ns = 5000000,
				    .flags = ACT_INIT_MIGRATE,
				    .delivery = ACT_DELIVER_PENDING });
	make_sleeper(&s);
	for (i = 0; i < 100; i++) {
		s.stage = 0;
		prize = 0;
		act_spawn(sleep_in_read, &s);
		WAIT_FOR(ASLEEP(&s));
		racing = 1;
		act_spawn(race_for_prize, NULL);
		act_spawn(race_for_prize, NULL);
		prize = s.id;
		wake(&s);
		WAIT_FOR(s.stage == 2);
		racing = 0;
		usleep(2000);
	}
	WAIT_UNBLOCKED(0);
	printf("# %d won, %d were told to look again\n", winners, losers);
}

static volatile unsigned long idles;

static void nothing(void *unused)
{
	(void)unused;
	idles++;
}

TIMED_TEST(revoke_race, "unblocks racing revokes and requests: no wake-up is lost", 60)
{
	struct sleeper sleeper;
	int i;

	start((struct act_options){ .vps = 1, .spares = 3 });
	for (i = 0; i < 2000; i++) {
		make_sleeper(&sleeper);
		act_spawn(sleep_in_read, &sleeper);
		act_spawn(nothing, NULL);
		if (i % 3)
			WAIT_FOR(sleeper.stage == 1);
		wake(&sleeper);
		WAIT_FOR(sleeper.stage == 2);
		close(sleeper.pipe[0]);
		close(sleeper.pipe[1]);
	}
	WAIT_FOR(idles == 2000);
	check_log();
}

TEST(migrate, "an unblocked activation of a busy VP can be restarted on another")
{
	struct spinner spinner = { 0 };
	int i;

	start((struct act_options){ .vps = 2, .spares = 3, .flags = ACT_INIT_MIGRATE });
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	for (i = 0; i < 50; i++) {
		make_sleeper(&s);
		act_spawn(sleep_in_read, &s);
		WAIT_FOR(ASLEEP(&s));
		wake(&s);
		WAIT_FOR(s.stage == 2);
	}
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
}
