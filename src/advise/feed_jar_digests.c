/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_jar_digests.c - which artifact of Maven a jar is, by its SHA-1: for jars that say it wrongly
 * or not at all.  It says nothing of vulnerabilities.
 *
 * Format: a line each, parted by tabs or blanks: SHA1 GROUP ARTIFACT VERSION; "#" begins a remark.
 * Such a list can be made of a repository's index (its field "1" is the SHA-1), of the .sha1 files
 * that lie beside the jars of a repository, or of the table of digests that Trivy keeps of Maven
 * Central.
 * Source: Maven indexer, "Central index"; aquasecurity/trivy-java-db.
 */
#include "advise/feed.h"

#include "advise/jar_digests.h"

static bool read_line(struct bytes line, struct bytes word[4])
{
	struct bytes remark, rest;
	size_t n = 0;
	bytes_cut(line, '#', &rest, &remark);
	while (n < 4 && bytes_word(&rest, &word[n]))
		n++;
	return n == 4 && !bytes_trim(rest).n;
}

static bool is_sha1(struct bytes b)
{
	bool res = b.n == JAR_SHA1_HEX;
	for (size_t i = 0; i < b.n && res; i++)
		res = is_digit(b.p[i]) || (to_lower(b.p[i]) >= 'a' && to_lower(b.p[i]) <= 'f');
	return res;
}

static bool is_remark(struct bytes line)
{
	line = bytes_trim(line);
	return !line.n || line.p[0] == '#';
}

/* The first line that is no remark is one of the list. */
static int jars_recognise(const struct feed_doc *doc)
{
	struct bytes rest = doc->head, line, word[4];
	while (bytes_line(&rest, &line) && is_remark(line))
		;
	return read_line(line, word) && is_sha1(word[0]) && bytes_find(word[2], '/') < 0 ? 60 : 0;
}

static int put_line(struct feed_sink *s, struct bytes line, struct err *e)
{
	struct arena *a = feed_arena(s);
	struct bytes word[4];
	uint8_t hex[JAR_SHA1_HEX];
	if (!read_line(line, word) || !is_sha1(word[0])) {
		feed_broken(s, "\"%.*s\" is not SHA1 GROUP ARTIFACT VERSION",
		            BYTES_FMT(bytes_slice(line, 0, 80)));
		return 0;
	}
	for (size_t i = 0; i < sizeof hex; i++)
		hex[i] = to_lower(word[0].p[i]);
	struct bytes name =
		bytes_str(arena_printf(a, "%.*s:%.*s", BYTES_FMT(word[1]), BYTES_FMT(word[2])));
	struct advisory v = {.ns = B(JAR_DIGESTS_NS),
	                     .package = bytes_of(hex, sizeof hex),
	                     .id = name,
	                     .detail = word[3],
	                     .status = STATUS_NOT_AFFECTED};
	return feed_put(s, &v, e);
}

static int jars_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct feed_lines lines = {.doc = doc};
	struct bytes line;
	int got;
	while ((got = feed_lines_next(&lines, &line, e)) == 1) {
		if (!is_remark(line) && put_line(s, line, e) < 0) {
			got = -1;
			break;
		}
	}
	feed_lines_end(&lines);
	return got < 0 ? -1 : 0;
}

const struct feed feed_jar_digests = {
	.id = JAR_DIGESTS_FEED,
	.title = "artifacts of Maven by the digest of their jar",
	.is_side = true,
	.recognise = jars_recognise,
	.import = jars_import,
};
