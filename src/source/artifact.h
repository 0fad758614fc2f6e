/* SPDX-License-Identifier: Apache-2.0 */
/*
 * artifact.h - documents and blobs that are no image: in a registry, a layout, one in a tar, or a
 * tar at an address.  A chapter of source.h.
 *
 * Digests of documents are verified here; who reads a blob verifies its.
 */
#ifndef SOURCE_ARTIFACT_H
#define SOURCE_ARTIFACT_H

#include "base/base.h"
#include "fmt/fmt.h"

struct source_options;
struct source_stream;
struct artifact;

struct artifact_document {
	struct bytes text, media_type; /* media type absent: not said */
	struct digest digest;
};

/* ref: "registry:...", "oci:DIR[:TAG]", a path (a layout, or one in a tar), "https://..." (the
 * latter), or a name in a registry.  scratch: a folder for what an address gives, at most max
 * bytes. */
int artifact_open(const char *ref, const struct source_options *o, const char *scratch,
                  uint64_t max, struct artifact **ret, struct err *e);
void artifact_close(struct artifact *a); /* accepts NULL */
/* A manifest: by tag, or (absent) the one that the reference names; in a layout without a tag the
 * only one of that artifact type.  ERR_NOTFOUND. */
int artifact_manifest(struct artifact *a, struct bytes tag, struct bytes type,
                      struct artifact_document *ret, struct err *e);
int artifact_blob(struct artifact *a, const struct oci_descriptor *d, struct source_stream *ret,
                  struct err *e);
/* "https", "plain http", ...: how it comes here; for messages. */
const char *artifact_where(const struct artifact *a);

/* What is put somewhere, in this order: blobs first, names last, so that nothing half-put has a
 * name. */
struct artifact_part {
	struct digest digest;
	uint64_t size;
	const char *media_type;    /* of a manifest; NULL: a blob */
	const char *artifact_type; /* of a manifest, for index.json */
	const char *tag;           /* a manifest's name; NULL: its digest alone */
};
/* folder/sha256/HEX are the parts.  ref: "registry:...", "oci:DIR" (made anew), or a file, which
 * becomes a tar of the layout.  A tag "" is the one that ref names (or "latest"). */
int artifact_put(const char *ref, const char *folder, const struct artifact_part *parts, size_t n,
                 const struct source_options *o, struct err *e);
/* The same, but a layout that is there already is added to: what has one of the tags loses it. */
int artifact_replace(const char *ref, const char *folder, const struct artifact_part *parts,
                     size_t n, const struct source_options *o, struct err *e);

#endif
