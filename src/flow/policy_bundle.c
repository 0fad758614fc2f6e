/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_bundle.c - a policy with all that it names, as one document.
 *
 *   {"schema": "assay.policy/v1", "name": "...", "revision": N, "policy": "teams/web.yaml",
 *    "files": [{"path": "org.yaml", "text": "..."}, ...]}
 *
 * Paths are relative to the deepest folder that holds them all, in the order of their bytes.
 */
#include "flow/policy_bundle.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An absolute path without "." and "..", which does not follow links. */
static struct bytes flat(struct arena *a, const char *cwd, struct bytes path)
{
	AUTO_BUF struct buf b;
	struct bytes part;
	buf_init(&b, 3 * (size_t)PATH_LEN_MAX);
	struct bytes rest = path.n && path.p[0] == '/'
	                            ? path
	                            : bytes_str(arena_printf(a, "%s/%.*s", cwd, BYTES_FMT(path)));
	while (bytes_split(&rest, '/', &part)) {
		if (!part.n || bytes_eq(part, B(".")))
			continue;
		if (bytes_eq(part, B(".."))) {
			ssize_t at = bytes_rfind(buf_bytes(&b), '/');
			b.n = at > 0 ? (size_t)at : 0;
			continue;
		}
		buf_addc(&b, '/');
		buf_add(&b, part);
	}
	return arena_dup(a, buf_bytes(&b));
}

struct gathering {
	struct arena *a;
	const char *cwd;
	struct policy_bundle *to;
	size_t cap;
};

static int add_file(struct gathering *g, struct bytes path, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	struct policy_bundle *b = g->to;
	struct bytes where = flat(g->a, g->cwd, path);
	for (size_t i = 0; i < b->n; i++)
		if (bytes_eq(b->files[i].path, where))
			return 0;
	if (file_read(arena_str(g->a, path), (size_t)YAML_DOC_MAX, &text, e) < 0)
		return -1;
	if (b->n == g->cap) {
		struct policy_file *v = arena_alloc(g->a, (2 * g->cap + 8) * sizeof *v);
		if (b->n)
			memcpy(v, b->files, b->n * sizeof *v);
		b->files = v;
		g->cap = 2 * g->cap + 8;
	}
	b->files[b->n++] = (struct policy_file){where, arena_dup(g->a, buf_bytes(&text))};
	return 0;
}

static int add_policy(struct gathering *g, const struct policy *p, struct err *e)
{
	struct bytes folder = path_dir(p->file);
	if (add_file(g, p->file, e) < 0)
		return -1;
	if (p->extends_path.n && p->extends_path.p[0] == '/')
		return err_set(e, ERR_USAGE, "%.*s: extends an absolute path: it is not elsewhere",
		               BYTES_FMT(p->file));
	for (size_t i = 0; i < p->waivers.files.n; i++) {
		struct bytes name = p->waivers.files.v[i];
		if (name.p[0] == '/')
			return err_set(
				e, ERR_USAGE,
				"%.*s: names waivers by an absolute path: it is not elsewhere",
				BYTES_FMT(p->file));
		const char *path = arena_printf(g->a, "%.*s%s%.*s", BYTES_FMT(folder),
		                                folder.n ? "/" : "", BYTES_FMT(name));
		if (add_file(g, bytes_str(path), e) < 0)
			return -1;
	}
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return bytes_cmp(((const struct policy_file *)a)->path,
	                 ((const struct policy_file *)b)->path);
}

/* How long the name of the deepest folder that holds all is, with its slash. */
static size_t common(const struct policy_bundle *b)
{
	size_t n = path_dir(b->files[0].path).n + 1;
	for (size_t i = 1; i < b->n; i++)
		while (n > 1 &&
		       !bytes_starts(b->files[i].path, bytes_slice(b->files[0].path, 0, n)))
			for (n--; b->files[0].path.p[n - 1] != '/';)
				n--;
	return n;
}

int policy_bundle_gather(struct arena *a, const struct policy *p, struct policy_bundle *ret,
                         struct err *e)
{
	char cwd[PATH_MAX];
	struct gathering g = {.a = a, .cwd = cwd, .to = ret};
	*ret = (struct policy_bundle){.name = p->name, .revision = p->revision};
	if (!getcwd(cwd, sizeof cwd))
		return err_set(e, ERR_IO, "the working folder: %m");
	for (const struct policy *up = p; up; up = up->extends)
		if (add_policy(&g, up, e) < 0)
			return -1;
	ret->policy = ret->files[0].path;
	size_t n = common(ret);
	ret->policy = bytes_skip(ret->policy, n);
	for (size_t i = 0; i < ret->n; i++)
		ret->files[i].path = bytes_skip(ret->files[i].path, n);
	qsort(ret->files, ret->n, sizeof *ret->files, by_path);
	return 0;
}

int policy_bundle_write(const struct policy_bundle *b, struct buf *to, struct err *e)
{
	struct json_out j;
	jout_init(&j, jout_to_buf, to, false);
	jout_object(&j);
	jout_kstr(&j, "schema", "assay.policy/v1");
	jout_kbytes(&j, "name", b->name);
	jout_kint(&j, "revision", b->revision);
	jout_kbytes(&j, "policy", b->policy);
	jout_key(&j, "files");
	jout_array(&j);
	for (size_t i = 0; i < b->n; i++) {
		if (!bytes_is_utf8(b->files[i].text))
			return jout_end(&j), err_set(e, ERR_FORMAT, "%.*s: is not UTF-8",
			                             BYTES_FMT(b->files[i].path));
		jout_object(&j);
		jout_kbytes(&j, "path", b->files[i].path);
		jout_kbytes(&j, "text", b->files[i].text);
		jout_object_end(&j);
	}
	jout_array_end(&j);
	jout_object_end(&j);
	return jout_end(&j) ? err_set(e, ERR_LIMIT, "the policy and its files are too large") : 0;
}

/* Whether a path stays below the folder that it is put into. */
static bool is_below(struct bytes path)
{
	struct bytes part, rest = path;
	if (!path.n || path.n > (size_t)PATH_LEN_MAX || path.p[0] == '/' ||
	    memchr(path.p, 0, path.n) || bytes_eq(path, B(POLICY_BUNDLE_FILE)))
		return false;
	if (bytes_ends(path, B("/")))
		return false;
	while (bytes_split(&rest, '/', &part))
		if (!part.n || bytes_eq(part, B(".")) || bytes_eq(part, B("..")))
			return false;
	return true;
}

int policy_bundle_read(struct arena *a, struct bytes text, const char *name,
                       struct policy_bundle *ret, struct err *e)
{
	const struct jnode *o, *files;
	uint64_t revision;
	if (jdoc_load(a, text, name, (size_t)JSON_DOC_MAX, &o, e) < 0)
		return -1;
	files = jnode_list(o, "files");
	struct policy_bundle b = {
		.name = jnode_text(o, "name"),
		.policy = jnode_text(o, "policy"),
		.files = arena_alloc(a, (jnode_count(files) + 1) * sizeof *b.files)};
	if (!bytes_eq(jnode_text(o, "schema"), B("assay.policy/v1")))
		return err_set(e, ERR_UNSUPPORTED, "%.100s: its schema is not assay.policy/v1",
		               name);
	if (!b.name.n || !jnode_u64(o, "revision", INT64_MAX, &revision) || !revision)
		return err_set(e, ERR_FORMAT, "%.100s: it has no name or revision", name);
	b.revision = (int64_t)revision;
	bool has_policy = false;
	for (; b.n < jnode_count(files); b.n++) {
		struct policy_file *f = &b.files[b.n];
		*f = (struct policy_file){jnode_text(&files->v[b.n], "path"),
		                          jnode_text(&files->v[b.n], "text")};
		if (!is_below(f->path) || (b.n && bytes_cmp(f[-1].path, f->path) >= 0))
			return err_set(e, ERR_FORMAT, "%.100s: \"%.*s\" is no path of a file in it",
			               name, BYTES_FMT(bytes_slice(f->path, 0, 60)));
		has_policy |= bytes_eq(f->path, b.policy);
	}
	if (!has_policy)
		return err_set(e, ERR_FORMAT, "%.100s: does not hold its policy", name);
	*ret = b;
	return 0;
}
