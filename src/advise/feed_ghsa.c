/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_ghsa.c - severities of GitHub's reviewed advisories, by CVE.  Nothing is matched by it.
 *
 * Format: OSV records GHSA-*, with "database_specific": {"severity": "MODERATE"}.
 * Source: GitHub advisory database, github-reviewed/.
 */
#include "advise/osv.h"

static int ghsa_recognise(const struct feed_doc *doc)
{
	if (!osv_looks(doc) || osv_names_distribution(doc))
		return 0;
	bool is_derived = feed_has(doc, "\"GitHub Advisory Database") &&
	                  osv_has_id(doc, B("CVE-")); /* a copy under the CVE's id */
	return is_derived || osv_has_id(doc, B("GHSA-")) ? 50 : 0;
}

static int put(struct feed_sink *s, struct vuln *v, struct bytes id, struct err *e)
{
	v->id = id;
	return feed_put_vuln(s, v, e);
}

static int read_ghsa(struct feed_sink *s, const json_t *doc, struct err *e)
{
	struct vuln v = {.cvss = osv_cvss(json_list(doc, "severity")),
	                 .title = json_text(doc, "summary")};
	struct bytes id = json_text(doc, "id");
	struct bytes word = json_text(json_obj(doc, "database_specific"), "severity");
	if (!id.n)
		return err_set(e, ERR_FORMAT, "a record without id");
	if (!severity_parse(word, &v.severity) || json_text(doc, "withdrawn").n)
		return 0; /* another publisher's, or it says nothing any more */
	int64_t at_s;
	if (clock_parse(json_text(doc, "modified"), &at_s) && at_s > 0) {
		v.modified_s = at_s;
		feed_dated(s, at_s);
	}
	if (put(s, &v, id, e) < 0)
		return -1;
	size_t i;
	const json_t *alias;
	json_array_foreach(json_list(doc, "aliases"), i, alias)
	{
		struct bytes cve = json_bytes(alias);
		if (i >= (size_t)OSV_CVES_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld aliases",
			               (long long)OSV_CVES_MAX);
		if (bytes_starts(cve, B("CVE-")) && put(s, &v, cve, e) < 0)
			return -1;
	}
	return 0;
}

static int ghsa_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return osv_each(doc, s, read_ghsa, e);
}

static const struct feed_url ghsa_urls[] = {
	{"https://codeload.github.com/github/advisory-database/tar.gz/refs/heads/main", NULL},
	{NULL,									  NULL},
};

const struct feed feed_ghsa = {
	.id = "ghsa",
	.title = "GitHub advisory database",
	.by_vuln = true,
	.urls = ghsa_urls,
	.is_on_demand = true, /* large, and NVD has most of these severities */
	.recognise = ghsa_recognise,
	.import = ghsa_import,
};
