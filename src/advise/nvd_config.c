/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nvd_config.c - configurations of NVD as advisories.
 *
 * A configuration is one or several groups of CPE names, of each of which one must be there; those
 * marked as vulnerable become advisories, and the other groups what the fault needs beside
 * ("running on/with").  A name that is for another kind of software (target_sw "wordpress") is
 * passed over: it is an extension, and whoever knows the extension has an ecosystem of its own.
 * Hardware counts as there.
 *
 * Format: JSON.  Source: NVD, "CVE API" 2.0 schema and "CVE JSON feeds" 1.1 schema; NIST IR 7698,
 * on operators and negation.
 */
#include "advise/nvd.h"

#include <stdlib.h>

#include "advise/language.h"
#include "advise/osv.h"

/* CPE names of which one must be there. */
struct group {
	const json_t *list;
	ssize_t only; /* this one of the list alone; -1: any */
	bool is_negated;
};

struct row { /* one vulnerable name */
	struct bytes product, systems, needs;
	struct bytes version; /* exact; absent: the range */
	struct advisory_range range;
};

struct reading {
	struct feed_sink *sink;
	struct arena *a;
	struct group *groups;
	size_t n_groups, cap_groups;
	struct row *rows;
	size_t n, cap;
};

static bool is_any(struct bytes v) { return bytes_eq(v, B("*")); }

static bool is_na(struct bytes v) { return bytes_eq(v, B("-")); }

/* ---- one name ---- */

static const json_t *names_of(const json_t *node)
{
	const json_t *list = json_list(node, "cpeMatch");
	return list ? list : json_list(node, "cpe_match");
}

static bool read_name(struct reading *r, const json_t *match, struct cpe *ret)
{
	struct bytes text = json_text(match, "criteria");
	if (!text.n)
		text = json_text(match, "cpe23Uri");
	return text.n && cpe_parse(text, r->a, ret, NULL) == 0;
}

static struct advisory_range range_of(const json_t *m)
{
	struct bytes from = json_text(m, "versionStartIncluding");
	struct bytes after = json_text(m, "versionStartExcluding");
	return (struct advisory_range){
		.introduced = from.n ? from : after,
		.is_after = !from.n && after.n,
		.fixed = json_text(m, "versionEndExcluding"),
		.last_affected = json_text(m, "versionEndIncluding"),
	};
}

static bool has_ends(const struct advisory_range *g)
{
	return g->introduced.n || g->fixed.n || g->last_affected.n;
}

/* "8.9" and update "p1" are 8.9-p1. */
static struct bytes version_of(struct reading *r, const struct cpe *c)
{
	struct bytes v = cpe_plain(c->attr[CPE_VERSION], r->a), u = c->attr[CPE_UPDATE];
	if (is_any(u) || is_na(u))
		return v;
	u = cpe_plain(u, r->a);
	return bytes_str(arena_printf(r->a, "%.*s-%.*s", BYTES_FMT(v), BYTES_FMT(u)));
}

struct bytes nvd_system(struct bytes word)
{
	static const struct {
		const char *word, *system;
	} systems[] = {
		{"windows",    "windows"},
                {"macos",      "darwin" },
                {"mac_os",     "darwin" },
		{"mac_os_x",   "darwin" },
                {"iphone_os",  "ios"    },
                {"ios",        "ios"    },
		{"ipados",     "ios"    },
                {"android",    "android"},
                {"solaris",    "solaris"},
		{"irix",       "irix"   },
                {"windows_nt", "windows"},
                {"freebsd",    "freebsd"}
        };
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		if (bytes_eq(word, bytes_str(systems[i].word)))
			return bytes_str(systems[i].system);
	}
	return (struct bytes){NULL, 0};
}

/* false: an extension of other software. */
static bool read_systems(const struct cpe *c, struct bytes *ret)
{
	static const char *const plain[] = {"*", "-", "linux", "linux_kernel", "unix"};
	struct bytes word = c->attr[CPE_TARGET_SW];
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (bytes_eq(word, bytes_str(plain[i]))) {
			*ret = nvd_system(c->attr[CPE_EDITION]);
			return true;
		}
	}
	*ret = nvd_system(word);
	return ret->n > 0;
}

static void add_row(struct reading *r, const json_t *match, const struct cpe *c, struct bytes needs)
{
	struct row row = {.needs = needs, .range = range_of(match)};
	struct bytes v = c->attr[CPE_VERSION];
	if (is_any(c->attr[CPE_VENDOR]) || is_any(c->attr[CPE_PRODUCT]) ||
	    !read_systems(c, &row.systems))
		return;
	row.product = cpe_product(c, r->a);
	if (!is_any(v)) {
		/* "-" is a product that has no versions; wildcards within one are not in use */
		if (is_na(v) || bytes_find(v, '*') >= 0 || bytes_find(v, '?') >= 0)
			return;
		row.version = version_of(r, c);
	}
	r->rows = mem_grow(r->rows, &r->cap, r->n + 1, sizeof *r->rows);
	r->rows[r->n++] = row;
}

/* ---- what is needed beside ---- */

static bool is_of_group(const struct group *g, size_t i)
{
	return g->only < 0 || (size_t)g->only == i;
}

static bool has_hardware(struct reading *r, const struct group *g)
{
	size_t i;
	const json_t *m;
	json_array_foreach(g->list, i, m)
	{
		struct cpe c;
		if (is_of_group(g, i) && read_name(r, m, &c) && bytes_eq(c.attr[CPE_PART], B("h")))
			return true;
	}
	return false;
}

static bool is_clean(struct bytes v)
{
	return bytes_find(v, ' ') < 0 && bytes_find(v, ',') < 0 && bytes_find(v, '\n') < 0;
}

static void say_group(struct reading *r, const struct group *g, struct buf *b)
{
	size_t before = b->n, i;
	const json_t *m;
	bool is_first = true;
	if (has_hardware(r, g))
		return;
	buf_adds(b, g->is_negated ? "!" : "");
	json_array_foreach(g->list, i, m)
	{
		struct cpe c;
		struct advisory_range v = range_of(m);
		if (!is_of_group(g, i) || !read_name(r, m, &c))
			continue;
		buf_adds(b, is_first ? "" : " ");
		is_first = false;
		cpe_build(&c, b);
		if (has_ends(&v) && is_clean(v.introduced) && is_clean(v.fixed) &&
		    is_clean(v.last_affected))
			buf_addf(b, ",%s%.*s,%.*s,%.*s", v.is_after ? ">" : "",
			         BYTES_FMT(v.introduced), BYTES_FMT(v.fixed),
			         BYTES_FMT(v.last_affected));
	}
	buf_addc(b, '\n');
	if (is_first || b->overflow) {
		b->n = before; /* counts as met: what is not known does not clear anybody */
		b->overflow = false;
	}
}

static struct bytes needs_of(struct reading *r, size_t but)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)NVD_NEEDS_MAX);
	for (size_t i = 0; i < r->n_groups; i++) {
		if (i != but)
			say_group(r, &r->groups[i], &b);
	}
	return b.n ? arena_dup(r->a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

/* ---- configurations ---- */

/* All groups together are one configuration. */
static void judge(struct reading *r)
{
	for (size_t i = 0; i < r->n_groups; i++) {
		const struct group *g = &r->groups[i];
		struct bytes needs = needs_of(r, i);
		size_t k;
		const json_t *m;
		if (g->is_negated)
			continue;
		json_array_foreach(g->list, k, m)
		{
			struct cpe c;
			if (is_of_group(g, k) && json_is_true(json_object_get(m, "vulnerable")) &&
			    read_name(r, m, &c) && bytes_eq(c.attr[CPE_PART], B("a")))
				add_row(r, m, &c, needs);
		}
	}
	r->n_groups = 0;
}

static bool is_and(const json_t *node)
{
	return bytes_eq_nocase(json_text(node, "operator"), B("AND"));
}

static int add_group(struct reading *r, struct group g, struct err *e)
{
	if (r->n_groups >= (size_t)NVD_GROUPS_MAX)
		return err_set(e, ERR_LIMIT, "a configuration of more than %lld nodes",
		               (long long)NVD_GROUPS_MAX);
	r->groups = mem_grow(r->groups, &r->cap_groups, r->n_groups + 1, sizeof *r->groups);
	r->groups[r->n_groups++] = g;
	return 0;
}

static int add_node(struct reading *r, const json_t *node, struct err *e)
{
	const json_t *list = names_of(node);
	size_t n = json_array_size(list);
	struct group g = {list, -1, json_is_true(json_object_get(node, "negate"))};
	if (!is_and(node) || n < 2)
		return n ? add_group(r, g, e) : 0;
	for (size_t i = 0; i < n; i++) {
		g.only = (ssize_t)i;
		if (add_group(r, g, e) < 0)
			return -1;
	}
	return 0;
}

static int add_nodes(struct reading *r, const json_t *nodes, bool is_together, struct err *e)
{
	size_t i;
	const json_t *node;
	json_array_foreach(nodes, i, node)
	{
		if (add_node(r, node, e) < 0)
			return -1;
		if (!is_together)
			judge(r);
	}
	judge(r);
	return 0;
}

/* 1.1: nodes are alternatives; the children of one stand together, as its operator says. */
static int read_old(struct reading *r, const json_t *config, struct err *e)
{
	size_t i;
	const json_t *node;
	json_array_foreach(json_list(config, "nodes"), i, node)
	{
		const json_t *children = json_list(node, "children");
		if (json_array_size(children) && add_nodes(r, children, is_and(node), e) < 0)
			return -1;
		if (add_node(r, node, e) < 0)
			return -1;
		judge(r);
	}
	return 0;
}

static int read_all(struct reading *r, const json_t *list, struct err *e)
{
	size_t i;
	const json_t *config;
	if (json_is_object(list))
		return read_old(r, list, e);
	json_array_foreach(list, i, config)
	{
		if (add_nodes(r, json_list(config, "nodes"), is_and(config), e) < 0)
			return -1;
	}
	return 0;
}

/* ---- rows as advisories ---- */

static int by_place(const struct row *a, const struct row *b)
{
	int d = bytes_cmp(a->product, b->product);
	if (d == 0)
		d = bytes_cmp(a->systems, b->systems);
	return d ? d : bytes_cmp(a->needs, b->needs);
}

static int by_row(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int d = by_place(a, b);
	if (d == 0)
		d = bytes_cmp(a->version, b->version);
	if (d == 0)
		d = bytes_cmp(a->range.introduced, b->range.introduced);
	if (d == 0)
		d = bytes_cmp(a->range.fixed, b->range.fixed);
	return d ? d : bytes_cmp(a->range.last_affected, b->range.last_affected);
}

static int put_rows(struct reading *r, const struct row *rows, size_t n, struct advisory *v,
                    struct err *e)
{
	AUTO_BUF struct buf singles, all;
	uint64_t n_singles = 0;
	buf_init(&singles, (size_t)FEED_RECORD_MAX);
	buf_init(&all, (size_t)FEED_RECORD_MAX + 16);
	v->n_ranges = 0;
	v->versions = (struct bytes){NULL, 0};
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].version.n) {
			if (osv_add_range(v, rows[i].range, e) < 0)
				return -1;
		} else if (!i || !bytes_eq(rows[i].version, rows[i - 1].version)) {
			cbor_bytes(&singles, rows[i].version);
			n_singles++;
		}
	}
	if (n_singles) {
		cbor_array(&all, n_singles);
		buf_add(&all, buf_bytes(&singles));
		v->versions = buf_bytes(&all);
	}
	v->package = rows[0].product;
	v->systems = rows[0].systems;
	v->needs = rows[0].needs;
	return feed_put(r->sink, v, e);
}

static int put_all(struct reading *r, struct advisory *v, struct err *e)
{
	size_t turn = 0;
	if (r->n)
		qsort(r->rows, r->n, sizeof *r->rows, by_row);
	for (size_t from = 0, to; from < r->n; from = to) {
		for (to = from + 1; to < r->n && !by_place(&r->rows[from], &r->rows[to]); to++)
			;
		bool is_same = from && bytes_eq(r->rows[from].product, r->rows[from - 1].product);
		turn = is_same ? turn + 1 : 0;
		/* what tells records of one product and id apart in the index */
		v->module =
			turn ? bytes_str(arena_printf(r->a, "%zu", turn)) : (struct bytes){NULL, 0};
		if (put_rows(r, &r->rows[from], to - from, v, e) < 0)
			return -1;
	}
	return 0;
}

int nvd_configurations(struct feed_sink *s, struct bytes id, int64_t modified_s, const json_t *list,
                       struct err *e)
{
	struct reading r = {.sink = s, .a = feed_arena(s)};
	struct advisory v = {.ns = B(NVD_NS), .id = id, .modified_s = modified_s};
	int res = feed_speaks(s, v.ns, e);
	if (res == 0)
		res = read_all(&r, list, e);
	if (res == 0)
		res = put_all(&r, &v, e);
	free(r.rows);
	free(r.groups);
	return res < 0 ? err_wrap(e, "%.*s", BYTES_FMT(bytes_slice(id, 0, 60))) : 0;
}
