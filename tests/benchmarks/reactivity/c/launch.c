/*
 * launch FLAGS -- PROGRAM…: starts a peer with these flags on the first
 * processors, and is the source of its events: a pipe or a TCP connection on the
 * loopback interface is its standard input, on which comes, at the instant at
 * which it is due, each event's due instant (CLOCK_MONOTONIC, ns, 8 bytes).  A
 * timer is the peer's own.  Passes on what the peer prints.
 */
#define _GNU_SOURCE
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void connection(int ends[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (listener < 0 || bind(listener, (void *)&address, sizeof(address)) || listen(listener, 1) ||
	    getsockname(listener, (void *)&address, &length))
		die("a socket on the loopback interface");
	ends[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(ends[1], (void *)&address, sizeof(address)))
		die("connect");
	ends[0] = accept(listener, NULL, NULL);
	if (ends[0] < 0)
		die("accept");
	setsockopt(ends[1], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	close(listener);
}

/* The peer has the first processors, the source the others; where it may, it goes before all others. */
static void divide_processors(cpu_set_t *peer)
{
	struct sched_param priority = { .sched_priority = 60 };
	cpu_set_t all, rest;
	int taken = 0;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(peer);
	CPU_ZERO(&rest);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all)) {
			if (taken++ < options.processors)
				CPU_SET(cpu, peer);
			else
				CPU_SET(cpu, &rest);
		}
	if (taken < options.processors) {
		printf("{\"variant\":\"%s\",\"source\":\"%s\",\"computing\":%d,\"processors\":%d,"
		       "\"skipped\":\"there are only %d processors\"}\n",
		       options.variant, source_name(), options.computing, options.processors, taken);
		exit(0);
	}
	if (CPU_COUNT(&rest))
		sched_setaffinity(0, sizeof(rest), &rest);
	if (sched_setscheduler(0, SCHED_FIFO, &priority) && !CPU_COUNT(&rest))
		fprintf(stderr, "launch: the source competes with the peer: SCHED_FIFO needs a privilege\n");
}

static void send_events(int end)
{
	int64_t at = now();

	for (int event = 0; event < options.events; event++) {
		struct timespec until;

		at += interval_before(event);
		until = (struct timespec){ at / 1000000000, at % 1000000000 };
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
			;
		if (write(end, &at, sizeof(at)) != sizeof(at))
			return;
	}
}

int main(int argc, char **argv)
{
	int events[2] = { -1, -1 }, output[2], go[2], split, status;
	char **peer, line[4096], *arguments[argc + 1];
	cpu_set_t processors;
	FILE *from;
	pid_t child;

	for (split = 1; split < argc && strcmp(argv[split], "--"); split++)
		;
	parse_options(split, argv);
	if (split + 1 >= argc) {
		fprintf(stderr, "launch: no program after --\n");
		return 2;
	}
	peer = argv + split + 1;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_TIMERSLACK, 1UL);
	if (pipe(output) || pipe(go) || (options.source == PIPE && pipe(events)))
		die("pipe");
	if (options.source == TCP)
		connection(events);
	child = fork();
	if (child < 0)
		die("fork");
	divide_processors(&processors);
	if (!child) {
		struct sched_param none = { 0 };
		int n = 0;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_DFL);
		sched_setscheduler(0, SCHED_OTHER, &none);
		sched_setaffinity(0, sizeof(processors), &processors);
		if (events[0] >= 0)
			dup2(events[0], STDIN_FILENO);
		dup2(output[1], STDOUT_FILENO);
		/* PROGRAM WORDS… FLAGS */
		for (; peer[n]; n++)
			arguments[n] = peer[n];
		for (int i = 1; i < split; i++)
			arguments[n++] = argv[i];
		arguments[n] = NULL;
		dup2(go[0], STDERR_FILENO + 1);
		for (int fd = STDERR_FILENO + 2; fd < 64; fd++)
			close(fd);
		execvp(arguments[0], arguments);
		die(arguments[0]);
	}
	close(output[1]);
	close(go[0]);
	close(events[0]);
	from = fdopen(output[0], "r");
	while (fgets(line, sizeof(line), from)) {
		if (strcmp(line, "ready\n")) {
			fputs(line, stdout);
			continue;
		}
		if (write(go[1], "", 1) != 1)
			break;
		if (events[1] >= 0)
			send_events(events[1]);
	}
	if (waitpid(child, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
