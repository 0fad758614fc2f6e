/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranks.c - which feed decides where two speak of the same package and vulnerability.
 *
 * A publisher's living tracker knows more than the bulletins cut from it, and says "not affected";
 * bulletins stand in where the tracker is silent (old releases).  What others republish as OSV
 * comes after what the publisher itself gives; where OSV is the publisher's own finer form (which
 * sub-package is affected), before its secdb.
 */
#include "advise/match.h"

const struct advise_rank advise_ranks[] = {
	{"debian-support", 0 },
        {"debian-tracker", 10},
        {"debian-list",    20},
	{"debian-dsa",     30},
        {"debian-dla",     30},
        {"ubuntu-vex",     10},
	{"ubuntu-osv",     20},
        {"redhat-vex",     10},
        {"redhat-csaf",    20},
	{"osv-chainguard", 40},
        {"osv-minimos",    40},
        {"osv-alpine",     60},
	{"osv-azurelinux", 60},
        {"osv-debian",     60},
        {"osv-photon",     60},
	{"osv-redhat",     60},
        {"osv-suse",       60},
        {NULL,             50},
};
