/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup.c - text of an image within XML and HTML.
 *
 * Source: XML 1.0, 2.2 "Characters".
 */
#include "render/markup.h"

#include "render/parts.h"

/* Markup, and the first byte of U+FFFE and U+FFFF. */
static bool is_special(uint8_t c)
{
	return c == '<' || c == '>' || c == '&' || c == '"' || c == '\'' || c == 0xef;
}

/* Writes the character that text begins with; its bytes. */
static size_t put_special(FILE *out, struct bytes text)
{
	uint32_t c = 0;
	size_t n = utf8_next(text, &c);
	switch (c) {
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '&':
		fputs("&amp;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	case '\'':
		fputs("&apos;", out);
		break;
	case 0xfffe:
	case 0xffff:
		fprintf(out, "\\u{%04x}", c);
		break;
	default:
		fwrite(text.p, 1, n ? n : 1, out);
	}
	return n ? n : 1;
}

void markup_text(FILE *out, struct arena *a, struct bytes raw)
{
	struct bytes text = render_escape(a, raw);
	while (text.n) {
		size_t run = 0;
		while (run < text.n && !is_special(text.p[run]))
			run++;
		fwrite(text.p, 1, run, out);
		text = bytes_skip(text, run);
		if (text.n)
			text = bytes_skip(text, put_special(out, text));
	}
}

void markup_attribute(FILE *out, struct arena *a, const char *name, struct bytes value)
{
	fprintf(out, " %s=\"", name);
	markup_text(out, a, value);
	fputc('"', out);
}
