// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that know nothing of activations: what the patch costs them.  Pipe
 * ping-pong, messaging between groups, fork and exit, the timer tick; run on
 * the patched and on the unpatched kernel.  Nanoseconds an operation.
 */
#include "measure.h"

#include <sys/socket.h>
#include <sys/wait.h>

#define REPEATS 9

static double pipe_once(void)
{
	int there[2], back[2], i, n = 2000;
	long long begun;
	char c = 0;

	if (pipe(there) || pipe(back))
		die("pipe");
	if (!fork()) {
		while (read(there[0], &c, 1) == 1 && c == 0)
			if (write(back[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	begun = now_ns();
	for (i = 0; i < n; i++)
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			die("pipe");
	begun = now_ns() - begun;
	c = 1;
	if (write(there[1], &c, 1) != 1)
		die("pipe");
	wait(NULL);
	close(there[0]); close(there[1]); close(back[0]); close(back[1]);
	return (double)begun / n / 2;
}

static double messaging_once(void)
{
	enum { SENDERS = 8, RECEIVERS = 8, LOOPS = 200 };
	int sockets[RECEIVERS][2], i, j, k;
	char message[100] = { 0 };
	long long begun;

	for (i = 0; i < RECEIVERS; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets[i]))
			die("socketpair");
	begun = now_ns();
	for (i = 0; i < RECEIVERS; i++)
		if (!fork()) {
			for (j = 0; j < SENDERS * LOOPS * 100; ) {
				k = read(sockets[i][0], message, sizeof(message));
				if (k <= 0)
					_exit(1);
				j += k;
			}
			_exit(0);
		}
	for (i = 0; i < SENDERS; i++)
		if (!fork()) {
			for (j = 0; j < LOOPS; j++)
				for (k = 0; k < RECEIVERS; k++)
					if (write(sockets[k][1], message, 100) != 100)
						_exit(1);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	begun = now_ns() - begun;
	for (i = 0; i < RECEIVERS; i++) {
		close(sockets[i][0]);
		close(sockets[i][1]);
	}
	return (double)begun / (SENDERS * RECEIVERS * LOOPS);
}

static double fork_once(void)
{
	long long begun = now_ns();
	int i, n = 60;

	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return (double)(now_ns() - begun) / n;
}

/* What is lost to ticks while nothing but computing happens. */
static double tick_once(void)
{
	static double scale;
	unsigned long long last, now, end, lost = 0;
	int ticks = 0;

	if (!scale)
		scale = calibrate();
	last = cycles();
	end = last + (unsigned long long)(100000000 / scale);
	while ((now = cycles()) < end) {
		if ((now - last) * scale > 400) {
			lost += now - last;
			ticks++;
		}
		last = now;
	}
	return ticks ? lost * scale / ticks : 0;
}

static void measure(const char *name, double (*once)(void))
{
	double samples[REPEATS];
	int i;

	once();
	for (i = 0; i < REPEATS; i++)
		samples[i] = once();
	report(name, samples, REPEATS);
}

int main(void)
{
	run_on(0);
	measure("pipe", pipe_once);
	measure("messaging", messaging_once);
	measure("fork-exit", fork_once);
	measure("tick", tick_once);
	return 0;
}
