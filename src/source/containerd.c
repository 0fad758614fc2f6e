/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd.c - containerd:NAME|ID, an image in containerd's content store, read from its folder.
 *
 * Names lie in meta.db (v1/NAMESPACE/images/NAME/target/digest); all else is named by digest below
 * blobs/, as in an OCI layout.  CONTAINERD_NAMESPACE names one namespace; else all are looked
 * through. Source: containerd, core/metadata/buckets.go, docs/content-flow.md.
 */
#include "source/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 5 };

struct local {
	const char *root;
	struct digest target;
	struct bytes text; /* of the manifest or index */
	struct bytes ns;   /* namespace it was found in; absent: by digest */
};

/* ---- where ---- */

static const char *meta_of(struct arena *a, const char *root)
{
	return arena_printf(a, "%s/io.containerd.metadata.v1.bolt/meta.db", root);
}

/* The folder named, or the first usual one that there is. */
static const char *root_of(struct source *s)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	const char *const usual[] = {
		"/var/lib/containerd",
		"/var/lib/rancher/k3s/agent/containerd",
		"/var/lib/rancher/rke2/agent/containerd",
		"/var/snap/microk8s/common/var/lib/containerd",
		data && *data ? arena_printf(s->a, "%s/containerd", data) : NULL,
		home && *home ? arena_printf(s->a, "%s/.local/share/containerd", home) : NULL,
	};
	if (s->o.containerd_root.n)
		return arena_str(s->a, s->o.containerd_root);
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (usual[i] && (access(usual[i], X_OK) == 0 || errno == EACCES) &&
		    (access(meta_of(s->a, usual[i]), F_OK) == 0 || errno == EACCES))
			return usual[i];
	}
	return usual[0];
}

/* ---- the name ---- */

static int read_meta(void *arg, uint64_t offset, void *p, size_t n, struct err *e)
{
	const int *fd = arg;
	return fd_pread_exact(*fd, "meta.db", p, n, offset, e);
}

struct search {
	struct source *s;
	struct boltdb *db;
	struct bytes keys[2]; /* as containerd writes names */
	const char *only;     /* namespace; NULL: all */
	struct digest found;
	struct bytes ns;
	size_t n_found;
};

/* The bucket or value beneath a path of keys; 1, 0, -1. */
static int descend(struct search *q, const struct boltdb_bucket *from, const struct bytes keys[],
                   size_t n, struct boltdb_item *ret, struct err *e)
{
	struct boltdb_bucket at = *from;
	for (size_t i = 0; i < n; i++) {
		int rc = boltdb_get(q->db, q->s->a, &at, keys[i], ret, e);
		if (rc <= 0 || i + 1 == n)
			return rc;
		if (!ret->is_bucket)
			return 0;
		at = ret->bucket;
	}
	return 0;
}

static int look_in(void *arg, const struct boltdb_item *ns, struct err *e)
{
	struct search *q = arg;
	struct boltdb_item it;
	struct digest d;
	if (!ns->is_bucket || (q->only && !bytes_eq(ns->key, bytes_str(q->only))))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(q->keys); i++) {
		if (!q->keys[i].n)
			continue;
		const struct bytes path[] = {B("images"), q->keys[i], B("target"), B("digest")};
		int rc = descend(q, &ns->bucket, path, ARRAY_LEN(path), &it, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		if (digest_parse(it.value, &d, e))
			return err_wrap(e, "namespace %.*s", BYTES_FMT(ns->key));
		if (q->n_found && !digest_eq(&d, &q->found))
			return err_set(e, ERR_USAGE,
			               "namespaces %.*s and %.*s have different images of that "
			               "name: set CONTAINERD_NAMESPACE",
			               BYTES_FMT(q->ns), BYTES_FMT(ns->key));
		q->found = d;
		q->ns = arena_dup(q->s->a, ns->key);
		q->n_found++;
		return 0;
	}
	return 0;
}

static int search_once(struct search *q, struct err *e)
{
	struct boltdb_item v1;
	struct boltdb_bucket root = boltdb_root(q->db);
	q->n_found = 0;
	int rc = boltdb_get(q->db, q->s->a, &root, B("v1"), &v1, e);
	if (rc <= 0 || !v1.is_bucket)
		return rc < 0 ? -1 : 0;
	return boltdb_each(q->db, q->s->a, &v1.bucket, look_in, q, e);
}

/* containerd may be writing: what was read counts when no commit came in between. */
static int search(struct search *q, struct err *e)
{
	struct boltdb now = *q->db;
	for (int i = 0; i < TRIES; i++) {
		if (boltdb_open(q->db, e))
			return -1;
		int rc = search_once(q, e);
		if (boltdb_open(&now, e))
			return -1;
		if (now.commit == q->db->commit)
			return rc;
	}
	return err_set(e, ERR_IO, "containerd writes its database all the time: try again");
}

static int find_name(struct source *s, struct err *e)
{
	struct local *l = s->local;
	const char *path = meta_of(s->a, l->root);
	const char *only = getenv("CONTAINERD_NAMESPACE");
	struct registry_ref r;
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO,
		               "open %s: %m", path);
	struct boltdb db = {.read = read_meta, .arg = &fd};
	struct search q = {.s = s, .db = &db, .only = only && *only ? only : NULL};
	q.keys[0] = bytes_str(s->ref.path);
	if (registry_ref_parse(s->a, q.keys[0], &r, NULL) == 0)
		q.keys[1] = bytes_str(arena_printf(s->a, "%.*s/%.*s:%.*s", BYTES_FMT(r.host),
		                                   BYTES_FMT(r.repository), BYTES_FMT(r.tag)));
	if (search(&q, e))
		return err_wrap(e, "%s", path);
	if (!q.n_found)
		return err_set(e, ERR_NOTFOUND, "containerd has no image %.100s", s->ref.path);
	l->target = q.found;
	l->ns = q.ns;
	return 0;
}

/* ---- the kind ---- */

static int name(struct source *s, struct bytes text, struct err *e)
{
	struct registry_ref r = {.digest = {.algo = DIGEST_NONE}};
	struct digest id;
	if (digest_parse(text, &id, NULL) && registry_ref_parse(s->a, arena_dup(s->a, text), &r, e))
		return -1;
	free(s->ref.path);
	s->ref.path = mem_strdup(arena_str(s->a, text));
	s->ref.digest = r.digest;
	return 0;
}

static int load_target(struct source *s, struct err *e)
{
	struct local *l = s->local;
	char text[DIGEST_TEXT_MAX];
	struct bytes b;
	if (shelf_load(s, blob_name(s, &l->target), (size_t)OCI_MANIFEST_MAX, &b, e))
		return -1;
	struct digester *h = digester_new(l->target.algo);
	digester_add(h, b);
	struct digest have = digester_end(h);
	digester_free(h);
	if (!digest_eq(&have, &l->target))
		return err_set(e, ERR_DIGEST, "the content store has other bytes under %s",
		               digest_text(&l->target, text));
	l->text = b;
	return 0;
}

static int open_containerd(struct source *s, struct err *e)
{
	struct local *l = s->local = arena_alloc(s->a, sizeof *l);
	l->root = root_of(s);
	l->target = s->ref.digest;
	s->ref.digest = (struct digest){.algo = DIGEST_NONE};
	const char *path = arena_printf(s->a, "%s/io.containerd.content.v1.content", l->root);
	if (l->target.algo == DIGEST_NONE && find_name(s, e))
		return err_wrap(e, "containerd:%s", s->ref.path);
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (s->fd < 0)
		return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO,
		               "containerd:%s: open %s: %m", s->ref.path, path);
	if (folder_open(s, e) || load_target(s, e))
		return err_wrap(e, "containerd:%s", s->ref.path);
	return 0;
}

static int collect(struct source *s, struct err *e)
{
	return index_collect_root(s, s->local->text, (struct bytes){NULL, 0}, &s->local->target, e);
}

static int fill(struct source *s, const struct candidate *c, struct source_image *ret,
                struct err *e)
{
	const struct local *l = s->local;
	note_add(s, "image.source", false, "found in containerd at %s%s%.*s%s%.*s", l->root,
	         l->ns.n ? ", namespace " : ", by its digest", BYTES_FMT(l->ns),
	         s->asked.n ? "; " : "", BYTES_FMT(s->asked));
	return index_fill(s, c, ret, e);
}

static int layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e)
{
	return s->shelf.open(s->shelf.arg, l->name, ret, e);
}

extern const struct source_kind source_containerd;

const struct source_kind source_containerd = {
	.prefix = "containerd",
	.name = name,
	.open = open_containerd,
	.collect = collect,
	.fill = fill,
	.layer = layer,
	.trust = "judged by digest",
	.may_cache = true,
};
