/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare.c - a name alone: what this machine has of it, or else its registry.
 *
 * A digest is looked for only where it can be verified.  That a place cannot be asked is said in
 * the report, and is no error: the registry has the image too.
 */
#include "source/parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const char *path) { return path && access(path, F_OK) == 0; }

static const char *below(struct arena *a, const char *variable, const char *rest)
{
	const char *top = getenv(variable);
	return top && *top ? arena_printf(a, "%s/%s", top, rest) : NULL;
}

static bool is_set(const char *variable)
{
	const char *v = getenv(variable);
	return v && *v;
}

/* Is it worth a process to ask?  Only what costs nothing is looked at. */
static bool may_have_docker(struct arena *a)
{
	return is_set("DOCKER_HOST") || is_set("DOCKER_CONTEXT") ||
	       is_there("/var/run/docker.sock") ||
	       is_there(below(a, "XDG_RUNTIME_DIR", "docker.sock")) ||
	       is_there(below(a, "DOCKER_CONFIG", "contexts/meta")) ||
	       is_there(below(a, "HOME", ".docker/contexts/meta")) ||
	       is_there(below(a, "HOME", ".docker/run/docker.sock"));
}

static bool may_have_podman(struct arena *a)
{
	return is_set("CONTAINER_HOST") || is_there("/run/podman/podman.sock") ||
	       is_there(below(a, "XDG_RUNTIME_DIR", "podman/podman.sock")) ||
	       is_there(arena_printf(a, "/run/user/%u/podman/podman.sock", geteuid()));
}

static const struct place {
	const char *prefix;
	bool (*may_have)(struct arena *a); /* NULL: its open says at no cost */
	bool is_verified;                  /* a digest asked for can be proved */
} places[] = {
	{"docker",             may_have_docker, false},
	{"podman",             may_have_podman, false},
	{"containerd",         NULL,            true },
	{"containers-storage", NULL,            true },
};

static const struct source_kind *kind_of(const struct place *p)
{
	size_t i = 0;
	while (strcmp(source_kinds[i]->prefix, p->prefix) != 0)
		i++;
	return source_kinds[i];
}

/* As it was before an attempt that came to nothing. */
static void undo(struct source *s)
{
	if (s->ref.kind->close)
		s->ref.kind->close(s);
	archive_close(s);
	s->stream = NULL;
	s->local = NULL;
	s->remember_as = (struct bytes){NULL, 0};
	s->shelf = (struct shelf){.arg = NULL};
	s->ref.digest = (struct digest){.algo = DIGEST_NONE};
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static int try(struct source *s, const struct place *p, struct err *e)
{
	struct remote *remote = s->remote;
	s->ref.kind = kind_of(p);
	s->remote = NULL;
	if (s->ref.kind->name(s, s->reference, e) == 0 && s->ref.kind->open(s, e) == 0)
		return 0;
	undo(s);
	s->remote = remote;
	return -1;
}

int bare_open(struct source *s, struct err *e)
{
	const struct source_kind *registry = s->ref.kind;
	bool by_digest = bytes_find(s->reference, '@') >= 0;
	struct err why = {.kind = ERR_NONE};
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct place *p = &places[i];
		if ((by_digest && !p->is_verified) || (p->may_have && !p->may_have(s->a)))
			continue;
		if (try(s, p, &why) == 0)
			return 0;
		if (why.kind != ERR_NOTFOUND)
			s->asked = bytes_str(arena_printf(
				s->a, "%.*s%s%s was not asked: %s", BYTES_FMT(s->asked),
				s->asked.n ? "; " : "", p->prefix, why.msg));
	}
	s->ref.kind = registry;
	if (registry->name(s, s->reference, e) == 0 && registry->open(s, e) == 0)
		return 0;
	return s->asked.n ? err_wrap(e, "%.*s", BYTES_FMT(bytes_slice(s->asked, 0, 100))) : -1;
}
