// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules that keep a stopped activation from being stopped for ever: the
 * starvation rule, the bound, suspension.  A *stopped* one here is
 * UNBLOCKED or PREEMPTED while the current computes or sleeps with the lock.
 */
#include "harness.h"

#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

static const struct act_init long_bound;	/* play() makes it ten seconds */
/* and yet long enough for the other one to see that it is stopped, on a busy host too */
static const struct act_init short_bound = { .bound_ns = 300000000 };

/* --- starvation -------------------------------------------------------- */

static void sleep_with_lock(struct act_page *page)
{
	struct timespec time = { .tv_nsec = 300000000 };
	unsigned long unreported = page->nr_unreported;

	make_stopped(page);
	compute_for(0.05);
	CHECK_EQ(s.stage, 1);
	nanosleep(&time, NULL);
	CHECK_EQ(page->nr_unreported, unreported + 1);
	CHECK_EQ(s.stage, 2);
	CHECK(steps > 0);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->lock, 1);
	CHECK(page->nr_unmanaged >= 1);
	done();
}

TEST(starvation, "the current sleeps with the lock set: stopped ones run at once, unmanaged")
{
	make_sleeper(&s);
	play(long_bound, 2, 2, (script *[]){ block_then_count, sleep_with_lock });
}

static volatile int futex_word;

static void block_then_wake_current(struct act_page *page)
{
	release(page);
	sleep_in_read(&s);
	futex_word = 1;
	syscall(SYS_futex, &futex_word, 1 /* FUTEX_WAKE */, 1, NULL, NULL, 0);
	for (;;)
		steps++;
}

static void wait_for_stopped(struct act_page *page)
{
	double before;

	make_stopped(page);
	before = seconds();
	while (!futex_word)
		syscall(SYS_futex, &futex_word, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0);
	/* not by the bound, which is ten seconds here */
	CHECK(seconds() - before < 1 * slowness());
	done();
}

TEST(starvation_cycle, "so a current can wait, with the lock, for one that is stopped")
{
	make_sleeper(&s);
	play(long_bound, 2, 2, (script *[]){ block_then_wake_current, wait_for_stopped });
}

/* --- bound ------------------------------------------------------------- */

static void compute_beyond_bound(struct act_page *page)
{
	double before;

	before = seconds();
	make_stopped(page);
	SPIN_FOR(s.stage == 2);
	CHECK(seconds() - before >= 0.05);
	CHECK(seconds() - before < 1.5 * slowness());
	CHECK(page->nr_unmanaged >= 1);
	CHECK_EQ(page->cur, my_tid());
	done();
}

TEST(bound, "a stop ends at the bound, not before, though the current computes")
{
	struct act_init init = { .bound_ns = 50000000 };

	make_sleeper(&s);
	play(init, 2, 2, (script *[]){ block_then_count, compute_beyond_bound });
}

static void restart_unmanaged(struct act_page *page)
{
	make_stopped(page);
	SPIN_FOR(s.stage == 2);
	/* it runs or has been stopped again: both may be restarted */
	SPIN_FOR(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, ACT_RESTART_KEEP) >= 0);
	FAIL("nobody restarts this one");
}

static void count_until_current(struct act_page *page)
{
	pid_t me = my_tid();

	release(page);
	sleep_in_read(&s);
	SPIN_FOR(page->cur == (__u32)me);
	CHECK_EQ(act_cntl(ACT_CNTL_WAIT, 0, 0), 0);
	done();
}

TEST(restart_unmanaged_one, "an unmanaged activation can be restarted and is managed again")
{
	make_sleeper(&s);
	play(short_bound, 2, 2, (script *[]){ count_until_current, restart_unmanaged });
}

static struct sleeper again;

static void block_twice(struct act_page *page)
{
	release(page);
	sleep_in_read(&s);
	again.id = my_tid();
	sleep_in_read(&again);	/* unmanaged */
	for (;;)
		steps++;
}

static void see_block_of_unmanaged(struct act_page *page)
{
	struct act_event e;

	make_stopped(page);
	e = take_event(page);
	CHECK_EQ(e.type, ACT_EVENT_BLOCK);
	CHECK_EQ(e.id, s.id);
	CHECK_EQ(again.stage, 1);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, ACT_RESTART_KEEP), -EAGAIN);
	CHECK_EQ(page->cur, my_tid());
	wake(&again);
	e = take_event(page);
	CHECK_EQ(e.type, ACT_EVENT_UNBLOCK);
	CHECK_EQ(e.id, s.id);
	done();
}

TEST(unmanaged_blocks, "an unmanaged activation that blocks is BLOCKED, with an event")
{
	make_sleeper(&s);
	make_sleeper(&again);
	play(short_bound, 2, 2, (script *[]){ block_twice, see_block_of_unmanaged });
}

static void lock_unmanaged(struct act_page *page)
{
	__u64 me = my_tid();
	long result;

	release(page);
	sleep_in_read(&s);
	CHECK(page->cur != me);
	CHECK(!__atomic_compare_exchange_n(&page->word, &me, me | ACT_WORD_LOCK, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), -EAGAIN);
	CHECK_EQ(act_cntl(ACT_CNTL_EVENTS, 0, 0), -EAGAIN);
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 1000000, 0), -EAGAIN);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, page->cur, 0), -EAGAIN);
	s.stage = 3;
	result = act_cntl(ACT_CNTL_WAIT, 0, 0);	/* until somebody restarts it */
	FAIL("WAIT came back with %ld", result);
}

static void stay_current(struct act_page *page)
{
	make_stopped(page);
	SPIN_FOR(s.stage == 3);
	compute_for(0.1);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->lock, 1);
	done();
}

TEST(unmanaged_lock, "an unmanaged activation takes neither the lock nor the VP")
{
	make_sleeper(&s);
	play(short_bound, 2, 2, (script *[]){ lock_unmanaged, stay_current });
}

static volatile int handled;

static void on_signal(int signal)
{
	(void)signal;
	handled++;
}

/* --- suspension -------------------------------------------------------- */

static void suspend(struct act_page *page)
{
	(void)page;
	make_stopped(page);
	CHECK(!steps_in(0.05));
	CHECK_EQ(act_cntl(ACT_CNTL_SUSPEND, 1, 0), 0);
	SPIN_FOR(steps_in(0.01));
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(act_cntl(ACT_CNTL_SUSPEND, 0, 0), 0);
	SPIN_FOR(!steps_in(0.05));
	done();
}

TEST(suspension, "during a suspension stopped activations run, and stop again after it")
{
	make_sleeper(&s);
	play(long_bound, 2, 2, (script *[]){ block_then_count, suspend });
}

static void suspend_and_forget(struct act_page *page)
{
	double before = seconds();

	make_stopped(page);
	CHECK_EQ(act_cntl(ACT_CNTL_SUSPEND, 1, 0), 0);
	SPIN_FOR(steps_in(0.01));
	SPIN_FOR(!steps_in(0.05));
	CHECK(seconds() - before < 4 * slowness());
	done();
}

TEST(suspension_ends, "a suspension that nobody ends ends by itself")
{
	make_sleeper(&s);
	play(long_bound, 2, 2, (script *[]){ block_then_count, suspend_and_forget });
}

static void signal_suspends(struct act_page *page)
{
	make_stopped(page);
	CHECK(!steps_in(0.05));
	raise(SIGUSR2);		/* not to the one that is stopped */
	SPIN_FOR(handled);
	SPIN_FOR(steps_in(0.01));
	SPIN_FOR(!steps_in(0.05));
	done();
}

TEST(suspend_signal, "the announced signal begins a suspension, and it ends after suspend_ns")
{
	struct act_init init = { .suspend_signal = SIGUSR2, .suspend_ns = 300000000 };

	signal(SIGUSR2, on_signal);
	make_sleeper(&s);
	play(init, 2, 2, (script *[]){ block_then_count, signal_suspends });
}
