/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc.h - child processes: an argv array, an empty environment, no descriptor but those named.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct proc {
	pid_t pid; /* -1 when none */
	int in;    /* write end of its standard input, -1 when not asked for */
	int out;   /* read end of its standard output, -1 when not asked for */
};

enum { PROC_IN = 1, PROC_OUT = 2, PROC_KEEP_STDERR = 4 };

/* Starts argv[0] (a path, never searched).  The child has only descriptors 0, 1, 2 (the missing
 * ones are /dev/null), environment envp (NULL: empty), default signal actions, and dies with the
 * thread that called this.  A failing exec is reported here, as ERR_IO or ERR_NOTFOUND. */
int proc_spawn(const char *const argv[], const char *const envp[], unsigned flags, struct proc *ret,
               struct err *e);
/* The same, with `in` of ours as the child's standard input (PROC_IN must not be set); it stays
 * open here. */
int proc_spawn_on(int in, const char *const argv[], unsigned flags, struct proc *ret,
                  struct err *e);
/* Like proc_spawn, with `third` of ours as the child's descriptor 3; it stays open here. */
int proc_spawn_beside(int third, const char *const argv[], unsigned flags, struct proc *ret,
                      struct err *e);
/* Waits; *ret_status as from waitpid.  Closes what is still open. */
int proc_wait(struct proc *p, int *ret_status, struct err *e);
/* Does it end until then (clock_monotonic_ms)?  proc_wait or proc_kill comes next. */
bool proc_ends_by(const struct proc *p, int64_t until_ms);
/* SIGKILL, wait, close: for the way out. */
void proc_kill(struct proc *p);

/* For a process that holds secrets: no core, and no other process of the user reads its memory. */
void proc_hide(void);

/* Path of a sub-program: beside our own program, else ../libexec/assay/NAME; heap memory. */
char *proc_helper(const char *name, struct err *e);

#endif
