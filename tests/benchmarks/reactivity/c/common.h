/*
 * What the peers in C share: the common command line, the events' due instants,
 * threads that compute, and the line of JSON at the end.
 */
#ifndef COMMON_H
#define COMMON_H

#include <stdint.h>

/*
 * So many events go before those that count, half a second: caches, the managed
 * peers' compilers, and all computing threads have had a turn.
 */
#define WARM_UP 200

enum source { TIMERFD, PIPE, TCP };

struct options {
	const char *variant;
	enum source source;
	int computing;			/* threads that compute beside */
	int processors;			/* that they and the handler share */
	int events;			/* with those that do not count */
	int64_t interval;		/* between two events, mean, ns */
	uint64_t seed;
};

extern struct options options;

void parse_options(int argc, char **argv);
const char *source_name(void);

int64_t now(void);			/* CLOCK_MONOTONIC, ns */

/* The time from one event to the next: uniform between half and one and a half intervals. */
int64_t interval_before(int event);

/* Makes the threads that compute and says "ready" to the launcher; the timer's events count from the answer. */
void begin(void);

/* When an event is due: of the timer source only, the others send it along. */
int64_t due(int event);

/* Late already: it is handled without waiting for the timer, as what has come through a pipe is. */
int is_due(int event);

/* The handler's first instruction for an event that was due then.  Async-signal-safe. */
void handled(int64_t due);
int all_handled(void);

/* Prints the line of JSON and ends the program. */
void finish(void) __attribute__((noreturn));

/* This variant cannot be measured here: says why and ends the program. */
void skip(const char *why) __attribute__((noreturn));

/* Fails with a message and errno. */
void die(const char *what) __attribute__((noreturn));

#endif
