/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_php_advisories.c - FriendsOfPHP's advisories for Packagist.
 *
 * Format: a YAML mapping per advisory: "reference: composer://vendor/package", "cve", "branches"
 * each with "versions": comparisons that must all hold for a version to be affected.
 * Source: FriendsOfPHP/security-advisories, README.
 */
#include "advise/language.h"

#include "advise/feed.h"
#include "advise/osv.h"
#include "advise/spans.h"

static int php_recognise(const struct feed_doc *doc)
{
	return feed_has(doc, "\nreference:") && feed_has(doc, "composer://") &&
	                       feed_has(doc, "\nbranches:")
	               ? 70
	               : 0;
}

static int add_branch(const json_t *branch, struct arena *a, struct advisory *v, struct err *e)
{
	struct span s, all = {.is_fix = true};
	size_t i;
	const json_t *at;
	AUTO_BUF struct buf text;
	buf_init(&text, KIB(4));
	json_array_foreach(json_list(branch, "versions"), i, at)
	{
		if (i)
			buf_addc(&text, ',');
		buf_add(&text, json_bytes(at));
	}
	if (!text.n)
		return 0;
	if (text.overflow)
		return err_set(e, ERR_LIMIT, "a branch of more than 4 KiB");
	if (span_parse(arena_dup(a, buf_bytes(&text)), VERSION_PACKAGIST, a, &s, e) < 0)
		return -1;
	s.is_fix = all.is_fix;
	return osv_add_range(v, span_range(&s), e);
}

static int read_advisory(struct feed_doc *doc, json_t *y, struct feed_sink *s, struct err *e)
{
	struct arena *a = feed_arena(s);
	struct bytes reference = json_text(y, "reference"), cve = json_text(y, "cve");
	if (!bytes_starts(reference, B("composer://")))
		return err_set(e, ERR_FORMAT, "no reference to a package of Composer");
	struct bytes package = bytes_skip(reference, B("composer://").n);
	struct advisory v = {.ns = B("composer")};
	v.package = language_name(language_by_type(v.ns), package, a);
	v.ref = bytes_str(arena_printf(a, "FriendsOfPHP/%.*s/%.*s", BYTES_FMT(package),
	                               BYTES_FMT(path_base(doc->name))));
	v.id = osv_is_cve(cve) ? cve : v.ref;
	if (bytes_eq(v.id, v.ref))
		v.ref = (struct bytes){NULL, 0};
	const char *name;
	json_t *branch;
	json_object_foreach(y ? json_object_get(y, "branches") : NULL, name, branch)
	{
		int64_t day_s;
		if (clock_parse(bytes_slice(json_text(branch, "time"), 0, 10), &day_s))
			feed_dated(s, day_s);
		if (add_branch(branch, a, &v, e) < 0)
			return err_wrap(e, "%s", name);
	}
	struct vuln about = {.id = v.id, .title = json_text(y, "title")};
	if (!v.n_ranges)
		return 0;
	return feed_put(s, &v, e) < 0 || feed_put_vuln(s, &about, e) < 0 ? -1 : 0;
}

static int php_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *y = NULL;
	if (feed_load(doc, (size_t)FEED_LINE_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), "advisory", YAML_FEED, &y, e) < 0)
		return -1;
	return read_advisory(doc, y, s, e);
}

static const struct feed_url urls[] = {
	{"https://codeload.github.com/FriendsOfPHP/security-advisories/tar.gz/refs/heads/master",
         NULL											 },
	{NULL,										    NULL},
};

const struct feed feed_php_advisories = {
	.id = "php-advisories",
	.title = "FriendsOfPHP's advisories for Packagist",
	.urls = urls,
	.recognise = php_recognise,
	.import = php_import,
};
