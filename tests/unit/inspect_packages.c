/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inspect_packages.c - the packages that small files state, each by its path: "TYPE NAME VERSION
 * LICENCE CPE" a line, members that are absent as "-", then notes.
 */
#include "inspect/inspect.h"

#include "lib/facts.h"
#include "test.h"

/* clang-format off */
static const struct {
	const char *name, *path, *in, *out;
} cases[] = {
	/* package.xml 1.0 has no channel: the registry's folder says it */
	{"PEAR: its own channel", "usr/share/php/.registry/mail.reg",
	 "a:2:{s:7:\"package\";s:4:\"Mail\";s:7:\"version\";s:5:\"1.1.0\";}",
	 "pear pear.php.net/Mail 1.1.0 - -\n"},
	{"PEAR: another channel", "usr/share/php/.registry/.channel.pecl.php.net/redis.reg",
	 "a:2:{s:7:\"package\";s:5:\"redis\";s:7:\"version\";s:5:\"6.0.2\";}",
	 "pear pecl.php.net/redis 6.0.2 - -\n"},
	{"PEAR: the channel that it says", "usr/share/php/.registry/.channel.x.test/a.reg",
	 "a:3:{s:4:\"name\";s:1:\"a\";s:7:\"channel\";s:6:\"y.test\";s:7:\"version\";a:1:{s:7:\"release\";s:1:\"1\";}}",
	 "pear y.test/a 1 - -\n"},
};
/* clang-format on */

static void package(struct buf *b, struct bytes cbor)
{
	struct fact_package f;
	if (!fact_decode_package(cbor, &f))
		return;
	buf_add(b, f.type);
	facts_add(b, f.name);
	facts_add(b, f.version);
	facts_add(b, f.license);
	facts_add(b, f.cpe);
	buf_addc(b, '\n');
}

static void run(const struct inspector *i, const struct inspect_file *file, struct buf *b)
{
	struct factset *fs = factset_new();
	struct err e = {.kind = ERR_NONE};
	if (inspect_once(i, file, 1, fs, &e) < 0)
		buf_addf(b, "error %s\n", e.msg);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	struct fact_iter it = fact_iter(fs, FACT_PACKAGE), notes = fact_iter(fs, FACT_NOTE);
	for (struct bytes cbor; fact_next(&it, &cbor);)
		package(b, cbor);
	for (struct bytes cbor; fact_next(&notes, &cbor);)
		facts_note(b, cbor);
	factset_free(fs);
}

int main(void)
{
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		AUTO_BUF struct buf b;
		struct bytes path = bytes_str(cases[c].path), text = bytes_str(cases[c].in);
		const struct inspect_file file = {
			.en = {.path = path, .type = ENTRY_FILE, .size = text.n},
                          .content = text
                };
		buf_init(&b, (size_t)MIB(1));
		for (size_t i = 0; inspectors[i]; i++) {
			bool is_wanted = false;
			for (size_t p = 0; inspectors[i]->paths[p]; p++)
				is_wanted |= bytes_glob(bytes_str(inspectors[i]->paths[p]), path);
			if (is_wanted && inspectors[i]->want != INSPECT_COUNT)
				run(inspectors[i], &file, &b);
		}
		if (!test_case(bytes_eq(buf_bytes(&b), bytes_str(cases[c].out)), "%s",
		               cases[c].name))
			printf("# %s", buf_cstr(&b));
	}
	return TEST_END();
}
