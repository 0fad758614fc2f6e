/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/inspect.h"

#include "test.h"

extern const struct inspector inspector_example;

/* How many names the inspector counts in text; -1 when it calls the file broken. */
static int64_t counted(struct bytes text)
{
	struct inspect_file file = {
		{.path = B("etc/example"), .size = text.n},
                text
        };
	struct factset *facts = factset_new();
	struct err e = {0};
	int64_t n = -1;
	if (!inspect_once(&inspector_example, &file, 1, facts, &e)) {
		factset_seal(facts, &(struct factset_meta){0});
		struct fact_iter it = fact_iter(facts, FACT_COUNT);
		struct fact_count count;
		for (struct bytes cbor; fact_next(&it, &cbor);)
			if (fact_decode_count(cbor, &count))
				n = (int64_t)count.n;
	}
	factset_free(facts);
	return n;
}

int main(void)
{
	static const struct {
		const char *name;
		struct bytes text;
		int64_t n;
	} cases[] = {
		{"two names",                        B("one\ntwo\n"),     2 },
		{"comments and blanks do not count", B("# no\n\n one\n"), 1 },
		{"no newline at the end",            B("one"),            1 },
		{"an empty file",                    B(""),               0 },
		{"a NUL byte is broken",             B("o\0ne\n"),        -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		test_case(counted(cases[i].text) == cases[i].n, "%s", cases[i].name);
	return TEST_END();
}
