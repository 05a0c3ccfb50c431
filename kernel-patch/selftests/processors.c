// SPDX-License-Identifier: GPL-2.0-only
/*
 * What reaches beyond one virtual processor: spares that move, and the
 * starvation rule of a scheduler that sleeps.  Threads here call the kernel
 * themselves, so that each is on the VP where the test wants it.
 */
#include "harness.h"

#include <pthread.h>
#include <sys/mman.h>
#include <time.h>



static volatile long launched[2];	/* 1 + the VP that a spare came back on */
static volatile int stop;

static void init_two_vps(unsigned int flags)
{
	struct act_init init = {
		.size = sizeof(init), .nr_vps = 2, .flags = flags,
		.bound_ns = ACT_BOUND_MAX,
	};

	act_fd = act_cntl(ACT_CNTL_INIT, (unsigned long)&init, 0);
	if (act_fd == -ENOSYS)
		skip("this kernel has no scheduler activations");
	if (act_fd < 0)
		FAIL("ACT_CNTL_INIT: %s", strerror(-act_fd));
	act_pages = mmap(NULL, 2 * sizeof(struct act_page), PROT_READ | PROT_WRITE,
			 MAP_SHARED, act_fd, 0);
	if (act_pages == MAP_FAILED)
		FAIL("mmap: %s", strerror(errno));
	make_sleeper(&s);
}

static void run(void *(*function)(void *), long argument)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, (void *)argument))
		FAIL("pthread_create: %s", strerror(errno));
}

/* Computes, with the lock of the VP that it was launched on. */
static void *spare_of(void *vp)
{
	launched[(long)vp] = 1 + act_cntl(ACT_CNTL_SPARE, (unsigned long)vp, 0);
	while (!stop)
		;
	return NULL;
}

static void *compute_on(void *vp)
{
	act_cntl(ACT_CNTL_SPARE, (unsigned long)vp, 0);
	while (!stop)
		;
	return NULL;
}

/* Blocks in read as the current of its VP, lock clear; then counts. */
static void *block_on(void *vp)
{
	long at = act_cntl(ACT_CNTL_SPARE, (unsigned long)vp, 0);

	while (!stop && !act_pages[0].nr_spares && !act_pages[1].nr_spares)
		;
	release(&act_pages[at]);
	sleep_in_read(&s);
	for (;;)
		steps++;
	return NULL;
}

/* --- spares ------------------------------------------------------------ */

static void block_on_1_with_a_spare_of_0(unsigned int flags)
{
	init_two_vps(flags);
	run(compute_on, 0);
	WAIT_FOR(act_pages[0].cur);
	run(spare_of, 0);
	WAIT_FOR(act_pages[0].nr_spares == 1);
	run(block_on, 1);
	WAIT_FOR(ASLEEP(&s));
}

TEST(borrowed_spare, "with MIGRATE a VP without spares takes one of another VP")
{
	block_on_1_with_a_spare_of_0(ACT_INIT_MIGRATE);
	WAIT_FOR(launched[0]);
	CHECK_EQ(launched[0], 2);
	CHECK_EQ(act_pages[0].nr_spares, 0);
	CHECK_EQ(act_pages[1].nr_blocks, 1);
	stop = 1;
}

TEST(own_spares, "without it a VP's spares are its own")
{
	block_on_1_with_a_spare_of_0(0);
	WAIT_FOR(act_pages[1].nr_unreported == 1);
	CHECK_EQ(launched[0], 0);
	CHECK_EQ(act_pages[0].nr_spares, 1);
	CHECK_EQ(act_pages[1].nr_blocks, 0);
	stop = 1;
}

/* --- starvation -------------------------------------------------------- */

static volatile int fall_asleep, slept;

static void *sleep_with_lock_on(void *vp)
{
	struct timespec time = { .tv_nsec = 500000000 };
	long at = act_cntl(ACT_CNTL_SPARE, (unsigned long)vp, 0);

	/* Whoever says so has a limit of its own, and names what it waits for. */
	while (!fall_asleep)
		;
	CHECK_EQ(act_pages[at].lock, 1);
	nanosleep(&time, NULL);
	slept = 1;
	while (!stop)
		;
	return NULL;
}

TEST(scheduler_sleeps, "a scheduler that sleeps with the lock lets the stopped of all VPs run")
{
	unsigned long before;

	init_two_vps(0);
	run(sleep_with_lock_on, 0);
	/* On its way it is a spare for a moment, which block_on must not take for one. */
	WAIT_FOR(act_pages[0].cur);
	run(block_on, 1);
	WAIT_FOR(act_pages[1].cur);
	run(spare_of, 1);
	WAIT_FOR(ASLEEP(&s) && launched[1]);
	wake(&s);
	WAIT_FOR(act_pages[1].nr_unblocks == 1);
	/* its VP computes with the lock, and nobody restarts it */
	usleep(50000);
	CHECK_EQ(s.stage, 1);
	fall_asleep = 1;
	WAIT_FOR(s.stage == 2);
	CHECK_EQ(slept, 0);
	before = steps;
	WAIT_FOR(steps != before);
	WAIT_FOR(slept);
	/* and then it is stopped again */
	do {
		before = steps;
		usleep(30000);
	} while (steps != before);
	CHECK_EQ(act_pages[1].cur != (__u32)s.id, 1);
	stop = 1;
}
