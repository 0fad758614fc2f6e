/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine.h - giving everything up: what a worker does before it touches a byte of an image.
 *
 * Layers, from the outside in: resource limits, namespaces, Landlock, seccomp.  seccomp and the
 * limits are the minimum; the others are used where the kernel has them.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

#include "base/err.h"

enum confine_layer {
	CONFINE_LIMITS = 1,
	CONFINE_NAMESPACES = 2,
	CONFINE_LANDLOCK = 4,
	CONFINE_SECCOMP = 8,
	CONFINE_MINIMUM = CONFINE_LIMITS | CONFINE_SECCOMP
};

/* Confines the calling process and all its threads (call it after the threads were made, except
 * confine_early, which must run while there is one thread): afterwards it can read and write
 * what is open, allocate, use futexes and end; nothing else.
 * confine_early: resource limits, namespaces, no_new_privs, Landlock; returns the layers reached.
 * confine_late: seccomp over all threads; ERR_CONFINE when the kernel refuses. */
unsigned confine_early(void);
int confine_late(unsigned *layers, struct err *e);
/* "seccomp+landlock+namespaces+rlimits" (those that are set, in this order), or "none". */
/* confine_late, but that sockets of this machine can be dialled by path. */
int confine_dialling(unsigned *layers, struct err *e);
const char *confine_text(unsigned layers, char ret[64]);

#endif
