/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine_profile.h - what the build profile (release, sanitizer, coverage) needs left open.
 *
 * Private to confine.c and proc.c.  The release profile leaves nothing open.
 */
#ifndef BASE_CONFINE_PROFILE_H
#define BASE_CONFINE_PROFILE_H

#include <stdbool.h>

struct confine_profile {
	const int *syscalls;  /* allowed beside the list of confine.c; ends with -1 */
	bool keep_memory;     /* no RLIMIT_AS: shadow memory takes terabytes of addresses */
	bool keep_files;      /* files can be opened and written: counters are saved at exit */
	bool keep_executable; /* mmap and mprotect are not asked for PROT_EXEC */
};

extern const struct confine_profile confine_profile;
/* Tells the profile's runtime that the process has been confined. */
void confine_profile_done(void);
/* Tells it that a child which shared the memory has begun another program. */
void confine_profile_started(void);

#endif
