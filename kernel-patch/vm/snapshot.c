// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that can be kept and gone on from: QEMU saves none that has the
 * host's files mounted.  So what the command needs to prepare itself (the job's
 * file "memory", paths one a line) is copied to a root in memory, the command
 * says on its descriptor 3 when it is prepared, and the host's files come where
 * they always are once somebody goes on from there.
 */
#define _GNU_SOURCE
#include "guest.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MEMORY "/run/vm/memory"
#define HOST "/run/vm/host"
#define INIT "/run/vm/init"

int snapshot_is_wanted(void)
{
	return !access(JOB "/memory", F_OK);
}

/* What the launcher may not read, the command may not either. */
static void copy_file(const char *from, const char *to, mode_t mode)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = in < 0 ? in : open(to, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	ssize_t n;

	if (in < 0 && (errno == EACCES || errno == EPERM))
		return;
	if (out < 0)
		say_and_stop("failed cannot copy %s: %s", from, strerror(errno));
	while ((n = sendfile(out, in, NULL, 1 << 24)) > 0)
		;
	if (n < 0)
		say_and_stop("failed cannot copy %s: %s", from, strerror(errno));
	close(in);
	close(out);
}

static int copy_link(const char *from, const char *to, char *target, size_t size)
{
	ssize_t n = readlink(from, target, size - 1);

	if (n < 0)
		return 0;
	target[n] = 0;
	return !symlink(target, to) || errno == EEXIST;
}

static int copy(const char *path, const struct stat *st, int type, struct FTW *at)
{
	char to[PATH_MAX], target[PATH_MAX];

	(void)at;
	snprintf(to, sizeof(to), MEMORY "%s", path);
	if (type == FTW_SL) {
		copy_link(path, to, target, sizeof(target));
		return 0;
	}
	if (type == FTW_D)
		make_dirs(to);
	else if (S_ISREG(st->st_mode))
		copy_file(path, to, 0600);
	chown(to, st->st_uid, st->st_gid);
	chmod(to, st->st_mode & 07777);
	return 0;
}

/* A file or a tree, with every link on the way to it. */
static void bring(const char *path)
{
	char from[PATH_MAX], to[PATH_MAX], target[PATH_MAX], next[2 * PATH_MAX];
	const char *rest;
	size_t length;

	for (rest = path; *rest; ) {
		rest += 1 + strcspn(rest + 1, "/");
		length = rest - path;
		snprintf(from, sizeof(from), "%.*s", (int)length, path);
		snprintf(to, sizeof(to), MEMORY "%s", from);
		if (copy_link(from, to, target, sizeof(target))) {
			if (*target == '/')
				length = 0;
			else
				length = strrchr(from, '/') + 1 - from;
			snprintf(next, sizeof(next), "%.*s%s%s", (int)length, path,
				 target, rest);
			bring(next);
			return;
		}
		if (*rest)
			mkdir(to, 0755);
	}
	if (nftw(path, copy, 16, FTW_PHYS))
		say_and_stop("failed cannot copy %s: %s", path, strerror(errno));
}

static void take_along(const char *path)
{
	char to[64];

	snprintf(to, sizeof(to), MEMORY "%s", path);
	make_dirs(to);
	must_mount(path, to, NULL, MS_MOVE, NULL);
}

/* Ends in a new main(), from a program that is in memory too. */
void move_to_memory(void)
{
	char port[16], *paths = read_all("memory", NULL), *path, *save;

	make_dirs(MEMORY);
	must_mount("tmpfs", MEMORY, "tmpfs", 0, "mode=755");
	for (path = strtok_r(paths, "\n", &save); path;
	     path = strtok_r(NULL, "\n", &save))
		bring(path);
	bring(JOB);
	copy_file("/proc/self/exe", MEMORY INIT, 0755);
	make_dirs(MEMORY HOST);
	make_dirs(MEMORY "/tmp");
	chmod(MEMORY "/tmp", 01777);
	umount(JOB);
	take_along("/proc");
	take_along("/sys");
	take_along("/dev");
	if (chdir(MEMORY) || syscall(SYS_pivot_root, ".", &HOST[1]))
		say_and_stop("failed cannot leave the host's files: %s", strerror(errno));
	/* A port can be opened once only. */
	fcntl(status_port, F_SETFD, 0);
	snprintf(port, sizeof(port), "%d", status_port);
	execl(INIT, INIT, IN_MEMORY, port, NULL);
	say_and_stop("failed cannot execute " INIT ": %s", strerror(errno));
}

void arrive_in_memory(const char *port)
{
	status_port = atoi(port);
	fcntl(status_port, F_SETFD, FD_CLOEXEC);
	if (umount2(HOST, MNT_DETACH))
		say_and_stop("failed cannot leave the host's files: %s", strerror(errno));
}

/* An entry of the host's root directory. */
static void show(const char *name)
{
	static const char *const own[] = { ".", "..", "proc", "sys", "dev", "run" };
	char from[300], to[300], target[PATH_MAX];
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (!strcmp(name, own[i]))
			return;
	snprintf(from, sizeof(from), HOST "/%s", name);
	snprintf(to, sizeof(to), "/%s", name);
	if (copy_link(from, to, target, sizeof(target)) || lstat(from, &st) ||
	    !S_ISDIR(st.st_mode))
		return;
	mkdir(to, 0755);
	must_mount(from, to, NULL, MS_BIND, NULL);
}

static void show_host_files(void)
{
	struct dirent *e;
	DIR *dir;

	must_mount("root", HOST, "9p", MS_RDONLY, NINE_P ",cache=loose");
	must_mount("job", JOB, "9p", MS_RDONLY, NINE_P);
	dir = opendir(HOST);
	while (dir && (e = readdir(dir)))
		show(e->d_name);
	if (dir)
		closedir(dir);
	mount_host_files();
}

/* Else all that go on from one snapshot would draw the same numbers. */
static void draw_anew(void)
{
	int random = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	int host = open("/dev/hwrng", O_RDONLY | O_CLOEXEC);
	char seed[32];

	if (read(host, seed, sizeof(seed)) != sizeof(seed) ||
	    write(random, seed, sizeof(seed)) != sizeof(seed) ||
	    ioctl(random, RNDRESEEDCRNG))
		say_and_stop("failed cannot seed the random numbers: %s", strerror(errno));
	close(random);
	close(host);
}

/*
 * Until the command says that it is prepared, and until a launcher, of this boot
 * or of one that goes on from here, says what time it is.  The answer to the
 * command is the directory that it is wanted in.
 */
void wait_in_snapshot(int prepared, int input)
{
	struct timespec now = { 0 };
	char line[64];
	size_t n = 0;

	/* One that ends without a word is told of as any other. */
	if (read(prepared, line, sizeof(line)) <= 0)
		return;
	dprintf(status_port, "prepared\n");
	/* No more than this line: what follows is the command's. */
	while (n < sizeof(line) - 1 && read(input, &line[n], 1) == 1 && line[n] != '\n')
		n++;
	line[n] = 0;
	if (sscanf(line, "%ld.%ld", &now.tv_sec, &now.tv_nsec) != 2 ||
	    clock_settime(CLOCK_REALTIME, &now))
		say_and_stop("failed no time of day: '%s'", line);
	draw_anew();
	show_host_files();
	dprintf(status_port, "resumed\n");
	dprintf(prepared, "%s\n", read_line("cwd"));
}
