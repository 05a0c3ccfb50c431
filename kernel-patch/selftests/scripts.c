// SPDX-License-Identifier: GPL-2.0-only
/* Scripts: one function an upcall, with nothing else in between. */
#include "harness.h"

#include <pthread.h>
#include <sys/mman.h>

struct sleeper s;
volatile unsigned long steps;

static script **script_list;
static int script_count, script_next;
static volatile int all_spares_there;

static void *script_main(void *vp)
{
	long at;
	int n;

	for (;;) {
		at = act_cntl(ACT_CNTL_SPARE, (unsigned long)vp, 0);
		if (at == -EINTR)
			continue;
		if (at < 0)
			FAIL("ACT_CNTL_SPARE: %s", strerror(-at));
		/* the first one holds the lock until it has successors */
		SPIN_FOR(all_spares_there);
		n = __atomic_fetch_add(&script_next, 1, __ATOMIC_SEQ_CST);
		if (n >= script_count)
			FAIL("upcall %d came, for %#x", n, act_pages[at].upcall);
		script_list[n](&act_pages[at]);
	}
	return NULL;
}

void play(struct act_init init, int spares, int count, script **scripts)
{
	pthread_t thread;
	int i;

	init.size = sizeof(init);
	if (!init.nr_vps)
		init.nr_vps = 1;
	if (!init.bound_ns)
		init.bound_ns = ACT_BOUND_MAX;
	act_fd = act_cntl(ACT_CNTL_INIT, (unsigned long)&init, 0);
	if (act_fd == -ENOSYS)
		skip("this kernel has no scheduler activations");
	if (act_fd < 0)
		FAIL("ACT_CNTL_INIT: %s", strerror(-act_fd));
	act_pages = mmap(NULL, init.nr_vps * sizeof(struct act_page),
			 PROT_READ | PROT_WRITE, MAP_SHARED, act_fd, 0);
	if (act_pages == MAP_FAILED)
		FAIL("mmap: %s", strerror(errno));
	for (i = 0; i < (int)init.nr_vps; i++)
		act_pages[i].flags = ACT_PAGE_TIMES;
	script_list = scripts;
	script_count = count;
	fault_in_program();
	for (i = 0; i < spares; i++) {
		if (pthread_create(&thread, NULL, script_main, NULL))
			FAIL("pthread_create: %s", strerror(errno));
		/* one after the other, so that it is known who is first */
		WAIT_FOR(act_pages[0].cur && (int)act_pages[0].nr_spares == i);
	}
	all_spares_there = 1;
	for (;;)
		pause();
}

bool has_event(struct act_page *page)
{
	return page->head != __atomic_load_n(&page->tail, __ATOMIC_ACQUIRE);
}

struct act_event take_event(struct act_page *page)
{
	struct act_event event;

	SPIN_FOR(has_event(page));
	event = page->ring[page->head % ACT_RING_SIZE];
	__atomic_store_n(&page->head, page->head + 1, __ATOMIC_RELEASE);
	return event;
}

void release(struct act_page *page)
{
	__atomic_store_n(&page->lock, 0, __ATOMIC_SEQ_CST);
}

void expect_block(struct act_page *page, pid_t id)
{
	struct act_event e = take_event(page);

	CHECK(page->upcall & ACT_UPCALL_NEW);
	CHECK(page->upcall & ACT_UPCALL_BLOCK);
	CHECK_EQ(page->lock, 1);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->pending, 0);
	CHECK_EQ(e.type, ACT_EVENT_BLOCK);
	CHECK_EQ(e.id, id);
	CHECK(e.t_event && e.t_event <= e.t_ready);
	CHECK(!has_event(page));
}


void wait_unblock(struct act_page *page, pid_t id)
{
	struct act_event e;

	SPIN_FOR(page->pending);	/* the lock is set: marked, not delivered */
	page->pending = 0;
	e = take_event(page);
	CHECK_EQ(e.type, ACT_EVENT_UNBLOCK);
	CHECK_EQ(e.id, id);
	CHECK(e.t_event && e.t_event <= e.t_run && e.t_run <= e.t_ready);
}


void block_then_count(struct act_page *page)
{
	release(page);
	sleep_in_read(&s);
	for (;;)
		steps++;
}


void make_stopped(struct act_page *page)
{
	struct act_event e = take_event(page);

	CHECK_EQ(e.type, ACT_EVENT_BLOCK);
	wake(&s);
	SPIN_FOR(page->pending);
	e = take_event(page);
	page->pending = 0;
	CHECK_EQ(e.type, ACT_EVENT_UNBLOCK);
	CHECK_EQ(s.stage, 1);
}


void compute_for(double time)
{
	double until = seconds() + time;

	while (seconds() < until)
		;
}


bool steps_in(double time)
{
	unsigned long before = steps;

	compute_for(time);
	return steps != before;
}
