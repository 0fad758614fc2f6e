/* SPDX-License-Identifier: Apache-2.0 */
/* yara_parts.h - what the files that make, keep and read bundles share.  Private to them. */
#ifndef INSPECT_YARA_PARTS_H
#define INSPECT_YARA_PARTS_H

#include "inspect/compile.h"
#include "inspect/yara.h"

/* Of one rule in a bundle: severity, name, title, why, repair, source. */
enum { YARA_RULE_FIELDS = 6 };
/* What a literal's id can say of the size of files. */
enum { YARA_KIB_MOST = 1 << 30 };
extern const struct compile_kind yara_kind;
/* Names that rules of collections take from whoever runs them. */
extern const char *const yara_externals[];

#endif
