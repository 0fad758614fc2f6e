/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - feeds and the importer that builds the index from them.  Private to advise/ and, through
 * feed_import and feed_update, to assay-db.
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

struct feed_url {
	const char *url;             /* "{release}" is replaced by each of releases */
	const char *const *releases; /* NULL-terminated or NULL */
};

struct feed {
	const char *id;    /* "debian-tracker"; names the databases of the index */
	const char *title; /* for reports: "Debian security tracker" */
	int rank;          /* where two feeds speak of the same package and id, the lower wins */
	bool by_vuln;      /* gives struct vuln only (KEV, EPSS, NVD) */
	const struct feed_url *urls; /* ended by a row with url NULL; NULL: import only */
	/* How sure this feed is that doc is its: 0 no, up to 100.  By content first; the name only
	 * breaks ties. */
	int (*recognise)(const struct feed_doc *doc);
	/* Reads one document.  -1: the document is broken (named with place), others go on. */
	int (*import)(struct feed_doc *doc, struct feed_sink *s, struct err *e);
	/* After the last document of a call; NULL when there is nothing to settle. */
	int (*finish)(struct feed_sink *s, struct err *e);
};
extern const struct feed *const feeds[]; /* NULL-terminated, sorted by id */
const struct feed *feed_by_id(struct bytes id);

struct feed_import_options {
	const char *db;   /* folder of the index */
	const char *feed; /* --feed: all documents are this feed's; NULL: recognise */
	bool facts_only;  /* no titles: for the starter index */
	bool is_starter;
};
struct feed_import_result {
	uint64_t documents, records, broken; /* broken > 0: exit 3, the rest is in the index */
	uint64_t unknown;                    /* documents no feed recognised */
};
/* Imports files and folders (plain, .gz .xz .bz2 .zst .zip .tar in any nesting of two) into the
 * index, in one build.  -1 when nothing could be imported or the index could not be written. */
int feed_import(const char *const paths[], size_t n, const struct feed_import_options *o,
                struct feed_import_result *ret, struct err *e);
#endif
