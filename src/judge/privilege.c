/* SPDX-License-Identifier: Apache-2.0 */
/*
 * privilege.c - who the process runs as, what that user could become, and who is let in.
 *
 * One verdict: "root"; "can-become-root" (a way that needs no flaw); "exposed" (it can start setuid
 * programs of root's, a flaw in which is a way); "confined"; "unknown".
 * Source: CIS Docker Benchmark 1.6.0, 4.1; NIST SP 800-190, 4.1.2; passwd(5), shadow(5).
 */
#include "judge/ways.h"

#include <string.h>

enum {
	RULE_ROOT,
	RULE_UNRESOLVED,
	RULE_ROOT_GROUP,
	RULE_BECOME,
	RULE_SETUID,
	RULE_TWIN,
	RULE_EMPTY,
	RULE_WEAK_HASH,
	RULE_PASSWORD,
	RULE_DUPLICATE_UID,
	RULE_DUPLICATE_NAME,
	RULE_PROGRAM_MISSING,
	RULE_PROGRAM_WRITABLE,
	RULE_PATH_WRITABLE,
	RULE_SYSTEM_WRITABLE,
};

#define ADD_USER "add USER with a number above 0, such as USER 10001, and own what it writes by it"

/* clang-format off */
static const struct check_rule rules[] = {
	/* not high: most images do, and it opens nothing by itself; a policy may demand more */
	[RULE_ROOT] = {"user.root", CHECK_USER, SEV_MEDIUM, "runs as root",
		.why = "a flaw in the service is root's at once, and a break-out starts with uid 0",
		.repair = ADD_USER,
		.source = "CIS Docker 1.6.0 4.1, CIS-DI-0001, AVD-DS-0002, DL3002, CWE-250"},
	[RULE_UNRESOLVED] = {"user.unresolved", CHECK_USER, SEV_MEDIUM, "USER names nobody of the image",
		.why = "a runtime refuses to start it, or takes somebody else",
		.repair = "make the account in the image, or write its number",
		.source = "CWE-282"},
	[RULE_ROOT_GROUP] = {"user.root-group", CHECK_USER, SEV_LOW, "runs with root's group",
		.why = "what root's group may read or write is open to it",
		.repair = "name a group, such as USER 10001:10001",
		.source = "CWE-250"},
	[RULE_BECOME] = {"user.can-become-root", CHECK_USER, SEV_HIGH, "its user can become root",
		.why = "the user is one command away from what USER was to prevent",
		.repair = "close the ways named, and run with no_new_privileges",
		.source = "CWE-269"},
	[RULE_SETUID] = {"user.setuid-reachable", CHECK_USER, SEV_LOW, "its user can start setuid programs",
		.why = "a flaw in one of them makes the user root",
		.repair = "take the bits off (chmod u-s) or run with no_new_privileges",
		.source = "CIS Docker 1.6.0 4.8, CWE-269"},
	[RULE_TWIN] = {"user.uid0-twin", CHECK_USER, SEV_HIGH, "another account is root",
		.why = "who looks for root by its name does not see it",
		.repair = "take the account out, or give it a number of its own",
		.source = "CWE-250"},
	[RULE_EMPTY] = {"user.empty-password", CHECK_USER, SEV_HIGH, "account without a password",
		.why = "anybody may log in as it (CVE-2019-5021)",
		.repair = "lock the account (passwd -l)",
		.source = "DKL-LI-0001, CVE-2019-5021, CWE-258"},
	[RULE_WEAK_HASH] = {"user.weak-password-hash", CHECK_USER, SEV_MEDIUM, "password kept under a weak hash",
		.why = "whoever reads the image finds the password in hours",
		.repair = "lock the account, or hash anew with yescrypt or sha512",
		.source = "CWE-916"},
	[RULE_PASSWORD] = {"user.password", CHECK_USER, SEV_LOW, "account with a password",
		.why = "all containers of the image share it, and whoever has the image has its hash",
		.repair = "lock the account; give passwords at run time",
		.source = "CWE-798"},
	[RULE_DUPLICATE_UID] = {"user.duplicate-uid", CHECK_USER, SEV_LOW, "two accounts with one number",
		.why = "to the kernel they are one user",
		.repair = "give each a number of its own",
		.source = "DKL-LI-0002, CWE-282"},
	[RULE_DUPLICATE_NAME] = {"user.duplicate-name", CHECK_USER, SEV_LOW, "two accounts with one name",
		.why = "which of them a program takes is chance",
		.repair = "keep one of them",
		.source = "DKL-LI-0002, CWE-282"},
	[RULE_PROGRAM_MISSING] = {"user.program-missing", CHECK_USER, SEV_MEDIUM, "what it starts is not there",
		.why = "it cannot start",
		.repair = "name a program of the image in ENTRYPOINT or CMD",
		.source = "CWE-426"},
	[RULE_PROGRAM_WRITABLE] = {"user.program-writable", CHECK_USER, SEV_HIGH, "its user can change the program it starts",
		.why = "who gets into the service stays in it",
		.repair = "own the program and its folders by root",
		.source = "CWE-732"},
	[RULE_PATH_WRITABLE] = {"user.path-writable", CHECK_USER, SEV_MEDIUM, "its user can write a folder of PATH",
		.why = "a program put there is run in place of the real one",
		.repair = "own the folder by root, or take it out of PATH",
		.source = "CWE-426, CWE-732"},
	[RULE_SYSTEM_WRITABLE] = {"user.system-writable", CHECK_USER, SEV_HIGH, "its user can write a folder of the system",
		.why = "who gets into the service changes the system",
		.repair = "own the folder by root",
		.source = "CWE-732"},
};
/* clang-format on */

static void locate(struct report *r, struct finding *f, const struct seen *s, uint64_t line)
{
	f->location.layer = (int32_t)s->layer;
	f->location.path = arena_dup(r->arena, s->head.path);
	f->location.line = line > INT32_MAX ? 0 : (int32_t)line;
}

/* ---- accounts ---- */

/* Is there a program that asks for a password: setuid root, or a server that lets people in?  An
 * empty password that nobody asks for lets nobody in (dockle's issue 239); what is built on the
 * image may bring such a program, so it is told all the same. */
static bool has_login(const struct judge_input *in)
{
	static const char *const askers[] = {"bbsuid", "busybox", "doas", "login", "su", "sudo"};
	static const char *const servers[] = {
		"usr/bin/dropbear",    "usr/local/sbin/sshd",    "usr/sbin/dropbear",
		"usr/sbin/in.telnetd", "usr/sbin/proftpd",       "usr/sbin/sshd",
		"usr/sbin/telnetd",    "usr/sbin/vsftpd",        "usr/sbin/xrdp",
		"usr/sbin/agetty",     "usr/local/bin/tinysshd",
	};
	for (size_t i = 0; i < in->entries->n; i++) {
		const struct judge_special *s = &in->entries->v[i];
		for (size_t k = 0; k < ARRAY_LEN(askers) && (s->what & SPECIAL_SETUID); k++) {
			if (s->en.uid == 0 && bytes_eq(path_base(s->en.path), bytes_str(askers[k])))
				return true;
		}
	}
	AUTO_BUF struct buf real;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		struct entry en;
		size_t layer;
		if (actor_look(in, bytes_str(servers[i]), &real, &en, &layer) &&
		    !bytes_eq(path_base(buf_bytes(&real)), B("busybox")))
			return true;
	}
	return false;
}

static void judge_empty(struct report *r, const struct seen *s, const struct fact_setting *f,
                        bool is_asked)
{
	struct finding *found = rule_found(
		r, &rules[RULE_EMPTY], "%.*s has an empty password field%s", BYTES_FMT(f->name),
		is_asked ? "" : "; no program of the image asks for a password");
	if (!is_asked)
		found->severity = SEV_NEGLIGIBLE;
	locate(r, found, s, f->line);
}

static void judge_password(struct report *r, const struct seen *s, const struct fact_setting *f)
{
	struct finding *found;
	if (crypt_is_weak(f->value))
		found = rule_found(r, &rules[RULE_WEAK_HASH],
		                   "%.*s has a password hashed with %.*s", BYTES_FMT(f->name),
		                   BYTES_FMT(f->value));
	else if (crypt_is_hash(f->value))
		found = rule_found(r, &rules[RULE_PASSWORD], "%.*s has a password hashed with %.*s",
		                   BYTES_FMT(f->name), BYTES_FMT(f->value));
	else
		return;
	locate(r, found, s, f->line);
}

/* Were there more findings than may be told?  What is over is taken back. */
static bool is_over(struct report *r, size_t most)
{
	if (r->n_findings <= most)
		return false;
	r->n_findings = most;
	return true;
}

/* True: there are more than are told. */
static bool judge_passwords(const struct judge_input *in, struct report *r, size_t most)
{
	bool is_asked = has_login(in);
	struct seen s = seen_begin(in, FACT_SETTING);
	for (struct fact_setting f; seen_setting(&s, &f);) {
		bool is_password = bytes_eq(f.what, B("password"));
		if (is_password && bytes_eq(f.value, B("empty")))
			judge_empty(r, &s, &f, is_asked);
		else if (is_password)
			judge_password(r, &s, &f);
		if (is_over(r, most))
			return true;
	}
	return false;
}

/* One account against those before it; groups among themselves. */
static void judge_account(struct report *r, const struct seen *s, const struct fact_account *a,
                          struct map *names, struct map *ids)
{
	const char *kind = a->is_group ? "group" : "account";
	bool is_new_name, is_new_id;
	union map_value *id =
		map_put(ids, arena_dup(r->arena, bytes_of(&a->uid, sizeof a->uid)), &is_new_id);
	union map_value *times = map_put(names, a->name, &is_new_name);
	if (++times->u > 2)
		return; /* told already */
	if (!is_new_name) {
		locate(r,
		       rule_found(r, &rules[RULE_DUPLICATE_NAME], "%s %.*s is stated twice", kind,
		                  BYTES_FMT(a->name)),
		       s, 0);
		return;
	}
	if (!a->is_group && a->uid == 0 && !bytes_eq(a->name, B("root")))
		locate(r, rule_found(r, &rules[RULE_TWIN], "%.*s has uid 0", BYTES_FMT(a->name)), s,
		       0);
	else if (!is_new_id)
		locate(r,
		       rule_found(r, &rules[RULE_DUPLICATE_UID],
		                  "%s %.*s has number %ju, as has %s", kind, BYTES_FMT(a->name),
		                  (uintmax_t)a->uid, (char *)id->p),
		       s, 0);
	if (is_new_id)
		id->p = (void *)(uintptr_t)arena_str(r->arena, a->name);
}

static bool judge_accounts(const struct judge_input *in, struct report *r, size_t most)
{
	AUTO_MAP struct map *names = map_new(), *ids = map_new();
	AUTO_MAP struct map *group_names = map_new(), *group_ids = map_new();
	struct seen s = seen_begin(in, FACT_ACCOUNT);
	for (struct fact_account a; seen_account(&s, &a);) {
		judge_account(r, &s, &a, a.is_group ? group_names : names,
		              a.is_group ? group_ids : ids);
		if (is_over(r, most))
			return true;
	}
	return false;
}

/* ---- the program ---- */

/* argv[0] of the process, absent when the image names none. */
static struct bytes program_of(const struct report *r)
{
	const struct bytes_list *l =
		r->image.config.entrypoint.n ? &r->image.config.entrypoint : &r->image.config.cmd;
	return l->n ? l->v[0] : (struct bytes){NULL, 0};
}

static bool clean(struct bytes raw, struct buf *b)
{
	struct err e = {.kind = ERR_NONE};
	return image_path(raw, b, &e) == 0;
}

static void judge_program(const struct judge_input *in, const struct actor *a, struct report *r)
{
	struct bytes name = program_of(r);
	AUTO_BUF struct buf path;
	AUTO_BUF struct buf where;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_init(&where, (size_t)PATH_LEN_MAX);
	if (!name.n)
		return;
	if (!start_find(in, r, name, &path)) {
		rule_found(r, &rules[RULE_PROGRAM_MISSING],
		           "\"%.*s\" is not a file of the image, nor found by PATH",
		           BYTES_FMT(name));
		return;
	}
	if (!a || a->uid == 0 || !actor_may_replace(in, a, buf_bytes(&path), &where))
		return;
	struct finding *f = rule_found(r, &rules[RULE_PROGRAM_WRITABLE],
	                               "uid %u may write /%s, through which /%s is reached", a->uid,
	                               buf_cstr(&where), buf_cstr(&path));
	f->location.path = arena_dup(r->arena, buf_bytes(&path));
}

/* ---- folders ---- */

static void judge_folder(const struct judge_input *in, const struct actor *a, struct report *r,
                         const struct check_rule *rule, struct bytes folder)
{
	AUTO_BUF struct buf path;
	AUTO_BUF struct buf where;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_init(&where, (size_t)PATH_LEN_MAX);
	if (!clean(folder, &path) || !actor_may_replace(in, a, buf_bytes(&path), &where))
		return;
	struct finding *f = rule_found(r, rule, "uid %u may write /%s", a->uid, buf_cstr(&where));
	f->location.path = arena_dup(r->arena, buf_bytes(&path));
}

static void judge_folders(const struct judge_input *in, const struct actor *a, struct report *r)
{
	static const char *const system[] = {"bin",     "etc",     "lib",      "lib64",     "sbin",
	                                     "usr/bin", "usr/lib", "usr/sbin", "usr/lib64", "root"};
	struct bytes rest = start_path(r);
	for (struct bytes folder; bytes_split(&rest, ':', &folder);) {
		if (folder.n && folder.p[0] == '/')
			judge_folder(in, a, r, &rules[RULE_PATH_WRITABLE], folder);
	}
	for (size_t i = 0; i < ARRAY_LEN(system); i++)
		judge_folder(in, a, r, &rules[RULE_SYSTEM_WRITABLE], bytes_str(system[i]));
}

/* ---- the verdict ---- */

static const char *list_text(struct report *r, const struct bytes_list *l, size_t most)
{
	AUTO_BUF struct buf b;
	buf_init(&b, MIB(1));
	for (size_t i = 0; i < l->n && i < most; i++)
		buf_addf(&b, "%s%.*s", i ? "; " : "", BYTES_FMT(l->v[i]));
	if (l->n > most)
		buf_addf(&b, " and %zu more", l->n - most);
	return arena_str(r->arena, buf_bytes(&b));
}

static void judge_root(struct report *r)
{
	struct bytes declared = bytes_trim(r->image.user.declared);
	if (!declared.n)
		rule_found(r, &rules[RULE_ROOT], "the image names no user, so it runs as root");
	else
		rule_found(r, &rules[RULE_ROOT], "USER %.*s is uid 0", BYTES_FMT(declared));
}

static void judge_ways(const struct judge_input *in, const struct actor *a, struct report *r)
{
	enum { WAYS_TOLD = 8 };
	struct ways w;
	ways_find(in, a, r, &w);
	r->image.user.privilege = w.n ? "can-become-root" : w.n_setuid ? "exposed" : "confined";
	if (w.n)
		rule_found(r, &rules[RULE_BECOME], "uid %u: %s", a->uid,
		           list_text(r, &w.text, WAYS_TOLD));
	if (w.n_setuid)
		rule_found(r, &rules[RULE_SETUID], "uid %u can start %zu: %s", a->uid, w.n_setuid,
		           list_text(r, &w.setuid, WAYS_TOLD));
}

/* Sets privilege; the actor is NULL where nobody is known. */
static const struct actor *judge_actor(const struct judge_input *in, struct report *r,
                                       struct actor *a)
{
	int64_t uid = r->image.user.uid, gid = r->image.user.gid;
	if (uid < 0) {
		r->image.user.privilege = "unknown";
		rule_found(r, &rules[RULE_UNRESOLVED],
		           "USER %.*s is neither a number nor an account of the image",
		           BYTES_FMT(r->image.user.declared));
		return NULL;
	}
	/* with an unknown group the user's own bits still hold */
	actor_init(in, (uint32_t)uid, gid < 0 ? UINT32_MAX : (uint32_t)gid, a);
	if (uid == 0) {
		r->image.user.privilege = "root";
		judge_root(r);
		return a;
	}
	if (gid == 0)
		rule_found(r, &rules[RULE_ROOT_GROUP], "uid %lld runs with gid 0", (long long)uid);
	judge_ways(in, a, r);
	judge_folders(in, a, r);
	judge_writable(in, a, r);
	return a;
}

int judge_privilege(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	struct coverage row = {.check = CHECK_USER,
	                       .status = COVERAGE_COMPLETE,
	                       .code = "user.judged",
	                       .layer = -1};
	size_t most = r->n_findings + (size_t)ACCOUNT_FINDINGS_MAX;
	if (judge_passwords(in, r, most) || judge_accounts(in, r, most))
		report_cover(
			r,
			(struct coverage){.check = CHECK_USER,
		                          .status = COVERAGE_INCOMPLETE,
		                          .code = "accounts.many",
		                          .layer = -1},
			"more than %lld findings on accounts and passwords; the rest is not told",
			(long long)ACCOUNT_FINDINGS_MAX);
	if (!in->config) {
		row.status = COVERAGE_SKIPPED;
		row.code = "user.no-config";
		report_cover(r, row,
		             "a root file system names nobody to run as; its accounts were judged");
		return 0;
	}
	struct actor a = {.is_cut = false};
	judge_program(in, judge_actor(in, r, &a), r);
	if (a.is_cut)
		report_cover(r,
		             (struct coverage){.check = CHECK_USER,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "user.groups",
		                               .layer = -1},
		             "uid %u is in more than %d groups; what the others let it do was not "
		             "looked at",
		             a.uid, ACTOR_GROUPS_MAX);
	if (r->image.user.uid < 0)
		row.status = COVERAGE_INCOMPLETE;
	if (in->entries->is_cut)
		row.status = COVERAGE_INCOMPLETE;
	report_cover(r, row, "the user it runs as: %s", r->image.user.privilege);
	return 0;
}

const struct judge_rules judge_rules_privilege = {rules, ARRAY_LEN(rules)};
