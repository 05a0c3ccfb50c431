// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rule 5: a computing activation of the same application must not delay an
 * upcall by a time slice.  Meant for counted time (vm/run --icount), where
 * a figure does not depend on what else the host does; elsewhere it skips.
 */
#include "harness.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <time.h>

#define TIMED 4

static struct spinner computing[32];
static int rounds = 1000;
static int beside = 32;
/* so many of a thread's events may be late: they may have met a task that is none of ours */
static int may_be_late = 3;
static long distance = 700000;
static bool until_told;
static int finished;
static long latency[4000];
static struct sleeper gate[32], starts[TIMED];
/* who waits for what, and when the application was told that it is there */
static __u32 waiting[TIMED];
static struct timespec told[TIMED];

static int by_size(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static long since(struct timespec due, struct timespec now)
{
	return (now.tv_sec - due.tv_sec) * 1000000000 + now.tv_nsec - due.tv_nsec;
}

static void note_when_told(struct act_page *page, const struct act_event *event)
{
	int i;

	(void)page;
	for (i = 0; i < TIMED; i++)
		if (event->type == ACT_EVENT_UNBLOCK && event->id == waiting[i])
			clock_gettime(CLOCK_MONOTONIC, &told[i]);
}

/* A random distance from now, of 0.2 ms at least. */
static struct timespec next_due(unsigned int *dice)
{
	struct timespec due;

	clock_gettime(CLOCK_MONOTONIC, &due);
	*dice = *dice * 1103515245 + 12345;
	due.tv_nsec += 200000 + *dice / 65536 % 1000 * distance / 1000;
	if (due.tv_nsec >= 1000000000) {
		due.tv_nsec -= 1000000000;
		due.tv_sec++;
	}
	return due;
}

/* Sleeps until a due time at random distances, and notes how late it is. */
static void timed(void *number)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), i;
	struct itimerspec due = { 0 };
	long *late = latency + (long)number * rounds;
	unsigned int dice = 12345 + (long)number;
	struct act_page *page;
	struct timespec now;
	__u64 n;

	sleep_in_read(&starts[(long)number]);
	page = act_lock();
	waiting[(long)number] = page->word & ~ACT_WORD_LOCK;
	act_unlock(page);
	for (i = 0; i < rounds; i++) {
		due.it_value = next_due(&dice);
		timerfd_settime(fd, TFD_TIMER_ABSTIME, &due, NULL);
		if (read(fd, &n, sizeof(n)) != sizeof(n))
			FAIL("read: %s", strerror(errno));
		clock_gettime(CLOCK_MONOTONIC, &now);
		late[i] = since(due.it_value, until_told ? told[(long)number] : now);
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_RELEASE);
}

/* Of a higher class, on the same processor: writes at random distances when that was due. */
static void *send(void *fd)
{
	struct sched_param highest = { .sched_priority = 50 };
	unsigned int dice = 12345;
	struct timespec due;
	int i;

	if (sched_setscheduler(0, SCHED_FIFO, &highest))
		FAIL("SCHED_FIFO: %s", strerror(errno));
	for (i = 0; i < rounds; i++) {
		due = next_due(&dice);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		if (write((long)fd, &due, sizeof(due)) != sizeof(due))
			FAIL("write: %s", strerror(errno));
	}
	return NULL;
}

static void receive(void *unused)
{
	struct timespec due, now;
	pthread_t sender;
	int ends[2], i;

	(void)unused;
	sleep_in_read(&starts[0]);
	if (pipe(ends) || pthread_create(&sender, NULL, send, (void *)(long)ends[1]))
		FAIL("cannot make a sender");
	for (i = 0; i < rounds; i++) {
		if (read(ends[0], &due, sizeof(due)) != sizeof(due))
			FAIL("read: %s", strerror(errno));
		clock_gettime(CLOCK_MONOTONIC, &now);
		latency[i] = since(due, now);
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_RELEASE);
}

static void compute(void *number)
{
	sleep_in_read(&gate[(long)number]);
	spin(&computing[(long)number]);
}

/* @waits: what each of so many threads does; @most: few events may be later than that, ns */
static void measure(struct act_options options, void (*waits)(void *), int timers, long most)
{
	int i, n = timers * rounds;

	if (!getenv("SA_COUNTED"))
		skip("only under counted time");
	options.vps = 1;
	/* all at the start: to make a thread more, with the lock, takes half a millisecond */
	options.spares = 40;
	options.fixed_spares = true;
	options.bound_ns = ACT_BOUND_MAX;
	start(options);
	pin_to(0, 0);
	for (i = 0; i < timers; i++) {
		make_sleeper(&starts[i]);
		act_spawn(waits, (void *)(long)i);
	}
	for (i = 0; i < beside; i++) {
		make_sleeper(&gate[i]);
		act_spawn(compute, (void *)(long)i);
	}
	for (i = 0; i < beside; i++)
		WAIT_FOR(ASLEEP(&gate[i]));
	/* each takes the place of the one before */
	for (i = 0; i < beside; i++) {
		wake(&gate[i]);
		WAIT_FOR(computing[i].count);
	}
	usleep(20000);
	for (i = 0; i < timers; i++)
		wake(&starts[i]);
	while (__atomic_load_n(&finished, __ATOMIC_ACQUIRE) < timers)
		usleep(20000);
	qsort(latency, n, sizeof(*latency), by_size);
	printf("# due to %s, ns: median %ld, p99 %ld, longest %ld\n",
	       until_told ? "the event's upcall" : "the blocked thread's code", latency[n / 2], latency[n * 99 / 100], latency[n - 1]);
	/* The debug kernel's checks take longer than that, and still not as long as the turns of those that compute. */
	if (slowness() > 1)
		most = 3000000;
	if (latency[n - 1 - may_be_late * timers] > most)
		FAIL("more than %d are above %ld", may_be_late * timers, most);
}

TIMED_TEST(switched_prompt, "switched: never late by a time slice beside 32 computing ones", 100)
{
	measure((struct act_options){ 0 }, timed, 1, 100000);
}

TIMED_TEST(injected_prompt, "injected: the same", 100)
{
	measure((struct act_options){ .delivery = ACT_DELIVER_INJECTED, .preempt = true },
		timed, 1, 100000);
}

TIMED_TEST(direct_prompt, "direct: the same", 100)
{
	measure((struct act_options){ .direct = ACT_DIRECT_ALWAYS }, timed, 1, 50000);
}

TIMED_TEST(together, "woken while another blocks: told of without a time slice's delay", 100)
{
	until_told = true;
	/* The application chooses who goes on: the kernel would take the oldest. */
	measure((struct act_options){ .page_flags = ACT_PAGE_UPCALL_ON_BLOCK,
				      .on_event = note_when_told }, timed, TIMED, 200000);
}

TIMED_TEST(behind, "woken by a task of a higher class: the same as by an interrupt", 100)
{
	measure((struct act_options){ 0 }, receive, 1, 100000);
}

TIMED_TEST(foreign, "beside a foreign process: rarely late, and that has its half", 100)
{
	struct timespec before, after, had;
	pid_t process = fork();
	clockid_t clock;
	int least;

	if (!process) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pin_to(0, 0);
		for (;;)
			;
	}
	beside = 1;
	rounds = 3000;
	may_be_late = 30;
	distance = 4000000;
	clock_gettime(CLOCK_MONOTONIC, &before);
	measure((struct act_options){ .direct = ACT_DIRECT_ALWAYS }, timed, 1, 50000);
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (clock_getcpuclockid(process, &clock) || clock_gettime(clock, &had))
		FAIL("the time of a process: %s", strerror(errno));
	printf("# the foreign process had %ld of 1000\n",
	       since((struct timespec){ 0 }, had) / (since(before, after) / 1000));
	/* The debug kernel's checks on the way of each event are no time of its own. */
	least = slowness() > 1 ? 35 : 48;
	if (since((struct timespec){ 0 }, had) < since(before, after) / 100 * least)
		FAIL("the foreign process had less than %d %% of the processor", least);
	kill(process, SIGKILL);
}
