// SPDX-License-Identifier: GPL-2.0-only
/*
 * Randomized stress with a checker of what always holds.  Rounds of a second or
 * so, each a process of its own with its own seed, until SA_STRESS_SECONDS
 * (default 20) are over; SA_SEED runs one round again.
 *
 * Every user thread does random things; a plain thread wakes, signals, moves and
 * requests at random; another changes the hints.  Checked: one lock holder a VP
 * and this one the current, an event for an activation never twice, none lost
 * (their numbers are consecutive), block and unblock in turn, all threads end.
 */
#include "harness.h"

#include <pthread.h>
#include <sched.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define THREADS 24
#define PIPES 8

static unsigned int seed;
static unsigned int rounds_of_thread;
static int pipes[PIPES][2];
static int futexes[4];
static pthread_mutex_t pi_mutex;
static volatile int running_threads, quiet;
static volatile unsigned int owner[8];
static volatile pid_t ids[THREADS];
static struct act_options options;

struct dice {
	unsigned int state;
};

static unsigned int roll(struct dice *dice, unsigned int n)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 17;
	dice->state ^= dice->state << 5;
	return dice->state % n;
}

static void hold(struct dice *dice)
{
	struct act_page *page = act_lock();
	unsigned int me = my_tid(), n, was;
	volatile int i;

	if (!page)
		return;
	was = __atomic_exchange_n(&owner[page->vp], me, __ATOMIC_SEQ_CST);
	if (was)
		FAIL("VP %u has two lock holders, %u and %u", page->vp, was, me);
	for (n = roll(dice, 2000), i = 0; i < (int)n; i++)
		;
	if (!roll(dice, 4))
		sched_yield();
	if (!roll(dice, 8)) {
		struct timespec t = { .tv_nsec = roll(dice, 300000) };

		nanosleep(&t, NULL);	/* unreported */
	}
	if (page->cur != me || !page->lock)
		FAIL("VP %u: word %u|%u while %u holds the lock", page->vp, page->cur,
		     page->lock, me);
	if (__atomic_exchange_n(&owner[page->vp], 0, __ATOMIC_SEQ_CST) != me)
		FAIL("VP %u: the lock was taken from its holder", page->vp);
	act_unlock(page);
}

static void touch_fresh_page(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED)
		return;
	page[0] = 1;
	page[4096] = 1;
	munmap(page, 8192);
}

static void random_thread(void *number)
{
	struct dice dice = { seed * 2654435761U + (long)number * 40503 + 1 };
	struct timespec t = { 0 };
	volatile unsigned int i;
	unsigned int round, n;
	char c;

	ids[(long)number] = my_tid();
	for (round = 0; round < rounds_of_thread; round++)
		switch (roll(&dice, 10)) {
		case 0:
			if (read(pipes[roll(&dice, PIPES)][0], &c, 1) < 0 && errno != EINTR)
				FAIL("read: %s", strerror(errno));
			break;
		case 1:
			t.tv_nsec = roll(&dice, 400000);
			nanosleep(&t, NULL);
			break;
		case 2:
			for (i = 0, n = roll(&dice, 30000); i < n; i++)
				;
			break;
		case 3:
			hold(&dice);
			break;
		case 4:
			act_yield();
			break;
		case 5:
			n = roll(&dice, 4);
			t.tv_nsec = 1000000;
			syscall(SYS_futex, &futexes[n], FUTEX_WAIT, futexes[n], &t, NULL, 0);
			break;
		case 6:
			__atomic_fetch_add(&futexes[n = roll(&dice, 4)], 1, __ATOMIC_SEQ_CST);
			syscall(SYS_futex, &futexes[n], FUTEX_WAKE, 2, NULL, NULL, 0);
			break;
		case 7:
			touch_fresh_page();
			break;
		case 8:
			sched_yield();
			break;
		case 9:
			pthread_mutex_lock(&pi_mutex);
			t.tv_nsec = roll(&dice, 100000);
			nanosleep(&t, NULL);
			pthread_mutex_unlock(&pi_mutex);
			break;
		}
	ids[(long)number] = 0;
	__atomic_fetch_sub(&running_threads, 1, __ATOMIC_SEQ_CST);
}

static void ignore(int signal)
{
	(void)signal;
}

static void *disturb(void *unused)
{
	struct dice dice = { seed ^ 0x9e3779b9 };
	cpu_set_t set;
	pid_t tid;

	(void)unused;
	while (!quiet) {
		tid = ids[roll(&dice, THREADS)];
		switch (roll(&dice, 12)) {
		case 0:
			act_cntl(ACT_CNTL_REQUEST, roll(&dice, options.vps), 0);
			break;
		case 1:
			act_cntl(ACT_CNTL_REQUEST, roll(&dice, options.vps),
				 ACT_REQUEST_UPCALL);
			break;
		case 2:
			if (tid)
				syscall(SYS_tgkill, getpid(), tid, SIGUSR1);
			break;
		case 3:
			CPU_ZERO(&set);
			CPU_SET(roll(&dice, cpus()), &set);
			if (roll(&dice, 2))
				memset(&set, 0xff, sizeof(set));
			if (tid)
				sched_setaffinity(tid, sizeof(set), &set);
			break;
		case 4:
			if (!roll(&dice, 10)) {
				act_cntl(ACT_CNTL_SUSPEND, 1, 0);
				usleep(500);
				act_cntl(ACT_CNTL_SUSPEND, 0, 0);
			}
			break;
		case 5: {
			struct act_page *page = &act_pages[roll(&dice, options.vps)];

			if (getenv("SA_NO_HINTS"))
				break;
			page->delivery = roll(&dice, 3);
			if (page->delivery == ACT_DELIVER_PENDING)
				page->delivery = ACT_DELIVER_SWITCHED;
			page->direct = roll(&dice, 4);
			page->first = tid;
			page->next = roll(&dice, 3) ? 0 : tid;
			page->prio = roll(&dice, 5);
			page->flags = roll(&dice, 2);
			break;
		}
		default:
			if (write(pipes[roll(&dice, PIPES)][1], "x", 1) != 1)
				FAIL("write: %s", strerror(errno));
			usleep(roll(&dice, 200));
		}
	}
	return NULL;
}

/* Events of one activation carry consecutive numbers, whatever ring they took. */
static void check_numbers(void)
{
	static struct { __u32 least, most, n, blocks, unblocks; } seen[1 << 16];
	unsigned int i;

	for (i = 0; i < event_count; i++) {
		struct act_event *e = &event_log[i].event;
		unsigned int id = e->id & 0xffff, number = e->seq;

		if (!e->id)
			continue;
		if (!seen[id].n || number < seen[id].least)
			seen[id].least = number;
		if (!seen[id].n || number > seen[id].most)
			seen[id].most = number;
		seen[id].n++;
		seen[id].blocks += e->type == ACT_EVENT_BLOCK;
		seen[id].unblocks += e->type == ACT_EVENT_UNBLOCK;
	}
	for (i = 0; i < 1 << 16; i++) {
		if (seen[i].n && seen[i].most - seen[i].least + 1 != seen[i].n)
			FAIL("activation %u: %u events numbered %u to %u", i, seen[i].n,
			     seen[i].least, seen[i].most);
		if (seen[i].blocks != seen[i].unblocks &&
		    seen[i].blocks != seen[i].unblocks + 1)
			FAIL("activation %u: %u blocks, %u unblocks", i, seen[i].blocks,
			     seen[i].unblocks);
	}
}

static void print_file(const char *path)
{
	char line[256];
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file))
		printf("# %s%s", line, strchr(line, '\n') ? "" : "\n");
	if (file)
		fclose(file);
}

static void print_stuck(void)
{
	char path[64];
	int i;

	for (i = 0; i < THREADS; i++)
		if (ids[i]) {
			printf("# thread %d is activation %d, state %c\n", i, ids[i],
			       state_of(ids[i]));
			snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", ids[i]);
			print_file(path);
		}
	print_file("/proc/self/activations");
}

static void round_of_stress(void)
{
	struct dice dice = { seed | 1 };
	pthread_t disturber;
	double until;
	long i;

	roll(&dice, 2);
	options = (struct act_options){
		.vps = 1 + roll(&dice, 3),
		.spares = roll(&dice, 5),
		.flags = roll(&dice, 2) ? ACT_INIT_MIGRATE : 0,
		.delivery = roll(&dice, 2),
		.direct = roll(&dice, 3),
		.injected = true,
		.preempt = roll(&dice, 2),
		.fixed_spares = !roll(&dice, 4),
		.bound_ns = roll(&dice, 2) ? 0 : ACT_BOUND_MIN,
	};
	rounds_of_thread = 60;
	signal(SIGUSR1, ignore);
	make_pi_mutex(&pi_mutex);
	for (i = 0; i < PIPES; i++)
		CHECK_EQ(pipe(pipes[i]), 0);
	start(options);
	running_threads = THREADS;
	for (i = 0; i < THREADS; i++)
		act_spawn(random_thread, (void *)i);
	pthread_create(&disturber, NULL, disturb, NULL);
	until = seconds() + 20 * slowness();
	while (running_threads) {
		if (seconds() > until) {
			print_stuck();
			FAIL("%d threads never ended", running_threads);
		}
		usleep(1000);
	}
	quiet = 1;
	pthread_join(disturber, NULL);
	for (i = 0; i < (long)options.vps; i++)
		act_cntl(ACT_CNTL_REQUEST, i, 0);
	usleep(20000);
	check_numbers();
}

TIMED_TEST(stress, "random threads, disturbed at random, break no rule", 100000)
{
	const char *text = getenv("SA_STRESS_SECONDS"), *given = getenv("SA_SEED");
	double until = seconds() + (text ? atof(text) : 20);
	unsigned int rounds = 0, first = given ? strtoul(given, NULL, 0) : (unsigned long)time(NULL);
	int status;
	pid_t pid;

	do {
		seed = first + rounds++;
		fflush(stdout);
		pid = fork();
		if (!pid) {
			round_of_stress();
			done();
		}
		waitpid(pid, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
			skip("this kernel has no scheduler activations");
		if (status)
			FAIL("seed %u: status %#x (SA_SEED=%u runs it again)", seed, status,
			     seed);
	} while (seconds() < until && !given);
	printf("# %u rounds from seed %u\n", rounds, first);
}
