/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - what the files of source/ share.  Private.
 *
 * ref.c reads a reference and recognises what a path holds; each kind (one file, one row of
 * sources.def) finds the images in it; choose.c takes those of the platform.  A kind reads
 * documents and layers from a shelf: the members of a tar (archive.c) or a folder (folder.c).
 */
#ifndef SOURCE_PARTS_H
#define SOURCE_PARTS_H

#include <sys/stat.h>

#include "source/source.h"

struct archive;
struct daemon;
struct local;
struct remote;

/* Named bytes: members of an archive or files of a layout. */
struct shelf {
	void *arg;
	/* The real name behind name (links followed) and its size; false: not there. */
	bool (*find)(void *arg, struct bytes name, struct bytes *ret_real, uint64_t *ret_size);
	/* A document of at most max bytes, in the source's arena; ERR_NOTFOUND. */
	int (*load)(void *arg, struct bytes name, size_t max, struct bytes *ret, struct err *e);
	int (*open)(void *arg, struct bytes name, struct source_stream *ret, struct err *e);
	/* Fills in what is known of a layer by its real name without reading it. */
	void (*know)(void *arg, struct source_layer *l);
	/* Where things have no names but digests (a registry), in place of load: the document that
	 * d describes; the caller checks digest and size.  NULL: by name. */
	int (*load_descriptor)(void *arg, const struct oci_descriptor *d, size_t max,
	                       struct bytes *ret, struct err *e);
	/* A registry's: the manifest of that tag, and descriptors of what names d as its subject
	 * (ERR_NOTFOUND, ERR_UNSUPPORTED: it keeps no such list).  NULL: not a registry. */
	int (*tagged)(void *arg, struct bytes tag, struct artifact_document *ret, struct err *e);
	int (*referrers)(void *arg, const struct digest *d, struct oci_document *ret,
	                 struct err *e);
};

/* An image that could be chosen. */
struct candidate {
	struct bytes name; /* tag or reference name; absent: none */
	struct oci_platform platform;
	struct oci_descriptor manifest; /* digest DIGEST_NONE: there is none */
	const struct oci_saved *saved;  /* what manifest.json says; NULL: an OCI image */
	struct digest root;             /* of the index that led to it; DIGEST_NONE: none */
	size_t top;                     /* entry of index.json or manifest.json that led to it */
	bool is_missing;                /* the index names it, its manifest is not here */
};

enum compression { PLAIN, GZIP, ZSTD, XZ, BZIP2 };

struct source_kind {
	const char *prefix; /* before the ":" */
	/* Where a reference is a name and no path: takes text for s->ref; ERR_USAGE.  NULL: a path.
	 * Such a kind's open gives ERR_NOTFOUND for what is not there. */
	int (*name)(struct source *s, struct bytes text, struct err *e);
	/* Opens s->ref; for a sequential source nothing more than that. */
	int (*open)(struct source *s, struct err *e);
	/* Adds to s->found what s->ref may name.  NULL: one root file system, s->images is filled
	 * by open. */
	int (*collect)(struct source *s, struct err *e);
	int (*fill)(struct source *s, const struct candidate *c, struct source_image *ret,
	            struct err *e);
	int (*layer)(struct source *s, const struct source_layer *l, struct source_stream *ret,
	             struct err *e);
	void (*close)(struct source *s); /* NULL: nothing of its own */
	const char *trust;
	bool may_cache;
};

struct source_ref {
	const struct source_kind *kind;
	char *path;
	struct bytes which;   /* tag, or name and tag; absent: none */
	struct digest digest; /* wanted by "@" */
	bool is_guessed;      /* the kind was recognised, not named */
	bool is_bare;         /* a name alone: daemons are asked before the registry */
};

struct source {
	struct arena *a;
	struct source_options o;
	struct bytes reference;
	struct source_ref ref;
	int fd; /* the file, or the folder */
	struct stat st;
	int64_t opened_ns; /* real time when st was taken */
	enum compression compression;
	struct archive *archive; /* tar of images; NULL: none */
	struct remote *remote;   /* image in a registry; NULL: none */
	struct daemon *daemon;   /* image of a daemon; NULL: none */
	struct local *local;     /* image in a store of this machine; NULL: none */
	/* The tar of images from its beginning, each time it is called; NULL: s->fd holds it. */
	int (*stream)(struct source *s, struct source_stream *ret, struct err *e);
	struct bytes remember_as; /* key of what is remembered of such a one; absent: nothing */
	bool is_vouched;          /* it was what that key says */
	struct shelf shelf;
	struct digest flat_root; /* of manifest.json, where blobs lie beside it; DIGEST_NONE: no */
	uint64_t loaded;         /* bytes of documents, at most SOURCE_DOCUMENTS_MAX */
	struct candidate *found;
	size_t n_found, cap_found;
	struct bytes other;                  /* media type of something that is no image */
	struct oci_descriptor *attestations; /* of BuildKit's that the indexes name */
	size_t n_attestations, cap_attestations;
	struct source_image *images;
	size_t n_images;
	struct bytes note;
	bool is_settled; /* images are chosen */
	bool lacks_platform;
	struct source_note *notes;
	size_t n_notes, cap_notes;
	struct bytes asked; /* what had to say something else when a name alone was looked for */
};

extern const struct source_kind *const source_kinds[]; /* NULL-terminated */

/* ---- ref.c ---- */
int ref_parse(struct source *s, const char *text, struct err *e);
/* By the magic number; PLAIN for all that is not known. */
enum compression compression_of_head(struct bytes head);
const char *compression_name(enum compression c);

/* ---- source.c ---- */
struct candidate *candidate_add(struct source *s);
void note_add(struct source *s, const char *code, bool is_incomplete, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Counts n bytes of documents that are held; ERR_LIMIT past SOURCE_DOCUMENTS_MAX. */
int document_count(struct source *s, size_t n, struct err *e);
/* Loads a document from the shelf and counts it. */
int shelf_load(struct source *s, struct bytes name, size_t max, struct bytes *ret, struct err *e);
/* A stream of [offset, offset + size) of a file; fd is closed with it when owns. */
void stream_file(int fd, bool owns, uint64_t offset, uint64_t size, struct source_stream *ret);

/* Does the folder s->fd hold an image as docker_dir.c reads it? */
bool is_docker_dir(const struct source *s);

/* ---- choose.c ---- */
/* Fills s->images from s->found. */
int choose(struct source *s, struct err *e);

/* ---- index.c: images by index.json ---- */
/* Adds the images that index.json leads to; those of s->ref.which and s->ref.digest, or all. */
int index_collect(struct source *s, bool all, struct err *e);
/* The same for what stands in the place of index.json. */
int index_collect_in(struct source *s, const struct oci_document *doc, bool all, struct err *e);
/* The same for the one manifest or index that a reference names; its digest is verified. */
int index_collect_root(struct source *s, struct bytes text, struct bytes media_type,
                       const struct digest *digest, struct err *e);
int index_fill(struct source *s, const struct candidate *c, struct source_image *ret,
               struct err *e);
struct bytes blob_name(struct source *s, const struct digest *d);
/* What d describes, verified: of at most max bytes; an index or a manifest. */
int blob_load(struct source *s, const struct oci_descriptor *d, size_t max, struct bytes *ret,
              struct err *e);
int document_load(struct source *s, const struct oci_descriptor *d, struct oci_document *ret,
                  struct err *e);
/* Reads the config whose bytes are text into im. */
int image_config(struct source *s, struct bytes text, const char *name, struct source_image *im,
                 struct err *e);
/* Takes diff_ids and commands from the config over to the layers, which are as many. */
void image_describe(struct source *s, struct source_image *im);
bool has_name(const struct source *s, struct bytes name);

/* ---- saved.c: images by manifest.json ---- */
int saved_collect(struct source *s, struct err *e);
int saved_fill(struct source *s, const struct candidate *c, struct source_image *ret,
               struct err *e);
/* Where manifest.json stands beside index.json, both must name the same images: refuses an image
 * of manifest.json that no manifest of `found` has. */
int saved_agree(struct source *s, const struct candidate *found, size_t n, struct err *e);

/* ---- archive.c: a tar of images ---- */
struct member {
	struct bytes name, link; /* clean; link of a symbolic link as it stands */
	enum tar_type type;
	bool is_twice; /* another member has the same name */
	bool is_sparse;
	uint64_t offset, size;
	struct digest digest, diff_id; /* as they were when it was read through */
	struct bytes content;          /* of a small document in a compressed archive */
};
/* What a tar looks like from its first members. */
enum tar_guess { GUESS_NONE, GUESS_IMAGES, GUESS_ROOT };
int archive_guess(struct source *s, enum tar_guess *ret, struct err *e);
/* Opens s->fd as an archive: reads the table of a plain one, remembers, or becomes sequential. */
int archive_open(struct source *s, struct err *e);
void archive_close(struct source *s);
bool archive_is_sequential(const struct archive *ar);
int archive_next(struct archive *ar, struct source_member *ret, struct err *e);
void archive_seen(struct archive *ar, struct bytes name, const struct digest *digest,
                  const struct digest *diff_id);
struct member *archive_find(struct archive *ar, struct bytes name);
int archive_layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                  struct err *e);

/* For a root file system in a tar: the file itself as the only member. */
struct member *archive_whole_file(struct source *s);
/* For remember.c. */
struct archive_state {
	enum tar_guess guess;
	bool is_whole; /* the table is complete */
	bool is_dirty; /* there is something new to remember */
};
struct archive_state *archive_state(struct archive *ar);
void archive_reset(struct archive *ar);
struct member *archive_members(const struct archive *ar, size_t *ret_n);
/* Adds a copy to the table; ERR_LIMIT. */
int archive_add(struct archive *ar, const struct member *m, struct err *e);

/* ---- remember.c: the table of an archive that has not changed ---- */
/* False when nothing is known of this file as it is now. */
bool remember_get(struct source *s, struct archive *ar);
void remember_put(struct source *s, struct archive *ar);

/* ---- bare.c: a name alone ---- */
/* Opens s in the first place of this machine that has it, or else in its registry. */
int bare_open(struct source *s, struct err *e);

/* ---- daemon.c: docker and podman ---- */
/* Takes text for what such a daemon calls an image: a name or an id. */
int daemon_name(struct source *s, struct bytes text, struct err *e);
int daemon_open(struct source *s, const char *daemon, struct err *e);
int daemon_fill(struct source *s, const struct candidate *c, struct source_image *ret,
                struct err *e);
void daemon_close(struct source *s);

/* ---- tarsplit.c: a layer that a storage keeps as files ---- */
/* split: the gzip that says how; diff: the folder of the files.  Takes both. */
int tarsplit_open(struct source *s, int split, int diff, struct source_stream *ret, struct err *e);

/* ---- folder.c: the files of a layout ---- */
int folder_open(struct source *s, struct err *e);

#endif
