/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_debian_support.c - packages whose security support ends before that of their release.
 *
 * Format: "package version date text" by blanks, '#' begins a remark; the release is in the name of
 * the file, "security-support-ended.deb12".  Source: Debian package debian-security-support.
 * Gives: record ADVISORY_SUPPORT of source packages, detail the day.  security-support-limited (a
 * package, why its support is limited) and the copy without a release in its name say nothing that
 * can be stored, and are passed over.
 */
#include "advise/debian.h"

#include <stdio.h>
#include <string.h>

#include "advise/match.h"

static const char ended[] = "security-support-ended";

/* "12" of "PATH/security-support-ended.deb12", absent for none. */
static struct bytes release_of(struct bytes name)
{
	ssize_t at = bytes_search(name, B("security-support-ended.deb"));
	struct bytes release =
		at < 0 ? (struct bytes){NULL, 0} : bytes_skip(name, (size_t)at + strlen(ended) + 4);
	uint64_t n;
	return bytes_u64(release, 99, &n) ? release : (struct bytes){NULL, 0};
}

static int put_line(struct feed_sink *s, struct bytes release, struct bytes line, struct err *e)
{
	struct bytes package, version, day, rest = line;
	int64_t day_s;
	char ns[32];
	if (!bytes_word(&rest, &package))
		return 0;
	if (!bytes_word(&rest, &version) || !bytes_word(&rest, &day) || !clock_parse(day, &day_s)) {
		feed_broken(s, "\"%.*s\" has no day", BYTES_FMT(bytes_slice(line, 0, 80)));
		return 0;
	}
	snprintf(ns, sizeof ns, "debian:%.*s", BYTES_FMT(release));
	struct advisory a = {
		.ns = bytes_str(ns), .package = package, .id = B(ADVISORY_SUPPORT), .detail = day};
	if (bytes_ends(package, B(".*"))) { /* "node-.*": all whose name begins so */
		a.package = B(ADVISORY_PATTERNS);
		a.ref = bytes_slice(package, 0, package.n - 2);
	}
	return feed_put(s, &a, e);
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct feed_lines lines = {.doc = doc};
	struct bytes release = release_of(doc->name), line, remark;
	int got = 0;
	while (release.n && (got = feed_lines_next(&lines, &line, e)) == 1) {
		bytes_cut(line, '#', &line, &remark);
		got = put_line(s, release, line, e);
		if (got < 0)
			break;
	}
	feed_lines_end(&lines);
	return got < 0 ? -1 : 0;
}

static int recognise(const struct feed_doc *doc)
{
	bool is_named = bytes_search(doc->name, B("security-support-ended")) >= 0 ||
	                bytes_search(doc->name, B("security-support-limited")) >= 0;
	uint8_t first = feed_first(doc);
	return is_named && (first == '#' || is_alnum(first) || first == 0) ? 90 : 0;
}

static const char *const releases[] = {"9?", "10?", "11?", "12", "13?", "14?", NULL};
static const struct feed_url urls[] = {
	{"https://salsa.debian.org/debian/debian-security-support/-/raw/master/"
         "security-support-ended.deb{release}", releases},
	{NULL,					   NULL    },
};

const struct feed feed_debian_support = {
	.id = "debian-support",
	.title = "Debian security support",
	.is_side = true,
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
