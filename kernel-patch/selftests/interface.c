// SPDX-License-Identifier: GPL-2.0-only
/* What the call refuses, and what a process gets from INIT. */
#include "harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>

static struct act_init good(void)
{
	return (struct act_init){ .size = sizeof(struct act_init), .nr_vps = 1 };
}

static long init(struct act_init *init)
{
	return act_cntl(ACT_CNTL_INIT, (unsigned long)init, 0);
}

/* The first call that must work, so that an old kernel means skip. */
static int must_init(struct act_init *wanted)
{
	long fd = init(wanted);

	if (fd == -ENOSYS)
		skip("this kernel has no scheduler activations");
	if (fd < 0)
		FAIL("INIT: %s", strerror(-fd));
	return fd;
}

TEST(layout, "the shared page has the layout that is documented")
{
	CHECK_EQ(sizeof(struct act_page), 4096);
	CHECK_EQ(sizeof(struct act_event), 48);
	CHECK_EQ(offsetof(struct act_page, cur), 0);
	CHECK_EQ(offsetof(struct act_page, lock), 4);
	CHECK_EQ(offsetof(struct act_page, pending), 8);
}

TEST(before_init, "every other command before INIT is EPERM")
{
	struct act_init i = good();
	unsigned int command;

	if (act_cntl(ACT_CNTL_SPARE, 0, 0) == -ENOSYS)
		skip("this kernel has no scheduler activations");
	for (command = ACT_CNTL_SPARE; command <= ACT_CNTL_SUSPEND; command++)
		CHECK_EQ(act_cntl(command, 0, 0), -EPERM);
	must_init(&i);
}

TEST(unknown_command, "an unknown command is EINVAL")
{
	struct act_init i = good();

	must_init(&i);
	CHECK_EQ(act_cntl(ACT_CNTL_SUSPEND + 1, 0, 0), -EINVAL);
	CHECK_EQ(act_cntl(~0U, 0, 0), -EINVAL);
	CHECK_EQ(act_cntl(0x80000000U, 0, 0), -EINVAL);
}

TEST(bad_init, "INIT refuses every wrong field and can be called again after it")
{
	struct act_init i = good();
	struct { struct act_init init; __u64 more; } longer = { .init = good() };

	if (init(NULL) == -ENOSYS)
		skip("this kernel has no scheduler activations");
	CHECK_EQ(init(NULL), -EFAULT);
	CHECK_EQ(init((void *)0xffff888000000000UL), -EFAULT);
	CHECK_EQ(init((void *)8), -EFAULT);
	i.size = 0;
	CHECK(init(&i) < 0);
	i.size = 7;
	CHECK(init(&i) < 0);
	i.size = ~0U;
	CHECK(init(&i) < 0);
	longer.init.size = sizeof(longer);
	longer.more = 1;
	CHECK_EQ(init(&longer.init), -E2BIG);
	i = good(); i.nr_vps = 0;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.nr_vps = ACT_MAX_VPS + 1;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.nr_vps = ~0U;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.flags = ~ACT_INIT_MIGRATE;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.suspend_signal = 65;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.bound_ns = ACT_BOUND_MIN - 1;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.bound_ns = ACT_BOUND_MAX + 1;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.suspend_ns = ACT_SUSPEND_MAX + 1;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.size = ACT_INIT_SIZE_VER0 - 1;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.upcall_entry = 0xffffffff81000000UL;
	CHECK(init(&i) < 0);
	i = good(); i.upcall_entry = 1UL << 63;
	CHECK(init(&i) < 0);
	i = good(); i.upcall_entry = (__u64)act_entry;
	i.tramp_start = (__u64)act_left; i.tramp_end = (__u64)act_leave;
	i.tramp_again = (__u64)act_again;
	CHECK_EQ(init(&i), -EINVAL);
	i = good(); i.upcall_entry = (__u64)act_entry;
	i.tramp_start = (__u64)act_leave; i.tramp_end = (__u64)act_left;
	i.tramp_again = 0xffffffff81000000UL;
	CHECK(init(&i) < 0);
	i = good();
	CHECK_EQ(act_cntl(ACT_CNTL_INIT, (unsigned long)&i, 1), -EINVAL);
	must_init(&i);
}

TEST(second_init, "a second INIT is EBUSY, from any thread")
{
	struct act_init i = good();

	must_init(&i);
	CHECK_EQ(init(&i), -EBUSY);
}

TEST(first_init, "the first version of act_init is taken")
{
	struct act_init i = good();

	i.size = ACT_INIT_SIZE_VER0;
	must_init(&i);
}

TEST(longer_init, "a longer act_init with zeroes behind is taken")
{
	struct { struct act_init init; __u64 more[2]; } longer = { .init = good() };

	longer.init.size = sizeof(longer);
	must_init(&longer.init);
}

TEST(descriptor, "the descriptor is close-on-exec and nothing else works on it")
{
	struct act_init i = good();
	int fd = must_init(&i);
	char c;

	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CHECK(read(fd, &c, 1) < 0);
	CHECK(write(fd, &c, 1) < 0);
}

TEST(mapping, "one page a VP can be mapped, shared, and no more")
{
	struct act_init i = good();
	struct act_page *all, *one;
	int fd;

	i.nr_vps = 3;
	fd = must_init(&i);
	all = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(all != MAP_FAILED);
	one = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 2 * 4096);
	CHECK(one != MAP_FAILED);
	CHECK_EQ(all[1].vp, 1);
	CHECK_EQ(one->vp, 2);
	CHECK_EQ(one->nr_vps, 3);
	CHECK_EQ(one->word, 0);
	all[2].prio = 7;
	CHECK_EQ(one->prio, 7);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 3 * 4096) == MAP_FAILED);
	CHECK(mmap(NULL, 4 * 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0) == MAP_FAILED);
	CHECK(mprotect(one, 4096, PROT_READ | PROT_EXEC) < 0);
	close(fd);
	CHECK_EQ(all[1].vp, 1);
	munmap(all, 3 * 4096);
}

TEST(wrong_arguments, "wrong VPs, ids, flags and unused arguments are EINVAL")
{
	struct act_init i = good();

	must_init(&i);
	CHECK_EQ(act_cntl(ACT_CNTL_SPARE, 1, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_SPARE, 1UL << 32, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_SPARE, 0, 1), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 1, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, ACT_VP_ANY, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, ~0UL), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_SUSPEND, 2, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_SUSPEND, 0, 1), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_REQUEST, 0, 0), 0);
}

TEST(plain_thread, "commands for activations are EPERM for another thread")
{
	struct act_init i = good();

	must_init(&i);
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 0, 0), -EPERM);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, my_tid(), 0), -EPERM);
	CHECK_EQ(act_cntl(ACT_CNTL_WAIT, 0, 0), -EPERM);
	CHECK_EQ(act_cntl(ACT_CNTL_EVENTS, 0, 0), -EPERM);
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 1000000, 0), -EPERM);
}

static void from_activation(struct act_page *page)
{
	pid_t me = my_tid();

	CHECK_EQ(page->cur, me);
	CHECK_EQ(page->lock, 1);
	CHECK(page->upcall & ACT_UPCALL_NEW);
	CHECK_EQ(act_cntl(ACT_CNTL_REVOKE, 1, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_WAIT, 1, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_WAIT, 0, 1), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_EVENTS, 1, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 1000000, ACT_TIMER_MIN - 1), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, me, 0), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, me, ACT_RESTART_KEEP), -EINVAL);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, getpid(), ~0UL), -EINVAL);
	/* the main thread is no activation, 1 not of this process, others no thread */
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, getpid(), 0), -ESRCH);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, 1, 0), -ESRCH);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, 0, 0), -ESRCH);
	CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, 0x7fffffff, 0), -ESRCH);
	CHECK(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, -1L, 0) < 0);
	CHECK_EQ(act_cntl(ACT_CNTL_WAIT, 0, 0), 0);
	CHECK_EQ(act_cntl(ACT_CNTL_EVENTS, 0, 0), 0);
	CHECK_EQ(page->cur, me);
	CHECK_EQ(page->lock, 1);
	done();
}

TEST(activation_arguments, "an activation that asks for nonsense stays as it was")
{
	play((struct act_init){ 0 }, 1, 1, (script *[]){ from_activation });
}

static void restart_a_spare(struct act_page *page)
{
	char name[16];
	int tid;

	/* the other spare is the only other thread but main */
	for (tid = getpid() + 1; tid < getpid() + 64; tid++) {
		snprintf(name, sizeof(name), "%d", tid);
		if (tid == (int)page->cur || !state_of(tid))
			continue;
		CHECK_EQ(act_cntl(ACT_CNTL_RESTART_UNBLOCKED, tid, 0), -EAGAIN);
		done();
	}
	FAIL("no spare found");
}

static void hold_until_two(struct act_page *page)
{
	SPIN_FOR(page->nr_spares == 1);
	restart_a_spare(page);
}

TEST(restart_spare, "a spare cannot be restarted")
{
	play((struct act_init){ 0 }, 2, 1, (script *[]){ hold_until_two });
}

TEST(fork_child, "a fork's child has neither the model nor the mapping")
{
	struct act_init i = good();
	struct act_page *page;
	int fd, status;
	pid_t pid;

	fd = must_init(&i);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pid = fork();
	if (!pid) {
		if (act_cntl(ACT_CNTL_REQUEST, 0, 0) != -EPERM)
			_exit(1);
		if (init(&i) < 0)	/* may become one itself */
			_exit(2);
		*(volatile __u32 *)&page->head = 1;
		_exit(3);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	CHECK_EQ(page->head, 0);
}

static void *init_again(void *n)
{
	struct act_init i = good();
	long fd = init(&i);

	if (fd >= 0)
		__atomic_fetch_add((int *)n, 1, __ATOMIC_SEQ_CST);
	else if (fd != -EBUSY)
		FAIL("INIT: %s", strerror(-fd));
	return NULL;
}

TEST(init_race, "of eight threads that call INIT at once one succeeds")
{
	pthread_t threads[8];
	int i, n = 0;

	if (act_cntl(ACT_CNTL_REQUEST, 0, 0) == -ENOSYS)
		skip("this kernel has no scheduler activations");
	for (i = 0; i < 8; i++)
		CHECK(!pthread_create(&threads[i], NULL, init_again, &n));
	for (i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(n, 1);
}

TEST(most_vps, "the greatest number of VPs works, and costs pages only")
{
	struct act_init i = good();
	struct act_page *pages;
	int fd;

	i.nr_vps = ACT_MAX_VPS;
	fd = must_init(&i);
	pages = mmap(NULL, ACT_MAX_VPS * 4096UL, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(pages != MAP_FAILED);
	CHECK_EQ(pages[ACT_MAX_VPS - 1].vp, ACT_MAX_VPS - 1);
}

TEST(page_rubbish, "rubbish in the shared page hurts nobody else")
{
	struct act_options options = { .vps = 1, .spares = 2 };
	struct sleeper sleeper;
	unsigned int i;
	char *raw;

	start(options);
	make_sleeper(&sleeper);
	act_spawn(sleep_in_read, &sleeper);
	WAIT_FOR(ASLEEP(&sleeper));
	raw = (char *)act_pages;
	for (i = 0; i < 4096; i++)
		raw[i] = i * 37 + 11;
	wake(&sleeper);
	usleep(50000);
	memset(raw, 0xff, 4096);
	for (i = 0; i < 8; i++) {
		act_cntl(ACT_CNTL_REQUEST, 0, ACT_REQUEST_UPCALL);
		usleep(5000);
	}
	memset(raw, 0, 4096);
	usleep(20000);
	/* alive is all that is asked: the process can still be ended */
}
