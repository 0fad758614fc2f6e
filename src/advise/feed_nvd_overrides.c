/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_nvd_overrides.c - configurations for vulnerabilities that NVD has not analysed.
 *
 * Format: a JSON object a line, {"id", "modified", "configurations": [...]}, or one per document,
 * {"_annotation", "cve": {"id", "configurations"}}.
 * Source: anchore/nvd-data-overrides, README; configurations as in NVD's API 2.0.
 */
#include "advise/nvd.h"
#include "advise/sink.h"

static int recognise(const struct feed_doc *doc)
{
	bool is_line = feed_has(doc, "\"cna\"") || feed_has(doc, "\"_annotation\"");
	return feed_first(doc) == '{' && is_line && feed_has(doc, "\"configurations\"") &&
	                       feed_has(doc, "\"criteria\"")
	               ? 92
	               : 0;
}

static int read_record(struct feed_sink *s, const json_t *root, struct err *e)
{
	const json_t *cve = json_obj(root, "cve") ? json_obj(root, "cve") : root;
	struct bytes id = json_text(cve, "id");
	int64_t at_s = 0;
	if (!id.n)
		return err_set(e, ERR_FORMAT, "a record without id");
	if (clock_parse(json_text(root, "modified"), &at_s) && at_s > 0)
		feed_dated(s, at_s);
	return nvd_configurations(s, id, at_s, json_object_get(cve, "configurations"), e);
}

static int read_text(struct feed_sink *s, struct bytes text, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_data(text, "record", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	return read_record(s, root, e);
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct feed_lines l = {.doc = doc};
	int res = 0;
	if (feed_has(doc, "\"_annotation\"")) {
		AUTO_BUF struct buf all = {0};
		return feed_load(doc, (size_t)FEED_RECORD_MAX, &all, e) < 0
		               ? -1
		               : read_text(s, buf_bytes(&all), e);
	}
	for (struct bytes line; (res = feed_lines_next(&l, &line, e)) > 0;) {
		struct err why;
		if (!line.n || read_text(s, line, &why) == 0)
			continue;
		if (feed_sink_failed(s)) {
			res = err_set(e, why.kind, "%s", why.msg);
			break;
		}
		feed_broken(s, "line %llu: %s", (unsigned long long)l.line, why.msg);
	}
	feed_lines_end(&l);
	return res;
}

const struct feed feed_nvd_overrides = {
	.id = "nvd-overrides",
	.title = "configurations that NVD lacks",
	.recognise = recognise,
	.import = import,
};
