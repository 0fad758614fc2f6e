/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch.h - documents from http and https servers into files.  Private to advise/ and its tests.
 *
 * A file appears whole or not at all.  What the server says of its freshness (ETag, Last-Modified)
 * is given back, to be asked with the next time.
 */
#ifndef ADVISE_FETCH_H
#define ADVISE_FETCH_H

#include "base/base.h"

enum fetch_outcome {
	FETCH_FAILED,  /* fault says why; nothing was written */
	FETCH_CHANGED, /* path holds the document */
	FETCH_SAME,    /* the server says that what etag and modified describe is still right */
	FETCH_MISSING, /* 404 or 410 */
};

struct fetch {
	const char *url;
	const char *path;            /* where the document goes; its folder is made */
	const char *etag, *modified; /* of the copy that is here; NULL: fetch whatever it is */
	/* filled by fetch_all */
	enum fetch_outcome outcome;
	struct bytes new_etag, new_modified; /* in the arena; absent: the server gave none */
	uint64_t bytes;                      /* of the document */
	struct err fault;
};

struct fetch_options {
	struct arena *arena;
	int64_t idle_s; /* a transfer that stands still this long is given up; 0: FETCH_IDLE_S */
	uint64_t max_bytes; /* of one document; 0: FETCH_DOC_MAX */
	int64_t wait_ms;    /* before the first repetition, doubled each time; 0: a second */
};

/* Fetches all, at most FETCH_PARALLEL_MAX at once.  Refusals for now (429, 503, ...), connections
 * that break and documents that end early are tried again, after what Retry-After says or ever
 * longer.  Redirects (at most FETCH_REDIRECTS_MAX) lead to http and https only, and never from
 * https to http.  -1 only when nothing could be tried at all. */
int fetch_all(struct fetch *f, size_t n, const struct fetch_options *o, struct err *e);

/* ---- parts of it, and of addresses ---- */
/* An absolute http or https URL with a host?  ERR_USAGE else, without its credentials. */
int fetch_check_url(const char *url, struct err *e);
/* url without user and password: what may be shown and kept.  What is no URL gives "(no URL)". */
void fetch_bare_url(const char *url, struct buf *ret);
/* Lets no later message show the credentials of url. */
void fetch_hide(const char *url);
/* ref as seen from base ("x/y.tar", "/z", "https://..."): heap memory, or NULL. */
char *fetch_join(const char *base, const char *ref);
/* Whether a redirect may be followed: to http or https, never from https to http. */
bool fetch_may_follow(const char *from, const char *to);
/* Milliseconds before repetition `tries` (from 1); random is any number, for jitter. */
int64_t fetch_backoff_ms(int64_t first_ms, unsigned tries, uint32_t random);

#endif
