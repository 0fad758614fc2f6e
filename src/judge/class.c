/* SPDX-License-Identifier: Apache-2.0 */
/*
 * class.c - is an image within what its class of container allows?
 *
 * The class is the one that was named, or the first whose patterns and labels the image meets.
 * Judged are facts that other judges stated already: who it runs as, what that user could become
 * and may write, ports, setuid programs and capabilities.
 */
#include "judge/judge.h"

#include <string.h>

enum {
	RULE_UID,
	RULE_GID,
	RULE_PRIVILEGE,
	RULE_CAPABILITY,
	RULE_PORT,
	RULE_WRITABLE,
	RULE_SETUID,
};

#define SOURCE "NIST SP 800-190 4.4.3"
#define REPAIR ", or give the image another class"

/* clang-format off */
static const struct check_rule rules[] = {
	[RULE_UID] = {"class.uid", CHECK_USER, SEV_MEDIUM, "runs as a user that its class does not allow",
		.why = "containers of a class are told apart, and kept apart, by their numbers",
		.repair = "set USER to a number of the class" REPAIR,
		.source = SOURCE ", CWE-250"},
	[RULE_GID] = {"class.gid", CHECK_USER, SEV_MEDIUM, "runs with a group that its class does not allow",
		.why = "what the group may read or write is open to it",
		.repair = "set USER to uid:gid of the class" REPAIR,
		.source = SOURCE ", CWE-250"},
	[RULE_PRIVILEGE] = {"class.privilege", CHECK_USER, SEV_HIGH, "its user could become more than its class allows",
		.why = "the class was admitted for less",
		.repair = "close the ways that the findings of the check name" REPAIR,
		.source = SOURCE ", CWE-269"},
	[RULE_CAPABILITY] = {"class.capability", CHECK_USER, SEV_MEDIUM, "grants a capability that its class does not allow",
		.why = "whoever starts the program gets a part of root's power",
		.repair = "take it off (setcap -r)" REPAIR,
		.source = SOURCE ", CWE-250"},
	[RULE_PORT] = {"class.port", CHECK_USER, SEV_MEDIUM, "declares a port that its class does not allow",
		.why = "it can be reached where its class is not to be",
		.repair = "leave the port out of EXPOSE" REPAIR,
		.source = SOURCE ", CIS Docker 1.6.0 5.8"},
	[RULE_WRITABLE] = {"class.writable", CHECK_USER, SEV_MEDIUM, "its user may write what its class does not allow",
		.why = "who gets into the service changes it, or keeps something there",
		.repair = "own it by root, or mount the root file system read-only" REPAIR,
		.source = SOURCE ", CWE-732"},
	[RULE_SETUID] = {"class.setuid", CHECK_USER, SEV_MEDIUM, "setuid or setgid program that its class does not allow",
		.why = "whoever starts it runs as its owner; a flaw in it is a way to that user",
		.repair = "take the bit off (chmod u-s,g-s)" REPAIR,
		.source = SOURCE ", CIS Docker 1.6.0 4.8, CWE-250"},
};
/* clang-format on */

struct judging {
	const struct judge_input *in;
	const struct class *c;
	struct report *r;
};

static void judge_number(const struct judging *j, const struct check_rule *rule, const char *what,
                         const struct class_ranges *allowed, int64_t id)
{
	struct class_range x = {.from = (uint64_t)id, .to = (uint64_t)id};
	if (id < 0 || class_range_in(allowed, &x))
		return; /* what is not known makes the check incomplete */
	struct finding *f = rule_found(j->r, rule, "class %.*s does not allow %s %lld",
	                               BYTES_FMT(j->c->name), what, (long long)id);
	if (id == 0 && rule == &rules[RULE_UID])
		f->severity = SEV_HIGH;
}

static void judge_uid(const struct judging *j)
{
	judge_number(j, &rules[RULE_UID], "uid", &j->c->uid, j->r->image.user.uid);
}

static void judge_gid(const struct judging *j)
{
	judge_number(j, &rules[RULE_GID], "gid", &j->c->gid, j->r->image.user.gid);
}

static void judge_become(const struct judging *j)
{
	const char *now = j->r->image.user.privilege;
	for (size_t i = (size_t)j->c->privilege + 1; now && class_privileges[i]; i++) {
		if (strcmp(class_privileges[i], now) == 0)
			rule_found(j->r, &rules[RULE_PRIVILEGE],
			           "class %.*s allows \"%s\" at most, and it is \"%s\"",
			           BYTES_FMT(j->c->name), class_privileges[j->c->privilege], now);
	}
}

static void judge_ports(const struct judging *j)
{
	const struct bytes_list *ports = &j->r->image.config.exposed_ports;
	for (size_t i = 0; i < ports->n; i++) {
		struct class_range x;
		bool is_read = class_range_parse(ports->v[i], true, &x);
		if (is_read && !x.protocol.n)
			x.protocol = B("tcp"); /* image-spec config.md, "ExposedPorts" */
		if (!is_read || !class_range_in(&j->c->ports, &x))
			rule_found(j->r, &rules[RULE_PORT], "class %.*s does not allow port %.*s",
			           BYTES_FMT(j->c->name), BYTES_FMT(ports->v[i]));
	}
}

static void locate(const struct judging *j, struct finding *f, const struct judge_special *s)
{
	f->location.layer = (int32_t)s->layer;
	f->location.path = arena_dup(j->r->arena, s->en.path);
}

static void judge_setuid(const struct judging *j)
{
	for (size_t i = 0; i < j->in->entries->n; i++) {
		const struct judge_special *s = &j->in->entries->v[i];
		bool is_setuid = s->what & SPECIAL_SETUID;
		if (!(s->what & (SPECIAL_SETUID | SPECIAL_SETGID)) ||
		    class_path_in(&j->c->setuid, s->en.path))
			continue;
		struct finding *f =
			rule_found(j->r, &rules[RULE_SETUID],
		                   "class %.*s does not allow it: mode %04o, runs as %s %u",
		                   BYTES_FMT(j->c->name), s->en.mode, is_setuid ? "uid" : "gid",
		                   is_setuid ? s->en.uid : s->en.gid);
		if (is_setuid && s->en.uid == 0)
			f->severity = SEV_HIGH;
		locate(j, f, s);
	}
}

static void judge_capabilities(const struct judging *j)
{
	for (size_t i = 0; i < j->in->entries->n; i++) {
		const struct judge_special *s = &j->in->entries->v[i];
		struct caps c = {.permitted = 0};
		struct err e = {.kind = ERR_NONE};
		AUTO_BUF struct buf names;
		buf_init(&names, KIB(4));
		if (!(s->what & SPECIAL_CAPS))
			continue;
		if (caps_parse(s->en.caps, &c, &e) < 0)
			buf_adds(&names, e.msg);
		uint64_t over = (c.permitted | c.inheritable) & ~j->c->capabilities;
		caps_text(over, &names);
		if (!names.n)
			continue;
		struct finding *f =
			rule_found(j->r, &rules[RULE_CAPABILITY], "class %.*s does not allow %s",
		                   BYTES_FMT(j->c->name), buf_cstr(&names));
		if (caps_rooting(over & c.permitted))
			f->severity = SEV_HIGH;
		locate(j, f, s);
	}
}

static void judge_volumes(const struct judging *j)
{
	AUTO_BUF struct buf path;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	const struct oci_texts *volumes = &j->in->config->volumes;
	for (size_t i = 0; i < volumes->n; i++) {
		struct err e = {.kind = ERR_NONE};
		bool is_clean = image_path(volumes->v[i], &path, &e) == 0;
		if (is_clean && class_path_in(&j->c->writable, buf_bytes(&path)))
			continue;
		struct finding *f = rule_found(j->r, &rules[RULE_WRITABLE],
		                               "class %.*s does not allow it: VOLUME %.*s",
		                               BYTES_FMT(j->c->name), BYTES_FMT(volumes->v[i]));
		if (is_clean)
			f->location.path = arena_dup(j->r->arena, buf_bytes(&path));
	}
}

static void judge_paths(const struct judging *j)
{
	const struct bytes_list *paths = &j->r->image.user.writable;
	judge_volumes(j);
	if (j->r->image.user.uid == 0)
		rule_found(j->r, &rules[RULE_WRITABLE],
		           "class %.*s says what may be written, and root may write everything",
		           BYTES_FMT(j->c->name));
	for (size_t i = 0; i < paths->n; i++) {
		if (class_path_in(&j->c->writable, paths->v[i]))
			continue;
		struct entry en;
		size_t layer;
		struct finding *f =
			rule_found(j->r, &rules[RULE_WRITABLE],
		                   "class %.*s does not allow it: uid %lld may write it",
		                   BYTES_FMT(j->c->name), (long long)j->r->image.user.uid);
		f->location.path = paths->v[i];
		if (view_find(j->in->view, paths->v[i], &en, &layer))
			f->location.layer = (int32_t)layer;
	}
}

static const struct {
	unsigned member;
	void (*judge)(const struct judging *j);
	bool needs_user;
} judges[] = {
	{CLASS_UID,          judge_uid,          true },
        {CLASS_GID,          judge_gid,          true },
	{CLASS_PRIVILEGE,    judge_become,       true },
        {CLASS_CAPABILITIES, judge_capabilities, false},
	{CLASS_PORTS,        judge_ports,        false},
        {CLASS_WRITABLE,     judge_paths,        true },
	{CLASS_SETUID,       judge_setuid,       false},
};

static bool is_known(const struct report *r, unsigned member)
{
	if (member == CLASS_GID)
		return r->image.user.gid >= 0;
	return r->image.user.uid >= 0;
}

void judge_class(const struct judge_input *in, const struct judge_classes *with, struct report *r)
{
	struct coverage row = {.check = CHECK_USER,
	                       .status = COVERAGE_INCOMPLETE,
	                       .code = "class.unknown",
	                       .layer = -1};
	struct judging j = {in, with->named, r};
	if (!in->config) {
		report_cover(r, row, "a root file system has no config that a class speaks of");
		return;
	}
	if (!j.c)
		j.c = classes_find(with->list, with->repository, in->config->labels,
		                   in->config->n_labels);
	if (!j.c) {
		report_cover(r, row, "the image belongs to no class: %s",
		             with->repository.n
		                     ? "no pattern meets its repository, and no labels are its own"
		                     : "its repository is not known, and no labels are its own");
		return;
	}
	row.status = COVERAGE_COMPLETE;
	row.code = "class.judged";
	for (size_t i = 0; i < ARRAY_LEN(judges); i++) {
		if (!(j.c->has & judges[i].member))
			continue;
		judges[i].judge(&j);
		if (judges[i].needs_user && !is_known(r, judges[i].member))
			row.status = COVERAGE_INCOMPLETE;
	}
	report_cover(r, row, "class %.*s%s", BYTES_FMT(j.c->name),
	             row.status == COVERAGE_COMPLETE
	                     ? ""
	                     : ": whom it runs as is not known, and the class speaks of it");
}

const struct judge_rules judge_rules_class = {rules, ARRAY_LEN(rules)};
