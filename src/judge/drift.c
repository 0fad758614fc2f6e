/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drift.c - what an image gained in privilege since a release that was admitted, by their reports.
 *
 * Held against each other: who it runs as, what that user could become and may write, the ports
 * that it declares, and everything that a rule about privilege finds now and did not find then: a
 * finding at another place, or one that says more (a capability, a mode, an account) of the same.
 */
#include "judge/judge.h"

#include <string.h>

enum { RULE_ROOT, RULE_PRIVILEGE, RULE_PORT, RULE_WRITABLE, RULE_GAINED };

/* clang-format off */
static const struct check_rule rules[] = {
	[RULE_ROOT] = {"drift.root", CHECK_USER, SEV_HIGH, "runs as root, which it did not before",
		.why = "what was admitted could do less",
		.repair = "set USER as it was, or admit the change",
		.source = "NIST SP 800-190 4.4.3"},
	[RULE_PRIVILEGE] = {"drift.privilege", CHECK_USER, SEV_HIGH, "its user could become more than before",
		.why = "what was admitted could do less",
		.repair = "take away what gives the new way, or admit the change",
		.source = "NIST SP 800-190 4.4.3"},
	[RULE_PORT] = {"drift.port", CHECK_USER, SEV_MEDIUM, "declares a port that it did not before",
		.why = "it can be reached where what was admitted could not",
		.repair = "leave the port out, or admit the change",
		.source = "CIS Docker 1.6.0 5.8"},
	[RULE_WRITABLE] = {"drift.writable", CHECK_USER, SEV_MEDIUM, "its user may write what it could not before",
		.why = "who gets into the service can change more than in what was admitted",
		.repair = "own it by root, or admit the change",
		.source = "NIST SP 800-190 4.4.3, CWE-732"},
	[RULE_GAINED] = {"drift.gained", CHECK_USER, SEV_MEDIUM, "gained in privilege",
		.why = "what was admitted did not have it",
		.repair = "take it away, or admit the change",
		.source = "NIST SP 800-190 4.4.3"},
};
/* clang-format on */

/* What could be done, in rising order; -1: not known. */
static int level(const char *privilege)
{
	static const char *const levels[] = {"confined", "exposed", "can-become-root", "root"};
	for (size_t i = 0; privilege && i < ARRAY_LEN(levels); i++) {
		if (strcmp(privilege, levels[i]) == 0)
			return (int)i;
	}
	return -1;
}

static bool is_about_privilege(const struct finding *f)
{
	static const char *const ids[] = {
		"file.capabilities",
		"file.capabilities-unreadable",
		"file.device",
		"file.setgid",
		"file.setuid",
		"file.world-writable",
		"user.can-become-root",
		"user.empty-password",
		"user.password",
		"user.path-writable",
		"user.program-writable",
		"user.root-group",
		"user.system-writable",
		"user.uid0-twin",
		"user.weak-password-hash",
	};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (bytes_eq(f->id, bytes_str(ids[i])))
			return !f->location.is_deleted;
	}
	return false;
}

static struct bytes key_of(struct arena *a, const struct finding *f)
{
	return bytes_str(
		arena_printf(a, "%.*s %.*s", BYTES_FMT(f->id), BYTES_FMT(f->location.path)));
}

/* ---- reasons, part by part: what a finding says beyond the one before at its place ---- */

/* "uid 10001: ", "uid 10001 " at the beginning are about whom it runs as. */
static struct bytes without_uid(struct bytes reason)
{
	struct bytes rest = bytes_skip(reason, 4);
	if (!bytes_starts(reason, B("uid ")))
		return reason;
	while (rest.n && is_digit(rest.p[0]))
		rest = bytes_skip(rest, 1);
	return bytes_starts(rest, B(":")) ? bytes_skip(rest, 1) : rest;
}

/* The next of "a, b; c": reasons list what they are about like that. */
static bool next_part(struct bytes *rest, struct bytes *ret)
{
	while (rest->n) {
		size_t i = 0;
		while (i < rest->n && rest->p[i] != ',' && rest->p[i] != ';')
			i++;
		*ret = bytes_trim(bytes_slice(*rest, 0, i));
		*rest = bytes_skip(*rest, i < rest->n ? i + 1 : i);
		if (bytes_starts(*ret, B("grants ")))
			*ret = bytes_skip(*ret, 7);
		if (ret->n)
			return true;
	}
	return false;
}

/* Permission bits of "mode 4755", "file of mode 0666". */
static bool mode_of(struct bytes part, uint64_t *ret)
{
	ssize_t at = bytes_search(part, B("mode "));
	return at >= 0 && bytes_octal(bytes_skip(part, (size_t)at + 5), 07777, ret);
}

/* Does none of the reasons (a line each) say it? */
static bool is_more(struct bytes part, struct bytes reasons)
{
	uint64_t mode, was;
	bool has_mode = mode_of(part, &mode);
	for (struct bytes line; bytes_line(&reasons, &line);) {
		struct bytes rest = without_uid(line), one;
		while (next_part(&rest, &one)) {
			if (bytes_eq(one, part))
				return false;
			if (has_mode && mode_of(one, &was) && !(mode & ~was))
				return false; /* who may do it now could then */
		}
	}
	return true;
}

static bool says_more(const struct finding *f, struct bytes reasons)
{
	struct bytes rest = without_uid(f->reason), part;
	while (next_part(&rest, &part)) {
		if (is_more(part, reasons))
			return true;
	}
	return false;
}

/* Key → reasons, a line each. */
static void remember(struct report *r, struct map *had, const struct finding *f)
{
	union map_value *v = map_put(had, key_of(r->arena, f), NULL);
	if (is_about_privilege(f))
		v->p = (void *)(uintptr_t)arena_printf(
			r->arena, "%s%.*s\n", v->p ? (const char *)v->p : "", BYTES_FMT(f->reason));
}

static void judge_gained(const struct report *old, struct report *r)
{
	AUTO_MAP struct map *had = map_new();
	size_t n = r->n_findings;
	for (size_t i = 0; i < old->n_findings; i++)
		remember(r, had, &old->findings[i]);
	for (size_t i = 0; i < old->n_suppressed; i++)
		remember(r, had, &old->suppressed[i]);
	for (size_t i = 0; i < n; i++) {
		struct finding was = r->findings[i];
		if (!is_about_privilege(&was))
			continue;
		const union map_value *v = map_get(had, key_of(r->arena, &was));
		if (!v && bytes_eq(was.id, B("user.can-become-root")))
			continue; /* judge_who() says it */
		if (v && !says_more(&was, bytes_str(v->p)))
			continue;
		struct finding *f = rule_found(r, &rules[RULE_GAINED], "%.*s: %.*s",
		                               BYTES_FMT(was.id), BYTES_FMT(was.reason));
		f->location = was.location;
		f->severity = MAX_OF(f->severity, was.severity);
	}
}

/* Is the path, or a folder above it, one of the list? */
static bool is_within(const struct map *had, struct bytes path)
{
	while (path.n) {
		if (map_get(had, path))
			return true;
		ssize_t slash = bytes_rfind(path, '/');
		path.n = slash < 0 ? 0 : (size_t)slash;
	}
	return false;
}

static void judge_paths(const struct report *old, struct report *r)
{
	AUTO_MAP struct map *had = map_new();
	const struct bytes_list *then = &old->image.user.writable, *now = &r->image.user.writable;
	for (size_t i = 0; i < then->n; i++)
		map_put(had, then->v[i], NULL);
	/* judge_gained() says of these */
	for (size_t i = 0; i < r->n_findings; i++) {
		if (bytes_eq(r->findings[i].id, B("file.world-writable")))
			map_put(had, r->findings[i].location.path, NULL);
	}
	/* who was root could write everything */
	for (size_t i = 0; i < now->n && old->image.user.is_writable_known; i++) {
		if (!is_within(had, now->v[i]))
			rule_found(r, &rules[RULE_WRITABLE], "uid %lld may write it",
			           (long long)r->image.user.uid)
				->location.path = now->v[i];
	}
}

static void judge_ports(const struct report *old, struct report *r)
{
	const struct bytes_list *have = &r->image.config.exposed_ports;
	const struct bytes_list *had = &old->image.config.exposed_ports;
	for (size_t i = 0; i < have->n; i++) {
		size_t k = 0;
		while (k < had->n && !bytes_eq(had->v[k], have->v[i]))
			k++;
		if (k == had->n)
			rule_found(r, &rules[RULE_PORT], "%.*s", BYTES_FMT(have->v[i]));
	}
}

static void judge_who(const struct report *old, struct report *r)
{
	const char *now = r->image.user.privilege, *then = old->image.user.privilege;
	if (level(now) <= level(then))
		return;
	rule_found(r, &rules[strcmp(now, "root") == 0 ? RULE_ROOT : RULE_PRIVILEGE],
	           "it was \"%s\" in %.*s, and is \"%s\"", then, BYTES_FMT(old->image.reference),
	           now);
}

/* Does it say who it runs as, and what that user may write? */
static bool is_judged(const struct report *r)
{
	int now = level(r->image.user.privilege);
	return now == level("root") || (now >= 0 && r->image.user.is_writable_known);
}

void judge_drift(const struct report *old, struct report *r)
{
	struct coverage row = {.check = CHECK_USER,
	                       .status = COVERAGE_INCOMPLETE,
	                       .code = "drift.unknown",
	                       .layer = -1};
	const struct report *both[] = {old, r};
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		if (!is_judged(both[i]) ||
		    report_check_status(both[i], CHECK_USER) != COVERAGE_COMPLETE ||
		    report_check_status(both[i], CHECK_FILE) != COVERAGE_COMPLETE) {
			report_cover(
				r, row,
				"the report of %s does not say all about users and files: what was "
				"gained is not known",
				i ? "this image" : "the release before");
			return;
		}
	}
	judge_who(old, r);
	judge_ports(old, r);
	judge_paths(old, r);
	judge_gained(old, r);
	row.status = COVERAGE_COMPLETE;
	row.code = "drift.judged";
	report_cover(r, row, "held against %.*s, %.*s", BYTES_FMT(old->image.reference),
	             BYTES_FMT(old->image.digest));
}

const struct judge_rules judge_rules_drift = {rules, ARRAY_LEN(rules)};
