/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debian.c - lines and bulletins of Debian's lists.
 *
 * Format of a bulletin: "[29 Mar 2023] DSA-5380-1 xorg-server - security update", then "{CVE-..}",
 * "[suite] - package version", "NOTE: ...", indented in any way.  Bulletins without a CVE: one that
 * says "security" is a vulnerability under its own id, the others (regressions, time zones) are
 * none.
 */
#include "advise/debian.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char shared_key[] = "debian-bulletins";

struct shared {
	struct debian_fix *last;
	bool has_some;
};

enum severity debian_urgency(struct bytes word)
{
	static const struct {
		const char *word;
		enum severity severity;
	} words[] = {
		{"unimportant", SEV_NEGLIGIBLE},
		{"low",         SEV_LOW       },
		{"medium",      SEV_MEDIUM    },
		{"high",        SEV_HIGH      },
	};
	while (word.n && word.p[word.n - 1] == '*') /* old dumps of the tracker: "high**" */
		word.n--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq(word, bytes_str(words[i].word)))
			return words[i].severity;
	}
	return SEV_UNKNOWN;
}

struct bytes debian_ns(struct bytes codename, char ret[48])
{
	struct bytes number = distro_release(distro_by_id(B("debian")), codename);
	snprintf(ret, 48, "debian:%.*s", BYTES_FMT(number.n ? number : codename));
	return bytes_str(ret);
}

/* Cuts what stands between open and close at the start of *rest. */
static bool cut_pair(struct bytes *rest, uint8_t open, uint8_t close, struct bytes *ret)
{
	ssize_t end = bytes_find(*rest, close);
	if (!rest->n || rest->p[0] != open || end < 0)
		return false;
	*ret = bytes_trim(bytes_slice(*rest, 1, (size_t)end));
	*rest = bytes_trim(bytes_skip(*rest, (size_t)end + 1));
	return true;
}

bool debian_line(struct bytes text, struct debian_line *ret)
{
	struct debian_line l = {
		.suite = {NULL, 0}
        };
	struct bytes rest = bytes_trim(text), dash;
	cut_pair(&rest, '[', ']', &l.suite);
	if (!bytes_word(&rest, &dash) || !bytes_eq(dash, B("-")) || !bytes_word(&rest, &l.package))
		return false;
	rest = bytes_trim(rest);
	if (!cut_pair(&rest, '<', '>', &l.word) &&
	    !(rest.n && rest.p[0] != '(' && bytes_word(&rest, &l.version)))
		return false;
	rest = bytes_trim(rest);
	if (rest.n && rest.p[0] == '(')
		l.remark = bytes_slice(rest, 1, bytes_ends(rest, B(")")) ? rest.n - 1 : rest.n);
	if (l.suite.n > DEBIAN_SUITE_MAX || l.package.n > DEBIAN_WORD_MAX ||
	    l.word.n > DEBIAN_WORD_MAX || l.version.n > (size_t)VERSION_LEN_MAX)
		return false;
	*ret = l;
	return true;
}

/* ---- bulletins ---- */

struct bulletin {
	struct feed_sink *sink;
	struct shared *shared;
	struct bytes prefix, id, title;
	int64_t date_s;
	struct arena *arena; /* of this bulletin */
	struct bytes ids[DEBIAN_IDS_MAX];
	struct debian_line fixes[DEBIAN_FIXES_MAX];
	size_t n_ids, n_fixes;
};

static struct shared *shared_of(struct feed_sink *s)
{
	return feed_shared(s, shared_key, sizeof(struct shared));
}

const struct debian_fix *debian_bulletin_fixes(struct feed_sink *s) { return shared_of(s)->last; }
bool debian_has_bulletins(struct feed_sink *s) { return shared_of(s)->has_some; }

/* Day, month and year as bulletins write them: "29 Mar 2023". */
static int64_t parse_day(struct bytes text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct bytes day, month, year;
	uint64_t d, y;
	int64_t s;
	char iso[40];
	if (!bytes_word(&text, &day) || !bytes_word(&text, &month) || !bytes_word(&text, &year) ||
	    !bytes_u64(day, 31, &d) || !bytes_u64(year, 9999, &y) || month.n != 3)
		return 0;
	ssize_t at = bytes_search(bytes_str(months), month);
	if (at < 0 || at % 3)
		return 0;
	snprintf(iso, sizeof iso, "%04u-%02u-%02u", (unsigned)y, (unsigned)at / 3 + 1, (unsigned)d);
	return clock_parse(bytes_str(iso), &s) ? s : 0;
}

static void share_fix(struct bulletin *b, const struct debian_line *l)
{
	struct arena *a = feed_common(b->sink);
	struct debian_fix *f = arena_alloc(a, sizeof *f);
	f->key = bytes_str(arena_printf(a, "%.*s %.*s %.*s", BYTES_FMT(b->id), BYTES_FMT(l->suite),
	                                BYTES_FMT(l->package)));
	f->version = arena_dup(a, l->version);
	f->before = b->shared->last;
	b->shared->last = f;
}

static int put_fix(struct bulletin *b, const struct debian_line *l, struct err *e)
{
	char ns[48];
	struct advisory a = {.ns = debian_ns(l->suite, ns),
	                     .package = l->package,
	                     .ref = b->id,
	                     .modified_s = b->date_s};
	if (l->version.n) {
		a.ranges[0].fixed = l->version;
		a.n_ranges = 1;
		share_fix(b, l);
	} else if (bytes_eq(l->word, B("not-affected"))) {
		a.status = STATUS_NOT_AFFECTED;
	} else if (bytes_eq(l->word, B("end-of-life"))) {
		a.status = STATUS_END_OF_LIFE;
	} else if (!bytes_eq(l->word, B("unfixed"))) {
		feed_broken(b->sink, "%.*s: \"<%.*s>\" is not known", BYTES_FMT(b->id),
		            BYTES_FMT(l->word));
		return 0;
	}
	for (size_t i = 0; i < b->n_ids; i++) {
		a.id = b->ids[i];
		if (feed_put(b->sink, &a, e) < 0)
			return -1;
	}
	if (b->n_ids || bytes_search(b->title, B("security")) < 0)
		return 0;
	a.id = b->id;
	return feed_put(b->sink, &a, e);
}

static int end_bulletin(struct bulletin *b, struct err *e)
{
	for (size_t i = 0; i < b->n_fixes; i++) {
		if (put_fix(b, &b->fixes[i], e) < 0)
			return -1;
	}
	arena_free(b->arena);
	b->arena = arena_new();
	b->n_ids = b->n_fixes = 0;
	b->id = (struct bytes){NULL, 0};
	return 0;
}

static void begin_bulletin(struct bulletin *b, struct bytes head)
{
	struct bytes day, id;
	if (!cut_pair(&head, '[', ']', &day) || !bytes_word(&head, &id) ||
	    !bytes_starts(id, b->prefix)) {
		feed_broken(b->sink, "\"%.*s\" is no bulletin",
		            BYTES_FMT(bytes_slice(head, 0, 80)));
		return;
	}
	b->id = arena_dup(b->arena, id);
	b->title = arena_dup(b->arena, head);
	b->date_s = parse_day(day);
	feed_dated(b->sink, b->date_s);
}

static void add_ids(struct bulletin *b, struct bytes list)
{
	struct bytes id;
	while (bytes_word(&list, &id)) {
		if (b->n_ids >= DEBIAN_IDS_MAX) {
			feed_broken(b->sink, "%.*s: more than %d ids", BYTES_FMT(b->id),
			            DEBIAN_IDS_MAX);
			return;
		}
		b->ids[b->n_ids++] = arena_dup(b->arena, id);
	}
}

static void add_line(struct bulletin *b, struct bytes text)
{
	struct bytes list;
	struct debian_line l;
	if (cut_pair(&text, '{', '}', &list)) {
		add_ids(b, list);
	} else if (debian_line(text, &l) && l.suite.n) {
		if (b->n_fixes >= DEBIAN_FIXES_MAX) {
			feed_broken(b->sink, "%.*s: more than %d lines", BYTES_FMT(b->id),
			            DEBIAN_FIXES_MAX);
			return;
		}
		l.suite = arena_dup(b->arena, l.suite);
		l.package = arena_dup(b->arena, l.package);
		l.version = arena_dup(b->arena, l.version);
		l.word = arena_dup(b->arena, l.word);
		b->fixes[b->n_fixes++] = l;
	} else if (!bytes_starts(text, B("NOTE:")) && !bytes_starts(text, B("TODO:"))) {
		feed_broken(b->sink, "%.*s: \"%.*s\" is of no kind that is known", BYTES_FMT(b->id),
		            BYTES_FMT(bytes_slice(text, 0, 80)));
	}
}

static int read_bulletins(struct bulletin *b, struct feed_lines *lines, struct err *e)
{
	struct bytes line;
	int got;
	while ((got = feed_lines_next(lines, &line, e)) == 1) {
		struct bytes text = bytes_trim(line);
		if (!text.n)
			continue;
		bool is_head = line.p[0] == '[';
		if (is_head && end_bulletin(b, e) < 0)
			return -1;
		if (is_head)
			begin_bulletin(b, text);
		else if (b->id.n)
			add_line(b, text);
	}
	return got < 0 ? -1 : end_bulletin(b, e);
}

int debian_bulletins(struct feed_doc *doc, struct feed_sink *s, struct bytes prefix, struct err *e)
{
	struct feed_lines lines = {.doc = doc};
	AUTO_FREE struct bulletin *b = mem_zalloc(sizeof *b);
	b->sink = s;
	b->prefix = prefix;
	b->arena = arena_new();
	b->shared = shared_of(s);
	b->shared->has_some = true;
	int res = read_bulletins(b, &lines, e);
	arena_free(b->arena);
	feed_lines_end(&lines);
	return res;
}

int debian_is_bulletins(const struct feed_doc *doc, struct bytes prefix)
{
	struct bytes head = doc->head, line, day, id;
	while (bytes_line(&head, &line)) {
		if (!bytes_trim(line).n)
			continue;
		line = bytes_trim(line);
		return cut_pair(&line, '[', ']', &day) && bytes_word(&line, &id) &&
		                       bytes_starts(id, prefix)
		               ? 90
		               : 0;
	}
	return 0;
}
