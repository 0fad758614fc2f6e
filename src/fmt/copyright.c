/* SPDX-License-Identifier: Apache-2.0 */
/* copyright.c - licences that a Debian copyright file names. */
#include "fmt/copyright.h"

#include "fmt/deb822.h"

struct licenses {
	copyright_fn *fn;
	void *arg;
	struct buf seen; /* a line each */
	size_t n;
};

static bool is_seen(const struct licenses *l, struct bytes license)
{
	struct bytes rest = buf_bytes(&l->seen), line;
	while (bytes_line(&rest, &line)) {
		if (bytes_eq_nocase(line, license))
			return true;
	}
	return false;
}

static int give(struct licenses *l, struct bytes license, struct err *e)
{
	if (license.n == 0 || is_seen(l, license))
		return 0;
	if (l->n++ >= (size_t)COPYRIGHT_LICENSES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d licences in one copyright file",
		               (int)COPYRIGHT_LICENSES_MAX);
	l->fn(l->arg, license);
	buf_add(&l->seen, license);
	buf_addc(&l->seen, '\n');
	return 0;
}

/* ---- machine-readable ---- */

static bool is_machine_readable(struct bytes text)
{
	struct bytes first, format;
	if (!deb822_paragraph(&text, &first))
		return false;
	format = deb822_get(first, B("Format"));
	if (!format.p)
		format = deb822_get(first, B("Format-Specification"));
	return bytes_search(format, B("copyright-format")) >= 0 ||
	       bytes_search(format, B("dep5")) >= 0 || bytes_search(format, B("DEP")) >= 0;
}

/* "The remaining lines ... the full text": the first line is the short name. */
static int machine_readable(struct licenses *l, struct bytes text, struct err *e)
{
	for (struct bytes paragraph; deb822_paragraph(&text, &paragraph);) {
		struct bytes value = deb822_get(paragraph, B("License")), line;
		if (bytes_line(&value, &line) &&
		    give(l, bytes_slice(bytes_trim(line), 0, (size_t)SPDX_LICENSE_MAX), e) < 0)
			return -1;
	}
	return 0;
}

/* ---- anything else ---- */

/* In lower case, blanks and the marks of comments folded into one blank. */
static void fold(struct bytes text, struct buf *b)
{
	bool is_gap = true;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool is_mark = is_blank(c) || c == '*' || c == '#' || c == '|';
		if (is_mark && !is_gap)
			buf_addc(b, ' ');
		else if (!is_mark)
			buf_addc(b, to_lower(c));
		is_gap = is_mark;
	}
}

/* Sentences of texts that are copied whole; without: what only a longer one has. */
static const struct {
	const char *text, *without, *license;
} known[] = {
	{"permission is hereby granted, free of charge, to any person obtaining a copy",     "",                                     "MIT"          },
	{"permission to use, copy, modify, and/or distribute this software for any purpose", "",
         "ISC"																      },
	{"permission to use, copy, modify, and distribute this software for any purpose",    "",
         "ISC"																      },
	{"redistribution and use in source and binary forms",                                "neither the name",                     "BSD-2-Clause" },
	{"neither the name",								 "all advertising materials mentioning", "BSD-3-Clause" },
	{"all advertising materials mentioning",                                             "",                                     "BSD-4-Clause" },
	{"this software is provided 'as-is', without any express or implied warranty",       "",                                     "Zlib"         },
	{"boost software license - version 1.0",                                             "",                                     "BSL-1.0"      },
	{"licensed under the apache license, version 2.0",                                   "",                                     "Apache-2.0"   },
	{"mozilla public license version 2.0",					       "",                                     "MPL-2.0"      },
	{"in the public domain",							     "",				     "public-domain"},
};

static int known_texts(struct licenses *l, struct bytes folded, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		bool is_there = bytes_search(folded, bytes_str(known[i].text)) >= 0;
		bool is_longer = known[i].without[0] &&
		                 bytes_search(folded, bytes_str(known[i].without)) >= 0;
		if (is_there && !is_longer && give(l, bytes_str(known[i].license), e) < 0)
			return -1;
	}
	return 0;
}

/* The words between the reference before and this one, as far as a notice is long. */
static bool says_later(struct bytes text, size_t from, size_t at)
{
	enum { NOTICE = 1500 };
	from = at - from > NOTICE ? at - NOTICE : from;
	struct bytes notice = bytes_slice(text, from, at);
	AUTO_BUF struct buf b;
	buf_init(&b, NOTICE + 1);
	fold(notice, &b);
	return bytes_search(buf_bytes(&b), B("any later version")) >= 0 ||
	       bytes_search(buf_bytes(&b), B("or later")) >= 0;
}

/* "BSD" there is the licence of the University of California. */
static struct bytes short_name(struct bytes name, bool is_later, struct arena *a)
{
	if (bytes_eq(name, B("BSD")))
		return B("BSD-3-Clause");
	bool is_gnu = bytes_starts(name, B("GPL")) || bytes_starts(name, B("LGPL")) ||
	              bytes_starts(name, B("GFDL"));
	if (!is_gnu)
		return name;
	if (bytes_find(name, '-') < 0)
		return bytes_str(arena_printf(a, "%.*s-1+", BYTES_FMT(name)));
	return is_later ? bytes_str(arena_printf(a, "%.*s+", BYTES_FMT(name))) : name;
}

/* Debian Policy, 12.5: "should refer to the corresponding files under /usr/share/common-licenses".
 */
static int references(struct licenses *l, struct bytes text, struct err *e)
{
	const struct bytes folder = B("/usr/share/common-licenses/");
	AUTO_ARENA struct arena *a = arena_new();
	size_t from = 0;
	for (ssize_t at; (at = bytes_search(bytes_skip(text, from), folder)) >= 0;) {
		size_t start = from + (size_t)at, n = 0;
		struct bytes name = bytes_skip(text, start + folder.n);
		while (n < name.n && (is_alnum(name.p[n]) || name.p[n] == '-' || name.p[n] == '.'))
			n++;
		while (n && (name.p[n - 1] == '.' || name.p[n - 1] == '-'))
			n--;
		name = bytes_slice(name, 0, n);
		if (n && n < 32 &&
		    give(l, short_name(name, says_later(text, from, start), a), e) < 0)
			return -1;
		from = start + folder.n + n;
	}
	return 0;
}

int copyright_licenses(struct bytes text, copyright_fn *fn, void *arg, struct err *e)
{
	if (text.n > (size_t)COPYRIGHT_MAX)
		return err_set(e, ERR_LIMIT, "a copyright file of %zu bytes, at most %d", text.n,
		               (int)COPYRIGHT_MAX);
	struct licenses l = {.fn = fn, .arg = arg};
	AUTO_BUF struct buf folded;
	buf_init(&folded, (size_t)COPYRIGHT_MAX);
	buf_init(&l.seen, (size_t)COPYRIGHT_LICENSES_MAX * ((size_t)SPDX_LICENSE_MAX + 1));
	int rc;
	if (is_machine_readable(text)) {
		rc = machine_readable(&l, text, e);
	} else {
		fold(text, &folded);
		rc = references(&l, text, e);
		rc = rc < 0 ? rc : known_texts(&l, buf_bytes(&folded), e);
	}
	buf_fini(&l.seen);
	return rc;
}
