/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - names of the closed sets of words, and the other spellings that are read for them. */
#include "model/words.h"

struct word {
	const char *text;
	int value;
};

static const char *const severity_names[SEV__MAX] = {
	[SEV_UNKNOWN] = "unknown", [SEV_NEGLIGIBLE] = "negligible",
	[SEV_LOW] = "low",         [SEV_MEDIUM] = "medium",
	[SEV_HIGH] = "high",       [SEV_CRITICAL] = "critical",
};
static const struct word severity_words[] = {
	{"none",        SEV_NEGLIGIBLE},
	{"unimportant", SEV_NEGLIGIBLE}, /* Debian's urgency */
	{"moderate",    SEV_MEDIUM    }, /* Red Hat, SUSE, GitHub */
	{"important",   SEV_HIGH      }, /* Red Hat, SUSE */
};

static const char *const check_names[CHECK__MAX] = {
	[CHECK_VULNERABILITY] = "vulnerability",
	[CHECK_SECRET] = "secret",
	[CHECK_MALWARE] = "malware",
	[CHECK_CONFIG] = "config",
	[CHECK_USER] = "user",
	[CHECK_BINARY] = "binary",
	[CHECK_FILE] = "file",
	[CHECK_LICENSE] = "license",
	[CHECK_DOCKERFILE] = "dockerfile",
	[CHECK_LINEAGE] = "lineage",
	[CHECK_TEST] = "test",
	[CHECK_RUNTIME] = "runtime",
};
static const struct word check_words[] = {
	{"vuln",             CHECK_VULNERABILITY},
	{"vulns",            CHECK_VULNERABILITY},
	{"vulnerabilities",  CHECK_VULNERABILITY},
	{"secrets",          CHECK_SECRET       },
	{"misconfig",        CHECK_CONFIG       },
	{"misconfiguration", CHECK_CONFIG       },
	{"users",            CHECK_USER         },
	{"binaries",         CHECK_BINARY       },
	{"files",            CHECK_FILE         },
	{"licence",          CHECK_LICENSE      },
	{"licenses",         CHECK_LICENSE      },
};

static const char *const status_names[STATUS__MAX] = {
	[STATUS_AFFECTED] = "affected",
	[STATUS_FIXED] = "fixed",
	[STATUS_WILL_NOT_FIX] = "will_not_fix",
	[STATUS_FIX_DEFERRED] = "fix_deferred",
	[STATUS_END_OF_LIFE] = "end_of_life",
	[STATUS_UNDER_INVESTIGATION] = "under_investigation",
};

static const char *const evidence_names[EVIDENCE__MAX] = {
	[EVIDENCE_INSTALLED] = "installed",
	[EVIDENCE_LOCK] = "lock",
	[EVIDENCE_BINARY] = "binary",
	[EVIDENCE_LINKED] = "linked",
};
static const char *const scope_names[SCOPE__MAX] = {
	[SCOPE_RUN] = "run",
	[SCOPE_DEV] = "dev",
	[SCOPE_OPTIONAL] = "optional",
	[SCOPE_OWN] = "own",
};

static const char *const coverage_names[COVERAGE__MAX] = {
	[COVERAGE_COMPLETE] = "complete",
	[COVERAGE_INCOMPLETE] = "incomplete",
	[COVERAGE_SKIPPED] = "skipped",
};

static const char *const verdict_names[VERDICT__MAX] = {
	[VERDICT_ADMIT] = "admit",
	[VERDICT_REFUSE] = "refuse",
	[VERDICT_INCOMPLETE] = "incomplete",
};

static int find_name(const char *const *names, int n, struct bytes text)
{
	for (int i = 0; i < n; i++) {
		if (bytes_eq_nocase(bytes_str(names[i]), text))
			return i;
	}
	return -1;
}

static int find_word(const struct word *words, size_t n, struct bytes text)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq_nocase(bytes_str(words[i].text), text))
			return words[i].value;
	}
	return -1;
}

const char *severity_name(enum severity s) { return severity_names[s]; }

bool severity_parse(struct bytes text, enum severity *ret)
{
	int v = find_name(severity_names, SEV__MAX, text);
	if (v < 0)
		v = find_word(severity_words, ARRAY_LEN(severity_words), text);
	if (v < 0)
		return false;
	*ret = (enum severity)v;
	return true;
}

const char *check_name(enum check c) { return check_names[c]; }

bool check_parse(struct bytes text, enum check *ret)
{
	int v = find_name(check_names, CHECK__MAX, text);
	if (v < 0)
		v = find_word(check_words, ARRAY_LEN(check_words), text);
	if (v < 0)
		return false;
	*ret = (enum check)v;
	return true;
}

const char *status_name(enum status s)
{
	return s == STATUS_NOT_AFFECTED ? "not_affected" : status_names[s];
}

bool status_parse(struct bytes text, enum status *ret)
{
	int v = find_name(status_names, STATUS__MAX, text);
	if (v < 0)
		return false;
	*ret = (enum status)v;
	return true;
}

const char *coverage_status_name(enum coverage_status s) { return coverage_names[s]; }

const char *evidence_name(enum evidence e) { return evidence_names[e]; }
const char *scope_name(enum package_scope s) { return scope_names[s]; }
const char *verdict_name(enum verdict_result v) { return verdict_names[v]; }
