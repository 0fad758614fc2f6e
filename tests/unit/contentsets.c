/* SPDX-License-Identifier: Apache-2.0 */
/* Content manifests of Red Hat's images, and the inspector that states what they name. */
#include "fmt/fmt.h"

#include "inspect/inspect.h"
#include "lib/facts.h"
#include "test.h"

static void add(void *arg, struct bytes name) { buf_addf(arg, "%.*s\n", BYTES_FMT(name)); }

static const struct {
	const char *name, *in, *want; /* want NULL: refused */
} cases[] = {
	{"plain",
         "{\"metadata\":{\"icm_version\":1},\"content_sets\":[\"rhel-9-for-x86_64-baseos-rpms\","
         "\"rhel-9-for-x86_64-appstream-rpms\"],\"image_contents\":[]}",                        "rhel-9-for-x86_64-baseos-rpms\nrhel-9-for-x86_64-appstream-rpms\n"},
	{"none",					"{\"content_sets\":[]}",                ""								 },
	{"null",					"{\"content_sets\":null}",              ""								 },
	{"labels and bills of materials lie beside it", "{\"architecture\":\"x86_64\"}",        ""                                                                 },
	{"an empty name",			       "{\"content_sets\":[\"\",\"a\"]}",      "a\n"                                                              },
	{"a text",				      "{\"content_sets\":\"a\"}",             NULL							       },
	{"a number in the list",                        "{\"content_sets\":[\"a\",7]}",         NULL                                                               },
	{"a blank in a name",                           "{\"content_sets\":[\"a\",\"b c\"]}",   NULL                                                               },
	{"an escape in a name",                         "{\"content_sets\":[\"\\u001b[31m\"]}", NULL                                                               },
	{"a list",				      "[]",				   NULL							       },
	{"cut short",				   "{\"content_sets\":[\"a\"",             NULL							       },
	{"empty",				       "",				     NULL							       },
};

static void rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, KIB(64));
		int rc = content_sets_read(bytes_str(cases[i].in), add, &b, &e);
		test_case(cases[i].want
		                  ? rc == 0 && bytes_eq(buf_bytes(&b), bytes_str(cases[i].want))
		                  : rc < 0 && e.msg[0] && !b.n,
		          "content sets: %s (%s)", cases[i].name, e.msg);
	}
}

static int sized(size_t sets, size_t len, size_t blanks, struct err *e)
{
	AUTO_BUF struct buf in, out;
	buf_init(&in, MIB(64));
	buf_init(&out, MIB(64));
	buf_adds(&in, "{\"content_sets\":[");
	for (size_t i = 0; i < sets; i++) {
		buf_addf(&in, "%s\"", i ? "," : "");
		for (size_t k = 0; k < len; k++)
			buf_addc(&in, 'a');
		buf_addc(&in, '"');
	}
	buf_adds(&in, "]");
	while (blanks && in.n < blanks - 1)
		buf_addc(&in, ' ');
	buf_addc(&in, '}');
	return content_sets_read(buf_bytes(&in), add, &out, e);
}

static void bounds(void)
{
	struct err e;
	size_t sets = (size_t)CONTENT_SETS_MAX, len = (size_t)CONTENT_SET_LEN_MAX;
	size_t size = (size_t)CONTENT_MANIFEST_MAX;
	CHECK(sized(sets, 1, 0, &e) == 0);
	CHECK(sized(sets + 1, 1, 0, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(sized(1, len, 0, &e) == 0);
	CHECK(sized(1, len + 1, 0, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(sized(1, 1, size, &e) == 0);
	CHECK(sized(1, 1, size + 1, &e) < 0 && e.kind == ERR_LIMIT);
}

static void stated(void)
{
	struct inspect_file f = {
		.en = {.path = B("root/buildinfo/content_manifests/a.json"), .type = ENTRY_FILE},
		.content = B("{\"content_sets\":[\"ubi-8-baseos-rpms\"]}")
        };
	struct err e;
	struct fact_repository seen;
	struct bytes cbor;
	struct factset *fs = factset_new();
	CHECK(inspect_once(facts_inspector("content_sets"), &f, 1, fs, &e) == 0);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	struct fact_iter it = fact_iter(fs, FACT_REPOSITORY);
	CHECK(fact_next(&it, &cbor) && fact_decode_repository(cbor, &seen));
	CHECK(bytes_eq(seen.name, B("ubi-8-baseos-rpms")));
	CHECK(bytes_eq(seen.head.path, f.en.path) && !fact_next(&it, &cbor));
	factset_free(fs);
}

int main(void)
{
	rows();
	bounds();
	stated();
	return TEST_END();
}
