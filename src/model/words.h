/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - the closed sets of words that reports are made of, and their names.
 *
 * The names are contract (report schema): never renamed.
 */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include "base/base.h"

enum severity { /* in rising order, so that > compares; unknown is below all */
	        SEV_UNKNOWN,
	        SEV_NEGLIGIBLE,
	        SEV_LOW,
	        SEV_MEDIUM,
	        SEV_HIGH,
	        SEV_CRITICAL,
	        SEV__MAX
};

enum check {
	CHECK_VULNERABILITY,
	CHECK_SECRET,
	CHECK_MALWARE,
	CHECK_CONFIG,
	CHECK_USER,
	CHECK_BINARY,
	CHECK_FILE,
	CHECK_LICENSE,
	CHECK_DOCKERFILE,
	CHECK_LINEAGE,
	CHECK_TEST,
	CHECK_RUNTIME,
	CHECK__MAX
};

enum status {
	STATUS_AFFECTED, /* vulnerable, no fixed version known */
	STATUS_FIXED,    /* vulnerable, a fixed version exists */
	STATUS_WILL_NOT_FIX,
	STATUS_FIX_DEFERRED,
	STATUS_END_OF_LIFE,
	STATUS_UNDER_INVESTIGATION,
	STATUS__MAX,
	/* statuses of advisories that make no finding; never in a report */
	STATUS_NOT_AFFECTED = STATUS__MAX,
};

enum evidence { /* how it is known; the strongest first.  The numbers are facts' */
	        EVIDENCE_INSTALLED = 0, /* a package manager's record, or the package itself */
	        EVIDENCE_LOCK = 1,      /* a lock file or manifest names it */
	        EVIDENCE_BINARY = 2,    /* a program says so in its bytes */
	        EVIDENCE_LINKED = 3,    /* a library that is linked into a program */
	        EVIDENCE__MAX
};

enum package_scope { /* what it is there for; the numbers are facts' */
	             SCOPE_RUN = 0,
	             SCOPE_DEV = 1,
	             SCOPE_OPTIONAL = 2,
	             SCOPE_OWN = 3, /* part of the application, whatever others call so */
	             SCOPE__MAX
};

enum coverage_status { COVERAGE_COMPLETE, COVERAGE_INCOMPLETE, COVERAGE_SKIPPED, COVERAGE__MAX };
enum verdict_result { VERDICT_ADMIT, VERDICT_REFUSE, VERDICT_INCOMPLETE, VERDICT__MAX };

const char *severity_name(enum severity s);
/* Any case; also "none" (negligible), "moderate" (medium), "important" (high). */
bool severity_parse(struct bytes text, enum severity *ret);
const char *check_name(enum check c);
/* Any case; the report's word or a usual short one ("vuln", "misconfig" for config, ...). */
bool check_parse(struct bytes text, enum check *ret);
const char *status_name(enum status s);
bool status_parse(struct bytes text, enum status *ret);
const char *coverage_status_name(enum coverage_status s);
const char *verdict_name(enum verdict_result v);
const char *evidence_name(enum evidence e);
const char *scope_name(enum package_scope s);

#endif
