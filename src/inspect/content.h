/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content.h - a file as it goes by, opened where it is an archive: gzip, tar, ZIP (jars, office
 * documents), within each other.  Every innermost file goes to the secret scan under the path
 * "outer!/inner".
 *
 * Depth, bytes held and bytes unpacked are bounded; what was cut is said.
 */
#ifndef INSPECT_CONTENT_H
#define INSPECT_CONTENT_H

#include "inspect/inspect.h"

struct content;

/* What is found goes to in.  The path is copied. */
struct content *content_open(struct inspect *in, struct secret_scan *scan, struct bytes path);
void content_feed(struct content *c, struct bytes piece);
void content_close(struct content *c); /* states what was found, frees c */

#endif
