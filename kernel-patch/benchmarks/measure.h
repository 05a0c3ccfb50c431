/* SPDX-License-Identifier: GPL-2.0-only */
/* Clock, samples and output of the micro-benchmarks. */
#ifndef MEASURE_H
#define MEASURE_H

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../lib/activations.h"

static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

static inline long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* A clock read in a few instructions; under counted time it counts them. */
static inline unsigned long long cycles(void)
{
	unsigned int low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return (unsigned long long)high << 32 | low;
}

/* nanoseconds a cycle */
static inline double calibrate(void)
{
	long long t = now_ns();
	unsigned long long c = cycles();

	while (now_ns() - t < 50000000)
		;
	return (double)(now_ns() - t) / (cycles() - c);
}

static inline void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static inline int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* name, median, 90 %, 99 %, longest, number of samples: nanoseconds */
static inline void report(const char *name, double *samples, int n)
{
	qsort(samples, n, sizeof(*samples), by_size);
	printf("%s\t%.1f\t%.1f\t%.1f\t%.1f\t%d\n", name, samples[n / 2],
	       samples[n * 9 / 10], samples[n * 99 / 100], samples[n - 1], n);
	fflush(stdout);
}

#endif
