/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content.h - a file as it goes by, opened where it is an archive: gzip, tar, ZIP (jars, office
 * documents), objects of a git repository, within each other.  Every innermost file goes to the
 * secret scan and to YARA under the path "outer!/inner"; digests that lists of malware ask for are
 * made of all that lies within.
 *
 * Depth, bytes held and bytes unpacked are bounded; what was cut is said.
 */
#ifndef INSPECT_CONTENT_H
#define INSPECT_CONTENT_H

#include "inspect/inspect.h"

struct content;
struct yara_scan;

/* What is found goes to in; scan or yara is NULL where it was not asked for.  The path is copied.
 */
struct content *content_open(struct inspect *in, struct secret_scan *scan, struct yara_scan *yara,
                             struct bytes path);
void content_feed(struct content *c, struct bytes piece);
void content_close(struct content *c); /* states what was found, frees c */

#endif
