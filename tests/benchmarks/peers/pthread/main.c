// The peer "pthread": NPTL's kernel threads, all on one processor. One workload a process; prints one line of JSON.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_attr_t small; // 16 KiB stacks: thousands of threads fit

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

// The best of several repetitions: the one that the machine's other load disturbed least. All peers do the same.
static double best(int repetitions, double operations, void (*run)(long), long argument)
{
	double least = 1e300;

	for (int i = 0; i < repetitions; i++) {
		double start = now();

		run(argument);
		if (now() - start < least)
			least = now() - start;
	}
	return least / operations;
}

static pthread_t start(void *(*body)(void *), void *argument)
{
	pthread_t thread;

	if (pthread_create(&thread, &small, body, argument)) {
		fprintf(stderr, "pthread_create failed\n");
		exit(1);
	}
	return thread;
}

static sem_t there, back;

static void *echo(void *count)
{
	for (long i = 0; i < (long)count; i++) {
		sem_wait(&there);
		sem_post(&back);
	}
	return NULL;
}

static void ping_pong(long count)
{
	pthread_t thread = start(echo, (void *)(count / 2));

	for (long i = 0; i < count / 2; i++) {
		sem_post(&there);
		sem_wait(&back);
	}
	pthread_join(thread, NULL);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void locks(long count)
{
	for (long i = 0; i < count; i++) {
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
	}
}

static void *contend(void *count)
{
	for (long i = 0; i < (long)count; i++) {
		pthread_mutex_lock(&mutex);
		sched_yield();
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void contended(long count)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		threads[i] = start(contend, (void *)(count / 4));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void *nothing(void *unused)
{
	return unused;
}

static void create_join(long count)
{
	for (long i = 0; i < count; i++)
		pthread_join(start(nothing, NULL), NULL);
}

struct range {
	long from, to, sum;
};

// The paper's sumtime: a thread for each half, down to the single numbers, 2n - 1 threads in all.
static void *sum(void *argument)
{
	struct range *range = argument;
	long middle = (range->from + range->to) / 2;
	struct range left = { range->from, middle, 0 }, right = { middle, range->to, 0 };
	pthread_t first, second;

	range->sum = range->from;
	if (range->to - range->from == 1)
		return NULL;
	first = start(sum, &left);
	second = start(sum, &right);
	pthread_join(first, NULL);
	pthread_join(second, NULL);
	range->sum = left.sum + right.sum;
	return NULL;
}

static void sumtime(long n)
{
	struct range all = { 0, n, 0 };

	sum(&all);
	if (all.sum != n * (n - 1) / 2)
		abort();
}

static long resident(void)
{
	long size = 0, pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (fscanf(file, "%ld %ld", &size, &pages) != 2)
		abort();
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void *sleeper(void *unused)
{
	sleep(3600);
	return unused;
}

// What the process holds; the kernel's own share (its stack, task_struct) comes on top and is not seen here.
static double sleeping_bytes(long count)
{
	long before = resident();

	for (long i = 0; i < count; i++)
		start(sleeper, NULL);
	sleep(1);
	return (double)(resident() - before) / count;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "", *unit = "ns";
	cpu_set_t one;
	double value;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 16384);
	if (!strcmp(name, "ping-pong"))
		value = best(5, 50000, ping_pong, 50000);
	else if (!strcmp(name, "mutex"))
		value = best(10, 2000000, locks, 2000000);
	else if (!strcmp(name, "mutex-contended"))
		value = best(5, 20000, contended, 20000);
	else if (!strcmp(name, "create-join"))
		value = best(5, 5000, create_join, 5000);
	else if (!strcmp(name, "sumtime-2000"))
		unit = "ms", value = best(5, 1e6, sumtime, 2000);
	else if (!strcmp(name, "sleeping-thread-bytes"))
		unit = "bytes", value = sleeping_bytes(2000);
	else
		return 2;
	printf("{\"name\":\"%s\",\"peer\":\"pthread\",\"unit\":\"%s\",\"value\":%g}\n", name, unit, value);
	fflush(stdout);
	_exit(0); // threads that still sleep are not waited for
}
