/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss.h - severity scores of CVSS 2.0, 3.0, 3.1 and 4.0 vectors.
 *
 * Scores are in tenths (98 is 9.8), so that they compare and round exactly.
 *
 * Source: FIRST, "CVSS v2.0 Complete Guide", "CVSS v3.0 / v3.1 Specification Document" and "CVSS
 * v4.0 Specification Document".
 */
#ifndef FMT_CVSS_H
#define FMT_CVSS_H

#include "base/base.h"

enum cvss_version { CVSS_2_0, CVSS_3_0, CVSS_3_1, CVSS_4_0, CVSS__MAX };

struct cvss {
	enum cvss_version version;
	int base; /* 4.0: of the base metrics alone, "CVSS-B" */
	/* As the equations give with what is not defined left neutral.  4.0 has one score, of which
	 * threat and environment are part: both are that score. */
	int temporal, environmental;
	int overall; /* the most specific of those whose metrics the vector holds */
	bool has_temporal, has_environmental; /* the vector holds such a metric, defined */
};

/* Scores a vector of at most CVSS_LEN_MAX bytes: "CVSS:3.1/AV:N/...", or of 2.0 without prefix (in
 * parentheses too).  The order of metrics is free.  Fails on an unknown, repeated or missing metric
 * or an unknown value, naming it. */
int cvss_score(struct bytes vector, struct cvss *ret, struct err *e);

/* The rating word of a score in tenths: "none" (not in 2.0), "low", "medium", "high", "critical"
 * (not in 2.0). */
const char *cvss_rating(enum cvss_version version, int tenths);

/* "2.0", "3.0", "3.1", "4.0". */
const char *cvss_version_name(enum cvss_version version);

#endif
