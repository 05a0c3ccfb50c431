// SPDX-License-Identifier: GPL-2.0-only
/* Life and death of the process: what else can happen to an activation. */
#include "harness.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/*
 * Two VPs with computing activations, a preempted one, a blocked one, one that
 * is stopped after its unblock (nobody reads the event: PENDING), and spares.
 */
static struct spinner computing;
static struct sleeper blocked, stopped, displacing;

static struct spinner computing_too;

static void sleep_then_spin(void *unused)
{
	(void)unused;
	sleep_in_read(&displacing);
	while (!computing.stop)
		;
}

static void every_state(void)
{
	start((struct act_options){ .vps = 2, .spares = 3, .bound_ns = ACT_BOUND_MAX });
	make_sleeper(&blocked);
	make_sleeper(&stopped);
	make_sleeper(&displacing);
	act_spawn(sleep_in_read, &blocked);
	act_spawn(sleep_in_read, &stopped);
	act_spawn(sleep_then_spin, NULL);
	WAIT_FOR(ASLEEP(&blocked) && ASLEEP(&stopped) && ASLEEP(&displacing));
	act_spawn(spin, &computing);
	act_spawn(spin, &computing_too);
	WAIT_FOR(computing.count && computing_too.count);
	wake(&displacing);
	WAIT_FOR(displacing.stage == 2);
	act_pages[0].delivery = ACT_DELIVER_PENDING;
	act_pages[1].delivery = ACT_DELIVER_PENDING;
	wake(&stopped);
	WAIT_FOR(act_pages[0].pending || act_pages[1].pending);
	usleep(2000);
	CHECK_EQ(stopped.stage, 1);
}

static void let_go(void)
{
	act_pages[0].delivery = ACT_DELIVER_SWITCHED;
	act_pages[1].delivery = ACT_DELIVER_SWITCHED;
	computing.stop = 1;
	computing_too.stop = 1;
}

/* The rest of a test in a child, so that its death can be looked at. */
static pid_t in_child(void (*run)(void))
{
	int ready[2];
	pid_t pid;
	char c;

	CHECK_EQ(pipe(ready), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		run();
		if (write(ready[1], "r", 1) != 1)
			_exit(9);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1) {
		int status;

		waitpid(pid, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
			_exit(4);
		FAIL("the child ended early, status %#x", status);
	}
	close(ready[0]);
	return pid;
}

static int ended_within(pid_t pid, double time)
{
	double until = seconds() + time * slowness();
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (seconds() > until)
			FAIL("the process does not end");
		usleep(300);
	}
	return status;
}

TEST(sigkill, "SIGKILL ends a process with activations in every state")
{
	pid_t pid = in_child(every_state);
	int status;

	kill(pid, SIGKILL);
	status = ended_within(pid, 5);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void exit_when_told(void *unused)
{
	(void)unused;
	exit(42);
}

static void every_state_then_exit(void)
{
	every_state();
	let_go();
	act_spawn(exit_when_told, NULL);
}

TEST(exit_group, "exit from an activation ends all of them")
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		every_state_then_exit();
		for (;;)
			pause();
	}
	status = ended_within(pid, 15);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
		skip("this kernel has no scheduler activations");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

static void every_state_small_core(void)
{
	struct rlimit limit = { 1 << 20, 1 << 20 };

	setrlimit(RLIMIT_CORE, &limit);
	CHECK_EQ(chdir("/tmp"), 0);
	every_state();
}

TEST(core_dump, "a core dump of a process with activations in every state completes")
{
	pid_t pid = in_child(every_state_small_core);
	int status;

	kill(pid, SIGABRT);
	status = ended_within(pid, 10);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	if (!WCOREDUMP(status))
		printf("# no core was written (core_pattern?)\n");
}

static volatile int children_well;

static void fork_child(void *unused)
{
	int status;
	pid_t pid = fork();

	(void)unused;
	if (!pid)
		_exit(act_cntl(ACT_CNTL_WAIT, 0, 0) == -EPERM ? 7 : 8);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7)
		children_well++;
}

TEST(fork, "fork from an activation: the child is an ordinary process")
{
	busy_application();
	busy.computing.stop = 1;
	act_spawn(fork_child, NULL);
	WAIT_FOR(children_well == 1);
	still_works();
}

static void vfork_child(void *unused)
{
	static char *const argv[] = { "true", NULL };
	int status;
	pid_t pid;

	(void)unused;
	if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ))
		return;
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status))
		children_well++;
	pid = vfork();
	if (!pid) {
		execv("/bin/true", argv);
		_exit(1);
	}
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status))
		children_well++;
}

TEST(vfork, "vfork and posix_spawn from an activation work")
{
	busy_application();
	busy.computing.stop = 1;
	act_spawn(vfork_child, NULL);
	WAIT_FOR(children_well == 2);
	still_works();
}

static void exec_true(void *unused)
{
	(void)unused;
	execl("/bin/true", "true", NULL);
	_exit(1);
}

static void every_state_then_exec(void)
{
	every_state();
	let_go();
	act_spawn(exec_true, NULL);
}

TEST(exec, "exec from an activation leaves the model, with others in every state")
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		every_state_then_exec();
		for (;;)
			pause();
	}
	status = ended_within(pid, 15);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
		skip("this kernel has no scheduler activations");
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
}

static void leave(int signal)
{
	(void)signal;
	syscall(SYS_exit, 0);
}

static void exit_thread(pid_t tid)
{
	CHECK(tid);
	syscall(SYS_tgkill, getpid(), tid, SIGUSR1);
	WAIT_FOR(!state_of(tid));
}

TEST(exit_current, "a current activation that exits hands its VP on")
{
	signal(SIGUSR1, leave);
	busy_application();
	exit_thread(busy.computing.id);
	wake(&busy.ponger);
	WAIT_FOR(busy.pongs == 1);
	still_works();
}

TEST(exit_blocked, "a blocked activation may exit")
{
	signal(SIGUSR1, leave);
	busy_application();
	exit_thread(busy.ponger.id);
	CHECK(advances(&busy.computing));
	busy.computing.stop = 1;
	still_works();
}

TEST(exit_stopped, "so may a stopped one; to restart it is ESRCH for the library")
{
	signal(SIGUSR1, leave);
	every_state();
	exit_thread(stopped.id);
	let_go();
	wake(&blocked);
	WAIT_FOR(blocked.stage == 2);
	still_works();
}

TEST(exit_spares, "so may every spare and the current of a revoked VP")
{
	pid_t tid, me = getpid();

	signal(SIGUSR1, leave);
	start((struct act_options){ .vps = 1, .spares = 3, .fixed_spares = true });
	usleep(10000);
	for (tid = me + 1; tid < me + 24; tid++)
		if (state_of(tid))
			exit_thread(tid);
	WAIT_FOR(act_pages->nr_spares == 0);
	/* an empty VP takes the next spare that comes */
	CHECK_EQ(act_add_spare(0), 0);
	still_works();
}

static void limited(void)
{
	static struct sleeper sleepers[24];
	struct rlimit limit = { 12, 12 };
	int i, reached = 0;

	/* a user without any other process, whatever earlier tests left behind */
	if (geteuid())
		skip("needs root");
	if (setgid(54321) || setuid(54321))
		FAIL("setuid: %s", strerror(errno));
	setrlimit(RLIMIT_NPROC, &limit);
	start((struct act_options){ .vps = 1, .spares = 4 });
	for (i = 0; i < 24; i++) {
		make_sleeper(&sleepers[i]);
		act_spawn(sleep_in_read, &sleepers[i]);
	}
	WAIT_FOR(act_pages->nr_unreported);
	for (i = 0; i < 24; i++)
		reached += sleepers[i].stage == 1;
	CHECK(reached < 24);
	for (i = 0; i < 24; i++)
		wake(&sleepers[i]);
	for (i = 0; i < 24; i++)
		WAIT_FOR(sleepers[i].stage == 2);
	check_log();
}

ROOT_TEST(thread_limit, "at RLIMIT_NPROC blocks go unreported, and all threads finish", 60)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		limited();
		_exit(0);
	}
	status = ended_within(pid, 50);
	CHECK(WIFEXITED(status));
	if (WEXITSTATUS(status) == 4)
		skip("see above");
	CHECK_EQ(WEXITSTATUS(status), 0);
}

TEST(unmap, "the shared pages may be closed under running activations, and unmapped: who reads them then dies")
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		busy_application();
		close(act_fd);
		wake(&busy.ponger);
		WAIT_FOR(busy.pongs == 1);
		munmap(act_pages, sizeof(*act_pages));
		usleep(10000);
		wake(&busy.ponger);
		for (;;)
			pause();
	}
	status = ended_within(pid, 15);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
		skip("this kernel has no scheduler activations");
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
