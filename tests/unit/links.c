/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - pages of ids; nothing hostile becomes an address. */
#include "render/parts.h"

#include "test.h"

static const struct {
	const char *id, *page; /* NULL: none */
} cases[] = {
	{"CVE-2024-1",                "https://nvd.nist.gov/vuln/detail/CVE-2024-1"           },
	{"DSA-5532-1",                "https://security-tracker.debian.org/tracker/DSA-5532-1"},
	{"RUSTSEC-2024-0001",         "https://rustsec.org/advisories/RUSTSEC-2024-0001.html" },
	{"RHSA-2024:1",               "https://access.redhat.com/errata/RHSA-2024:1"          },
	{"https://example.org/a?b=c", "https://example.org/a?b=c"                             },
	{"https://example.org/\"><x", NULL						    },
	{"https://example.org/a b",   NULL						    },
	{"javascript:alert(1)",       NULL						    },
	{"CVE-",		      NULL						    },
	{"CVE--1",		    NULL						    },
	{"CVE-2024-1\" onclick=",     NULL						    },
	{"CVE-2024-1/../..",          NULL						    },
	{"secret.aws-access-key",     NULL						    },
	{"",			  NULL						    },
};

static void test_cut(struct arena *a)
{
	CHECK(bytes_eq(render_cut(a, B("abcdef"), 6), B("abcdef")));
	CHECK(bytes_eq(render_cut(a, B("abcdefg"), 6), B("abc...")));
	CHECK(bytes_eq(render_cut(a, B("ab\xc3\xa4\xc3\xa4\xc3\xa4"), 6), B("ab...")));
	CHECK(bytes_eq(render_cut(a, B("a\x1b"), 9), B("a\\x1b")));
}

int main(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bytes page = render_link(a, bytes_str(cases[i].id));
		const char *want = cases[i].page;
		test_case(want ? bytes_eq(page, bytes_str(want)) : !page.n, "\"%s\"", cases[i].id);
	}
	test_cut(a);
	return TEST_END();
}
