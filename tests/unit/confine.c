/* SPDX-License-Identifier: Apache-2.0 */
/* confine.c - what a confined child can still do, and what kills it. */
#include "base/confine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/base.h"
#include "test.h"

#if defined(ASSAY_PROFILE_SANITIZE)
static const char *const profile = "sanitizer";
#elif defined(ASSAY_PROFILE_COVERAGE)
static const char *const profile = "coverage";
#else
static const char *const profile = "release";
#endif

static bool is_release(void) { return strcmp(profile, "release") == 0; }

/* --- deeds that must kill ------------------------------------------------------------------ */

static int do_open(void) { return open("/etc/passwd", O_RDONLY); }

static int do_create(void) { return open("confine-made-this", O_WRONLY | O_CREAT, 0600); }

static int do_unlink(void) { return unlink("/nonexistent"); }

static int do_socket(void) { return socket(AF_INET, SOCK_STREAM, 0); }

static int do_socketpair(void)
{
	int fds[2];
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

static int do_exec(void)
{
	char name[] = "/bin/true";
	char *argv[] = {name, NULL};
	return execv(name, argv);
}

static int do_fork(void) { return (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }

static void *no_work(void *arg) { return arg; }

static int do_thread(void)
{
	pthread_t t;
	return pthread_create(&t, NULL, no_work, NULL);
}

static int do_kill_parent(void) { return kill(getppid(), 0); }

static int do_tgkill_init(void) { return (int)syscall(SYS_tgkill, 1, 1, 0); }

static int do_ptrace(void) { return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL); }

static int do_map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	       MAP_FAILED;
}

static int do_protect_code(void)
{
	static _Alignas(4096) char page[4096];
	return mprotect(page, sizeof page, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static int do_raise_limit(void)
{
	struct rlimit lim = {1, 1};
	return setrlimit(RLIMIT_NOFILE, &lim);
}

static int do_ioctl(void) { return (int)syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x"); }

static int do_uring(void) { return (int)syscall(425 /* io_uring_setup */, 1, NULL); }

static int do_memfd(void) { return (int)syscall(SYS_memfd_create, "x", 0); }

static int do_unshare(void) { return unshare(CLONE_NEWUSER); }

static int do_unknown(void) { return (int)syscall(4000); }

#if defined(__x86_64__)
static int do_int80(void)
{
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20 /* getpid of i386 */) : "memory");
	return (int)r;
}

static int do_x32(void) { return (int)syscall(0x40000000 | SYS_getpid); }
#endif

/* --- deeds that must work ------------------------------------------------------------------ */

static int ok_nothing(void) { return 0; }

static int ok_hash(void)
{
	char text[DIGEST_TEXT_MAX];
	struct digest d = digest_of(B("abc")); /* FIPS 180-4 example, first use in this process */
	return strcmp(digest_text(&d, text), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a"
	                                     "9cb410ff61f20015ad");
}

static int ok_inflate(void)
{
	static uint8_t plain[100000], packed[2000], back[sizeof plain];
	uLongf packed_n = sizeof packed, back_n = sizeof back;
	memset(plain, 'x', sizeof plain);
	if (compress(packed, &packed_n, plain, sizeof plain) != Z_OK ||
	    uncompress(back, &back_n, packed, packed_n) != Z_OK)
		return 1;
	return memcmp(plain, back, sizeof plain);
}

static int ok_memory(void)
{
	for (size_t n = 1; n <= (64 << 20); n *= 2) {
		uint8_t *p = mem_alloc(n);
		memset(p, 1, n);
		p = mem_realloc(p, n + n / 2);
		free(p);
	}
	return 0;
}

static int ok_json_and_map(void)
{
	AUTO_JSON json_t *j = NULL;
	struct err e;
	if (json_load(B("{\"a\": {\"b\": [1.5, true]}}"), "x", 100, &j, &e))
		return 1;
	AUTO_MAP struct map *m = map_new();
	map_put(m, B("k"), NULL)->u = 1;
	return map_get(m, B("k")) == NULL;
}

static int ok_pipe_and_stdio(void)
{
	fprintf(stderr, "# a confined child speaks\n");
	printf("# through stdio too\n");
	fflush(stdout);
	return 0;
}

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int ok_sort(void)
{
	static int v[1 << 14];
	for (int i = 0; i < (1 << 14); i++)
		v[i] = -i;
	qsort(v, ARRAY_LEN(v), sizeof *v, by_value);
	return v[0] != 1 - (1 << 14);
}

static int ok_clock(void)
{
	struct timespec ts = {.tv_nsec = 1000};
	nanosleep(&ts, NULL);
	return clock_now_s() > 0 && clock_monotonic_ms() > 0 ? 0 : 1;
}

static int ok_file_size(void)
{
	/* descriptor 9 is a regular file, opened before: no byte may be added, nothing dies */
	return write(9, "x", 1) == -1 && errno == EFBIG ? 0 : 1;
}

static int ok_abort(void) { abort(); }

static int ok_exhaust(void)
{
	mem_alloc((size_t)WORKER_MEMORY_MAX); /* beside what is mapped: one past the bound */
	return 0;
}

static int ok_limits(void)
{
	struct rlimit lim;
	if (getrlimit(RLIMIT_AS, &lim) || lim.rlim_max > (rlim_t)WORKER_MEMORY_MAX)
		return 1;
	if (getrlimit(RLIMIT_CPU, &lim) || lim.rlim_max > (rlim_t)WORKER_SECONDS_MAX)
		return 1;
	return getrlimit(RLIMIT_CORE, &lim) || lim.rlim_max != 0;
}

enum { SURVIVES = 0 };

static const struct {
	const char *name;
	int (*deed)(void);
	int signal;        /* that ends it; SURVIVES */
	int status;        /* of exit, when no signal */
	bool release_only; /* a sanitizer's or coverage's runtime needs the call itself */
} cases[] = {
	{"nothing is possible",          ok_nothing,        SURVIVES, 0, false},
	{"hashing works",                ok_hash,           SURVIVES, 0, false},
	{"inflating works",              ok_inflate,        SURVIVES, 0, false},
	{"allocating works",             ok_memory,         SURVIVES, 0, false},
	{"JSON and maps work",           ok_json_and_map,   SURVIVES, 0, false},
	{"open pipes and stdio work",    ok_pipe_and_stdio, SURVIVES, 0, false},
	{"clocks work",                  ok_clock,          SURVIVES, 0, false},
	{"a large sort works",           ok_sort,           SURVIVES, 0, false},
	{"an open file cannot grow",     ok_file_size,      SURVIVES, 0, true },
	{"memory has its limit",         ok_exhaust,        SURVIVES, 3, true },
	{"limits are at their bounds",   ok_limits,         SURVIVES, 0, true },
	{"abort aborts",                 ok_abort,          SIGABRT,  0, false},
	{"open kills",                   do_open,           SIGSYS,   0, true },
	{"creating a file kills",        do_create,         SIGSYS,   0, true },
	{"unlink kills",                 do_unlink,         SIGSYS,   0, false},
	{"socket kills",                 do_socket,         SIGSYS,   0, false},
	{"socketpair kills",             do_socketpair,     SIGSYS,   0, false},
	{"exec kills",                   do_exec,           SIGSYS,   0, false},
	{"fork kills",                   do_fork,           SIGSYS,   0, false},
	{"a new thread kills",           do_thread,         SIGSYS,   0, true },
	{"a signal to the parent kills", do_kill_parent,    SIGSYS,   0, false},
	{"tgkill of another kills",      do_tgkill_init,    SIGSYS,   0, false},
	{"ptrace kills",                 do_ptrace,         SIGSYS,   0, false},
	{"mapping code kills",           do_map_code,       SIGSYS,   0, true },
	{"making memory code kills",     do_protect_code,   SIGSYS,   0, true },
	{"raising a limit kills",        do_raise_limit,    SIGSYS,   0, false},
	{"ioctl kills",                  do_ioctl,          SIGSYS,   0, true },
	{"io_uring kills",               do_uring,          SIGSYS,   0, false},
	{"memfd_create kills",           do_memfd,          SIGSYS,   0, false},
	{"unshare kills",                do_unshare,        SIGSYS,   0, false},
	{"an unknown call kills",        do_unknown,        SIGSYS,   0, false},
#if defined(__x86_64__)
	{"the 32-bit gate kills",        do_int80,          SIGSYS,   0, false},
	{"the x32 gate kills",           do_x32,            SIGSYS,   0, false},
#endif
};

/* Runs job in a child; its wait status. */
static int in_child(int (*job)(int (*)(void)), int (*arg)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(job(arg));
	int status = -1;
	waitpid(pid, &status, 0);
	return status;
}

static int confined(int (*deed)(void))
{
	struct err e;
	int fd = memfd_create("regular", 0);
	if (fd != 9)
		dup2(fd, 9);
	unsigned layers = confine_early();
	if (confine_late(&layers, &e) || (layers & CONFINE_MINIMUM) != CONFINE_MINIMUM)
		return 100;
	return deed();
}

/* What stands between workers and clamd may dial sockets of this machine by path. */
static int dialling(int (*deed)(void))
{
	struct err e;
	unsigned layers = confine_early();
	if (confine_dialling(&layers, &e) || (layers & CONFINE_MINIMUM) != CONFINE_MINIMUM)
		return 100;
	return deed();
}

static int ok_dial(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/nonexistent/socket"};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to) == 0)
		return 1;
	return errno == ENOENT || errno == EACCES ? 0 : 2;
}

static int do_listen(void)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	return listen(s, 1);
}

static void test_dialling(void)
{
	static const struct {
		const char *name;
		int (*deed)(void);
		bool release_only;
	} killed[] = {
		{"a socket of the network kills", do_socket, false},
		{"waiting for callers kills",     do_listen, false},
		{"open kills",                    do_open,   true },
		{"exec kills",                    do_exec,   false},
		{"fork kills",                    do_fork,   false},
	};
	CHECK(in_child(dialling, ok_dial) == 0 && in_child(dialling, ok_pipe_and_stdio) == 0);
	for (size_t i = 0; i < ARRAY_LEN(killed); i++) {
		if (killed[i].release_only && !is_release()) {
			test_skip(killed[i].name, profile);
			continue;
		}
		int status = in_child(dialling, killed[i].deed);
		test_case(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "dialling: %s",
		          killed[i].name);
	}
}

/* A filter as an old kernel or a container's profile would look: no Landlock, no namespaces. */
static int without_kernel_help(int (*deed)(void))
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	for (int nr = 444; nr <= 446; nr++)
		seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), nr, 0);
	seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 0);
	if (seccomp_load(ctx))
		return 101;
	seccomp_release(ctx);
	struct err e;
	char text[64];
	unsigned layers = confine_early();
	if (layers != CONFINE_LIMITS || confine_late(&layers, &e))
		return 100;
	if (strcmp(confine_text(layers, text), "seccomp+rlimits") != 0)
		return 102;
	return deed();
}

/* Landlock, namespaces and no_new_privs by themselves, before seccomp. */
static int early_only(int (*deed)(void))
{
	(void)deed;
	pid_t parent = getppid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	close(s);
	unsigned layers = confine_early();
	int sig = 0;
	if (prctl(PR_GET_PDEATHSIG, &sig) || sig != SIGKILL || getppid() != parent)
		return 10;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 11;
	if (layers & CONFINE_LANDLOCK && (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES))
		return 12;
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	s = socket(AF_INET, SOCK_STREAM, 0);
	if (layers & CONFINE_NAMESPACES && (connect(s, (struct sockaddr *)&to, sizeof to) == 0 ||
	                                    (errno != ENETUNREACH && errno != EACCES)))
		return 13;
	return 0;
}

static void *wait_for_go(void *arg)
{
	pthread_barrier_wait(arg);
	int fd = open("/etc/passwd", O_RDONLY);
	return fd < 0 ? NULL : arg;
}

/* The filter covers a thread that was made before it. */
static int other_threads(int (*deed)(void))
{
	(void)deed;
	pthread_t t;
	pthread_barrier_t go;
	struct err e;
	pthread_barrier_init(&go, NULL, 2);
	unsigned layers = confine_early();
	if (pthread_create(&t, NULL, wait_for_go, &go) || confine_late(&layers, &e))
		return 100;
	pthread_barrier_wait(&go);
	pthread_join(t, NULL);
	return 0;
}

static void test_deeds(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (cases[i].release_only && !is_release()) {
			test_skip(cases[i].name, profile);
			continue;
		}
		int status = in_child(confined, cases[i].deed);
		bool is_ok = cases[i].signal
		                     ? WIFSIGNALED(status) && WTERMSIG(status) == cases[i].signal
		                     : WIFEXITED(status) && WEXITSTATUS(status) == cases[i].status;
		test_case(is_ok, "confined: %s (wait status %#x)", cases[i].name, (unsigned)status);
	}
}

static void test_text(void)
{
	static const struct {
		unsigned layers;
		const char *text;
	} rows[] = {
		{0,               "none"			       },
		{CONFINE_SECCOMP, "seccomp"                            },
		{CONFINE_MINIMUM, "seccomp+rlimits"                    },
		{15,              "seccomp+landlock+namespaces+rlimits"},
	};
	char text[64];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_case(strcmp(confine_text(rows[i].layers, text), rows[i].text) == 0,
		          "confine_text %u is %s", rows[i].layers, rows[i].text);
}

int main(void)
{
	test_deeds();
	test_dialling();
	test_text();
	CHECK(in_child(early_only, NULL) == 0);
	CHECK(in_child(without_kernel_help, ok_hash) == 0);
	int status = in_child(without_kernel_help, do_socket);
	test_case(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
	          "without Landlock and namespaces a socket still kills");
	if (!is_release()) {
		test_skip("threads made before are confined too", profile);
		return TEST_END();
	}
	status = in_child(other_threads, NULL);
	test_case(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
	          "threads made before are confined too");
	return TEST_END();
}
