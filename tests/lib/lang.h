/* SPDX-License-Identifier: Apache-2.0 */
/* lang.h - runs the reader of a manifest over rows of text and what is expected of it. */
#ifndef TESTS_LANG_H
#define TESTS_LANG_H

#include "fmt/fmt.h"

#include "test.h"

typedef int lang_reader(struct bytes text, struct arena *a, struct lang_package *ret,
                        struct err *e);

struct lang_row {
	const char *what, *text;
	const char *want; /* "name|version|licence", "none", or the error */
};

static inline bool lang_runs(lang_reader *read, const char *what, struct bytes text,
                             const char *want)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct lang_package p = {.name = B("untouched")};
	struct err e = {.kind = ERR_NONE};
	int rc = read(text, a, &p, &e);
	const char *got = rc < 0 ? e.msg : "none";
	if (rc > 0)
		got = arena_printf(a, "%.*s|%.*s|%.*s", BYTES_FMT(p.name), BYTES_FMT(p.version),
		                   BYTES_FMT(p.license));
	bool is_ok = test_case(bytes_eq(bytes_str(got), bytes_str(want)) &&
	                               (rc > 0 || bytes_eq(p.name, B("untouched"))),
	                       "%s", what);
	if (!is_ok)
		printf("# got  %s\n# want %s\n", got, want);
	return is_ok;
}

static inline void lang_rows(lang_reader *read, const struct lang_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		lang_runs(read, rows[i].what, bytes_str(rows[i].text), rows[i].want);
}

/* before + n times "x" + after */
static inline void lang_long(lang_reader *read, const char *what, const char *const around[2],
                             size_t n, const char *want)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(16));
	buf_adds(&b, around[0]);
	for (size_t i = 0; i < n; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, around[1]);
	if (want) {
		lang_runs(read, what, buf_bytes(&b), want);
		return;
	}
	AUTO_ARENA struct arena *a = arena_new();
	struct lang_package p;
	struct err e;
	test_case(read(buf_bytes(&b), a, &p, &e) > 0, "%s", what);
}

#endif
