/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranks.c - which feed decides where two speak of the same package and vulnerability, and which
 * feed is not asked at all.
 *
 * A publisher's living tracker knows more than the lists and bulletins it is made from, and says
 * "not affected"; those stand in where the tracker is silent (old releases).  What others republish
 * as OSV comes after what the publisher itself gives; where OSV is the publisher's own finer form
 * (which sub-package is affected), before its secdb.
 */
#include "advise/match.h"

const struct advise_rank advise_ranks[] = {
	{"debian-support", 0,  NULL            },
	{"debian-tracker", 10, NULL            },
	{"debian-list",    20, "debian-tracker"},
	{"debian-dsa",     30, "debian-tracker"},
	{"debian-dla",     30, "debian-tracker"},
	{"ubuntu-vex",     10, NULL            },
	{"ubuntu-osv",     20, NULL            },
	{"ubuntu-usn",     30, "ubuntu-osv"    },
	{"redhat-vex",     10, NULL            },
	{"redhat-csaf",    20, NULL            },
	{"suse-oval",      20, NULL            },
	{"oracle-oval",    20, NULL            },
	{"azure-oval",     20, NULL            },
	{"photon",         20, NULL            },
	{"fedora",         20, NULL            },
	{"amazon",         20, NULL            },
	{"updateinfo",     60, NULL            },
	{"osv-chainguard", 40, NULL            },
	{"osv-minimos",    40, NULL            },
	{"osv-alpine",     60, "alpine-secdb"  },
	{"osv-azurelinux", 60, NULL            },
	{"osv-debian",     60, "debian-tracker"},
	{"osv-photon",     60, NULL            },
	{"osv-redhat",     60, "redhat-vex"    },
	{"osv-suse",       60, NULL            },
	{NULL,             50, NULL            },
};

static const char *yields_to(struct bytes feed)
{
	const struct advise_rank *row = advise_ranks;
	while (row->feed && !bytes_eq(bytes_str(row->feed), feed))
		row++;
	return row->yields_to;
}

uint64_t advise_speaks(struct index *ix, struct bytes ns)
{
	const struct index_feed *feeds;
	size_t n = MIN_OF(index_feeds(ix, &feeds), (size_t)64);
	uint64_t all = index_speaks(ix, ns), mask = all;
	for (size_t i = 0; i < n; i++) {
		const char *other = yields_to(feeds[i].name);
		for (size_t j = 0; j < n && other; j++) {
			if (all & UINT64_C(1) << j && bytes_eq(feeds[j].name, bytes_str(other)))
				mask &= ~(UINT64_C(1) << i);
		}
	}
	return mask;
}

uint64_t advise_sides(struct index *ix)
{
	const struct index_feed *feeds;
	size_t n = MIN_OF(index_feeds(ix, &feeds), (size_t)64);
	uint64_t mask = 0;
	for (size_t i = 0; i < n; i++) {
		if (!feeds[i].namespaces.n)
			mask |= UINT64_C(1) << i;
	}
	return mask;
}
