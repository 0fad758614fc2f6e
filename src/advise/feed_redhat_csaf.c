/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_redhat_csaf.c - Red Hat's errata: RHSA, RHBA, RHEA.
 *
 * Format: CSAF 2.0, category csaf_security_advisory, one file per erratum.  Source:
 * security.access.redhat.com/data/csaf/v2/advisories (archive_latest.txt names an archive of all).
 * Gives: records of what is fixed, as feed_redhat_vex.c; what is not fixed is known to the VEX
 * files only, which are asked first.
 */
#include "advise/csaf.h"

static int recognise(const struct feed_doc *doc)
{
	return feed_first(doc) == '{' && feed_has(doc, "\"csaf_security_advisory\"") &&
	                       feed_has(doc, "access.redhat.com")
	               ? 95
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return csaf_import(doc, s, false, e);
}

static int finish(struct feed_sink *s, struct err *e)
{
	(void)e;
	feed_partial(s, "names only vulnerabilities that were fixed, none that is still open");
	return 0;
}

static const struct feed_url urls[] = {
	{"https://security.access.redhat.com/data/csaf/v2/advisories/archive_latest.txt", NULL},
	{NULL,									    NULL},
};

const struct feed feed_redhat_csaf = {
	.id = "redhat-csaf",
	.title = "Red Hat errata",
	.urls = urls,
	.recognise = recognise,
	.import = import,
	.finish = finish,
};
