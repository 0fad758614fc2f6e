/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deb822.h - control data in paragraphs of "Name: value" fields.
 *
 * Format: deb822(5).  Source: dpkg status and status.d, Packages indexes, opkg status.
 *
 * Pull style: a caller takes paragraphs off a text, then fields off a paragraph.  All results are
 * slices of the text.  Nothing is skipped in silence: a line that is no field comes back as one
 * without a name, so that the caller can say so.  Linear in the size of the text.
 */
#ifndef FMT_DEB822_H
#define FMT_DEB822_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

/* Takes the next paragraph off *rest, blank lines before it dropped; false at the end.  Paragraphs
 * are parted by empty lines and by lines of blanks only, unless a continuation line follows
 * ("Parsers may accept lines consisting solely of spaces and tabs as paragraph separators"). */
bool deb822_paragraph(struct bytes *rest, struct bytes *ret_paragraph);

/* Takes the next field off *rest; false at the end.  The value is without blanks at both ends and
 * holds continuation lines as they stand.  A line that is no field (no colon, bad name, a
 * continuation of nothing) gives an absent *ret_name and the line in *ret_value.  Lines that begin
 * with '#' are comments.  Values may be longer than DPKG_FIELD_MAX: who keeps one checks. */
bool deb822_field(struct bytes *rest, struct bytes *ret_name, struct bytes *ret_value);

/* The value of the first field of that name, upper and lower case alike; absent if there is none.
 */
struct bytes deb822_get(struct bytes paragraph, struct bytes name);

/* Newlines in [from, to): how callers keep count of lines. */
size_t deb822_newlines(const uint8_t *from, const uint8_t *to);

#endif
