/* SPDX-License-Identifier: Apache-2.0 */
/*
 * github.c - GitHub's dependency snapshot: packages, a manifest for each file that states them.
 *
 * Commit, branch and job are what the environment of an action says.
 * Source: GitHub REST API, "Create a snapshot of dependencies for a repository".
 */
#include "render/bom.h"

#include <stdlib.h>
#include <string.h>

struct snapshot {
	struct json_out j;
	struct bom bom;
	struct map *needed; /* refs of packages that another needs */
};

static const char *env(const char *name, const char *fallback)
{
	const char *v = getenv(name);
	return v && *v ? v : fallback;
}

static void put_job(struct snapshot *s)
{
	struct json_out *j = &s->j;
	jout_kint(j, "version", 0);
	jout_key(j, "job");
	jout_object(j);
	jout_kstr(j, "id", env("GITHUB_RUN_ID", "0"));
	jout_kstr(j, "correlator",
	          arena_printf(s->bom.a, "%s_%s", env("GITHUB_WORKFLOW", "assay"),
	                       env("GITHUB_JOB", "assay")));
	jout_object_end(j);
	jout_kstr(j, "sha", env("GITHUB_SHA", "0000000000000000000000000000000000000000"));
	jout_kstr(j, "ref", env("GITHUB_REF", "refs/heads/main"));
	jout_key(j, "detector");
	jout_object(j);
	jout_kstr(j, "name", "assay");
	jout_kstr(j, "version", ASSAY_VERSION);
	jout_kstr(j, "url", "https://example.org/assay");
	jout_object_end(j);
	jout_kstr(j, "scanned", s->bom.time[0] ? s->bom.time : "1970-01-01T00:00:00Z");
}

/* The application itself is none of its dependencies. */
static bool is_own(const struct bom_package *p) { return p->p->scope == SCOPE_OWN; }

static void put_needed(void *arg, const struct bom_package *to)
{
	struct snapshot *s = arg;
	jout_bytes(&s->j, to->ref);
}

static void note_needed(void *arg, const struct bom_package *to)
{
	struct snapshot *s = arg;
	map_put(s->needed, to->ref, NULL);
}

static void put_package(struct snapshot *s, size_t i)
{
	struct json_out *j = &s->j;
	const struct bom_package *p = &s->bom.packages[i];
	jout_key_bytes(j, p->ref);
	jout_object(j);
	jout_kbytes(j, "package_url", p->purl);
	jout_kstr(j, "relationship", map_get(s->needed, p->ref) ? "indirect" : "direct");
	jout_kstr(j, "scope", p->p->scope == SCOPE_DEV ? "development" : "runtime");
	jout_key(j, "dependencies");
	jout_array(j);
	bom_depends(&s->bom, i, put_needed, s);
	jout_array_end(j);
	jout_object_end(j);
}

static struct bytes path_of(const struct bom_package *p)
{
	return p->p->paths.n ? p->p->paths.v[0] : B("unknown");
}

static int by_path(const void *pa, const void *pb, void *arg)
{
	const size_t *a = pa, *b = pb;
	const struct bom *bom = arg;
	int c = bytes_cmp(path_of(&bom->packages[*a]), path_of(&bom->packages[*b]));
	return c ? c : (*a > *b) - (*a < *b);
}

static void put_manifests(struct snapshot *s)
{
	struct json_out *j = &s->j;
	size_t *order = arena_alloc(s->bom.a, s->bom.n * sizeof *order), n = 0;
	for (size_t i = 0; i < s->bom.n; i++) {
		if (s->bom.packages[i].purl.n && !is_own(&s->bom.packages[i]))
			order[n++] = i;
	}
	if (n)
		qsort_r(order, n, sizeof *order, by_path, &s->bom);
	jout_key(j, "manifests");
	jout_object(j);
	for (size_t i = 0; i < n; i++) {
		struct bytes path = path_of(&s->bom.packages[order[i]]);
		bool is_first = !i || !bytes_eq(path, path_of(&s->bom.packages[order[i - 1]]));
		if (is_first) {
			jout_key_bytes(j, path);
			jout_object(j);
			jout_kbytes(j, "name", path);
			jout_key(j, "file");
			jout_object(j);
			jout_kbytes(j, "source_location", path);
			jout_object_end(j);
			jout_key(j, "resolved");
			jout_object(j);
		}
		put_package(s, order[i]);
		if (i + 1 == n || !bytes_eq(path, path_of(&s->bom.packages[order[i + 1]]))) {
			jout_object_end(j);
			jout_object_end(j);
		}
	}
	jout_object_end(j);
}

static int github_write(const struct report *const *r, size_t n, const struct render_options *o,
                        FILE *out, struct err *e)
{
	AUTO_MAP struct map *needed = map_new();
	struct snapshot s = {.needed = needed};
	if (bom_single(n, o, "a snapshot of dependencies", e) < 0)
		return -1;
	bom_init(&s.bom, r[0], o);
	jout_init(&s.j, jout_to_file, out, true);
	jout_object(&s.j);
	for (size_t i = 0; i < s.bom.n; i++) {
		if (!is_own(&s.bom.packages[i])) /* what the application needs is direct */
			bom_depends(&s.bom, i, note_needed, &s);
	}
	put_job(&s);
	put_manifests(&s);
	jout_object_end(&s.j);
	int rc = jout_end(&s.j);
	bom_fini(&s.bom);
	if (rc < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

static const char *const aliases[] = {"github-json", NULL};

const struct render_form render_form_github = {
	.name = "github",
	.aliases = aliases,
	.title = "GitHub's dependency snapshot",
	.suffix = ".json",
	.is_single = true,
	.write = github_write,
};
