/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine_profile.c - one table per build profile, chosen here and nowhere else.
 *
 * A sanitizer's runtime reads its own maps and writes its report; coverage writes its counters when
 * the process ends.
 */
#include "base/confine_profile.h"

#include <seccomp.h>

#if defined(ASSAY_PROFILE_SANITIZE)

static const int more[] = {
	SCMP_SYS(sigaltstack),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getrusage),
	SCMP_SYS(getppid),
	SCMP_SYS(prctl),
	SCMP_SYS(ioctl),
	SCMP_SYS(uname),
	-1,
};
const struct confine_profile confine_profile = {
	.syscalls = more, .keep_memory = true, .keep_executable = true};

static int is_confined;

/* Asked by the leak checker at exit: it would stop the threads from a process of its own, which a
 * confined process cannot start. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return is_confined; }

void confine_profile_done(void) { is_confined = 1; }

void confine_profile_started(void) {}

#elif defined(ASSAY_PROFILE_COVERAGE)

static const int more[] = {
	SCMP_SYS(open),      SCMP_SYS(openat),
	SCMP_SYS(fcntl),     SCMP_SYS(lseek),
	SCMP_SYS(mkdir),     SCMP_SYS(mkdirat),
	SCMP_SYS(ftruncate), SCMP_SYS(newfstatat),
	SCMP_SYS(access),    SCMP_SYS(faccessat),
	SCMP_SYS(getppid),   SCMP_SYS(umask),
	SCMP_SYS(uname),     -1,
};
const struct confine_profile confine_profile = {.syscalls = more, .keep_files = true};

void confine_profile_done(void) {}

/* A child that shares this memory has saved the counters before its exec, and marked them so. */
void __gcov_reset(void);

void confine_profile_started(void) { __gcov_reset(); }

#else

static const int more[] = {-1};
const struct confine_profile confine_profile = {.syscalls = more};

void confine_profile_done(void) {}

void confine_profile_started(void) {}

#endif
