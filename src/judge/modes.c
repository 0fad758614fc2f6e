/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modes.c - files whose mode, owner or kind gives somebody more than the file needs.
 *
 * Source: CIS Docker Benchmark 1.6.0, 4.8; inode(7); capabilities(7).
 */
#include "judge/judge.h"

enum {
	RULE_SETUID,
	RULE_SETGID,
	RULE_CAPS,
	RULE_WRITABLE,
	RULE_DEVICE,
	RULE_STRANGER,
	RULE_CAPS_ODD
};

/* clang-format off */
static const struct check_rule rules[] = {
	[RULE_SETUID] = {"file.setuid", CHECK_FILE, SEV_LOW, "setuid program",
		.why = "whoever starts it runs as its owner; a flaw in it is a way to that user",
		.repair = "take the bit off (chmod u-s) unless the service needs it, or run with no_new_privileges",
		.source = "CIS Docker 1.6.0 4.8, CIS-DI-0008, CWE-250"},
	[RULE_SETGID] = {"file.setgid", CHECK_FILE, SEV_NEGLIGIBLE, "setgid program",
		.why = "whoever starts it gets its group",
		.repair = "take the bit off (chmod g-s) unless the service needs it",
		.source = "CIS Docker 1.6.0 4.8, CIS-DI-0008, CWE-250"},
	[RULE_CAPS] = {"file.capabilities", CHECK_FILE, SEV_LOW, "program with file capabilities",
		.why = "whoever starts it gets a part of root's power",
		.repair = "take them off (setcap -r) unless the service needs them",
		.source = "CWE-250"},
	[RULE_WRITABLE] = {"file.world-writable", CHECK_FILE, SEV_MEDIUM, "writable by everybody",
		.why = "any user of the container can change it",
		.repair = "take the bit off (chmod o-w); a shared folder wants the sticky bit",
		.source = "CWE-732"},
	[RULE_DEVICE] = {"file.device", CHECK_FILE, SEV_MEDIUM, "device node",
		.why = "opens what the kernel has behind that number, where the runtime lets it",
		.repair = "leave devices to the runtime",
		.source = "CWE-732"},
	[RULE_STRANGER] = {"file.unknown-owner", CHECK_FILE, SEV_LOW, "owner without an account",
		.why = "whoever is given that number later owns the files",
		.repair = "own them by root or by an account of the image",
		.source = "CWE-282"},
	[RULE_CAPS_ODD] = {"file.capabilities-unreadable", CHECK_FILE, SEV_MEDIUM, "file capabilities of an unknown form",
		.why = "what the program is granted cannot be told",
		.repair = "set them anew (setcap)",
		.source = "CWE-250"},
};
/* clang-format on */

static void locate(struct report *r, struct finding *f, const struct judge_special *s)
{
	f->location.layer = (int32_t)s->layer;
	f->location.path = arena_dup(r->arena, s->en.path);
}

/* Unowned ones were put there by whoever made the image: nobody else watches over them. */
static void judge_setid(struct report *r, const struct judge_special *s, bool is_setuid)
{
	const struct check_rule *rule = &rules[is_setuid ? RULE_SETUID : RULE_SETGID];
	uint32_t id = is_setuid ? s->en.uid : s->en.gid;
	struct finding *f;
	if (s->package.n) {
		f = rule_found(r, rule, "mode %04o, runs as %s %u; it belongs to package %.*s",
		               s->en.mode, is_setuid ? "uid" : "gid", id, BYTES_FMT(s->package));
	} else {
		f = rule_found(r, rule, "mode %04o, runs as %s %u; no package owns it", s->en.mode,
		               is_setuid ? "uid" : "gid", id);
		f->severity = is_setuid && id == 0 ? SEV_HIGH : SEV_MEDIUM;
	}
	locate(r, f, s);
}

static void judge_caps(struct report *r, const struct judge_special *s)
{
	struct caps c;
	struct err e = {.kind = ERR_NONE};
	if (caps_parse(s->en.caps, &c, &e) < 0) {
		locate(r, rule_found(r, &rules[RULE_CAPS_ODD], "%s", e.msg), s);
		return;
	}
	AUTO_BUF struct buf names;
	buf_init(&names, KIB(4));
	caps_text(c.permitted | c.inheritable, &names);
	struct finding *f =
		rule_found(r, &rules[RULE_CAPS], "grants %s%s%s", buf_cstr(&names),
	                   s->package.n ? "; it belongs to package " : "; no package owns it",
	                   s->package.n ? arena_str(r->arena, s->package) : "");
	if (!s->package.n)
		f->severity = caps_rooting(c.permitted) ? SEV_HIGH : SEV_MEDIUM;
	locate(r, f, s);
}

static void judge_writable(struct report *r, const struct judge_special *s)
{
	struct finding *f = rule_found(r, &rules[RULE_WRITABLE], "%s of mode %04o",
	                               entry_type_name(s->en.type), s->en.mode);
	if (s->en.type == ENTRY_FILE && (s->en.mode & 0111))
		f->severity = SEV_HIGH; /* a program that anybody may replace */
	locate(r, f, s);
}

static void judge_one(struct report *r, const struct judge_special *s)
{
	if (s->what & SPECIAL_SETUID)
		judge_setid(r, s, true);
	if (s->what & SPECIAL_SETGID)
		judge_setid(r, s, false);
	if (s->what & SPECIAL_CAPS)
		judge_caps(r, s);
	if (s->what & SPECIAL_WRITABLE)
		judge_writable(r, s);
	if (s->what & SPECIAL_DEVICE)
		locate(r,
		       rule_found(r, &rules[RULE_DEVICE], "%s device %u:%u of mode %04o",
		                  s->en.type == ENTRY_CHAR ? "character" : "block", s->en.dev_major,
		                  s->en.dev_minor, s->en.mode),
		       s);
	if (s->what & SPECIAL_STRANGER)
		locate(r,
		       rule_found(r, &rules[RULE_STRANGER],
		                  "uid %u has no account in the image and owns %ju files and "
		                  "folders, this one first",
		                  s->en.uid, (uintmax_t)s->n),
		       s);
}

int judge_modes(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < in->entries->n; i++)
		judge_one(r, &in->entries->v[i]);
	struct coverage row = {.check = CHECK_FILE,
	                       .status = in->entries->is_cut ? COVERAGE_INCOMPLETE
	                                                     : COVERAGE_COMPLETE,
	                       .code = in->entries->is_cut ? "modes.many" : "modes.judged",
	                       .layer = -1};
	if (in->entries->is_cut)
		report_cover(r, row, "more than %lld files are of a strange mode, kind or owner",
		             (long long)SPECIALS_MAX);
	else
		report_cover(r, row, "modes, owners and kinds of all files");
	return 0;
}

const struct judge_rules judge_rules_modes = {rules, ARRAY_LEN(rules)};
