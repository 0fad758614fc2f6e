/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - feeds: what publishers say of vulnerabilities, and how it is read.  Private to advise/.
 *
 * One file per feed, one row in feeds.def.  A feed reads documents; it knows nothing of archives,
 * compression, networks, LMDB.
 */
#ifndef ADVISE_FEED_H
#define ADVISE_FEED_H

#include "advise/advise.h"

/* One document of a feed: a file, or a member of an archive. */
struct feed_doc {
	struct bytes name; /* path as found, for messages and for feeds that read it
	                      ("v3.18/main.json") */
	struct bytes head; /* its first bytes, at most 64 KiB, for recognition */
	/* Reads on from the start; 0 at the end, -1 with e.  Everything in head comes again. */
	ssize_t (*read)(struct feed_doc *doc, void *p, size_t n, struct err *e);
	int64_t mtime_s; /* of the file, 0 unknown: the age of data that has no date of its own */
	void *arg;
};
/* The rest of doc in memory (at most max bytes); slices live as long as ret. */
int feed_load(struct feed_doc *doc, size_t max, struct buf *ret, struct err *e);
/* The next line of a text document (LF or CRLF, not included), valid until the next call: 1, 0 at
 * the end, -1 with e (reading failed, or a line longer than FEED_LINE_MAX).  Begin with zeroes and
 * doc set; feed_lines_end frees. */
struct feed_lines {
	struct feed_doc *doc;
	uint64_t line; /* number of the line last given, from 1 */
	uint8_t *p;    /* what was read and not yet given; private, as all below */
	size_t at, n, cap;
	bool is_end;
};
int feed_lines_next(struct feed_lines *l, struct bytes *ret, struct err *e);
void feed_lines_end(struct feed_lines *l);

/* Streams a JSON document of any size.  Paths are member names parted by dots, where "*" is any
 * member or any element of an array: "*.*", "packages.*", "meta".  Each value whose place is that
 * of a path is given as a tree (valid during the call only); all others are passed over.  keys: the
 * names on the way to it, absent for elements of arrays.  At most FEED_RECORD_MAX bytes and
 * JSON_VALUES_MAX values per tree, JSON_DEPTH_MAX levels, 8 parts per path, 32 paths (NULL ends
 * them).  A callback that fails ends it. */
struct feed_value {
	size_t path; /* which of paths, from 0 */
	const struct bytes *keys;
	size_t n_keys;
	const json_t *tree;
};
typedef int feed_value_fn(void *arg, const struct feed_value *v, struct err *e);
int feed_json(struct feed_doc *doc, const char *const paths[], feed_value_fn *fn, void *arg,
              struct err *e);
/* True when head holds the text: how most feeds recognise theirs. */
bool feed_has(const struct feed_doc *doc, const char *text);
/* First byte of head that is no blank (nor part of a byte order mark), 0 for none. */
uint8_t feed_first(const struct feed_doc *doc);

/* Where records go. */
struct feed_sink;
int feed_put(struct feed_sink *s, const struct advisory *a, struct err *e);
int feed_put_vuln(struct feed_sink *s, const struct vuln *v, struct err *e);
/* One record of a document is broken: counted, named, and the import goes on to end with exit 3. */
void feed_broken(struct feed_sink *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Date of the data as the publisher says it; the newest of several counts. */
void feed_dated(struct feed_sink *s, int64_t s_epoch);
/* This feed speaks for ns even where no record names it (a release without any advisory). */
int feed_speaks(struct feed_sink *s, struct bytes ns, struct err *e);
/* What is known to be missing of this feed, one sentence. */
void feed_partial(struct feed_sink *s, const char *why);
struct arena *feed_arena(struct feed_sink *s); /* scratch, emptied after each document */
struct arena *feed_keep(struct feed_sink *s);  /* lives until finish has returned */
/* n zeroed bytes, the same ones at each call until finish has returned: for feeds whose documents
 * must be seen together. */
void *feed_state(struct feed_sink *s, size_t n);
/* The same for all feeds of one import that name the same key, for publishers whose documents point
 * into each other; feeds finish in the order of feeds[].  feed_common: memory that lives as long.
 */
void *feed_shared(struct feed_sink *s, const char *key, size_t n);
struct arena *feed_common(struct feed_sink *s);
/* 1: key is given for the first time in this call; 0: it was; -1: max keys are remembered already.
 */
int feed_remember(struct feed_sink *s, struct bytes key, uint64_t max);

struct feed_url {
	const char *url;             /* "{release}" is replaced by each of releases */
	const char *const *releases; /* NULL-terminated or NULL */
};

struct feed {
	const char *id;    /* "debian-tracker"; names the databases of the index */
	const char *title; /* for reports: "Debian security tracker" */
	bool by_vuln;      /* gives struct vuln only (KEV, EPSS) */
	bool is_side; /* what it says is no word on vulnerabilities (dates of support): it speaks
	                 for no namespace */
	bool is_language; /* reads records of languages, each of which may name several: a document
	                     is given to all of their feeds (import_language.c) */
	/* Ended by a row with url NULL; NULL: import only.  A release that ends in "?" may be
	 * missing.  A document called archive_latest.txt, mirror.list or repomd.xml only names the
	 * one that is wanted (update_urls.c). */
	const struct feed_url *urls;
	bool is_on_demand; /* `db update` fetches it only when it is named */
	/* How sure this feed is that doc is its: 0 no, up to 100.  By content first; the name only
	 * breaks ties. */
	int (*recognise)(const struct feed_doc *doc);
	/* Reads one document.  -1: the document is broken (named with place), others go on. */
	int (*import)(struct feed_doc *doc, struct feed_sink *s, struct err *e);
	/* After the last document of a call; NULL when there is nothing to settle. */
	int (*finish)(struct feed_sink *s, struct err *e);
};
#define FEED(name) extern const struct feed feed_##name;
#include "advise/feeds.def"
#undef FEED
extern const struct feed *const feeds[]; /* NULL-terminated, sorted by id */
const struct feed *feed_by_id(struct bytes id);

#endif
