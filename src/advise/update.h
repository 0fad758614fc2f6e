/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update.h - the parts of `db update`.  Private to advise/ and its tests.
 *
 * update_urls.c knows where the documents of a feed are, update_state.c what was fetched the last
 * time, update.c fetches and imports.
 */
#ifndef ADVISE_UPDATE_H
#define ADVISE_UPDATE_H

#include "advise/feed.h"

/* ---- update_urls.c ---- */
struct update_url {
	const char *url;
	bool may_miss; /* a release that may not be there (yet, or any longer) */
};
struct update_urls {
	struct update_url *v; /* in the arena */
	size_t n;
};
/* Addresses of f with "{release}" replaced: those of over (a text or a list of texts of the user's)
 * in place of the feed's own unless it is NULL.  A release that ends in "?" may be missing. */
int update_urls(const struct feed *f, const json_t *over, struct arena *a, struct update_urls *ret,
                struct err *e);
/* Reads the YAML mapping of --feed-urls: names of feeds to a text or a list. */
int update_read_urls(const char *path, json_t **ret, struct err *e);
int update_unknown_feed(const char *name, struct err *e); /* names the nearest; -1 */
/* Whether the document at url only names the one that is wanted: an "archive_latest.txt", a
 * "mirror.list" of a package repository, its "repomd.xml". */
bool update_is_pointer(const char *url);
/* The address that text, the document at url, names: in the arena.  ERR_FORMAT when it names none,
 * or one that a redirect could not lead to either; ERR_NOTFOUND when it is a repository without. */
int update_follow(const char *url, struct bytes text, struct arena *a, const char **ret,
                  struct err *e);
/* Name of the document below the folder of fetched ones: "FEED/HOST/PATH", clean, one to one. */
const char *update_file_name(const char *feed, const char *bare_url, struct arena *a);

/* ---- update_state.c ---- */
/* What is known of the documents that were fetched, by feed and address (without credentials); kept
 * as a JSON document beside the index. */
struct update_state {
	json_t *root;
};
/* Reads path; what is not there or not ours is an empty state. */
void update_state_load(struct update_state *s, const char *path);
void update_state_free(struct update_state *s);
int update_state_save(const struct update_state *s, const char *path, struct err *e);
/* When the feed was imported from the documents in the state; 0: it was not. */
int64_t update_state_imported(const struct update_state *s, const char *feed);
/* Number of documents of feed. */
size_t update_state_documents(const struct update_state *s, const char *feed);
/* Validators of a document, NULL where it has none, valid until the state changes; false: it is not
 * in the state. */
bool update_state_get(const struct update_state *s, const char *feed, const char *url,
                      const char **ret_etag, const char **ret_modified);
/* Every document of feed. */
void update_state_each(const struct update_state *s, const char *feed,
                       void (*fn)(void *arg, const char *url), void *arg);
/* Forgets the feed, to put its documents anew. */
void update_state_begin(struct update_state *s, const char *feed, int64_t imported_s);
void update_state_put(struct update_state *s, const char *feed, const char *url, struct bytes etag,
                      struct bytes modified);

#endif
