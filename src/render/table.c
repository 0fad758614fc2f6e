/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - the report for people: what was looked at, findings (the worst first), what could not
 * be looked at and what to do about it, and a last line that sums up.
 */
#include "render/table.h"

#include <string.h>

#include "render/parts.h"

enum { SUMMARY_LEN = 64 << 10 }; /* bytes of one item of the last line */

struct sums {
	struct severity_counts counted;
	size_t fixable, waived, suppressed, reports;
	struct map *ids; /* of those that count */
	bool is_incomplete, is_skipped;
};

/* What a user can do about an incomplete row, by the longest beginning of its code.  Those that are
 * missing here say it in their detail. */
static const struct {
	const char *code, *todo;
} todos[] = {
	{"advisories.partial",   "import the whole feed with `assay db import`"                           },
	{"advisories.unknown-",
         "import advisories that speak for it, or read its vendor's bulletins"                            },
	{"archive.",             "make the archive again, or raise the limit that is named"               },
	{"db.",		  "the file in the image is broken or made to deceive: rebuild the image"  },
	{"packages.sourceless",  "compare those packages with the notices of their publisher"             },
	{"db.unsupported",       "check those packages with a tool that reads that database"              },
	{"entry.",               "no builder writes such an entry: rebuild the image"                     },
	{"evidence.",            "ask who published the image; --no-evidence leaves it out"               },
	{"fact.",                "look into the file that is named"                                       },
	{"image.digest",         "scan it by digest from its registry"                                    },
	{"image.",               "save the image again with a tool that keeps to the specification"       },
	{"layer.",               "no builder writes such a layer: rebuild the image"                      },
	{"layer.unread",         "scan again, with more memory or time; if it stays, tell who makes assay"},
	{"link.",                "no builder writes such a link: rebuild the image"                       },
	{"look.",                "scan again; if it stays, the image is not what its layers promise"      },
	{"os.broken",            "mend the file in the image that names its distribution"                 },
	{"os.eol",               "move to a release that is supported"                                    },
	{"os.conflict",          "leave the release files as the distribution made them"                  },
	{"os.guessed",           "mend the file in the image that names its distribution"                 },
	{"os.unknown",           "put an etc/os-release into the image"                                   },
	{"owned.",               "the package's list of files is broken: reinstall it in the image"       },
	{"packages.broken",      "the package database is broken: rebuild the image"                      },
	{"packages.language",    "check them with a tool of that language until then"                     },
	{"packages.none",        "keep the package database in the image"                                 },
	{"packages.other-type",  "ask who made these packages for their advisories"                       },
	{"packages.programs",    "build them so that they say what is in them, or scan their sbom:"       },
	{"packages.unlisted",
         "keep the package database in the image as the package manager left it"                          },
	{"packages.third-party", "ask who made these packages for their advisories"                       },
	{"rpmdb.",               "the package database is broken or made to deceive: rebuild the image"   },
	{"support.",             "move to a release or a package that is supported"                       },
	{"worker.",              "scan again, with more memory or time"                                   },
};

static struct bytes todo_of(const char *code)
{
	const char *best = "";
	size_t most = 0;
	for (size_t i = 0; code && i < ARRAY_LEN(todos); i++) {
		size_t n = strlen(todos[i].code);
		if (n > most && strncmp(code, todos[i].code, n) == 0) {
			most = n;
			best = todos[i].todo;
		}
	}
	return bytes_str(best);
}

static struct cell count_cell(struct page *p, size_t n, const char *words)
{
	if (!n)
		return (struct cell){B(""), PAINT_NONE};
	return (struct cell){bytes_str(arena_printf(p->arena, "%zu %s", n, words)), PAINT_NONE};
}

static struct cell support_cell(struct page *p, const struct report_os *os)
{
	struct bytes day = page_escape(p, os->eol);
	if (os->is_eol && !day.n)
		return (struct cell){B("no security support"), PAINT_BAD};
	if (!day.n)
		return (struct cell){B(""), PAINT_NONE};
	const char *words = os->is_eol ? "no security support since" : "supported until";
	return (struct cell){bytes_str(arena_printf(p->arena, "%s %.*s", words, BYTES_FMT(day))),
	                     os->is_eol ? PAINT_BAD : PAINT_NONE};
}

static struct cell user_cell(struct page *p, const struct report_image *im)
{
	if (!im->config.is_present)
		return (struct cell){B(""), PAINT_NONE};
	if (im->user.uid == 0)
		return (struct cell){B("runs as root"), PAINT_WARN};
	if (im->user.uid > 0)
		return (struct cell){bytes_str(arena_printf(p->arena, "runs as uid %jd",
		                                            (intmax_t)im->user.uid)),
		                     PAINT_NONE};
	return (struct cell){bytes_str(arena_printf(p->arena, "runs as an unknown user \"%.*s\"",
	                                            BYTES_FMT(page_escape(p, im->user.declared)))),
	                     PAINT_WARN};
}

static struct cell system_cell(struct page *p, const struct report_os *os)
{
	if (os->name.n)
		return (struct cell){page_escape(p, os->name), PAINT_NONE};
	if (!os->id.n)
		return (struct cell){B("unknown system"), PAINT_WARN};
	return (struct cell){
		bytes_str(arena_printf(p->arena, "%.*s %.*s", BYTES_FMT(page_escape(p, os->id)),
	                               BYTES_FMT(page_escape(p, os->version)))),
		PAINT_NONE};
}

static void print_header(struct page *p, const struct report *r)
{
	const struct report_image *im = &r->image;
	struct cell name[] = {
		{page_escape(p, im->reference), PAINT_BOLD},
		{page_escape(p, im->platform),  PAINT_NONE}
        };
	page_flow(p, 0, name, ARRAY_LEN(name));
	struct bytes digest = page_escape(p, im->digest.n ? im->digest : im->config_digest);
	if (digest.n && !im->digest.n) /* an archive of docker's has no manifest with a digest */
		digest = bytes_str(arena_printf(p->arena, "config %.*s", BYTES_FMT(digest)));
	page_paragraph(p, 0, cell_of(digest, PAINT_DIM));
	struct cell system[] = {
		system_cell(p, &r->os),
		support_cell(p, &r->os),
		r->n_packages
			? count_cell(p, r->n_packages, r->n_packages == 1 ? "package" : "packages")
			: cell_of(B("no packages"), PAINT_NONE),
		user_cell(p, im),
	};
	page_flow(p, 0, system, ARRAY_LEN(system));
	for (size_t i = 0; i < r->n_lineage; i++) {
		const struct lineage *l = &r->lineage[i];
		struct bytes base = page_escape(p, l->reference.n ? l->reference : l->digest);
		const char *by = l->by ? l->by : "unknown";
		struct cell line[] = {
			cell_of(bytes_str(arena_printf(p->arena, "on %.*s", BYTES_FMT(base))),
		                PAINT_NONE),
			cell_of(bytes_str(arena_printf(p->arena, "(by %s%s%s)", by,
		                                       l->admitted ? ", admitted by " : "",
		                                       l->admitted ? l->admitted : "")),
		                PAINT_DIM),
		};
		page_flow(p, 0, line, ARRAY_LEN(line));
	}
}

static struct bytes signed_by(struct page *p, const struct report_evidence *x)
{
	if (x->signer.n)
		return bytes_str(
			arena_printf(p->arena, "signed by %.19s", (const char *)x->signer.p));
	if (!x->signatures)
		return B("not signed");
	return bytes_str(arena_printf(
		p->arena, "signed by unverified %.*s",
		BYTES_FMT(page_escape(p, x->claimed.n ? x->claimed.v[0] : B("unknown")))));
}

/* What came with the image, but bills of materials in files: an image has hundreds of them. */
static void print_evidence(struct page *p, const struct report *r)
{
	size_t n_files = 0;
	for (size_t i = 0; i < r->n_evidence; i++) {
		const struct report_evidence *x = &r->evidence[i];
		if (!x->found)
			continue;
		if (x->layer >= 0 && !x->signatures) {
			n_files++;
			continue;
		}
		struct cell line[] = {
			cell_of(bytes_str(arena_printf(p->arena, "with %s", paper_name(x->kind))),
		                PAINT_NONE),
			cell_of(page_escape(p, x->type), PAINT_DIM),
			cell_of(signed_by(p, x), x->signer.n ? PAINT_GOOD : PAINT_DIM),
			cell_of(bytes_str(arena_printf(p->arena, "(%s)", x->found)), PAINT_DIM),
		};
		page_flow(p, 0, line, ARRAY_LEN(line));
	}
	if (n_files)
		page_paragraph(
			p, 0,
			cell_of(bytes_str(arena_printf(
					p->arena, "with %zu unsigned bills of materials in files",
					n_files)),
		                PAINT_DIM));
}

static struct bytes where_of(struct page *p, const struct coverage *c)
{
	struct bytes path = page_escape(p, c->path);
	if (c->layer < 0)
		return path;
	return bytes_str(arena_printf(p->arena, "layer %d%s%.*s", (int)c->layer, path.n ? ": " : "",
	                              BYTES_FMT(path)));
}

static void print_coverage(struct page *p, const struct report *r, enum coverage_status status)
{
	bool is_bad = status == COVERAGE_INCOMPLETE, is_first = true;
	for (size_t i = 0; i < r->n_coverage; i++) {
		const struct coverage *c = &r->coverage[i];
		if (c->status != status)
			continue;
		if (is_first) {
			page_end(p);
			page_paragraph(p, 0,
			               (struct cell){is_bad ? B("Not complete") : B("Checked"),
			                             is_bad ? PAINT_WARN : PAINT_DIM});
		}
		is_first = false;
		enum paint paint = is_bad ? PAINT_NONE : PAINT_DIM;
		struct bytes todo = is_bad ? todo_of(c->code) : B("");
		if (todo.n)
			todo = bytes_str(arena_printf(p->arena, "-> %.*s", BYTES_FMT(todo)));
		struct cell line[] = {
			cell_of(bytes_str(check_name(c->check)), is_bad ? PAINT_WARN : PAINT_DIM),
			cell_of(bytes_str(is_bad ? c->code : ""), paint),
			cell_of(where_of(p, c), PAINT_DIM),
			cell_of(page_escape(p, c->detail), paint),
			cell_of(todo, PAINT_BOLD),
		};
		page_flow(p, 2, line, ARRAY_LEN(line));
	}
}

static void print_verdict(struct page *p, const struct report *r)
{
	static const enum paint paints[VERDICT__MAX] = {[VERDICT_ADMIT] = PAINT_GOOD,
	                                                [VERDICT_REFUSE] = PAINT_WORST,
	                                                [VERDICT_INCOMPLETE] = PAINT_WARN};
	if (!r->verdict.is_present)
		return;
	page_end(p);
	struct bytes policy = page_escape(p, r->verdict.policy);
	if (policy.n)
		policy = bytes_str(arena_printf(p->arena, "by %.*s", BYTES_FMT(policy)));
	struct cell line[] = {
		cell_of(B("Verdict:"), PAINT_BOLD),
		cell_of(bytes_str(verdict_name(r->verdict.result)), paints[r->verdict.result]),
		cell_of(policy, PAINT_DIM),
	};
	page_flow(p, 0, line, ARRAY_LEN(line));
	for (size_t i = 0; i < r->verdict.reasons.n; i++)
		page_paragraph(p, 2,
		               (struct cell){page_escape(p, r->verdict.reasons.v[i]), PAINT_NONE});
}

static bool is_fixable(const struct finding *f)
{
	return f->check == CHECK_VULNERABILITY && f->fixed.n > 0;
}

static void sum_up(const struct report *r, struct sums *s)
{
	s->reports++;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		if (f->waived) {
			s->waived++;
			continue;
		}
		s->counted.n[f->severity]++;
		s->counted.total++;
		map_put(s->ids, f->id, NULL);
		s->fixable += is_fixable(f);
	}
	s->suppressed += r->n_suppressed;
	for (size_t i = 0; i < r->n_coverage; i++) {
		s->is_incomplete |= r->coverage[i].status == COVERAGE_INCOMPLETE;
		s->is_skipped |= r->coverage[i].status == COVERAGE_SKIPPED;
	}
}

/* Rows of one check and code may be many (one per path); the line names each code once. */
static bool is_named(const struct report *r, size_t at)
{
	for (size_t i = at; i-- > 0 && r->coverage[i].check == r->coverage[at].check;) {
		const struct coverage *c = &r->coverage[i];
		if (c->status == r->coverage[at].status && c->code && r->coverage[at].code &&
		    strcmp(c->code, r->coverage[at].code) == 0)
			return true;
	}
	return false;
}

/* "vulnerability (advisories.partial, packages.language), secret (worker.died)" */
static void add_codes(const struct report *r, enum coverage_status status, struct buf *b)
{
	for (int check = 0; check < CHECK__MAX; check++) {
		bool is_open = false;
		for (size_t i = 0; i < r->n_coverage; i++) {
			const struct coverage *c = &r->coverage[i];
			if ((int)c->check != check || c->status != status || is_named(r, i))
				continue;
			if (!is_open)
				buf_addf(b, "%s%s (", b->n ? ", " : "", check_name(c->check));
			buf_addf(b, "%s%s", is_open ? ", " : "", c->code ? c->code : "");
			is_open = true;
		}
		if (is_open)
			buf_addc(b, ')');
	}
}

static struct cell codes_cell(struct page *p, const struct report *r, enum coverage_status status,
                              const char *words, enum paint paint)
{
	AUTO_BUF struct buf b;
	buf_init(&b, SUMMARY_LEN);
	add_codes(r, status, &b);
	if (!b.n)
		return (struct cell){B(""), PAINT_NONE};
	return (struct cell){bytes_str(arena_printf(p->arena, "%s %s", words, buf_cstr(&b))),
	                     paint};
}

static struct cell total_cell(struct page *p, const struct sums *s)
{
	enum paint paint = s->is_incomplete ? PAINT_NONE : PAINT_GOOD;
	for (int i = 0; i < SEV__MAX; i++) {
		if (s->counted.n[i])
			paint = table_severity_paint((enum severity)i);
	}
	if (!s->counted.total)
		return cell_of(B("no findings"), paint);
	AUTO_BUF struct buf b;
	buf_init(&b, SUMMARY_LEN);
	buf_addf(&b, "%zu %s", s->counted.total, s->counted.total == 1 ? "finding" : "findings");
	if (map_count(s->ids) < s->counted.total)
		buf_addf(&b, " (%zu distinct)", map_count(s->ids));
	buf_addf(&b, ": %.*s", BYTES_FMT(table_counts(p, &s->counted)));
	return cell_of(arena_dup(p->arena, buf_bytes(&b)), paint);
}

/* Puts ";" behind each cell that another one follows, and writes them. */
static void print_items(struct page *p, struct cell *cells, size_t n)
{
	size_t last = n;
	while (last > 0 && !cells[last - 1].text.n)
		last--;
	for (size_t i = 0; i + 1 < last; i++) {
		if (cells[i].text.n)
			cells[i].text = bytes_str(
				arena_printf(p->arena, "%.*s;", BYTES_FMT(cells[i].text)));
	}
	page_flow(p, 0, cells, n);
}

static void print_summary(struct page *p, const struct report *r)
{
	AUTO_MAP struct map *ids = map_new();
	struct sums s = {.ids = ids};
	sum_up(r, &s);
	struct cell coverage =
		codes_cell(p, r, COVERAGE_INCOMPLETE, "coverage incomplete:", PAINT_WARN);
	if (!coverage.text.n)
		coverage.text = r->n_coverage ? B("coverage complete") : B("nothing was checked");
	struct cell cells[] = {
		total_cell(p, &s),
		count_cell(p, s.fixable, "fixable"),
		count_cell(p, s.waived, "waived"),
		count_cell(p, s.suppressed, "suppressed"),
		coverage,
		codes_cell(p, r, COVERAGE_SKIPPED, "skipped:", PAINT_DIM),
	};
	page_end(p);
	print_items(p, cells, ARRAY_LEN(cells));
}

static void print_total(struct page *p, const struct sums *s)
{
	struct cell cells[] = {
		cell_of(bytes_str(arena_printf(p->arena, "Total of %zu images", s->reports)),
	                PAINT_BOLD),
		total_cell(p, s),
		count_cell(p, s->fixable, "fixable"),
		count_cell(p, s->waived, "waived"),
		count_cell(p, s->suppressed, "suppressed"),
		cell_of(s->is_incomplete ? B("coverage incomplete") : B("coverage complete"),
	                s->is_incomplete ? PAINT_WARN : PAINT_NONE),
	};
	page_end(p);
	print_items(p, cells, ARRAY_LEN(cells));
}

static bool has_status(const struct report *r, enum coverage_status status)
{
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (r->coverage[i].status == status)
			return true;
	}
	return false;
}

static void print_nothing(struct page *p, const struct report *r)
{
	bool is_some = has_status(r, COVERAGE_COMPLETE),
	     is_gap = has_status(r, COVERAGE_INCOMPLETE);
	struct cell c = {B("Nothing found."), PAINT_GOOD};
	if (is_gap)
		c = (struct cell){
			B("Nothing found in what could be checked, which is not everything."),
			PAINT_WARN};
	else if (!is_some)
		c = (struct cell){B("Nothing was checked."), PAINT_WARN};
	page_end(p);
	page_paragraph(p, 0, c);
}

static void print_report(struct page *p, const struct report *r, const struct render_options *o)
{
	print_header(p, r);
	print_evidence(p, r);
	if (!r->n_findings)
		print_nothing(p, r);
	table_findings(p, r, o->show_suppressed);
	print_coverage(p, r, COVERAGE_COMPLETE);
	print_coverage(p, r, COVERAGE_INCOMPLETE);
	print_verdict(p, r);
	print_summary(p, r);
}

static int table_write(const struct report *const *r, size_t n, const struct render_options *o,
                       FILE *out, struct err *e)
{
	AUTO_MAP struct map *ids = map_new();
	struct sums all = {.ids = ids};
	for (size_t i = 0; i <= n; i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct page p;
		page_init(&p, out, a);
		p.width = o->width;
		p.is_colored = o->color;
		if (i < n) {
			if (i)
				fputs("\n\n", out);
			print_report(&p, r[i], o);
			sum_up(r[i], &all);
		} else if (n > 1) {
			print_total(&p, &all);
		}
		bool is_cut = p.line.overflow;
		page_fini(&p);
		if (is_cut)
			return err_set(e, ERR_LIMIT, "a line of the table is too long");
	}
	if (ferror(out))
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

const struct render_form render_form_table = {
	.name = "table",
	.title = "for people: findings grouped, the worst first, and a last line that sums up",
	.suffix = ".txt",
	.write = table_write,
};
