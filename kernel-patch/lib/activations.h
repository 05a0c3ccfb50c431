/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A minimal user level on top of scheduler activations.
 *
 * It runs *user threads* (functions) on a fixed number of virtual processors.
 * A user thread starts on whatever activation carries the VP, keeps that
 * activation while it blocks, and gives it back when it returns.  Threads that
 * have been woken go first, then those that were displaced, then fresh ones.
 *
 *	static void hello(void *name)
 *	{
 *		sleep(1);		// another thread has the VP meanwhile
 *		puts(name);
 *	}
 *
 *	struct act_options options = { .vps = 1, .spares = 4 };
 *
 *	act_start(&options);
 *	act_spawn(hello, "world");
 *
 * All of it is the event loop in activations.c; the kernel's interface is
 * described in <linux/sched_activations.h>.
 */
#ifndef ACTIVATIONS_H
#define ACTIVATIONS_H

#include <stdbool.h>
#include <sys/types.h>
#include <linux/sched_activations.h>

#ifndef __NR_act_cntl
#define __NR_act_cntl 600
#endif

/* Code that may run in an injected upcall must leave vector registers alone. */
#define ACT_UPCALL_CODE __attribute__((target("general-regs-only")))

struct act_options {
	unsigned int vps;
	unsigned int spares;	/* kept in reserve for each VP */
	unsigned int flags;	/* ACT_INIT_* */
	unsigned int delivery;	/* ACT_DELIVER_* */
	unsigned int direct;	/* ACT_DIRECT_* */
	unsigned int page_flags;	/* ACT_PAGE_* */
	bool injected;		/* announce the entry of injected upcalls */
	bool preempt;		/* an unblocked thread goes before the running one */
	bool fixed_spares;	/* make no more spares when they run out */
	__u64 bound_ns;
	/* Sees every event before the scheduler does; the VP's lock is held. */
	void (*on_event)(struct act_page *page, const struct act_event *event);
	/* A spare has been launched or a revoked VP woken; lock held. */
	void (*on_upcall)(struct act_page *page);
};

/* 0 or -errno; once in a process */
int act_start(const struct act_options *options);
int act_spawn(void (*function)(void *), void *argument);
/* from a user thread: the next one that is ready goes first */
void act_yield(void);

/* a thread of the process more that is a spare of this VP */
int act_add_spare(unsigned int vp);

/* The VP's lock: no upcall comes, nobody takes the VP away.  NULL: the caller
 * is no activation.
 */
struct act_page *act_lock(void);
void act_unlock(struct act_page *page);

extern struct act_page *act_pages;
extern int act_fd;

/* long act_cntl(cmd, arg, arg2): the result, or -errno; async-signal-safe */
static inline long act_cntl(unsigned long cmd, unsigned long arg, unsigned long arg2)
{
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"((long)__NR_act_cntl), "D"(cmd), "S"(arg), "d"(arg2)
		     : "rcx", "r11", "memory");
	return result;
}

/* in entry.S */
extern char act_entry[], act_again[], act_leave[], act_left[];

#endif
