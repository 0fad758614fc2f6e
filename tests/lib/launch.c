/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.c - starts a program as a hostile machine would: with system calls that fail, without a
 * standard output, with little memory; and says what it cost.
 *
 *   launch [-s FILE] [-d NUMBER:ERRNO[:ARG:VALUE]]... [-c FD]... [-e NAME=VALUE]... [-l BYTES]
 *          PROGRAM [ARGUMENT...]
 *
 * -s FILE    writes "PEAK_KIB MILLISECONDS" of the program and of all that it waited for
 * -d         that system call fails with that errno; with ARG, only where that argument is VALUE
 * -c FD      that descriptor is closed
 * -e         a variable of the program's environment (not of launch's own)
 * -l BYTES   address space (RLIMIT_AS)
 * The exit status is the program's, 128 + signal when it was killed.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RULES_MAX = 16 };

static struct sock_filter code[6 * RULES_MAX + 2];
static unsigned short n_code;

static void add(uint16_t op, uint32_t k, uint8_t jt, uint8_t jf)
{
	code[n_code++] = (struct sock_filter){op, jt, jf, k};
}

static void deny(const char *text)
{
	unsigned nr = 0, err = 0, arg = 0, value = 0;
	int n = sscanf(text, "%u:%u:%u:%u", &nr, &err, &arg, &value);
	if (n != 2 && n != 4) {
		fprintf(stderr, "launch: -d %s\n", text);
		exit(125);
	}
	add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	add(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, n == 4 ? 3 : 1);
	if (n == 4) {
		size_t at = offsetof(struct seccomp_data, args) + 8 * (size_t)arg;
		add(BPF_LD | BPF_W | BPF_ABS, (uint32_t)at, 0, 0);
		add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	}
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err, 0, 0);
}

static void install(void)
{
	if (n_code == 0)
		return;
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	struct sock_fprog prog = {n_code, code};
	/* a root that keeps its privileges does without no_new_privs */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0)
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)) {
		perror("launch: seccomp");
		exit(125);
	}
}

static void say(const char *path, const struct timespec *began)
{
	struct timespec now;
	struct rusage use;
	FILE *f = fopen(path, "w");
	clock_gettime(CLOCK_MONOTONIC, &now);
	getrusage(RUSAGE_CHILDREN, &use);
	if (!f)
		return;
	fprintf(f, "%ld %ld\n", use.ru_maxrss,
	        (long)(now.tv_sec - began->tv_sec) * 1000 +
	                (now.tv_nsec - began->tv_nsec) / 1000000);
	fclose(f);
}

int main(int argc, char **argv)
{
	const char *stats = NULL;
	char *vars[8];
	int opt, status = 0, closed[3], n_closed = 0, n_vars = 0;
	struct rlimit lim = {RLIM_INFINITY, RLIM_INFINITY};
	struct timespec began;
	while ((opt = getopt(argc, argv, "+s:d:c:e:l:")) != -1) {
		if (opt == 's')
			stats = optarg;
		else if (opt == 'd' && n_code < 6 * RULES_MAX)
			deny(optarg);
		else if (opt == 'c' && n_closed < 3)
			closed[n_closed++] = atoi(optarg);
		else if (opt == 'e' && n_vars < 8)
			vars[n_vars++] = optarg;
		else if (opt == 'l')
			lim.rlim_cur = lim.rlim_max = (rlim_t)strtoull(optarg, NULL, 10);
		else
			return 125;
	}
	clock_gettime(CLOCK_MONOTONIC, &began);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < n_closed; i++)
			close(closed[i]);
		for (int i = 0; i < n_vars; i++)
			putenv(vars[i]);
		if (lim.rlim_cur != RLIM_INFINITY)
			setrlimit(RLIMIT_AS, &lim);
		install();
		execv(argv[optind], argv + optind);
		_exit(126);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (stats)
		say(stats, &began);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
