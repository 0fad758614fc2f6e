/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher.h - assay-fetch: what its files share.  Private.
 *
 * fetcher_serve.c answers the front; fetcher_pull.c reads, tries and resumes, fetcher_push.c
 * writes, fetcher_again.c says when to try again, fetcher_why.c why not; fetcher_auth.c answers
 * challenges with what fetcher_creds.c finds; fetcher_http.c is one request with its redirects;
 * fetcher_trust.c says which certificates are trusted and shown.  fetcher_daemon.c asks docker and
 * podman, which fetcher_where.c finds.
 */
#ifndef SOURCE_FETCHER_H
#define SOURCE_FETCHER_H

#include <curl/curl.h>

#include "source/pull.h"

/* What came before the body of an answer. */
struct reply {
	struct arena *arena; /* of the request: header lines */
	long status;
	struct bytes content_type, content_range, content_length, content_encoding, digest;
	struct bytes location, link;
	struct bytes authenticate[REGISTRY_CHALLENGES_MAX];
	size_t n_authenticate;
	uint64_t header_bytes;
	const char *twice; /* of what is there once: two that differ came; NULL: none */
	bool is_complete;  /* the empty line behind it has come */
};

/* Takes the body of a 200 or 206; begin is told the header first.  -1 ends the transfer. */
struct sink {
	int (*begin)(void *arg, const struct reply *r, struct err *e);
	int (*data)(void *arg, struct bytes piece, struct err *e);
	void *arg;
};

struct trust {
	struct buf certs;     /* PEM: the system's and those of --cacert */
	struct buf own_certs; /* the same and those of certs.d for this registry; empty: certs */
	const char *client_cert, *client_key; /* shown to the registry alone; NULL: none */
};

/* What a request brings along: a part of a file, read again from its beginning for each try. */
struct upload {
	int fd;
	uint64_t size;
	const char *type; /* Content-Type */
};

struct fetcher {
	CURL *curl;
	struct arena *arena;
	struct pull_setup setup; /* slices into setup_frame */
	struct buf setup_frame;
	struct registry_ref ref; /* for finding credentials: host and repository */
	struct bytes api;        /* host of the API */
	bool is_plain;           /* http: */
	const char *socket;      /* of a daemon on this machine; NULL: over the network */
	const char *daemon_at;   /* where the daemon is, for people; NULL: not looked for yet */
	bool is_mirror;          /* there is somebody else to ask */
	bool is_probed;
	struct trust trust;
	struct registry_auth auth; /* credentials for this registry */
	bool has_looked;           /* auth is filled */
	struct buf authorization;  /* value of the header; empty: none */
	bool is_bearer;            /* it is a token that can be renewed */
	uint64_t idle_ms;
	uint64_t given;       /* bytes of the blob at hand that the front has */
	struct place *places; /* where its images are to be had; NULL: not looked for yet */
	size_t n_places;
	const char *scope;  /* of tokens; NULL: to pull from the repository */
	int64_t blocked_ms; /* spent in waiting for the front, since the request began */
};

/* ---- fetcher_http.c ---- */
struct request {
	const char *url;
	const char *accept;        /* NULL: none */
	const char *post;          /* form to send; NULL: GET */
	const char *method;        /* NULL: GET, or POST of the form */
	const struct upload *body; /* with PUT; NULL: none */
	const char *authorization; /* value of the header; NULL: none */
	uint64_t offset;           /* Range: bytes=offset- when not 0 */
	struct sink sink;
	/* filled */
	struct reply reply;
	char error_body[512]; /* beginning of the body of any other status */
	size_t n_error_body;
	int64_t retry_after_s;
	bool can_again;  /* the failure may pass */
	bool is_stalled; /* it was too slow */
	bool is_no_tls;  /* what answered does not speak TLS, or nothing answers */
};
/* 0 with the last answer, whatever its status; -1 when there is none or the sink refused it. */
int request_run(struct fetcher *f, struct request *q, struct err *e);
/* "https://host/v2/": where the API is. */
const char *api_url(struct fetcher *f, const char *rest);
enum pull_transport api_transport(const struct fetcher *f);
/* The host (and port) of an http or https URL, in a; absent for any other. */
struct bytes url_host(struct arena *a, const char *url, bool *ret_is_https);

/* ---- fetcher_trust.c ---- */
int trust_load(struct fetcher *f, struct err *e);
/* For a daemon instead: only dir/ca.pem is trusted, dir/cert.pem and dir/key.pem are shown. */
int trust_load_daemon(struct fetcher *f, const char *dir, struct err *e);
void trust_free(struct trust *t);
/* is_own: the request goes to the registry itself. */
void trust_apply(const struct fetcher *f, bool is_own, bool is_verified);

/* ---- fetcher_creds.c ---- */
/* Fills f->auth once; all absent: nothing is known. */
int creds_find(struct fetcher *f, struct err *e);

/* ---- fetcher_auth.c ---- */
/* After a 401: gets what it asks for.  ERR_IO "denied" when that is not possible. */
int auth_answer(struct fetcher *f, const struct reply *r, struct err *e);
/* Says that access is denied, and whether there were credentials. */
int auth_denied(const struct fetcher *f, struct err *e);
/* Lets no message show what is in an Authorization header. */
void auth_hide(struct bytes secret);
int auth_set_bearer(struct fetcher *f, struct bytes token, struct err *e);

/* ---- fetcher_again.c: trying again ---- */
struct tries {
	unsigned n, total;
	unsigned max;    /* 0: REGISTRY_TRIES_MAX */
	bool is_renewed; /* 401 has been answered since bytes came the last time */
	uint64_t offset; /* at the last try */
};
/* Waits before another try, now that bytes up to offset are there; -1 (with e as it stands) when
 * there will be none. */
int again(const struct request *q, uint64_t offset, struct tries *t, struct err *e);
/* May an answer with that status be another one the next time? */
bool status_may_pass(long status);
/* Where plain http will do (--insecure, this machine), whether TLS is spoken is tried first. */
void probe(struct fetcher *f);

/* ---- fetcher_why.c: what people are told ---- */
/* The proxy that the environment names on the way to a host; NULL: none. */
const char *proxy_for(struct bytes host, bool is_https);
struct failure {
	CURLcode code;
	const char *text;  /* curl's words for it */
	struct bytes host; /* that was asked; terminated */
	bool is_https;
};
/* Says why nothing came; may find that trying again is of no use. */
int why_failed(struct fetcher *f, struct request *q, const struct failure *x, struct err *e);
/* Says what the registry said with a status that is no success. */
int status_refused(const struct fetcher *f, const struct request *q, struct err *e);

/* ---- fetcher_push.c ---- */
/* Puts a file under its digest, unless the registry has it. */
int push_blob(struct fetcher *f, const struct pull_frame *q, int out, struct err *e);
/* Puts a manifest under a tag or digest. */
int push_manifest(struct fetcher *f, const struct pull_frame *q, int out, struct err *e);

/* ---- fetcher_pull.c ---- */
int pull_manifest(struct fetcher *f, struct bytes which, size_t max, int out, struct err *e);
int pull_blob(struct fetcher *f, struct bytes digest, uint64_t size, int out, struct err *e);
/* One page of tags or of the catalog. */
int pull_list(struct fetcher *f, const struct pull_frame *q, int out, struct err *e);
/* One page of what refers to a manifest. */
int pull_referrers(struct fetcher *f, struct bytes what, size_t max, int out, struct err *e);
/* Any address of http or https: a file of at most q->number bytes. */
int pull_url(struct fetcher *f, const struct pull_frame *q, int out, struct err *e);

/* ---- fetcher_mirrors.c ---- */
struct place {
	struct fetcher f;
	enum registry_use use;
};
/* Fills f->places. */
int places_open(struct fetcher *f, struct err *e);
void places_close(struct fetcher *f);
/* A page of a list from the registry itself. */
int places_list(struct fetcher *f, const struct pull_frame *q, int out, struct err *e);
/* A manifest or blob from the first place that gives it. */
int places_ask(struct fetcher *f, const struct pull_frame *q, int out, struct err *e);

/* ---- fetcher_where.c ---- */
/* Fills f->socket or f->api, f->daemon_at, and what is trusted; ERR_NOTFOUND: there is none. */
int daemon_find(struct fetcher *f, struct err *e);

/* ---- fetcher_daemon.c ---- */
int daemon_inspect(struct fetcher *f, struct bytes name, int out, struct err *e);
int daemon_export(struct fetcher *f, struct bytes id, int out, struct err *e);

#endif
