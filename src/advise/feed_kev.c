/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_kev.c - vulnerabilities that are known to be exploited.
 *
 * Format: {"catalogVersion", "dateReleased", "vulnerabilities": [{"cveID", "dateAdded", ...}]}
 * Source: CISA, "Known Exploited Vulnerabilities Catalog", its JSON schema.
 */
#include "advise/feed.h"

static int kev_recognise(const struct feed_doc *doc)
{
	return feed_first(doc) == '{' && feed_has(doc, "\"cveID\"") &&
	                       feed_has(doc, "\"dateAdded\"") &&
	                       feed_has(doc, "\"vulnerabilities\"")
	               ? 95
	               : 0;
}

static int kev_value(void *arg, const struct feed_value *v, struct err *e)
{
	struct feed_sink *s = arg;
	int64_t at_s;
	if (v->path == 0) {
		if (clock_parse(json_bytes(v->tree), &at_s))
			feed_dated(s, at_s);
		return 0;
	}
	struct vuln known = {.id = json_text(v->tree, "cveID"), .is_kev = true};
	if (!known.id.n) {
		feed_broken(s, "an entry without cveID");
		return 0;
	}
	known.title = json_text(v->tree, "vulnerabilityName");
	if (clock_parse(json_text(v->tree, "dateAdded"), &at_s))
		known.kev_added_s = at_s;
	else
		feed_broken(s, "%.*s: no date of its addition", BYTES_FMT(known.id));
	return feed_put_vuln(s, &known, e);
}

static int kev_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {"dateReleased", "vulnerabilities.*", NULL};
	return feed_json(doc, paths, kev_value, s, e);
}

static const struct feed_url kev_urls[] = {
	{"https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
         NULL										       },
	{NULL,										  NULL},
};

const struct feed feed_kev = {
	.id = "kev",
	.title = "CISA known exploited vulnerabilities",
	.by_vuln = true,
	.urls = kev_urls,
	.recognise = kev_recognise,
	.import = kev_import,
};
