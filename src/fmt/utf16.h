/* SPDX-License-Identifier: Apache-2.0 */
/* utf16.h - texts that begin with a byte order mark. */
#ifndef FMT_UTF16_H
#define FMT_UTF16_H

#include "base/base.h"

/* The text behind its byte order mark: itself (UTF-8), or converted from UTF-16 into b, which needs
 * at most 1.5 times its bytes.  Without a mark the text itself.  What is no character is left out.
 */
struct bytes text_unmarked(struct bytes text, struct buf *b);

#endif
