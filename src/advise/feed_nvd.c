/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_nvd.c - severities, rejected ids and configurations of the National Vulnerability Database.
 * Configurations are matched with programs and libraries that nothing better knows (nvd.h).
 *
 * Format: pages of the API and yearly feeds 2.0, {"vulnerabilities": [{"cve": {...}}]}; records of
 * 2.0 one per document or in {"cve_items": [...]}; feeds 1.1, {"CVE_Items": [{"cve", "impact"}]}.
 * Source: NVD, "Vulnerabilities API" and "JSON Schema 1.1".
 */
#include "advise/nvd.h"
#include "advise/osv.h"
#include "advise/sink.h"

static int nvd_recognise(const struct feed_doc *doc)
{
	if (feed_first(doc) != '{')
		return 0;
	bool is_page = feed_has(doc, "\"vulnerabilities\"") || feed_has(doc, "\"cve_items\"");
	if (feed_has(doc, "\"NVD_CVE\"") && !feed_has(doc, "\"cveChanges\""))
		return 95;
	if (feed_has(doc, "\"vulnStatus\"") && feed_has(doc, "\"sourceIdentifier\""))
		return is_page ? 90 : 85;
	return feed_has(doc, "\"CVE_Items\"") ? 90 : 0;
}

/* ---- 2.0 ---- */

static bool is_nvd(const json_t *metric)
{
	return bytes_eq(json_text(metric, "source"), B("nvd@nist.gov"));
}

/* The one metric that counts: NVD's own before those of others, the first of its kind. */
static const json_t *pick(const json_t *metrics, const char *kind)
{
	size_t i;
	const json_t *m, *best = NULL;
	json_array_foreach(json_list(metrics, kind), i, m)
	{
		bool is_primary = bytes_eq(json_text(m, "type"), B("Primary"));
		if (!best || (is_nvd(m) && is_primary && !is_nvd(best)))
			best = m;
	}
	return best;
}

static void score(struct vuln *v, struct bytes vector, struct bytes word)
{
	if (vector.n > (size_t)CVSS_LEN_MAX)
		return;
	v->cvss = vector;
	v->severity = osv_cvss_severity(vector);
	if (v->severity == SEV_UNKNOWN)
		severity_parse(word, &v->severity);
}

/* 3.1 is what NVD rates by; 4.0 comes from others and stands in before the older ones. */
static void read_metrics(const json_t *metrics, struct vuln *v)
{
	static const char *const kinds[] = {"cvssMetricV31", "cvssMetricV40", "cvssMetricV30",
	                                    "cvssMetricV2"};
	for (size_t i = 0; i < ARRAY_LEN(kinds) && v->severity == SEV_UNKNOWN; i++) {
		const json_t *m = pick(metrics, kinds[i]);
		const json_t *data = json_obj(m, "cvssData");
		struct bytes word = json_text(data, "baseSeverity");
		if (data)
			score(v, json_text(data, "vectorString"),
			      word.n ? word : json_text(m, "baseSeverity"));
	}
}

static void read_times(struct vuln *v, struct bytes published, struct bytes modified,
                       struct feed_sink *s)
{
	int64_t at_s;
	if (clock_parse(published, &at_s) && at_s > 0)
		v->published_s = at_s;
	if (clock_parse(modified, &at_s) && at_s > 0) {
		v->modified_s = at_s;
		feed_dated(s, at_s);
	}
}

/* "2023-10-12T19:15:11.747" means UTC. */
static struct bytes utc(struct feed_sink *s, struct bytes text)
{
	if (!text.n || text.n > 40 || text.p[text.n - 1] == 'Z')
		return text;
	return bytes_str(arena_printf(feed_arena(s), "%.*sZ", BYTES_FMT(text)));
}

/* What is known of it, and which products it concerns. */
static int put(struct feed_sink *s, const struct vuln *v, const json_t *configurations,
               struct err *e)
{
	struct err why;
	if (feed_put_vuln(s, v, e) < 0)
		return -1;
	if (v->is_rejected ||
	    nvd_configurations(s, v->id, v->modified_s, configurations, &why) == 0)
		return 0;
	if (feed_sink_failed(s)) {
		*e = why;
		return -1;
	}
	feed_broken(s, "%s", why.msg);
	return 0;
}

static int read_cve(struct feed_sink *s, const json_t *cve, struct err *e)
{
	struct vuln v = {.id = json_text(cve, "id")};
	if (!v.id.n) {
		feed_broken(s, "a vulnerability without id");
		return 0;
	}
	v.is_rejected = bytes_eq_nocase(json_text(cve, "vulnStatus"), B("Rejected"));
	read_metrics(json_obj(cve, "metrics"), &v);
	read_times(&v, utc(s, json_text(cve, "published")), utc(s, json_text(cve, "lastModified")),
	           s);
	return put(s, &v, json_object_get(cve, "configurations"), e);
}

/* ---- 1.1 ---- */

static bool is_rejected_text(const json_t *cve)
{
	size_t i;
	const json_t *d;
	json_array_foreach(json_list(json_obj(cve, "description"), "description_data"), i, d)
	{
		if (bytes_starts(json_text(d, "value"), B("** REJECT **")) ||
		    bytes_starts(json_text(d, "value"), B("Rejected reason:")))
			return true;
	}
	return false;
}

static int read_item(struct feed_sink *s, const json_t *item, struct err *e)
{
	const json_t *cve = json_obj(item, "cve"), *impact = json_obj(item, "impact");
	const json_t *v3 = json_obj(json_obj(impact, "baseMetricV3"), "cvssV3");
	const json_t *v2 = json_obj(impact, "baseMetricV2");
	struct vuln v = {.id = json_text(json_obj(cve, "CVE_data_meta"), "ID")};
	if (!v.id.n) {
		feed_broken(s, "an item without ID");
		return 0;
	}
	v.is_rejected = is_rejected_text(cve);
	if (v3)
		score(&v, json_text(v3, "vectorString"), json_text(v3, "baseSeverity"));
	if (v.severity == SEV_UNKNOWN && v2)
		score(&v, json_text(json_obj(v2, "cvssV2"), "vectorString"),
		      json_text(v2, "severity"));
	read_times(&v, json_text(item, "publishedDate"), json_text(item, "lastModifiedDate"), s);
	return put(s, &v, json_object_get(item, "configurations"), e);
}

/* ---- documents ---- */

enum { TIMESTAMP, OLD_TIMESTAMP, PAGE, ITEMS, OLD_ITEMS };

static int nvd_value(void *arg, const struct feed_value *v, struct err *e)
{
	struct feed_sink *s = arg;
	int64_t at_s;
	switch (v->path) {
	case TIMESTAMP:
	case OLD_TIMESTAMP:
		if (clock_parse(utc(s, json_bytes(v->tree)), &at_s))
			feed_dated(s, at_s);
		return 0;
	case PAGE:
	case ITEMS:
		return read_cve(s, v->tree, e);
	default:
		return read_item(s, v->tree, e);
	}
}

static int whole_value(void *arg, const struct feed_value *v, struct err *e)
{
	return read_cve(arg, v->tree, e);
}

static int nvd_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {
		[TIMESTAMP] = "timestamp",        [OLD_TIMESTAMP] = "CVE_data_timestamp",
		[PAGE] = "vulnerabilities.*.cve", [ITEMS] = "cve_items.*",
		[OLD_ITEMS] = "CVE_Items.*",      NULL};
	static const char *const whole[] = {"", NULL};
	bool is_list = feed_has(doc, "\"vulnerabilities\"") || feed_has(doc, "\"cve_items\"") ||
	               feed_has(doc, "\"CVE_Items\"");
	return is_list ? feed_json(doc, paths, nvd_value, s, e)
	               : feed_json(doc, whole, whole_value, s, e);
}

static const char *const years[] = {"2002", "2003", "2004", "2005", "2006",  "2007",  "2008",
                                    "2009", "2010", "2011", "2012", "2013",  "2014",  "2015",
                                    "2016", "2017", "2018", "2019", "2020",  "2021",  "2022",
                                    "2023", "2024", "2025", "2026", "2027?", "2028?", NULL};
static const struct feed_url nvd_urls[] = {
	{"https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{release}.json.gz", years},
	{"https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-modified.json.gz",  NULL },
	{NULL,								   NULL },
};

const struct feed feed_nvd = {
	.id = "nvd",
	.title = "National Vulnerability Database",
	.urls = nvd_urls,
	.recognise = nvd_recognise,
	.import = nvd_import,
};
