/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_creds.c - user and password for a registry: as given, from config.json and auth.json, or
 * from the credential helper that those name.
 *
 * No message shows what was found; helpers get an argv and the few variables they need.
 */
#include "source/fetcher.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *env(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

/* ---- credential helpers ---- */

/* docker-credential-NAME, looked for in the absolute folders of PATH. */
static const char *helper_path(struct arena *a, struct bytes name)
{
	const char *path = env("PATH");
	struct bytes all = bytes_str(path ? path : "/usr/local/bin:/usr/bin:/bin"), dir;
	struct stat st;
	while (bytes_split(&all, ':', &dir)) {
		if (!dir.n || dir.p[0] != '/')
			continue;
		const char *file = arena_printf(a, "%.*s/docker-credential-%.*s", BYTES_FMT(dir),
		                                BYTES_FMT(name));
		if (stat(file, &st) == 0 && S_ISREG(st.st_mode) && access(file, X_OK) == 0)
			return file;
	}
	return NULL;
}

/* Helpers ask services of their own: they may take twice as long as a registry may be silent. */
static int64_t helper_ms(const struct fetcher *f) { return 2 * (int64_t)f->idle_ms; }

static int no_answer(const struct fetcher *f, struct err *e)
{
	return err_set(e, ERR_IO, "gave no answer in %lld s", (long long)(helper_ms(f) / 1000));
}

static int read_answer(const struct fetcher *f, int fd, int64_t until, struct buf *to,
                       struct err *e)
{
	for (;;) {
		struct pollfd p = {fd, POLLIN, 0};
		int64_t left = until - clock_monotonic_ms();
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return no_answer(f, e);
		uint8_t piece[4096];
		ssize_t got = read(fd, piece, sizeof piece);
		if (got == 0)
			return 0;
		if (got < 0)
			return err_set(e, ERR_IO, "read: %m");
		int rc = buf_add(to, bytes_of(piece, (size_t)got));
		explicit_bzero(piece, (size_t)got);
		if (rc)
			return err_set(e, ERR_LIMIT, "answers more than %d bytes",
			               REGISTRY_HELPER_MAX);
	}
}

static const char *const *helper_env(struct arena *a)
{
	static const char *const names[] = {
		"AWS_CONFIG_FILE",
		"AWS_PROFILE",
		"AWS_REGION",
		"AWS_ROLE_ARN",
		"AWS_SHARED_CREDENTIALS_FILE",
		"AWS_WEB_IDENTITY_TOKEN_FILE",
		"CLOUDSDK_CONFIG",
		"DBUS_SESSION_BUS_ADDRESS",
		"GOOGLE_APPLICATION_CREDENTIALS",
		"HOME",
		"PATH",
		"XDG_CONFIG_HOME",
		"XDG_RUNTIME_DIR",
	};
	const char **v = arena_alloc(a, (ARRAY_LEN(names) + 1) * sizeof(const char *));
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (env(names[i]))
			v[n++] = arena_printf(a, "%s=%s", names[i], env(names[i]));
	}
	return v;
}

/* 1 found, 0 it knows nothing, -1. */
static int ask_helper(struct fetcher *f, const char *path, struct registry_auth *ret, struct err *e)
{
	const char *const argv[] = {path, "get", NULL};
	struct proc p;
	int status = 0;
	AUTO_BUF struct buf answer;
	buf_init(&answer, REGISTRY_HELPER_MAX);
	/* the name that docker login uses */
	struct bytes server = bytes_eq(f->ref.host, B("docker.io"))
	                              ? B("https://index.docker.io/v1/")
	                              : f->ref.host;
	if (proc_spawn(argv, helper_env(f->arena), PROC_IN | PROC_OUT, &p, e))
		return -1;
	fd_write_full(p.in, server.p, server.n);
	close(p.in);
	p.in = -1;
	int64_t until = clock_monotonic_ms() + helper_ms(f);
	if (read_answer(f, p.out, until, &answer, e)) {
		proc_kill(&p);
		return -1;
	}
	/* its answer has ended, it need not have */
	if (!proc_ends_by(&p, until)) {
		proc_kill(&p);
		return no_answer(f, e);
	}
	if (proc_wait(&p, &status, e))
		return -1;
	int rc = 0;
	if (status == 0)
		rc = registry_helper_answer(f->arena, buf_bytes(&answer), ret, e) ? -1 : 1;
	else if (bytes_search(buf_bytes(&answer), B("credentials not found")) < 0)
		rc = err_set(e, ERR_IO, "failed");
	buf_wipe(&answer);
	return rc;
}

static int use_helper(struct fetcher *f, struct registry_auth *found, struct err *e)
{
	struct registry_auth got;
	const char *path = helper_path(f->arena, found->helper);
	bool has_more = found->user.n || found->identity_token.n || found->registry_token.n;
	if (!path) {
		if (has_more || found->is_store)
			return 0;
		return err_set(e, ERR_NOTFOUND, "docker-credential-%.*s is not in PATH",
		               BYTES_FMT(found->helper));
	}
	int rc = ask_helper(f, path, &got, e);
	if (rc < 0)
		return err_wrap(e, "docker-credential-%.*s", BYTES_FMT(found->helper));
	if (rc)
		*found = got;
	return 0;
}

/* ---- files ---- */

static int from_file(struct fetcher *f, const char *path, struct err *e)
{
	AUTO_BUF struct buf text;
	buf_init(&text, REGISTRY_AUTH_MAX);
	struct registry_auth found;
	if (access(path, F_OK))
		return 0;
	if (file_read(path, REGISTRY_AUTH_MAX, &text, e) < 0)
		return -1;
	int rc = registry_auth_find(f->arena, buf_bytes(&text), &f->ref, &found, e);
	buf_wipe(&text);
	if (rc)
		return err_wrap(e, "%s", path);
	if (found.helper.n && use_helper(f, &found, e))
		return err_wrap(e, "%s", path);
	f->auth = found;
	return 0;
}

static bool has_any(const struct registry_auth *a)
{
	return a->user.n || a->password.n || a->identity_token.n || a->registry_token.n;
}

static int from_files(struct fetcher *f, struct err *e)
{
	const char *docker = env("DOCKER_CONFIG"), *home = env("HOME");
	const char *run = env("XDG_RUNTIME_DIR"), *config = env("XDG_CONFIG_HOME");
	struct arena *a = f->arena;
	const char *const paths[] = {
		env("REGISTRY_AUTH_FILE"),
		docker ? arena_printf(a, "%s/config.json", docker) : NULL,
		run ? arena_printf(a, "%s/containers/auth.json", run) : NULL,
		config ? arena_printf(a, "%s/containers/auth.json", config) : NULL,
		home ? arena_printf(a, "%s/.config/containers/auth.json", home) : NULL,
		home && !docker ? arena_printf(a, "%s/.docker/config.json", home) : NULL,
	};
	for (size_t i = 0; i < ARRAY_LEN(paths) && !has_any(&f->auth); i++) {
		if (paths[i] && from_file(f, paths[i], e))
			return -1;
	}
	return 0;
}

int creds_find(struct fetcher *f, struct err *e)
{
	if (f->has_looked)
		return 0;
	if (f->setup.user.n) {
		f->auth = (struct registry_auth){.user = f->setup.user,
		                                 .password = f->setup.password};
	} else if (from_files(f, e)) {
		return -1;
	}
	f->has_looked = true;
	auth_hide(f->auth.password);
	auth_hide(f->auth.identity_token);
	auth_hide(f->auth.registry_token);
	return 0;
}
