/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss_metrics.h - the metrics of each CVSS version, as cvss.c reads and cvss2.c to cvss4.c weigh
 * them.
 */
#ifndef FMT_CVSS_METRICS_H
#define FMT_CVSS_METRICS_H

#include "fmt/cvss.h"

enum cvss_group {
	CVSS_BASE,
	CVSS_TEMPORAL, /* 4.0: threat */
	CVSS_ENVIRONMENTAL,
	CVSS_SUPPLEMENTAL, /* of no weight */
};

struct cvss_metric {
	const char *key;
	/* Parted by blanks.  A base metric must be given; of the others the first value is "not
	 * defined". */
	const char *values;
	enum cvss_group group;
};

enum { CVSS_METRICS = 32 }; /* of 4.0, which has most */

/* Each array ends with a NULL key; v[i] is the index of the value of metric i. */
extern const struct cvss_metric cvss2_metrics[], cvss3_metrics[], cvss4_metrics[];
void cvss2_score(const uint8_t *v, struct cvss *c);
void cvss3_score(const uint8_t *v, struct cvss *c);
void cvss4_score(const uint8_t *v, struct cvss *c);

/* x to tenths, halves away from zero.  The doubles here carry errors below 1e-9 and the decimals
 * that they stand for have fewer digits than that, so a value just under a half is that half. */
static inline int cvss_round(double x)
{
	return x < 0 ? -(int)(x * -10 + 0.5 + 1e-7) : (int)(x * 10 + 0.5 + 1e-7);
}

#endif
