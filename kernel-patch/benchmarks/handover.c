// SPDX-License-Identifier: GPL-2.0-only
/*
 * The paper's table 2, and what programs use today: from the beginning of the
 * call to the first instruction of the thread that it makes run, all on one
 * processor.  restart: RESTART of an unblocked activation.  futex: FUTEX_WAKE
 * of another thread, and then waiting oneself.  eventfd: the same by write and
 * read.  sigio: from write() to the SIGIO handler.
 */
#include "measure.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define SAMPLES 2000
#define WARM_UP 50

static double ns_per_cycle;
static volatile unsigned long long begun;
static double samples[SAMPLES];
static volatile int count = -WARM_UP, finished;

static inline void arrived(void)
{
	unsigned long long now = cycles();

	if (count >= 0 && count < SAMPLES)
		samples[count] = (now - begun) * ns_per_cycle;
	count++;
}

/* --- restart ----------------------------------------------------------- */

static int wake_pipe[2];
static volatile pid_t sleeper;
static volatile unsigned long restart_flags;

/* Blocks again and again; whoever has the VP meanwhile restarts it. */
static void *blocks(void *unused)
{
	struct act_page *page;
	char c;

	(void)unused;
	sleeper = syscall(SYS_gettid);
	act_cntl(ACT_CNTL_SPARE, 0, 0);
	page = act_pages;
	/* with the lock set, until it has a successor */
	while (!__atomic_load_n(&page->nr_spares, __ATOMIC_ACQUIRE))
		;
	while (count < SAMPLES) {
		__atomic_store_n(&page->lock, 0, __ATOMIC_SEQ_CST);
		if (read(wake_pipe[0], &c, 1) != 1)
			die("read");
		arrived();
		/* the lock, as any user-level scheduler would */
		__atomic_store_n(&page->lock, 1, __ATOMIC_SEQ_CST);
		while (page->head != page->tail)
			page->head++;
		page->pending = 0;
	}
	finished = 1;
	for (;;)
		act_cntl(ACT_CNTL_REVOKE, 0, 0);
	return NULL;
}

static void take_events(struct act_page *page)
{
	while (page->head != __atomic_load_n(&page->tail, __ATOMIC_ACQUIRE))
		__atomic_store_n(&page->head, page->head + 1, __ATOMIC_RELEASE);
}

static void *restarts(void *unused)
{
	struct act_page *page = act_pages;

	(void)unused;
	for (;;) {
		if (act_cntl(ACT_CNTL_SPARE, 0, 0) < 0)
			continue;
		do {
			take_events(page);	/* it has blocked */
			if (write(wake_pipe[1], "w", 1) != 1)
				die("write");
			while (!__atomic_load_n(&page->pending, __ATOMIC_ACQUIRE))
				;
			page->pending = 0;
			take_events(page);
			begun = cycles();
		} while (act_cntl(ACT_CNTL_RESTART_UNBLOCKED, sleeper, 0) >= 0);
	}
	return NULL;
}

static void measure_restart(void)
{
	struct act_init init = {
		.size = sizeof(init), .nr_vps = 1, .bound_ns = ACT_BOUND_MAX,
	};
	pthread_t thread;

	act_fd = act_cntl(ACT_CNTL_INIT, (unsigned long)&init, 0);
	if (act_fd < 0)
		return;
	act_pages = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, act_fd, 0);
	if (act_pages == MAP_FAILED || pipe(wake_pipe))
		die("mmap");
	pthread_create(&thread, NULL, blocks, NULL);
	while (!act_pages->cur)
		usleep(1000);
	pthread_create(&thread, NULL, restarts, NULL);
	while (!finished)
		usleep(20000);
	report("restart", samples, SAMPLES);
}

/* --- futex and eventfd ------------------------------------------------- */

static unsigned int turn;
static int event_fds[2];

static void futex(unsigned int *word, int op, unsigned int value)
{
	syscall(SYS_futex, word, op, value, NULL, NULL, 0);
}

static void *futex_partner(void *me_)
{
	unsigned int me = (long)me_;

	for (;;) {
		while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != me)
			futex(&turn, FUTEX_WAIT_PRIVATE, !me);
		arrived();
		if (count >= SAMPLES + 2)
			finished = 1;
		begun = cycles();
		__atomic_store_n(&turn, !me, __ATOMIC_RELEASE);
		futex(&turn, FUTEX_WAKE_PRIVATE, 1);
	}
	return NULL;
}

static void *eventfd_partner(void *me_)
{
	unsigned int me = (long)me_;
	eventfd_t value;

	for (;;) {
		if (eventfd_read(event_fds[me], &value))
			die("eventfd");
		arrived();
		if (count >= SAMPLES + 2)
			finished = 1;
		begun = cycles();
		if (eventfd_write(event_fds[!me], 1))
			die("eventfd");
	}
	return NULL;
}

static void partners(const char *name, void *(*partner)(void *))
{
	pthread_t thread;
	long i;

	for (i = 0; i < 2; i++)
		pthread_create(&thread, NULL, partner, (void *)i);
	if (partner == eventfd_partner)
		eventfd_write(event_fds[0], 1);
	while (!finished)
		usleep(20000);
	report(name, samples, SAMPLES);
}

/* --- SIGIO ------------------------------------------------------------- */

static void on_io(int signal)
{
	(void)signal;
	arrived();
}

static void measure_sigio(void)
{
	int ends[2];
	char c;

	signal(SIGIO, on_io);
	if (pipe(ends) || fcntl(ends[0], F_SETOWN, getpid()) ||
	    fcntl(ends[0], F_SETFL, O_ASYNC))
		die("O_ASYNC");
	while (count < SAMPLES) {
		begun = cycles();
		if (write(ends[1], "w", 1) != 1 || read(ends[0], &c, 1) != 1)
			die("pipe");
	}
	report("sigio", samples, SAMPLES);
}

static void measure_futex(void)
{
	partners("futex-handover", futex_partner);
}

static void measure_eventfd(void)
{
	event_fds[0] = eventfd(0, 0);
	event_fds[1] = eventfd(0, 0);
	partners("eventfd", eventfd_partner);
}

/* Each in a process of its own, so that it ends with all of its threads. */
static void in_process(void (*measure)(void))
{
	pid_t pid = fork();

	if (!pid) {
		measure();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

int main(void)
{
	run_on(0);
	ns_per_cycle = calibrate();
	in_process(measure_sigio);
	in_process(measure_futex);
	in_process(measure_eventfd);
	in_process(measure_restart);
	return 0;
}
