/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_debian_dsa.c - Debian's security bulletins (DSA).
 *
 * Format: debian.h.  Source: data/DSA/list of the security tracker.
 * Gives: records of source packages, named by the bulletin; only what was fixed.
 */
#include "advise/debian.h"

static int recognise(const struct feed_doc *doc) { return debian_is_bulletins(doc, B("DSA-")); }

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	feed_partial(s, "names only vulnerabilities that a bulletin fixed");
	return debian_bulletins(doc, s, B("DSA-"), e);
}

static const struct feed_url urls[] = {
	{"https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/DSA/"
         "list", NULL},
	{NULL,            NULL},
};

const struct feed feed_debian_dsa = {
	.id = "debian-dsa",
	.title = "Debian security bulletins (DSA)",
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
