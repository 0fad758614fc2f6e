/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_debian_list.c - data/CVE/list, the text that the Debian security tracker is made from.
 *
 * Format: debian.h; a head line "CVE-2023-1 (text)" at the left edge, then "{DSA-1-1 DLA-2-1}",
 * "- package 1.2-3 (low; bug #1)" for unstable, "[bookworm] - package <no-dsa> (why)" for one
 * release.  Source: the tracker's doc/security-team.d/security_tracker.
 * Gives: records of source packages.
 *
 * A release without a line of its own has what its bulletin says, else it is affected below the
 * version of unstable.  That holds only for releases that Debian still looks after: for the others
 * the list is silent, and so is this feed.
 */
#include "advise/debian.h"

#include <stdlib.h>
#include <string.h>

enum { WHOLE = 10000 }; /* entries: the list has had more since 2005 */

/* Releases, and the day on which long-term support ends; NULL: not known yet.
 * Source: wiki.debian.org/LTS. */
static const struct {
	const char *codename, *until;
} suites[] = {
	{"squeeze",  "2016-02-29"},
	{"wheezy",   "2018-05-31"},
	{"jessie",   "2020-06-30"},
	{"stretch",  "2022-06-30"},
	{"buster",   "2024-06-30"},
	{"bullseye", "2026-08-31"},
	{"bookworm", "2028-06-30"},
	{"trixie",   "2030-06-30"},
	{"forky",    NULL        },
	{"sid",      NULL        },
};

/* Words in place of a version, and what they mean. */
static const struct {
	const char *word;
	enum status status;
	bool is_detail; /* the word itself is worth keeping */
} words[] = {
	{"end-of-life",  STATUS_END_OF_LIFE,         true },
	{"ignored",      STATUS_WILL_NOT_FIX,        true },
	{"no-dsa",       STATUS_FIX_DEFERRED,        true },
	{"not-affected", STATUS_NOT_AFFECTED,        false},
	{"postponed",    STATUS_FIX_DEFERRED,        true },
	{"removed",      STATUS_AFFECTED,            false},
	{"undetermined", STATUS_UNDER_INVESTIGATION, false},
	{"unfixed",      STATUS_AFFECTED,            false},
};

/* An entry that concerns packages; kept until all documents of the import were seen. */
struct listed {
	const struct listed *before;
	struct bytes id, bulletins;
	const struct debian_line *lines;
	size_t n_lines;
	int64_t date_s; /* of the document */
};

struct list {
	const struct listed *last;
	uint64_t entries, lines; /* lines about packages */
};

struct reading {
	struct feed_sink *sink;
	struct list *list;
	int64_t date_s;
	struct bytes id, bulletins; /* in keep */
	bool is_rejected;
	struct debian_line lines[DEBIAN_ENTRY_LINES_MAX];
	size_t n_lines;
};

/* ---- reading ---- */

static int end_entry(struct reading *r, struct err *e)
{
	struct arena *keep = feed_keep(r->sink);
	struct list *list = r->list;
	if (r->is_rejected) {
		const struct vuln v = {.id = r->id, .is_rejected = true};
		if (feed_put_vuln(r->sink, &v, e) < 0)
			return -1;
	} else if (r->n_lines) {
		list->lines += r->n_lines;
		if (list->lines > (uint64_t)DEBIAN_LINES_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld lines about packages",
			               (long long)DEBIAN_LINES_MAX);
		struct debian_line *lines = arena_alloc(keep, r->n_lines * sizeof *lines);
		memcpy(lines, r->lines, r->n_lines * sizeof *lines);
		struct listed *en = arena_alloc(keep, sizeof *en);
		*en = (struct listed){.before = list->last,
		                      .id = r->id,
		                      .bulletins = r->bulletins,
		                      .lines = lines,
		                      .n_lines = r->n_lines,
		                      .date_s = r->date_s};
		list->last = en;
	}
	r->n_lines = 0;
	r->is_rejected = false;
	r->id = r->bulletins = (struct bytes){NULL, 0};
	return 0;
}

/* "CVE-2023-XXXX [text]" waits for a number: the text tells it from others of its kind. */
static struct bytes name_unnumbered(struct arena *a, struct bytes head)
{
	return bytes_str(arena_printf(a, "TEMP-0000000-%06X",
	                              (unsigned)(hash64(bytes_trim(head), 0) & 0xffffff)));
}

static void begin_entry(struct reading *r, struct bytes head)
{
	struct bytes id, rest = head;
	bytes_word(&rest, &id);
	r->list->entries++;
	bool is_unnumbered = bytes_ends(id, B("-XXXX"));
	r->id = is_unnumbered ? name_unnumbered(feed_keep(r->sink), head)
	                      : arena_dup(feed_keep(r->sink), id);
	if (!bytes_starts(id, B("CVE-")) && !bytes_starts(id, B("TEMP-")))
		feed_broken(r->sink, "\"%.*s\" is no id", BYTES_FMT(bytes_slice(id, 0, 80)));
}

static void add_line(struct reading *r, struct bytes text)
{
	struct arena *keep = feed_keep(r->sink);
	struct debian_line l;
	if (text.p[0] == '{' && text.p[text.n - 1] == '}') {
		r->bulletins = arena_dup(keep, bytes_slice(text, 1, text.n - 1));
	} else if (bytes_eq(text, B("REJECTED"))) {
		r->is_rejected = true;
	} else if (text.p[0] == '-' || text.p[0] == '[') {
		if (r->n_lines >= DEBIAN_ENTRY_LINES_MAX) {
			feed_broken(r->sink, "%.*s: more than %d lines about packages",
			            BYTES_FMT(r->id), DEBIAN_ENTRY_LINES_MAX);
			return;
		}
		if (!debian_line(text, &l)) {
			feed_broken(r->sink, "%.*s: \"%.*s\" is no line about a package",
			            BYTES_FMT(r->id), BYTES_FMT(bytes_slice(text, 0, 80)));
			return;
		}
		l.suite = arena_dup(keep, l.suite);
		l.package = arena_dup(keep, l.package);
		l.version = arena_dup(keep, l.version);
		l.word = arena_dup(keep, l.word);
		l.remark = arena_dup(keep, bytes_slice(l.remark, 0, DEBIAN_REMARK_MAX));
		r->lines[r->n_lines++] = l;
	}
	/* NOTE:, TODO:, RESERVED, NOT-FOR-US: and the like say nothing of packages */
}

static int read_list(struct reading *r, struct feed_lines *lines, struct err *e)
{
	struct bytes line;
	int got;
	while ((got = feed_lines_next(lines, &line, e)) == 1) {
		struct bytes text = bytes_trim(line);
		if (!text.n)
			continue;
		bool is_head = !is_blank(line.p[0]);
		if (is_head && end_entry(r, e) < 0)
			return -1;
		if (is_head)
			begin_entry(r, text);
		else if (r->id.n)
			add_line(r, text);
	}
	return got < 0 ? -1 : end_entry(r, e);
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct feed_lines lines = {.doc = doc};
	AUTO_FREE struct reading *r = mem_zalloc(sizeof *r);
	r->sink = s;
	r->list = feed_state(s, sizeof *r->list);
	r->date_s = doc->mtime_s > 0 ? doc->mtime_s : clock_now_s();
	struct list before = *r->list;
	int res = read_list(r, &lines, e);
	feed_lines_end(&lines);
	if (res < 0)
		*r->list = before;
	return res;
}

static int recognise(const struct feed_doc *doc)
{
	struct bytes head = doc->head, line, id;
	uint64_t n;
	if (!bytes_line(&head, &line) || !bytes_line(&head, &id))
		return 0;
	bool has_id = bytes_starts(line, B("CVE-")) && bytes_u64(bytes_slice(line, 4, 8), 9999, &n);
	return has_id && id.n && is_blank(id.p[0]) ? 80 : 0;
}

/* ---- settling ---- */

struct settling {
	struct feed_sink *sink;
	struct map *fixes; /* debian_fix by key */
	struct buf key;
};

static bool is_tracked(const char *until, int64_t date_s)
{
	int64_t end_s;
	return !until || (clock_parse(bytes_str(until), &end_s) && date_s <= clock_day_end(end_s));
}

/* Urgency words of a remark, which ';' parts: "low; bug #1". */
static enum severity urgency_of(struct bytes remark)
{
	struct bytes word;
	while (bytes_split(&remark, ';', &word)) {
		enum severity severity = debian_urgency(bytes_trim(word));
		if (severity != SEV_UNKNOWN)
			return severity;
	}
	return SEV_UNKNOWN;
}

/* 1: put a; 0: the line says nothing. */
static int set_line(const struct debian_line *l, struct advisory *a)
{
	a->n_ranges = 0;
	a->detail = (struct bytes){NULL, 0};
	a->status = STATUS_AFFECTED;
	if (l->version.n) {
		a->ranges[0] = (struct advisory_range){.fixed = l->version};
		a->n_ranges = 1;
		return 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!bytes_eq(l->word, bytes_str(words[i].word)))
			continue;
		a->status = words[i].status;
		if (words[i].is_detail)
			a->detail = l->word;
		return 1;
	}
	return 0; /* <itp>: not in Debian yet */
}

/* The version a bulletin of the entry gives for the package in the suite. */
static bool bulletin_fix(struct settling *st, const struct listed *en, struct bytes suite,
                         struct debian_line *l)
{
	struct bytes rest = en->bulletins, id;
	while (bytes_word(&rest, &id)) {
		buf_reset(&st->key);
		buf_addf(&st->key, "%.*s %.*s %.*s", BYTES_FMT(id), BYTES_FMT(suite),
		         BYTES_FMT(l->package));
		union map_value *slot = map_get(st->fixes, buf_bytes(&st->key));
		if (!slot)
			continue;
		l->version = ((const struct debian_fix *)slot->p)->version;
		return true;
	}
	return false;
}

static const struct debian_line *line_of(const struct listed *en, struct bytes suite,
                                         struct bytes package)
{
	for (size_t i = 0; i < en->n_lines; i++) {
		const struct debian_line *l = &en->lines[i];
		if (bytes_eq(l->suite, suite) && bytes_eq(l->package, package))
			return l;
	}
	return NULL;
}

/* What holds for a package in a suite: its own line, its bulletin, unstable. */
static bool find_line(struct settling *st, const struct listed *en, struct bytes suite,
                      struct debian_line *l)
{
	const struct bytes none = {NULL, 0};
	bool is_sid = bytes_eq(suite, B("sid"));
	const struct debian_line *own = is_sid ? NULL : line_of(en, suite, l->package);
	const struct debian_line *unstable = line_of(en, none, l->package);
	if (own)
		*l = *own;
	else if (!is_sid && bulletin_fix(st, en, suite, l))
		return true;
	else if (!unstable)
		return false;
	else if (!is_sid && en->bulletins.n && !map_count(st->fixes))
		return false; /* its bulletin is not at hand: better nothing than a wrong version */
	else
		*l = *unstable;
	return true;
}

static int put_suite(struct settling *st, const struct listed *en, struct bytes package,
                     struct bytes suite, struct err *e)
{
	const struct bytes none = {NULL, 0};
	char ns[48];
	struct advisory a = {.ns = debian_ns(suite, ns), .package = package, .id = en->id};
	struct debian_line l = {.package = package};
	const struct debian_line *unstable = line_of(en, none, package);
	if (!find_line(st, en, suite, &l) || !set_line(&l, &a))
		return 0;
	a.severity = urgency_of(l.remark);
	if (a.severity == SEV_UNKNOWN && unstable)
		a.severity = urgency_of(unstable->remark);
	if (a.severity == SEV_NEGLIGIBLE && !a.detail.n)
		a.detail = B("unimportant");
	return feed_put(st->sink, &a, e);
}

static int put_entry(struct settling *st, const struct listed *en, struct err *e)
{
	for (size_t i = 0; i < en->n_lines; i++) {
		struct bytes package = en->lines[i].package;
		bool is_seen = false;
		for (size_t j = 0; j < i && !is_seen; j++)
			is_seen = bytes_eq(en->lines[j].package, package);
		for (size_t j = 0; j < ARRAY_LEN(suites) && !is_seen; j++) {
			if (is_tracked(suites[j].until, en->date_s) &&
			    put_suite(st, en, package, bytes_str(suites[j].codename), e) < 0)
				return -1;
		}
	}
	return 0;
}

static int finish(struct feed_sink *s, struct err *e)
{
	const struct list *list = feed_state(s, sizeof *list);
	AUTO_MAP struct map *fixes = map_new();
	struct settling st = {.sink = s, .fixes = fixes};
	int res = 0;
	for (const struct debian_fix *f = debian_bulletin_fixes(s); f; f = f->before) {
		bool is_new;
		union map_value *slot = map_put(fixes, f->key, &is_new);
		const void *p = f;
		if (is_new)
			slot->p = (void *)(uintptr_t)p;
	}
	buf_init(&st.key, (size_t)FEED_LINE_MAX);
	for (const struct listed *en = list->last; en && res == 0; en = en->before)
		res = put_entry(&st, en, e);
	buf_fini(&st.key);
	if (list->entries < WHOLE)
		feed_partial(s, "is an excerpt of the tracker's list");
	else if (!debian_has_bulletins(s))
		feed_partial(s, "came without the DSA and DLA lists that it points into");
	return res;
}

static const struct feed_url urls[] = {
	{"https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/CVE/"
         "list", NULL},
	{NULL,            NULL},
};

const struct feed feed_debian_list = {
	.id = "debian-list",
	.title = "Debian security tracker, data/CVE/list",
	.urls = urls,
	.is_on_demand = true, /* the tracker's JSON says the same of the releases that it has */
	.recognise = recognise,
	.import = import,
	.finish = finish,
};
