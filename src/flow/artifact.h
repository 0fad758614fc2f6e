/* SPDX-License-Identifier: Apache-2.0 */
/*
 * artifact.h - the advisory index as an artifact: what both ends must agree on.  Private to flow/.
 *
 * TAG is a manifest (INDEX_ARTIFACT) of one blob, the index in zstd.  sha256-HEX.att, as cosign
 * names it, is a manifest of DSSE envelopes; each holds a Statement about the first manifest, with
 * the predicate
 *
 *   {"schema": 1, "built": "2026-11-20T10:00:00Z", "size": BYTES, "sum": "XXH3-128 in hex",
 *    "sha256": "of the index, plain", "feeds": [{"name", "data", "records"}]}
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

/* "sha256-HEX.att", in a. */
const char *flow_attestation_tag(struct arena *a, const struct digest *manifest);
int flow_claim_read(const json_t *predicate, struct index_claim *ret, struct err *e);
void flow_claim_write(struct json_out *j, const struct index_claim *c, const struct index *ix);

#endif
