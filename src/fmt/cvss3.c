/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss3.c - CVSS 3.0 and 3.1, which differ in the modified impact and in how they round up.
 *
 * Source: "CVSS v3.1 Specification Document", 7 and appendix A; "CVSS v3.0 Specification
 * Document", 8.
 */
#include "fmt/cvss_metrics.h"

enum { AV, AC, PR, UI, S, C, I, A, E, RL, RC, CR, IR, AR, MAV, MAC, MPR, MUI, MS, MC, MI, MA };
enum { BASE_METRICS = A + 1 };

/* The values of a modified metric are those of its base metric behind "X". */
/* clang-format off */
const struct cvss_metric cvss3_metrics[] = {
	[AV] = {"AV", "N A L P", CVSS_BASE},
	[AC] = {"AC", "L H", CVSS_BASE},
	[PR] = {"PR", "N L H", CVSS_BASE},
	[UI] = {"UI", "N R", CVSS_BASE},
	[S] = {"S", "U C", CVSS_BASE},
	[C] = {"C", "H L N", CVSS_BASE},
	[I] = {"I", "H L N", CVSS_BASE},
	[A] = {"A", "H L N", CVSS_BASE},
	[E] = {"E", "X H F P U", CVSS_TEMPORAL},
	[RL] = {"RL", "X U W T O", CVSS_TEMPORAL},
	[RC] = {"RC", "X C R U", CVSS_TEMPORAL},
	[CR] = {"CR", "X H M L", CVSS_ENVIRONMENTAL},
	[IR] = {"IR", "X H M L", CVSS_ENVIRONMENTAL},
	[AR] = {"AR", "X H M L", CVSS_ENVIRONMENTAL},
	[MAV] = {"MAV", "X N A L P", CVSS_ENVIRONMENTAL},
	[MAC] = {"MAC", "X L H", CVSS_ENVIRONMENTAL},
	[MPR] = {"MPR", "X N L H", CVSS_ENVIRONMENTAL},
	[MUI] = {"MUI", "X N R", CVSS_ENVIRONMENTAL},
	[MS] = {"MS", "X U C", CVSS_ENVIRONMENTAL},
	[MC] = {"MC", "X H L N", CVSS_ENVIRONMENTAL},
	[MI] = {"MI", "X H L N", CVSS_ENVIRONMENTAL},
	[MA] = {"MA", "X H L N", CVSS_ENVIRONMENTAL},
	{NULL, NULL, CVSS_BASE},
};

static const double weights[][5] = {
	[AV] = {0.85, 0.62, 0.55, 0.2},
	[AC] = {0.77, 0.44},
	[PR] = {0.85, 0.62, 0.27},
	[UI] = {0.85, 0.62},
	[S] = {0, 1},
	[C] = {0.56, 0.22, 0},
	[I] = {0.56, 0.22, 0},
	[A] = {0.56, 0.22, 0},
	[E] = {1, 1, 0.97, 0.94, 0.91},
	[RL] = {1, 1, 0.97, 0.96, 0.95},
	[RC] = {1, 1, 0.96, 0.92},
	[CR] = {1, 1.5, 1, 0.5},
	[IR] = {1, 1.5, 1, 0.5},
	[AR] = {1, 1.5, 1, 0.5},
};
/* of PR where the scope is changed */
static const double changed_privileges[] = {0.85, 0.68, 0.5};

static double weight(const uint8_t *v, int m) { return weights[m][v[m]]; }

/* The smallest tenth that is not below x.  3.1 takes what is less than 1e-5 above a tenth for that
 * tenth ("Roundup" in its appendix A); 3.0 asks for the plain ceiling, of which only the error of
 * the doubles is taken off. */
static int round_up(double x, enum cvss_version version)
{
	if (x <= 0)
		return 0;
	if (version == CVSS_3_0) {
		int down = (int)(x * 10);
		return x * 10 - down > 1e-9 ? down + 1 : down;
	}
	int n = (int)(x * 100000 + 0.5);
	return n % 10000 ? n / 10000 + 1 : n / 10000;
}

static double power(double x, int n)
{
	double r = 1;
	while (n-- > 0)
		r *= x;
	return r;
}

static double exploitability(const uint8_t *v)
{
	double privileges = v[S] ? changed_privileges[v[PR]] : weight(v, PR);
	return 8.22 * weight(v, AV) * weight(v, AC) * privileges * weight(v, UI);
}

static int combine(const uint8_t *v, double impact, enum cvss_version version)
{
	if (impact <= 0)
		return 0;
	double sum = (v[S] ? 1.08 : 1) * (impact + exploitability(v));
	return round_up(MIN_OF(sum, 10.0), version);
}

static double impact_of(const uint8_t *v)
{
	double iss = 1 - (1 - weight(v, C)) * (1 - weight(v, I)) * (1 - weight(v, A));
	return v[S] ? 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15) : 6.42 * iss;
}

/* v holds the modified metrics in the places of the base metrics. */
static double modified_impact(const uint8_t *v, enum cvss_version version)
{
	double miss = 1 - (1 - weight(v, C) * weight(v, CR)) * (1 - weight(v, I) * weight(v, IR)) *
	                          (1 - weight(v, A) * weight(v, AR));
	miss = MIN_OF(miss, 0.915);
	if (!v[S])
		return 6.42 * miss;
	double tail =
		version == CVSS_3_0 ? power(miss - 0.02, 15) : power(miss * 0.9731 - 0.02, 13);
	return 7.52 * (miss - 0.029) - 3.25 * tail;
}

static int temporal_of(const uint8_t *v, int score, enum cvss_version version)
{
	return round_up(score / 10.0 * weight(v, E) * weight(v, RL) * weight(v, RC), version);
}

void cvss3_score(const uint8_t *v, struct cvss *c)
{
	c->base = combine(v, impact_of(v), c->version);
	c->temporal = temporal_of(v, c->base, c->version);
	uint8_t modified[CVSS_METRICS];
	for (int m = 0; m < MAV; m++)
		modified[m] = v[m];
	for (int m = 0; m < BASE_METRICS; m++) {
		if (v[MAV + m])
			modified[m] = v[MAV + m] - 1;
	}
	int score = combine(modified, modified_impact(modified, c->version), c->version);
	c->environmental = temporal_of(v, score, c->version);
}
