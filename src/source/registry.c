/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.c - registry:HOST/NAME[:TAG|@DIGEST], or the name alone.
 *
 * A tag is resolved once; all else is asked for by digest, so that an answer that changes in
 * between cannot mix two images.  Source: OCI distribution-spec, "Pull".
 */
#include "source/pull.h"

#include <stdlib.h>

#include "source/parts.h"

struct remote {
	struct registry_ref name;
	struct puller *puller;
	struct pull_document root;
	struct digest held; /* the blob that was loaded last: a config is asked for twice */
	struct bytes held_text;
};

static const char *const transports[] = {
	[PULL_TLS] = "https",
	[PULL_TLS_UNVERIFIED] = "https, its certificate not verified (--insecure)",
	[PULL_PLAIN] = "plain http",
};

/* ---- the shelf ---- */

/* Whether a registry has something is seen when it is fetched. */
static bool find(void *arg, struct bytes text, struct bytes *ret_real, uint64_t *ret_size)
{
	(void)arg;
	*ret_real = text;
	*ret_size = 0;
	return true;
}

static int load_descriptor(void *arg, const struct oci_descriptor *d, size_t max, struct bytes *ret,
                           struct err *e)
{
	struct source *s = arg;
	struct remote *r = s->remote;
	struct pull_document doc;
	char text[DIGEST_TEXT_MAX];
	if (digest_eq(&d->digest, &r->root.digest)) {
		*ret = r->root.text;
		return 0;
	}
	digest_text(&d->digest, text);
	if (d->size > max)
		return err_set(e, ERR_LIMIT, "%s: %llu bytes, at most %zu", text,
		               (unsigned long long)d->size, max);
	enum oci_media m = oci_media(d->media_type);
	if (m != OCI_MEDIA_MANIFEST && m != OCI_MEDIA_INDEX) {
		if (r->held.algo && digest_eq(&r->held, &d->digest) && r->held_text.n == d->size) {
			*ret = r->held_text;
			return 0;
		}
		if (puller_blob(r->puller, s->a, &d->digest, d->size, ret, e))
			return err_wrap(e, "%.19s", text);
		r->held = d->digest;
		r->held_text = *ret;
		return 0;
	}
	if (puller_manifest(r->puller, s->a, bytes_str(text), &doc, e))
		return err_wrap(e, "%.19s", text);
	/* a body that two clients would read as two things */
	if (doc.media_type.n && !bytes_eq(doc.media_type, d->media_type))
		return err_set(e, ERR_FORMAT, "%.19s: the registry sends %.*s, the index says %.*s",
		               text, BYTES_FMT(doc.media_type), BYTES_FMT(d->media_type));
	*ret = doc.text;
	return 0;
}

static int tagged(void *arg, struct bytes tag, struct artifact_document *ret, struct err *e)
{
	struct source *s = arg;
	struct pull_document doc;
	if (puller_manifest_at(s->remote->puller, s->a, tag, s->remote->root.where, &doc, e) ||
	    document_count(s, doc.text.n, e))
		return -1;
	*ret = (struct artifact_document){doc.text, doc.media_type, doc.digest};
	return 0;
}

/* distribution-spec, "Listing Referrers": an index, in pages where there are many. */
static int referrers(void *arg, const struct digest *d, struct oci_document *ret, struct err *e)
{
	struct source *s = arg;
	char digest[DIGEST_TEXT_MAX];
	struct bytes what = bytes_str(digest_text(d, digest)), text;
	struct oci_document all = {.kind = OCI_MEDIA_INDEX};
	for (int page = 0; what.n && page < (int)REFERRER_PAGES_MAX; page++) {
		struct oci_document one;
		if (puller_referrers(s->remote->puller, s->a, &what, s->remote->root.where, &text,
		                     e) ||
		    document_count(s, text.n, e) ||
		    oci_parse(s->a, text, "referrers", (struct bytes){NULL, 0}, &one, e))
			return -1;
		if (one.kind != OCI_MEDIA_INDEX)
			return err_set(e, ERR_FORMAT, "referrers: a manifest, not an index");
		struct oci_descriptor *v =
			arena_alloc(s->a, (all.n_manifests + one.n_manifests + 1) * sizeof *v);
		for (size_t i = 0; i < all.n_manifests; i++)
			v[i] = all.manifests[i];
		for (size_t i = 0; i < one.n_manifests; i++)
			v[all.n_manifests + i] = one.manifests[i];
		all.manifests = v;
		all.n_manifests += one.n_manifests;
	}
	if (what.n)
		return err_set(e, ERR_LIMIT, "referrers: more than %d pages",
		               (int)REFERRER_PAGES_MAX);
	*ret = all;
	return 0;
}

static void know(void *arg, struct source_layer *l)
{
	(void)arg;
	l->is_known = l->digest.algo != DIGEST_NONE;
}

/* ---- the kind ---- */

static int name(struct source *s, struct bytes text, struct err *e)
{
	struct remote *r = arena_alloc(s->a, sizeof *r);
	char digest[DIGEST_TEXT_MAX] = "";
	if (registry_ref_parse(s->a, arena_dup(s->a, text), &r->name, e))
		return -1;
	const struct registry_ref *n = &r->name;
	if (n->digest.algo)
		digest_text(&n->digest, digest);
	free(s->ref.path);
	s->ref.path = mem_strdup(arena_printf(s->a, "%.*s/%.*s%s%.*s%s%s", BYTES_FMT(n->host),
	                                      BYTES_FMT(n->repository), n->tag.n ? ":" : "",
	                                      BYTES_FMT(n->tag), *digest ? "@" : "", digest));
	s->remote = r;
	return 0;
}

static int resolve(struct source *s, struct err *e)
{
	struct remote *r = s->remote;
	char text[DIGEST_TEXT_MAX];
	const struct digest *want = &r->name.digest;
	struct bytes which = want->algo ? bytes_str(digest_text(want, text)) : r->name.tag;
	if (puller_manifest(r->puller, s->a, which, &r->root, e))
		return -1;
	if (!want->algo)
		return 0;
	struct digester *h = digester_new(want->algo);
	digester_add(h, r->root.text);
	struct digest have = digester_end(h);
	digester_free(h);
	if (!digest_eq(&have, want))
		return err_set(e, ERR_DIGEST,
		               "the registry sent a manifest with another digest, %s",
		               digest_text(&have, text));
	r->root.digest = have;
	return 0;
}

static int open_registry(struct source *s, struct err *e)
{
	struct remote *r = s->remote;
	const struct source_registry *o = &s->o.registry;
	if (s->o.is_offline)
		return err_set(e, ERR_USAGE, "%s: --offline, and a registry is asked for",
		               s->ref.path);
	const struct pull_setup setup = pull_setup_of(r->name.host, r->name.repository, o);
	r->puller = pool_take(s->o.pool, &setup);
	s->shelf = (struct shelf){.arg = s,
	                          .find = find,
	                          .know = know,
	                          .load_descriptor = load_descriptor,
	                          .tagged = tagged,
	                          .referrers = referrers};
	if (resolve(s, e))
		return err_wrap(e, "%s", s->ref.path);
	return 0;
}

static int collect(struct source *s, struct err *e)
{
	const struct remote *r = s->remote;
	return index_collect_root(s, r->root.text, r->root.media_type, &r->root.digest, e);
}

static int fill(struct source *s, const struct candidate *c, struct source_image *ret,
                struct err *e)
{
	const struct remote *r = s->remote;
	note_add(s, "image.source", false, "pulled from %.*s over %s%s%.*s",
	         BYTES_FMT(r->root.where), transports[r->root.transport], s->asked.n ? "; " : "",
	         BYTES_FMT(s->asked));
	return index_fill(s, c, ret, e);
}

static int layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e)
{
	struct remote *r = s->remote;
	return puller_open(r->puller, &l->digest, (uint64_t)l->size, ret, e);
}

static void close_registry(struct source *s)
{
	if (s->remote)
		pool_give(s->o.pool, s->remote->puller);
}

extern const struct source_kind source_registry;

const struct source_kind source_registry = {
	.prefix = "registry",
	.name = name,
	.open = open_registry,
	.collect = collect,
	.fill = fill,
	.layer = layer,
	.close = close_registry,
	.trust = "judged by digest",
	.may_cache = true,
};
