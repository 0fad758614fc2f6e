/* SPDX-License-Identifier: Apache-2.0 */
/*
 * license_text.h - which licence a licence file is, by the sentences that only it has.
 *
 * For packages whose metadata names none.  Case, blanks and punctuation do not count.
 */
#ifndef FMT_LICENSE_TEXT_H
#define FMT_LICENSE_TEXT_H

#include "base/base.h"

/* SPDX identifiers, in a fixed order, of the licences that the first LICENSE_TEXT_MAX bytes of text
 * hold; how many, at most LICENSE_TEXTS_MAX.  A GNU licence is "-only": its text cannot say more.
 */
size_t license_text(struct bytes text, const char *ret[LICENSE_TEXTS_MAX]);

#endif
