/* SPDX-License-Identifier: Apache-2.0 */
/* inspect_match.c - filed globs against asking every glob of every path. */
#include "inspect/match.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define GLOBS(...)                                                                                 \
	(const char *const[]) { __VA_ARGS__, NULL }

static const struct inspector a = {.id = "a", .paths = GLOBS("etc/passwd", "var/lib/x/*.list")};
static const struct inspector b = {.id = "b", .paths = GLOBS("**/package.json", "**.jar")};
static const struct inspector c = {
	.id = "c", .paths = GLOBS("opt/**", "?tc/*", "**.d/*.conf", "**/in/*", "**/in/*.y")};
static const struct inspector d = {.id = "d", .paths = GLOBS("etc/passwd", "x*/y/last", "*")};
static const struct inspector *const list[] = {&a, &b, &c, &d, NULL};

/* "a0 c1": inspector and glob. */
static const char *found(const struct matcher *m, const char *path, char out[64])
{
	struct hit hits[8];
	size_t n = matcher_find(m, bytes_str(path), hits, ARRAY_LEN(hits));
	out[0] = 0;
	for (size_t i = 0, at = 0; i < n; i++)
		at += (size_t)snprintf(out + at, 64 - at, "%s%s%u", i ? " " : "",
		                       hits[i].inspector->id, hits[i].glob);
	return out;
}

static void rows(void)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{"etc/passwd",              "a0 c1 d0"},
		{"etc/passwd/x",            ""        },
		{"var/lib/x/a.list",        "a1"      },
		{"var/lib/x/d/a.list",      ""        },
		{"var/lib/x/a.lists",       ""        },
		{"app/package.json",        "b0"      },
		{"package.json",            "b0 d2"   },
		{"a/package.json/b",        ""        },
		{"a/b/c.jar",               "b1"      },
		{"c.jar",                   "b1 d2"   },
		{"a/c.jar.txt",             ""        },
		{"opt/x",                   "c0"      },
		{"opt/x/y/z",               "c0"      },
		{"opt",                     "d2"      },
		{"utc/x",                   "c1"      },
		{"a/b.d/x.conf",            "c2"      },
		{"a/b.d/c/x.conf",          ""        },
		{"in/x",                    "c3"      },
		{"a/in/b.y",                "c3"      },
		{"a/in/b/c.y",              ""        },
		{"a/xin/b",                 ""        },
		{"xpackage.json",           "d2"      },
		{"a/xpackage.json",         ""        },
		{"xyz/y/last",              "d1"      },
		{"x/z/last",                ""        },
		{"",			"d2"      },
		{"usr/share/doc/copyright", ""        },
	};
	struct matcher *m = matcher_new(list);
	char out[64];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (!test_case(strcmp(found(m, cases[i].path, out), cases[i].want) == 0,
		               "match: \"%s\"", cases[i].path))
			printf("# got \"%s\"\n", out);
	}
	struct hit one;
	CHECK(matcher_find(m, B("etc/passwd"), &one, 1) == 1);
	matcher_free(m);
}

/* A path made from a glob by putting something for its stars. */
static void instance(const char *glob, const char *star, struct buf *out)
{
	buf_reset(out);
	for (const char *p = glob; *p; p++) {
		if (*p == '*')
			buf_adds(out, star);
		else
			buf_addc(out, *p == '?' ? 'q' : (uint8_t)*p);
	}
}

static bool agrees(const struct matcher *m, struct bytes path)
{
	struct hit hits[32];
	size_t n = matcher_find(m, path, hits, ARRAY_LEN(hits)), k = 0;
	for (size_t i = 0; inspectors[i]; i++) {
		bool wanted = false;
		for (size_t g = 0; inspectors[i]->paths[g] && !wanted; g++) {
			struct bytes glob = bytes_str(inspectors[i]->paths[g]);
			wanted = bytes_glob(glob, path) || (bytes_starts(glob, B("**/")) &&
			                                    bytes_glob(bytes_skip(glob, 3), path));
		}
		bool is_hit = k < n && hits[k].inspector == inspectors[i];
		if (wanted != is_hit)
			return false;
		k += is_hit;
	}
	return k == n;
}

/* Every glob of every real inspector, with stars replaced, asked both ways. */
static void real_ones(void)
{
	static const char *const stars[] = {"", "s", "a.b", "x/y", "a.jar", "z/"};
	struct matcher *m = matcher_new(inspectors);
	AUTO_BUF struct buf path;
	buf_init(&path, 1 << 16);
	for (size_t i = 0; inspectors[i]; i++) {
		bool is_ok = true, is_found = false;
		for (size_t g = 0; inspectors[i]->paths[g]; g++) {
			for (size_t s = 0; s < ARRAY_LEN(stars); s++) {
				struct hit hits[32];
				instance(inspectors[i]->paths[g], stars[s], &path);
				is_ok &= agrees(m, buf_bytes(&path));
				is_found |= matcher_find(m, buf_bytes(&path), hits, 32) > 0;
			}
		}
		test_case(is_ok && (is_found || inspectors[i]->want == INSPECT_STREAM ||
		                    inspectors[i]->want == INSPECT_LOOK),
		          "globs of %s", inspectors[i]->id);
		CHECK(inspectors[i]->want != INSPECT_COUNT || inspectors[i]->kinds);
	}
	matcher_free(m);
}

int main(void)
{
	rows();
	real_ones();
	return TEST_END();
}
