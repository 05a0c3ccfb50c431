// SPDX-License-Identifier: GPL-2.0-only
/* Rules 3 and 4, revoke, request and restart: the downcalls step by step. */
#include "harness.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

static struct sleeper s2;
static const struct act_init one_vp;

static void block_once(struct act_page *page)
{
	release(page);
	sleep_in_read(&s);
	/* restarted: current again, lock clear */
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->lock, 0);
	done();
}

static void wake_and_restart(struct act_page *page)
{
	double until;

	expect_block(page, s.id);
	wake(&s);
	wait_unblock(page, s.id);
	until = seconds() + 0.1;
	while (seconds() < until)
		CHECK_EQ(s.stage, 1);	/* it stays in the kernel */
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, ~ACT_RESTART_KEEP), -EINVAL);
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0);
	FAIL("RESTART came back");
}

TEST(restart, "an unblocked activation stays in the kernel until it is restarted")
{
	make_sleeper(&s);
	play(one_vp, 2, 2, (script *[]){ block_once, wake_and_restart });
}

static void early_then_restart(struct act_page *page)
{
	expect_block(page, s.id);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0), -EAGAIN);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, ACT_RESTART_KEEP), -EAGAIN);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->lock, 1);
	wake(&s);
	wait_unblock(page, s.id);
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0);
	FAIL("RESTART came back");
}

TEST(restart_blocked, "a blocked activation cannot be restarted: EAGAIN, nothing changes")
{
	make_sleeper(&s);
	play(one_vp, 2, 2, (script *[]){ block_once, early_then_restart });
}

static void restart_with_unread(struct act_page *page)
{
	expect_block(page, s.id);
	wake(&s);
	SPIN_FOR(page->pending);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0), -EINPROGRESS);
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), -EAGAIN);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->lock, 1);
	wait_unblock(page, s.id);
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0);
	FAIL("RESTART came back");
}

TEST(unread, "with unread events RESTART is EINPROGRESS and REVOKE is EAGAIN")
{
	make_sleeper(&s);
	play(one_vp, 2, 2, (script *[]){ block_once, restart_with_unread });
}

static unsigned int prio_flag;
static int prio_after;

static void block_with_prio(struct act_page *page)
{
	page->prio = 7;
	release(page);
	sleep_in_read(&s);
	CHECK_EQ(page->prio, prio_after);
	done();
}

static void restart_with_prio(struct act_page *page)
{
	expect_block(page, s.id);
	wake(&s);
	wait_unblock(page, s.id);
	page->prio = 3;
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, ACT_RESTART_PRIO | ACT_RESTART_KEEP), -EINVAL);
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, prio_flag);
	FAIL("RESTART came back");
}

static void restart_prio(unsigned int flag, int after)
{
	prio_flag = flag;
	prio_after = after;
	make_sleeper(&s);
	play(one_vp, 2, 2, (script *[]){ block_with_prio, restart_with_prio });
}

TEST(prio_own, "a restarted activation has the priority with which it blocked")
{
	restart_prio(0, 7);
}

TEST(prio_given, "or, with PRIO, the one that who restarts it gives it")
{
	restart_prio(ACT_RESTART_PRIO, 3);
}

static volatile pid_t keeper;

static void block_and_restart_keeper(struct act_page *page)
{
	struct act_page *locked = page;
	__u64 me = my_tid();

	release(page);
	sleep_in_read(&s);
	CHECK_EQ(page->cur, me);
	/* lock it again and give the VP back to the one that was kept */
	CHECK(__atomic_compare_exchange_n(&locked->word, &me, me | ACT_WORD_LOCK, false,
					  __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, keeper, 0);
	FAIL("RESTART came back");
}

/* s has blocked: restarts it, and returns when this one is chosen again */
static void restart_and_stay(struct act_page *page)
{
	keeper = my_tid();
	expect_block(page, s.id);
	wake(&s);
	wait_unblock(page, s.id);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, ACT_RESTART_KEEP), 0);
}

static void restart_keep(struct act_page *page)
{
	restart_and_stay(page);
	CHECK_EQ(s.stage, 2);
	CHECK_EQ(page->cur, keeper);
	CHECK_EQ(page->lock, 0);
	CHECK_EQ(page->nr_restarts, 2);
	done();
}

TEST(keep, "RESTART with KEEP leaves the caller restartable, and its call returns the VP")
{
	make_sleeper(&s);
	play(one_vp, 2, 2, (script *[]){ block_and_restart_keeper, restart_keep });
}

static void block_undisturbed(struct act_page *page)
{
	page->delivery = ACT_DELIVER_PENDING;
	release(page);
	sleep_in_read(&s);
}

/* the request comes while the current is not to be disturbed, and waits for the next one */
static void request_and_block(struct act_page *page)
{
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, ACT_REQUEST_UPCALL), 0);
	CHECK(page->pending);
	page->delivery = ACT_DELIVER_SWITCHED;
	sleep_in_read(&s2);
	FAIL("s2 came back");
}

static void block_with_unread(struct act_page *page)
{
	block_undisturbed(page);
	request_and_block(page);
}

static void go_on_with_unread(struct act_page *page)
{
	restart_and_stay(page);
	/* s2 has blocked and the kernel has chosen this one */
	SPIN_FOR(0);
}

static void hear_of_unread(struct act_page *page)
{
	CHECK_EQ(page->preempted, keeper);
	CHECK(page->upcall & ACT_UPCALL_REQUEST);
	done();
}

TEST(keep_unread, "who was kept and is chosen by the kernel is told at once of what is unread")
{
	make_sleeper(&s);
	make_sleeper(&s2);
	play(one_vp, 3, 3, (script *[]){ block_with_unread, go_on_with_unread, hear_of_unread });
}

static volatile int waits;

static void wait_in_handler(int signal)
{
	(void)signal;
	waits = 1;
	act_cntl(ACT_CNTL_WAIT, 0, 0);
	SPIN_FOR(0);
}

static void block_beside_waiting(struct act_page *page)
{
	block_undisturbed(page);
	syscall(SYS_tgkill, getpid(), keeper, SIGUSR1);
	SPIN_FOR(waits);
	compute_for(0.1);	/* by then it waits in the kernel */
	request_and_block(page);
}

TEST(wait_unread, "so is who comes back from WAIT")
{
	signal(SIGUSR1, wait_in_handler);
	make_sleeper(&s);
	make_sleeper(&s2);
	play(one_vp, 3, 3, (script *[]){ block_beside_waiting, go_on_with_unread, hear_of_unread });
}

static void block_s2(struct act_page *page)
{
	expect_block(page, s.id);
	release(page);
	sleep_in_read(&s2);
	CHECK_EQ(page->cur, my_tid());
	done();
}

static void two_unblocks(struct act_page *page)
{
	unsigned int upcalls;
	struct act_event a, b;

	expect_block(page, s2.id);
	upcalls = page->upcall_seq;
	wake(&s);
	SPIN_FOR(page->tail - page->head == 1);
	wake(&s2);
	SPIN_FOR(page->tail - page->head == 2);
	CHECK_EQ(page->upcall_seq, upcalls);
	page->pending = 0;
	a = take_event(page);
	b = take_event(page);
	CHECK_EQ(a.type, ACT_EVENT_UNBLOCK);
	CHECK_EQ(b.type, ACT_EVENT_UNBLOCK);
	CHECK_EQ(a.id, s.id);
	CHECK_EQ(b.id, s2.id);
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s2.id, 0);
	FAIL("RESTART came back");
}

TEST(together, "several events wait together while the lock is set, in their order")
{
	make_sleeper(&s);
	make_sleeper(&s2);
	play(one_vp, 3, 3, (script *[]){ block_once, block_s2, two_unblocks });
}

/* An upcall that is due comes as the lock's holder enters the kernel no more:
 * it looks at pending by itself.  With the lock clear it comes by itself.
 */
static volatile int displaced;

static void compute_unlocked(struct act_page *page)
{
	expect_block(page, s.id);
	displaced = my_tid();
	release(page);
	wake(&s);
	for (;;)
		;
}

static void told_at_once(struct act_page *page)
{
	struct act_event e;

	CHECK_EQ(page->preempted, displaced);
	CHECK(page->upcall & ACT_UPCALL_NEW);
	CHECK(page->upcall & ACT_UPCALL_UNBLOCK);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->lock, 1);
	e = take_event(page);
	CHECK_EQ(e.type, ACT_EVENT_UNBLOCK);
	CHECK_EQ(e.id, s.id);
	CHECK(page->upcall_time >= e.t_ready);
	CHECK_EQ(s.stage, 1);
	act_cntl(ACT_CNTL_RESTART_UNBLOCKED, s.id, 0);
	FAIL("RESTART came back");
}

TEST(switched, "an unblock preempts a computing activation: upcall on a spare")
{
	make_sleeper(&s);
	play(one_vp, 3, 3, (script *[]){ block_once, compute_unlocked, told_at_once });
}

static void block_s2_chosen(struct act_page *page)
{
	expect_block(page, s.id);
	wake(&s);
	wait_unblock(page, s.id);
	s2.id = my_tid();
	release(page);
	sleep_in_read(&s2);
	FAIL("s2 came back");
}

static void chosen_goes_on(struct act_page *page)
{
	struct act_event e;
	int restarts = 0, blocks = 0;

	release(page);
	sleep_in_read(&s);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->nr_chosen, 1);
	while (has_event(page)) {
		e = take_event(page);
		if (e.type == ACT_EVENT_BLOCK && (pid_t)e.id == s2.id)
			blocks++;
		if (e.type == ACT_EVENT_RESTART && (pid_t)e.id == s.id)
			restarts++;
	}
	CHECK_EQ(blocks, 1);
	CHECK_EQ(restarts, 1);
	done();
}

TEST(chosen, "when the current blocks the kernel restarts an unblocked one, and says so")
{
	make_sleeper(&s);
	make_sleeper(&s2);
	/* a third spare is there: the unblocked one goes first */
	play(one_vp, 3, 2, (script *[]){ chosen_goes_on, block_s2_chosen });
}

static void prefer_spare(struct act_page *page)
{
	page->flags |= ACT_PAGE_UPCALL_ON_BLOCK;
	block_s2_chosen(page);
}

static void spare_told(struct act_page *page)
{
	expect_block(page, s2.id);
	CHECK_EQ(s.stage, 1);
	done();
}

TEST(upcall_on_block, "unless the page asks for an upcall at every block")
{
	make_sleeper(&s);
	make_sleeper(&s2);
	play(one_vp, 3, 3, (script *[]){ block_once, prefer_spare, spare_told });
}

/* --- the processor is handed over in place, or by a wake-up ------------- */

static volatile unsigned long turns;
static volatile bool enough;
static volatile pid_t partners[2];

static void play_ball(struct act_page *page, int me)
{
	partners[me] = my_tid();
	while (!enough) {
		CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, partners[!me], ACT_RESTART_KEEP), 0);
		CHECK_EQ(page->cur, my_tid());
		CHECK_EQ(page->lock, 0);
		turns++;
	}
	done();
}

static void first_partner(struct act_page *page)
{
	partners[0] = my_tid();
	release(page);
	sleep_in_read(&s);
	play_ball(page, 0);
}

static void second_partner(struct act_page *page)
{
	expect_block(page, s.id);
	wake(&s);
	wait_unblock(page, s.id);
	play_ball(page, 1);
}

static void expect_turns(void)
{
	unsigned long before = turns;

	WAIT_FOR(turns > before + 1000);
}

static void *compute(void *unused)
{
	for (;;)
		;
	return unused;
}

/* What must be the same for one to take the place of the other, made different. */
static void *make_unlike(void *unused)
{
	struct sched_param normal = { 0 };
	pthread_t computing;
	int cpu;

	WAIT_FOR(partners[1]);
	expect_turns();
	CHECK(!sched_setscheduler(partners[0], SCHED_BATCH, &normal));
	expect_turns();
	CHECK(!sched_setscheduler(partners[0], SCHED_OTHER, &normal));
	for (cpu = cpus(); cpu-- > 0; ) {
		pin_to(partners[1], cpu);
		expect_turns();
		pin_to(partners[0], cpu);
		expect_turns();
	}
	CHECK(!setpriority(PRIO_PROCESS, partners[0], 5));
	expect_turns();
	CHECK(!setpriority(PRIO_PROCESS, partners[1], 5));
	CHECK(!pthread_create(&computing, NULL, compute, NULL));
	pin_to(my_tid(), cpus() - 1);
	expect_turns();
	CHECK(!sched_setscheduler(partners[0], SCHED_IDLE, &normal));
	expect_turns();
	enough = true;
	return unused;
}

TEST(hand_over, "the VP goes to and fro between activations that are alike, and that are not")
{
	pthread_t thread;

	make_sleeper(&s);
	CHECK(!pthread_create(&thread, NULL, make_unlike, NULL));
	play(one_vp, 2, 2, (script *[]){ first_partner, second_partner });
}
