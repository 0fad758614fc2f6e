/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc.c - child processes.
 *
 * A child shares our memory until it calls exec (as posix_spawn does it), so a front that holds an
 * index and tokens pays nothing for its size.  What runs in between touches its own stack and the
 * struct that it is given, and makes system calls; nothing else.
 */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/confine_profile.h"

enum {
	CHILD_STACK = 64 << 10, /* bytes */
	PIPE_SIZE = 1 << 20,    /* bytes: what the kernel lets anyone ask for by default */
	FIRST_FREE_FD = 3,
	SIGNALS = 64,      /* that Linux has on x86-64 and arm64 */
	FDS_MAX = 1 << 16, /* descriptors closed one by one where close_range is missing */
};

struct spawn {
	const char *const *argv;
	const char *const *envp;
	int fds[3]; /* to become 0, 1, 2; each >= 3, or -1: leave as it is */
	int third;  /* to become 3; > 3, or 0: there is none */
	pid_t parent;
	sigset_t old_mask;
	int error; /* errno of what failed in the child */
};

static void close_from(unsigned first)
{
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	struct rlimit lim;
	unsigned end = getrlimit(RLIMIT_NOFILE, &lim)
	                       ? FDS_MAX
	                       : (unsigned)MIN_OF(lim.rlim_cur, (rlim_t)FDS_MAX);
	for (unsigned fd = first; fd < end; fd++)
		close((int)fd);
}

/* All signals are blocked here: a handler of the parent's must not run in shared memory. */
static int __attribute__((no_sanitize("address", "undefined"))) child(void *arg)
{
	struct spawn *s = arg;
	/* the call itself, for libc refuses the signals that it uses; all zero is SIG_DFL */
	static const uint64_t dfl[8];
	for (int sig = 1; sig <= SIGNALS; sig++)
		syscall(SYS_rt_sigaction, sig, dfl, NULL, SIGNALS / 8);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != s->parent) /* it died before the line above */
		_exit(127);
	for (int i = 0; i < 3; i++) {
		if (s->fds[i] >= 0 && dup2(s->fds[i], i) < 0) {
			s->error = errno;
			_exit(127);
		}
	}
	if (s->third && dup2(s->third, FIRST_FREE_FD) < 0) {
		s->error = errno;
		_exit(127);
	}
	close_from(s->third ? FIRST_FREE_FD + 1 : FIRST_FREE_FD);
	sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
	static char *const no_env[] = {NULL};
	/* execve's prototype is older than const */
	union {
		const char *const *in;
		char *const *out;
	} argv = {s->argv}, envp = {s->envp};
	execve(s->argv[0], argv.out, s->envp ? envp.out : no_env);
	s->error = errno;
	_exit(127);
}

/* Moves *fd to 3 or above, so that dup2 onto 0, 1, 2 cannot run over it. */
static int lift(int *fd)
{
	if (*fd < 0 || *fd >= FIRST_FREE_FD)
		return 0;
	int high = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
	if (high < 0)
		return -1;
	close(*fd);
	*fd = high;
	return 0;
}

static int make_pipe(int *ret_read, int *ret_write)
{
	int p[2];
	if (pipe2(p, O_CLOEXEC))
		return -1;
	*ret_read = p[0];
	*ret_write = p[1];
	fcntl(p[0], F_SETPIPE_SZ, PIPE_SIZE); /* refused past the user's share: then it is 64 KiB */
	return lift(ret_read) || lift(ret_write) ? -1 : 0;
}

static pid_t start(struct spawn *s)
{
	void *stack = mmap(NULL, CHILD_STACK, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -1;
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &s->old_mask);
	pid_t pid = clone(child, (char *)stack + CHILD_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, s);
	int saved = errno;
	confine_profile_started();
	pthread_sigmask(SIG_SETMASK, &s->old_mask, NULL);
	munmap(stack, CHILD_STACK);
	errno = saved;
	return pid;
}

static int run(struct spawn *s, struct proc *p, struct err *e)
{
	p->pid = start(s);
	if (p->pid < 0)
		return err_set(e, ERR_IO, "start %s: %m", s->argv[0]);
	if (!s->error)
		return 0;
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	p->pid = -1;
	errno = s->error;
	return err_set(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "start %s: %m", s->argv[0]);
}

/* The child's standard input: what is given, a pipe, or neither. */
static int open_input(int given, unsigned flags, int *ret_child, int *ret_write)
{
	if (given < 0)
		return flags & PROC_IN ? make_pipe(ret_child, ret_write) : 0;
	*ret_child = fcntl(given, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
	return *ret_child < 0 ? -1 : 0;
}

static int spawn(struct spawn *s, int in, unsigned flags, struct proc *ret, struct err *e)
{
	struct proc p = {.pid = -1, .in = -1, .out = -1};
	AUTO_FD int child_in = -1;
	AUTO_FD int child_out = -1;
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int rc = null < 0 || lift(&null) ? -1 : 0;
	if (rc == 0)
		rc = open_input(in, flags, &child_in, &p.in);
	if (rc == 0 && flags & PROC_OUT)
		rc = make_pipe(&p.out, &child_out);
	if (rc)
		err_set(e, ERR_IO, "start %s: %m", s->argv[0]);
	s->parent = getpid();
	s->fds[0] = child_in >= 0 ? child_in : null;
	s->fds[1] = flags & PROC_OUT ? child_out : null;
	s->fds[2] = flags & PROC_KEEP_STDERR ? -1 : null;
	if (rc || run(s, &p, e)) {
		proc_kill(&p);
		return -1;
	}
	*ret = p;
	return 0;
}

int proc_spawn(const char *const argv[], const char *const envp[], unsigned flags, struct proc *ret,
               struct err *e)
{
	return spawn(&(struct spawn){.argv = argv, .envp = envp}, -1, flags, ret, e);
}

int proc_spawn_on(int in, const char *const argv[], unsigned flags, struct proc *ret, struct err *e)
{
	return spawn(&(struct spawn){.argv = argv}, in, flags, ret, e);
}

int proc_spawn_beside(int third, const char *const argv[], unsigned flags, struct proc *ret,
                      struct err *e)
{
	AUTO_FD int high = fcntl(third, F_DUPFD_CLOEXEC, FIRST_FREE_FD + 1);
	if (high < 0)
		return err_set(e, ERR_IO, "start %s: %m", argv[0]);
	return spawn(&(struct spawn){.argv = argv, .third = high}, -1, flags, ret, e);
}

static void close_ends(struct proc *p)
{
	auto_fd(&p->in);
	auto_fd(&p->out);
	p->in = p->out = -1;
}

int proc_wait(struct proc *p, int *ret_status, struct err *e)
{
	close_ends(p);
	pid_t pid = p->pid;
	p->pid = -1;
	if (pid <= 0)
		return err_set(e, ERR_INTERNAL, "wait: no child");
	int status;
	pid_t got;
	while ((got = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	if (got < 0)
		return err_set(e, ERR_IO, "wait for process %d: %m", (int)pid);
	*ret_status = status;
	return 0;
}

bool proc_ends_by(const struct proc *p, int64_t until_ms)
{
	AUTO_FD int fd = pidfd_open(p->pid, 0);
	struct pollfd end = {fd, POLLIN, 0};
	int64_t left;
	int n = 0;
	if (fd < 0)
		return true; /* nothing to ask; proc_wait says why */
	while (n == 0 && (left = until_ms - clock_monotonic_ms()) > 0) {
		n = poll(&end, 1, (int)MIN_OF(left, (int64_t)INT_MAX));
		n = n < 0 && errno == EINTR ? 0 : n;
	}
	return n != 0;
}

void proc_kill(struct proc *p)
{
	if (p->pid > 0) {
		int status;
		kill(p->pid, SIGKILL);
		proc_wait(p, &status, NULL);
	}
	close_ends(p);
}

void proc_hide(void)
{
	const struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
		confine_profile_done();
}

char *proc_helper(const char *name, struct err *e)
{
	static const char *const places[] = {"", "../libexec/assay"};
	AUTO_FREE char *self = self_dir();
	if (!self) {
		err_set(e, ERR_IO, "read /proc/self/exe: %m");
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_FREE char *dir = path_join(self, places[i]);
		AUTO_FREE char *path = path_join(dir, name);
		if (access(path, X_OK) == 0)
			return TAKE(path);
	}
	err_set(e, ERR_NOTFOUND, "%s: not beside the program in %s, nor in ../libexec/assay", name,
	        self);
	return NULL;
}
