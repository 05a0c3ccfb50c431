/*
 * Real-time signals: fcntl(F_SETSIG) on a pipe or a socket, timer_create() for
 * the timer.  As "signals" the handler runs on whichever computing thread the
 * kernel picks (where nobody computes, on the main thread); as
 * "signals-sigwaitinfo" one thread waits for the signal.
 */
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static timer_t timer;
static int wakeup[2];

static void arm(int event)
{
	struct itimerspec at = { .it_value = { due(event) / 1000000000, due(event) % 1000000000 } };

	timer_settime(timer, TIMER_ABSTIME, &at, NULL);
}

static void on_event(void)
{
	int64_t sent;

	if (options.source == TIMERFD) {
		/* One signal at a time: the timer is armed again at the end. */
		static int event;

		do
			handled(due(event));
		while (++event < options.events && is_due(event));
		if (event < options.events)
			arm(event);
	} else {
		while (read(STDIN_FILENO, &sent, sizeof(sent)) == sizeof(sent))
			handled(sent);
	}
}

static void on_signal(int signal)
{
	int error = errno;

	(void)signal;
	on_event();
	if (all_handled())
		(void)!write(wakeup[1], "", 1);
	errno = error;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct sigevent notification = { .sigev_notify = SIGEV_SIGNAL };
	int waits, number = SIGRTMIN + 1;
	sigset_t set;
	char byte;

	parse_options(argc, argv);
	waits = !strcmp(options.variant, "signals-sigwaitinfo");
	prctl(PR_SET_TIMERSLACK, 1UL);
	if (pipe(wakeup))
		die("pipe");
	sigemptyset(&set);
	sigaddset(&set, number);
	sigaction(number, &action, NULL);
	notification.sigev_signo = number;
	if (timer_create(CLOCK_MONOTONIC, &notification, &timer))
		die("timer_create");

	/* Threads inherit the mask: who computes takes the signal, or nobody does. */
	if (waits)
		pthread_sigmask(SIG_BLOCK, &set, NULL);
	begin();
	if (!waits && options.computing > 0)
		pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (options.source == TIMERFD) {
		arm(0);
	} else {
		fcntl(STDIN_FILENO, F_SETSIG, number);
		fcntl(STDIN_FILENO, F_SETOWN, getpid());
		fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK | O_ASYNC);
		/* An event may have come before. */
		if (waits)
			on_event();
	}
	if (waits) {
		while (!all_handled())
			if (sigwaitinfo(&set, NULL) == number)
				on_event();
	} else {
		while (!all_handled())
			if (read(wakeup[0], &byte, 1) < 0 && errno != EINTR)
				die("read");
	}
	finish();
}
