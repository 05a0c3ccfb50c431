// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "activations.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct queue;

/* What the user level knows of an activation. */
struct activation {
	struct activation *next;
	struct queue *queue;	/* that it is in, if it can be restarted */
	pid_t id;
	bool blocked;		/* by the last event */
	bool keeping;		/* on its way into ACT_RESTART_KEEP */
	__u64 seq;		/* of the next event about it */
};

struct job {
	struct job *next;
	void (*function)(void *);
	void *argument;
};

struct act_page *act_pages;
int act_fd = -1;

static struct act_options options;
static int queue_lock;		/* taken under a VP's lock, or by a plain thread */
/* those that were woken, and after them those that were displaced */
static struct queue {
	struct activation *first, **end;
} woken = { .end = &woken.first }, displaced = { .end = &displaced.first };
static struct job *jobs, **jobs_end = &jobs;
static struct activation activations[1 << 16];	/* by thread id; enough for pid_max 65536 */

static __thread pid_t my_id;
static __thread unsigned int my_vp;

static struct activation *find(pid_t id)
{
	struct activation *a = &activations[id & 0xffff];

	a->id = id;
	return a;
}

static void lock_queue(void)
{
	unsigned int spins = 0;

	while (__atomic_exchange_n(&queue_lock, 1, __ATOMIC_ACQUIRE))
		if (++spins % 1000)
			__builtin_ia32_pause();
		else	/* its holder may wait for this very processor */
			asm volatile("syscall" : : "a"((long)SYS_sched_yield)
				     : "rcx", "r11", "memory");
}

static void unlock_queue(void)
{
	__atomic_store_n(&queue_lock, 0, __ATOMIC_RELEASE);
}

static void add_to_queue(struct activation *a, struct queue *queue, bool first)
{
	struct activation **at = first ? &queue->first : queue->end;

	if (a->queue)
		return;
	a->queue = queue;
	a->next = *at;
	if (!a->next)
		queue->end = &a->next;
	*at = a;
}

static void remove_from_queue(struct activation *a)
{
	struct activation **at;

	if (!a->queue)
		return;
	for (at = &a->queue->first; *at != a; at = &(*at)->next)
		;
	*at = a->next;
	if (a->queue->end == &a->next)
		a->queue->end = at;
	a->queue = NULL;
}

static void make_ready(pid_t id, struct queue *queue, bool first)
{
	lock_queue();
	add_to_queue(find(id), queue, first);
	unlock_queue();
}

static void not_ready(pid_t id)
{
	lock_queue();
	remove_from_queue(find(id));
	unlock_queue();
}

static struct activation *take_ready(void)
{
	struct activation *a;

	lock_queue();
	a = woken.first ? woken.first : displaced.first;
	if (a)
		remove_from_queue(a);
	unlock_queue();
	return a;
}

static struct job *take_job(void)
{
	struct job *job;

	lock_queue();
	job = jobs;
	if (job) {
		jobs = job->next;
		if (!jobs)
			jobs_end = &jobs;
	}
	unlock_queue();
	return job;
}

static void handle(struct act_page *page, const struct act_event *event)
{
	struct activation *a = find(event->id);

	if (options.on_event)
		options.on_event(page, event);
	if (!event->id)
		return;
	lock_queue();
	/* One that moved to another VP: its later events may be known already. */
	if (event->seq >= a->seq) {
		a->seq = event->seq + 1;
		/* A BLOCK may also be of one that ran unmanaged while it was ready. */
		if (event->type == ACT_EVENT_UNBLOCK)
			add_to_queue(a, &woken, false);
		else if (event->type == ACT_EVENT_PREEMPT)
			add_to_queue(a, &displaced, false);
		else
			remove_from_queue(a);
		a->blocked = event->type == ACT_EVENT_BLOCK;
	}
	unlock_queue();
}

/* The lock is held. */
static void read_events(struct act_page *page)
{
	struct act_event event;

	__atomic_exchange_n(&page->pending, 0, __ATOMIC_SEQ_CST);
	do {
		while (page->head != __atomic_load_n(&page->tail, __ATOMIC_ACQUIRE)) {
			event = page->ring[page->head % ACT_RING_SIZE];
			__atomic_store_n(&page->head, page->head + 1, __ATOMIC_RELEASE);
			handle(page, &event);
		}
	} while (__atomic_load_n(&page->more, __ATOMIC_ACQUIRE) &&
		 act_cntl(ACT_CNTL_EVENTS, 0, 0) > 0);
}

static bool try_lock(struct act_page *page)
{
	__u64 me = (__u32)my_id;

	return __atomic_compare_exchange_n(&page->word, &me, me | ACT_WORD_LOCK, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

struct act_page *act_lock(void)
{
	long vp;

	if (!my_id)
		return NULL;
	while (!try_lock(&act_pages[my_vp])) {
		vp = act_cntl(ACT_CNTL_WAIT, 0, 0);
		if (vp >= 0)
			my_vp = vp;
		else if (vp != -EINTR)
			return NULL;
	}
	return &act_pages[my_vp];
}

/*
 * Hands the VP to the next one that is ready and comes back when somebody
 * restarts the caller.  The caller is made ready before, for afterwards it
 * cannot; who finds it before it has stopped gets EAGAIN and sees that it is
 * keeping.  @yields: it goes on after those that were displaced earlier, and not
 * before them, as one that an upcall interrupts.  True: it happened, and the lock
 * is no longer held.
 */
static bool give_way(struct act_page *page, bool yields)
{
	struct activation *a, *me = find(my_id);
	long vp;

	while ((a = take_ready())) {
		__atomic_store_n(&me->keeping, true, __ATOMIC_RELEASE);
		make_ready(my_id, &displaced, !yields);
		vp = act_cntl(ACT_CNTL_RESTART_UNBLOCKED, a->id, ACT_RESTART_KEEP);
		__atomic_store_n(&me->keeping, false, __ATOMIC_RELEASE);
		if (vp >= 0) {
			my_vp = vp;
			return true;
		}
		not_ready(my_id);
		if (vp == -EINPROGRESS) {
			/* Not all that is unread sets pending: nobody else would look. */
			make_ready(a->id, &woken, true);
			read_events(page);
		} else if (__atomic_load_n(&a->keeping, __ATOMIC_ACQUIRE)) {
			make_ready(a->id, &displaced, true);
			break;
		}
	}
	return false;
}

void act_unlock(struct act_page *page)
{
	for (;;) {
		__atomic_store_n(&page->lock, 0, __ATOMIC_SEQ_CST);
		if (!__atomic_load_n(&page->pending, __ATOMIC_SEQ_CST) || !try_lock(page))
			return;
		read_events(page);
		if (options.preempt && give_way(page, false))
			return;
	}
}

void act_yield(void)
{
	struct act_page *page = act_lock();

	if (!page)
		return;
	read_events(page);
	if (!give_way(page, true))
		act_unlock(page);
}

static bool owns(struct act_page *page)
{
	__u64 mine = (__u32)my_id | ACT_WORD_LOCK;

	return __atomic_load_n(&page->word, __ATOMIC_SEQ_CST) == mine || try_lock(page);
}

/*
 * From entry.S.  Returns the page if the caller holds its lock.  @vp is the number
 * in the frame; an upcall that began again may be one of another VP.  And one that
 * the next interrupted before it had the lock may find itself without a VP: that one
 * has given it away.  It must not wait for another, which no bound would end; the
 * code that it interrupts has not asked for that.
 */
struct act_page *act_injected(unsigned long vp)
{
	struct act_page *page;
	unsigned int i;

	for (i = 0; i < options.vps; i++) {
		page = &act_pages[(vp + i) % options.vps];
		if (!owns(page))
			continue;
		my_vp = page->vp;
		read_events(page);
		return options.preempt && give_way(page, false) ? NULL : page;
	}
	return NULL;
}

static void *activation_main(void *vp);

int act_add_spare(unsigned int vp)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024 + PTHREAD_STACK_MIN);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, activation_main, (void *)(long)vp);
	pthread_attr_destroy(&attributes);
	return -error;
}

/*
 * A VP has come to this activation, with the lock: what displaced whom, what
 * happened, and then the next thread, until there is none.  Returns when the
 * VP went elsewhere and came back, with its number or an error.
 */
static long carry(struct act_page *page)
{
	struct activation *a, *displaced_one;
	struct job *job, copy;
	long vp;

	if (options.on_upcall)
		options.on_upcall(page);
	if (!options.fixed_spares)
		while (__atomic_load_n(&page->nr_spares, __ATOMIC_RELAXED) < options.spares)
			if (act_add_spare(page->vp))
				break;	/* a limit: blocks go unreported meanwhile */
	displaced_one = page->preempted ? find(page->preempted) : NULL;
	if (displaced_one)
		displaced_one->blocked = false;
	read_events(page);
	/* Its displacement is later than its events, unless it has blocked since. */
	if (displaced_one && !displaced_one->blocked)
		make_ready(displaced_one->id, &displaced, false);
	for (;;) {
		read_events(page);
		a = take_ready();
		if (a) {
			vp = act_cntl(ACT_CNTL_RESTART_UNBLOCKED, a->id, 0);
			if (vp == -EINPROGRESS ||
			    (vp == -EAGAIN && __atomic_load_n(&a->keeping, __ATOMIC_ACQUIRE)))
				make_ready(a->id, &displaced, true);
			if (vp >= 0 || vp == -EINTR)
				return vp;
			continue;
		}
		job = take_job();
		if (job) {
			copy = *job;
			free(job);
			act_unlock(page);
			copy.function(copy.argument);
			page = act_lock();
			if (!page)
				return -EINTR;
			continue;
		}
		vp = act_cntl(ACT_CNTL_REVOKE, 0, 0);
		if (vp != -EAGAIN)
			return vp;
	}
}

static void *activation_main(void *first_vp)
{
	long vp;

	my_id = syscall(SYS_gettid);
	for (;;) {
		vp = act_cntl(ACT_CNTL_SPARE, (unsigned long)first_vp, 0);
		while (vp >= 0) {
			my_vp = vp;
			vp = carry(&act_pages[vp]);
		}
		if (vp != -EINTR)
			return (void *)vp;
	}
}

int act_start(const struct act_options *wanted)
{
	struct act_init init = {
		.size = sizeof(init),
		.nr_vps = wanted->vps,
		.flags = wanted->flags,
		.bound_ns = wanted->bound_ns,
	};
	unsigned int vp, i;
	void *pages;

	options = *wanted;
	if (options.injected || options.delivery == ACT_DELIVER_INJECTED) {
		init.upcall_entry = (__u64)act_entry;
		init.tramp_start = (__u64)act_leave;
		init.tramp_end = (__u64)act_left;
		init.tramp_again = (__u64)act_again;
	}
	act_fd = act_cntl(ACT_CNTL_INIT, (unsigned long)&init, 0);
	if (act_fd < 0)
		return act_fd;
	pages = mmap(NULL, options.vps * sizeof(struct act_page), PROT_READ | PROT_WRITE,
		     MAP_SHARED, act_fd, 0);
	if (pages == MAP_FAILED)
		return -errno;
	act_pages = pages;
	for (vp = 0; vp < options.vps; vp++) {
		act_pages[vp].delivery = options.delivery;
		act_pages[vp].direct = options.direct;
		act_pages[vp].flags = options.page_flags;
	}
	for (vp = 0; vp < options.vps; vp++)
		for (i = 0; i < options.spares + 1; i++) {
			int error = act_add_spare(vp);

			if (error && !i)
				return error;
			if (error)
				break;	/* a limit: the VP begins with fewer */
		}
	return 0;
}

int act_spawn(void (*function)(void *), void *argument)
{
	struct job *job = malloc(sizeof(*job));
	struct act_page *page;
	unsigned int vp;

	if (!job)
		return -ENOMEM;
	*job = (struct job){ .function = function, .argument = argument };
	page = act_lock();
	lock_queue();
	*jobs_end = job;
	jobs_end = &job->next;
	unlock_queue();
	if (page)
		act_unlock(page);
	for (vp = 0; vp < options.vps; vp++)
		act_cntl(ACT_CNTL_REQUEST, vp, 0);
	return 0;
}
