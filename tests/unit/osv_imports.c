/* SPDX-License-Identifier: Apache-2.0 */
/* osv_imports.c - packages and symbols that a record of Go names are kept up to OSV_IMPORTS_MAX;
 * what goes past it is left out whole. */
#include "lib/feedcase.h"

/* The bytes that are kept of two packages, whose paths have n bytes together. */
static size_t kept(size_t n)
{
	struct feed_said *said = mem_zalloc(sizeof *said);
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf doc, text;
	buf_init(&doc, MIB(1));
	buf_init(&text, MIB(1));
	buf_adds(&doc, "{\"id\":\"GO-2024-1\",\"affected\":[{\"package\":{\"ecosystem\":\"Go\","
	               "\"name\":\"example.org/a\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":["
	               "{\"introduced\":\"0\"}]}],\"ecosystem_specific\":{\"imports\":["
	               "{\"path\":\"first\"},{\"path\":\"");
	for (size_t i = 5; i < n; i++)
		buf_addc(&doc, 'p');
	buf_adds(&doc, "\"}]}}]}");
	const struct feed_input docs[4] = {
		{"GO-2024-1.json", buf_cstr(&doc)}
        };
	int rc = feed_run(feed_by_id(B("osv-go")), docs, &text, said, &e);
	size_t bytes = rc == 0 && text.n ? said->imports : 0;
	free(said);
	return bytes;
}

int main(void)
{
	size_t most = (size_t)OSV_IMPORTS_MAX - 1; /* a blank stands between them */
	test_case(kept(most) == (size_t)OSV_IMPORTS_MAX, "OSV_IMPORTS_MAX bytes");
	test_case(kept(most + 1) == 5, "one more: the last package is left out");
	return TEST_END();
}
