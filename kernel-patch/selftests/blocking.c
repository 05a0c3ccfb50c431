// SPDX-License-Identifier: GPL-2.0-only
/* Rules 1, 2, 4 and 6: who has the VP when its current blocks. */
#include "harness.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static const struct act_options one_vp = { .vps = 1, .spares = 3 };

static void sleep_in_futex(void *argument)
{
	struct sleeper *sleeper = argument;

	sleeper->id = my_tid();
	sleeper->stage = 1;
	while (!__atomic_load_n(&sleeper->word, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, &sleeper->word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	sleeper->stage = 2;
}

static void wake_futex(struct sleeper *sleeper)
{
	__atomic_store_n(&sleeper->word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &sleeper->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void sleep_in_poll(void *argument)
{
	struct sleeper *sleeper = argument;
	struct pollfd fd = { .fd = sleeper->pipe[0], .events = POLLIN };

	sleeper->id = my_tid();
	sleeper->stage = 1;
	CHECK_EQ(poll(&fd, 1, -1), 1);
	sleeper->stage = 2;
}

static void sleep_in_nanosleep(void *argument)
{
	struct sleeper *sleeper = argument;
	struct timespec time = { .tv_nsec = 100000000 };

	sleeper->id = my_tid();
	sleeper->stage = 1;
	CHECK_EQ(nanosleep(&time, NULL), 0);
	sleeper->stage = 2;
}

static void wake_nothing(struct sleeper *sleeper)
{
	(void)sleeper;
}

/* One thread blocks; the other has the VP at once, and goes on with it after. */
static void one_blocks(void (*block)(void *), void (*wake)(struct sleeper *),
		       struct sleeper *sleeper)
{
	struct spinner spinner = { 0 };

	start(one_vp);
	act_spawn(block, sleeper);
	act_spawn(spin, &spinner);
	WAIT_FOR(sleeper->stage >= 1);
	WAIT_FOR(spinner.count);
	CHECK_EQ(events(ACT_EVENT_BLOCK, sleeper->id), 1);
	CHECK(advances(&spinner));
	wake(sleeper);
	WAIT_FOR(sleeper->stage == 2);
	/* Where the VM gets no processor for long it has gone on unmanaged, before that. */
	WAIT_FOR(events(ACT_EVENT_UNBLOCK, sleeper->id));
	WAIT_FOR(advances(&spinner));
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
	CHECK_EQ(events(ACT_EVENT_UNBLOCK, sleeper->id), 1);
	check_log();
}

TEST(read_blocks, "a block in read gives the VP away, the unblock gives it back")
{
	struct sleeper sleeper;

	make_sleeper(&sleeper);
	one_blocks(sleep_in_read, wake, &sleeper);
}

TEST(futex_blocks, "so does one in a futex")
{
	struct sleeper sleeper;

	make_sleeper(&sleeper);
	one_blocks(sleep_in_futex, wake_futex, &sleeper);
}

static pthread_mutex_t pi_mutex;

static void sleep_in_pi_mutex(void *argument)
{
	struct sleeper *sleeper = argument;

	sleeper->id = my_tid();
	sleeper->stage = 1;
	CHECK_EQ(pthread_mutex_lock(&pi_mutex), 0);
	sleeper->stage = 2;
}

static void unlock_pi_mutex(struct sleeper *sleeper)
{
	(void)sleeper;
	CHECK_EQ(pthread_mutex_unlock(&pi_mutex), 0);
}

TEST(pi_mutex_blocks, "so does one for a mutex that passes priorities on (a futex with PI)")
{
	struct sleeper sleeper;

	make_pi_mutex(&pi_mutex);
	CHECK_EQ(pthread_mutex_lock(&pi_mutex), 0);
	make_sleeper(&sleeper);
	one_blocks(sleep_in_pi_mutex, unlock_pi_mutex, &sleeper);
}

TEST(poll_blocks, "so does one in poll")
{
	struct sleeper sleeper;

	make_sleeper(&sleeper);
	one_blocks(sleep_in_poll, wake, &sleeper);
}

TEST(nanosleep_blocks, "so does one in nanosleep")
{
	struct sleeper sleeper;

	make_sleeper(&sleeper);
	one_blocks(sleep_in_nanosleep, wake_nothing, &sleeper);
}

static void sleep_in_fault(void *argument)
{
	struct sleeper *sleeper = argument;

	sleeper->id = my_tid();
	sleeper->stage = 1;
	if (*(volatile char *)sleeper->page != 'x')
		FAIL("wrong page");
	sleeper->stage = 2;
}

static void serve_fault(struct sleeper *sleeper)
{
	static char content[4096] __attribute__((aligned(4096)));
	struct uffdio_copy copy = {
		.dst = (__u64)sleeper->page, .src = (__u64)content, .len = 4096,
	};

	content[0] = 'x';
	if (ioctl(sleeper->fault_fd, UFFDIO_COPY, &copy))
		FAIL("UFFDIO_COPY: %s", strerror(errno));
}

TEST(fault_blocks, "so does a page fault that user space serves (userfaultfd)")
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct sleeper sleeper;

	make_sleeper(&sleeper);
	sleeper.fault_fd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	if (sleeper.fault_fd < 0)
		skip("no userfaultfd");
	CHECK_EQ(ioctl(sleeper.fault_fd, UFFDIO_API, &api), 0);
	sleeper.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (__u64)sleeper.page;
	range.range.len = 4096;
	CHECK_EQ(ioctl(sleeper.fault_fd, UFFDIO_REGISTER, &range), 0);
	one_blocks(sleep_in_fault, serve_fault, &sleeper);
}

static void touch_file(void *argument)
{
	struct sleeper *sleeper = argument;
	volatile char sum = 0;
	size_t at;

	sleeper->id = my_tid();
	sleeper->stage = 1;
	for (at = 0; at < 4 << 20; at += 64 * 4096)
		sum += sleeper->page[at];
	sleeper->stage = 2;
}

TEST(file_fault_blocks, "and a page fault on a file of the host")
{
	struct spinner spinner = { 0 };
	struct sleeper sleeper;
	int fd = open("/usr/bin/qemu-system-x86_64", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		skip("no large file at hand");
	make_sleeper(&sleeper);
	/* before the mapping: it brings in everything that is mapped */
	start(one_vp);
	sleeper.page = mmap(NULL, 4 << 20, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(sleeper.page != MAP_FAILED);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	madvise(sleeper.page, 4 << 20, MADV_RANDOM);
	act_spawn(touch_file, &sleeper);
	act_spawn(spin, &spinner);
	WAIT_FOR(sleeper.stage == 2);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
	if (!events(ACT_EVENT_BLOCK, sleeper.id))
		skip("the file was in memory");
	WAIT_UNBLOCKED(sleeper.id);
	check_log();
}

static void sleep_locked(void *argument)
{
	struct sleeper *sleeper = argument;
	struct act_page *page = act_lock();

	sleep_in_read(sleeper);
	CHECK_EQ(page->cur, my_tid());
	CHECK_EQ(page->lock, 1);
	act_unlock(page);
}

TEST(block_locked, "a block while the lock is set is not reported")
{
	struct spinner spinner = { 0 };
	struct sleeper sleeper;

	start(one_vp);
	make_sleeper(&sleeper);
	act_spawn(sleep_locked, &sleeper);
	WAIT_FOR(ASLEEP(&sleeper));
	act_spawn(spin, &spinner);
	usleep(50000);
	CHECK_EQ(spinner.count, 0);
	CHECK_EQ(act_pages->cur, sleeper.id);
	CHECK_EQ(events(ACT_EVENT_BLOCK, sleeper.id), 0);
	CHECK(act_pages->nr_unreported >= 1);
	wake(&sleeper);
	WAIT_FOR(sleeper.stage == 2);
	WAIT_FOR(spinner.count);
	CHECK_EQ(events(ACT_EVENT_UNBLOCK, sleeper.id), 0);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
}

TEST(block_without_spare, "a block with no successor is not reported")
{
	struct act_options options = { .vps = 1, .spares = 0, .fixed_spares = true };
	struct spinner spinner = { 0 };
	struct sleeper sleeper;

	start(options);
	make_sleeper(&sleeper);
	act_spawn(sleep_in_read, &sleeper);
	WAIT_FOR(ASLEEP(&sleeper));
	act_spawn(spin, &spinner);
	usleep(50000);
	CHECK_EQ(spinner.count, 0);
	CHECK_EQ(act_pages->cur, sleeper.id);
	CHECK_EQ(act_pages->nr_spares, 0);
	CHECK(act_pages->nr_unreported >= 1);
	wake(&sleeper);
	WAIT_FOR(sleeper.stage == 2);
	WAIT_FOR(spinner.count);
	CHECK_EQ(events(ACT_EVENT_BLOCK, 0), 0);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
}

TEST(spare_comes_late, "a spare that comes later takes nothing from a sleeping current")
{
	struct act_options options = { .vps = 1, .spares = 0, .fixed_spares = true };
	struct sleeper a, b;

	start(options);
	make_sleeper(&a);
	make_sleeper(&b);
	act_spawn(sleep_in_read, &a);
	WAIT_FOR(ASLEEP(&a));
	CHECK_EQ(act_add_spare(0), 0);
	WAIT_FOR(act_pages->nr_spares == 1);
	CHECK_EQ(act_pages->cur, a.id);
	act_spawn(sleep_in_read, &b);
	wake(&a);
	WAIT_FOR(a.stage == 2);
	WAIT_FOR(ASLEEP(&b));
	wake(&b);
	WAIT_FOR(b.stage == 2);
	check_log();
}

static void *plain_sleep(void *sleeper)
{
	sleep_in_read(sleeper);
	return NULL;
}

TEST(plain_beside, "threads of the process that are no activations are left alone")
{
	struct spinner spinner = { 0 };
	struct sleeper plain;
	pthread_t thread;

	start(one_vp);
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	make_sleeper(&plain);
	CHECK(!pthread_create(&thread, NULL, plain_sleep, &plain));
	WAIT_FOR(ASLEEP(&plain));
	wake(&plain);
	pthread_join(thread, NULL);
	CHECK_EQ(plain.stage, 2);
	CHECK_EQ(events(0, plain.id), 0);
	CHECK_EQ(act_pages->cur, spinner.id);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
}
