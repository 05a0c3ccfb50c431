// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes from outside to a running application: job control, tracers, both
 * freezers, other processors, processors that go and come.  None of it is a block.
 */
#include "harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

/*
 * Being stopped is no block.  Starting to run again may be one or two: a lock
 * in the kernel, a page.
 */
static void few_blocks_since(unsigned long before)
{
	if (events(ACT_EVENT_BLOCK, busy.computing.id) - before > 3)
		FAIL("%lu blocks of the computing one",
		     events(ACT_EVENT_BLOCK, busy.computing.id) - before);
}

static void helper_process(void (*act)(pid_t target))
{
	pid_t target = getpid(), pid = fork();
	int status;

	if (!pid) {
		act(target);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0)
		;
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
}

static void stop_and_continue(pid_t target)
{
	int i;

	for (i = 0; i < 30; i++) {
		kill(target, SIGSTOP);
		usleep(2000);
		kill(target, SIGCONT);
		usleep(2000);
	}
}

TEST(job_control, "SIGSTOP and SIGCONT are not blocks, and the application goes on")
{
	unsigned long blocks;

	busy_application();
	usleep(10000);
	blocks = events(ACT_EVENT_BLOCK, busy.computing.id);
	helper_process(stop_and_continue);
	few_blocks_since(blocks);
	end_busy();
}

static void trace_everything(pid_t target)
{
	char path[64];
	int round, tid, status;

	snprintf(path, sizeof(path), "/proc/%d/task", target);
	for (round = 0; round < 5; round++)
		for (tid = target; tid < target + 16; tid++) {
			if (ptrace(PTRACE_SEIZE, tid, 0, 0))
				continue;
			if (ptrace(PTRACE_INTERRUPT, tid, 0, 0))
				_exit(1);
			if (waitpid(tid, &status, __WALL) != tid)
				_exit(2);
			if (!WIFSTOPPED(status))
				_exit(3);
			usleep(500);
			if (ptrace(PTRACE_DETACH, tid, 0, 0))
				_exit(5);
		}
}

TEST(ptrace_attach, "a tracer can stop every activation, and nothing is lost after")
{
	unsigned long blocks;

	busy_application();
	usleep(10000);
	blocks = events(ACT_EVENT_BLOCK, busy.computing.id);
	helper_process(trace_everything);
	few_blocks_since(blocks);
	end_busy();
}

static void *churn_affinity(void *stop)
{
	cpu_set_t set;
	unsigned int n = 0;
	pid_t tid, me = getpid();

	while (!*(volatile int *)stop)
		for (tid = me; tid < me + 12; tid++) {
			CPU_ZERO(&set);
			if (n++ % 3)
				CPU_SET(n % cpus(), &set);
			else
				memset(&set, 0xff, sizeof(set));
			sched_setaffinity(tid, sizeof(set), &set);
		}
	return NULL;
}

TEST(affinity, "activations may be moved between processors all the time")
{
	pthread_t thread;
	int i, stop = 0;

	if (cpus() < 2)
		skip("one processor");
	busy_application();
	pthread_create(&thread, NULL, churn_affinity, &stop);
	for (i = 0; i < 300; i++) {
		unsigned long before = busy.pongs;

		wake(&busy.ponger);
		WAIT_FOR(busy.pongs > before);
	}
	stop = 1;
	pthread_join(thread, NULL);
	end_busy();
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		FAIL("%s: %s", path, strerror(errno));
	close(fd);
}

ROOT_TEST(hotplug, "a processor may go and come back under its VP", 60)
{
	static const char online[] = "/sys/devices/system/cpu/cpu1/online";
	int i;

	if (access(online, W_OK))
		skip("needs root and a second processor");
	busy_application();
	pin_to(busy.computing.id, 1);
	pin_to(busy.ponger.id, 1);
	for (i = 0; i < 6; i++) {
		unsigned long before = busy.pongs;

		write_file(online, i & 1 ? "1" : "0");
		wake(&busy.ponger);
		WAIT_FOR(busy.pongs > before);
	}
	end_busy();
}

static void freeze_and_thaw(pid_t target)
{
	static const char group[] = "/sys/fs/cgroup/activations";
	char path[96], text[64];
	int i, fd, n;

	if (mkdir(group, 0755) && errno != EEXIST)
		_exit(4);
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(text, sizeof(text), "%d", target);
	write_file(path, text);
	for (i = 0; i < 10; i++) {
		double until = seconds() + 10 * slowness();

		snprintf(path, sizeof(path), "%s/cgroup.freeze", group);
		write_file(path, "1");
		snprintf(path, sizeof(path), "%s/cgroup.events", group);
		for (;;) {
			fd = open(path, O_RDONLY);
			n = read(fd, text, sizeof(text) - 1);
			close(fd);
			text[n > 0 ? n : 0] = 0;
			if (strstr(text, "frozen 1"))
				break;
			if (seconds() > until) {
				printf("# never frozen\n");
				_exit(5);
			}
			usleep(500);
		}
		usleep(3000);
		snprintf(path, sizeof(path), "%s/cgroup.freeze", group);
		write_file(path, "0");
		usleep(3000);
	}
	write_file("/sys/fs/cgroup/cgroup.procs", "0");
	snprintf(path, sizeof(path), "/sys/fs/cgroup/cgroup.procs");
	snprintf(text, sizeof(text), "%d", target);
	write_file(path, text);
}

ROOT_TEST(cgroup_freeze, "a cgroup with activations freezes and thaws; that is no block", 60)
{
	unsigned long blocks;

	if (access("/sys/fs/cgroup/cgroup.procs", W_OK))
		skip("needs root and cgroup2");
	busy_application();
	usleep(10000);
	blocks = events(ACT_EVENT_BLOCK, busy.computing.id);
	helper_process(freeze_and_thaw);
	few_blocks_since(blocks);
	end_busy();
}

static void freeze_v1(pid_t target)
{
	static const char group[] = "/tmp/freezer/activations";
	char path[96], text[64];
	int i, fd, n;

	mkdir("/tmp/freezer", 0755);
	if (mount("freezer", "/tmp/freezer", "cgroup", 0, "freezer") && errno != EBUSY)
		_exit(0);	/* not in this kernel */
	mkdir(group, 0755);
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(text, sizeof(text), "%d", target);
	write_file(path, text);
	snprintf(path, sizeof(path), "%s/freezer.state", group);
	for (i = 0; i < 10; i++) {
		double until = seconds() + 10 * slowness();

		write_file(path, "FROZEN");
		for (;;) {
			fd = open(path, O_RDONLY);
			n = read(fd, text, sizeof(text) - 1);
			close(fd);
			text[n > 0 ? n : 0] = 0;
			if (!strncmp(text, "FROZEN", 6))
				break;
			if (seconds() > until) {
				printf("# never frozen: %s\n", text);
				write_file(path, "THAWED");
				_exit(5);
			}
			usleep(500);
		}
		usleep(3000);
		write_file(path, "THAWED");
		usleep(3000);
	}
}

ROOT_TEST(freezer, "so it is for the freezer that suspends a machine (cgroup v1)", 60)
{
	unsigned long blocks;

	if (geteuid())
		skip("needs root");
	busy_application();
	usleep(10000);
	blocks = events(ACT_EVENT_BLOCK, busy.computing.id);
	helper_process(freeze_v1);
	few_blocks_since(blocks);
	end_busy();
}
