/* SPDX-License-Identifier: Apache-2.0 */
/* What Red Hat's repositories belong to. */
#include "lib/feedcase.h"

#define MAP(inner) "{\"data\":{" inner "}}"
#define REPO(name, cpes)                                                                           \
	"\"" name "\":{\"cpes\":[" cpes "],\"repo_relative_urls\":[\"content/dist/rhel9\"]}"
#define NS "rhel:/repositories "

static const struct feed_case cases[] = {
	{"plain",
         &feed_redhat_repositories,
         {{"repository-to-cpe.json",
           MAP(REPO("rhel-9-for-x86_64-baseos-rpms",
                    "\"cpe:/"
                    "o:redhat:enterprise_linux:9::baseos\",\"cpe:/"
                    "o:redhat:rhel:9.1::baseos\"") "," REPO("rhel-9-for-x86_64-baseos-eus-rpms__9_"
                                                            "DOT_2",
                                                            "\"cpe:/"
                                                            "o:redhat:rhel_eus:9.2::baseos\""))}},
         NS "rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2 cpe not_affected +rhel:9/rhel_eus:9.2\n" NS
            "rhel-9-for-x86_64-baseos-rpms cpe not_affected +rhel:9\n",                                          0},
	{"a product nobody knows",
         &feed_redhat_repositories,
         {{"m", MAP(REPO("x", "\"cpe:/a:other:thing:1\",7"))}},
         NS "x cpe not_affected\n",
         0													},
	{"no list",                &feed_redhat_repositories, {{"m", MAP("\"x\":{\"cpes\":7},\"y\":[]")}}, "",   2},
	{"no repositories",        &feed_redhat_repositories, {{"m", MAP("")}},                            "",   0},
	{"cut short",              &feed_redhat_repositories, {{"m", "{\"data\":{\"x\":{\"cpes\":["}},     NULL, 0},
	{"empty",		  &feed_redhat_repositories, {{"m", ""}},                                 NULL, 0},
};

/* As many products as a record holds, and one more. */
static void many(size_t n, int broken)
{
	struct feed_case c = {
		"products of a repository", &feed_redhat_repositories, {{0}}, "", broken};
	AUTO_BUF struct buf in, out;
	buf_init(&in, MIB(1));
	buf_init(&out, MIB(1));
	buf_adds(&in, "{\"data\":{\"x\":{\"cpes\":[");
	buf_adds(&out, NS "x cpe not_affected");
	for (size_t i = 0; i < n; i++) {
		buf_addf(&in, "%s\"cpe:/a:redhat:p:%zu\"", i ? "," : "", i);
		buf_addf(&out, " +rhel:/p:%zu", i);
	}
	buf_adds(&in, "]}}}");
	buf_adds(&out, "\n");
	c.docs[0].name = "m";
	c.docs[0].text = buf_cstr(&in);
	c.want = broken ? "" : buf_cstr(&out);
	feed_check(&c);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	many(ADVISORY_REFS_MAX, 0);
	many(ADVISORY_REFS_MAX + 1, 1);
	feed_is_recognised("repository-to-cpe.json",
	                   MAP(REPO("a", "\"cpe:/o:redhat:enterprise_linux:9::baseos\"")),
	                   &feed_redhat_repositories);
	return TEST_END();
}
