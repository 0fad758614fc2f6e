/* SPDX-License-Identifier: Apache-2.0 */
/* deb822.c - control data in paragraphs of "Name: value" fields.  Format: deb822(5). */
#include "fmt/deb822.h"

#include <string.h>

static bool is_space(uint8_t c) { return c == ' ' || c == '\t'; }

static bool all_blank(struct bytes line) { return bytes_trim(line).n == 0; }

/* True when the text goes on with a continuation line that says something. */
static bool continues(struct bytes rest)
{
	struct bytes line;
	return rest.n && is_space(rest.p[0]) && bytes_line(&rest, &line) && !all_blank(line);
}

static struct bytes span(const uint8_t *from, const uint8_t *to)
{
	return (struct bytes){from, (size_t)(to - from)};
}

bool deb822_paragraph(struct bytes *rest, struct bytes *ret_paragraph)
{
	struct bytes text = *rest, line;
	const uint8_t *from = NULL, *to = NULL;
	while (bytes_line(&text, &line)) {
		if (!all_blank(line)) {
			from = from ? from : line.p;
			to = line.p + line.n;
			continue;
		}
		if (from && (line.n == 0 || !continues(text)))
			break;
	}
	*rest = text;
	if (!from)
		return false;
	*ret_paragraph = span(from, to);
	return true;
}

/* deb822(5): US-ASCII without control characters, space and colon; "must not begin with '#' or
 * '-'". */
static bool is_field_name(struct bytes name)
{
	if (name.n == 0 || name.p[0] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] < 33 || name.p[i] > 126)
			return false;
	}
	return true;
}

bool deb822_field(struct bytes *rest, struct bytes *ret_name, struct bytes *ret_value)
{
	struct bytes line;
	do {
		if (!bytes_line(rest, &line))
			return false;
	} while (all_blank(line) || line.p[0] == '#');
	struct bytes name, value;
	bool is_field = !is_space(line.p[0]) && bytes_cut(line, ':', &name, &value);
	if (is_field)
		name = bytes_trim(name); /* dpkg takes "Package : x" too */
	if (!is_field || !is_field_name(name)) {
		*ret_name = (struct bytes){NULL, 0};
		*ret_value = line;
		return true;
	}
	const uint8_t *to = value.p + value.n;
	while (rest->n && is_space(rest->p[0]) && bytes_line(rest, &line))
		to = line.p + line.n;
	*ret_name = name;
	*ret_value = bytes_trim(span(value.p, to));
	return true;
}

struct bytes deb822_get(struct bytes paragraph, struct bytes name)
{
	for (struct bytes k, v; deb822_field(&paragraph, &k, &v);) {
		if (k.p && bytes_eq_nocase(k, name))
			return v;
	}
	return (struct bytes){NULL, 0};
}

size_t deb822_newlines(const uint8_t *from, const uint8_t *to)
{
	size_t n = 0;
	while (from < to && (from = memchr(from, '\n', (size_t)(to - from)))) {
		from++;
		n++;
	}
	return n;
}
