/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci.h - strict readers of image documents: OCI index, manifest and config, Docker's schema 2, and
 * the manifest.json, repositories and oci-layout files of archives and layouts.
 *
 * Pure.  What comes out lives in the caller's arena.  `name` is the document's name in messages.
 * A document is refused (ERR_FORMAT) where two tools could see two images in it: duplicate keys,
 * keys that differ in case only, manifest and index at once, a media type other than the one it was
 * announced with, digests and sizes out of their grammar, members of a wrong type.
 *
 * Sources: OCI image-spec (descriptor, manifest, image-index, config, image-layout); Docker image
 * manifest version 2 schema 2 and image specification v1.2; GHSA-77vh-xpmg-72qh.
 */
#ifndef FMT_OCI_H
#define FMT_OCI_H

#include "base/base.h"

/* os/architecture/variant; absent slices where unknown. */
struct oci_platform {
	struct bytes os, arch, variant;
};

/* Reads "os/arch[/variant]" as a user writes it ("aarch64", "x86_64" are taken for arm64, amd64);
 * a lone architecture means linux.  Slices point into text.  ERR_USAGE. */
int oci_platform_parse(struct bytes text, struct oci_platform *ret, struct err *e);
/* linux on the machine named (as in uname -m). */
struct oci_platform oci_platform_host(struct bytes machine);
/* 0: have is not want; 1: another variant of it; 2: the variant wanted (or the usual one when none
 * was named: v8 of arm64, v7 of arm, v1 of amd64). */
int oci_platform_match(const struct oci_platform *want, const struct oci_platform *have);
/* "linux/arm64/v8"; absent when neither part is known. */
struct bytes oci_platform_text(struct arena *a, const struct oci_platform *p);

struct oci_descriptor {
	struct bytes media_type;
	struct digest digest;
	uint64_t size; /* bytes, at most 2^53 - 1 */
	struct oci_platform platform;
	struct bytes ref_name;   /* annotation org.opencontainers.image.ref.name */
	struct bytes image_name; /* annotation io.containerd.image.name */
	struct bytes artifact_type;
	/* annotations of what lies beside an image: BuildKit's vnd.docker.reference.digest, the
	 * predicate's type (in-toto.io/predicate-type, predicateType), cosign's signature (base64)
	 * and certificate (PEM) */
	struct bytes reference, predicate_type, signature, certificate;
	bool is_attestation; /* annotation vnd.docker.reference.type = attestation-manifest */
	bool has_urls;
};

/* What a media type is good for. */
enum oci_media {
	OCI_MEDIA_OTHER,
	OCI_MEDIA_INDEX,
	OCI_MEDIA_MANIFEST,
	OCI_MEDIA_CONFIG,
	OCI_MEDIA_LAYER,         /* a tar, plain, gzip or zstd */
	OCI_MEDIA_LAYER_FOREIGN, /* must not be distributed: fetched from a URL */
	OCI_MEDIA_LAYER_SEALED,  /* encrypted */
	OCI_MEDIA_SCHEMA1,
	OCI_MEDIA__MAX
};
enum oci_media oci_media(struct bytes media_type);

/* An index or a manifest, which of them kind says. */
struct oci_document {
	enum oci_media kind;     /* OCI_MEDIA_INDEX or OCI_MEDIA_MANIFEST */
	struct bytes media_type; /* as stated, else as announced, else absent */
	struct bytes artifact_type;
	struct digest subject;            /* what it is about; DIGEST_NONE: it does not say */
	struct oci_descriptor *manifests; /* index */
	size_t n_manifests;
	struct oci_descriptor config; /* manifest */
	struct oci_descriptor *layers;
	size_t n_layers;
};

/* Reads an index or a manifest of at most OCI_MANIFEST_MAX bytes.  `announced` is the media type of
 * the descriptor (or Content-Type) that led here, absent for index.json.  ERR_UNSUPPORTED for
 * Docker schema 1, by name. */
int oci_parse(struct arena *a, struct bytes text, const char *name, struct bytes announced,
              struct oci_document *ret, struct err *e);
/* Is the manifest that of an image?  Else *ret_what is the media type of what it is. */
bool oci_is_image(const struct oci_document *manifest, struct bytes *ret_what);
/* 0 when the manifest is that of a root file system assay can read; else ERR_UNSUPPORTED "not an
 * image: MEDIA TYPE" (charts, WebAssembly, signatures, attestations), or a foreign, encrypted or
 * unknown layer by its digest. */
int oci_check_image(const struct oci_document *manifest, struct err *e);

struct oci_texts {
	struct bytes *v;
	size_t n;
};

struct oci_label {
	struct bytes key, value;
};

struct oci_history {
	struct bytes created, created_by, author, comment;
	bool is_empty; /* made no layer */
};

struct oci_config {
	struct oci_platform platform;
	struct bytes created, author;
	struct bytes user, working_dir, stop_signal;
	struct oci_texts env, entrypoint, cmd, on_build, shell;
	struct oci_texts exposed_ports, volumes; /* sorted */
	struct oci_texts healthcheck;            /* "CMD", "curl", ... */
	struct oci_label *labels;                /* sorted by key */
	size_t n_labels;
	struct digest *diff_ids; /* bottom first */
	size_t n_diff_ids;
	struct oci_history *history; /* oldest first */
	size_t n_history;
	size_t n_history_layers; /* entries that made a layer */
};

/* Reads an image config of at most OCI_CONFIG_MAX bytes.  The history may be missing or count
 * other layers than rootfs does (builders in the wild do that): the caller compares. */
int oci_config_parse(struct arena *a, struct bytes text, const char *name, struct oci_config *ret,
                     struct err *e);
/* The command that made layer i, absent when the history does not tell (missing, or its number of
 * layers is not that of rootfs). */
struct bytes oci_created_by(const struct oci_config *c, size_t i);

/* manifest.json of `docker save`. */
struct oci_saved_source { /* LayerSources: what a layer was before it was saved */
	struct digest diff_id;
	struct oci_descriptor descriptor;
};
struct oci_saved {
	struct bytes config;     /* member name */
	struct oci_texts tags;   /* "name:tag" */
	struct oci_texts layers; /* member names, bottom first */
	struct oci_saved_source *sources;
	size_t n_sources;
};
/* At least one image, else ERR_FORMAT ("null" and "[]" too). */
int oci_saved_parse(struct arena *a, struct bytes text, struct oci_saved **ret, size_t *ret_n,
                    struct err *e);
/* The "name:tag" pairs of the file `repositories`, sorted. */
int oci_repositories_parse(struct arena *a, struct bytes text, struct oci_texts *ret,
                           struct err *e);
/* The file `oci-layout`: 0 when its version is one assay reads (1.0.x). */
int oci_layout_check(struct bytes text, struct err *e);

#endif
