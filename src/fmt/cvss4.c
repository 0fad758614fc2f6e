/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss4.c - CVSS 4.0.
 *
 * A vector belongs to one of 270 sets of like vectors (macrovectors), each with a score that
 * experts gave its most severe member.  The score of a vector is that score less, for every
 * equivalence class (EQ) that could be one level lower, a share of the way to the score of that
 * lower set: the share that the vector is away from the most severe member.
 *
 * Source: "CVSS v4.0 Specification Document", 8.2 "CVSS v4.0 Scoring using MacroVectors and
 * Interpolation", tables 24 to 30; the scores of the sets are FIRST's published table.
 */
#include "fmt/cvss_metrics.h"

#include <string.h>

/* clang-format off */
enum {
	AV, PR, UI, AC, AT, VC, VI, VA, SC, SI, SA,
	E, CR, IR, AR,
	MAV, MPR, MUI, MAC, MAT, MVC, MVI, MVA, MSC, MSI, MSA,
	S, AU, R, V, RE, U,
};
/* clang-format on */
enum { BASE_METRICS = SA + 1, WEIGHED = AR + 1, LAST = 255 };

/* Values stand by severity, the worst first, so that an index is a distance from the worst. */
/* clang-format off */
const struct cvss_metric cvss4_metrics[] = {
	[AV] = {"AV", "N A L P", CVSS_BASE},
	[PR] = {"PR", "N L H", CVSS_BASE},
	[UI] = {"UI", "N P A", CVSS_BASE},
	[AC] = {"AC", "L H", CVSS_BASE},
	[AT] = {"AT", "N P", CVSS_BASE},
	[VC] = {"VC", "H L N", CVSS_BASE},
	[VI] = {"VI", "H L N", CVSS_BASE},
	[VA] = {"VA", "H L N", CVSS_BASE},
	[SC] = {"SC", "H L N", CVSS_BASE},
	[SI] = {"SI", "H L N", CVSS_BASE},
	[SA] = {"SA", "H L N", CVSS_BASE},
	[E] = {"E", "X A P U", CVSS_TEMPORAL},
	[CR] = {"CR", "X H M L", CVSS_ENVIRONMENTAL},
	[IR] = {"IR", "X H M L", CVSS_ENVIRONMENTAL},
	[AR] = {"AR", "X H M L", CVSS_ENVIRONMENTAL},
	[MAV] = {"MAV", "X N A L P", CVSS_ENVIRONMENTAL},
	[MPR] = {"MPR", "X N L H", CVSS_ENVIRONMENTAL},
	[MUI] = {"MUI", "X N P A", CVSS_ENVIRONMENTAL},
	[MAC] = {"MAC", "X L H", CVSS_ENVIRONMENTAL},
	[MAT] = {"MAT", "X N P", CVSS_ENVIRONMENTAL},
	[MVC] = {"MVC", "X H L N", CVSS_ENVIRONMENTAL},
	[MVI] = {"MVI", "X H L N", CVSS_ENVIRONMENTAL},
	[MVA] = {"MVA", "X H L N", CVSS_ENVIRONMENTAL},
	[MSC] = {"MSC", "X H L N", CVSS_ENVIRONMENTAL},
	[MSI] = {"MSI", "X S H L N", CVSS_ENVIRONMENTAL},
	[MSA] = {"MSA", "X S H L N", CVSS_ENVIRONMENTAL},
	[S] = {"S", "X N P", CVSS_SUPPLEMENTAL},
	[AU] = {"AU", "X N Y", CVSS_SUPPLEMENTAL},
	[R] = {"R", "X A U I", CVSS_SUPPLEMENTAL},
	[V] = {"V", "X D C", CVSS_SUPPLEMENTAL},
	[RE] = {"RE", "X L M H", CVSS_SUPPLEMENTAL},
	[U] = {"U", "X Clear Green Amber Red", CVSS_SUPPLEMENTAL},
	{NULL, NULL,		      CVSS_BASE},
};
/* clang-format on */

/* EQ3 and EQ6 depend on each other and are lowered together. */
enum { EQ1, EQ2, EQ3, EQ4, EQ5, EQ6, EQS };

/* Scores in tenths, [EQ1 * 2 + EQ2][EQ3][EQ4][EQ5][EQ6]; 0: there is no such set. */
/* clang-format off */
static const uint8_t scores[6][3][3][3][2] = {
	/* EQ1 0, EQ2 0 */
	{{{{100, 99}, {98, 95}, {95, 92}},
	  {{100, 96}, {93, 87}, {91, 81}},
	  {{93, 90}, {89, 80}, {81, 68}}},
	 {{{98, 95}, {95, 92}, {90, 84}},
	  {{93, 92}, {89, 81}, {81, 65}},
	  {{88, 80}, {78, 70}, {69, 48}}},
	 {{{0, 92}, {0, 82}, {0, 72}},
	  {{0, 79}, {0, 69}, {0, 50}},
	  {{0, 69}, {0, 55}, {0, 27}}}},
	/* EQ1 0, EQ2 1 */
	{{{{99, 97}, {95, 92}, {92, 85}},
	  {{95, 91}, {90, 83}, {84, 71}},
	  {{92, 81}, {82, 71}, {72, 53}}},
	 {{{95, 93}, {92, 85}, {85, 73}},
	  {{92, 82}, {80, 72}, {70, 59}},
	  {{84, 70}, {71, 52}, {50, 30}}},
	 {{{0, 86}, {0, 75}, {0, 52}},
	  {{0, 71}, {0, 52}, {0, 29}},
	  {{0, 63}, {0, 29}, {0, 17}}}},
	/* EQ1 1, EQ2 0 */
	{{{{98, 95}, {94, 87}, {91, 81}},
	  {{94, 89}, {86, 74}, {77, 64}},
	  {{87, 75}, {74, 63}, {63, 49}}},
	 {{{94, 89}, {88, 77}, {76, 67}},
	  {{86, 76}, {74, 58}, {59, 50}},
	  {{72, 57}, {57, 52}, {52, 25}}},
	 {{{0, 83}, {0, 70}, {0, 54}},
	  {{0, 65}, {0, 58}, {0, 26}},
	  {{0, 53}, {0, 21}, {0, 13}}}},
	/* EQ1 1, EQ2 1 */
	{{{{95, 90}, {88, 76}, {76, 70}},
	  {{90, 77}, {75, 62}, {61, 53}},
	  {{77, 66}, {68, 59}, {52, 30}}},
	 {{{89, 78}, {76, 67}, {62, 58}},
	  {{74, 59}, {57, 57}, {47, 23}},
	  {{61, 52}, {57, 29}, {24, 16}}},
	 {{{0, 71}, {0, 59}, {0, 30}},
	  {{0, 58}, {0, 26}, {0, 15}},
	  {{0, 23}, {0, 13}, {0, 6}}}},
	/* EQ1 2, EQ2 0 */
	{{{{93, 87}, {86, 72}, {75, 58}},
	  {{86, 74}, {74, 61}, {56, 34}},
	  {{70, 54}, {52, 40}, {40, 22}}},
	 {{{85, 75}, {74, 55}, {62, 51}},
	  {{72, 57}, {55, 41}, {46, 19}},
	  {{53, 36}, {34, 19}, {19, 8}}},
	 {{{0, 64}, {0, 51}, {0, 20}},
	  {{0, 47}, {0, 21}, {0, 11}},
	  {{0, 24}, {0, 9}, {0, 4}}}},
	/* EQ1 2, EQ2 1 */
	{{{{88, 75}, {73, 53}, {60, 50}},
	  {{73, 55}, {59, 40}, {41, 20}},
	  {{54, 43}, {45, 22}, {20, 11}}},
	 {{{75, 55}, {58, 45}, {40, 21}},
	  {{61, 51}, {48, 18}, {20, 9}},
	  {{46, 18}, {17, 7}, {8, 2}}},
	 {{{0, 53}, {0, 24}, {0, 14}},
	  {{0, 24}, {0, 12}, {0, 5}},
	  {{0, 10}, {0, 3}, {0, 1}}}},
};
/* clang-format on */

/* The most severe vectors of each level of each class, as levels of the metrics of the class; and
 * the depth of the class there: how many steps its least severe vector is away from those. */
struct top {
	uint8_t eq, level; /* level of the pair EQ3, EQ6 is 2 * EQ3 + EQ6 */
	uint8_t depth;
	uint8_t levels[6];
};
static const uint8_t class_metrics[][7] = {
	[EQ1] = {AV,    PR, UI,   LAST},
	[EQ2] = {AC,    AT, LAST},
	[EQ3] = {VC,   VI, VA,   CR,     IR, AR, LAST},
	[EQ4] = {SC, SI,   SA,      LAST},
};
static const struct top tops[] = {
	{EQ1, 0, 1,  {0, 0, 0}         },
	{EQ1, 1, 4,  {1, 0, 0}         },
	{EQ1, 1, 4,  {0, 1, 0}         },
	{EQ1, 1, 4,  {0, 0, 1}         },
	{EQ1, 2, 5,  {3, 0, 0}         },
	{EQ1, 2, 5,  {1, 1, 1}         },
	{EQ2, 0, 1,  {0, 0}            },
	{EQ2, 1, 2,  {1, 0}            },
	{EQ2, 1, 2,  {0, 1}            },
	{EQ3, 0, 7,  {0, 0, 0, 0, 0, 0}},
	{EQ3, 1, 6,  {0, 0, 1, 1, 1, 0}},
	{EQ3, 1, 6,  {0, 0, 0, 1, 1, 1}},
	{EQ3, 2, 8,  {1, 0, 0, 0, 0, 0}},
	{EQ3, 2, 8,  {0, 1, 0, 0, 0, 0}},
	{EQ3, 3, 8,  {1, 0, 1, 0, 1, 0}},
	{EQ3, 3, 8,  {1, 0, 0, 0, 1, 1}},
	{EQ3, 3, 8,  {0, 1, 0, 1, 0, 1}},
	{EQ3, 3, 8,  {0, 1, 1, 1, 0, 0}},
	{EQ3, 3, 8,  {1, 1, 0, 0, 0, 1}},
	{EQ3, 5, 10, {1, 1, 1, 0, 0, 0}},
	{EQ4, 0, 6,  {1, 0, 0}         },
	{EQ4, 1, 5,  {1, 1, 1}         },
	{EQ4, 2, 4,  {2, 2, 2}         },
};

/* Levels of the metrics that weigh: 0 is the worst.  Of the subsequent system that is "safety",
 * which only its modified metrics can name. */
static void levels_of(const uint8_t *v, bool is_base, uint8_t *ret_level)
{
	memcpy(ret_level, v, WEIGHED);
	for (int m = SC; m <= SA; m++)
		ret_level[m] = v[m] + 1;
	for (int m = E; m < WEIGHED; m++)
		ret_level[m] = v[m] && !is_base ? v[m] - 1 : 0;
	for (int m = 0; m < BASE_METRICS && !is_base; m++) {
		if (v[MAV + m])
			ret_level[m] = v[MAV + m] - (m != SC);
	}
}

static bool has_impact(const uint8_t *level)
{
	for (int m = VC; m <= VA; m++) {
		if (level[m] < 2)
			return true;
	}
	for (int m = SC; m <= SA; m++) {
		if (level[m] < 3)
			return true;
	}
	return false;
}

/* Tables 24 to 29. */
static uint8_t eq1_of(const uint8_t *l)
{
	int worst = !l[AV] + !l[PR] + !l[UI];
	if (worst == 3)
		return 0;
	return worst && l[AV] != 3 ? 1 : 2;
}

static uint8_t eq3_of(const uint8_t *l)
{
	if (!l[VC] && !l[VI])
		return 0;
	return !l[VC] || !l[VI] || !l[VA] ? 1 : 2;
}

static uint8_t eq4_of(const uint8_t *l)
{
	if (!l[SI] || !l[SA])
		return 0;
	return l[SC] == 1 || l[SI] == 1 || l[SA] == 1 ? 1 : 2;
}

static uint8_t eq6_of(const uint8_t *l)
{
	for (int m = 0; m < 3; m++) {
		if (!l[CR + m] && !l[VC + m])
			return 0;
	}
	return 1;
}

/* The score of a set, or 0 where a level is past the last. */
static int set_score(const uint8_t *eq)
{
	static const uint8_t end[EQS] = {3, 2, 3, 3, 3, 2};
	for (int i = 0; i < EQS; i++) {
		if (eq[i] >= end[i])
			return 0;
	}
	return scores[eq[EQ1] * 2 + eq[EQ2]][eq[EQ3]][eq[EQ4]][eq[EQ5]][eq[EQ6]];
}

static int lowered_by(const uint8_t *eq, int eq3_or_class)
{
	uint8_t lower[EQS];
	memcpy(lower, eq, EQS);
	lower[eq3_or_class]++;
	return set_score(lower);
}

/* The best score one level below in a class, or 0. */
static int lowered(const uint8_t *eq, int class)
{
	int score = lowered_by(eq, class);
	if (class != EQ3)
		return score;
	int other = lowered_by(eq, EQ6);
	return MAX_OF(score, other);
}

/* How far the vector is below one of the tops, in steps, or -1 when it is not below it. */
static int steps_below(const struct top *top, const uint8_t *level)
{
	int steps = 0;
	for (int i = 0; class_metrics[top->eq][i] != LAST; i++) {
		int d = level[class_metrics[top->eq][i]] - top->levels[i];
		if (d < 0)
			return -1;
		steps += d;
	}
	return steps;
}

/* The share of its class's depth that the vector is below the top of its set. */
static double share(int class, const uint8_t *eq, const uint8_t *level)
{
	int want = class == EQ3 ? 2 * eq[EQ3] + eq[EQ6] : eq[class];
	for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
		if (tops[i].eq != class || tops[i].level != want)
			continue;
		int steps = steps_below(&tops[i], level);
		if (steps >= 0)
			return (double)steps / tops[i].depth;
	}
	return 0; /* EQ5 is one metric: each of its sets has one member */
}

static int score_of(const uint8_t *level)
{
	if (!has_impact(level))
		return 0;
	const uint8_t eq[EQS] = {
		eq1_of(level), level[AC] || level[AT], eq3_of(level), eq4_of(level),
		level[E],      eq6_of(level),
	};
	int top = set_score(eq), lower_sets = 0;
	double distance = 0; /* tenths */
	for (int class = EQ1; class <= EQ5; class ++) {
		int below = lowered(eq, class);
		if (!below)
			continue;
		lower_sets++;
		distance += (top - below) * share(class, eq, level);
	}
	double mean = lower_sets ? distance / lower_sets : 0;
	return cvss_round(MIN_OF((top - mean) / 10, 10.0));
}

void cvss4_score(const uint8_t *v, struct cvss *c)
{
	uint8_t level[WEIGHED];
	levels_of(v, true, level);
	c->base = score_of(level);
	levels_of(v, false, level);
	c->temporal = c->environmental = score_of(level);
}
