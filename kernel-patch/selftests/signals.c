// SPDX-License-Identifier: GPL-2.0-only
/* Signals to activations in each state; a handler runs whatever the state is. */
#include "harness.h"

#include <pthread.h>

static volatile int handled;
static const struct act_init long_bound;	/* play() makes it ten seconds */

static void on_signal(int signal)
{
	(void)signal;
	handled++;
}

static void signal_stopped(struct act_page *page)
{
	unsigned long blocks;

	make_stopped(page);
	CHECK(!steps_in(0.05));
	blocks = page->nr_blocks;
	syscall(SYS_tgkill, getpid(), s.id, SIGUSR1);
	SPIN_FOR(handled == 1);
	/* runs for its grace period, and then is stopped again */
	compute_for(0.2);
	SPIN_FOR(!steps_in(0.05));
	CHECK_EQ(page->nr_blocks, blocks);
	CHECK(!has_event(page));
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0), -EINTR);
	FAIL("RESTART came back");
}

static void block_count_signal(struct act_page *page)
{
	release(page);
	sleep_in_read(&s);
	while (page->cur != (__u32)my_tid())
		steps++;
	done();
}

TEST(signal_to_stopped, "a signal is handled by a stopped activation, which is stopped again after")
{
	signal(SIGUSR1, on_signal);
	make_sleeper(&s);
	play(long_bound, 2, 2, (script *[]){ block_count_signal, signal_stopped });
}

static void long_handler(int signal)
{
	(void)signal;
	compute_for(0.05);
	handled++;
}

static void signal_stopped_for_long(struct act_page *page)
{
	double before;

	make_stopped(page);
	CHECK(!steps_in(0.05));
	before = seconds();
	syscall(SYS_tgkill, getpid(), s.id, SIGUSR1);
	SPIN_FOR(handled == 1);
	/* not by the bound, which is ten seconds here */
	CHECK(seconds() - before < 1 * slowness());
	SPIN_FOR(!steps_in(0.05));
	CHECK_EQ(page->cur, my_tid());
	done();
}

TEST(long_handler, "a handler runs to its end, however many ticks that takes")
{
	signal(SIGUSR1, long_handler);
	make_sleeper(&s);
	play(long_bound, 2, 2, (script *[]){ block_then_count, signal_stopped_for_long });
}

static void *send_signals(void *unused)
{
	int i;

	(void)unused;
	WAIT_FOR(ASLEEP(&s));
	for (i = 0; i < 50; i++) {
		syscall(SYS_tgkill, getpid(), s.id, SIGUSR1);
		WAIT_FOR(handled > i);
	}
	wake(&s);
	return NULL;
}

TEST(signal_to_blocked, "signals to a blocked activation are handled, and the call goes on")
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct spinner spinner = { 0 };
	pthread_t thread;

	sigaction(SIGUSR1, &action, NULL);
	start((struct act_options){ .vps = 1, .spares = 3 });
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	act_spawn(spin, &spinner);
	pthread_create(&thread, NULL, send_signals, NULL);
	pthread_join(thread, NULL);
	WAIT_FOR(s.stage == 2);
	WAIT_FOR(advances(&spinner));
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
	WAIT_UNBLOCKED(s.id);
	check_log();
}

TEST(signal_to_spare, "a signal to a spare is handled, and it is a spare again")
{
	char line[64];
	pid_t tid, me = getpid();
	int i, sent = 0;

	(void)line;
	signal(SIGUSR1, on_signal);
	start((struct act_options){ .vps = 1, .spares = 3 });
	WAIT_FOR(act_pages->nr_spares >= 3);
	for (tid = me + 1; tid < me + 32; tid++)
		if (state_of(tid) && (__u32)tid != act_pages->cur)
			for (i = 0; i < 10; i++) {
				syscall(SYS_tgkill, me, tid, SIGUSR1);
				sent++;
				usleep(1000);
			}
	CHECK(sent >= 30);
	WAIT_FOR(handled >= sent / 10);
	WAIT_FOR(act_pages->nr_spares >= 3);
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	wake(&s);
	WAIT_FOR(s.stage == 2);
}

TEST(signal_to_revoked, "a signal to a revoked VP's current loses nothing")
{
	int i;

	signal(SIGUSR1, on_signal);
	start((struct act_options){ .vps = 1, .spares = 3 });
	for (i = 0; i < 50; i++) {
		make_sleeper(&s);
		act_spawn(sleep_in_read, &s);
		WAIT_FOR(ASLEEP(&s));
		usleep(500);
		syscall(SYS_tgkill, getpid(), act_pages->cur, SIGUSR1);
		if (i & 1)
			usleep(300);
		wake(&s);
		WAIT_FOR(s.stage == 2);
		close(s.pipe[0]);
		close(s.pipe[1]);
	}
	check_log();
}
