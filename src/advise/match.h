/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - how one advisory is held against one package.  Private to advise/.
 */
#ifndef ADVISE_MATCH_H
#define ADVISE_MATCH_H

#include "advise/advise.h"

/* Names that are no packages and no vulnerabilities, in the same index: the release itself
 * (record "eol", date in detail) and the end of support of a package (date in detail). */
#define ADVISORY_RELEASE "@release"
#define ADVISORY_EOL     "eol"
#define ADVISORY_SUPPORT "support-ended"
/* the same for packages whose name begins with ref */
#define ADVISORY_PATTERNS "@support"

/* What a binary package was built from (the source in ref): of package ADVISORY_BINARY with its
 * name behind; ADVISORY_BINARY alone tells that the feed lists them. */
#define ADVISORY_BINARY        "@binary:"
#define ADVISORY_SOURCE        "@source"
#define ADVISORY_OTHER_VERSION "@source-version" /* the same, but their versions differ */

/* The detail of an advisory whose fixed versions need a paid subscription: to everybody else the
 * package is affected and has no fix. */
#define ADVISORY_PAID "esm"

enum match_why {
	MATCH_AFFECTED,     /* a range holds the version, or all versions are */
	MATCH_BELOW_RANGE,  /* older than what introduced it */
	MATCH_FIXED,        /* at or above the fixed version, or past the last affected */
	MATCH_NOT_AFFECTED, /* the publisher says so */
	MATCH_OTHER_ARCH,
	MATCH_OTHER_MODULE,
	MATCH_OTHER_PLACE,  /* only together with what the image does not hold */
	MATCH_OTHER_SYSTEM, /* only on an operating system that is not the image's */
	MATCH_UNMATCHABLE,  /* the advisory names commits, no versions */
	MATCH_REJECTED,     /* the id was withdrawn */
	MATCH_SHADOWED,     /* a feed that knows better speaks of it */
	MATCH__MAX
};

struct match_result {
	enum match_why why;
	struct bytes version; /* the installed version that was compared: source's or binary's */
	struct advisory_range range; /* the range that decided */
};

/* MATCH_AFFECTED, MATCH_BELOW_RANGE or MATCH_FIXED. */
enum match_why match_range(enum version_order order, struct bytes v,
                           const struct advisory_range *r);
/* Holds a against p; is_source: a speaks of p's source package. */
struct match_result match_one(const struct distro *d, const struct package *p,
                              const struct advisory *a, bool is_source);
/* True when the record says that p has the fix of its own minor release: those of later ones, which
 * have higher versions, then say nothing more.  Red Hat only. */
struct match_at;
bool match_settles(const struct match_at *at, const struct package *p, const struct advisory *a,
                   const struct match_result *res);
/* The version of p to compare with advisories of its source (binNMU cut) or of itself. */
struct bytes match_version(const struct distro *d, const struct package *p, bool is_source);
struct bytes match_source_name(const struct package *p);

/* A namespace that is asked about a package. */
enum { MATCH_ASKS_MAX = 32 };
struct match_ask {
	struct bytes ns;
	unsigned turn;        /* of several the lower is asked first, and decides */
	bool is_product;      /* a product over the system, with builds of its own */
	struct bytes instead; /* the longer-lived stream that has no word of its own; absent */
	int minor;            /* that stream's minor release, -1 without one */
};

/* Where a record was found. */
struct match_at {
	size_t feed;
	unsigned turn; /* of namespace and feed: the lowest that speaks of an id decides */
	bool is_source;
	const struct match_ask *ask;
};

/* Goes through all advisories of p in the feeds of mask, by namespace, rank of feed, key.  The
 * callback returns false to stop. */
typedef bool match_fn(void *arg, const struct match_at *at, const struct advisory *a);
struct redhat_streams;
struct match_walk {
	struct index *ix;
	struct bytes ns;
	feed_set mask;       /* feeds that speak for ns */
	feed_set sides;      /* feeds that have words beside: advise_sides() */
	const size_t *order; /* feed numbers by rank */
	size_t n_order;
	const struct redhat_streams *streams; /* NULL: ns alone is asked */
};
void match_each(const struct match_walk *w, const struct package *p, match_fn *fn, void *arg);

/* Fills in the source of packages that do not name theirs, and says which stay without (sources.c).
 */
void match_sources(struct report *r, const struct match_walk *w, const struct distro *d);

/* The day on which the security support of p's source package has ended, absent: it has not. */
struct bytes match_support(const struct match_walk *w, const struct package *p, int64_t now_s);

/* Which feed is asked first where two speak of the same package and id (ranks.c). */
struct advise_rank {
	const char *feed;      /* NULL ends the table: the rank of all others */
	int rank;              /* lower is asked first */
	const char *yields_to; /* not asked for a namespace that this feed speaks for; NULL: none */
	const char *goes_with; /* asked wherever this feed speaks, though it has no say alone */
};
extern const struct advise_rank advise_ranks[];
/* Feeds that are to be asked about ns, a bit each: those that speak for it and do not yield. */
feed_set advise_speaks(struct index *ix, struct bytes ns);
/* Feeds that speak for no namespace but may have a word beside (end of support). */
feed_set advise_sides(struct index *ix);
/* Feed numbers of ix by rank; returns how many (at most INDEX_FEEDS_MAX). */
size_t advise_order(struct index *ix, size_t ret[INDEX_FEEDS_MAX]);

/* Everything known of a vulnerability id, over all feeds. */
struct vuln_known {
	bool is_rejected, is_kev, has_epss;
	double epss;
	enum severity severity;
	struct bytes severity_source, cvss, title;
};
void match_vuln(struct index *ix, struct bytes id, struct vuln_known *ret);
/* The vector (in the report's arena), and its score where it is one. */
void match_set_cvss(struct finding *f, struct bytes vector);

/* ---- match_language.c ---- */
struct language;
/* Advisories for installed packages that nobody can judge. */
struct match_commits {
	size_t n;
	struct bytes first;
};
/* Findings of all packages of languages; base has index and order of feeds. */
void match_languages(struct report *r, const struct match_walk *base,
                     struct match_commits *commits);
void match_commits_row(struct report *r, const struct match_commits *c); /* none for none */
/* Holds a against a version as language_ask() gives it, of a package of r. */
struct match_result match_language_one(const struct language *l, struct bytes version,
                                       const struct advisory *a, const struct report *r);
/* All advisories of the package with that folded name, by rank of feed, then key. */
typedef void match_language_fn(void *arg, size_t feed, struct bytes cbor, const struct advisory *a);
void match_language_each(const struct match_walk *w, struct bytes name, match_language_fn *fn,
                         void *arg);
/* ---- coverage_language.c ---- */
void match_language_coverage(struct report *r, struct index *ix, const struct match_options *o);
/* ---- coverage.c ---- */
/* Rows of the feeds of mask: used for `what`, stale, partial, of the starter. */
void match_feed_rows(struct report *r, struct index *ix, feed_set mask, struct bytes what,
                     const struct match_options *o);

/* Coverage rows of the vulnerability check; the feeds that speak, 0 when nothing can be matched. */
feed_set match_coverage(struct report *r, struct index *ix, const struct match_options *o);

#endif
