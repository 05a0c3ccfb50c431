// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer of act_cntl: random commands, arguments and timing from several
 * threads, rubbish in the shared pages, random deaths.  SA_FUZZ_SECONDS (default
 * 10) of short-lived processes.  The kernel's log is the judge, and that each
 * process can be killed.
 */
#include "harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static unsigned int seed;
static volatile int fd = -1;
static char *mapped;
static pid_t tids[16];

static unsigned int roll(unsigned int *state, unsigned int n)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % n;
}

static unsigned long odd_value(unsigned int *dice)
{
	static const unsigned long values[] = {
		0, 1, 2, 3, 7, 63, 255, 256, 4095, 4096, 10000, 1000000, 20000000,
		0x7fffffff, 0x80000000, 0xffffffff, 1UL << 32, 1UL << 47, ~0UL,
		0xffff800000000000, 0xffffffff81000000, 1UL << 63,
	};

	if (roll(dice, 3) == 0)
		return tids[roll(dice, 16)];
	if (roll(dice, 8) == 0)
		return ((unsigned long)roll(dice, ~0U) << 32) | roll(dice, ~0U);
	return values[roll(dice, sizeof(values) / sizeof(*values))];
}

static void random_init(unsigned int *dice)
{
	struct act_init init = {
		.size = sizeof(init),
		.nr_vps = 1 + roll(dice, 3),
		.flags = roll(dice, 2),
	};
	long got;

	if (roll(dice, 2)) {
		init.upcall_entry = (unsigned long)act_entry;
		init.tramp_start = (unsigned long)act_leave;
		init.tramp_end = (unsigned long)act_left;
		init.tramp_again = (unsigned long)act_again;
	}
	if (!roll(dice, 3))
		init.bound_ns = ACT_BOUND_MIN;
	if (!roll(dice, 6))
		((__u32 *)&init)[roll(dice, sizeof(init) / 4)] = odd_value(dice);
	got = act_cntl(ACT_CNTL_INIT, (unsigned long)&init, 0);
	if (got >= 0) {
		char *at = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, got, 0);

		if (at == MAP_FAILED)
			at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, got, 0);
		if (at != MAP_FAILED) {
			mapped = at;
			act_pages = (struct act_page *)at;
		}
		fd = got;
	}
}

static void nothing(int signal)
{
	(void)signal;
}

static void *fuzz(void *number)
{
	unsigned int dice = seed * 69069 + (unsigned long)number * 977 + 1, i;
	struct timespec t = { 0 };

	tids[(unsigned long)number & 15] = my_tid();
	for (;;)
		switch (roll(&dice, 16)) {
		case 0:
			random_init(&dice);
			break;
		case 1:
			act_cntl(roll(&dice, 12), odd_value(&dice), odd_value(&dice));
			break;
		case 2:
			act_cntl(ACT_CNTL_SPARE, roll(&dice, 4) ? roll(&dice, 3) : ACT_VP_ANY, 0);
			break;
		case 3:
			act_cntl(ACT_CNTL_RESTART_UNBLOCKED, tids[roll(&dice, 16)],
				 roll(&dice, 4));
			break;
		case 4:
			act_cntl(ACT_CNTL_REVOKE, 0, 0);
			break;
		case 5:
			act_cntl(ACT_CNTL_REQUEST, roll(&dice, 3), roll(&dice, 2));
			break;
		case 6:
			act_cntl(ACT_CNTL_WAIT, 0, 0);
			break;
		case 7:
			act_cntl(ACT_CNTL_EVENTS, 0, 0);
			break;
		case 8:
			act_cntl(ACT_CNTL_TIMER, roll(&dice, 300000), roll(&dice, 2) * 20000);
			break;
		case 9:
			act_cntl(ACT_CNTL_SUSPEND, roll(&dice, 2), 0);
			break;
		case 10:
			if (mapped)
				*(volatile __u32 *)(mapped + 4 * roll(&dice, 1024)) =
					odd_value(&dice);
			break;
		case 11:
			t.tv_nsec = roll(&dice, 200000);
			nanosleep(&t, NULL);
			break;
		case 12:
			syscall(SYS_tgkill, getpid(), tids[roll(&dice, 16)], SIGUSR1);
			break;
		case 13:
			if (mapped)	/* a sane word now and then */
				*(volatile __u32 *)(mapped + 4) = 0;
			for (i = 0; i < 200; i++)
				__builtin_ia32_pause();
			break;
		case 14:
			if (!roll(&dice, 40)) {
				pid_t pid = fork();

				if (!pid) {
					act_cntl(roll(&dice, 12), odd_value(&dice), 0);
					_exit(0);
				}
			}
			break;
		case 15:
			if (!roll(&dice, 60))
				syscall(SYS_exit, 0);
			if (!roll(&dice, 200) && mapped) {
				munmap(mapped, 4096);
				mapped = NULL;
			}
			break;
		}
	return NULL;
}

static void one_process(void)
{
	struct rlimit limit = { 0, 0 };
	unsigned int dice = seed | 1;
	pthread_t thread;
	unsigned long i;

	setrlimit(RLIMIT_CORE, &limit);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGUSR1, nothing);
	signal(SIGCHLD, SIG_IGN);
	if (roll(&dice, 4))
		random_init(&dice);
	for (i = 0; i < 8; i++)
		pthread_create(&thread, NULL, fuzz, (void *)i);
	fuzz((void *)9);
}

TIMED_TEST(fuzz, "random calls from several threads hurt nobody else", 100000)
{
	const char *text = getenv("SA_FUZZ_SECONDS"), *given = getenv("SA_SEED");
	double until = seconds() + (text ? atof(text) : 10), limit;
	unsigned int n = 0, first = given ? strtoul(given, NULL, 0) : (unsigned long)time(NULL);
	int status;
	pid_t pid;

	if (act_cntl(ACT_CNTL_SPARE, 0, 0) == -ENOSYS)
		skip("this kernel has no scheduler activations");
	do {
		seed = first + n++;
		pid = fork();
		if (!pid)
			one_process();
		setpgid(pid, pid);
		limit = seconds() + 0.15 + seed % 8 * 0.05;
		while (seconds() < limit && waitpid(pid, &status, WNOHANG) == 0)
			usleep(2000);
		kill(-pid, SIGKILL);
		limit = seconds() + 20 * slowness();
		while (waitpid(pid, &status, WNOHANG) == 0) {
			if (seconds() > limit)
				FAIL("seed %u: SIGKILL does not end the process", seed);
			usleep(500);
		}
		while (waitpid(-1, &status, WNOHANG) > 0)
			;
	} while (seconds() < until && !given);
	printf("# %u processes from seed %u\n", n, first);
}
