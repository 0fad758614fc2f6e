/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_findings.c - the findings of a report as rows, grouped by package or path.
 *
 * Where all columns fit, each finding is a row of all of them (always so without a limit of width,
 * where every row repeats its package, so that the lines can be searched).  Else the package stands
 * above its rows.  No finding is left out, and no version, id or path is cut; only the last column
 * of a vulnerability is, and for one without a title the advisory stands where a reason would not
 * fit.
 */
#include "render/table.h"

#include <stdlib.h>
#include <string.h>

enum column {
	COL_TARGET,
	COL_INSTALLED,
	COL_FIXED,
	COL_SEVERITY,
	COL_ID,
	COL_STATUS,
	COL_FIX, /* fixed and status in one */
	COL_RISK,
	COL_LAYER,
	COL_WHY,
	COL__MAX
};

enum {
	INDENT = 2,
	GAP = 2,
	WHY_MIN = 32,    /* columns: with less, the reason is not worth a column of a full table */
	WHY_NARROW = 30, /* the same where the package stands above the rows */
	CELL_NARROW = 8, /* no column is squeezed below */
	CELL_WIDE = 60, /* without a limit of width: a longer cell stands out of its column, so that
	                   one long name does not fill a thousand rows with blanks */
};

static const char *const titles[COL__MAX] = {
	[COL_TARGET] = "PACKAGE", [COL_INSTALLED] = "INSTALLED",
	[COL_FIXED] = "FIXED IN", [COL_SEVERITY] = "SEVERITY",
	[COL_ID] = "ID",          [COL_STATUS] = "STATUS",
	[COL_FIX] = "FIXED IN",   [COL_RISK] = "KEV/EPSS",
	[COL_LAYER] = "LAYER",    [COL_WHY] = "WHY",
};

/* One row of all columns; and the package above rows of the others. */
static const enum column full_set[] = {COL_TARGET, COL_INSTALLED, COL_FIXED, COL_SEVERITY, COL_ID,
                                       COL_STATUS, COL_RISK,      COL_LAYER, COL_WHY};
static const enum column narrow_set[] = {COL_SEVERITY, COL_ID, COL_FIX, COL_RISK, COL_WHY};

/* The contract's words are for programs; these say it to people, where a version would stand. */
static const char *const no_fix[STATUS__MAX] = {
	[STATUS_AFFECTED] = "no fix yet",
	[STATUS_FIXED] = "fixed",
	[STATUS_WILL_NOT_FIX] = "will not fix",
	[STATUS_FIX_DEFERRED] = "fix deferred",
	[STATUS_END_OF_LIFE] = "end of life",
	[STATUS_UNDER_INVESTIGATION] = "under investigation",
};

static const struct {
	const char *title, *target;
} sections[CHECK__MAX] = {
	[CHECK_VULNERABILITY] = {"Vulnerabilities", "PACKAGE"},
	[CHECK_SECRET] = {"Secrets",         "PATH"   },
	[CHECK_MALWARE] = {"Malware",         "PATH"   },
	[CHECK_CONFIG] = {"Configuration",   "PATH"   },
	[CHECK_USER] = {"Users",           "PATH"   },
	[CHECK_BINARY] = {"Binaries",        "PATH"   },
	[CHECK_FILE] = {"Files",           "PATH"   },
	[CHECK_LICENSE] = {"Licenses",        "PACKAGE"},
	[CHECK_DOCKERFILE] = {"Dockerfile",      "PATH"   },
	[CHECK_LINEAGE] = {"Lineage",         "TARGET" },
	[CHECK_TEST] = {"Tests",           "TARGET" },
	[CHECK_RUNTIME] = {"Run time",        "TARGET" },
};

struct row {
	const struct finding *f;
	size_t order; /* place in the report */
	size_t group;
	struct cell cells[COL__MAX];
};

struct group {
	enum severity worst;
	bool is_kev;
	size_t n_worst, order;
};

struct section {
	const struct report *r;
	struct row *rows;
	size_t n;
	struct group *groups;
	const char *target; /* title of its first column */
	bool is_why_cut;    /* to one line */
	bool says_waiver;
	unsigned width[COL__MAX]; /* 0: the column is empty */
};

enum paint table_severity_paint(enum severity s)
{
	static const enum paint paints[SEV__MAX] = {
		[SEV_UNKNOWN] = PAINT_ODD, [SEV_NEGLIGIBLE] = PAINT_DIM,
		[SEV_LOW] = PAINT_COOL,    [SEV_MEDIUM] = PAINT_WARN,
		[SEV_HIGH] = PAINT_BAD,    [SEV_CRITICAL] = PAINT_WORST,
	};
	return paints[s];
}

struct bytes table_counts(struct page *p, const struct severity_counts *c)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(1));
	for (int s = SEV__MAX - 1; s >= 0; s--) {
		if (c->n[s])
			buf_addf(&b, "%s%zu %s", b.n ? ", " : "", c->n[s],
			         s == SEV_UNKNOWN ? "of unknown severity"
			                          : severity_name((enum severity)s));
	}
	return b.n ? arena_dup(p->arena, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

static struct bytes target_of(const struct finding *f)
{
	if (f->package_name.n)
		return f->package_name;
	if (f->package.n)
		return f->package;
	return f->location.path.n ? f->location.path : B("(image)");
}

/* What makes two findings stand in one group. */
static int group_cmp(const struct finding *a, const struct finding *b)
{
	int c = bytes_cmp(target_of(a), target_of(b));
	if (!c)
		c = bytes_cmp(a->installed, b->installed);
	if (!c)
		c = (a->location.layer > b->location.layer) -
		    (a->location.layer < b->location.layer);
	return c ? c : a->location.is_deleted - b->location.is_deleted;
}

static int by_target(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	int c = group_cmp(a->f, b->f);
	return c ? c : (a->order > b->order) - (a->order < b->order);
}

/* The group with the worst finding first, then the one that is known to be exploited, then the one
 * with more of the worst, then by name. */
static int by_group(const void *pa, const void *pb, void *groups)
{
	const struct row *a = pa, *b = pb;
	const struct group *x = (const struct group *)groups + a->group;
	const struct group *y = (const struct group *)groups + b->group;
	if (x->worst != y->worst)
		return x->worst > y->worst ? -1 : 1;
	if (x->is_kev != y->is_kev)
		return x->is_kev ? -1 : 1;
	if (x->n_worst != y->n_worst)
		return x->n_worst > y->n_worst ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static void make_groups(struct page *p, struct section *s)
{
	qsort(s->rows, s->n, sizeof *s->rows, by_target);
	s->groups = arena_alloc(p->arena, s->n * sizeof *s->groups);
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct finding *f = s->rows[i].f;
		if (!i || group_cmp(s->rows[i - 1].f, f) != 0)
			s->groups[n++] = (struct group){.worst = f->severity};
		struct group *g = &s->groups[n - 1];
		if (f->severity > g->worst)
			*g = (struct group){.worst = f->severity, .is_kev = g->is_kev};
		g->n_worst += f->severity == g->worst;
		g->is_kev |= f->is_kev;
		s->rows[i].group = n - 1;
	}
	qsort_r(s->rows, s->n, sizeof *s->rows, by_group, s->groups);
}

/* "97.5%", without the decimal comma of a locale. */
static struct bytes risk_of(struct page *p, const struct finding *f)
{
	const char *kev = f->is_kev ? "KEV" : "";
	if (!(f->epss >= 0))
		return bytes_str(kev);
	unsigned tenths = (unsigned)(MIN_OF(f->epss, 1.0) * 1000 + 0.5);
	const char *gap = f->is_kev ? " " : "";
	if (!tenths)
		return bytes_str(arena_printf(p->arena, "%s%s<0.1%%", kev, gap));
	return bytes_str(arena_printf(p->arena, "%s%s%u.%u%%", kev, gap, tenths / 10, tenths % 10));
}

static struct bytes layer_of(struct page *p, const struct report *r, const struct finding *f)
{
	const char *deleted = f->location.is_deleted ? ", deleted" : "";
	int32_t layer = f->location.layer;
	if (layer < 0)
		return bytes_str(f->location.is_deleted ? "deleted" : "");
	const char *origin = NULL;
	if ((size_t)layer < r->image.n_layers)
		origin = r->image.layers[layer].origin;
	if (!origin || strcmp(origin, "unknown") == 0)
		return bytes_str(arena_printf(p->arena, "%d%s", (int)layer, deleted));
	return bytes_str(arena_printf(p->arena, "%s %d%s", origin, (int)layer, deleted));
}

static struct cell fix_of(struct page *p, const struct finding *f)
{
	struct bytes fixed = page_escape(p, f->fixed);
	const char *words = f->has_status && f->status < STATUS__MAX ? no_fix[f->status] : "";
	if (!fixed.n)
		return (struct cell){bytes_str(words), PAINT_DIM};
	if (!f->has_status || f->status == STATUS_FIXED)
		return (struct cell){fixed, PAINT_GOOD};
	return (struct cell){
		bytes_str(arena_printf(p->arena, "%.*s (%s)", BYTES_FMT(fixed), words)),
		PAINT_GOOD};
}

static struct bytes waiver_text(struct page *p, const struct waived *w)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(256));
	if (w->until.n)
		buf_addf(&b, "until %.*s", BYTES_FMT(page_escape(p, w->until)));
	if (w->owner.n)
		buf_addf(&b, "%sby %.*s", b.n ? " " : "", BYTES_FMT(page_escape(p, w->owner)));
	if (w->reason.n)
		buf_addf(&b, "%s%.*s", b.n ? ": " : "", BYTES_FMT(page_escape(p, w->reason)));
	if (w->by.n)
		buf_addf(&b, "%s(%.*s)", b.n ? " " : "", BYTES_FMT(page_escape(p, w->by)));
	return arena_dup(p->arena, buf_bytes(&b));
}

/* "debian-tracker DSA-5417-1" */
static struct bytes source_of(struct page *p, const struct finding *f)
{
	struct bytes feed = page_escape(p, f->source.feed);
	if (!f->source.advisory.n || bytes_eq(f->source.advisory, f->id))
		return feed;
	return bytes_str(arena_printf(p->arena, "%.*s %.*s", BYTES_FMT(feed),
	                              BYTES_FMT(page_escape(p, f->source.advisory))));
}

static struct bytes why_of(struct page *p, const struct section *s, const struct finding *f)
{
	if (s->says_waiver && f->waived)
		return waiver_text(p, f->waived);
	/* the reason of a vulnerability is a long sentence about what the row says: where width is
	 * limited, a title or the advisory says more */
	if (s->is_why_cut && p->width && !f->title.n && f->source.feed.n)
		return source_of(p, f);
	struct bytes title = page_escape(p, f->title), reason = page_escape(p, f->reason);
	if (s->is_why_cut || !title.n || !reason.n || bytes_eq(title, reason))
		return title.n ? title : reason;
	return bytes_str(arena_printf(p->arena, "%.*s: %.*s", BYTES_FMT(title), BYTES_FMT(reason)));
}

static void fill(struct page *p, const struct section *s, struct row *row)
{
	const struct finding *f = row->f;
	struct cell *c = row->cells;
	struct bytes target = page_escape(p, target_of(f));
	if (f->location.line > 0 && !f->package_name.n && !f->package.n)
		target = bytes_str(arena_printf(p->arena, "%.*s:%d", BYTES_FMT(target),
		                                (int)f->location.line));
	c[COL_TARGET] = (struct cell){target, PAINT_BOLD};
	c[COL_INSTALLED].text = page_escape(p, f->installed);
	c[COL_FIXED] = (struct cell){page_escape(p, f->fixed), PAINT_GOOD};
	c[COL_SEVERITY] = (struct cell){bytes_str(severity_name(f->severity)),
	                                table_severity_paint(f->severity)};
	c[COL_ID].text = page_escape(p, f->id);
	c[COL_STATUS] =
		(struct cell){bytes_str(f->has_status ? status_name(f->status) : ""), PAINT_DIM};
	c[COL_FIX] = fix_of(p, f);
	c[COL_RISK] = (struct cell){risk_of(p, f), f->is_kev ? PAINT_WORST : PAINT_NONE};
	c[COL_LAYER] = (struct cell){layer_of(p, s->r, f), PAINT_DIM};
	c[COL_WHY].text = why_of(p, s, f);
}

static const char *title_of(const struct section *s, enum column c)
{
	return c == COL_TARGET ? s->target : titles[c];
}

static void measure(struct section *s)
{
	for (int c = 0; c < COL__MAX; c++) {
		unsigned most = 0;
		for (size_t i = 0; i < s->n; i++)
			most = MAX_OF(most, columns_of(s->rows[i].cells[c].text));
		s->width[c] =
			most ? MAX_OF(most, (unsigned)strlen(title_of(s, (enum column)c))) : 0;
	}
}

struct layout {
	const enum column *set;
	size_t n;
	unsigned width[COL__MAX];
	unsigned indent;
	bool is_full, is_why_below;
};

/* Columns that the set takes without its last one. */
static unsigned taken(const struct layout *l)
{
	unsigned sum = l->indent;
	for (size_t i = 0; i + 1 < l->n; i++)
		sum += l->width[l->set[i]] ? l->width[l->set[i]] + GAP : 0;
	return sum;
}

static void squeeze(struct layout *l, unsigned width)
{
	while (taken(l) > width + GAP) {
		unsigned *most = &l->width[COL_ID];
		for (size_t i = 0; i + 1 < l->n; i++) {
			if (l->set[i] != COL_SEVERITY && l->width[l->set[i]] > *most)
				most = &l->width[l->set[i]];
		}
		if (*most <= CELL_NARROW)
			return;
		--*most;
	}
}

static struct layout choose(const struct section *s, unsigned width)
{
	struct layout l = {
		.set = full_set, .n = ARRAY_LEN(full_set), .indent = INDENT, .is_full = true};
	memcpy(l.width, s->width, sizeof l.width);
	if (!width || taken(&l) + MIN_OF(s->width[COL_WHY], (unsigned)WHY_MIN) <= width) {
		for (int c = 0; !width && c < COL__MAX; c++)
			l.width[c] = MIN_OF(l.width[c], (unsigned)CELL_WIDE);
		l.width[COL_WHY] = width ? width - taken(&l) : 0;
		return l;
	}
	l.set = narrow_set;
	l.n = ARRAY_LEN(narrow_set);
	l.is_full = false;
	l.indent = 2 * INDENT;
	squeeze(&l, width);
	unsigned before = taken(&l);
	l.is_why_below = before + WHY_NARROW > width;
	l.width[COL_WHY] = l.is_why_below ? 0 : width - before;
	return l;
}

/* Whether c is a column of the rows (the last one may stand below them instead). */
static bool is_shown(const struct section *s, const struct layout *l, enum column c)
{
	return s->width[c] && !(c == COL_WHY && l->is_why_below);
}

static void print_titles(struct page *p, const struct section *s, const struct layout *l)
{
	unsigned at = l->indent;
	for (size_t i = 0; i < l->n; i++) {
		enum column c = l->set[i];
		if (!is_shown(s, l, c))
			continue;
		page_pad(p, at);
		page_put(p, (struct cell){bytes_str(title_of(s, c)), PAINT_DIM});
		at += l->width[c] + GAP;
	}
	page_end(p);
}

/* Takes the next line of each cell; true while there is more. */
static bool print_line(struct page *p, const struct layout *l, const struct row *row,
                       struct bytes rest[COL__MAX])
{
	unsigned at = l->indent;
	bool is_left = false;
	for (size_t i = 0; i < l->n; i++) {
		enum column c = l->set[i];
		struct bytes line;
		if (columns_line(&rest[c], p->width ? l->width[c] : 0, &line)) {
			page_pad(p, p->at + GAP > at && p->at ? p->at + GAP : at);
			page_put(p, (struct cell){line, row->cells[c].paint});
		}
		is_left |= rest[c].n > 0;
		at += l->width[c] ? l->width[c] + GAP : 0;
	}
	page_end(p);
	return is_left;
}

static void print_why_below(struct page *p, const struct section *s, const struct row *row)
{
	struct cell why = {row->cells[COL_WHY].text, PAINT_DIM};
	/* without a title the reason of a vulnerability says again what the row says */
	if (s->is_why_cut && !row->f->title.n)
		return;
	if (s->is_why_cut && p->width > 3 * INDENT)
		why.text = columns_cut(p, why.text, p->width - 3 * INDENT);
	page_paragraph(p, 3 * INDENT, why);
}

/* A row is as high as its highest cell; each cell is wrapped in its own column. */
static void print_row(struct page *p, const struct section *s, const struct layout *l,
                      const struct row *row, bool is_repeat)
{
	struct bytes rest[COL__MAX] = {0};
	for (size_t i = 0; i < l->n; i++) {
		enum column c = l->set[i];
		if (is_shown(s, l, c))
			rest[c] = row->cells[c].text;
	}
	if (is_repeat)
		rest[COL_TARGET] = rest[COL_INSTALLED] = B("");
	if (s->is_why_cut)
		rest[COL_WHY] = columns_cut(p, rest[COL_WHY], l->width[COL_WHY]);
	while (print_line(p, l, row, rest))
		;
	if (l->is_why_below)
		print_why_below(p, s, row);
}

static void print_group(struct page *p, const struct row *row)
{
	struct cell line[] = {row->cells[COL_TARGET], row->cells[COL_INSTALLED],
	                      row->cells[COL_LAYER]};
	if (line[2].text.n && is_digit(line[2].text.p[0]))
		line[2].text =
			bytes_str(arena_printf(p->arena, "layer %.*s", BYTES_FMT(line[2].text)));
	page_flow(p, INDENT, line, ARRAY_LEN(line));
}

static void print_section(struct page *p, struct section *s, const char *title, enum paint paint)
{
	struct severity_counts counts = {.total = s->n};
	for (size_t i = 0; i < s->n; i++)
		counts.n[s->rows[i].f->severity]++;
	make_groups(p, s);
	for (size_t i = 0; i < s->n; i++)
		fill(p, s, &s->rows[i]);
	measure(s);
	struct layout l = choose(s, p->width);
	page_end(p);
	struct cell head[] = {cell_of(bytes_str(title), paint),
	                      cell_of(table_counts(p, &counts), PAINT_NONE)};
	page_flow(p, 0, head, ARRAY_LEN(head));
	page_end(p);
	print_titles(p, s, &l);
	for (size_t i = 0; i < s->n; i++) {
		bool is_first = !i || s->rows[i].group != s->rows[i - 1].group;
		if (is_first && !l.is_full)
			print_group(p, &s->rows[i]);
		/* with lines in the names every row has its own */
		bool has_line = !s->rows[i].f->package_name.n && s->rows[i].f->location.line > 0;
		print_row(p, s, &l, &s->rows[i], p->width && !is_first && !has_line);
	}
}

struct wanted {
	const struct finding *f;
	size_t n;
	bool (*is_wanted)(const struct finding *f, enum check c);
	enum check check;
};

static void take(struct page *p, struct section *s, struct wanted w)
{
	s->rows = arena_alloc(p->arena, (w.n + 1) * sizeof *s->rows);
	for (size_t i = 0; i < w.n; i++) {
		if (w.is_wanted(&w.f[i], w.check))
			s->rows[s->n++] = (struct row){.f = &w.f[i], .order = i};
	}
}

static bool is_counted(const struct finding *f, enum check c)
{
	return !f->waived && f->check == c;
}

static bool is_waived(const struct finding *f, enum check c)
{
	(void)c;
	return f->waived;
}

static bool is_any(const struct finding *f, enum check c)
{
	(void)c;
	return f;
}

void table_findings(struct page *p, const struct report *r, bool show_suppressed)
{
	for (int c = 0; c < CHECK__MAX; c++) {
		struct section s = {.r = r,
		                    .target = sections[c].target,
		                    .is_why_cut = c == CHECK_VULNERABILITY};
		take(p, &s, (struct wanted){r->findings, r->n_findings, is_counted, (enum check)c});
		if (s.n)
			print_section(p, &s, sections[c].title, PAINT_BOLD);
	}
	struct section waived = {.r = r, .target = "TARGET", .says_waiver = true};
	take(p, &waived, (struct wanted){r->findings, r->n_findings, is_waived, CHECK__MAX});
	if (waived.n)
		print_section(p, &waived, "Waived", PAINT_BOLD);
	struct section suppressed = {.r = r, .target = "TARGET", .says_waiver = true};
	if (show_suppressed)
		take(p, &suppressed,
		     (struct wanted){r->suppressed, r->n_suppressed, is_any, CHECK__MAX});
	if (suppressed.n)
		print_section(p, &suppressed, "Suppressed", PAINT_BOLD);
}
