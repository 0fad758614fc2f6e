/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_psf.c - the Python Software Foundation's advisories for CPython itself.
 *
 * Format: OSV records PSF-*, whose ranges are commits of a repository: which release has which
 * commit they do not say, so that no version can be judged by them.  They are kept to say so.
 * Source: psf/advisory-database.
 */
#include "advise/osv.h"

static int psf_recognise(const struct feed_doc *doc)
{
	return osv_looks(doc) && osv_has_id(doc, B("PSF-")) ? 95 : 0;
}

static int read_psf(struct feed_sink *s, const json_t *doc, struct err *e)
{
	struct advisory v = {.ns = B("generic"), .package = B("python"), .is_unmatchable = true};
	size_t i;
	const json_t *at;
	int64_t at_s;
	v.ref = v.id = json_text(doc, "id");
	if (!v.id.n)
		return err_set(e, ERR_FORMAT, "a record without id");
	if (clock_parse(json_text(doc, "modified"), &at_s) && at_s > 0) {
		v.modified_s = at_s;
		feed_dated(s, at_s);
	}
	if (json_text(doc, "withdrawn").n)
		return 0;
	json_array_foreach(json_list(doc, "aliases"), i, at)
	{
		if (osv_is_cve(json_bytes(at)) && bytes_eq(v.id, v.ref))
			v.id = json_bytes(at);
	}
	if (bytes_eq(v.id, v.ref))
		v.ref = (struct bytes){NULL, 0};
	struct vuln about = {.id = v.id, .title = json_text(doc, "summary")};
	return feed_put(s, &v, e) < 0 || feed_put_vuln(s, &about, e) < 0 ? -1 : 0;
}

static int psf_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return osv_each(doc, s, read_psf, e);
}

static const struct feed_url urls[] = {
	{"https://codeload.github.com/psf/advisory-database/tar.gz/refs/heads/main", NULL},
	{NULL,								       NULL},
};

const struct feed feed_psf = {
	.id = "psf",
	.title = "Python Software Foundation advisories for CPython (commits only)",
	.urls = urls,
	.recognise = psf_recognise,
	.import = psf_import,
};
