// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's first process: makes the host's files usable, runs one command,
 * carries its three streams over virtio-serial ports and says how it ended.
 *
 * On the status port it says "started", and at the end "exit N" or "signal N", or
 * "failed" and why; between them what snapshot.c has to say.
 *
 * What to do comes from the host in a directory shared as "job": the files
 * argv and env (strings ended by NUL), cwd, uid, home and shares (paths, one a
 * line; the n-th is shared under the tag "share<n>").
 *
 * The streams pass through pipes and not straight to the ports, for a port
 * can be opened once only and takes at most 32 KiB a write.
 */
#define _GNU_SOURCE
#include "guest.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int status_port = -1;

void say_and_stop(const char *format, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text) - 1, format, ap);
	va_end(ap);
	text[n++] = '\n';
	if (write(status_port >= 0 ? status_port : 2, text, n) != n)
		dprintf(2, "vm: %s", text);
	if (status_port >= 0)
		close(status_port);
	sync();
	reboot(RB_POWER_OFF);
	_exit(0);
}

void make_dirs(const char *path)
{
	char part[4096];
	char *p;

	snprintf(part, sizeof(part), "%s", path);
	for (p = part + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = 0;
		mkdir(part, 0755);
	}
	mkdir(part, 0755);
}

void must_mount(const char *what, const char *where, const char *type,
		unsigned long flags, const char *options)
{
	if (mount(what, where, type, flags, options))
		say_and_stop("failed cannot mount %s on %s: %s", type, where,
			     strerror(errno));
}

/* The host's directory below, writes kept in memory above it. */
static void make_writable(const char *path)
{
	static int n;
	char options[8192], upper[64], work[64];
	struct stat st;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return;
	snprintf(upper, sizeof(upper), "/run/vm/upper%d", n);
	snprintf(work, sizeof(work), "/run/vm/work%d", n++);
	mkdir(upper, 0755);
	mkdir(work, 0755);
	if (chown(upper, st.st_uid, st.st_gid) || chmod(upper, st.st_mode & 07777))
		return;
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 path, upper, work);
	if (mount("overlay", path, "overlay", 0, options))
		mount("tmpfs", path, "tmpfs", 0, "mode=1777");
}

char *read_all(const char *name, size_t *size)
{
	char path[256];
	const size_t piece = 1 << 16;
	char *text = NULL;
	size_t have = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), JOB "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	do {
		have += n;
		text = realloc(text, have + piece + 1);
		if (fd < 0 || !text)
			say_and_stop("failed cannot read %s: %s", path, strerror(errno));
	} while ((n = read(fd, text + have, piece)) > 0);
	text[have] = 0;
	close(fd);
	if (size)
		*size = have;
	return text;
}

char *read_line(const char *name)
{
	char *text = read_all(name, NULL);

	text[strcspn(text, "\n")] = 0;
	return text;
}

static char **read_strings(const char *name)
{
	size_t size, at, n = 0;
	char *text = read_all(name, &size);
	char **strings;

	for (at = 0; at < size; at++)
		n += !text[at];
	strings = calloc(n + 1, sizeof(*strings));
	for (at = 0, n = 0; at < size; at += strlen(text + at) + 1)
		strings[n++] = text + at;
	return strings;
}

static int open_port(const char *wanted)
{
	char path[512], name[64];
	struct dirent *e;
	int tries, fd, n;
	DIR *dir;

	for (tries = 0; tries < 500; tries++) {
		dir = opendir("/sys/class/virtio-ports");
		while (dir && (e = readdir(dir))) {
			snprintf(path, sizeof(path),
				 "/sys/class/virtio-ports/%s/name", e->d_name);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd < 0)
				continue;
			n = read(fd, name, sizeof(name) - 1);
			close(fd);
			if (n <= 0)
				continue;
			name[n] = 0;
			name[strcspn(name, "\n")] = 0;
			if (strcmp(name, wanted))
				continue;
			snprintf(path, sizeof(path), "/dev/%s", e->d_name);
			fd = open(path, O_RDWR | O_CLOEXEC);
			if (fd >= 0) {
				closedir(dir);
				return fd;
			}
		}
		if (dir)
			closedir(dir);
		usleep(10000);
	}
	say_and_stop("failed no port named %s", wanted);
	return -1;
}

static void network_up(void)
{
	struct ifreq request = { .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(request.ifr_name, "lo");
	if (fd >= 0) {
		ioctl(fd, SIOCSIFFLAGS, &request);
		close(fd);
	}
}

/* getpwuid() would want shared libraries in a static program. */
static struct passwd *find_user(uid_t uid)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *user = NULL;

	while (file && (user = fgetpwent(file)) && user->pw_uid != uid)
		;
	return user;
}

/* The caller's own for root, as the caller's environment is passed on. */
static const char *home_of(long uid)
{
	struct passwd *user;

	if (!uid)
		return read_line("home");
	user = find_user(uid);
	return user ? user->pw_dir : "/tmp";
}

static void mount_kernel_files(void)
{
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	status_port = open_port("status");
	must_mount("tmpfs", "/run", "tmpfs", 0, "mode=755");
	make_dirs(JOB);
	must_mount("job", JOB, "9p", MS_RDONLY, NINE_P);
}

/* What of the host's files can be written to. */
void mount_host_files(void)
{
	char tag[32], *shares, *path, *save;
	const char *home;
	int n = 0;

	make_writable("/tmp");
	make_writable("/var/tmp");
	home = home_of(atol(read_line("uid")));
	if (strlen(home) > 1)
		make_writable(home);
	shares = read_all("shares", NULL);
	for (path = strtok_r(shares, "\n", &save); path;
	     path = strtok_r(NULL, "\n", &save)) {
		snprintf(tag, sizeof(tag), "share%d", n++);
		make_dirs(path);
		must_mount(tag, path, "9p", 0, NINE_P ",cache=none");
	}
}

static void mount_devices(void)
{
	mkdir("/dev/pts", 0755);
	mkdir("/dev/shm", 01777);
	mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=666");
	mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777");
	symlink("pts/ptmx", "/dev/ptmx");
	symlink("/proc/self/fd", "/dev/fd");
	symlink("fd/0", "/dev/stdin");
	symlink("fd/1", "/dev/stdout");
	symlink("fd/2", "/dev/stderr");
	mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
}

static void set_limits(void)
{
	static const struct rlimit files = { 65536, 65536 };
	static const struct rlimit core = { 0, RLIM_INFINITY };

	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &core);
}

static void become(long uid)
{
	struct passwd *user = find_user(uid);

	if (!uid)
		return;
	if (setgroups(0, NULL) || setgid(user ? user->pw_gid : uid) || setuid(uid)) {
		dprintf(2, "vm: cannot become user %ld: %s\n", uid, strerror(errno));
		_exit(126);
	}
	setenv("HOME", user ? user->pw_dir : "/tmp", 1);
	setenv("USER", user ? user->pw_name : "nobody", 1);
}

/* Descriptor 3 is its word with wait_in_snapshot(), if it has one. */
static pid_t start(int in[2], int out[2], int err[2], int prepared)
{
	char **argv = read_strings("argv"), **env = read_strings("env");
	char *cwd = read_line("cwd"), *uid = read_line("uid");
	sigset_t none;
	pid_t pid;
	int i;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		say_and_stop("failed pipe: %s", strerror(errno));
	pid = fork();
	if (pid)
		return pid;
	setsid();
	dup2(in[0], 0);
	dup2(out[1], 1);
	dup2(err[1], 2);
	if (prepared >= 0)
		dup2(prepared, 3);
	for (i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (prepared < 0 && chdir(cwd))
		dprintf(2, "vm: no directory %s in the guest, staying in /\n", cwd);
	clearenv();
	for (; *env; env++)
		putenv(*env);
	become(atol(uid));
	execvp(argv[0], argv);
	dprintf(2, "vm: cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* A pipe's end to a port; false at its end. */
static int pass_on(int from, int to)
{
	static char buffer[65536];
	ssize_t n = read(from, buffer, sizeof(buffer)), done, m;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	for (done = 0; done < n; done += m) {
		m = write(to, buffer + done, n - done);
		if (m < 0 && errno == EINTR)
			m = 0;
		else if (m <= 0)
			return 0;
	}
	return 1;
}

/* Apart from the rest, for the command may not read its input. */
static void pump_input(int port, int in[2])
{
	if (fork())
		return;
	close(in[0]);
	signal(SIGPIPE, SIG_DFL);
	while (pass_on(port, in[1]))
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	int in_memory = argc == 3 && !strcmp(argv[1], IN_MEMORY);
	int in[2], out[2], err[2], ports[3], ended = 0, status = 0;
	int word[2] = { -1, -1 };
	struct pollfd wait[3];
	char records[1024];
	sigset_t child;
	pid_t pid, gone;
	int signals;

	if (in_memory) {
		arrive_in_memory(argv[2]);
	} else {
		mount_kernel_files();
		if (snapshot_is_wanted())
			move_to_memory();
		mount_host_files();
	}
	mount_devices();
	set_limits();
	network_up();
	ports[0] = open_port("stdin");
	ports[1] = open_port("stdout");
	ports[2] = open_port("stderr");
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = syscall(SYS_signalfd4, -1, &child, 8, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (in_memory && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, word))
		say_and_stop("failed socketpair: %s", strerror(errno));

	dprintf(status_port, "started\n");
	pid = start(in, out, err, word[1]);
	if (in_memory) {
		close(word[1]);
		wait_in_snapshot(word[0], ports[0]);
		close(word[0]);
	}
	pump_input(ports[0], in);
	close(in[0]);
	close(in[1]);
	close(out[1]);
	close(err[1]);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);

	wait[0] = (struct pollfd){ .fd = out[0], .events = POLLIN };
	wait[1] = (struct pollfd){ .fd = err[0], .events = POLLIN };
	wait[2] = (struct pollfd){ .fd = signals, .events = POLLIN };
	/* What is in the pipes when the command ends still belongs to it. */
	while (poll(wait, 3, ended ? 0 : -1)) {
		if (wait[0].revents && !pass_on(out[0], ports[1]))
			wait[0].fd = -1;
		if (wait[1].revents && !pass_on(err[0], ports[2]))
			wait[1].fd = -1;
		if (!wait[2].revents)
			continue;
		while (read(signals, records, sizeof(records)) > 0)
			;
		while (!ended && (gone = waitpid(-1, &status, WNOHANG)) > 0)
			ended = gone == pid;
		if (ended)
			wait[2].fd = -1;
	}
	kill(-1, SIGKILL);
	if (WIFSIGNALED(status))
		say_and_stop("signal %d", WTERMSIG(status));
	say_and_stop("exit %d", WEXITSTATUS(status));
	return 0;
}
