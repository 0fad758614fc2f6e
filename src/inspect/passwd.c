/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passwd.c - accounts and groups and their numbers.
 *
 * Format: name:password:uid:gid:...; name:password:gid:members.  Source: passwd(5), group(5).
 * Emits: fact "account" (name, uid, gid; is_group).  Passwords are never read.
 */
#include "inspect/inspect.h"

static int passwd_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	bool is_group = bytes_eq(path_base(en->path), B("group"));
	size_t n = 0;
	for (struct bytes line; bytes_line(&content, &line);) {
		struct fact_account f = {.is_group = is_group};
		struct bytes skip, uid, gid;
		if (!line.n || line.p[0] == '#' || line.p[0] == '+' || line.p[0] == '-')
			continue;
		if (!bytes_split(&line, ':', &f.name) || !bytes_split(&line, ':', &skip) ||
		    !bytes_split(&line, ':', &uid) || !bytes_u64(uid, UINT32_MAX, &f.uid))
			continue; /* what no C library would read is no account */
		f.gid = f.uid;
		if (!is_group &&
		    (!bytes_split(&line, ':', &gid) || !bytes_u64(gid, UINT32_MAX, &f.gid)))
			continue;
		if (++n > (size_t)ACCOUNTS_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld accounts",
			               (long long)ACCOUNTS_MAX);
		inspect_account(in, &f);
	}
	return 0;
}

const struct inspector inspector_passwd = {
	.id = "passwd",
	.version = 1,
	.title = "Accounts",
	.paths = (const char *const[]){"etc/group", "etc/passwd", NULL},
	.anchors = (const char *const[]){"etc/group", "etc/passwd", NULL},
	.want = INSPECT_FILE,
	.max = PASSWD_MAX,
	.file = passwd_file,
};
