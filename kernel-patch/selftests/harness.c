// SPDX-License-Identifier: GPL-2.0-only
#include "harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#define LOG_SIZE (1 << 20)
#define SKIPPED 4

struct logged event_log[LOG_SIZE];
unsigned int event_count;

static struct test *tests, **tests_end = &tests;

void add_test(struct test *test)
{
	*tests_end = test;
	tests_end = &test->next;
}

double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

double slowness(void)
{
	const char *text = getenv("SA_SLOWNESS");

	return text ? atof(text) : 1;
}

bool ends(struct patience *patience)
{
	double now = seconds();

	if (!patience->last)
		patience->left = 10 * slowness();
	else if (now - patience->last < slowness())
		patience->left -= now - patience->last;
	patience->last = now;
	return patience->left < 0;
}

pid_t my_tid(void)
{
	return syscall(SYS_gettid);
}

char state_of(pid_t tid)
{
	char path[64], text[512], *end;
	int fd, n;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

void pin_to(pid_t tid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(tid, sizeof(set), &set))
		FAIL("cannot pin %d to processor %d: %s", tid, cpu, strerror(errno));
}

int cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

static void print_pages(void)
{
	unsigned int i;

	for (i = 0; act_pages && i < act_pages->nr_vps; i++) {
		struct act_page *p = &act_pages[i];

		printf("# vp %u: word %u|%u pending %u head %u tail %u more %u spares %u upcalls %u\n",
		       i, p->cur, p->lock, p->pending, p->head, p->tail, p->more,
		       p->nr_spares, p->upcall_seq);
		printf("# blocks %llu unreported %llu unblocks %llu switched %llu injected %llu "
		       "direct %llu restarts %llu chosen %llu unmanaged %llu\n",
		       p->nr_blocks, p->nr_unreported, p->nr_unblocks, p->nr_switched,
		       p->nr_injected, p->nr_direct, p->nr_restarts, p->nr_chosen,
		       p->nr_unmanaged);
	}
	for (i = event_count > 12 ? event_count - 12 : 0; i < event_count; i++)
		printf("# event %u: type %u id %u flags %u vp %u\n", i,
		       event_log[i].event.type, event_log[i].event.id,
		       event_log[i].event.flags, event_log[i].vp);
}

void fail(const char *file, int line, const char *format, ...)
{
	const char *base = strrchr(file, '/');
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	printf("# %s:%d: %s\n", base ? base + 1 : file, line, text);
	print_pages();
	fflush(stdout);
	_exit(1);
}

void skip(const char *why)
{
	printf("# SKIP %s\n", why);
	fflush(stdout);
	_exit(SKIPPED);
}

void done(void)
{
	fflush(stdout);
	_exit(0);
}

/* --- library ----------------------------------------------------------- */

ACT_UPCALL_CODE static void log_event(struct act_page *page, const struct act_event *event)
{
	unsigned int n = __atomic_fetch_add(&event_count, 1, __ATOMIC_SEQ_CST);

	if (n < LOG_SIZE) {
		event_log[n].event = *event;
		event_log[n].vp = page->vp;
	}
}

/*
 * The program lies on the host: a fault on its own code would be a block that
 * no test expects.  So every page of it is brought in first.
 */
void fault_in_program(void)
{
	unsigned long from, to;
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fscanf(maps, "%lx-%lx %*[^\n]\n", &from, &to) == 2)
		madvise((void *)from, to - from, MADV_POPULATE_READ);
	if (maps)
		fclose(maps);
}

void start(struct act_options options)
{
	unsigned int vp;
	int error;

	fault_in_program();
	if (!options.on_event)
		options.on_event = log_event;
	error = act_start(&options);
	if (error == -ENOSYS)
		skip("this kernel has no scheduler activations");
	if (error)
		FAIL("act_start: %s", strerror(-error));
	for (vp = 0; vp < options.vps; vp++)
		WAIT_FOR(act_pages[vp].cur && act_pages[vp].nr_spares >= options.spares);
}

unsigned int events(unsigned int type, pid_t id)
{
	unsigned int i, n = 0;

	for (i = 0; i < event_count && i < LOG_SIZE; i++)
		n += event_log[i].event.type == type &&
		     (!id || (pid_t)event_log[i].event.id == id);
	return n;
}

/* Holds for each activation by itself as long as it stays on one VP. */
void check_log(void)
{
	static struct { unsigned int blocks, unblocks; } seen[1 << 16];
	unsigned int i;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < event_count && i < LOG_SIZE; i++) {
		struct act_event *e = &event_log[i].event;
		unsigned int id = e->id & 0xffff;

		if (e->type == ACT_EVENT_BLOCK && ++seen[id].blocks != seen[id].unblocks + 1)
			FAIL("event %u: %u blocked twice", i, e->id);
		if (e->type == ACT_EVENT_UNBLOCK && ++seen[id].unblocks != seen[id].blocks)
			FAIL("event %u: an unblock of %u without its block", i, e->id);
	}
}

void make_pi_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attributes;

	CHECK_EQ(pthread_mutexattr_init(&attributes), 0);
	CHECK_EQ(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT), 0);
	CHECK_EQ(pthread_mutex_init(mutex, &attributes), 0);
}

void make_sleeper(struct sleeper *sleeper)
{
	memset(sleeper, 0, sizeof(*sleeper));
	if (pipe(sleeper->pipe))
		FAIL("pipe: %s", strerror(errno));
}

void sleep_in_read(void *argument)
{
	struct sleeper *sleeper = argument;
	char c;

	sleeper->id = my_tid();
	sleeper->stage = 1;
	if (read(sleeper->pipe[0], &c, 1) != 1)
		FAIL("read: %s", strerror(errno));
	sleeper->stage = 2;
}

void wake(struct sleeper *sleeper)
{
	if (write(sleeper->pipe[1], "w", 1) != 1)
		FAIL("write: %s", strerror(errno));
}

void spin(void *argument)
{
	struct spinner *spinner = argument;

	spinner->id = my_tid();
	while (!spinner->stop)
		spinner->count++;
	spinner->ended = 1;
}

bool advances(struct spinner *spinner)
{
	unsigned long before = spinner->count;
	double until = seconds() + 2 * slowness();

	while (seconds() < until) {
		if (spinner->count != before)
			return true;
		usleep(200);
	}
	return false;
}

void still_works(void)
{
	struct sleeper sleeper;
	int i;

	for (i = 0; i < 5; i++) {
		make_sleeper(&sleeper);
		act_spawn(sleep_in_read, &sleeper);
		WAIT_FOR(ASLEEP(&sleeper));
		wake(&sleeper);
		WAIT_FOR(sleeper.stage == 2);
		close(sleeper.pipe[0]);
		close(sleeper.pipe[1]);
	}
}
/* --- main -------------------------------------------------------------- */

/* 0 good, 1 bad, SKIPPED */
static int run(struct test *test)
{
	double until = seconds() + test->seconds * slowness();
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return 1;
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		test->run();
		done();
	}
	setpgid(pid, pid);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (seconds() > until) {
			printf("# %s: still running after %g s\n", test->name,
			       test->seconds * slowness());
			kill(-pid, SIGCONT);
			kill(-pid, SIGKILL);
			until = seconds() + 20;
			while (waitpid(pid, &status, WNOHANG) == 0 && seconds() < until)
				usleep(1000);
			if (seconds() > until)
				printf("# and SIGKILL does not end it\n");
			return 1;
		}
		usleep(500);
	}
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status)) {
		printf("# %s: killed by signal %d\n", test->name, WTERMSIG(status));
		return 1;
	}
	return WEXITSTATUS(status);
}

static bool chosen(const struct test *test, const char *only)
{
	if (only)
		return !strcmp(only, test->name);
	return !test->as_root || !geteuid() || !getenv("SA_ROOT_TURN");
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : NULL;
	int n = 0, failed = 0, result;
	struct test *test;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n");
	for (test = tests; test; test = test->next)
		n += chosen(test, only);
	printf("1..%d\n", n);
	n = 0;
	for (test = tests; test; test = test->next) {
		if (!chosen(test, only))
			continue;
		result = run(test);
		failed += result && result != SKIPPED;
		printf("%s %d - %s: %s%s\n", result && result != SKIPPED ? "not ok" : "ok",
		       ++n, test->name, test->what, result == SKIPPED ? " # SKIP" : "");
	}
	return failed != 0;
}
