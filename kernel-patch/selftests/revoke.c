// SPDX-License-Identifier: GPL-2.0-only
/* Revoke, request and the timer: a VP that has nothing to do, and what calls it. */
#include "harness.h"

#include <pthread.h>

static const struct act_init one_vp;

static volatile int revoked;

static void block_then_end(struct act_page *page)
{
	release(page);
	sleep_in_read(&s);
	CHECK_EQ(page->cur, my_tid());
	done();
}

static void revoke_until_event(struct act_page *page)
{
	expect_block(page, s.id);
	revoked = 1;
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), 0);
	CHECK_EQ(page->lock, 1);
	CHECK_EQ(page->cur, my_tid());
	CHECK(has_event(page));
	CHECK_EQ(take_event(page).type, ACT_EVENT_UNBLOCK);
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0);
	FAIL("RESTART came back");
}

static void *wake_when_revoked(void *unused)
{
	(void)unused;
	WAIT_FOR(revoked);
	usleep(20000);
	wake(&s);
	return NULL;
}

TEST(revoke, "an unblock wakes a revoked VP, and the call returns as an upcall")
{
	pthread_t thread;

	make_sleeper(&s);
	pthread_create(&thread, NULL, wake_when_revoked, NULL);
	play(one_vp, 2, 2, (script *[]){ block_then_end, revoke_until_event });
}

static void revoke_until_request(struct act_page *page)
{
	revoked = 1;
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), 0);
	CHECK_EQ(page->lock, 1);
	CHECK_EQ(page->cur, my_tid());
	CHECK(!has_event(page));
	/* a request of a busy VP: the next revoke fails, once */
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, 0), 0);
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), -EAGAIN);
	CHECK_EQ(page->lock, 1);
	revoked = 2;
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), 0);
	done();
}

static void *request_when_revoked(void *unused)
{
	(void)unused;
	WAIT_FOR(revoked == 1);
	usleep(20000);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, 0), 0);
	WAIT_FOR(revoked == 2);
	usleep(20000);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, 0), 0);
	return NULL;
}

TEST(request, "REQUEST wakes a revoked VP; one that comes too early is not lost")
{
	pthread_t thread;

	pthread_create(&thread, NULL, request_when_revoked, NULL);
	play(one_vp, 1, 1, (script *[]){ revoke_until_request });
}

static void request_upcall(struct act_page *page)
{
	struct act_event e;

	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, ACT_REQUEST_UPCALL), 0);
	SPIN_FOR(page->pending);
	e = take_event(page);
	CHECK_EQ(e.type, ACT_EVENT_REQUEST);
	CHECK_EQ(e.id, 0);
	done();
}

TEST(request_busy, "REQUEST with UPCALL reaches a busy VP as an event")
{
	play(one_vp, 1, 1, (script *[]){ request_upcall });
}

static volatile bool hangs;

/* As a watchdog does to who holds the lock and does not come back. */
static void *free_lock_and_request(void *unused)
{
	WAIT_FOR(hangs);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, ACT_REQUEST_UPCALL), 0);
	usleep(50000);	/* by then the current has looked, and the lock was set */
	__atomic_store_n(&act_pages->lock, 0, __ATOMIC_SEQ_CST);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, ACT_REQUEST_UPCALL), 0);
	return unused;
}

static void hang(struct act_page *page)
{
	(void)page;
	hangs = true;
	for (;;)
		;
}

static void hear_of_both(struct act_page *page)
{
	struct act_event e = take_event(page);

	CHECK_EQ(e.type, ACT_EVENT_REQUEST);
	CHECK_EQ(e.count, 2);
	done();
}

TEST(request_again, "a second REQUEST is heard although the first one is unread, if the lock is free now")
{
	pthread_t thread;

	pthread_create(&thread, NULL, free_lock_and_request, NULL);
	play(one_vp, 2, 2, (script *[]){ hang, hear_of_both });
}

static void timers(struct act_page *page)
{
	double before = seconds();
	struct act_event e;

	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 20000000, 0), 0);
	SPIN_FOR(page->pending);
	CHECK(seconds() - before > 0.0199);
	page->pending = 0;
	e = take_event(page);
	CHECK_EQ(e.type, ACT_EVENT_TIMER);
	CHECK_EQ(e.count, 1);
	/* expiries that nobody reads count as one */
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 1000000, 1000000), 0);
	before = seconds();
	while (seconds() < before + 0.05)
		;
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 0, 0), 0);
	e = take_event(page);
	CHECK_EQ(e.type, ACT_EVENT_TIMER);
	if (e.count < 10)
		FAIL("50 expiries of the timer count as %u", e.count);
	while (has_event(page))
		take_event(page);
	page->pending = 0;
	before = seconds();
	while (seconds() < before + 0.01)
		;
	CHECK(!has_event(page));
	/* and it wakes a revoked VP */
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 5000000, 0), 0);
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), 0);
	CHECK_EQ(take_event(page).type, ACT_EVENT_TIMER);
	done();
}

TEST(timer, "the VP's timer: once, repeated and counted, disarmed, waking a revoked VP")
{
	play(one_vp, 1, 1, (script *[]){ timers });
}
