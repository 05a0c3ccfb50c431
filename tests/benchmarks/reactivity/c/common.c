#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEPS_AT_ONCE 20000

struct options options = { .events = WARM_UP + 500, .interval = 5000000, .seed = 1, .processors = 1 };

static const char *const sources[] = { "timerfd", "pipe", "tcp" };
static int64_t *latencies;
static atomic_int count;
static int64_t origin, *offsets;
static double steps_per_ns;
static _Atomic uint64_t steps_done;

void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

void skip(const char *why)
{
	printf("{\"variant\":\"%s\",\"source\":\"%s\",\"computing\":%d,\"processors\":%d,\"skipped\":\"%s\"}\n",
	       options.variant, source_name(), options.computing, options.processors, why);
	exit(0);
}

const char *source_name(void)
{
	return sources[options.source];
}

int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

void parse_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "variant", 1, NULL, 'v' }, { "source", 1, NULL, 's' }, { "computing", 1, NULL, 'c' },
		{ "processors", 1, NULL, 'p' }, { "events", 1, NULL, 'e' }, { "interval", 1, NULL, 'i' },
		{ "seed", 1, NULL, 'r' }, { "chunk", 1, NULL, 'k' }, { NULL, 0, NULL, 0 },
	};
	int option, source = -1;

	while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
		switch (option) {
		case 'v': options.variant = optarg; break;
		case 'c': options.computing = atoi(optarg); break;
		case 'p': options.processors = atoi(optarg); break;
		case 'e': options.events = WARM_UP + atoi(optarg); break;
		case 'i': options.interval = atoll(optarg) * 1000; break;
		case 'r': options.seed = strtoull(optarg, NULL, 10); break;
		case 'k': break;	/* the kernel preempts these threads anywhere */
		case 's':
			for (source = 2; source >= 0 && strcmp(optarg, sources[source]); source--)
				;
			break;
		default: source = -1; optind = argc; break;
		}
	}
	if (!options.variant || source < 0 || options.computing < 0 || options.events <= WARM_UP ||
	    options.processors < 1 || options.interval < 1000) {
		fprintf(stderr, "usage: %s --variant V --source timerfd|pipe|tcp --computing N --processors P "
			"[--events E] [--interval MICROSECONDS] [--seed S] [--chunk MILLISECONDS]\n", argv[0]);
		exit(2);
	}
	options.source = source;
}

/* splitmix64: the same instants in all languages. */
int64_t interval_before(int event)
{
	uint64_t x = options.seed * 0x9E3779B97F4A7C15ULL + (event + 1) * 0xD1342543DE82EF95ULL;

	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
	x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
	return options.interval / 2 + (int64_t)((x ^ x >> 31) % (uint64_t)options.interval);
}

static uint64_t compute(long steps)
{
	uint64_t x = 88172645463325252ULL;

	for (long i = 0; i < steps; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		/* A chain: the compiler must not look ahead. */
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

/* The fastest of several short stretches: the one that nothing disturbed. */
static void calibrate(void)
{
	for (int i = 0; i < 15; i++) {
		int64_t start = now();
		double speed;

		compute(200000);
		speed = 200000.0 / (now() - start);
		if (speed > steps_per_ns)
			steps_per_ns = speed;
	}
}

static void *computing_thread(void *unused)
{
	for (;;) {
		compute(STEPS_AT_ONCE);
		atomic_fetch_add_explicit(&steps_done, STEPS_AT_ONCE, memory_order_relaxed);
	}
	return unused;
}

void begin(void)
{
	char answer;
	int64_t at = 0;

	latencies = calloc(options.events, sizeof(*latencies));
	offsets = calloc(options.events, sizeof(*offsets));
	if (!latencies || !offsets)
		die("calloc");
	for (int i = 0; i < options.events; i++)
		offsets[i] = at += interval_before(i);
	calibrate();
	for (int i = 0; i < options.computing; i++) {
		pthread_t thread;
		pthread_attr_t attributes;

		pthread_attr_init(&attributes);
		pthread_attr_setstacksize(&attributes, 64 << 10);
		if (pthread_create(&thread, &attributes, computing_thread, NULL))
			die("pthread_create");
	}
	if (write(STDOUT_FILENO, "ready\n", 6) != 6 || read(STDERR_FILENO + 1, &answer, 1) != 1)
		die("the launcher");
	steps_done = 0;
	origin = now();
}

int64_t due(int event)
{
	return origin + offsets[event];
}

int is_due(int event)
{
	return due(event) <= now();
}

void handled(int64_t due)
{
	int64_t latency = now() - due;
	int mine = atomic_fetch_add(&count, 1);

	if (mine < options.events)
		latencies[mine] = latency;
}

int all_handled(void)
{
	return atomic_load(&count) >= options.events;
}

void finish(void)
{
	int64_t elapsed = now() - origin;
	uint64_t steps = steps_done;
	int n = all_handled() ? options.events : atomic_load(&count);

	printf("{\"variant\":\"%s\",\"source\":\"%s\",\"computing\":%d,\"processors\":%d,\"events\":%d,"
	       "\"throughput\":%.4f,\"seconds\":%.3f,\"latencies\":[",
	       options.variant, source_name(), options.computing, options.processors, options.events - WARM_UP,
	       steps / steps_per_ns / elapsed / options.processors, elapsed / 1e9);
	for (int i = WARM_UP; i < n; i++)
		printf(i > WARM_UP ? ",%lld" : "%lld", (long long)latencies[i]);
	puts("]}");
	fflush(stdout);
	_exit(0);
}
