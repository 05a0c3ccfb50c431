// The peer "sched_yield": two kernel threads on one processor that give way to each other. Prints one line of JSON.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { YIELDS = 100000, REPETITIONS = 10 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void *yields(void *unused)
{
	for (int i = 0; i < YIELDS / 2; i++)
		sched_yield();
	return unused;
}

static int compare(const void *left, const void *right)
{
	double difference = *(const double *)left - *(const double *)right;

	return difference < 0 ? -1 : difference > 0;
}

int main(int argc, char **argv)
{
	double times[REPETITIONS];
	const int before = REPETITIONS / 2, later = REPETITIONS - before;
	cpu_set_t one;

	if (argc < 2 || strcmp(argv[1], "yield"))
		return 2;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	// The middle one of the later half of several repetitions: what came before warmed up. A collector that comes in most of them counts. All peers do the same.
	for (int i = 0; i < REPETITIONS; i++) {
		pthread_t first, second;
		double start = now();

		pthread_create(&first, NULL, yields, NULL);
		pthread_create(&second, NULL, yields, NULL);
		pthread_join(first, NULL);
		pthread_join(second, NULL);
		times[i] = now() - start;
	}
	qsort(times + before, later, sizeof(*times), compare);
	printf("{\"name\":\"yield\",\"peer\":\"sched_yield\",\"unit\":\"ns\",\"value\":%g}\n", times[before + (later - 1) / 2] / YIELDS);
	return 0;
}
