/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asar.h - the archives that applications of Electron lie in.
 *
 * Format: a header of two "pickles" (little-endian: 4, bytes of the second; its payload, bytes of
 * the text), the text, JSON: {"files": {NAME: {"files": {...}} | {"size": N, "offset": "N"} |
 * {"link": PATH}}}; the content of files behind it, from which offsets count.  "unpacked" files lie
 * in a folder beside the archive.  Bounds: LANG_LIST_MAX for the header, JSON_DEPTH_MAX,
 * PATH_LEN_MAX.
 */
#ifndef FMT_ASAR_H
#define FMT_ASAR_H

#include "base/base.h"

/* Takes a file of the archive; path and content live until it returns. */
typedef void asar_fn(void *arg, struct bytes path, struct bytes content);

/* Gives fn each file whose path matches the glob, in the order of the header.  -1: it is none, or
 * it is broken from some file on. */
int asar_walk(struct bytes file, struct bytes glob, asar_fn *fn, void *arg, struct err *e);

#endif
