/* SPDX-License-Identifier: Apache-2.0 */
/* yara_parts.h - what the files that make, keep and read bundles share.  Private to them. */
#ifndef INSPECT_YARA_PARTS_H
#define INSPECT_YARA_PARTS_H

#include "inspect/yara.h"

/* Of one rule in a bundle: severity, name, title, why, repair, source. */
enum { YARA_RULE_FIELDS = 6 };
/* What a literal's id can say of the size of files. */
enum { YARA_KIB_MAX = 1 << 30 };
/* First byte of what the confined compiler answers: a bundle follows, or a message. */
enum { YARA_ANSWER_BUNDLE = 'B', YARA_ANSWER_WRONG = 'W' };
/* Names that rules of collections take from whoever runs them. */
extern const char *const yara_externals[];

#endif
