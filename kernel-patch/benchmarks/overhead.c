// SPDX-License-Identifier: GPL-2.0-only
/*
 * The paper's table 1: the time that a computing program loses when an
 * interrupt arrives and (a) nothing else happens, (b) an upcall is made, (c)
 * a signal handler runs.  The interrupt is a timer's each time: (a) a timerfd
 * that nobody reads, (b) the VP's timer, (c) a POSIX timer.  The program looks
 * at the clock all the time and so sees how long it was away.
 *
 * The signal handler is an empty function.  The upcall does as little as an
 * upcall can: it takes the event off the ring and clears the lock.  Beside it,
 * "upcall-library": the same with ../lib, as a scheduler would do it.
 *
 *	overhead [SAMPLES]
 */
#include "measure.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#define WARM_UP 20

static int wanted = 600;
static double ns_per_cycle;
static volatile int finished;
static int timer_fd;
static timer_t timer;

struct act_page *page_of_vp_0;

void least_upcall(void);
asm(".globl least_upcall\n"
    ".type least_upcall, @function\n"
    "least_upcall:\n"
    "	mov %rax, (%rsp)\n"	/* in the place of the VP's number */
    "	push %rcx\n"
    "	mov page_of_vp_0(%rip), %rax\n"
    "1:	mov 20(%rax), %ecx\n"	/* tail */
    "	mov %ecx, 16(%rax)\n"	/* head */
    "	lock andl $0, 4(%rax)\n"	/* lock; the kernel has cleared pending */
    "	cmpl $0, 8(%rax)\n"
    "	jne 2f\n"
    "	pop %rcx\n"
    "	pop %rax\n"
    "	popfq\n"
    "	ret $128\n"
    "2:	movl $1, 4(%rax)\n"	/* nobody else is there to take it */
    "	movl $0, 8(%rax)\n"
    "	jmp 1b\n");
_Static_assert(__builtin_offsetof(struct act_page, head) == 16 &&
	       __builtin_offsetof(struct act_page, tail) == 20, "see least_upcall");

static void no_handler(int signal)
{
	(void)signal;
}

/* Two looks at the clock are not so far apart, in ns, when nothing comes between. */
#define AWAY 400

/*
 * How long the program was away when the timer fired that @arm sets: under
 * multi-threaded emulation in several parts.
 */
static double lost(void (*arm)(long ns))
{
	unsigned long long last, now, away = 0, until;

	/* behind a scheduler tick, so that none falls together with it */
	last = cycles();
	until = last + (unsigned long long)(2500000 / ns_per_cycle);
	for (;;) {
		now = cycles();
		if ((now - last) * ns_per_cycle > AWAY || now > until)
			break;
		last = now;
	}
	/* To arm it takes long itself where the emulator has to be asked. */
	until = cycles() + (unsigned long long)(270000 / ns_per_cycle);
	arm(300000);
	do
		last = cycles();
	while (last < until);
	until += (unsigned long long)(330000 / ns_per_cycle);
	while ((now = cycles()) < until) {
		if ((now - last) * ns_per_cycle > AWAY)
			away += now - last;
		last = now;
	}
	return away * ns_per_cycle;
}

static void arm_timerfd(long ns)
{
	struct itimerspec due = { .it_value.tv_nsec = ns };

	timerfd_settime(timer_fd, 0, &due, NULL);
}

static void arm_signal(long ns)
{
	struct itimerspec due = { .it_value.tv_nsec = ns };

	timer_settime(timer, 0, &due, NULL);
}

static void arm_upcall(long ns)
{
	if (act_cntl(ACT_CNTL_TIMER, ns, 0))
		_exit(2);
}

static void arm_pending(long ns)
{
	page_of_vp_0->head = page_of_vp_0->tail;
	page_of_vp_0->pending = 0;
	arm_upcall(ns);
}

static void sample(const char *name, void (*arm)(long ns))
{
	double samples[wanted];
	int i;

	for (i = -WARM_UP; i < wanted; i++) {
		double s = lost(arm);

		if (i >= 0)
			samples[i] = s;
	}
	report(name, samples, wanted);
}

static void others(void)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM,
		._sigev_un._tid = syscall(SYS_gettid),
	};
	unsigned long long before;
	double samples[wanted];
	int i;

	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	signal(SIGALRM, no_handler);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		die("timer_create");
	sample("regular", arm_timerfd);
	sample("signal", arm_signal);
	signal(SIGALRM, SIG_IGN);
	sample("signal-ignored", arm_signal);
	for (i = 0; i < wanted; i++) {
		before = cycles();
		syscall(SYS_getpid);
		samples[i] = (cycles() - before) * ns_per_cycle;
	}
	report("getpid", samples, wanted);
}

static void *with_least_upcall(void *unused)
{
	(void)unused;
	act_cntl(ACT_CNTL_SPARE, 0, 0);
	page_of_vp_0->lock = 0;
	sample("upcall", arm_upcall);
	/* what of it is the event, and what the delivery */
	page_of_vp_0->delivery = ACT_DELIVER_PENDING;
	sample("event-pending", arm_pending);
	finished = 1;
	for (;;)
		pause();
	return NULL;
}

static void with_library(void *unused)
{
	(void)unused;
	sample("upcall-library", arm_upcall);
	finished = 1;
}

static void least(void)
{
	struct act_init init = {
		.size = sizeof(init), .nr_vps = 1, .bound_ns = ACT_BOUND_MAX,
		.upcall_entry = (unsigned long)least_upcall,
	};
	pthread_t thread;

	act_fd = act_cntl(ACT_CNTL_INIT, (unsigned long)&init, 0);
	if (act_fd < 0)
		return;
	page_of_vp_0 = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, act_fd, 0);
	if (page_of_vp_0 == MAP_FAILED)
		die("mmap");
	page_of_vp_0->delivery = ACT_DELIVER_INJECTED;
	pthread_create(&thread, NULL, with_least_upcall, NULL);
	while (!finished)
		usleep(50000);
}

static void library(void)
{
	struct act_options options = {
		.vps = 1, .spares = 1, .delivery = ACT_DELIVER_INJECTED,
		.bound_ns = ACT_BOUND_MAX,
	};

	if (act_start(&options))
		return;
	act_spawn(with_library, NULL);
	while (!finished)
		usleep(50000);
}

int main(int argc, char **argv)
{
	void (*parts[])(void) = { others, least, library };
	int i;

	if (argc > 1)
		wanted = atoi(argv[1]);
	run_on(0);
	ns_per_cycle = calibrate();
	for (i = 0; i < 3; i++) {
		if (!fork()) {
			parts[i]();
			_exit(0);
		}
		wait(NULL);
	}
	return 0;
}
