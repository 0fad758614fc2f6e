/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_where.c - where the daemon is: what the environment or docker's context says, or the
 * usual sockets.
 *
 * Sources: docker(1) "Environment variables" and docker-context(1), whose files are
 * contexts/meta/SHA256/meta.json and contexts/tls/SHA256/docker/ beside config.json;
 * podman-remote(1), CONTAINER_HOST.
 */
#include "source/fetcher.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *env(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

/* ---- what an address says ---- */

static int use_socket(struct fetcher *f, const char *path, struct err *e)
{
	if (access(path, R_OK | W_OK))
		return err_set(e, access(path, F_OK) ? ERR_NOTFOUND : ERR_IO, "%s: %m", path);
	f->socket = path;
	f->api = B("localhost");
	f->is_plain = true;
	f->daemon_at = arena_printf(f->arena, "unix://%s", path);
	return 0;
}

static int use_network(struct fetcher *f, struct bytes host, const char *tls_dir, bool is_tls,
                       struct err *e)
{
	host = bytes_slice(host, 0,
	                   bytes_find(host, '/') < 0 ? host.n : (size_t)bytes_find(host, '/'));
	if (f->setup.is_offline)
		return err_set(e, ERR_USAGE, "--offline, and the daemon is at %.*s",
		               BYTES_FMT(bytes_slice(host, 0, 100)));
	f->api = arena_dup(f->arena, host);
	f->is_plain = !is_tls;
	f->daemon_at =
		arena_printf(f->arena, "%s://%.*s", is_tls ? "https" : "http", BYTES_FMT(host));
	return is_tls ? trust_load_daemon(f, tls_dir ? tls_dir : "", e) : 0;
}

/* "unix:///PATH", "tcp://HOST:PORT", "http://", "https://". */
static int use_address(struct fetcher *f, const char *text, const char *tls_dir, bool is_tls,
                       struct err *e)
{
	struct bytes all = bytes_str(text), scheme, rest;
	if (!bytes_cut(all, ':', &scheme, &rest) || !bytes_starts(rest, B("//")))
		return err_set(e, ERR_USAGE, "\"%.100s\" is no address of a daemon", text);
	rest = bytes_skip(rest, 2);
	if (bytes_eq(scheme, B("unix")))
		return use_socket(f, arena_str(f->arena, rest), e);
	if (bytes_eq(scheme, B("https")))
		return use_network(f, rest, tls_dir, true, e);
	if (bytes_eq(scheme, B("tcp")) || bytes_eq(scheme, B("http")))
		return use_network(f, rest, tls_dir, is_tls && !bytes_eq(scheme, B("http")), e);
	return err_set(
		e, ERR_UNSUPPORTED,
		"a daemon behind %.*s:// is not reached: forward its socket, and name that in "
		"DOCKER_HOST or CONTAINER_HOST",
		BYTES_FMT(bytes_slice(scheme, 0, 20)));
}

/* ---- docker's contexts ---- */

static const char *docker_dir(struct fetcher *f)
{
	if (env("DOCKER_CONFIG"))
		return env("DOCKER_CONFIG");
	return env("HOME") ? arena_printf(f->arena, "%s/.docker", env("HOME")) : NULL;
}

/* The name of the context, absent for the default one. */
static int context_name(struct fetcher *f, const char *dir, struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *root = NULL;
	const char *path = arena_printf(f->arena, "%s/config.json", dir);
	*ret = bytes_str(env("DOCKER_CONTEXT"));
	if (!ret->n && access(path, F_OK) == 0) {
		if (file_read(path, REGISTRY_AUTH_MAX, &text, e) < 0)
			return -1;
		int rc = json_load_data(buf_bytes(&text), path, REGISTRY_AUTH_MAX, &root, NULL);
		buf_wipe(&text);
		if (rc)
			return err_set(e, ERR_FORMAT, "%s: no JSON", path);
		*ret = arena_dup(f->arena, json_text(root, "currentContext"));
	}
	if (bytes_eq(*ret, B("default")))
		*ret = (struct bytes){NULL, 0};
	return 0;
}

static int use_context(struct fetcher *f, const char *dir, struct bytes name, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *root = NULL;
	char digest[DIGEST_TEXT_MAX];
	struct digest d = digest_of(name);
	const char *id = digest_text(&d, digest) + strlen("sha256:");
	const char *path = arena_printf(f->arena, "%s/contexts/meta/%s/meta.json", dir, id);
	const char *tls = arena_printf(f->arena, "%s/contexts/tls/%s/docker", dir, id);
	if (file_read(path, REGISTRY_AUTH_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), path, REGISTRY_AUTH_MAX, &root, e))
		return err_wrap(e, "docker's context \"%.*s\"",
		                BYTES_FMT(bytes_slice(name, 0, 60)));
	const json_t *docker = json_obj(json_obj(root, "Endpoints"), "docker");
	struct bytes host = json_text(docker, "Host");
	if (!host.n)
		return err_set(e, ERR_FORMAT, "%s: names no host", path);
	return use_address(f, arena_str(f->arena, host), tls, access(tls, F_OK) == 0, e);
}

/* ---- the usual places ---- */

/* The first that is there. */
static int use_usual(struct fetcher *f, const char *const paths[], size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (paths[i] && access(paths[i], F_OK) == 0)
			return use_socket(f, paths[i], e);
	}
	return err_set(e, ERR_NOTFOUND, "no %.*s runs here: no socket at %s",
	               BYTES_FMT(f->setup.daemon), paths[0]);
}

static int find_docker(struct fetcher *f, struct err *e)
{
	const char *host = env("DOCKER_HOST"), *dir = docker_dir(f),
		   *certs = env("DOCKER_CERT_PATH");
	const char *run = env("XDG_RUNTIME_DIR"), *home = env("HOME");
	struct arena *a = f->arena;
	struct bytes context;
	if (host)
		return use_address(f, host, certs ? certs : dir,
		                   env("DOCKER_TLS_VERIFY") || env("DOCKER_CERT_PATH"), e);
	if (dir) {
		if (context_name(f, dir, &context, e))
			return -1;
		if (context.n)
			return use_context(f, dir, context, e);
	}
	const char *const paths[] = {
		"/var/run/docker.sock",
		run ? arena_printf(a, "%s/docker.sock", run) : NULL,
		home ? arena_printf(a, "%s/.docker/run/docker.sock", home) : NULL,
		home ? arena_printf(a, "%s/.docker/desktop/docker.sock", home) : NULL,
	};
	return use_usual(f, paths, ARRAY_LEN(paths), e);
}

static int find_podman(struct fetcher *f, struct err *e)
{
	const char *run = env("XDG_RUNTIME_DIR");
	struct arena *a = f->arena;
	if (env("CONTAINER_HOST"))
		return use_address(f, env("CONTAINER_HOST"), NULL, false, e);
	const char *own = geteuid() == 0 ? NULL
	                  : run          ? arena_printf(a, "%s/podman/podman.sock", run)
	                        : arena_printf(a, "/run/user/%u/podman/podman.sock", geteuid());
	const char *const paths[] = {own ? own : "/run/podman/podman.sock",
	                             "/run/podman/podman.sock"};
	if (use_usual(f, paths, ARRAY_LEN(paths), e) == 0)
		return 0;
	return e->kind == ERR_NOTFOUND ? err_wrap(e, "containers-storage:NAME needs no service")
	                               : -1;
}

int daemon_find(struct fetcher *f, struct err *e)
{
	if (f->daemon_at)
		return 0;
	return bytes_eq(f->setup.daemon, B("podman")) ? find_podman(f, e) : find_docker(f, e);
}
