/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss2.c - CVSS 2.0.
 *
 * Source: "A Complete Guide to the Common Vulnerability Scoring System Version 2.0", 3.2 Equations.
 */
#include "fmt/cvss_metrics.h"

enum { AV, AC, AU, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR };

/* clang-format off */
const struct cvss_metric cvss2_metrics[] = {
	[AV] = {"AV", "L A N", CVSS_BASE},
	[AC] = {"AC", "H M L", CVSS_BASE},
	[AU] = {"Au", "M S N", CVSS_BASE},
	[C] = {"C", "N P C", CVSS_BASE},
	[I] = {"I", "N P C", CVSS_BASE},
	[A] = {"A", "N P C", CVSS_BASE},
	[E] = {"E", "ND U POC F H", CVSS_TEMPORAL},
	[RL] = {"RL", "ND OF TF W U", CVSS_TEMPORAL},
	[RC] = {"RC", "ND UC UR C", CVSS_TEMPORAL},
	[CDP] = {"CDP", "ND N L LM MH H", CVSS_ENVIRONMENTAL},
	[TD] = {"TD", "ND N L M H", CVSS_ENVIRONMENTAL},
	[CR] = {"CR", "ND L M H", CVSS_ENVIRONMENTAL},
	[IR] = {"IR", "ND L M H", CVSS_ENVIRONMENTAL},
	[AR] = {"AR", "ND L M H", CVSS_ENVIRONMENTAL},
	{NULL, NULL, CVSS_BASE},
};

static const double weights[][6] = {
	[AV] = {0.395, 0.646, 1},
	[AC] = {0.35, 0.61, 0.71},
	[AU] = {0.45, 0.56, 0.704},
	[C] = {0, 0.275, 0.66},
	[I] = {0, 0.275, 0.66},
	[A] = {0, 0.275, 0.66},
	[E] = {1, 0.85, 0.9, 0.95, 1},
	[RL] = {1, 0.87, 0.9, 0.95, 1},
	[RC] = {1, 0.9, 0.95, 1},
	[CDP] = {0, 0, 0.1, 0.3, 0.4, 0.5},
	[TD] = {1, 0, 0.25, 0.75, 1},
	[CR] = {1, 0.5, 1, 1.51},
	[IR] = {1, 0.5, 1, 1.51},
	[AR] = {1, 0.5, 1, 1.51},
};
/* clang-format on */

static double weight(const uint8_t *v, int m) { return weights[m][v[m]]; }

static int base_of(const uint8_t *v, double impact)
{
	double exploitability = 20 * weight(v, AV) * weight(v, AC) * weight(v, AU);
	double f = impact > 0 ? 1.176 : 0;
	return cvss_round((0.6 * impact + 0.4 * exploitability - 1.5) * f);
}

static int temporal_of(const uint8_t *v, int base)
{
	return cvss_round(base / 10.0 * weight(v, E) * weight(v, RL) * weight(v, RC));
}

void cvss2_score(const uint8_t *v, struct cvss *c)
{
	double impact = 10.41 * (1 - (1 - weight(v, C)) * (1 - weight(v, I)) * (1 - weight(v, A)));
	c->base = base_of(v, impact);
	c->temporal = temporal_of(v, c->base);
	double adjusted = 10.41 * (1 - (1 - weight(v, C) * weight(v, CR)) *
	                                       (1 - weight(v, I) * weight(v, IR)) *
	                                       (1 - weight(v, A) * weight(v, AR)));
	double temporal = temporal_of(v, base_of(v, MIN_OF(adjusted, 10.0))) / 10.0;
	/* The equations let the adjusted base score fall below 0; a score does not. */
	int score = cvss_round((temporal + (10 - temporal) * weight(v, CDP)) * weight(v, TD));
	c->environmental = MAX_OF(score, 0);
}
