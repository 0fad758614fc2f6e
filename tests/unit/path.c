/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - names from images, cleaned or refused. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "test.h"

static const struct {
	struct bytes raw;
	const char *clean; /* NULL: refused */
	enum err_kind kind;
} paths[] = {
	{B("usr/bin/sh"),     "usr/bin/sh",    ERR_NONE  },
	{B("./usr/bin/"),     "usr/bin",       ERR_NONE  },
	{B("/usr//bin/./sh"), "usr/bin/sh",    ERR_NONE  },
	{B(""),               "",              ERR_NONE  },
	{B("/"),              "",              ERR_NONE  },
	{B("./"),             "",              ERR_NONE  },
	{B("."),              "",              ERR_NONE  },
	{B("a/.."),           "",              ERR_NONE  },
	{B("a/b/../c"),       "a/c",           ERR_NONE  },
	{B("a/b/../../c"),    "c",             ERR_NONE  },
	{B("..."),            "...",           ERR_NONE  },
	{B("..a/b.."),        "..a/b..",       ERR_NONE  },
	{B(".wh..wh..opq"),   ".wh..wh..opq",  ERR_NONE  },
	{B("a b\n\xff\xfe"),  "a b\n\xff\xfe", ERR_NONE  },
	{B("a\\..\\b"),       "a\\..\\b",      ERR_NONE  },
	{B(".."),             NULL,            ERR_FORMAT},
	{B("/.."),            NULL,            ERR_FORMAT},
	{B("../etc/passwd"),  NULL,            ERR_FORMAT},
	{B("a/../../b"),      NULL,            ERR_FORMAT},
	{B("a/./../../b"),    NULL,            ERR_FORMAT},
	{B("usr\0/bin"),      NULL,            ERR_FORMAT},
	{B("\0"),             NULL,            ERR_FORMAT},
};

static const struct {
	const char *link, *target, *to;
} links[] = {
	{"usr/bin/sh", "dash",                "usr/bin/dash"},
	{"usr/bin/sh", "../lib/x",            "usr/lib/x"   },
	{"usr/bin/sh", "/bin/dash",           "bin/dash"    },
	{"sh",         "dash",                "dash"        },
	{"a",          "../../../etc/passwd", "etc/passwd"  },
	{"a/b",        "/../../etc",          "etc"         },
	{"a/b",        ".",                   "a"           },
	{"a/b",        "..",                  ""            },
	{"a/b",        "",		    "a"           },
	{"a/b",        "//c/",                "c"           },
};

static void test_clean(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct err e = {.kind = ERR_NONE};
		int rc = image_path(paths[i].raw, &b, &e);
		bool ok = paths[i].clean
		                  ? rc == 0 && bytes_eq(buf_bytes(&b), bytes_str(paths[i].clean))
		                  : rc == -1;
		test_case(ok && e.kind == paths[i].kind, "path row %zu: %s", i,
		          paths[i].clean ? paths[i].clean : e.msg);
	}
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		struct err e;
		test_case(image_path_link(bytes_str(links[i].link), bytes_str(links[i].target), &b,
		                          &e) == 0 &&
		                  bytes_eq(buf_bytes(&b), bytes_str(links[i].to)),
		          "%s -> %s is %s", links[i].link, links[i].target, links[i].to);
	}
	struct err e = {.kind = ERR_NONE};
	CHECK(image_path_link(B("a"), B("b\0c"), &b, &e) == -1 && e.kind == ERR_FORMAT);
}

/* n components, each of them len bytes. */
static int clean_long(size_t n, size_t len, struct err *e)
{
	AUTO_BUF struct buf raw, b;
	buf_init(&raw, 1 << 20);
	buf_init(&b, 2 * (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < n; i++) {
		buf_addc(&raw, '/');
		for (size_t k = 0; k < len; k++)
			buf_addc(&raw, 'x');
	}
	e->kind = ERR_NONE;
	return image_path(buf_bytes(&raw), &b, e);
}

static void test_bounds(void)
{
	struct err e;
	CHECK(clean_long(1, (size_t)PATH_LEN_MAX, &e) == 0);
	CHECK(clean_long(1, (size_t)PATH_LEN_MAX + 1, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(clean_long((size_t)PATH_DEPTH_MAX, 1, &e) == 0);
	CHECK(clean_long((size_t)PATH_DEPTH_MAX + 1, 1, &e) == -1 && e.kind == ERR_LIMIT);
	/* the slashes count: 1024 * 3 + 1023 = 4095 */
	CHECK(clean_long((size_t)PATH_DEPTH_MAX, 3, &e) == 0);
	CHECK(clean_long((size_t)PATH_DEPTH_MAX, 4, &e) == -1 && e.kind == ERR_LIMIT);
	AUTO_BUF struct buf tiny;
	buf_init(&tiny, 3);
	CHECK(image_path(B("abc"), &tiny, &e) == 0);
	CHECK(image_path(B("a/bc"), &tiny, &e) == -1 && e.kind == ERR_LIMIT);
}

static void test_parts(void)
{
	CHECK(bytes_eq(path_dir(B("a/b/c")), B("a/b")) && bytes_eq(path_base(B("a/b/c")), B("c")));
	CHECK(path_dir(B("a")).n == 0 && bytes_eq(path_base(B("a")), B("a")));
	CHECK(path_dir(B("")).n == 0 && path_base(B("")).n == 0);
	static const struct {
		const char *a, *b, *joined;
	} rows[] = {
		{"a",  "b", "a/b"},
		{"a/", "b", "a/b"},
		{"/",  "b", "/b" },
		{"",   "b", "b"  },
		{"a",  "",  "a/" }
        };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_FREE char *p = path_join(rows[i].a, rows[i].b);
		test_case(strcmp(p, rows[i].joined) == 0, "join %s and %s", rows[i].a, rows[i].b);
	}
	AUTO_FREE char *self = self_dir();
	test_case(self && self[0] == '/' && access(self, X_OK) == 0, "own folder");
}

int main(void)
{
	test_clean();
	test_bounds();
	test_parts();
	return TEST_END();
}
