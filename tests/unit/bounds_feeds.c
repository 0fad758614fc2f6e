/* SPDX-License-Identifier: Apache-2.0 */
/* bounds_feeds.c - bounds of single feeds: as many as may be, and one more, which is said. */
#include "advise/debian.h"
#include "lib/feedcase.h"

static const struct feed *feed;
static struct feed_said *said;
static struct buf told;

/* How many records the document gives; -1: none, for the bound that e names. */
static int records(struct buf *text)
{
	const struct feed_input docs[4] = {
		{"doc.yml", buf_cstr(text)}
        };
	struct err e = {.kind = ERR_NONE};
	memset(said, 0, sizeof *said);
	buf_reset(&told);
	int rc = feed_run(feed, docs, &told, said, &e);
	if (rc < 0)
		buf_adds(&told, e.msg);
	return rc < 0 ? -1 : (int)said->n;
}

/* n texts with a number each. */
static void put(struct buf *b, const char *before, const char *behind, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s%zu%s", before, i + 10000, behind);
}

static void debian(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, word, suite;
		struct debian_line l;
		buf_init(&b, MIB(4));
		buf_init(&word, KIB(1));
		buf_init(&suite, KIB(1));
		feed = &feed_debian_dsa;
		buf_adds(&b, "[01 Jan 2020] DSA-1-1 a - security update\n\t{");
		put(&b, "CVE-2020-", " ", DEBIAN_IDS_MAX + past);
		buf_adds(&b, "}\n\t[buster] - a 2\n");
		test_case(records(&b) == DEBIAN_IDS_MAX && said->broken == (int)past &&
		                  (!past || strstr(said->last_broken, "more than 2048 ids")),
		          "DEBIAN_IDS_MAX and %zu: %s", past, said->last_broken);
		buf_reset(&b);
		buf_adds(&b, "[01 Jan 2020] DSA-1-1 a - security update\n\t{CVE-2020-1}\n");
		put(&b, "\t[buster] - a", " 2\n", DEBIAN_FIXES_MAX + past);
		test_case(records(&b) == DEBIAN_FIXES_MAX && said->broken == (int)past &&
		                  (!past || strstr(said->last_broken, "more than 512 lines")),
		          "DEBIAN_FIXES_MAX and %zu: %s", past, said->last_broken);
		for (size_t i = 0; i < DEBIAN_WORD_MAX + past; i++)
			buf_addc(&word, 'w');
		for (size_t i = 0; i < DEBIAN_SUITE_MAX + past; i++)
			buf_addc(&suite, 's');
		buf_reset(&b);
		buf_addf(&b, "- %s 1", buf_cstr(&word));
		CHECK(debian_line(buf_bytes(&b), &l) == !past);
		buf_reset(&b);
		buf_addf(&b, "- a <%s>", buf_cstr(&word));
		CHECK(debian_line(buf_bytes(&b), &l) == !past);
		buf_reset(&b);
		buf_addf(&b, "[%s] - a 1", buf_cstr(&suite));
		CHECK(debian_line(buf_bytes(&b), &l) == !past);
	}
}

/* One entry of the list with n lines; a remark whose last word is the urgency. */
static void debian_list(void)
{
	feed = &feed_debian_list;
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, MIB(4));
		buf_adds(&b, "CVE-2023-1 (text)\n");
		put(&b, "\t[sid] - a", " 1.0\n", DEBIAN_ENTRY_LINES_MAX + past);
		test_case(records(&b) >= 0 && said->broken == (int)past &&
		                  (!past || strstr(said->last_broken, "more than 1024 lines")),
		          "DEBIAN_ENTRY_LINES_MAX and %zu: %s", past, said->last_broken);
		buf_reset(&b);
		buf_adds(&b, "CVE-2023-1 (text)\n\t- a 1.0 (");
		for (size_t i = 0; i < DEBIAN_REMARK_MAX - 5 + past; i++)
			buf_addc(&b, 'x');
		buf_adds(&b, "; low)\n");
		CHECK(records(&b) > 0 &&
		      (strstr(buf_cstr(&told), "affected low") != NULL) == !past);
	}
}

#define UPDATE                                                                                     \
	"{\"alias\":\"FEDORA-2025-a\",\"type\":\"security\",\"status\":\"stable\","                \
	"\"release\":{\"version\":\"40\",\"id_prefix\":\"FEDORA\"},\"builds\":[{\"nvr\":"          \
	"\"a-1-2.fc40\",\"type\":\"rpm\",\"epoch\":0}],"

static void fedora(void)
{
	feed = feed_by_id(B("fedora"));
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, MIB(4));
		buf_adds(&b, UPDATE "\"notes\":\"");
		put(&b, "CVE-2025-", " ", FEDORA_CVES_MAX + past);
		buf_adds(&b, "\"}");
		test_case(records(&b) == (past ? 0 : FEDORA_CVES_MAX) &&
		                  said->broken == (int)past &&
		                  (!past || strstr(said->last_broken, "2048 CVEs")),
		          "FEDORA_CVES_MAX and %zu: %s", past, said->last_broken);
		buf_reset(&b);
		buf_adds(&b, UPDATE "\"bugs\":[{\"title\":\"CVE-2025-1234\"}");
		put(&b, ",{\"title\":\"bug ", "\"}", FEDORA_BUGS_MAX - 1 + past);
		buf_adds(&b, "]}");
		test_case(records(&b) == (past ? 0 : 1) && said->broken == (int)past &&
		                  (!past || strstr(said->last_broken, "more than 1024 bugs")),
		          "FEDORA_BUGS_MAX and %zu: %s", past, said->last_broken);
	}
}

static void ruby(void)
{
	feed = feed_by_id(B("ruby-advisory-db"));
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, MIB(4));
		buf_adds(&b, "---\ngem: a\ncve: 2020-1\npatched_versions:\n");
		put(&b, "- \"~> ", ".1\"\n", RUBY_REQUIREMENTS_MAX + past);
		int n = records(&b);
		test_case(past ? (n == -1 || said->broken == 1) : n > 0 && !said->broken,
		          "RUBY_REQUIREMENTS_MAX and %zu: %s", past, past ? buf_cstr(&told) : "");
	}
	CHECK(strstr(buf_cstr(&told), "128 requirements"));
}

static void eol(void)
{
	feed = &feed_eol;
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, MIB(4));
		buf_adds(&b, "version,codename,series,created,release");
		put(&b, ",c", "", EOL_COLUMNS_MAX - 6 + past);
		buf_adds(&b, ",eol\n12,Bookworm,bookworm,2021-01-01,2023-06-10");
		put(&b, ",", "", EOL_COLUMNS_MAX - 6 + past);
		buf_adds(&b, ",2026-06-10\n");
		int n = records(&b);
		test_case(past ? n == -1 && strstr(buf_cstr(&told), "more than 32 columns")
		               : n == 1 && !said->broken,
		          "EOL_COLUMNS_MAX and %zu: %d %s", past, n, buf_cstr(&told));
	}
}

int main(void)
{
	said = mem_zalloc(sizeof *said);
	buf_init(&told, (size_t)MIB(8));
	debian();
	debian_list();
	fedora();
	ruby();
	eol();
	buf_fini(&told);
	free(said);
	return TEST_END();
}
