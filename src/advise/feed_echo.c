/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_echo.c - Echo's own list of fixes; the same in OSV records is feed_osv.c's.
 *
 * Format: a JSON object of packages, each an object of CVEs: {"fixed_version": V}; without one
 * there is no fix, and "0" never was affected.  Gives: records of source packages.
 * Source: advisory.echohq.com/data.json.
 */
#include "advise/feed.h"

#include "advise/osv.h"

static int echo_recognise(const struct feed_doc *doc)
{
	bool is_other = feed_has(doc, "\"releases\"") || feed_has(doc, "\"id\"") ||
	                feed_has(doc, "\"secfixes\"");
	return feed_first(doc) == '{' && feed_has(doc, "\"fixed_version\"") &&
	                       feed_has(doc, "\"CVE-") && !is_other
	               ? 60
	               : 0;
}

static int put_one(void *arg, const struct feed_value *v, struct err *e)
{
	struct feed_sink *s = arg;
	struct bytes fixed = json_text(v->tree, "fixed_version");
	if (v->n_keys != 2 || !json_is_object(v->tree)) {
		feed_broken(s, "what is said of a vulnerability is no object");
		return 0;
	}
	struct advisory a = {.ns = B("echo"),
	                     .package = v->keys[0],
	                     .id = v->keys[1],
	                     .status = STATUS_AFFECTED,
	                     .n_ranges = fixed.n ? 1 : 0};
	a.ranges[0].fixed = fixed;
	if (bytes_eq(fixed, B("0"))) {
		a.status = STATUS_NOT_AFFECTED;
		a.n_ranges = 0;
	}
	return feed_put(s, &a, e);
}

static int echo_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {"*.*", NULL};
	return feed_json(doc, paths, put_one, s, e);
}

static const struct feed_url urls[] = {
	{"https://advisory.echohq.com/data.json", NULL},
	{NULL,				    NULL},
};

const struct feed feed_echo = {
	.id = "echo",
	.title = "Echo's list of fixes",
	.urls = urls,
	.is_on_demand = true, /* OSV has the same */
	.recognise = echo_recognise,
	.import = echo_import,
};
