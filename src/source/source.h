/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - where images come from: each source gives manifest, config and layer streams.
 *
 * One file per source and one row each in sources.def.  Digests and sizes of manifest and config
 * are verified here as they are read; those of layers by the pool that feeds the workers.
 *
 *   docker-archive:FILE[:TAG]  docker save, plain or compressed, old form and Docker 25's
 *   oci:DIR[:TAG|@DIGEST]      an OCI image layout
 *   oci-archive:FILE[:TAG]     one in a tar, plain or compressed
 *   dir:PATH                   a root file system, fed as a tar that the front makes
 *   tar:FILE                   one in a tar, plain or compressed
 *   containerd:NAME|ID         in containerd's content store, without its daemon
 *   containers-storage:NAME|ID where podman and CRI-O keep images, without any daemon
 *   docker:NAME|ID             in Docker, as its daemon packs it
 *   podman:NAME|ID             the same of podman
 *   registry:[HOST/]NAME[:TAG|@DIGEST]  in a registry, Docker Hub when no host is named
 *
 * The whole of the rest is the path when that exists; else it is cut at a ":" (or "@sha256:") so
 * that what is left of it does.
 *
 * A bare word is a path when it starts with "/" or "./" (or "../") or has a known suffix; what it
 * holds is recognised.  Any other is a name: of an image in a daemon, or else in its registry.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/base.h"
#include "fmt/fmt.h"
#include "model/model.h"
#include "store/store.h"

#include "source/artifact.h"

struct source; /* one opened reference */

/* A stream of layer bytes. */
struct source_stream {
	ssize_t (*read)(void *arg, void *p, size_t n, struct err *e); /* 0 at the end */
	void (*close)(void *arg);
	void *arg;
};

struct source_layer {
	struct digest digest;  /* DIGEST_NONE: the source does not promise one */
	struct digest diff_id; /* from the config; DIGEST_NONE: none promised */
	int64_t size;          /* compressed bytes; -1 unknown */
	/* member or file name: for messages, and the key of sequential members */
	struct bytes name;
	struct bytes created_by;
	/* Facts kept under digest may stand for these bytes without reading them: the layout names
	 * blobs by digest, or the archive has not changed since it was hashed. */
	bool is_known;
};

/* Something the reader of a report must know about where the image came from: a coverage row. */
struct source_note {
	const char *code; /* stable: "image.config", "image.layers", "folder.unreadable", ... */
	struct bytes text;
	bool is_incomplete; /* part of the image was not seen, or could not be verified */
};

/* One platform's image. */
struct source_image {
	struct bytes reference; /* as the user typed it */
	struct digest digest;   /* of the manifest; DIGEST_NONE: there is none */
	struct digest config_digest;
	struct bytes platform;       /* "linux/amd64", "linux/arm64/v8"; absent: unknown */
	struct oci_config *config;   /* NULL for a bare root file system */
	struct source_layer *layers; /* bottom first; empty layers of the history are not here */
	size_t n_layers;
	struct digest root; /* of the index that led to it; DIGEST_NONE: none did */
	const struct source_note *notes;
	size_t n_notes;
};

/* How registries are talked to; absent slices: not given.  Not copied. */
struct source_registry {
	struct bytes user, password;
	struct bytes token;  /* for the registry itself */
	struct bytes cacert; /* file of certificates that are trusted beside the system's */
	struct bytes realms; /* hosts that may give out its tokens, parted by "," */
	int64_t idle_ms;     /* a transfer that stands still this long is broken off */
	bool is_insecure;    /* certificates are not verified, and plain HTTP will do */
};

/* Processes that talk to registries, kept from one image to the next: at most a few. */
struct source_pool;
struct source_pool *source_pool_new(void);
void source_pool_free(struct source_pool *p); /* accepts NULL */

struct source_options {
	struct source_pool *pool; /* NULL: none are kept */
	struct bytes platform;    /* "os/arch[/variant]", "all"; absent: linux on this machine */
	struct source_registry registry;
	bool is_offline;                            /* no registry may be asked */
	struct bytes containerd_root, storage_root; /* folders; absent: the usual ones */
	struct cache *cache; /* for what is known of an unchanged archive; NULL: none */
	/* Starts a confined worker that inflates fd from its beginning (gzip, zstd) and gives the
	 * plain bytes at *ret_fd, which the source closes.  fd stays the source's.  NULL:
	 * compressed archives are ERR_UNSUPPORTED.  Called again for a layer of a compressed
	 * archive that is asked for by source_layer. */
	int (*inflate)(int fd, void *arg, int *ret_fd, struct err *e);
	/* Told when the source has read fd (which inflate gave) to its end, before closing it: -1
	 * when the worker failed, so that what was read is a prefix.  May be NULL. */
	int (*inflate_end)(int fd, void *arg, struct err *e);
	void *inflate_arg;
	int64_t timeout_ms; /* for such a worker to go on; 0: for ever */
};

/* Opens ref, recognises it, reads indexes, manifests and configs.  ERR_USAGE for a reference that
 * cannot be read as one (exit 2), ERR_NOTFOUND, ERR_IO, and ERR_FORMAT, ERR_LIMIT, ERR_DIGEST,
 * ERR_UNSUPPORTED ("not an image: MEDIA TYPE", a foreign layer named) for exit 3. */
int source_open(const char *ref, const struct source_options *o, struct source **ret,
                struct err *e);
void source_close(struct source *s);

/* A compressed archive can only be read from front to back: its images are known once all of its
 * members have gone by (unless it is remembered and has not changed: then it is not sequential).
 * While source_is_sequential, call source_next until it returns 0; each member that may be a layer
 * is given as a stream to inspect, good until the next call (facts are kept by the caller under
 * ret->name; the digest it had is told to source_seen).  1 member, 0 no more, -1 error. */
bool source_is_sequential(const struct source *s);
struct source_member {
	struct bytes name;
	int64_t size;
	struct source_stream stream;
};
int source_next(struct source *s, struct source_member *ret, struct err *e);
void source_seen(struct source *s, struct bytes name, const struct digest *digest,
                 const struct digest *diff_id);

/* The images chosen by the platform option (one, or all of them), in the order of the index.
 * ERR_USAGE with the list of platforms when the one asked for is missing.  *ret_note says when
 * another platform than the default was taken (absent otherwise).  Owned by s. */
int source_images(struct source *s, const struct source_image **ret, size_t *ret_n,
                  struct bytes *ret_note, struct err *e);
/* Did it fail because there is no image of the platform that was asked for? */
bool source_lacks_platform(const struct source *s);

/* Opens the bytes of a layer.  In a compressed archive that means to inflate it again up to the
 * member. */
int source_layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e);

/* What came up while layers were read (a folder's unreadable files), as a list that grows: ask when
 * all layers have been read.  Owned by s. */
size_t source_notes(const struct source *s, const struct source_note **ret);

/* How far the source vouches for layers it does not read again: "judged by digest" (layout),
 * "unchanged since it was hashed" (archive), "always read" (folder).  Constant text. */
const char *source_trust(const struct source *s);
/* Are facts worth keeping under the digest of what was read?  False for dir:.  Whether a layer's
 * facts may be taken without reading it is said by its is_known. */
bool source_may_cache(const struct source *s);
/* Do layers come over a network?  A layer that cannot be read then refuses the image. */
bool source_is_remote(const struct source *s);

/* ---- beside.c: what others say of an image, found beside it ---- */

enum source_beside {
	BESIDE_INDEX,    /* an attestation manifest of BuildKit's, in the index of the image */
	BESIDE_REFERRER, /* it names the image as its subject */
	BESIDE_TAG,      /* its tag is made of the image's digest, as cosign does it */
	BESIDE__MAX
};
const char *source_beside_name(enum source_beside b); /* "index", "referrer", "tag" */

/* A manifest whose layers are such documents. */
struct source_paper {
	enum source_beside from;
	struct bytes tag;           /* absent: none */
	struct digest digest;       /* of the manifest; verified */
	struct digest about;        /* the image, or the index that led to it */
	struct bytes artifact_type; /* as who led here says it, or the manifest; absent: neither */
	struct oci_document doc;    /* nothing in it where why is set */
	struct err why;             /* it could not be read; ERR_NOTFOUND: it is not in here */
};
struct source_papers {
	struct source_paper *v;
	size_t n, cap;
	struct err fault; /* why there may be more; ERR_NONE: these are all */
};
/* Those of im, at most SOURCE_PAPERS_MAX, in the order index, referrers, tags.  A registry is asked
 * for them.  Lives as long as s. */
void source_papers(struct source *s, const struct source_image *im, struct source_papers *ret);
/* A layer of such a manifest, of at most max bytes, its digest verified. */
int source_paper_blob(struct source *s, const struct oci_descriptor *d, size_t max,
                      struct bytes *ret, struct err *e);

/* The images of "HOST/PATH[:TAG]" (all tags; of TAG * and ? stand for any) or "HOST/PATH*" (all
 * repositories that begin so): "HOST/REPOSITORY:TAG" each, sorted, in a.  Tags of signatures and
 * attestations (sha256-HEX.sig) are left out.  ERR_LIMIT past REGISTRY_LIST_MAX. */
int source_list(const char *pattern, const struct source_options *o, struct arena *a,
                const char *const **ret, size_t *ret_n, struct err *e);

/* The whole of assay-fetch: talks to registries for the front that started it. */
int source_fetch_main(void);

#endif
