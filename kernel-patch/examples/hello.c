// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two user threads on one virtual processor.  One sleeps in the kernel again and
 * again; the other computes in the meantime, although neither yields, and is
 * interrupted each time that the first one can go on.
 *
 *	gcc -O2 -Wall -I DIR -o hello hello.c ../lib/activations.c ../lib/entry.S \
 *		-mgeneral-regs-only -pthread
 *	../vm/run -- ./hello
 *
 * DIR has linux/sched_activations.h (where `../build path vm` is: include/).
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../lib/activations.h"

static volatile unsigned long computed;
static volatile int finished;

static void sleeper(void *unused)
{
	struct timespec pause = { .tv_nsec = 100000000 };
	int i;

	(void)unused;
	for (i = 1; i <= 5; i++) {
		unsigned long before = computed;

		nanosleep(&pause, NULL);	/* blocks the activation, not the VP */
		printf("%d: the other one took %lu steps meanwhile\n", i, computed - before);
	}
	finished = 1;
}

static void computer(void *unused)
{
	(void)unused;
	while (!finished)
		computed++;
}

int main(void)
{
	struct act_options options = { .vps = 1, .spares = 2 };

	if (act_start(&options)) {
		fprintf(stderr, "this kernel has no scheduler activations\n");
		return 1;
	}
	act_spawn(sleeper, NULL);
	act_spawn(computer, NULL);
	while (!finished)
		usleep(10000);
	return 0;
}
