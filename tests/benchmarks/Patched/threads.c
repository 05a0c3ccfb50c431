// SPDX-License-Identifier: MIT
// Kernel threads that are all blocked in read at once, for comparison: threads NUMBER.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int *events;
static int about, answered;

static void *answer(void *number)
{
	uint64_t value;

	__atomic_add_fetch(&about, 1, __ATOMIC_RELAXED);
	if (read(events[(intptr_t)number], &value, sizeof(value)) == sizeof(value) && value == 1)
		__atomic_add_fetch(&answered, 1, __ATOMIC_RELAXED);
	return NULL;
}

static long available(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long kib = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %ld", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0;
	pthread_t *threads = calloc(count, sizeof(*threads));
	uint64_t one = 1;
	long before, taken;

	events = calloc(count, sizeof(*events));
	for (int i = 0; i < count; i++)
		events[i] = eventfd(0, 0);
	before = available();
	for (int i = 0; i < count; i++) {
		if (pthread_create(&threads[i], NULL, answer, (void *)(intptr_t)i)) {
			fprintf(stderr, "threads: no more than %d threads\n", i);
			return 1;
		}
	}
	while (__atomic_load_n(&about, __ATOMIC_RELAXED) < count)
		usleep(10000);
	sleep(1);
	taken = before - available();
	for (int i = 0; i < count; i++)
		if (write(events[i], &one, sizeof(one)) != sizeof(one))
			return 1;
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("kernel-threads: %d threads blocked in read at once, %.1f KiB each; %d woken and answered\n",
	       count, (double)taken / count, answered);
	return answered != count;
}
