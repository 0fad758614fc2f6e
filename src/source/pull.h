/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull.h - reading from a registry or a daemon: the front's half, the wire, and assay-fetch.
 * Private.
 *
 * The front is not linked with curl and holds no token: it starts assay-fetch, tells it once whom
 * to talk to (pull_setup), and then asks for one document or blob after the other.  Both directions
 * carry frames: four bytes of length (little endian), then one CBOR map.
 *
 *   front         assay-fetch
 *   SETUP     ->
 *   MANIFEST  ->
 *             <-  HEAD, DATA..., END      or ERROR at any place before END
 *   BLOB      ->
 *             <-  DATA..., END
 *   INSPECT   ->      of a daemon: what it says of an image
 *             <-  HEAD, DATA..., END
 *   EXPORT    ->      of a daemon: the image as an archive
 *             <-  DATA..., END
 *   LIST      ->
 *             <-  HEAD, DATA..., END
 *   REFERRERS ->
 *             <-  HEAD, DATA..., END
 *   URL       ->
 *             <-  DATA..., END
 *   PUT_BLOB, PUT_MANIFEST ->
 *             <-  END
 */
#ifndef SOURCE_PULL_H
#define SOURCE_PULL_H

#include "source/source.h"

/* ---- pull_wire.c ---- */
enum pull_kind {
	PULL_SETUP = 1,
	PULL_MANIFEST,
	PULL_BLOB,
	PULL_HEAD,
	PULL_DATA,
	PULL_END,
	PULL_ERROR,
	PULL_INSPECT,
	PULL_EXPORT,
	PULL_LIST,
	PULL_URL,
	PULL_PUT_BLOB,
	PULL_PUT_MANIFEST,
	PULL_REFERRERS,
	PULL__MAX,
};

/* How the bytes come here. */
enum pull_transport { PULL_TLS, PULL_TLS_UNVERIFIED, PULL_PLAIN };

/* Whom to talk to. */
struct pull_setup {
	struct bytes host; /* as in the image's name */
	struct bytes repository;
	struct bytes user, password, token;
	struct bytes cacert; /* path */
	struct bytes realms; /* hosts that may give out tokens, parted by "," */
	struct bytes daemon; /* "docker", "podman": host and repository do not count */
	uint64_t idle_ms;
	uint64_t log; /* log_setting of the front */
	bool is_insecure, is_offline;
	bool is_push; /* tokens must allow that too */
};

/* One frame; the members that its kind has. */
struct pull_frame {
	enum pull_kind kind;
	struct bytes text;   /* MANIFEST, BLOB, PUT_*: tag or digest.  LIST: what to ask for, below
	                        /v2/.  REFERRERS: a digest, or what a HEAD said is next.
	                        URL: that.  INSPECT, EXPORT: name or id.  HEAD:
	                        Content-Type, or where the daemon is.  DATA: the bytes.
	                        ERROR: message */
	struct bytes digest; /* HEAD: Docker-Content-Digest, of a LIST what to ask for next;
	                        absent: none.  PUT_MANIFEST: media type */
	uint64_t number;     /* MANIFEST, LIST, URL: bytes at most.  BLOB, PUT_*: its size.
	                        HEAD: transport.  END of PUT_*: bytes sent; 0: it was there.
	                        ERROR: enum err_kind */
	struct bytes path;   /* PUT_*: of the file that holds it.  HEAD: host that gave it.
	                        MANIFEST, REFERRERS: host to ask alone, if it is a place of it */
};

int pull_put(struct buf *b, const struct pull_frame *f);
bool pull_get(struct bytes b, struct pull_frame *ret);
int pull_put_setup(struct buf *b, const struct pull_setup *s);
bool pull_get_setup(struct bytes b, struct pull_setup *ret);
/* Writes a frame whole; -1 when the other side has gone. */
int pull_write(int fd, struct bytes payload);
/* Reads a frame of at most max bytes into *ret (reset first): 1, 0 at the end, -1 when it is cut
 * short or longer. */
int pull_read(int fd, size_t max, struct buf *ret);

/* ---- pull_front.c: the front's half ---- */
struct puller;
struct pull_setup pull_setup_of(struct bytes host, struct bytes repository,
                                const struct source_registry *o);
struct puller *puller_new(const struct pull_setup *setup); /* copies */
void puller_free(struct puller *p);                        /* ends what still runs */
/* The manifest by tag or digest, in a; ERR_DIGEST when the registry's own digest of it is not that
 * of the bytes. */
struct pull_document {
	struct bytes text, media_type; /* media type: absent unless one of a manifest or index */
	struct digest digest;
	enum pull_transport transport;
	struct bytes where; /* host that gave it: the registry's or a mirror's */
};
int puller_manifest(struct puller *p, struct arena *a, struct bytes which,
                    struct pull_document *ret, struct err *e);
/* The same of what lies beside the image that came from `where`: that host is asked and no other.
 */
int puller_manifest_at(struct puller *p, struct arena *a, struct bytes which, struct bytes where,
                       struct pull_document *ret, struct err *e);
/* One page of a list ("_catalog", "team/app/tags/list?n=100"), in a, and what to ask for after it
 * (absent: nothing). */
int puller_list(struct puller *p, struct arena *a, struct bytes what, struct bytes *ret,
                struct bytes *ret_next, struct err *e);
/* The same of the documents that have a manifest for their subject, at the host that gave it: *what
 * is its digest, then what to ask for next (absent: nothing).  ERR_NOTFOUND, ERR_UNSUPPORTED: the
 * registry keeps no such list. */
int puller_referrers(struct puller *p, struct arena *a, struct bytes *what, struct bytes where,
                     struct bytes *ret, struct err *e);
/* A file at an address, of at most max bytes, as a stream. */
int puller_url(struct puller *p, struct bytes url, uint64_t max, struct source_stream *ret,
               struct err *e);
/* Puts what is in the file at path: a blob (media_type absent) under its digest, or a manifest
 * under a tag or digest.  *ret_sent: bytes that went up, 0 when the registry had them. */
struct pull_put {
	struct bytes which, media_type;
	uint64_t size;
	const char *path;
};
int puller_put(struct puller *p, const struct pull_put *what, uint64_t *ret_sent, struct err *e);
/* A small blob whole, of exactly `size` bytes; its digest is the caller's to check. */
int puller_blob(struct puller *p, struct arena *a, const struct digest *d, uint64_t size,
                struct bytes *ret, struct err *e);
/* A blob as a stream; several at once, each through a process of its own. */
int puller_open(struct puller *p, const struct digest *d, uint64_t size, struct source_stream *ret,
                struct err *e);
/* What a daemon says of the image called so (JSON), and where it is ("unix:///..."), in a;
 * ERR_NOTFOUND: there is no daemon, or it has none. */
int puller_inspect(struct puller *p, struct arena *a, struct bytes name, struct bytes *ret_json,
                   struct bytes *ret_where, struct err *e);
/* A daemon's image as a stream: a docker-archive. */
int puller_export(struct puller *p, struct bytes id, struct source_stream *ret, struct err *e);

/* ---- pull_pool.c ---- */
/* A puller for that repository, kept or new; pool may be NULL. */
struct puller *pool_take(struct source_pool *pool, const struct pull_setup *setup);
/* Takes back what pool_take gave (NULL too). */
void pool_give(struct source_pool *pool, struct puller *p);

#endif
