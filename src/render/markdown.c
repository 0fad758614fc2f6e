/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown.c - a comment on a pull request: counts, the worst findings, what is incomplete.
 *
 * Every character of an image that Markdown, GitHub or GitLab give a meaning to is a character
 * reference, so that no name becomes a link, a mention, an issue or markup.
 * Source: GitHub Flavored Markdown, 2.4, 6.2 and 6.9.
 */
#include "render/parts.h"

struct sheet {
	FILE *out;
	struct arena *a;
};

static void put(struct sheet *s, struct bytes raw)
{
	struct bytes v = render_escape(s->a, raw);
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		bool is_plain = is_alnum(c) || c >= 0x80 || c == ' ' || c == '-' || c == ',' ||
		                c == '/' || c == '+' || c == '=' || (c == '.' && i > 3);
		if (is_plain)
			fputc(c, s->out);
		else
			fprintf(s->out, "&#%u;", c);
	}
}

static void put_counts(struct sheet *s, const struct report *r)
{
	size_t counts[SEV__MAX] = {0}, fixable = 0, waived = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		waived += f->waived != NULL;
		counts[f->severity] += !f->waived;
		fixable += !f->waived && f->fixed.n > 0;
	}
	fputs("\n| critical | high | medium | low | negligible | unknown | with a fix | waived |\n"
	      "|---:|---:|---:|---:|---:|---:|---:|---:|\n|",
	      s->out);
	for (int v = SEV__MAX - 1; v >= 0; v--)
		fprintf(s->out, " %zu |", counts[v]);
	fprintf(s->out, " %zu | %zu |\n", fixable, waived);
}

static void put_row(struct sheet *s, const struct finding *f)
{
	fprintf(s->out, "| %s | ", severity_name(f->severity));
	put(s, f->id);
	fputs(f->is_kev ? " (exploited) | " : " | ", s->out);
	put(s, f->package_name.n ? f->package_name : f->location.path);
	fputs(" | ", s->out);
	put(s, f->installed);
	fputs(" | ", s->out);
	put(s, f->fixed);
	fputs(" | ", s->out);
	put(s, f->title.n ? f->title : f->reason);
	fputs(" |\n", s->out);
}

static void put_findings(struct sheet *s, const struct report *r)
{
	size_t n = 0, shown = 0;
	for (size_t i = 0; i < r->n_findings; i++)
		n += !r->findings[i].waived;
	if (!n) {
		fputs("\nNothing was found.\n", s->out);
		return;
	}
	fprintf(s->out,
	        "\n<details>\n<summary>%zu finding%s</summary>\n\n"
	        "| severity | id | in | installed | fixed | what |\n|---|---|---|---|---|---|\n",
	        n, n == 1 ? "" : "s");
	for (int v = SEV__MAX - 1; v >= 0; v--) {
		for (size_t i = 0; i < r->n_findings && shown < (size_t)MARKDOWN_ROWS_MAX; i++) {
			if (r->findings[i].waived || (int)r->findings[i].severity != v)
				continue;
			put_row(s, &r->findings[i]);
			shown++;
		}
	}
	if (shown < n)
		fprintf(s->out, "\n%zu more are in the full report.\n", n - shown);
	fputs("\n</details>\n", s->out);
}

static void put_coverage(struct sheet *s, const struct report *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_coverage; i++)
		n += r->coverage[i].status == COVERAGE_INCOMPLETE;
	if (!n)
		return;
	fprintf(s->out, "\n**Not complete:** %zu thing%s could not be checked.\n\n", n,
	        n == 1 ? "" : "s");
	for (size_t i = 0; i < r->n_coverage; i++) {
		const struct coverage *c = &r->coverage[i];
		if (c->status != COVERAGE_INCOMPLETE)
			continue;
		fprintf(s->out, "- %s: ", check_name(c->check));
		put(s, c->detail);
		fputc('\n', s->out);
	}
}

static int markdown_write(const struct report *const *r, size_t n, const struct render_options *o,
                          FILE *out, struct err *e)
{
	(void)o;
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct sheet s = {out, a};
		fputs(i ? "\n## assay: " : "## assay: ", out);
		put(&s, r[i]->image.reference);
		fputc(' ', out);
		put(&s, r[i]->image.platform);
		fputc('\n', out);
		if (r[i]->os.name.n || r[i]->os.id.n) {
			fputc('\n', out);
			put(&s, r[i]->os.name.n ? r[i]->os.name : r[i]->os.id);
			fprintf(out, ", %zu packages\n", r[i]->n_packages);
		}
		put_counts(&s, r[i]);
		put_findings(&s, r[i]);
		put_coverage(&s, r[i]);
	}
	if (fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

static const char *const aliases[] = {"md", NULL};

const struct render_form render_form_markdown = {
	.name = "markdown",
	.aliases = aliases,
	.title = "Markdown, for a comment on a pull request",
	.suffix = ".md",
	.write = markdown_write,
};
