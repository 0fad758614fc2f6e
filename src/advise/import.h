/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.h - building the index from documents of feeds.  A chapter of advise.h, for assay-db.
 */
#ifndef ADVISE_IMPORT_H
#define ADVISE_IMPORT_H

#include "base/base.h"

struct feed_import_options {
	const char *db;   /* folder of the index */
	const char *feed; /* --feed: all documents are this feed's; NULL: recognise */
	bool facts_only;  /* no titles: for the starter index */
	bool is_starter;  /* of vulnerabilities (KEV, EPSS) only what the index names already */
	/* Called for each thing a person should read: a broken or unknown document, with its name
	 * and why.  NULL: nobody listens. */
	void (*note)(void *arg, const char *text);
	void *arg;
	/* For `db update`, NULL otherwise: the feed of each path and what the index says of where
	 * it came from.  A feed one of whose paths is no archive or document of it keeps what the
	 * index has: refused is told why. */
	const char *const *feeds, *const *sources;
	void (*refused)(void *arg, const char *feed, const char *why);
	/* Feeds whose publisher was asked just now and has nothing newer; ended by NULL. */
	const char *const *checked;
};
struct feed_import_result {
	uint64_t documents, records, broken; /* broken > 0: exit 3, the rest is in the index */
	uint64_t unknown;                    /* documents no feed recognised */
	/* Documents that are known and not used: beside feeds, or about packages of languages. */
	uint64_t companions;
};
/* Imports files and folders (plain, .gz .xz .bz2 .zst .zip .tar in any nesting of two) into the
 * index, in one build.  -1 when nothing could be imported or the index could not be written. */
int feed_import(const char *const paths[], size_t n, const struct feed_import_options *o,
                struct feed_import_result *ret, struct err *e);

struct feed_update_options {
	const char *db;          /* folder of the index */
	const char *urls_file;   /* YAML mapping of feeds to addresses; NULL: the publishers' own */
	const char *const *only; /* n_only feeds; none: all that are not fetched only when named */
	size_t n_only;
	int64_t idle_s; /* a transfer that stands still this long is given up; 0: FETCH_IDLE_S */
	void (*note)(void *arg, const char *text); /* as above; a feed that failed, and why */
	void *arg;
};
struct feed_update_result {
	size_t updated, unchanged, failed; /* feeds; failed > 0: exit 3, they keep their old data */
	uint64_t documents, bytes;         /* that were fetched */
	struct feed_import_result import;
};
/* Fetches what changed since the last time and imports it, in one build of the index.  -1 when
 * nothing could be tried, or the index could not be written. */
int feed_update(const struct feed_update_options *o, struct feed_update_result *ret, struct err *e);

#endif
