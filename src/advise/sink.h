/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink.h - the parts of the importer.  Private to advise/ and its tests.
 *
 * import_archive.c finds documents, import.c gives each to its feed, sink.c takes what the feed
 * says and hands it on to a store: the index, or a test.
 */
#ifndef ADVISE_SINK_H
#define ADVISE_SINK_H

#include "advise/feed.h"

/* ---- sink.c ---- */
/* What feeds of one import share (feed_shared). */
struct feed_common {
	struct arena *arena;
	struct feed_common_item {
		struct feed_common_item *next;
		const char *key;
		void *p;
	} * items;
};
struct feed_store {
	int (*advisory)(void *arg, const struct advisory *a, struct err *e);
	int (*vuln)(void *arg, const struct vuln *v, struct err *e);
	/* A record of the document is broken; text names document and fault. */
	void (*broken)(void *arg, const char *text);
	void *arg;
	bool facts_only;
	struct feed_common *common; /* outlives the sinks */
};
struct feed_sink *feed_sink_new(const struct feed *f, const struct feed_store *store);
void feed_sink_free(struct feed_sink *s); /* accepts NULL */
/* Gives doc to the feed.  -1: the document is broken, or the store failed. */
int feed_sink_import(struct feed_sink *s, struct feed_doc *doc, struct err *e);
int feed_sink_finish(struct feed_sink *s, struct err *e);
/* What the sink has learned; slices live as long as the sink. */
struct feed_learned {
	uint64_t records;        /* that went to the store */
	int64_t data_s;          /* what the feed says, else the newest time of a file; 0 unknown */
	struct bytes namespaces; /* sorted, parted by blanks */
	struct bytes partial;    /* absent: whole */
};
struct feed_learned feed_sink_learned(struct feed_sink *s);
const struct feed *feed_sink_feed(const struct feed_sink *s);
/* The store refused (the index cannot be written): the import cannot go on. */
bool feed_sink_failed(const struct feed_sink *s);

/* ---- doc.c ---- */
/* A document in memory, for tests. */
struct doc_memory {
	struct feed_doc doc;
	struct bytes content;
	size_t at;
};
void doc_memory(struct doc_memory *ret, const char *name, struct bytes content);

/* ---- import_archive.c ---- */
struct import_walk {
	/* One document; -1 ends the walk. */
	int (*document)(void *arg, struct feed_doc *doc, struct err *e);
	/* A file or an archive could not be read (on); name as in feed_doc. */
	void (*broken)(void *arg, struct bytes name, const char *why);
	void *arg;
	uint64_t members, bytes; /* so far */
};
/* Walks a file or folder.  -1 when the path is not there, or the walk was ended. */
int import_walk(struct import_walk *w, const char *path, struct err *e);

/* ---- beside.c ---- */
/* doc is known to lie beside feeds, or is of a feed that is not used. */
bool doc_is_beside(const struct feed_doc *doc);
/* What to import instead of a feed that is not used; NULL: doc is of none. */
const char *doc_unused_why(const struct feed_doc *doc);

/* ---- import_known.c ---- */
struct import_known;
/* All ids that advisories in the index at db name; none where there is no index. */
int import_known_load(const char *db, struct import_known **ret, struct err *e);
void import_known_free(struct import_known *k); /* accepts NULL */
bool import_known_has(const struct import_known *k, struct bytes id);

/* ---- import_units.c ---- */
/* Which languages a call imports.  A unit is an archive, or a folder: what each of its records
 * names is what it is the collection of ("npm/all.zip"), and packages of other languages in it are
 * no whole collection, so that their feeds stay as they were.  A unit whose records have no
 * language in common (GitHub's database) imports all that they name. */
struct import_units {
	struct buf name;      /* of the unit at hand */
	uint32_t common, all; /* rows of language.c that every record of it names, that any does */
	uint64_t n;
	uint32_t chosen;
	bool is_mixed; /* a unit had no language in common, or a record stood alone, or names none
	                */
};
void import_units_add(struct import_units *u, struct bytes document, uint32_t languages);
uint32_t import_units_end(struct import_units *u); /* the languages, a bit each */

/* ---- import_passed.c ---- */
/* OSV records of what assay has no use for: ecosystems that it does not know, and commits of
 * repositories that no package names. */
struct import_passed {
	struct buf names; /* ecosystems, each once, as they are told */
	size_t n_names;
	uint64_t records, nameless; /* with such an ecosystem, with none at all */
};
/* The text of a record; is_used: a feed takes something of it. */
void import_passed_add(struct import_passed *p, struct bytes text, bool is_used);
/* A sentence; false: there is nothing to say. */
bool import_passed_say(const struct import_passed *p, struct buf *ret);

/* ---- import.c ---- */
/* The feed that is surest of doc, or NULL.  *ret_companion: doc holds no advisories but is known
 * to lie beside them. */
const struct feed *import_recognise(const struct feed_doc *doc, bool *ret_companion);

#endif
