/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chisel.h - manifests of Chisel, which cuts Ubuntu's packages into slices.
 *
 * Format: zstd around "jsonwall": a JSON object a line, the first of them the header.  Source:
 * Chisel's documentation, "Chisel Manifest"; schema 1.0.
 */
#ifndef FMT_CHISEL_H
#define FMT_CHISEL_H

#include "base/base.h"

/* Appends what the manifest holds, at most CHISEL_PLAIN_MAX bytes, from windows of at most 2 to the
 * CHISEL_WINDOW_LOG_MAX. */
int chisel_unpack(struct bytes file, struct buf *ret, struct err *e);

enum chisel_kind { CHISEL_PACKAGE, CHISEL_PATH };

struct chisel_record {
	enum chisel_kind kind;
	struct bytes name, version, arch; /* of a package */
	struct bytes path;                /* without the leading "/"; of a folder with one behind */
	struct bytes sha256;  /* 64 hexadecimal digits, of a file as it lies there; or absent */
	const json_t *slices; /* "PACKAGE_SLICE", texts all of them */
};

struct chisel_reader {
	struct bytes rest;
	json_t *line; /* owned: what the last record points into */
	size_t n, count;
};

/* -1: it is no manifest of a schema that is known. */
int chisel_open(struct chisel_reader *r, struct bytes text, struct err *e);
/* 1: the next package or path, which lives until the next call; 0: the end; -1: a broken line,
 * named in e, or at the end fewer lines than the header counts; the next call goes on behind it. */
int chisel_next(struct chisel_reader *r, struct chisel_record *ret, struct err *e);
void chisel_close(struct chisel_reader *r);
/* The package of a slice; absent where the text is none. */
struct bytes chisel_package_of(struct bytes slice);

#endif
