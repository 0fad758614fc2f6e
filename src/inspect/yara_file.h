/* SPDX-License-Identifier: Apache-2.0 */
/* yara_file.h - one file on its way to YARA.  Private to the inspectors. */
#ifndef INSPECT_YARA_FILE_H
#define INSPECT_YARA_FILE_H

#include "inspect/inspect.h"

struct yara_scan; /* rules, ready: one per process */
struct yara_file;

int yara_scan_new(struct bytes bundle, struct arena *a, const struct yara_engine *engine,
                  struct yara_scan **ret, struct err *e);
void yara_scan_free(struct yara_scan *y); /* accepts NULL */

/* path lives as long as the file is open.  An outer file that is larger than may be held is asked
 * for in a second look; one within an archive is said to be cut. */
struct yara_file *yara_file_open(struct yara_scan *y, struct inspect *in, struct bytes path,
                                 bool is_outer);
void yara_file_feed(struct yara_file *f, struct bytes piece);
void yara_file_close(struct yara_file *f); /* states what was met, frees f */
/* The same for content that is there whole. */
void yara_file_whole(struct yara_scan *y, struct inspect *in, struct bytes path,
                     struct bytes content);

#endif
