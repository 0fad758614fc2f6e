/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsse.h - signed statements: the envelope (DSSE) and what is in it (in-toto Statement).
 *
 * Pure: nothing here knows a key.  Sources: DSSE v1.0 envelope.md and protocol.md; in-toto
 * attestation Statement v1 (and v0.1, which cosign writes).
 */
#ifndef FMT_DSSE_H
#define FMT_DSSE_H

#include "base/base.h"

#define DSSE_MEDIA_TYPE   "application/vnd.dsse.envelope.v1+json"
#define INTOTO_MEDIA_TYPE "application/vnd.in-toto+json"

struct dsse_signature {
	struct bytes keyid; /* a hint that nothing may rest on; absent: none */
	struct bytes sig;   /* raw */
};

struct dsse {
	struct bytes payload_type, payload; /* decoded */
	struct dsse_signature *signatures;  /* at least one */
	size_t n_signatures;
};

/* Reads an envelope of at most DSSE_ENVELOPE_MAX bytes; what comes out lives in a.  Members that it
 * does not know are passed over, as envelope.md wants.  ERR_FORMAT, ERR_LIMIT. */
int dsse_parse(struct arena *a, struct bytes text, const char *name, struct dsse *ret,
               struct err *e);
/* The same of one that is part of a document, a bundle's "dsseEnvelope". */
int dsse_read(struct arena *a, const json_t *root, const char *name, struct dsse *ret,
              struct err *e);
/* Appends PAE(type, payload): the bytes that are signed.  -1 past the maximum of ret. */
int dsse_pae(struct bytes type, struct bytes payload, struct buf *ret);
/* Appends an envelope as one line without its end. */
int dsse_write(const struct dsse *d, struct buf *ret);

struct statement_subject {
	struct bytes name;    /* absent: none */
	struct digest sha256; /* DIGEST_NONE: it has others only */
};

struct statement {
	struct bytes predicate_type;
	struct statement_subject *subjects; /* at least one */
	size_t n_subjects;
	const json_t *predicate; /* an object, or NULL; lives as long as root */
	json_t *root;            /* owned: statement_free */
};

/* Reads the payload of an envelope whose type is INTOTO_MEDIA_TYPE. */
int statement_parse(struct arena *a, struct bytes text, const char *name, struct statement *ret,
                    struct err *e);
void statement_free(struct statement *s);
bool statement_is_about(const struct statement *s, const struct digest *sha256);
/* A Statement v1 about one thing: opens the object and writes all but the value of "predicate",
 * which comes next; then jout_object_end. */
void statement_begin(struct json_out *j, struct bytes name, const struct digest *subject,
                     const char *predicate_type);

#endif
