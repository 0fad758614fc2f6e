/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_wordpress.c - WordPress, its plugins and themes.
 *
 * Format: version.php assigns $wp_version; a header is "Name: value" lines in the first comment of
 * a file, of which 8 KiB are looked at. Source: WordPress, "Header Requirements" of plugins, "Main
 * Stylesheet" of themes; get_file_data().
 */
#include "fmt/lang.h"

/* What may stand before a name in a comment. */
static struct bytes strip(struct bytes line)
{
	size_t n = 0;
	if (bytes_starts(line, B("<?php")))
		line = bytes_skip(line, 5);
	while (n < line.n && (is_blank(line.p[n]) || line.p[n] == '/' || line.p[n] == '*' ||
	                      line.p[n] == '#' || line.p[n] == '@'))
		n++;
	return bytes_skip(line, n);
}

/* The value of a header, without what ends the comment; absent: there is none. */
static struct bytes header(struct bytes text, struct bytes name)
{
	struct bytes line;
	text = bytes_slice(text, 0, MIN_OF(text.n, (size_t)WORDPRESS_HEAD_MAX));
	while (bytes_line(&text, &line)) {
		struct bytes key, value, stripped = strip(line);
		if (!bytes_cut(stripped, ':', &key, &value) || !bytes_eq_nocase(key, name))
			continue;
		static const char *const ends[] = {"*/", "?>"};
		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			ssize_t at = bytes_search(value, bytes_str(ends[i]));
			value.n = at < 0 ? value.n : (size_t)at;
		}
		return bytes_trim(value);
	}
	return (struct bytes){NULL, 0};
}

static int read_header(struct bytes text, struct bytes name, struct arena *a,
                       struct lang_package *ret, struct err *e)
{
	struct lang_package p = {.name = arena_dup(a, header(text, name)),
	                         .version = arena_dup(a, header(text, B("Version"))),
	                         .license = arena_dup(a, header(text, B("License"))),
	                         .vendor = arena_dup(a, header(text, B("Author")))};
	if (!p.name.n || !p.version.n)
		return 0;
	if (p.vendor.n > (size_t)LANG_FIELD_MAX)
		p.vendor = (struct bytes){NULL, 0};
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "a header of WordPress");
	*ret = p;
	return 1;
}

int lang_wordpress_plugin(struct bytes text, struct arena *a, struct lang_package *ret,
                          struct err *e)
{
	return read_header(text, B("Plugin Name"), a, ret, e);
}

int lang_wordpress_theme(struct bytes text, struct arena *a, struct lang_package *ret,
                         struct err *e)
{
	return read_header(text, B("Theme Name"), a, ret, e);
}

int lang_wordpress(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct lang_package p = {.name = B("wordpress"), .license = B("GPL-2.0-or-later")};
	struct bytes line, name, value;
	while (bytes_line(&text, &line) && !p.version.n) {
		if (!bytes_cut(line, '=', &name, &value) ||
		    !bytes_eq(bytes_trim(name), B("$wp_version")))
			continue;
		value = bytes_trim(value);
		ssize_t end = value.n ? bytes_find(bytes_skip(value, 1), value.p[0]) : -1;
		if (end > 0 && (value.p[0] == '\'' || value.p[0] == '"'))
			p.version = arena_dup(a, bytes_slice(value, 1, (size_t)end + 1));
	}
	if (!p.version.n)
		return 0;
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "version.php");
	*ret = p;
	return 1;
}
