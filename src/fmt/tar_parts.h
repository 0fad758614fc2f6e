/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_parts.h - what the files of the tar parser share among themselves: header blocks, extended
 * headers, sparse maps.
 */
#ifndef FMT_TAR_PARTS_H
#define FMT_TAR_PARTS_H

#include "fmt/tar.h"

/* ---- tar_header.c: one block of 512 bytes ---- */

enum { TAR_BLOCK_LEN = 512 };
enum block_kind { BLOCK_ZERO, BLOCK_HEADER, BLOCK_BAD };
enum block_kind tar_block_kind(const uint8_t *block);

struct tar_header {
	struct bytes name, prefix, link; /* slices of the block */
	uint8_t type;                    /* the type flag; 0 for what came before ustar */
	uint32_t mode, uid, gid;
	uint32_t dev_major, dev_minor;
	uint64_t size;
	bool is_id_clamped; /* uid or gid does not fit 32 bits: UINT32_MAX stands in for it */
};
/* ERR_FORMAT for a field that is not a number, a negative or overflowing size. */
int tar_header_parse(const uint8_t *block, struct tar_header *ret, struct err *e);
/* A number field: octal, or base 256 with the high bit of the first byte set; 0 when blank. */
int tar_number(struct bytes field, int64_t *ret);

/* ---- sparse maps (tar_pax.c parses text forms, tar.c the binary one) ---- */

struct sparse_seg {
	uint64_t off, n; /* n bytes are stored for what lies at off of the file */
};
struct sparse {
	struct sparse_seg *v;
	size_t n, cap;
};
int sparse_add(struct sparse *s, uint64_t off, uint64_t n, struct err *e);
/* Rising, not overlapping, inside the file, and exactly `stored` bytes in sum. */
int sparse_check(const struct sparse *s, uint64_t file_size, uint64_t stored, struct err *e);

/* ---- tar_pax.c: extended headers ---- */

struct pax {
	struct bytes path, linkpath, caps; /* absent: not said */
	bool has_size, has_uid, has_gid;
	uint64_t size;
	uint32_t uid, gid;
	bool is_id_clamped;
	unsigned xattrs;
	/* GNU.sparse.* */
	bool is_sparse, has_realsize;
	uint64_t major, minor, realsize;
	struct bytes sparse_name;
	uint64_t seg_off; /* form 0.0: an offset waiting for its numbytes */
	bool has_seg_off;
};
/* Parses a whole extended header; slices point into raw.  The maps of forms 0.0 and 0.1 go to
 * *map (emptied first).  ERR_FORMAT, ERR_LIMIT (XATTRS_MAX, SPARSE_SEGS_MAX). */
int pax_parse(struct bytes raw, struct pax *ret, struct sparse *map, struct err *e);
/* A global header may say nothing that readers disagree on: path, linkpath, size, sparse maps. */
int pax_check_global(const struct pax *p, struct err *e);

#endif
