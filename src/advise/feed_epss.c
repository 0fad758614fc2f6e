/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_epss.c - how probable it is that a vulnerability is exploited within 30 days.
 *
 * Format: "#model_version:v2023.03.01,score_date:2025-02-20T00:00:00+0000", then a header
 * "cve,epss,percentile" and a row per CVE; the oldest files have neither the first line nor the
 * last column.  Source: FIRST, "EPSS Data and Statistics".
 */
#include "advise/feed.h"

#include <string.h>

enum { BROKEN_NAMED = 20, FRACTION_DIGITS = 17 };

static int epss_recognise(const struct feed_doc *doc)
{
	if (bytes_starts(doc->head, B("cve,epss")))
		return 95;
	return bytes_starts(doc->head, B("#")) && feed_has(doc, "\ncve,epss") ? 95 : 0;
}

/* "0.97567", "1", "1e-05" from 0 to 1.  Written out by hand: a feed has 700,000 of them. */
static bool probability(struct bytes b, double *ret)
{
	uint64_t n = 0, scale = 1;
	struct bytes whole, part, digits, power;
	uint64_t exponent = 0;
	if (bytes_cut(b, 'e', &digits, &power)) {
		if (!bytes_starts(power, B("-")) || !bytes_u64(bytes_skip(power, 1), 30, &exponent))
			return false;
		b = digits;
	}
	bool has_part = bytes_cut(b, '.', &whole, &part);
	if (!bytes_u64(whole, 9, &n) || (has_part && !part.n))
		return false;
	for (size_t i = 0; i < part.n; i++) {
		if (!is_digit(part.p[i]))
			return false;
		if (i < FRACTION_DIGITS) {
			n = n * 10 + (uint64_t)(part.p[i] - '0');
			scale *= 10;
		}
	}
	double v = (double)n / (double)scale;
	for (uint64_t i = 0; i < exponent; i++)
		v /= 10;
	if (v > 1)
		return false;
	*ret = v;
	return true;
}

/* The day in "#model_version:...,score_date:2025-02-20T00:00:00+0000". */
static void read_date(struct bytes line, struct feed_sink *s)
{
	int64_t at_s;
	ssize_t at = bytes_search(line, B("score_date:"));
	if (at < 0)
		return;
	struct bytes day = bytes_skip(line, (size_t)at + strlen("score_date:"));
	if (clock_parse(bytes_slice(day, 0, strlen("2025-02-20")), &at_s))
		feed_dated(s, at_s);
}

static bool read_row(struct bytes line, bool has_percentile, struct vuln *v)
{
	struct bytes score, percentile = {NULL, 0};
	if (!bytes_cut(line, ',', &v->id, &score) || !bytes_starts(v->id, B("CVE-")))
		return false;
	if (has_percentile && !bytes_cut(score, ',', &score, &percentile))
		return false;
	return probability(score, &v->epss) &&
	       (!has_percentile || probability(percentile, &v->epss_percentile));
}

static int read_rows(struct feed_lines *l, struct feed_sink *s, struct err *e)
{
	struct bytes line;
	bool has_head = false, has_percentile = false;
	uint64_t broken = 0;
	int res;
	while ((res = feed_lines_next(l, &line, e)) > 0) {
		struct vuln v = {.has_epss = true};
		if (!line.n)
			continue;
		if (!has_head && line.p[0] == '#') {
			read_date(line, s);
			continue;
		}
		if (!has_head) {
			has_percentile = bytes_starts(line, B("cve,epss,percentile"));
			has_head = has_percentile || bytes_eq(line, B("cve,epss"));
			if (!has_head)
				return err_set(e, ERR_FORMAT, "line %llu: no \"cve,epss\"",
				               (unsigned long long)l->line);
			continue;
		}
		if (!read_row(line, has_percentile, &v)) {
			if (++broken <= BROKEN_NAMED)
				feed_broken(s, "line %llu is no score",
				            (unsigned long long)l->line);
			continue;
		}
		if (feed_put_vuln(s, &v, e) < 0)
			return -1;
	}
	if (broken > BROKEN_NAMED)
		feed_broken(s, "%llu more lines are no scores",
		            (unsigned long long)(broken - BROKEN_NAMED));
	if (res == 0 && !has_head)
		return err_set(e, ERR_FORMAT, "no \"cve,epss\"");
	return res;
}

static int epss_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct feed_lines lines = {.doc = doc};
	int res = read_rows(&lines, s, e);
	feed_lines_end(&lines);
	return res;
}

static const struct feed_url epss_urls[] = {
	{"https://epss.cyentia.com/epss_scores-current.csv.gz", NULL},
	{NULL,						  NULL},
};

const struct feed feed_epss = {
	.id = "epss",
	.title = "FIRST exploit prediction scores",
	.by_vuln = true,
	.urls = epss_urls,
	.recognise = epss_recognise,
	.import = epss_import,
};
