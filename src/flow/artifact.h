/* SPDX-License-Identifier: Apache-2.0 */
/*
 * artifact.h - the advisory index, or a policy, as an artifact: what both ends must agree on.
 * Private to flow/.
 *
 * TAG is a manifest (INDEX_ARTIFACT) of one blob, the index in zstd.  sha256-HEX.att, as cosign
 * names it, is a manifest of DSSE envelopes; each holds a Statement about the first manifest, with
 * the predicate
 *
 *   {"schema": 1, "built": "2026-11-20T10:00:00Z", "size": BYTES, "sum": "XXH3-128 in hex",
 *    "sha256": "of the index, plain", "feeds": [{"name", "data", "records"}]}
 *
 * A policy (POLICY_ARTIFACT) is one blob too, a document of the policy and the files that it names;
 * its predicate is {"name": "...", "revision": N}.
 */
#ifndef FLOW_ARTIFACT_H
#define FLOW_ARTIFACT_H

#include "flow/flow.h"

#define INDEX_ARTIFACT  "application/vnd.assay.index.v1"
#define INDEX_BLOB      "application/vnd.assay.index.v1.lmdb+zstd"
#define INDEX_PREDICATE "urn:assay:index:v1"
#define OCI_MANIFEST    "application/vnd.oci.image.manifest.v1+json"
#define OCI_EMPTY       "application/vnd.oci.empty.v1+json"
#define OCI_CONFIG      "application/vnd.oci.image.config.v1+json"

/* What the statement says of the index. */
struct index_claim {
	struct index_identity identity;
	struct digest plain; /* SHA-256 of the file */
	uint64_t schema;
};

#define POLICY_ARTIFACT  "application/vnd.assay.policy.v1"
#define POLICY_BLOB      "application/vnd.assay.policy.v1+json"
#define POLICY_PREDICATE "urn:assay:policy:v1"

/* ---- making: artifact_make.c ---- */
enum { ARTIFACT_PARTS_MAX = 6 };
/* The parts in a folder of their own: the blob, then what draft_manifest and draft_sign add. */
struct artifact_draft {
	struct arena *a;
	const char *folder;
	struct artifact_part parts[ARTIFACT_PARTS_MAX];
	size_t n, about; /* about: which part is the manifest that names the blob */
};
int draft_open(struct artifact_draft *d, struct arena *a, struct err *e);
void draft_close(struct artifact_draft *d); /* removes the folder */
const char *draft_path(const struct artifact_draft *d, const struct digest *digest);
int draft_text(struct artifact_draft *d, struct bytes text, struct artifact_part part,
               struct err *e);
/* The manifest of the last part, a blob. */
struct artifact_words {
	const char *type, *blob_type, *title, *key, *value; /* key, value: an annotation */
};
int draft_manifest(struct artifact_draft *d, const struct artifact_words *w, struct err *e);
int draft_sign(struct artifact_draft *d, struct bytes statement, const char *predicate_type,
               struct key_ring keys, struct err *e);

/* ---- taking: artifact_take.c ---- */
struct artifact_taking {
	struct arena *a;
	const char *ref, *what; /* what: "an advisory index" */
	struct artifact *from;
	struct key_ring keys;
	struct artifact_document manifest;
	struct oci_descriptor blob;
	const struct key *signer;
};
int taking_open(struct artifact_taking *t, const char *type, const char *blob_type, struct err *e);
/* The statement about the manifest that one of the keys has signed; statement_free. */
int taking_verify(struct artifact_taking *t, const char *predicate_type, struct statement *ret,
                  struct err *e);
/* A blob of at most max bytes, its digest verified. */
int taking_blob(struct artifact_taking *t, const struct oci_descriptor *d, uint64_t max,
                struct buf *to, struct err *e);

/* "sha256-HEX.att", in a. */
const char *flow_attestation_tag(struct arena *a, const struct digest *manifest);
int flow_claim_read(const json_t *predicate, struct index_claim *ret, struct err *e);
void flow_claim_write(struct json_out *j, const struct index_claim *c, const struct index *ix);

#endif
