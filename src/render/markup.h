/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup.h - text of an image within XML and HTML.  Private to render/.
 */
#ifndef RENDER_MARKUP_H
#define RENDER_MARKUP_H

#include <stdio.h>

#include "base/base.h"

/* Writes text for an attribute (in double quotes) or an element.  Control bytes become visible
 * escapes before it comes to XML, which could not even name them; U+FFFE and U+FFFF are no
 * characters of XML either.  a is for what has to be escaped. */
void markup_text(FILE *out, struct arena *a, struct bytes raw);
void markup_attribute(FILE *out, struct arena *a, const char *name, struct bytes value);

#endif
