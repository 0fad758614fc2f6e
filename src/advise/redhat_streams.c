/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redhat_streams.c - from which of Red Hat's streams each package of an image comes.
 *
 * A package is from the content sets of the layer that brought it; a layer that names none has
 * those of the nearest one below, else above (manifests are put in after the packages).  An image
 * that names none is of the main stream, or of what its label "cpe" says.
 *
 * A longer-lived stream decides what it speaks of; for the rest the main stream is asked: "it is
 * also necessary to check for the existence of a main stream CPEs as well, if the vulnerability is
 * unfixed or did not release a fix to the xUS stream" (Red Hat's guidance, "CPE Matching Logic").
 */
#include "advise/redhat.h"

struct layer_set {     /* what one layer was built from */
	int32_t layer; /* -1: the image's label */
	bool has_main;
	struct bytes streams[REDHAT_PRODUCTS_MAX], products[REDHAT_PRODUCTS_MAX];
	size_t n_streams, n_products;
};

struct redhat_streams {
	struct bytes ns; /* the main stream: "rhel:9" */
	struct arena *arena;
	struct layer_set *layers; /* by layer, from below */
	size_t n_layers;
	size_t n_unknown, n_guessed, n_dropped;
	struct bytes unknown; /* the first */
};

static void space_add(struct redhat_streams *s, struct bytes *list, size_t *n, struct bytes ns)
{
	for (size_t i = 0; i < *n; i++) {
		if (bytes_eq(list[i], ns))
			return;
	}
	if (*n == REDHAT_PRODUCTS_MAX)
		s->n_dropped++;
	else
		list[(*n)++] = arena_dup(s->arena, ns);
}

/* A namespace that a content set stands for; those of other releases are not asked. */
static void select_ns(struct redhat_streams *s, struct layer_set *l, struct bytes ns)
{
	ssize_t slash = bytes_find(ns, '/');
	struct bytes release = slash < 0 ? ns : bytes_slice(ns, 0, (size_t)slash);
	if (!bytes_eq(release, s->ns) && !bytes_eq(release, B("rhel:")))
		return;
	if (redhat_is_main(ns))
		l->has_main = true;
	else if (redhat_is_stream(ns))
		space_add(s, l->streams, &l->n_streams, ns);
	else
		space_add(s, l->products, &l->n_products, ns);
}

/* What the publisher's mapping says of a content set. */
static bool from_index(struct redhat_streams *s, struct layer_set *l, struct index *ix,
                       struct bytes name)
{
	const struct index_feed *feeds;
	struct bytes value, item;
	struct advisory a;
	uint64_t count;
	for (size_t i = 0, n = ix ? index_feeds(ix, &feeds) : 0; i < n; i++) {
		if (!index_advisories(ix, i, B(REDHAT_SETS_NS), name, &value))
			continue;
		struct cbor c = cbor_of(value);
		if (!cbor_get_array(&c, &count) || !cbor_get_item(&c, &item) ||
		    !advisory_decode(item, &a) || !bytes_eq(a.id, B(REDHAT_CPE_ID)))
			continue;
		for (size_t k = 0; k < a.n_refs; k++)
			select_ns(s, l, a.refs[k]);
		return true;
	}
	return false;
}

static void add_set(struct redhat_streams *s, struct layer_set *l, struct index *ix,
                    struct bytes name)
{
	struct bytes ns = redhat_cpe_ns(name, s->arena); /* of a label */
	if (ns.n) {
		select_ns(s, l, ns);
		return;
	}
	if (from_index(s, l, ix, name) || from_index(s, l, ix, redhat_set_name(name)))
		return;
	ns = redhat_set_ns(name, s->arena);
	if (ns.n) {
		s->n_guessed++;
		select_ns(s, l, ns);
	} else if (s->n_unknown++ == 0) {
		s->unknown = name;
	}
}

struct redhat_streams *redhat_streams_of(const struct report *r, struct index *ix)
{
	if (!bytes_eq(r->os.id, B("rhel")) || !r->os.ns.n)
		return NULL;
	struct redhat_streams *s = arena_alloc(r->arena, sizeof *s);
	s->ns = r->os.ns;
	s->arena = r->arena;
	s->layers = arena_alloc(r->arena, (r->os.n_sets + 1) * sizeof *s->layers);
	for (size_t i = 0; i < r->os.n_sets; i++) { /* sorted by layer */
		const struct report_set *set = &r->os.sets[i];
		struct layer_set *l = s->n_layers ? &s->layers[s->n_layers - 1] : NULL;
		if (!l || l->layer != set->layer) {
			l = &s->layers[s->n_layers++];
			l->layer = set->layer;
		}
		add_set(s, l, ix, set->name);
	}
	return s;
}

/* ---- coverage ---- */

static void name_spaces(struct buf *b, const struct bytes *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct bytes word = bytes_skip(list[i], (size_t)(bytes_find(list[i], '/') + 1));
		if (bytes_search(buf_bytes(b), word) < 0)
			buf_addf(b, ", %.*s", BYTES_FMT(word));
	}
}

static void row(struct report *r, enum coverage_status status, const char *code, const char *text)
{
	report_cover(
		r,
		(struct coverage){
			.check = CHECK_VULNERABILITY, .status = status, .code = code, .layer = -1},
		"%s", text);
}

void redhat_tell(const struct redhat_streams *s, struct report *r)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(16));
	buf_addf(&b, "%.*s", BYTES_FMT(s->ns));
	for (size_t i = 0; i < s->n_layers; i++) {
		name_spaces(&b, s->layers[i].streams, s->layers[i].n_streams);
		name_spaces(&b, s->layers[i].products, s->layers[i].n_products);
	}
	if (!s->n_layers)
		row(r, COVERAGE_COMPLETE, "advisories.streams",
		    arena_printf(r->arena,
		                 "the image names no content sets: it is judged by the main stream "
		                 "of %.*s",
		                 BYTES_FMT(s->ns)));
	else
		row(r, COVERAGE_COMPLETE, "advisories.streams",
		    arena_printf(r->arena, "the image's content sets select %s%s", buf_cstr(&b),
		                 s->n_guessed ? "; Red Hat's mapping of repositories does not name "
		                                "all of them, so the form of their names was used"
		                              : ""));
	if (s->n_unknown)
		row(r, COVERAGE_INCOMPLETE, "content-sets.unknown",
		    arena_printf(r->arena,
		                 "%zu content sets of the image are not known (%.*s first): import "
		                 "repository-to-cpe.json or run `assay db update "
		                 "redhat-repositories`",
		                 s->n_unknown, BYTES_FMT(s->unknown)));
	if (s->n_dropped)
		row(r, COVERAGE_INCOMPLETE, "content-sets.many",
		    arena_printf(r->arena, "a layer is of more than %d products; %zu were left out",
		                 REDHAT_PRODUCTS_MAX, s->n_dropped));
}

/* ---- what to ask ---- */

static const struct layer_set *set_of(const struct redhat_streams *s, int32_t layer)
{
	const struct layer_set *best = NULL;
	for (size_t i = 0; i < s->n_layers; i++) {
		const struct layer_set *l = &s->layers[i];
		if (l->layer <= layer || !best)
			best = l;
	}
	return best;
}

struct asking {
	struct match_ask *asks;
	size_t n;
};

static void ask(struct asking *q, struct bytes ns, unsigned turn, bool is_product)
{
	for (size_t i = 0; i < q->n; i++) {
		if (bytes_eq(q->asks[i].ns, ns))
			return;
	}
	if (q->n < MATCH_ASKS_MAX)
		q->asks[q->n++] = (struct match_ask){
			.ns = ns, .turn = turn, .is_product = is_product, .minor = -1};
}

/* "rhel:9/openshift:4.16" and what is said of it without minor release, or without the system's. */
static void ask_product(const struct redhat_streams *s, struct asking *q, struct bytes ns,
                        unsigned turn)
{
	ssize_t slash = bytes_find(ns, '/');
	struct bytes product = bytes_skip(ns, (size_t)(slash + 1));
	ssize_t dot = bytes_find(product, '.');
	struct bytes names[] = {product, bytes_slice(product, 0, dot < 0 ? 0 : (size_t)dot)};
	for (size_t i = 0; i < ARRAY_LEN(names) && names[i].n; i++) {
		ask(q,
		    bytes_str(arena_printf(s->arena, "%.*s/%.*s", BYTES_FMT(s->ns),
		                           BYTES_FMT(names[i]))),
		    turn, true);
		ask(q, bytes_str(arena_printf(s->arena, "rhel:/%.*s", BYTES_FMT(names[i]))), turn,
		    true);
	}
}

/* Streams that a package built in minor release `built` (-1 unknown) can be from.  Beside the main
 * stream, only those of the very minor release; alone, those of it and later ones, which took the
 * package over. */
static bool is_from(const struct layer_set *l, struct bytes stream, int built)
{
	int minor = redhat_stream_minor(stream);
	if (minor < 0)
		return true;
	return l->has_main ? built == minor : built <= minor;
}

size_t redhat_asks(const struct redhat_streams *s, const struct package *p,
                   struct match_ask ret[MATCH_ASKS_MAX])
{
	static const struct layer_set nothing = {.layer = -1};
	const struct layer_set *l = set_of(s, p->layer);
	struct asking q = {ret, 0};
	bool is_system = redhat_is_system_build(p->version);
	int built = redhat_tag_minor(p->version), minor = -1;
	struct bytes instead = {NULL, 0};
	if (!l)
		l = &nothing;
	for (size_t i = 0; i < l->n_products && !is_system; i++)
		ask_product(s, &q, l->products[i], 0);
	for (size_t i = 0; i < l->n_streams; i++) {
		if (!is_from(l, l->streams[i], built))
			continue;
		ask(&q, l->streams[i], 1, false);
		if (redhat_stream_minor(l->streams[i]) > minor) {
			minor = redhat_stream_minor(l->streams[i]);
			instead = l->streams[i];
		}
	}
	ask(&q, s->ns, 2, false);
	if (!l->has_main && q.n) {
		ret[q.n - 1].minor = minor;
		ret[q.n - 1].instead = instead;
	}
	for (size_t i = 0; i < l->n_products && is_system; i++)
		ask_product(s, &q, l->products[i], 3);
	return q.n;
}
