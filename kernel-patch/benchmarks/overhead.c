// SPDX-License-Identifier: GPL-2.0-only
/*
 * The paper's table 1: the time that a computing program loses when an
 * interrupt arrives and (a) nothing else happens, (b) an upcall is made, (c)
 * a signal handler runs.  The interrupt is a timer's each time: (a) a timerfd
 * that nobody reads, (b) the VP's timer, (c) a POSIX timer.  The program looks
 * at the clock all the time and so sees how long it was away.
 */
#include "measure.h"

#include <signal.h>
#include <sys/timerfd.h>

#define SAMPLES 600
#define WARM_UP 20

static double ns_per_cycle;
static volatile int finished;
static int timer_fd;
static timer_t timer;

static void no_handler(int signal)
{
	(void)signal;
}

/* How long the program was away when the timer fired that @arm sets. */
static double lost(void (*arm)(long ns))
{
	unsigned long long last, now, gap = 0, until;

	/* behind a scheduler tick, so that none falls together with it */
	last = cycles();
	until = last + (unsigned long long)(2500000 / ns_per_cycle);
	for (;;) {
		now = cycles();
		if ((now - last) * ns_per_cycle > 400 || now > until)
			break;
		last = now;
	}
	arm(300000);
	last = cycles();
	until = last + (unsigned long long)(270000 / ns_per_cycle);
	while ((now = cycles()) < until)
		last = now;
	until += (unsigned long long)(330000 / ns_per_cycle);
	last = cycles();
	while ((now = cycles()) < until) {
		if (now - last > gap)
			gap = now - last;
		last = now;
	}
	return gap * ns_per_cycle;
}

static void arm_timerfd(long ns)
{
	struct itimerspec due = { .it_value.tv_nsec = ns };

	timerfd_settime(timer_fd, 0, &due, NULL);
}

static void arm_signal(long ns)
{
	struct itimerspec due = { .it_value.tv_nsec = ns };

	timer_settime(timer, 0, &due, NULL);
}

static void arm_upcall(long ns)
{
	if (act_cntl(ACT_CNTL_TIMER, ns, 0))
		_exit(2);
}

static void sample(const char *name, void (*arm)(long ns))
{
	double samples[SAMPLES];
	int i;

	for (i = -WARM_UP; i < SAMPLES; i++) {
		double s = lost(arm);

		if (i >= 0)
			samples[i] = s;
	}
	report(name, samples, SAMPLES);
}

static void measure(void *unused)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM,
		._sigev_un._tid = syscall(SYS_gettid),
	};
	unsigned long long before;
	double samples[SAMPLES];
	int i;

	(void)unused;
	ns_per_cycle = calibrate();
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	signal(SIGALRM, no_handler);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		die("timer_create");
	sample("regular", arm_timerfd);
	sample("signal", arm_signal);
	if (act_fd >= 0)
		sample("upcall", arm_upcall);
	for (i = 0; i < SAMPLES; i++) {
		before = cycles();
		syscall(SYS_getpid);
		samples[i] = (cycles() - before) * ns_per_cycle;
	}
	report("getpid", samples, SAMPLES);
	finished = 1;
}

int main(void)
{
	struct act_options options = {
		.vps = 1, .spares = 1, .delivery = ACT_DELIVER_INJECTED,
		.bound_ns = ACT_BOUND_MAX,
	};

	run_on(0);
	if (act_start(&options))
		measure(NULL);
	else
		act_spawn(measure, NULL);
	while (!finished)
		usleep(50000);
	return 0;
}
