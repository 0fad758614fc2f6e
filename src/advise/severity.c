/* SPDX-License-Identifier: Apache-2.0 */
/*
 * severity.c - whose word on severity counts, where the user names the publishers in order.
 *
 * A publisher's word on an id is in one of three places: in what its feed says of ids whatever the
 * package; in its own records of the package at hand; for a distribution in its advisories, whose
 * records of the id are looked for in one pass over its feeds, the worst of them being taken.  A
 * package of that same distribution keeps what was said of the package itself, which is finer.
 */
#include "advise/severity.h"

#include <stdlib.h>
#include <string.h>

#include "advise/language.h"

#define AUTO "auto"

/* Sorted.  Names are those that Trivy has for the same publishers, where it has one. */
static const struct severity_source {
	const char *name;
	const char *word;      /* what a report says: severity_source */
	const char *feeds;     /* that speak of ids, parted by blanks */
	const char *systems;   /* its distributions, as namespaces begin, parted by blanks */
	const char *publisher; /* as language_publisher() has it */
} sources[] = {
	{"alma",		    "almalinux",        "",                  "almalinux",						 ""       },
	{"alpine",                  "alpine",           "",                  "alpine",						    ""       },
	{"amazon",                  "amzn",             "",                  "amzn",						      ""       },
	{AUTO,		      "",                 "",                  "",							  ""       },
	{"azure",		   "azurelinux",       "",                  "azurelinux",                                                ""       },
	{"bitnami",                 "bitnami",          "",                  "",							  "bitnami"},
	{"cbl-mariner",             "mariner",          "",                  "mariner",						   ""       },
	{"chainguard",              "chainguard",       "",                  "chainguard",                                                ""       },
	{"debian",                  "debian",           "",                  "debian",						    ""       },
	{"echo",		    "echo",             "",                  "echo",						      ""       },
	{"fedora",                  "fedora",           "",                  "fedora",						    ""       },
	{"ghsa",		    "ghsa",             "ghsa ghsa-graphql", "",							  "ghsa"   },
	{"glad",		    "gitlab",           "gitlab",            "",							  ""       },
	{"govulndb",                "go",               "",                  "",							  "go"     },
	{"julia",		   "julia",            "",                  "",							  "julia"  },
	{"minimos",                 "minimos",          "",                  "minimos",						   ""       },
	{"nodejs-security-wg",      "nodejs-wg",        "nodejs-wg",         "",                                                          ""       },
	{"nvd",		     "nvd",              "nvd",               "",							  ""       },
	{"oracle-oval",             "ol",               "",                  "ol",							""       },
	{"photon",                  "photon",           "",                  "photon",						    ""       },
	{"php-security-advisories", "php-advisories",   "php-advisories",    "",                                                          ""       },
	{"pypa",		    "pypa",             "",                  "",							  "pypa"   },
	{"redhat",                  "rhel",             "",                  "rhel",						      ""       },
	{"redhat-oval",             "rhel",             "",                  "rhel",						      ""       },
	{"rocky",		   "rocky",            "",                  "rocky",						     ""       },
	{"ruby-advisory-db",        "ruby-advisory-db", "ruby-advisory-db",  "",                                                          ""       },
	{"rustsec",                 "rustsec",          "",                  "",							  "rustsec"},
	{"suse-cvrf",               "sles",             "",                  "sles opensuse-leap opensuse-tumbleweed sle-micro sl-micro", ""       },
	{"ubuntu",                  "ubuntu",           "",                  "ubuntu",						    ""       },
	{"wolfi",		   "wolfi",            "",                  "wolfi",						     ""       },
};
_Static_assert(ARRAY_LEN(sources) <= SEVERITY_SOURCES_MAX, "a row each");

void severity_source_names(struct buf *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		buf_addf(ret, "%s%s", i ? ", " : "", sources[i].name);
}

int severity_order_parse(struct bytes list, struct severity_order *ret, struct err *e)
{
	struct severity_order o = {.n = 0};
	for (struct bytes word; bytes_split(&list, ',', &word);) {
		size_t row = 0, at = 0;
		word = bytes_trim(word);
		while (row < ARRAY_LEN(sources) && !bytes_eq(word, bytes_str(sources[row].name)))
			row++;
		if (row == ARRAY_LEN(sources))
			return err_set(e, ERR_USAGE, "there is no source of severities \"%.*s\"",
			               BYTES_FMT(word));
		while (at < o.n && o.row[at] != row)
			at++;
		o.row[at] = (uint8_t)row;
		o.n = MAX_OF(o.n, at + 1);
	}
	if (!o.n)
		return err_set(e, ERR_USAGE, "names no source of severities");
	*ret = o;
	return 0;
}

/* ---- what distributions say ---- */

/* The worst word of each distribution that was named on an id. */
struct said {
	enum severity by[SEVERITY_SOURCES_MAX];
};

struct asking {
	struct report *r;
	struct index *ix;
	const struct severity_order *order;
	const struct match_walk *walk;
	struct arena *scratch;
	struct map *ids;      /* → said */
	struct map *packages; /* purl → number */
	uint32_t rows;        /* of distributions, a bit each, whose feed is being read */
};

static bool names_system(const struct severity_source *s, struct bytes ns)
{
	struct bytes head, tail;
	bytes_cut(ns, ':', &head, &tail);
	for (struct bytes rest = bytes_str(s->systems), w; bytes_word(&rest, &w);) {
		if (bytes_eq(w, head))
			return true;
	}
	return false;
}

/* The rows that were named whose distributions one of the namespaces belongs to. */
static uint32_t rows_of(const struct severity_order *o, struct bytes namespaces)
{
	uint32_t ret = 0;
	for (struct bytes ns; bytes_word(&namespaces, &ns);) {
		for (size_t i = 0; i < o->n; i++) {
			if (names_system(&sources[o->row[i]], ns))
				ret |= UINT32_C(1) << o->row[i];
		}
	}
	return ret;
}

static bool hear(void *arg, struct bytes key, struct bytes value)
{
	struct asking *q = arg;
	struct bytes ns, package, item;
	bytes_cut(key, 0, &ns, &package);
	uint32_t rows = rows_of(q->order, ns) & q->rows;
	struct cbor c = cbor_of(value);
	uint64_t n;
	if (!rows || !cbor_get_array(&c, &n))
		return true;
	for (uint64_t i = 0; i < n && cbor_get_item(&c, &item); i++) {
		struct advisory a;
		if (!advisory_decode(item, &a) || a.severity == SEV_UNKNOWN)
			continue;
		union map_value *slot = map_get(q->ids, a.id);
		struct said *s = slot ? slot->p : NULL;
		for (size_t row = 0; s && row < ARRAY_LEN(sources); row++) {
			if (rows & UINT32_C(1) << row)
				s->by[row] = MAX_OF(s->by[row], a.severity);
		}
	}
	return true;
}

/* Ids by which publishers know the problem of a finding: not those of bulletins, which are about
 * several. */
static bool is_plain_id(struct bytes id)
{
	return bytes_starts(id, B("CVE-")) || bytes_starts(id, B("GHSA-"));
}

static void want(struct asking *q, struct bytes id)
{
	bool is_new;
	union map_value *slot = map_put(q->ids, id, &is_new);
	if (!is_new)
		return;
	struct said *s = arena_alloc(q->scratch, sizeof *s);
	slot->p = s;
}

static int listen(struct asking *q, struct err *e)
{
	const struct index_feed *feeds;
	size_t n = index_feeds(q->ix, &feeds);
	for (size_t i = 0; i < q->r->n_findings; i++) {
		const struct finding *f = &q->r->findings[i];
		want(q, f->id);
		for (size_t k = 0; k < f->references.n; k++) {
			if (is_plain_id(f->references.v[k]))
				want(q, f->references.v[k]);
		}
	}
	for (size_t i = 0; i < n; i++) {
		q->rows = rows_of(q->order, feeds[i].namespaces);
		if (q->rows && index_each(q->ix, i, false, hear, q, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- the word of one source on one finding ---- */

struct word {
	enum severity severity;
	struct bytes cvss;
};

static void from_id(struct asking *q, const struct severity_source *s, struct bytes id,
                    struct word *ret)
{
	const struct index_feed *feeds;
	size_t n = index_feeds(q->ix, &feeds);
	for (struct bytes rest = bytes_str(s->feeds), name; bytes_word(&rest, &name);) {
		for (size_t i = 0; i < n; i++) {
			struct bytes cbor;
			struct vuln v;
			if (bytes_eq(feeds[i].name, name) && index_vuln(q->ix, i, id, &cbor) &&
			    vuln_decode(cbor, &v) && v.severity > ret->severity)
				*ret = (struct word){v.severity, v.cvss};
		}
	}
	union map_value *slot = map_get(q->ids, id);
	const struct said *said = slot ? slot->p : NULL;
	if (said)
		ret->severity = MAX_OF(ret->severity, said->by[s - sources]);
}

struct publishing {
	const struct asking *q;
	const struct severity_source *source;
	const struct finding *f;
	struct word *ret;
};

static bool is_of(const struct finding *f, struct bytes id)
{
	bool ret = id.n && bytes_eq(f->id, id);
	for (size_t i = 0; i < f->references.n && id.n && !ret; i++)
		ret = bytes_eq(f->references.v[i], id);
	return ret;
}

static void from_record(void *arg, size_t feed, struct bytes cbor, const struct advisory *a)
{
	struct publishing *p = arg;
	const struct index_feed *feeds;
	index_feeds(p->q->ix, &feeds);
	(void)cbor;
	if (!bytes_starts(feeds[feed].name, B("osv-")) &&
	    !bytes_starts(feeds[feed].name, B("ghsa")))
		return; /* others repeat GitHub's ids */
	if (!bytes_eq(language_publisher(a->ref.n ? a->ref : a->id),
	              bytes_str(p->source->publisher)))
		return;
	if ((is_of(p->f, a->id) || is_of(p->f, a->ref)) && a->severity > p->ret->severity)
		*p->ret = (struct word){a->severity, a->cvss};
}

static void from_records(struct asking *q, const struct severity_source *s, const struct finding *f,
                         struct word *ret)
{
	size_t n;
	struct language_question ask;
	const union map_value *slot = map_get(q->packages, f->package);
	const struct package *p = slot ? &q->r->packages[slot->u] : NULL;
	const struct language *own = p ? language_by_type(p->type) : NULL;
	const struct language *all = languages(&n);
	struct publishing to = {q, s, f, ret};
	for (const struct language *l = own; l && *s->publisher; l = language_also(own, l)) {
		if (l < all || l >= all + n || !language_ask(l, p, q->scratch, &ask))
			continue;
		struct match_walk w = *q->walk;
		w.ns = bytes_str(l->d.ns);
		w.mask = advise_speaks(q->ix, w.ns);
		match_language_each(&w, ask.name, from_record, &to);
	}
}

/* false: the source does not say. */
static bool ask(struct asking *q, const struct severity_source *s, struct finding *f)
{
	struct word word = {.severity = SEV_UNKNOWN};
	bool is_own = bytes_eq(f->severity_source, bytes_str(s->word));
	if (is_own && (*s->systems || *s->publisher))
		return true; /* of the very package */
	from_records(q, s, f, &word);
	if (word.severity == SEV_UNKNOWN)
		from_id(q, s, f->id, &word);
	for (size_t i = 0; i < f->references.n && word.severity == SEV_UNKNOWN; i++) {
		if (is_plain_id(f->references.v[i]))
			from_id(q, s, f->references.v[i], &word);
	}
	if (word.severity == SEV_UNKNOWN)
		return false;
	f->severity = word.severity;
	f->severity_source = bytes_str(s->word);
	if (word.cvss.n)
		match_set_cvss(f, arena_dup(q->r->arena, word.cvss));
	return true;
}

static void settle(struct asking *q, struct finding *f)
{
	for (size_t i = 0; i < q->order->n; i++) {
		const struct severity_source *s = &sources[q->order->row[i]];
		if (strcmp(s->name, AUTO) == 0 || ask(q, s, f))
			return;
	}
	f->severity = SEV_UNKNOWN;
	f->severity_source = (struct bytes){NULL, 0};
}

int severity_choose(struct report *r, const struct match_walk *base, const struct severity_order *o,
                    struct err *e)
{
	struct asking q = {.r = r,
	                   .ix = base->ix,
	                   .order = o,
	                   .walk = base,
	                   .scratch = arena_new(),
	                   .ids = map_new(),
	                   .packages = map_new()};
	bool is_new;
	for (size_t i = 0; i < r->n_packages; i++)
		map_put(q.packages, r->packages[i].purl, &is_new)->u = i;
	int rc = listen(&q, e);
	for (size_t i = 0; i < r->n_findings && rc == 0; i++) {
		if (r->findings[i].check == CHECK_VULNERABILITY)
			settle(&q, &r->findings[i]);
	}
	map_free(q.packages);
	map_free(q.ids);
	arena_free(q.scratch);
	return rc;
}
