// SPDX-License-Identifier: GPL-2.0-only
/* Downcalls that race each other and the unblocks, through the library. */
#include "harness.h"

#include <pthread.h>
#include <sys/mman.h>

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

/* --- a lock that another thread clears --------------------------------- */

static struct act_page *cleared;
static volatile pid_t victim_id;
static volatile int waking;

/* Its stack pointer is nowhere: an upcall's frame cannot be written. */
static void *without_stack(void *unused)
{
	pin_to(0, 0);
	victim_id = my_tid();
	act_cntl(ACT_CNTL_SPARE, 0, 0);
	cleared->lock = 0;
	asm volatile("mov $0x100000, %rsp; 1: jmp 1b");
	return unused;
}

/* Takes the VP by the direct rule, and computes for longer than a time slice. */
static void *wake_and_compute(void *unused)
{
	pin_to(0, 0);
	while (act_cntl(ACT_CNTL_SPARE, 0, 0) < 0)
		;
	__atomic_fetch_add(&waking, 1, __ATOMIC_SEQ_CST);
	cleared->lock = 0;
	for (;;) {
		usleep(50);
		compute_for(0.012);
	}
	return unused;
}

/* The spare of a switched upcall. */
static void *restart_victim(void *unused)
{
	pin_to(0, 0);
	for (;;) {
		if (act_cntl(ACT_CNTL_SPARE, 0, 0) < 0)
			continue;
		do
			cleared->head = cleared->tail;
		while (act_cntl(ACT_CNTL_RESTART_UNBLOCKED, victim_id, 0) >= 0);
	}
	return unused;
}

static void *clear_lock(void *unused)
{
	int i;

	pin_to(0, 1);
	for (;;) {
		act_cntl(ACT_CNTL_REQUEST, 0, ACT_REQUEST_UPCALL);
		for (i = 0; i < 2000; i++)
			__atomic_store_n(&cleared->lock, 0, __ATOMIC_SEQ_CST);
		cleared->head = cleared->tail;
	}
	return unused;
}

TIMED_TEST(lock_cleared, "a lock that is cleared while an upcall's frame cannot be written", 60)
{
	struct act_init init = {
		.size = sizeof(init),
		.nr_vps = 1,
		.upcall_entry = (unsigned long)act_entry,
	};
	pthread_t thread;
	double begun;
	int i;

	if (cpus() < 2)
		skip("one processor");
	act_fd = act_cntl(ACT_CNTL_INIT, (unsigned long)&init, 0);
	CHECK(act_fd >= 0);
	cleared = mmap(NULL, sizeof(*cleared), PROT_READ | PROT_WRITE, MAP_SHARED, act_fd, 0);
	CHECK(cleared != MAP_FAILED);
	cleared->delivery = ACT_DELIVER_INJECTED;
	cleared->direct = ACT_DIRECT_ALWAYS;
	pthread_create(&thread, NULL, without_stack, NULL);
	WAIT_FOR(victim_id && state_of(victim_id) == 'R' && cleared->cur == (__u32)victim_id);
	for (i = 1; i <= 2; i++) {
		pthread_create(&thread, NULL, wake_and_compute, NULL);
		while (waking < i) {
			/* An upcall on a stack that is there leaves it set. */
			cleared->lock = 0;
			act_cntl(ACT_CNTL_REQUEST, 0, ACT_REQUEST_UPCALL);
			cleared->head = cleared->tail - 1;
			usleep(2000);
		}
	}
	for (i = 0; i < 3; i++)
		pthread_create(&thread, NULL, restart_victim, NULL);
	pthread_create(&thread, NULL, clear_lock, NULL);
	/* The kernel's log is the judge. */
	begun = seconds();
	while (seconds() - begun < 10)
		usleep(100000);
	CHECK(cleared->nr_injected > 100);
	done();
}
