/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the self-tests share.  Each TEST runs in a process of its own, for
 * a process can become an application only once and may not survive the test;
 * the output is TAP.
 *
 *	TEST(name, "what must hold") { CHECK(…); }
 *
 * Two ways to drive activations:
 *
 * - library: start() and act_spawn(), for what user threads see.  Every event
 *   goes to a log first, which knows the rules that always hold (an unblock
 *   follows its block, and nothing comes twice).
 * - scripts: play() gives the n-th upcall to the n-th function, which has the
 *   lock and does what it likes with the downcalls.  No other code is in
 *   between, so a script tests one step of the kernel.
 */
#ifndef HARNESS_H
#define HARNESS_H

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "../lib/activations.h"

struct test {
	struct test *next;
	const char *name;
	const char *what;
	void (*run)(void);
	int seconds;
	bool as_root;	/* left out for others where root has a turn (SA_ROOT_TURN) */
};

void add_test(struct test *test);

#define ANY_TEST(name_, what_, seconds_, as_root_)				\
	static void test_##name_(void);						\
	__attribute__((constructor)) static void add_##name_(void)		\
	{									\
		static struct test test = {					\
			.name = #name_, .what = what_, .run = test_##name_,	\
			.seconds = seconds_, .as_root = as_root_,		\
		};								\
		add_test(&test);						\
	}									\
	static void test_##name_(void)
#define TIMED_TEST(name_, what_, seconds_) ANY_TEST(name_, what_, seconds_, false)
#define ROOT_TEST(name_, what_, seconds_) ANY_TEST(name_, what_, seconds_, true)
#define TEST(name_, what_) TIMED_TEST(name_, what_, 30)

void fail(const char *file, int line, const char *format, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
void skip(const char *why) __attribute__((noreturn));

#define FAIL(...) fail(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK(condition)							\
	do {									\
		if (!(condition))						\
			FAIL("%s", #condition);					\
	} while (0)
#define CHECK_EQ(have_, want_)							\
	do {									\
		long have__ = (long)(have_), want__ = (long)(want_);		\
										\
		if (have__ != want__)						\
			FAIL("%s is %ld, not %ld", #have_, have__, want__);	\
	} while (0)
/*
 * For ten seconds in which the test was looking: a host that stands still for
 * longer, and its guests with it, is no failure.
 */
struct patience {
	double last, left;
};
bool ends(struct patience *patience);

/* from a plain thread: time is the kernel's business */
#define WAIT_FOR(condition)							\
	do {									\
		struct patience patience__ = { 0 };				\
										\
		while (!(condition)) {						\
			if (ends(&patience__))					\
				FAIL("never: %s", #condition);			\
			usleep(300);						\
		}								\
	} while (0)
/* from an activation that must not block */
#define SPIN_FOR(condition)							\
	do {									\
		struct patience patience__ = { 0 };				\
										\
		while (!(condition)) {						\
			if (ends(&patience__))					\
				FAIL("never: %s", #condition);			\
			__builtin_ia32_pause();					\
		}								\
	} while (0)

double seconds(void);
/* 1, or more where the kernel is a debug one (SA_SLOWNESS) */
double slowness(void);
pid_t my_tid(void);
/* the state letter of a thread of this process, 0 if it is gone */
char state_of(pid_t tid);
void pin_to(pid_t tid, int cpu);
int cpus(void);

/* from here on no code of the program is missing in memory */
void fault_in_program(void);

/* --- library ----------------------------------------------------------- */

struct logged {
	struct act_event event;
	__u32 vp;
};

/* start() puts the log in front of everything and stops at an error. */
void start(struct act_options options);
unsigned int events(unsigned int type, pid_t id);
extern struct logged event_log[];
extern unsigned int event_count;
/*
 * Each block of @id (0: of anybody) is followed by its unblock.  To be waited for:
 * a thread that runs unmanaged may be faster than the upcall that tells of it.
 */
#define WAIT_UNBLOCKED(id)							\
	WAIT_FOR(events(ACT_EVENT_UNBLOCK, id) == events(ACT_EVENT_BLOCK, id))
/* every block but those of sleeping threads has its unblock, and so on */
void check_log(void);

/* A mutex that passes priorities on. */
void make_pi_mutex(pthread_mutex_t *mutex);

/* A user thread that blocks: what blocks it, what wakes it. */
struct sleeper {
	int pipe[2];
	volatile int stage;	/* 0 not begun, 1 about to block, 2 went on */
	volatile pid_t id;
	unsigned int word;
	char *page;
	int fault_fd;
};

void make_sleeper(struct sleeper *sleeper);
void sleep_in_read(void *sleeper);
void wake(struct sleeper *sleeper);
/* it sleeps in the kernel */
#define ASLEEP(sleeper) ((sleeper)->stage == 1 && state_of((sleeper)->id) == 'S')

/* blocks are still reported, and unblocks heard of */
void still_works(void);

/* A user thread that computes until told to stop, and shows that it does. */
struct spinner {
	volatile unsigned long count;
	volatile int stop;
	volatile pid_t id;
	volatile int ended;
};

void spin(void *spinner);
bool advances(struct spinner *spinner);

/* A VP with a computing activation and one that is woken all the time. */
extern struct busy {
	struct spinner computing;
	struct sleeper ponger;		/* wake() makes one pong */
	volatile unsigned long pongs;
} busy;

void busy_application(void);
void end_busy(void);

/* --- scripts ----------------------------------------------------------- */

typedef void script(struct act_page *page);

/*
 * Makes the process an application with @vps VPs, with a bound of ten seconds
 * so that the liveness rules stay out of the way, and @spares spares on VP 0.
 * The n-th upcall runs scripts[n] on its activation; one that comes after the
 * last fails the test.  A script that returns becomes a spare again.
 */
void play(struct act_init init, int spares, int count, script **scripts);
/* waits for an event, takes it off the ring */
struct act_event take_event(struct act_page *page);
bool has_event(struct act_page *page);
/* clears the lock; pending is the caller's business */
void release(struct act_page *page);
/* the first event of an upcall on a spare: @id has blocked */
void expect_block(struct act_page *page, pid_t id);
/* waits, with the lock set, for the event that @id can be restarted, and takes it */
void wait_unblock(struct act_page *page, pid_t id);

/* The one that most scripts are about. */
extern struct sleeper s;
extern volatile unsigned long steps;	/* of block_then_count once it runs */
/* a first script: s blocks, and once it runs, in whatever way, counts */
void block_then_count(struct act_page *page);
/* for a second script: wakes s, which stays stopped because the lock is set */
void make_stopped(struct act_page *page);
void compute_for(double time);
bool steps_in(double time);

/* ends the test well, from any thread */
void done(void) __attribute__((noreturn));

#endif
