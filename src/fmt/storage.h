/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.h - what containers-storage (podman, CRI-O, buildah) writes beside the files of its
 * layers.
 *
 * images.json and layers.json are lists; a layer's tar-split says line by line what its tar was
 * made of: bytes as they stand, and files whose bytes lie in the layer's folder. Source:
 * containers/storage, images.go, layers.go; vbatts/tar-split, tar/storage/entry.go.
 */
#ifndef FMT_STORAGE_H
#define FMT_STORAGE_H

#include "base/base.h"

struct storage_image {
	struct bytes id;      /* 64 hex digits: the digest of the config */
	struct bytes top;     /* id of the uppermost layer; absent: none */
	struct digest digest; /* of the manifest; DIGEST_NONE: not said */
};

/* What is looked for: the first of these that is there counts. */
struct storage_want {
	struct bytes names[4]; /* "docker.io/library/alpine:3.20"; absent slices: none */
	struct bytes id;       /* in hex */
	struct digest digest;  /* of a manifest */
};
/* The image of images.json, in a; ERR_NOTFOUND. */
int storage_image_find(struct arena *a, struct bytes json, const struct storage_want *want,
                       struct storage_image *ret, struct err *e);

struct storage_layer {
	struct bytes id;
	struct digest diff_id; /* DIGEST_NONE: not said */
};
/* The layers from the lowest up to top, as layers.json links them, in a. */
int storage_layer_chain(struct arena *a, struct bytes json, struct bytes top,
                        struct storage_layer **ret, size_t *ret_n, struct err *e);

/* The file in an image's folder that holds the document of that key. */
struct bytes storage_file_name(struct arena *a, struct bytes key);

/* One line of tar-split. */
struct tarsplit {
	bool is_file;       /* else bytes of the tar itself */
	struct bytes bytes; /* decoded, in `to`; of a file: its name */
	uint64_t size;      /* of a file: bytes to take from it */
};
/* Decodes line into *to (reset first), which ret points into. */
int tarsplit_line(struct bytes line, struct buf *to, struct tarsplit *ret, struct err *e);

/* ---- storage_conf.c ---- */
struct storage_who {
	const char *home, *uid, *user; /* what $HOME, $UID and $USER stand for; NULL: nothing */
	bool is_rootless;
	bool is_systems; /* the file is the system's, not the user's own */
};
struct storage_roots {
	struct bytes v[16]; /* folders, the first is where images are pulled to */
	size_t n;
};
/* Adds the folders that a storage.conf of at most REGISTRIES_CONF_MAX bytes names; relative ones,
 * and those past the sixteenth, are left out. */
int storage_conf_read(struct arena *a, struct bytes text, const char *name,
                      const struct storage_who *who, struct storage_roots *ret, struct err *e);

#endif
