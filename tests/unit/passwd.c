/* SPDX-License-Identifier: Apache-2.0 */
/* passwd.c - accounts: what counts as one, by passwd(5) and group(5), and how many are read. */
#include "inspect/inspect.h"

#include <string.h>

#include "lib/facts.h"
#include "test.h"

static const struct {
	const char *name, *path, *in, *out;
} cases[] = {
	{"a user",                 "etc/passwd", "app:x:1000:100:App:/home/app:/bin/sh\n",       "user app 1000 100\n"},
	{"a group",                "etc/group",  "wheel:x:10:root,app\n",                        "group wheel 10 10\n"},
	{"two of one number",      "etc/passwd", "root:x:0:0::/:\ntoor:x:0:0::/:\n",
         "user root 0 0\nuser toor 0 0\n"									     },
	{"no newline at the end",  "etc/passwd", "a:x:1:2::/:",                                  "user a 1 2\n"       },
	{"empty",		  "etc/passwd", "",					     ""                   },
	{"comments and NIS",       "etc/passwd", "# a:x:1:1\n+::0:0:::\n-b:x:1:1\n+@net\n",      ""                   },
	{"cut short",              "etc/passwd", "a:x:1:2::/:\nb:x:7",                           "user a 1 2\n"       },
	{"a group without number", "etc/group",  "a:x::\n",                                      ""                   },
	{"the largest number",     "etc/passwd", "a:x:4294967295:4294967295::/:\n",
         "user a 4294967295 4294967295\n"									     },
	{"one past it",            "etc/passwd", "a:x:4294967296:0::/:\nb:x:0:4294967296::/:\n", ""                   },
	{"numbers with signs",     "etc/passwd", "a:x:-1:0::/:\nb:x:+1:0::/:\n",                 ""                   },
};

static const struct inspector *passwd(void) { return facts_inspector("passwd"); }

static int accounts(const char *path, struct bytes text, struct buf *b, struct err *e)
{
	struct inspect_file f = {
		.en = {.path = bytes_str(path), .type = ENTRY_FILE, .size = text.n},
		.content = text,
	};
	struct factset *fs = factset_new();
	int n = 0, rc = inspect_once(passwd(), &f, 1, fs, e);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	struct fact_iter it = fact_iter(fs, FACT_ACCOUNT);
	for (struct bytes cbor; fact_next(&it, &cbor); n++) {
		struct fact_account a;
		if (fact_decode_account(cbor, &a) && b)
			buf_addf(b, "%s %.*s %ju %ju\n", a.is_group ? "group" : "user",
			         BYTES_FMT(a.name), (uintmax_t)a.uid, (uintmax_t)a.gid);
	}
	/* a failure is a note in the facts, or the status */
	struct fact_iter notes = fact_iter(fs, FACT_NOTE);
	for (struct bytes cbor; fact_next(&notes, &cbor);) {
		struct fact_note note;
		if (fact_decode_note(cbor, &note))
			rc = err_set(e, ERR_LIMIT, "%.*s", BYTES_FMT(note.text));
	}
	factset_free(fs);
	return rc < 0 ? -1 : n;
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, (size_t)MIB(1));
		int n = accounts(cases[i].path, bytes_str(cases[i].in), &b, &e);
		if (!test_case(n >= 0 && strcmp(buf_cstr(&b), cases[i].out) == 0, "%s",
		               cases[i].name))
			printf("# %s%s\n", buf_cstr(&b), e.msg);
	}
	for (int64_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, (size_t)PASSWD_MAX);
		for (int64_t i = 0; i < ACCOUNTS_MAX + past; i++)
			buf_adds(&b, "a:x:1:1::/:\n");
		int n = accounts("etc/passwd", buf_bytes(&b), NULL, &e);
		test_case(past ? n < 0 && strstr(e.msg, "200000") : n == ACCOUNTS_MAX,
		          "ACCOUNTS_MAX accounts%s: %d %s", past ? " and one" : "", n, e.msg);
	}
	CHECK(passwd()->max ==
	      PASSWD_MAX); /* whose keeping the worker sees to: tests/cli/bounds.py */
	return TEST_END();
}
