/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadow.c - what kind of password each account has.
 *
 * Format: name:password:...  Source: shadow(5).
 * Emits: setting "password" (crypt_kind of the field).  Neither passwords nor hashes are kept.
 */
#include "inspect/inspect.h"

static int shadow_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	(void)en;
	struct fact_setting f = {.what = B("password")};
	for (struct bytes line; bytes_line(&content, &line);) {
		struct bytes field;
		if (++f.line > (uint64_t)ACCOUNTS_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld accounts",
			               (long long)ACCOUNTS_MAX);
		if (!bytes_split(&line, ':', &f.name) || !f.name.n || f.name.p[0] == '#' ||
		    !bytes_split(&line, ':', &field))
			continue; /* what no C library would read is no account */
		f.value = bytes_str(crypt_kind(field));
		f.head = (struct fact_head){
			.path = {NULL, 0}
                };
		inspect_setting(in, &f);
	}
	return 0;
}

const struct inspector inspector_shadow = {
	.id = "shadow",
	.version = 1,
	.title = "Passwords of accounts",
	.paths = (const char *const[]){"etc/shadow", NULL},
	.anchors = (const char *const[]){"etc/shadow", NULL},
	.want = INSPECT_FILE,
	.max = PASSWD_MAX,
	.file = shadow_file,
};
