// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reactivity: from the moment that a timer is due to the code of the thread
 * that was blocked for it, with computing ones beside it.
 *
 *	wake MODE COMPUTING SAMPLES [BOUND-MS]
 *
 * MODE is kernel-thread (the computing ones are threads, too), switched,
 * injected or direct (they are activations of the same VP).  With a "+" at
 * its end everything is pinned to processor 0; with "/foreign" another process
 * computes there as well.
 */
#include "measure.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

#define TICK	4000000		/* ns, CONFIG_HZ_250 */
#define PHASES	2048

static int wanted;
static double *latency;
static volatile int finished;
static volatile unsigned long work;

/*
 * All of them begin, and block; then one after the other is woken and computes,
 * in the place of the one before; then the measuring starts.
 */
static int gate[2], start_gate[2];
static volatile int begun, computing_now;

static void timed(void *unused)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), i;
	unsigned int dice = 0;
	long long due;
	char c;

	(void)unused;
	if (read(start_gate[0], &c, 1) != 1)
		die("gate");
	for (i = -10; i < wanted; i++) {
		struct itimerspec at = { 0 };
		unsigned long long n;

		/*
		 * At random, but evenly over the period of the tick (the generator
		 * gives each number once): how many it hits is no matter of luck.
		 */
		dice = (dice * 1229 + 351) % PHASES;
		due = now_ns() + 200000;
		due += (TICK / PHASES * dice + TICK - due % TICK) % TICK;
		at.it_value.tv_sec = due / 1000000000;
		at.it_value.tv_nsec = due % 1000000000;
		timerfd_settime(fd, TFD_TIMER_ABSTIME, &at, NULL);
		if (read(fd, &n, sizeof(n)) != sizeof(n))
			die("read");
		if (i >= 0)
			latency[i] = now_ns() - due;
	}
	finished = 1;
}

static void compute(void *unused)
{
	char c;

	(void)unused;
	__atomic_fetch_add(&begun, 1, __ATOMIC_SEQ_CST);
	if (read(gate[0], &c, 1) != 1)
		die("gate");
	__atomic_fetch_add(&computing_now, 1, __ATOMIC_SEQ_CST);
	for (;;)
		work++;
}

static void *timed_thread(void *unused)
{
	timed(unused);
	return NULL;
}

static void *compute_thread(void *unused)
{
	compute(unused);
	return NULL;
}

static void open_gate(int computing)
{
	int i;

	while (begun < computing)
		usleep(1000);
	usleep(20000);
	for (i = 0; i < computing; i++) {
		if (write(gate[1], "g", 1) != 1)
			die("gate");
		while (computing_now <= i)
			usleep(1000);
	}
	usleep(20000);
	if (write(start_gate[1], "g", 1) != 1)
		die("gate");
}

static void plain_thread(void *(*function)(void *))
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	if (pthread_create(&thread, &attributes, function, NULL))
		die("pthread_create");
}

int main(int argc, char **argv)
{
	struct act_options options = { .vps = 1, .spares = 3 };
	int computing, i, pinned, foreign;
	char mode[64], name[96];

	if (argc < 4)
		return 2;
	snprintf(mode, sizeof(mode), "%s", argv[1]);
	snprintf(name, sizeof(name), "wake-%s-%s", argv[1], argv[2]);
	foreign = strstr(mode, "/foreign") != NULL;
	mode[strcspn(mode, "/")] = 0;
	pinned = strchr(mode, '+') != NULL;
	mode[strcspn(mode, "+")] = 0;
	computing = atoi(argv[2]);
	wanted = atoi(argv[3]);
	latency = calloc(wanted, sizeof(*latency));
	/* the rules against starvation are not what is measured here */
	options.bound_ns = argc > 4 ? atoi(argv[4]) * 1000000ULL : ACT_BOUND_MAX;
	if (pinned || foreign)
		run_on(0);
	if (pipe(gate) || pipe(start_gate))
		die("pipe");
	if (foreign && !fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			work++;
	}
	if (!strcmp(mode, "kernel-thread")) {
		plain_thread(timed_thread);
		for (i = 0; i < computing; i++)
			plain_thread(compute_thread);
	} else {
		if (!strcmp(mode, "injected")) {
			options.delivery = ACT_DELIVER_INJECTED;
			options.preempt = true;
		} else if (!strcmp(mode, "direct")) {
			options.direct = ACT_DIRECT_ALWAYS;
		} else if (strcmp(mode, "switched")) {
			return 2;
		}
		if (act_start(&options)) {
			fprintf(stderr, "no scheduler activations here\n");
			return 3;
		}
		act_spawn(timed, NULL);
		for (i = 0; i < computing; i++)
			act_spawn(compute, NULL);
	}
	open_gate(computing);
	while (!finished)
		usleep(50000);
	report(name, latency, wanted);
	if (act_pages && getenv("SA_VERBOSE"))
		fprintf(stderr, "# unmanaged %llu unreported %llu switched %llu injected %llu direct %llu chosen %llu\n",
			act_pages->nr_unmanaged, act_pages->nr_unreported,
			act_pages->nr_switched, act_pages->nr_injected,
			act_pages->nr_direct, act_pages->nr_chosen);
	_exit(0);
}
