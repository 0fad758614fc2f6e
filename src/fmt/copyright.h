/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copyright.h - licences that a Debian copyright file names.
 *
 * Format: copyright-format 1.0 (DEP-5), whose License fields are taken as they are; any other text
 * by the licences of /usr/share/common-licenses that it points to, and by sentences that stand in
 * the licences which people copy whole (MIT, ISC, BSD, zlib, ...).
 *
 * Source: Debian's "Machine-readable debian/copyright file"; Debian Policy 12.5; the texts of the
 * SPDX licence list.
 */
#ifndef FMT_COPYRIGHT_H
#define FMT_COPYRIGHT_H

#include "base/base.h"

/* Takes one licence: Debian's short name or an expression of them. */
typedef void copyright_fn(void *arg, struct bytes license);

/* Each licence once, in the order of the text.  ERR_LIMIT past COPYRIGHT_LICENSES_MAX of them, or
 * for a text of more than COPYRIGHT_MAX bytes; what was given until then stays true. */
int copyright_licenses(struct bytes text, copyright_fn *fn, void *arg, struct err *e);

#endif
