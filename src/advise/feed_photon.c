/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_photon.c - Photon OS vulnerabilities.
 *
 * Format: [{"cve_id", "pkg", "cve_score", "aff_ver", "res_ver", "status"}], one file per release:
 * cve_data_photon5.0.json.  res_ver is the fixed version or "NA"; aff_ver is "all versions before
 * V are vulnerable" or the like.  Source: packages.broadcom.com/photon/photon_cve_metadata.
 * Gives: records of a source and of a binary package, as pkg may be either.
 */
#include "advise/updateinfo.h"

struct reading {
	struct feed_sink *sink;
	struct bytes release; /* of the file's name, absent */
	uint64_t row;
};

static bool is_absent(struct bytes v)
{
	return !v.n || bytes_eq(v, B("NA")) || bytes_eq(v, B("N/A")) || bytes_eq(v, B("null"));
}

/* Bands of CVSS 3: its rating scale.  A score of 0 says that nobody has scored it. */
static enum severity severity_of(const json_t *score)
{
	double s = json_is_number(score) ? json_number_value(score) : 0;
	if (s <= 0)
		return SEV_UNKNOWN;
	if (s < 4)
		return SEV_LOW;
	if (s < 7)
		return SEV_MEDIUM;
	return s < 9 ? SEV_HIGH : SEV_CRITICAL;
}

/* V of "all versions before V are vulnerable" */
static struct bytes before(struct bytes text)
{
	struct bytes none = {NULL, 0}, word;
	ssize_t at = bytes_search(text, B("before "));
	if (at < 0)
		return none;
	struct bytes rest = bytes_skip(text, (size_t)at + 7);
	return bytes_word(&rest, &word) && is_digit(word.p[0]) ? word : none;
}

/* What the row says of the versions; -1 when it says nothing that can be judged. */
static int judge(const json_t *row, struct advisory *a)
{
	struct bytes fixed = bytes_trim(json_text(row, "res_ver"));
	struct bytes affected = json_text(row, "aff_ver"), status = json_text(row, "status");
	a->status = STATUS_AFFECTED;
	if (bytes_eq_nocase(status, B("Not Affected"))) {
		a->status = STATUS_NOT_AFFECTED;
		return 0;
	}
	if (is_absent(fixed))
		fixed = before(affected);
	if (fixed.n) {
		a->ranges[0].fixed = fixed;
		a->n_ranges = 1;
		return 0;
	}
	if (!is_absent(affected))
		return 0;                          /* "all versions are vulnerable" */
	if (bytes_eq_nocase(status, B("Fixed"))) { /* in no version that it names */
		a->status = STATUS_NOT_AFFECTED;
		a->detail = B("fixed");
		return 0;
	}
	return -1;
}

static int on_row(void *arg, const struct feed_value *v, struct err *e)
{
	struct reading *r = arg;
	r->row++;
	struct advisory a = {.package = json_text(v->tree, "pkg"),
	                     .id = json_text(v->tree, "cve_id"),
	                     .severity = severity_of(json_object_get(v->tree, "cve_score"))};
	if (!a.package.n || !a.id.n || judge(v->tree, &a) < 0) {
		feed_broken(r->sink, "row %llu (%.*s %.*s) says nothing that can be judged",
		            (unsigned long long)r->row, BYTES_FMT(a.id), BYTES_FMT(a.package));
		return 0;
	}
	struct bytes dist = rpm_dist(a.ranges[0].fixed, ".ph");
	bool is_named = r->release.n > 0;
	if (!is_named && !dist.n) {
		feed_broken(r->sink, "row %llu: of which release?", (unsigned long long)r->row);
		return 0;
	}
	AUTO_BUF struct buf ns;
	buf_init(&ns, (size_t)VERSION_LEN_MAX);
	buf_addf(&ns, "photon:%.*s%s", BYTES_FMT(is_named ? r->release : dist),
	         is_named ? "" : ".0");
	a.ns = buf_bytes(&ns);
	if (feed_put(r->sink, &a, e) < 0)
		return -1;
	a.by_binary = true;
	return feed_put(r->sink, &a, e);
}

static int recognise(const struct feed_doc *doc)
{
	return feed_first(doc) == '[' && feed_has(doc, "\"cve_id\"") && feed_has(doc, "\"res_ver\"")
	               ? 95
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {"*", NULL};
	static const char mark[] = "cve_data_photon";
	struct reading r = {.sink = s};
	ssize_t at = bytes_search(doc->name, B("cve_data_photon"));
	if (at >= 0) {
		struct bytes rest = bytes_skip(doc->name, (size_t)at + sizeof mark - 1);
		size_t n = 0;
		while (n < rest.n && (is_digit(rest.p[n]) || (rest.p[n] == '.' && n + 1 < rest.n &&
		                                              is_digit(rest.p[n + 1]))))
			n++;
		r.release = bytes_slice(rest, 0, n);
	}
	return feed_json(doc, paths, on_row, &r, e);
}

static const char *const releases[] = {"1.0", "2.0", "3.0", "4.0", "5.0", "6.0?", NULL};
static const struct feed_url urls[] = {
	{"https://packages.broadcom.com/photon/photon_cve_metadata/cve_data_photon{release}.json",
         releases										      },
	{NULL,										     NULL},
};

const struct feed feed_photon = {
	.id = "photon",
	.title = "Photon OS vulnerabilities",
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
