/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmhdr.h - one rpm header as the databases store it: which package, from where, which files.
 *
 * All slices point into the blob, which must outlive the struct.  What the header does not state
 * is the absent slice (p == NULL).  Nothing is allocated but one small table while the files are
 * iterated.
 */
#ifndef FMT_RPMHDR_H
#define FMT_RPMHDR_H

#include "base/base.h"

/* An array of a header: strings (width 0) or integers of width bytes, big-endian. */
struct rpmhdr_array {
	struct bytes data; /* exactly the array; absent when the header has no such tag */
	uint32_t count;
	uint8_t width;
};

/* The parallel arrays of the file list; count of each was checked at most when iterated. */
struct rpmhdr_files {
	struct rpmhdr_array dirnames, basenames, dirindexes; /* since rpm 4 */
	struct rpmhdr_array oldnames;                        /* whole paths: rpm 3 */
	struct rpmhdr_array sizes, modes, flags, states, digests, linktos, users, groups;
};

struct rpmhdr {
	struct bytes name, version, release; /* never empty */
	struct bytes arch;                   /* absent in gpg-pubkey */
	struct bytes sourcerpm; /* "zlib-1.2.11-1.el8.src.rpm"; absent in a source package */
	struct bytes licence, vendor, packager, distribution, url;
	struct bytes modularitylabel; /* "nodejs:16:8060020220523160029:ad008a3a" */
	struct bytes sigmd5;          /* 16 raw bytes: identity of the signed package file */
	struct bytes signature; /* OpenPGP packet over the header, or over all; not verified */
	int64_t buildtime_s, installtime_s; /* since 1970 UTC; 0: not stated */
	uint32_t epoch;                     /* 0 where has_epoch is false */
	bool has_epoch;                     /* "Epoch: 0" is not the same as no epoch */
	uint32_t digest_algo;               /* enum rpmhdr_digest, of all file digests */
	struct rpmhdr_files files;
};

/* RPMTAG_FILEDIGESTALGO: numbers of RFC 4880 9.4; a header without the tag means MD5. */
enum rpmhdr_digest {
	RPMHDR_MD5 = 1,
	RPMHDR_SHA1 = 2,
	RPMHDR_SHA256 = 8,
	RPMHDR_SHA384 = 9,
	RPMHDR_SHA512 = 10,
	RPMHDR_SHA224 = 11
};

/* Reads a blob as stored in a database: counts il and dl, il index entries, dl bytes of data; no
 * magic in front.  ERR_LIMIT past RPM_HEADER_MAX or RPM_TAGS_MAX, ERR_FORMAT for a length, type,
 * offset or count that does not hold, or when name, version or release is missing. */
int rpmhdr_parse(struct bytes blob, struct rpmhdr *ret, struct err *e);
/* A trusted key that rpm keeps as a pseudo package: named gpg-pubkey and owning no file. */
bool rpmhdr_is_pubkey(const struct rpmhdr *h);
/* Cuts the name of a source package, "NAME-VERSION-RELEASE.src.rpm" (or .nosrc.rpm), in NAME and
 * VERSION-RELEASE; false, and nothing set, when it is not one. */
bool rpmhdr_source_cut(struct bytes file, struct bytes *ret_name, struct bytes *ret_version);

/* RPMTAG_FILEFLAGS */
enum rpmfile_flag {
	RPMFILE_CONFIG = 1 << 0,
	RPMFILE_DOC = 1 << 1,
	RPMFILE_MISSINGOK = 1 << 3,
	RPMFILE_NOREPLACE = 1 << 4,
	RPMFILE_GHOST = 1 << 6, /* owned, but not in the package: need not exist, has no digest */
	RPMFILE_LICENSE = 1 << 7,
	RPMFILE_README = 1 << 8
};

/* RPMTAG_FILESTATES: what became of the file when the package was installed. */
enum rpmfile_state {
	RPMFILE_NORMAL = 0,
	RPMFILE_REPLACED = 1, /* another package's file took its place */
	RPMFILE_NOTINSTALLED = 2,
	RPMFILE_NETSHARED = 3,
	RPMFILE_WRONGCOLOR = 4,
	RPMFILE_MISSING = 0xff /* the state itself is not known */
};

struct rpmfile {
	struct bytes dir, base; /* the path is dir followed by base; dir ends in '/' */
	struct bytes digest;    /* hex as stored; empty for all but regular files */
	struct bytes linkto;    /* target of a symbolic link */
	struct bytes user, group;
	uint64_t size;  /* bytes */
	uint32_t flags; /* enum rpmfile_flag */
	uint16_t mode;  /* octal, with the file type */
	uint8_t state;  /* enum rpmfile_state */
};

/* The files of a package, in the header's order. */
struct rpmfiles {
	const struct rpmhdr_files *f;
	struct bytes base, digest, linkto, user, group; /* what is left of each string array */
	uint32_t *dirs; /* offset of each directory's name, and of the end */
	uint32_t i, n;
};

/* Checks that the arrays fit each other.  h must outlive ret.  ERR_LIMIT past RPM_DIRS_MAX, else
 * ERR_FORMAT.  A package without files is no error. */
int rpmfiles_open(const struct rpmhdr *h, struct rpmfiles *ret, struct err *e);
bool rpmfiles_next(struct rpmfiles *f, struct rpmfile *ret); /* false at the end */
void rpmfiles_close(struct rpmfiles *f);

#endif
