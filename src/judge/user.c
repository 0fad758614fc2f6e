/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user.c - who the image's process runs as: USER resolved in the image's own passwd and group.
 *
 * image-spec config.md, "User": user, uid, user:group, uid:gid, uid:group, user:gid; empty is the
 * platform's default, root.  A name that is not in passwd stays unknown (-1): a runtime would
 * refuse to start it.  Numbers are as runtimes take them: 0 to 2^31-1 (CVE-2024-40635).
 */
#include "judge/seen.h"

enum { ID_MOST = 0x7fffffff };

/* The first account of that name, or without a name of that number; is_group selects group. */
static bool find_account(const struct judge_input *in, struct bytes name, uint64_t id,
                         bool is_group, struct fact_account *ret)
{
	struct seen s = seen_begin(in, FACT_ACCOUNT);
	while (seen_account(&s, ret)) {
		if (ret->is_group == is_group &&
		    (name.n ? bytes_eq(ret->name, name) : ret->uid == id))
			return true;
	}
	return false;
}

static int64_t group_of(const struct judge_input *in, struct bytes text)
{
	uint64_t id;
	struct fact_account a;
	if (bytes_u64(text, ID_MOST, &id))
		return (int64_t)id;
	return find_account(in, text, 0, true, &a) && a.gid <= ID_MOST ? (int64_t)a.gid : -1;
}

int judge_user(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	struct bytes user, group;
	struct fact_account a;
	uint64_t id;
	if (!r->image.config.is_present)
		return 0; /* a bare root file system declares nobody: stays -1 */
	bytes_cut(bytes_trim(r->image.user.declared), ':', &user, &group);
	if (!user.n)
		user = B("0");
	if (bytes_u64(user, ID_MOST, &id)) {
		r->image.user.uid = (int64_t)id;
		r->image.user.gid =
			find_account(in, (struct bytes){NULL, 0}, id, false, &a) && a.gid <= ID_MOST
				? (int64_t)a.gid
				: 0;
	} else if (find_account(in, user, 0, false, &a) && a.uid <= ID_MOST) {
		r->image.user.uid = (int64_t)a.uid;
		r->image.user.gid = a.gid <= ID_MOST ? (int64_t)a.gid : -1;
	}
	if (group.n)
		r->image.user.gid = group_of(in, group);
	return 0;
}
