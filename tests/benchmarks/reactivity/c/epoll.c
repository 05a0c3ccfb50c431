/* An event loop: one thread waits in epoll_wait() and reads what is ready. */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int timer;

static void arm(int event)
{
	struct itimerspec at = { .it_value = { due(event) / 1000000000, due(event) % 1000000000 } };

	if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL))
		die("timerfd_settime");
}

static void on_timer(void)
{
	static int event;
	uint64_t expirations;

	if (read(timer, &expirations, sizeof(expirations)) < 0)
		return;
	do
		handled(due(event));
	while (++event < options.events && is_due(event));
	if (event < options.events)
		arm(event);
}

int main(int argc, char **argv)
{
	struct epoll_event event = { .events = EPOLLIN };
	int loop = epoll_create1(0), fd;
	int64_t sent;

	parse_options(argc, argv);
	prctl(PR_SET_TIMERSLACK, 1UL);
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	fd = options.source == TIMERFD ? timer : STDIN_FILENO;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
	begin();
	if (options.source == TIMERFD)
		arm(0);
	while (!all_handled()) {
		ssize_t size = 0;

		if (epoll_wait(loop, &event, 1, -1) < 0 && errno != EINTR)
			die("epoll_wait");
		if (options.source == TIMERFD) {
			on_timer();
			continue;
		}
		while ((size = read(fd, &sent, sizeof(sent))) == sizeof(sent))
			handled(sent);
		if (!size)
			break;
	}
	finish();
}
