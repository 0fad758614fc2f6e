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
	{"debian-support", 0,  NULL,             NULL        },
	{"debian-tracker", 10, NULL,             NULL        },
	{"debian-list",    20, "debian-tracker", NULL        },
	{"debian-dsa",     30, "debian-tracker", NULL        },
	{"debian-dla",     30, "debian-tracker", NULL        },
	{"ubuntu-vex",     10, NULL,             "ubuntu-osv"},
	{"ubuntu-osv",     20, NULL,             NULL        },
	{"ubuntu-usn",     30, "ubuntu-osv",     NULL        },
	{"redhat-vex",     10, NULL,             NULL        },
	{"redhat-csaf",    20, NULL,             NULL        },
	{"suse-oval",      20, NULL,             NULL        },
	{"oracle-oval",    20, NULL,             NULL        },
	{"azure-oval",     20, NULL,             NULL        },
	{"photon",         20, NULL,             NULL        },
	{"fedora",         20, NULL,             NULL        },
	{"amazon",         20, NULL,             NULL        },
	{"updateinfo",     60, NULL,             NULL        },
	{"osv-chainguard", 40, NULL,             NULL        },
	{"osv-minimos",    40, NULL,             NULL        },
	{"osv-alpine",     60, "alpine-secdb",   NULL        },
	{"osv-azurelinux", 60, "azure-oval",     NULL        },
	{"osv-debian",     60, "debian-tracker", NULL        },
	{"osv-photon",     60, "photon",         NULL        },
	{"osv-redhat",     60, "redhat-vex",     NULL        },
	{"osv-suse",       60, "suse-oval",      NULL        },
	{NULL,             50, NULL,             NULL        },
};

static const struct advise_rank *row_of(struct bytes feed)
{
	const struct advise_rank *row = advise_ranks;
	while (row->feed && !bytes_eq(bytes_str(row->feed), feed))
		row++;
	return row;
}

/* The bit of the feed of that name among those of mask; 0: it is not there, or name is NULL. */
static feed_set bit_of(const struct index_feed *feeds, size_t n, feed_set mask, const char *name)
{
	for (size_t i = 0; i < n && name; i++) {
		if (mask & FEED_BIT(i) && bytes_eq(feeds[i].name, bytes_str(name)))
			return FEED_BIT(i);
	}
	return 0;
}

feed_set advise_speaks(struct index *ix, struct bytes ns)
{
	const struct index_feed *feeds;
	size_t n = MIN_OF(index_feeds(ix, &feeds), (size_t)INDEX_FEEDS_MAX);
	feed_set all = index_speaks(ix, ns), mask = all;
	for (size_t i = 0; i < n; i++) {
		const struct advise_rank *row = row_of(feeds[i].name);
		if (bit_of(feeds, n, all, row->yields_to))
			mask &= ~FEED_BIT(i);
		if (bit_of(feeds, n, all, row->goes_with))
			mask |= FEED_BIT(i);
	}
	return mask;
}

feed_set advise_sides(struct index *ix)
{
	const struct index_feed *feeds;
	size_t n = MIN_OF(index_feeds(ix, &feeds), (size_t)INDEX_FEEDS_MAX);
	feed_set mask = 0;
	for (size_t i = 0; i < n; i++) {
		if (!feeds[i].namespaces.n)
			mask |= FEED_BIT(i);
	}
	return mask;
}
