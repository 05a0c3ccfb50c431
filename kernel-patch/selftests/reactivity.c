// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rule 5: a computing activation of the same application must not delay an
 * upcall by a time slice.  Meant for counted time (vm/run --icount), where
 * a figure does not depend on what else the host does; elsewhere it skips.
 */
#include "harness.h"

#include <sys/timerfd.h>
#include <time.h>

#define ROUNDS 1000
#define FOREIGN 3

static struct spinner computing[32];
static volatile int finished;
static long latency[ROUNDS];
static struct sleeper gate[32], starts;

static int by_size(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

/* Sleeps until a due time at random distances, and notes how late it is. */
static void timed(void *unused)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), i;
	struct itimerspec due = { 0 };
	unsigned int dice = 12345;
	struct timespec now;
	__u64 n;

	(void)unused;
	sleep_in_read(&starts);
	for (i = 0; i < ROUNDS; i++) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		dice = dice * 1103515245 + 12345;
		due.it_value = now;
		due.it_value.tv_nsec += 200000 + dice / 65536 % 1000 * 700;
		if (due.it_value.tv_nsec >= 1000000000) {
			due.it_value.tv_nsec -= 1000000000;
			due.it_value.tv_sec++;
		}
		timerfd_settime(fd, TFD_TIMER_ABSTIME, &due, NULL);
		if (read(fd, &n, sizeof(n)) != sizeof(n))
			FAIL("read: %s", strerror(errno));
		clock_gettime(CLOCK_MONOTONIC, &now);
		latency[i] = (now.tv_sec - due.it_value.tv_sec) * 1000000000 +
			     now.tv_nsec - due.it_value.tv_nsec;
	}
	finished = 1;
}


static void compute(void *number)
{
	sleep_in_read(&gate[(long)number]);
	spin(&computing[(long)number]);
}

static void measure(struct act_options options, long most)
{
	int i;

	if (!getenv("SA_COUNTED"))
		skip("only under counted time");
	options.vps = 1;
	/* all at the start: to make a thread more, with the lock, takes half a millisecond */
	options.spares = 40;
	options.fixed_spares = true;
	options.bound_ns = ACT_BOUND_MAX;
	start(options);
	pin_to(0, 0);
	make_sleeper(&starts);
	act_spawn(timed, NULL);
	for (i = 0; i < 32; i++) {
		make_sleeper(&gate[i]);
		act_spawn(compute, (void *)(long)i);
	}
	for (i = 0; i < 32; i++)
		WAIT_FOR(ASLEEP(&gate[i]));
	/* each takes the place of the one before */
	for (i = 0; i < 32; i++) {
		wake(&gate[i]);
		WAIT_FOR(computing[i].count);
	}
	usleep(20000);
	wake(&starts);
	while (!finished)
		usleep(20000);
	qsort(latency, ROUNDS, sizeof(*latency), by_size);
	printf("# due to the blocked thread's code, ns: median %ld, p99 %ld, longest %ld\n",
	       latency[ROUNDS / 2], latency[ROUNDS * 99 / 100], latency[ROUNDS - 1]);
	/* A few may have met a task that is none of ours: then the fair class decides. */
	if (latency[ROUNDS - 1 - FOREIGN] > most)
		FAIL("more than %d are above %ld", FOREIGN, most);
}

TIMED_TEST(switched_prompt, "switched: never late by a time slice beside 32 computing ones", 100)
{
	measure((struct act_options){ 0 }, 100000);
}

TIMED_TEST(injected_prompt, "injected: the same", 100)
{
	measure((struct act_options){ .delivery = ACT_DELIVER_INJECTED, .preempt = true },
		100000);
}

TIMED_TEST(direct_prompt, "direct: the same", 100)
{
	measure((struct act_options){ .direct = ACT_DIRECT_ALWAYS }, 50000);
}
