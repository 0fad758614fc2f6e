/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_where.c - where rules hold: environments, repositories, namespaces, classes.
 *
 * Rules only ever tighten, so that what is doubtful holds: a place that is not known matches every
 * pattern, names are compared without case, and a name of Docker Hub in its short and its full
 * form.
 */
#include "policy/policy_parts.h"

#include <string.h>

/* Prefixes of references after which a name stands; after any other known one a path does. */
static const char *const named[] = {
	"registry", "docker", "podman", "containerd", "containers-storage", NULL,
};
static const char *const unnamed[] = {
	"docker-archive", "docker-dir", "oci", "oci-archive", "dir", "tar",
	"sbom",           "dockerfile", NULL,
};
/* What a bare word ends in that is a path (DESIGN section 2, "reference"). */
static const char *const suffixes[] = {
	".oci", ".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst", ".tgz", ".tzst", ".txz", NULL,
};

static bool is_among(struct bytes word, const char *const *words)
{
	while (*words && !bytes_eq(word, bytes_str(*words)))
		words++;
	return *words != NULL;
}

static bool is_path(struct bytes ref)
{
	for (size_t i = 0; suffixes[i]; i++)
		if (bytes_ends(ref, bytes_str(suffixes[i])))
			return true;
	return !ref.n || ref.p[0] == '/' || ref.p[0] == '.';
}

/* The id that a daemon gave an image: it names no repository. */
static bool is_id(struct bytes name)
{
	size_t i = 0;
	while (i < name.n && (is_digit(name.p[i]) || (name.p[i] >= 'a' && name.p[i] <= 'f')))
		i++;
	return bytes_starts(name, B("sha256:")) || (i == name.n && (i == 12 || i == 64));
}

struct bytes policy_repository(struct bytes ref)
{
	struct bytes prefix, name;
	bool is_daemon = false;
	if (bytes_cut(ref, ':', &prefix, &name) && is_among(prefix, unnamed))
		return (struct bytes){0};
	if (name.p && is_among(prefix, named)) {
		is_daemon = !bytes_eq(prefix, B("registry"));
		ref = bytes_starts(name, B("//")) ? bytes_skip(name, 2) : name;
	} else if (is_path(ref)) {
		return (struct bytes){0};
	}
	if (is_daemon && is_id(ref))
		return (struct bytes){0};
	ssize_t at = bytes_find(ref, '@');
	if (at >= 0)
		ref.n = (size_t)at;
	ssize_t slash = bytes_rfind(ref, '/'), colon = bytes_rfind(ref, ':');
	if (colon > slash)
		ref.n = (size_t)colon;
	return ref;
}

struct bytes policy_place(struct arena *a, struct bytes name)
{
	name = bytes_trim(name);
	uint8_t *p = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		p[i] = to_lower(name.p[i]);
	return name.n ? bytes_of(p, name.n) : (struct bytes){0};
}

struct bytes policy_full_name(struct arena *a, struct bytes repository)
{
	static const char *const hub[] = {"index.docker.io", "registry-1.docker.io", NULL};
	struct bytes host, rest;
	bool has_slash = bytes_cut(repository, '/', &host, &rest);
	if (!repository.n)
		return repository;
	if (has_slash && is_among(host, hub))
		repository = rest;
	else if (has_slash && (bytes_find(host, '.') >= 0 || bytes_find(host, ':') >= 0 ||
	                       bytes_eq(host, B("localhost"))))
		return repository;
	bool is_official = bytes_find(repository, '/') < 0;
	return bytes_str(arena_printf(a, "docker.io/%s%.*s", is_official ? "library/" : "",
	                              BYTES_FMT(repository)));
}

/* What is not known is in every pattern; full is another name of the same thing. */
static bool is_in(const struct policy_texts *patterns, struct bytes what, struct bytes full)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (bytes_glob(patterns->v[i], what) ||
		    (full.n && bytes_glob(patterns->v[i], full)))
			return true;
	return !patterns->n || !what.n;
}

bool policy_holds(const struct policy_where *w, const struct policy_place *at)
{
	bool is_class = !w->classes.n || at->is_class_unknown;
	for (size_t i = 0; i < w->classes.n; i++)
		is_class |= bytes_eq(w->classes.v[i], at->class);
	return is_class && is_in(&w->environments, at->environment, (struct bytes){0}) &&
	       is_in(&w->repositories, at->repository, at->full_repository) &&
	       is_in(&w->namespaces, at->namespace, (struct bytes){0});
}

const char *policy_meant(const struct policy *p, struct bytes environment)
{
	AUTO_ARENA struct arena *a = arena_new();
	const char *best = NULL;
	struct bytes name = policy_place(a, environment);
	for (size_t i = 0; i < p->n_rules && name.n; i++) {
		const struct policy_texts *list = &p->rules[i].where.environments;
		for (size_t k = 0; k < list->n; k++) {
			const char *words[] = {arena_printf(a, "%.*s", BYTES_FMT(list->v[k])),
			                       NULL};
			if (bytes_glob(list->v[k], name))
				return NULL;
			if (!best && bytes_nearest(name, words))
				best = (const char *)list->v[k].p;
		}
	}
	return best;
}
