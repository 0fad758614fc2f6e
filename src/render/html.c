/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.c - one file for people: works from a mail attachment, without network, with filter and sort
 * where script runs and as a plain table where it does not.
 *
 * Its policy lets nothing be loaded and only its own script run; all text of an image is escaped.
 * Source: Content Security Policy Level 3, "hash-source".
 */
#include "render/html.h"

#include <string.h>

#include "render/markup.h"
#include "render/parts.h"

struct html {
	FILE *out;
	struct arena *a;
};

static void put(struct html *h, struct bytes text) { markup_text(h->out, h->a, text); }

/* RFC 4648, 4; the digest has 32 bytes. */
static void put_digest(struct html *h, const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct digest d = digest_of(bytes_str(text));
	for (size_t i = 0; i < 32; i += 3) {
		uint32_t v = (uint32_t)d.b[i] << 16 | (uint32_t)d.b[i + 1] << 8 |
		             (i + 2 < 32 ? d.b[i + 2] : 0U);
		fprintf(h->out, "%c%c%c%c", letters[v >> 18], letters[v >> 12 & 63],
		        letters[v >> 6 & 63], i + 2 < 32 ? letters[v & 63] : '=');
	}
}

static void put_head(struct html *h, const struct report *r)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'sha256-",
	      h->out);
	put_digest(h, html_style);
	fputs("'; script-src 'sha256-", h->out);
	put_digest(h, html_script);
	fputs("'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>assay: ",
	      h->out);
	put(h, r->image.reference);
	fprintf(h->out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", html_style);
}

/* ---- counts ---- */

static void put_counts(struct html *h, const struct report *r)
{
	size_t counts[SEV__MAX] = {0}, waived = 0, incomplete = 0, all = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		waived += r->findings[i].waived != NULL;
		all += !r->findings[i].waived;
		counts[r->findings[i].severity] += !r->findings[i].waived;
	}
	for (size_t i = 0; i < r->n_coverage; i++)
		incomplete += r->coverage[i].status == COVERAGE_INCOMPLETE;
	fputs("<ul class=\"cards\">\n", h->out);
	for (int v = SEV__MAX - 1; v >= 0; v--)
		fprintf(h->out, "<li><b class=\"%s\">%zu</b>%s</li>\n",
		        severity_name((enum severity)v), counts[v],
		        severity_name((enum severity)v));
	fprintf(h->out,
	        "<li><b>%zu</b>packages</li>\n<li><b>%zu</b>waived</li>\n"
	        "<li><b>%zu</b>not complete</li>\n</ul>\n",
	        r->n_packages, waived, incomplete);
	/* widths as an image: style attributes would need a weaker policy */
	fputs("<svg role=\"img\" width=\"100%\" height=\"14\" viewBox=\"0 0 1000 14\" "
	      "preserveAspectRatio=\"none\" aria-label=\"Findings by severity\">",
	      h->out);
	size_t at = 0;
	for (int v = SEV__MAX - 1; v >= 0 && all; v--) {
		size_t width = counts[v] * 1000 / all;
		if (counts[v] && !width)
			width = 1;
		fprintf(h->out,
		        "<rect class=\"%s\" fill=\"currentColor\" x=\"%zu\" width=\"%zu\" "
		        "height=\"14\"/>",
		        severity_name((enum severity)v), at, width);
		at += width;
	}
	fputs("</svg>\n", h->out);
}

/* ---- findings ---- */

static void put_tags(struct html *h, const struct finding *f)
{
	if (f->is_kev)
		fputs("<span class=\"tag critical\">exploited</span>", h->out);
	if (f->epss >= 0 && f->epss <= 1)
		fprintf(h->out, "<span class=\"tag\">EPSS %.1f %%</span>", f->epss * 100);
	if (f->waived)
		fputs("<span class=\"tag\">waived</span>", h->out);
}

static void put_row(struct html *h, const struct finding *f)
{
	const char *severity = severity_name(f->severity);
	fprintf(h->out,
	        "<tr data-s=\"%d\" data-f=\"%d\"%s><td data-v=\"%d\"><span class=\"sev "
	        "%s\">%s</span></td><td>",
	        (int)f->severity, f->fixed.n > 0, f->waived ? " class=\"waived\"" : "",
	        (int)f->severity, severity, severity);
	put(h, f->id);
	put_tags(h, f);
	fputs("</td><td>", h->out);
	put(h, f->package_name.n ? f->package_name : f->location.path);
	fputs("</td><td>", h->out);
	put(h, f->installed);
	fputs("</td><td>", h->out);
	put(h, f->fixed);
	fprintf(h->out, "</td><td>%s</td><td data-v=\"%d\">%s", check_name(f->check),
	        f->cvss_score >= 0 ? (int)(f->cvss_score * 10 + 0.5) : -1,
	        f->cvss_score >= 0 ? arena_printf(h->a, "%.1f", f->cvss_score) : "");
	fputs("</td><td>", h->out);
	put(h, f->title);
	fputs("<div class=\"why\">", h->out);
	put(h, f->reason);
	fputs("</div></td></tr>\n", h->out);
}

static void put_findings(struct html *h, const struct report *r, const struct render_options *o)
{
	static const char *const columns[] = {"Severity", "Id",    "In",   "Installed",
	                                      "Fixed",    "Check", "CVSS", "What and why"};
	fputs("<h2>Findings</h2>\n<div class=\"tools\" hidden>\n<label>Search<input "
	      "type=\"search\" "
	      "placeholder=\"id, package, words\"></label>\n<label>At least<select>",
	      h->out);
	for (int v = 0; v < SEV__MAX; v++)
		fprintf(h->out, "<option value=\"%d\">%s</option>", v,
		        v ? severity_name((enum severity)v) : "all");
	fputs("</select></label>\n<label>With a fix<input type=\"checkbox\"></label>\n"
	      "<output aria-live=\"polite\"></output>\n</div>\n<div "
	      "class=\"wrap\"><table>\n<thead><tr>",
	      h->out);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		fprintf(h->out, "<th scope=\"col\"><button type=\"button\">%s</button></th>",
		        columns[i]);
	fputs("</tr></thead>\n<tbody>\n", h->out);
	for (size_t i = 0; i < r->n_findings; i++)
		put_row(h, &r->findings[i]);
	for (size_t i = 0; o->show_suppressed && i < r->n_suppressed; i++)
		put_row(h, &r->suppressed[i]);
	fputs("</tbody>\n</table></div>\n", h->out);
}

static void put_coverage(struct html *h, const struct report *r)
{
	fputs("<h2>What was looked at</h2>\n<div class=\"wrap\"><table>\n<thead><tr><th "
	      "scope=\"col\">"
	      "Check</th><th scope=\"col\">State</th><th scope=\"col\">Detail</th></tr></thead>\n"
	      "<tbody>\n",
	      h->out);
	for (size_t i = 0; i < r->n_coverage; i++) {
		const struct coverage *c = &r->coverage[i];
		fprintf(h->out, "<tr><td>%s</td><td%s>%s</td><td>", check_name(c->check),
		        c->status == COVERAGE_INCOMPLETE ? " class=\"sev high\"" : "",
		        coverage_status_name(c->status));
		put(h, c->detail);
		fputs(c->path.n ? " (" : "", h->out);
		put(h, c->path);
		fputs(c->path.n ? ")</td></tr>\n" : "</td></tr>\n", h->out);
	}
	fputs("</tbody>\n</table></div>\n", h->out);
}

static void put_report(struct html *h, const struct report *r, const struct render_options *o)
{
	fputs("<section data-report>\n<h1>", h->out);
	put(h, r->image.reference);
	fputs("</h1>\n<p class=\"dim\">", h->out);
	put(h, r->os.name.n ? r->os.name : r->os.id);
	fputs(" ", h->out);
	put(h, r->image.platform);
	fputs("<br>", h->out);
	put(h, r->image.digest);
	if (r->verdict.is_present)
		fprintf(h->out, "<br>verdict: <strong>%s</strong>",
		        verdict_name(r->verdict.result));
	fputs("</p>\n", h->out);
	put_counts(h, r);
	put_findings(h, r, o);
	put_coverage(h, r);
	fputs("</section>\n", h->out);
}

static int html_write(const struct report *const *r, size_t n, const struct render_options *o,
                      FILE *out, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct html h = {out, a};
		if (i == 0)
			put_head(&h, r[0]);
		put_report(&h, r[i], o);
	}
	fprintf(out,
	        "<p class=\"dim\">assay %s</p>\n</main>\n<script>%s</script>\n</body>\n</html>\n",
	        ASSAY_VERSION, html_script);
	if (fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

const struct render_form render_form_html = {
	.name = "html",
	.title = "one page to look at and to mail, without network",
	.suffix = ".html",
	.write = html_write,
};
