/*
 * Kernel threads: one thread blocks in read(), in the default class or, as
 * kernel-threads-fifo, in a class that goes before it (SCHED_FIFO).
 */
#include "common.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void wait_for_timer(int timer, int event)
{
	struct itimerspec at = { .it_value = { due(event) / 1000000000, due(event) % 1000000000 } };
	uint64_t expirations;

	if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL))
		die("timerfd_settime");
	while (read(timer, &expirations, sizeof(expirations)) < 0 && errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	int64_t sent;
	int timer;

	parse_options(argc, argv);
	prctl(PR_SET_TIMERSLACK, 1UL);
	timer = timerfd_create(CLOCK_MONOTONIC, 0);
	begin();
	if (!strcmp(options.variant, "kernel-threads-fifo")) {
		struct sched_param priority = { .sched_priority = 50 };

		if (sched_setscheduler(0, SCHED_FIFO, &priority))
			skip("SCHED_FIFO needs a privilege (CAP_SYS_NICE)");
	}
	if (options.source == TIMERFD)
		for (int event = 0; event < options.events; event++) {
			if (!is_due(event))
				wait_for_timer(timer, event);
			handled(due(event));
		}
	else
		while (!all_handled() && read(STDIN_FILENO, &sent, sizeof(sent)) == sizeof(sent))
			handled(sent);
	finish();
}
