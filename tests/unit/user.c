/* SPDX-License-Identifier: Apache-2.0 */
/* USER of the config, resolved in passwd and group of the merged image (image-spec config.md,
 * "User").
 */
#include "judge/judge.h"

#include "test.h"

/* A layer with accounts of one file each, which the layer states. */
static struct factset *layer(const char *user, uint64_t uid, uint64_t gid, const char *group)
{
	struct factset *fs = factset_new();
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(64));
	struct entry_coder coder;
	struct err e = {.kind = ERR_NONE};
	entry_coder_init(&coder);
	static const char *const files[] = {"etc/group", "etc/passwd"};
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct entry en = {.path = bytes_str(files[i]), .type = ENTRY_FILE};
		buf_reset(&b);
		CHECK(entry_encode(&coder, &b, &en) == 0 &&
		      factset_put(fs, FACT_ENTRY, buf_bytes(&b), &e) == 0);
		const struct fact_account a = {
			.head = {B("passwd"), bytes_str(files[i])},
			.name = bytes_str(i ? user : group),
			.uid = i ? uid : 0,
			.gid = gid,
			.is_group = i == 0
                };
		buf_reset(&b);
		CHECK(fact_encode_account(&b, &a) == 0 &&
		      factset_put(fs, FACT_ACCOUNT, buf_bytes(&b), &e) == 0);
	}
	entry_coder_fini(&coder);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	return fs;
}

static const struct {
	const char *name, *user;
	int64_t uid, gid;
} cases[] = {
	{"nobody named is root",             "",             0,          0 },
	{"a number",			 "7",            7,          0 },
	{"a number that passwd knows",       "1000",         1000,       50},
	{"a name",			   "app",          1000,       50},
	{"a name and a group",               "app:staff",    1000,       50},
	{"a name and a number",              "app:9",        1000,       9 },
	{"a number and a group",             "7:staff",      7,          50},
	{"a name of a layer that is hidden", "old",          -1,         -1},
	{"a name that is not there",         "ghost",        -1,         -1},
	{"a group that is not there",        "app:ghost",    1000,       -1},
	{"blanks around it",                 " app ",        1000,       50},
	{"the largest number",               "2147483647",   2147483647, 0 },
	{"one more (CVE-2024-40635)",        "2147483648",   -1,         -1},
	{"a number that would wrap to root", "4294967296:0", -1,         0 },
	{"a number below zero",              "-1",           -1,         -1},
	{"no user but a group",              ":staff",       0,          50},
};

int main(void)
{
	struct factset *below = layer("old", 5, 5, "old"), *above = layer("app", 1000, 50, "staff");
	const struct factset *layers[] = {below, above}, *looks[] = {NULL, NULL};
	const bool promised[] = {true, true};
	struct view *v = view_new(layers, 2);
	const struct judge_input in = {v, layers, looks, promised, 2};
	struct err e = {.kind = ERR_NONE};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct report *r = report_new();
		r->image.config.is_present = true;
		r->image.user.declared = bytes_str(cases[i].user);
		test_case(judge_user(&in, r, &e) == 0 && r->image.user.uid == cases[i].uid &&
		                  r->image.user.gid == cases[i].gid,
		          "%s: %lld:%lld", cases[i].name, (long long)r->image.user.uid,
		          (long long)r->image.user.gid);
		report_free(r);
	}
	struct report *r = report_new();
	CHECK(judge_user(&in, r, &e) == 0 && r->image.user.uid == -1);
	report_free(r);
	view_free(v);
	factset_free(below);
	factset_free(above);
	return TEST_END();
}
