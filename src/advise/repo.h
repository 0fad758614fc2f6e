/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repo.h - what the readers of repositories share.  Private to advise/.
 *
 * Files are found first, and told apart by name alone; which repository they belong to says the
 * chain of digests, so that mirrors, flat repositories and the folders that apt, apk and dnf keep
 * are all the same.  Then the signed indexes are read, then the lists of packages that they vouch
 * for (of which only what is at hand is kept), then the packages.
 */
#ifndef ADVISE_REPO_H
#define ADVISE_REPO_H

#include "advise/feed.h"

enum repo_kind {
	REPO_INRELEASE, /* clear-signed */
	REPO_RELEASE,   /* with a signature beside it */
	REPO_REPOMD,    /* the same */
	REPO_APKINDEX,  /* signed in itself */
	REPO_PACKAGES,  /* vouched for by Release */
	REPO_PRIMARY,   /* vouched for by repomd.xml */
	REPO_DEB,
	REPO_APK,
	REPO_RPM,
	REPO__MAX
};

/* A signed index. */
struct repo_source {
	const char *text; /* "Debian bookworm 2026-11-26T21:03:35Z, signed by 4CB5..." */
};

struct repo_file {
	enum repo_kind kind;
	const char *path;
	struct digest digest;     /* of a package */
	struct digest wide;       /* SHA-512 of an rpm */
	int64_t size, changed_ns; /* when that was taken */
};

/* What an index says of a package. */
struct repo_package {
	struct bytes name, version, arch;
	bool is_per_arch; /* dpkg: Multi-Arch: same */
	const struct repo_source *source;
};

struct repo {
	const struct known_options *o;
	struct arena *a;
	struct repo_file *files;
	size_t n, cap;
	struct map *vouched; /* digest of an index → struct repo_source */
	struct map *at_hand; /* digests of packages → struct repo_file */
	struct map *named;   /* base names of packages, as indexes say them → struct repo_file */
	struct map *listed;  /* digest of a package → struct repo_package */
	const struct repo_source *last; /* that a line of the list names */
	struct buf *list;
	struct known_result res;
};

/* ---- repo.c ---- */
const struct repo_source *repo_source(struct repo *r, const char *text);
/* Of what a package holds: a line of the list. */
void repo_put(struct repo *r, const struct repo_package *p, struct bytes hex, struct bytes path);
/* What an index says of the package of that digest; NULL: none lists it. */
const struct repo_package *repo_listed(const struct repo *r, const struct digest *d);
/* An index lists the package of that digest, and calls its file so: kept where it is at hand.
 * ERR_DIGEST: a file of that name is at hand, and is another. */
int repo_list(struct repo *r, struct bytes digest, struct bytes file, const struct repo_package *p,
              struct err *e);
/* A checksum of rpm's indexes: SHA-256 or SHA-512 in hex, raw in the arena; absent: neither. */
struct bytes repo_checksum(struct arena *a, struct bytes type, struct bytes hex);
/* A whole file of at most REPO_INDEX_MAX bytes. */
int repo_read(const char *path, struct buf *ret, struct err *e);
/* Opens a package that was digested, as it was then: ERR_IO when it changed since. */
int repo_open(const struct repo_file *f, struct err *e);
int repo_unchanged(const struct repo_file *f, int fd, struct err *e);

/* ---- repo_stream.c: a part of a file, decompressed ---- */
struct repo_stream;
/* Reads [from, to) of fd; fd stays the caller's.  done: bytes that count for REPO_PACKAGE_MAX
 * already. */
int repo_stream_open(int fd, uint64_t from, uint64_t to, uint64_t done, struct repo_stream **ret,
                     struct err *e);
/* 0 at the end. */
ssize_t repo_stream_read(struct repo_stream *s, void *p, size_t n, struct err *e);
void repo_stream_close(struct repo_stream *s); /* accepts NULL */
/* A list of packages, read whole for its digest, then again for what it says.  ERR_DIGEST when no
 * signed index vouches for it. */
typedef int repo_list_fn(struct repo *r, struct repo_stream *in, const struct repo_source *s,
                         struct err *e);
int repo_vouched(struct repo *r, const struct repo_file *f, repo_list_fn *list, struct err *e);

/* ---- the tar of a package: repo_tar.c ---- */
struct repo_tar;
struct repo_tar_how {
	struct bytes within; /* put before each path, such as "var/lib/dpkg/info/zlib1g." */
	bool is_flat;        /* names with a slash are left out */
};
struct repo_tar *repo_tar_new(struct repo *r, const struct repo_package *p,
                              const struct repo_tar_how *how);
int repo_tar_push(struct repo_tar *t, struct bytes piece, struct err *e);
int repo_tar_end(struct repo_tar *t, struct err *e);
void repo_tar_free(struct repo_tar *t); /* accepts NULL */

/* ---- one reader each ---- */
int repo_release(struct repo *r, const struct repo_file *f, struct err *e);
int repo_packages(struct repo *r, const struct repo_file *f, struct err *e);
int repo_deb(struct repo *r, const struct repo_file *f, struct err *e);
int repo_repomd(struct repo *r, const struct repo_file *f, struct err *e);
int repo_primary(struct repo *r, const struct repo_file *f, struct err *e);
/* 1: its header is signed by nobody who is trusted, and no index lists it. */
int repo_rpm(struct repo *r, const struct repo_file *f, struct err *e);
int repo_apk_index(struct repo *r, const struct repo_file *f, struct err *e);
/* digest: SHA-1 of its control part, by which the index lists it. */
int repo_apk_digest(struct repo *r, struct repo_file *f, struct err *e);
int repo_apk(struct repo *r, const struct repo_file *f, struct err *e);

#endif
