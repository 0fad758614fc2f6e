/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drift.c - what an image gained in privilege since a release that was admitted, by their reports.
 *
 * Held against each other: who it runs as, what that user could become, the ports that it declares,
 * and everything that a rule about privilege finds now and did not find then.
 */
#include "judge/judge.h"

#include <string.h>

enum { RULE_ROOT, RULE_PRIVILEGE, RULE_PORT, RULE_GAINED };

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
		"file.capabilities",   "file.capabilities-unreadable",
		"file.device",         "file.setgid",
		"file.setuid",         "file.world-writable",
		"user.empty-password", "user.password",
		"user.path-writable",  "user.program-writable",
		"user.root-group",     "user.system-writable",
		"user.uid0-twin",      "user.weak-password-hash",
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

static void judge_gained(const struct report *old, struct report *r)
{
	AUTO_MAP struct map *had = map_new();
	size_t n = r->n_findings;
	for (size_t i = 0; i < old->n_findings; i++)
		map_put(had, key_of(r->arena, &old->findings[i]), NULL);
	for (size_t i = 0; i < old->n_suppressed; i++)
		map_put(had, key_of(r->arena, &old->suppressed[i]), NULL);
	for (size_t i = 0; i < n; i++) {
		struct finding was = r->findings[i];
		if (!is_about_privilege(&was) || map_get(had, key_of(r->arena, &was)))
			continue;
		struct finding *f = rule_found(r, &rules[RULE_GAINED], "%.*s: %.*s",
		                               BYTES_FMT(was.id), BYTES_FMT(was.reason));
		f->location = was.location;
		f->severity = MAX_OF(f->severity, was.severity);
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

void judge_drift(const struct report *old, struct report *r)
{
	struct coverage row = {.check = CHECK_USER,
	                       .status = COVERAGE_INCOMPLETE,
	                       .code = "drift.unknown",
	                       .layer = -1};
	const struct report *both[] = {old, r};
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		if (level(both[i]->image.user.privilege) < 0 ||
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
	judge_gained(old, r);
	row.status = COVERAGE_COMPLETE;
	row.code = "drift.judged";
	report_cover(r, row, "held against %.*s, %.*s", BYTES_FMT(old->image.reference),
	             BYTES_FMT(old->image.digest));
}

const struct judge_rules judge_rules_drift = {rules, ARRAY_LEN(rules)};
