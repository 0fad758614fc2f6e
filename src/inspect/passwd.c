/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passwd.c - accounts and groups and their numbers.
 *
 * Format: name:password:uid:gid:...; name:password:gid:members.  Source: passwd(5), group(5).
 * Emits: fact "account" (name, uid, gid; is_group); setting "member" (name: a user, value: a group
 * that lists it); setting "password" of a user whose password is
 * not in shadow (crypt_kind; the field itself is not kept), setting "shell" of one who has one.
 */
#include "inspect/inspect.h"

static void user_settings(struct inspect *in, const struct fact_account *f, struct bytes password,
                          struct bytes rest, uint64_t line)
{
	const char *kind = crypt_kind(password);
	if (!bytes_eq(bytes_str(kind), B("shadow")))
		inspect_setting(in, &(struct fact_setting){.what = B("password"),
		                                           .name = f->name,
		                                           .value = bytes_str(kind),
		                                           .line = line});
	struct bytes skip, shell = {NULL, 0};
	if (bytes_split(&rest, ':', &skip) && bytes_split(&rest, ':', &skip) &&
	    bytes_split(&rest, ':', &shell) && shell.n)
		inspect_setting(in, &(struct fact_setting){.what = B("shell"),
		                                           .name = f->name,
		                                           .value = shell,
		                                           .line = line});
}

static void group_settings(struct inspect *in, const struct fact_account *f, struct bytes members,
                           uint64_t line)
{
	for (struct bytes user; bytes_split(&members, ',', &user);) {
		if (user.n)
			inspect_setting(in, &(struct fact_setting){.what = B("member"),
			                                           .name = user,
			                                           .value = f->name,
			                                           .line = line});
	}
}

static int passwd_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	bool is_group = bytes_eq(path_base(en->path), B("group"));
	size_t n = 0;
	uint64_t at = 0;
	for (struct bytes line; bytes_line(&content, &line);) {
		struct fact_account f = {.is_group = is_group};
		struct bytes password, uid, gid;
		at++;
		if (!line.n || line.p[0] == '#' || line.p[0] == '+' || line.p[0] == '-')
			continue;
		if (!bytes_split(&line, ':', &f.name) || !bytes_split(&line, ':', &password) ||
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
		if (is_group)
			group_settings(in, &f, line, at);
		else
			user_settings(in, &f, password, line, at);
	}
	return 0;
}

const struct inspector inspector_passwd = {
	.id = "passwd",
	.version = 3,
	.title = "Accounts",
	.paths = (const char *const[]){"etc/group", "etc/passwd", NULL},
	.anchors = (const char *const[]){"etc/group", "etc/passwd", NULL},
	.want = INSPECT_FILE,
	.max = PASSWD_MAX,
	.file = passwd_file,
};
