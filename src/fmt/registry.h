/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - what a client of a registry reads: references, challenges, stored credentials, and
 * the ranges that a server says it sends.
 *
 * Pure.  Sources: distribution's reference grammar (docker.io's short names too); RFC 9110 11.6.1
 * (WWW-Authenticate) and 14.4 (Content-Range); Docker's config.json and podman's auth.json, which
 * have the same members; OCI distribution-spec, "Pull".
 */
#ifndef FMT_REGISTRY_H
#define FMT_REGISTRY_H

#include "base/base.h"

struct registry_ref {
	struct bytes host;       /* "docker.io", "localhost:5000", "[::1]:443"; as in the name */
	struct bytes repository; /* "library/alpine" */
	struct bytes tag;        /* absent when a digest is named and no tag */
	struct digest digest;    /* DIGEST_NONE: by tag */
};

/* Reads "[HOST[:PORT]/]NAME[:TAG][@DIGEST]"; without a host it is Docker Hub's, without a tag and
 * digest "latest" is meant.  Slices point into text or are constant, or lie in a.  ERR_USAGE. */
int registry_ref_parse(struct arena *a, struct bytes text, struct registry_ref *ret, struct err *e);
/* Where the API of host is: itself, but for docker.io. */
struct bytes registry_api_host(struct bytes host);

/* A host without its port and brackets. */
struct bytes registry_bare_host(struct bytes host);
/* localhost and its subdomains, 127.0.0.0/8, ::1: this machine. */
bool registry_is_loopback(struct bytes host);
/* An address that only this machine's surroundings answer at: link-local ones and the metadata
 * services of clouds. */
bool registry_is_link_local(struct bytes host);
/* May tokens for registry be asked for at realm (hosts with or without port)?  The same host, one
 * beneath the other, two of one registrable domain, or a pair that is well known. */
bool registry_vouches(struct bytes registry, struct bytes realm);

/* One challenge of a WWW-Authenticate header; absent slices where it does not say. */
struct registry_challenge {
	bool is_bearer, is_basic; /* neither: another scheme */
	struct bytes realm, service, scope, error;
};
/* Reads at most max challenges of one header line, those up to where it stops making sense; how
 * many. */
size_t registry_challenges(struct arena *a, struct bytes header, struct registry_challenge *ret,
                           size_t max);

/* What a configuration says about one registry; absent slices where it does not say. */
struct registry_auth {
	struct bytes helper; /* "NAME" of docker-credential-NAME to ask */
	bool is_store;       /* it is the one for all registries: it may know nothing */
	struct bytes user, password;
	struct bytes identity_token; /* for the token server */
	struct bytes registry_token; /* for the registry itself */
};
/* Finds host (of the name, "docker.io") and repository in a config.json.  Absent slices only: it
 * knows nothing.  ERR_FORMAT without a word of its content. */
int registry_auth_find(struct arena *a, struct bytes json, const struct registry_ref *ref,
                       struct registry_auth *ret, struct err *e);
/* What a credential helper answers: {"Username":..., "Secret":...}. */
int registry_helper_answer(struct arena *a, struct bytes json, struct registry_auth *ret,
                           struct err *e);
/* What a token server answers: {"token":..., "access_token":..., "expires_in":...}. */
int registry_token_answer(struct arena *a, struct bytes json, struct bytes *ret, struct err *e);

/* The answer to a GET of a blob of `size` bytes of which `offset` are here already. */
struct registry_range {
	uint64_t offset, size;
	long status;                /* 200 or 206 */
	struct bytes content_range; /* header; absent: none */
	struct bytes content_length;
};
/* How many of the first bytes that come are here already and must be skipped.  ERR_FORMAT and
 * ERR_DIGEST for what does not belong to the request or another blob. */
int registry_range_check(const struct registry_range *r, uint64_t *ret_skip, struct err *e);

/* What to ask for below /v2/ of host after a page of a list, from its Link header; absent: it was
 * the last one (or what the header says leads elsewhere).  A slice of the header. */
struct bytes registry_next_link(struct bytes header, struct bytes host);
/* Does the header say that the list goes on, wherever that is? */
bool registry_goes_on(struct bytes header);

/* A page of a list: the strings of the member `key` ("tags", "repositories"), in a; null is none.
 * ERR_FORMAT, ERR_LIMIT past REGISTRY_LIST_MAX. */
int registry_list_parse(struct arena *a, struct bytes json, const char *key, struct bytes **ret,
                        size_t *ret_n, struct err *e);

#endif
