/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine.c - giving everything up.
 *
 * Source: landlock(7), Documentation/userspace-api/landlock.rst of Linux (rights per ABI),
 * seccomp(2), namespaces(7), setrlimit(2), prctl(2).
 */
#include "base/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base.h"
#include "base/confine_profile.h"

enum { WORKER_FILES = 16 }; /* descriptors: three standard ones and a few pipes */

/* Lowers a limit; what the administrator has set lower stays. */
static int lower(int what, uint64_t to)
{
	struct rlimit lim;
	if (getrlimit((__rlimit_resource_t)what, &lim))
		return -1;
	lim.rlim_max = MIN_OF(lim.rlim_max, (rlim_t)to);
	lim.rlim_cur = MIN_OF(lim.rlim_cur, lim.rlim_max);
	return setrlimit((__rlimit_resource_t)what, &lim);
}

static bool set_limits(void)
{
	int rc = lower(RLIMIT_CPU, (uint64_t)WORKER_SECONDS_MAX);
	if (!confine_profile.keep_memory)
		rc |= lower(RLIMIT_AS, (uint64_t)WORKER_MEMORY_MAX);
	if (!confine_profile.keep_files) {
		/* a write past RLIMIT_FSIZE shall fail, not kill: stderr may be a file */
		signal(SIGXFSZ, SIG_IGN);
		rc |= lower(RLIMIT_FSIZE, 0);
		rc |= lower(RLIMIT_NOFILE, WORKER_FILES);
	}
	rc |= lower(RLIMIT_CORE, 0);
	rc |= lower(RLIMIT_MEMLOCK, 0);
	rc |= lower(RLIMIT_MSGQUEUE, 0);
	return rc == 0;
}

/* A user namespace is what lets a plain user have the others.  Entering one changes credentials,
 * which clears the signal that a parent's death sends: it is put back. */
static bool set_namespaces(void)
{
	const int ns = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
	int sig = 0;
	pid_t parent = getppid();
	prctl(PR_GET_PDEATHSIG, &sig);
	if (unshare(ns) && unshare(CLONE_NEWUSER | ns))
		return false;
	if (sig) {
		prctl(PR_SET_PDEATHSIG, sig);
		if (getppid() != parent)
			raise(sig);
	}
	return true;
}

/* Root, of the host or of the namespace just made, keeps no privilege. */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	syscall(SYS_capset, &head, none);
}

/* Our own names: the headers of a distribution know fewer rights than its kernels. */
struct landlock_attr {
	uint64_t access_fs;
	uint64_t access_net; /* from ABI 4 */
	uint64_t scoped;     /* from ABI 6 */
};
enum {
	NR_LANDLOCK_CREATE = 444, /* the same number on every architecture */
	NR_LANDLOCK_RESTRICT = 446,
	LANDLOCK_VERSION = 1, /* flag: answer with the ABI */
};
static const struct {
	long abi;
	size_t size; /* of landlock_attr, as that ABI knows it */
	struct landlock_attr attr;
} landlock_abis[] = {
	{1, 8,  {(1 << 13) - 1, 0, 0}}, /* execute ... make_sym */
	{2, 8,  {(1 << 14) - 1, 0, 0}}, /* refer */
	{3, 8,  {(1 << 15) - 1, 0, 0}}, /* truncate */
	{4, 16, {(1 << 15) - 1, 3, 0}}, /* TCP bind, connect */
	{5, 16, {(1 << 16) - 1, 3, 0}}, /* ioctl on devices */
	{6, 24, {(1 << 16) - 1, 3, 3}}, /* abstract sockets, signals */
};

/* Everything is handled and no rule allows anything. */
static bool set_landlock(void)
{
	long abi = syscall(NR_LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION);
	size_t i = ARRAY_LEN(landlock_abis);
	while (i && landlock_abis[i - 1].abi > abi)
		i--;
	if (!i)
		return false;
	AUTO_FD int fd = (int)syscall(NR_LANDLOCK_CREATE, &landlock_abis[i - 1].attr,
	                              landlock_abis[i - 1].size, 0);
	return fd >= 0 && syscall(NR_LANDLOCK_RESTRICT, fd, 0) == 0;
}

unsigned confine_early(void)
{
	unsigned layers = 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return 0;
	if (set_namespaces())
		layers |= CONFINE_NAMESPACES;
	drop_capabilities();
	if (!confine_profile.keep_files && set_landlock())
		layers |= CONFINE_LANDLOCK;
	if (set_limits() && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
		layers |= CONFINE_LIMITS;
	return layers;
}

/* Most frequent first: the filter asks in this order. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(futex), SCMP_SYS(readv), SCMP_SYS(writev),
	/* memory */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	/* threads that were made before */
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* descriptors that are open */
	SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(poll), SCMP_SYS(ppoll),
	/* time, chance */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(restart_syscall), SCMP_SYS(getrandom),
	/* signals of its own, for abort() */
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(getpid),
	SCMP_SYS(gettid)};

/* Allowed with these values of arguments only. */
struct guarded {
	int syscall;
	struct scmp_arg_cmp arg;
};

static int allow(scmp_filter_ctx ctx, int nr, unsigned n, const struct scmp_arg_cmp *args)
{
	/* a negative number: this architecture has no such call */
	return nr < 0 ? 0 : seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, n, args);
}

static int add_guarded(scmp_filter_ctx ctx)
{
	const scmp_datum_t exec = confine_profile.keep_executable ? 0 : PROT_EXEC;
	const struct guarded rows[] = {
		{SCMP_SYS(mmap),           SCMP_A2(SCMP_CMP_MASKED_EQ, exec,                                    0)},
		{SCMP_SYS(mprotect),                        SCMP_A2(SCMP_CMP_MASKED_EQ,                                 exec,                       0)},
 /* its own process is all it may signal */
		{SCMP_SYS(tgkill),                      SCMP_A0(SCMP_CMP_EQ,                                                (scmp_datum_t)getpid())                                                 },
 /* reads limits, sets none */
		{SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ,0)},
	};
	int rc = 0;
	for (size_t i = 0; i < ARRAY_LEN(rows) && rc == 0; i++)
		rc = allow(ctx, rows[i].syscall, 1, &rows[i].arg);
	return rc;
}

/* A path cannot be told apart here; what is not of this machine, and waiting for callers, can. */
static int add_dialling(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp local = SCMP_A0(SCMP_CMP_EQ, AF_UNIX);
	int rc = allow(ctx, SCMP_SYS(socket), 1, &local);
	return rc ? rc : allow(ctx, SCMP_SYS(connect), 0, NULL);
}

static int add_rules(scmp_filter_ctx ctx)
{
	int rc = 0;
	for (size_t i = 0; i < ARRAY_LEN(allowed) && rc == 0; i++)
		rc = allow(ctx, allowed[i], 0, NULL);
	for (const int *nr = confine_profile.syscalls; *nr != -1 && rc == 0; nr++)
		rc = allow(ctx, *nr, 0, NULL);
	if (rc == 0)
		rc = add_guarded(ctx);
	/* stdio asks what kind of file a descriptor is by this call, which could name a path too;
	 * it does without an answer */
	if (rc == 0 && !confine_profile.keep_files && SCMP_SYS(newfstatat) > 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(newfstatat), 0);
	/* qsort asks for the machine's memory before it takes more than a kilobyte for itself;
	 * without an answer it takes what it needs */
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(sysinfo), 0);
	return rc;
}

static int build(scmp_filter_ctx ctx, bool is_dialling)
{
	int rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (rc == 0)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = add_rules(ctx);
	if (rc == 0 && is_dialling)
		rc = add_dialling(ctx);
	return rc;
}

static int filter(bool is_dialling, unsigned *layers, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!ctx)
		return err_set(e, ERR_CONFINE, "seccomp: no filter could be made");
	int rc = build(ctx, is_dialling);
	if (rc == 0) {
		confine_profile_done();
		rc = seccomp_load(ctx);
	}
	seccomp_release(ctx);
	if (rc) {
		errno = -rc;
		return err_set(e, ERR_CONFINE, "seccomp: %m");
	}
	*layers |= CONFINE_SECCOMP;
	return 0;
}

int confine_late(unsigned *layers, struct err *e) { return filter(false, layers, e); }

int confine_dialling(unsigned *layers, struct err *e) { return filter(true, layers, e); }

const char *confine_text(unsigned layers, char ret[64])
{
	static const struct {
		unsigned layer;
		const char *name;
	} names[] = {
		{CONFINE_SECCOMP,    "seccomp"   },
		{CONFINE_LANDLOCK,   "landlock"  },
		{CONFINE_NAMESPACES, "namespaces"},
		{CONFINE_LIMITS,     "rlimits"   },
	};
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (layers & names[i].layer)
			n += (size_t)snprintf(ret + n, 64 - n, "%s%s", n ? "+" : "", names[i].name);
	}
	if (!n)
		snprintf(ret, 64, "none");
	return ret;
}
