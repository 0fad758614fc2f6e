/* SPDX-License-Identifier: Apache-2.0 */
/* proc.c - what a child gets: argv, environment, descriptors, signals; and how it ends. */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "test.h"

/* Output of a shell command; its wait status. */
static int shell(const char *command, const char *const envp[], const char *input, struct buf *ret)
{
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};
	struct proc p;
	struct err e;
	int status = -1;
	*ret = (struct buf){.max = 0};
	if (proc_spawn(argv, envp, PROC_IN | PROC_OUT, &p, &e))
		return -1;
	fd_write_full(p.in, input, strlen(input));
	close(p.in);
	p.in = -1;
	fd_read_all(p.out, "child", 1 << 20, ret, &e);
	return proc_wait(&p, &status, &e) ? -1 : status;
}

static void test_shell(void)
{
	static const struct {
		const char *name, *command, *input, *output;
		int status;
	} rows[] = {
		{"output",                       "echo hello",                                      "",        "hello\n",     0},
		{"input",                        "cat",					     "through", "through",     0},
		{"exit status",                  "exit 7",					  "",        "",            7},
		{"no environment",               "/usr/bin/env | grep -v -e ^PWD -e ^SHLVL -e ^_=", "",        "",            1},
		{"three descriptors",            "ls /proc/$$/fd; true",                            "",        "0\n1\n2\n",   0},
		{"no signal ignored or blocked",
	         "grep -E '^Sig(Blk|Ign)' /proc/$$/status | cut -f2 | uniq",                        "",
	         "0000000000000000\n",											0},
		{"stderr goes nowhere",          "readlink /proc/$$/fd/2",                          "",        "/dev/null\n", 0},
	};
	signal(SIGPIPE, SIG_IGN); /* as a server would; the child must not inherit it */
	setenv("SECRET", "x", 1);
	AUTO_FD int leak = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	CHECK(leak > 2);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf out;
		int status = shell(rows[i].command, NULL, rows[i].input, &out);
		test_case(WIFEXITED(status) && WEXITSTATUS(status) == rows[i].status &&
		                  bytes_eq(buf_bytes(&out), bytes_str(rows[i].output)),
		          "child: %s (%d, \"%.*s\")", rows[i].name, status,
		          BYTES_FMT(buf_bytes(&out)));
	}
	AUTO_BUF struct buf out;
	const char *const envp[] = {"A=1", NULL};
	CHECK(shell("echo $A", envp, "", &out) == 0 && bytes_eq(buf_bytes(&out), B("1\n")));
	signal(SIGPIPE, SIG_DFL);
}

static void test_faults(void)
{
	struct proc p = {.pid = 77};
	struct err e = {.kind = ERR_NONE};
	const char *const none[] = {"/nonexistent/program", NULL};
	CHECK(proc_spawn(none, NULL, PROC_IN, &p, &e) == -1 && e.kind == ERR_NOTFOUND);
	CHECK(p.pid == 77 && strstr(e.msg, "/nonexistent/program"));
	const char *const searched[] = {"sh", NULL}; /* no PATH search */
	CHECK(proc_spawn(searched, NULL, 0, &p, &e) == -1 && e.kind == ERR_NOTFOUND);
	const char *const dir[] = {"/etc", NULL};
	CHECK(proc_spawn(dir, NULL, 0, &p, &e) == -1 && e.kind == ERR_IO);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD); /* no zombie stays */
}

static void test_kill(void)
{
	const char *const argv[] = {"/bin/sleep", "1000", NULL};
	struct proc p;
	struct err e;
	int status;
	CHECK(proc_spawn(argv, NULL, 0, &p, &e) == 0 && p.in == -1 && p.out == -1);
	kill(p.pid, SIGTERM);
	CHECK(proc_wait(&p, &status, &e) == 0 && WIFSIGNALED(status) &&
	      WTERMSIG(status) == SIGTERM);
	CHECK(p.pid == -1 && proc_wait(&p, &status, &e) == -1);
	CHECK(proc_spawn(argv, NULL, PROC_IN | PROC_OUT, &p, &e) == 0);
	pid_t pid = p.pid;
	proc_kill(&p);
	proc_kill(&p);
	CHECK(p.pid == -1 && p.in == -1 && p.out == -1 && kill(pid, 0) == -1);
}

/* A child must end when its parent is killed. */
static void test_orphan(void)
{
	int pids[2];
	if (pipe(pids))
		return;
	fflush(stdout);
	pid_t parent = fork();
	if (parent == 0) {
		const char *const argv[] = {"/bin/sleep", "1000", NULL};
		struct proc p;
		struct err e;
		if (proc_spawn(argv, NULL, 0, &p, &e))
			_exit(1);
		fd_write_full(pids[1], &p.pid, sizeof p.pid);
		raise(SIGKILL);
	}
	close(pids[1]);
	pid_t child = 0;
	fd_read_full(pids[0], &child, sizeof child);
	close(pids[0]);
	waitpid(parent, NULL, 0);
	struct timespec wait = {.tv_nsec = 10000000};
	bool is_gone = false;
	for (int i = 0; i < 300 && !is_gone; i++) {
		char path[40], state[400] = "";
		snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
		AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
		is_gone = fd < 0 || fd_read_full(fd, state, sizeof state - 1) <= 0 ||
		          strstr(state, ") Z");
		nanosleep(&wait, NULL);
	}
	CHECK(child > 0 && is_gone);
}

/* A parent whose own standard descriptors are closed: pipes land on 0, 1, 2. */
static void test_closed_standard(void)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		close(0);
		close(1);
		close(2);
		AUTO_BUF struct buf out;
		int status = shell("cat; ls /proc/$$/fd; true", NULL, "in ", &out);
		_exit(status == 0 && bytes_eq(buf_bytes(&out), B("in 0\n1\n2\n")) ? 0 : 1);
	}
	int status = -1;
	waitpid(pid, &status, 0);
	CHECK(status == 0);
}

static void test_helper(void)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_FREE char *self = self_dir();
	AUTO_FREE char *found = proc_helper("proc", &e); /* this test itself */
	AUTO_FREE char *want = path_join(self, "proc");
	CHECK(found && strcmp(found, want) == 0);
	CHECK(!proc_helper("no-such-helper", &e) && e.kind == ERR_NOTFOUND);
}

/* A child that has closed its output need not have ended. */
static void test_ends_by(void)
{
	struct err e = {.kind = ERR_NONE};
	struct proc p;
	char c;
	int status;
	const char *const lasting[] = {"/bin/sh", "-c", "exec >&-; exec sleep 60", NULL};
	CHECK(proc_spawn(lasting, NULL, PROC_OUT, &p, &e) == 0);
	CHECK(read(p.out, &c, 1) == 0);
	int64_t now = clock_monotonic_ms();
	CHECK(!proc_ends_by(&p, now - 1) && !proc_ends_by(&p, now + 50));
	CHECK(clock_monotonic_ms() >= now + 50);
	proc_kill(&p);
	const char *const quick[] = {"/bin/sh", "-c", "exit 3", NULL};
	CHECK(proc_spawn(quick, NULL, 0, &p, &e) == 0 &&
	      proc_ends_by(&p, clock_monotonic_ms() + 30000));
	CHECK(proc_wait(&p, &status, &e) == 0 && WEXITSTATUS(status) == 3);
}

int main(void)
{
	test_ends_by();
	test_shell();
	test_faults();
	test_kill();
	test_orphan();
	test_closed_standard();
	test_helper();
	return TEST_END();
}
