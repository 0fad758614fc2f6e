/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.c - findings as comma-separated values, a line each, for spreadsheets.
 *
 * A cell that a spreadsheet would take for a formula begins with an apostrophe.  Text is escaped to
 * one line.  Source: RFC 4180; OWASP, "CSV Injection".
 */
#include "render/parts.h"

/* What a spreadsheet takes for the start of a formula; some take the wide forms too. */
static bool begins_formula(struct bytes v)
{
	static const char *const wide[] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};
	bool is = v.n && bytes_find(B("=+-@|%"), v.p[0]) >= 0;
	for (size_t i = 0; i < ARRAY_LEN(wide); i++)
		is |= bytes_starts(v, bytes_str(wide[i]));
	return is;
}

static void put_cell(FILE *out, struct arena *a, struct bytes raw, bool is_last)
{
	struct bytes v = render_escape(a, raw);
	bool is_formula = begins_formula(v);
	bool is_quoted = is_formula;
	for (size_t i = 0; i < v.n; i++)
		is_quoted |= bytes_find(B(",;\"' "), v.p[i]) >= 0;
	fputs(is_quoted ? "\"" : "", out);
	fputs(is_formula ? "'" : "", out);
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '"')
			fputc('"', out);
		fputc(v.p[i], out);
	}
	fputs(is_quoted ? "\"" : "", out);
	fputc(is_last ? '\n' : ',', out);
}

static void put_finding(FILE *out, struct arena *a, const struct report *r, const struct finding *f)
{
	const char *layer =
		f->location.layer >= 0 ? arena_printf(a, "%d", (int)f->location.layer) : "";
	const char *score = f->cvss_score >= 0 ? arena_printf(a, "%.1f", f->cvss_score) : "";
	const char *epss = f->epss >= 0 && f->epss <= 1 ? arena_printf(a, "%.5f", f->epss) : "";
	const struct bytes cells[] = {
		r->image.reference,
		r->image.digest,
		r->image.platform,
		bytes_str(check_name(f->check)),
		f->id,
		bytes_str(severity_name(f->severity)),
		f->package_name.n ? f->package_name : f->package,
		f->installed,
		f->fixed,
		bytes_str(f->has_status ? status_name(f->status) : ""),
		bytes_str(score),
		bytes_str(epss),
		f->is_kev ? B("yes") : B("no"),
		bytes_str(layer),
		f->location.path,
		f->title,
		f->reason,
		f->package,
		bytes_str(f->fingerprint),
		f->waived ? f->waived->reason : B(""),
	};
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		put_cell(out, a, cells[i], i + 1 == ARRAY_LEN(cells));
}

static int csv_write(const struct report *const *r, size_t n, const struct render_options *o,
                     FILE *out, struct err *e)
{
	fputs("image,digest,platform,check,id,severity,package,installed,fixed,status,cvss,epss,"
	      "kev,"
	      "layer,path,title,reason,purl,fingerprint,waived\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA struct arena *a = arena_new();
		for (size_t f = 0; f < r[i]->n_findings; f++)
			put_finding(out, a, r[i], &r[i]->findings[f]);
		for (size_t f = 0; o->show_suppressed && f < r[i]->n_suppressed; f++)
			put_finding(out, a, r[i], &r[i]->suppressed[f]);
	}
	if (fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

const struct render_form render_form_csv = {
	.name = "csv",
	.title = "findings, a line each, for spreadsheets",
	.suffix = ".csv",
	.write = csv_write,
};
