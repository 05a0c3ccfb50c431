/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two parts of the guest's first process share. */
#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>

#define JOB "/run/vm/job"
#define NINE_P "trans=virtio,version=9p2000.L,msize=1048576"

/* init.c */
extern int status_port;
void say_and_stop(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void make_dirs(const char *path);
void must_mount(const char *what, const char *where, const char *type,
		unsigned long flags, const char *options);
char *read_all(const char *name, size_t *size);
char *read_line(const char *name);
void mount_host_files(void);

/* snapshot.c */
#define IN_MEMORY "in-memory"
int snapshot_is_wanted(void);
void move_to_memory(void) __attribute__((noreturn));
void arrive_in_memory(const char *port);
void wait_in_snapshot(int prepared, int input);

#endif
