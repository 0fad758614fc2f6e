/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_redhat_vex.c - Red Hat's VEX files: what each CVE means for its products.
 *
 * Format: CSAF 2.0, category csaf_vex, one file per CVE of up to 25 MiB; a file that was withdrawn
 * is left as {"document": {"tracking": {"status": "deleted"}}}.  Source:
 * security.access.redhat.com/data/csaf/v2/vex (archive_latest.txt names an archive of all).
 * Gives: records of the main stream of each release (rhel:9), of its longer-lived streams
 * (rhel:9/rhel_eus:9.2) and of layered products (rhel:9/openshift:4.16), each in a namespace of its
 * own.
 */
#include "advise/csaf.h"

static int recognise(const struct feed_doc *doc)
{
	if (feed_first(doc) != '{')
		return 0;
	if (feed_has(doc, "\"csaf_vex\"") && feed_has(doc, "access.redhat.com"))
		return 95;
	return doc->head.n < 1024 && feed_has(doc, "\"tracking\"") && feed_has(doc, "\"deleted\"")
	               ? 60
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return csaf_import(doc, s, true, e);
}

static const struct feed_url urls[] = {
	{"https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt", NULL},
	{NULL,								     NULL},
};

const struct feed feed_redhat_vex = {
	.id = "redhat-vex",
	.title = "Red Hat VEX",
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
