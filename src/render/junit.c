/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit.c - JUnit's XML, as Jenkins and GitLab read it: a suite per image and check.
 *
 * A finding is a failed case, a waived one a skipped case.  Each coverage row is a case too: passed
 * when complete, an error when incomplete, skipped when skipped; a check without findings is not
 * an empty suite then, and what could not be checked is not green.  Source: junit-10.xsd of the
 * Jenkins xUnit plugin; XML 1.0 2.2 (characters).
 */
#include "render/markup.h"
#include "render/parts.h"

enum outcome { PASSED, FAILED, ERROR, SKIPPED, OUTCOME__MAX };

struct suite {
	FILE *out;
	struct arena *a;
	const struct report *r;
	enum check check;
	size_t n[OUTCOME__MAX];
	struct map *names; /* how many cases have the name: GitLab joins equal ones */
};

/* One case; what is said of it is escaped when it is written. */
struct testcase {
	enum outcome outcome;
	struct bytes name, type, message;
	const struct finding *f; /* NULL: a coverage row */
};

static void put_text(struct suite *s, struct bytes raw) { markup_text(s->out, s->a, raw); }

static void put_attribute(struct suite *s, const char *name, struct bytes value)
{
	markup_attribute(s->out, s->a, name, value);
}

static void put_line(struct suite *s, const char *label, struct bytes value)
{
	if (!value.n)
		return;
	fprintf(s->out, "\n%s: ", label);
	put_text(s, value);
}

static struct bytes join(struct arena *a, struct bytes x, const char *between, struct bytes y)
{
	return bytes_str(arena_printf(a, "%.*s%s%.*s", BYTES_FMT(x), x.n && y.n ? between : "",
	                              BYTES_FMT(y)));
}

/* "CVE-2024-5535 in openssl 3.0.11", "secret.aws in srv/.env:14" */
static struct bytes name_of(struct arena *a, const struct finding *f)
{
	struct bytes id = render_escape(a, f->id);
	struct bytes package = render_escape(a, f->package_name.n ? f->package_name : f->package);
	if (package.n) {
		package = join(a, package, " ", render_escape(a, f->installed));
		return join(a, id, " in ", package);
	}
	struct bytes path = render_escape(a, f->location.path);
	if (f->location.line > 0)
		path = bytes_str(
			arena_printf(a, "%.*s:%d", BYTES_FMT(path), (int)f->location.line));
	return join(a, id, " in ", path);
}

static struct bytes message_of(struct arena *a, const struct finding *f)
{
	if (f->waived)
		return join(a, B("waived"), ": ", render_escape(a, f->waived->reason));
	struct bytes said = render_escape(a, f->title.n ? f->title : f->reason);
	return join(a, bytes_str(severity_name(f->severity)), ": ", said);
}

static void put_details(struct suite *s, const struct finding *f)
{
	fprintf(s->out, "Severity: %s", severity_name(f->severity));
	put_line(s, "Why", f->reason);
	put_line(s, "Package", f->package);
	put_line(s, "Installed", f->installed);
	put_line(s, "Fixed in", f->fixed);
	put_line(s, "To do", f->repair);
	put_line(s, "Status", bytes_str(f->has_status ? status_name(f->status) : ""));
	put_line(s, "Path", f->location.path);
	if (f->location.layer >= 0)
		fprintf(s->out, "\nLayer: %d%s", (int)f->location.layer,
		        f->location.is_deleted ? " (deleted by a later one)" : "");
	if (f->is_kev)
		fputs("\nKEV: known to be exploited", s->out);
	put_line(s, "CVSS", f->cvss_vector);
	if (f->waived) {
		put_line(s, "Waived by", f->waived->by);
		put_line(s, "Owner", f->waived->owner);
		put_line(s, "Until", f->waived->until);
	}
	for (size_t i = 0; i < f->references.n; i++)
		put_line(s, "Reference", f->references.v[i]);
	put_line(s, "Fingerprint", bytes_str(f->fingerprint));
}

static void put_case(struct suite *s, const struct testcase *c)
{
	static const char *const elements[OUTCOME__MAX] = {
		[PASSED] = NULL, [FAILED] = "failure", [ERROR] = "error", [SKIPPED] = "skipped"};
	const char *element = elements[c->outcome];
	struct bytes name = c->name;
	uint64_t nth = ++map_put(s->names, name, NULL)->u;
	if (nth > 1)
		name = bytes_str(arena_printf(s->a, "%.*s (%ju)", BYTES_FMT(name), (uintmax_t)nth));
	fprintf(s->out, "    <testcase classname=\"assay.%s\"", check_name(s->check));
	put_attribute(s, "name", name);
	fputs(element ? " time=\"0\">\n" : " time=\"0\"/>\n", s->out);
	if (!element)
		return;
	fprintf(s->out, "      <%s", element);
	if (c->outcome != SKIPPED)
		put_attribute(s, "type", c->type);
	put_attribute(s, "message", c->message);
	fputc('>', s->out);
	if (c->f)
		put_details(s, c->f);
	fprintf(s->out, "</%s>\n    </testcase>\n", element);
}

static struct testcase coverage_case(struct arena *a, const struct coverage *c)
{
	static const enum outcome outcomes[COVERAGE__MAX] = {
		[COVERAGE_COMPLETE] = PASSED,
		[COVERAGE_INCOMPLETE] = ERROR,
		[COVERAGE_SKIPPED] = SKIPPED,
	};
	struct bytes code = bytes_str(c->code ? c->code : "");
	struct bytes where = render_escape(a, c->path);
	if (c->layer >= 0)
		where = join(a, bytes_str(arena_printf(a, "layer %d", (int)c->layer)), ": ", where);
	bool is_test = bytes_starts(code, B("test."));
	return (struct testcase){
		.outcome = outcomes[c->status],
		/* a test that passed is called what it is called when it fails */
		.name = is_test ? join(a, render_escape(a, c->detail), " in ", where)
	                        : join(a,
	                               bytes_str(
					       arena_printf(a, "coverage: %.*s", BYTES_FMT(code))),
	                               " in ", where),
		.type = code,
		.message = render_escape(a, c->detail),
	};
}

static struct testcase finding_case(struct arena *a, const struct finding *f, bool is_suppressed)
{
	return (struct testcase){
		.outcome = f->waived || is_suppressed ? SKIPPED : FAILED,
		.name = name_of(a, f),
		.type = bytes_str(severity_name(f->severity)),
		.message = message_of(a, f),
		.f = f,
	};
}

/* Calls visit with each case of the suite, in the order of the report. */
static void each_case(struct suite *s, bool show_suppressed,
                      void (*visit)(struct suite *s, const struct testcase *c))
{
	for (size_t i = 0; i < s->r->n_findings; i++) {
		if (s->r->findings[i].check != s->check)
			continue;
		struct testcase c = finding_case(s->a, &s->r->findings[i], false);
		visit(s, &c);
	}
	for (size_t i = 0; show_suppressed && i < s->r->n_suppressed; i++) {
		if (s->r->suppressed[i].check != s->check)
			continue;
		struct testcase c = finding_case(s->a, &s->r->suppressed[i], true);
		visit(s, &c);
	}
	for (size_t i = 0; i < s->r->n_coverage; i++) {
		if (s->r->coverage[i].check != s->check)
			continue;
		struct testcase c = coverage_case(s->a, &s->r->coverage[i]);
		visit(s, &c);
	}
}

static void count_case(struct suite *s, const struct testcase *c) { s->n[c->outcome]++; }

static size_t cases_of(const struct suite *s)
{
	return s->n[PASSED] + s->n[FAILED] + s->n[ERROR] + s->n[SKIPPED];
}

static void put_counts(struct suite *s)
{
	fprintf(s->out,
	        " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n",
	        cases_of(s), s->n[FAILED], s->n[ERROR], s->n[SKIPPED]);
}

static void put_property(struct suite *s, const char *name, struct bytes value)
{
	if (!value.n)
		return;
	fprintf(s->out, "      <property name=\"%s\"", name);
	put_attribute(s, "value", value);
	fputs("/>\n", s->out);
}

static void put_suite(struct suite *s, bool show_suppressed)
{
	const struct report_image *im = &s->r->image;
	struct bytes platform = render_escape(s->a, im->platform);
	struct bytes name = join(s->a, render_escape(s->a, im->reference), " ", platform);
	fputs("  <testsuite", s->out);
	put_attribute(s, "name", join(s->a, bytes_str(check_name(s->check)), " of ", name));
	put_counts(s);
	fputs("    <properties>\n", s->out);
	put_property(s, "image.reference", im->reference);
	put_property(s, "image.digest", im->digest);
	put_property(s, "image.platform", im->platform);
	put_property(s, "tool.version", B("assay " ASSAY_VERSION));
	fputs("    </properties>\n", s->out);
	each_case(s, show_suppressed, put_case);
	fputs("  </testsuite>\n", s->out);
}

/* Counts the cases of a check and adds them to all; writes its suite when asked and not empty. */
static void do_suite(const struct report *r, enum check check, const struct render_options *o,
                     struct suite *all, bool is_written)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_MAP struct map *names = map_new();
	struct suite s = {.out = all->out, .a = a, .r = r, .check = check, .names = names};
	each_case(&s, o->show_suppressed, count_case);
	for (size_t i = 0; i < OUTCOME__MAX; i++)
		all->n[i] += s.n[i];
	if (is_written && cases_of(&s))
		put_suite(&s, o->show_suppressed);
}

static int junit_write(const struct report *const *r, size_t n, const struct render_options *o,
                       FILE *out, struct err *e)
{
	struct suite all = {.out = out};
	for (size_t i = 0; i < n; i++) {
		for (int c = 0; c < CHECK__MAX; c++)
			do_suite(r[i], (enum check)c, o, &all, false);
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"assay\"", out);
	put_counts(&all);
	for (size_t i = 0; i < n; i++) {
		for (int c = 0; c < CHECK__MAX; c++)
			do_suite(r[i], (enum check)c, o, &all, true);
	}
	fputs("</testsuites>\n", out);
	if (fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

static const char *const aliases[] = {"junit-xml", NULL};

const struct render_form render_form_junit = {
	.name = "junit",
	.aliases = aliases,
	.title = "JUnit XML, for test reports of CI systems",
	.suffix = ".xml",
	.write = junit_write,
};
