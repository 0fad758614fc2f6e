/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.c - what changed from one report to another, as lines for people and as JSON.
 */
#include "render/parts.h"

/* ---- lines ---- */

static void put(FILE *out, struct arena *a, struct bytes text)
{
	struct bytes v = render_escape(a, text);
	bytes_put(v, out);
}

static const char *mark_of(enum diff_kind k)
{
	static const char *const marks[] = {"+", "-", "~"};
	return marks[k];
}

static void put_package(FILE *out, struct arena *a, const struct diff_package *d)
{
	const struct package *p = d->b ? d->b : d->a;
	fprintf(out, "  %s ", mark_of(d->kind));
	put(out, a, p->name);
	fputc(' ', out);
	if (d->kind == DIFF_CHANGED) {
		put(out, a, d->a->version);
		fputs(" -> ", out);
	}
	put(out, a, p->version);
	fprintf(out, "  (%.*s)\n", BYTES_FMT(render_escape(a, p->type)));
}

static void put_state(FILE *out, struct arena *a, const struct finding *f)
{
	fprintf(out, "%s%s%s", severity_name(f->severity), f->has_status ? ", " : "",
	        f->has_status ? status_name(f->status) : "");
	if (f->fixed.n) {
		fputs(", fixed in ", out);
		put(out, a, f->fixed);
	}
	fputs(f->waived ? ", waived" : "", out);
}

static void put_finding(FILE *out, struct arena *a, const struct diff_finding *d)
{
	const struct finding *f = d->b ? d->b : d->a;
	fprintf(out, "  %s ", mark_of(d->kind));
	put(out, a, f->id);
	fputs("  ", out);
	put(out, a,
	    f->package_name.n ? f->package_name
	    : f->package.n    ? f->package
	                      : f->location.path);
	fputc(' ', out);
	put(out, a, f->installed);
	fputs("  (", out);
	if (d->kind == DIFF_CHANGED) {
		put_state(out, a, d->a);
		fputs(" -> ", out);
	}
	put_state(out, a, f);
	fputs(")\n", out);
}

int render_diff_table(const struct diff *d, FILE *out, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	size_t p[DIFF__MAX] = {0}, f[DIFF__MAX] = {0};
	for (size_t i = 0; i < d->n_packages; i++)
		p[d->packages[i].kind]++;
	for (size_t i = 0; i < d->n_findings; i++)
		f[d->findings[i].kind]++;
	fprintf(out, "Packages  %zu gained, %zu lost, %zu changed, %zu the same\n", p[DIFF_GAINED],
	        p[DIFF_LOST], p[DIFF_CHANGED], d->n_same_packages);
	for (size_t i = 0; i < d->n_packages; i++)
		put_package(out, a, &d->packages[i]);
	fprintf(out, "Findings  %zu gained, %zu lost, %zu changed, %zu the same\n", f[DIFF_GAINED],
	        f[DIFF_LOST], f[DIFF_CHANGED], d->n_same_findings);
	for (size_t i = 0; i < d->n_findings; i++)
		put_finding(out, a, &d->findings[i]);
	if (fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the differences: %m");
	return 0;
}

/* ---- JSON ---- */

static void json_side(struct json_out *j, const char *key, const struct report *r)
{
	jout_key(j, key);
	jout_object(j);
	jout_kbytes(j, "reference", r->image.reference.p ? r->image.reference : B(""));
	jout_kbytes(j, "digest", r->image.digest.n ? r->image.digest : (struct bytes){NULL, 0});
	jout_object_end(j);
}

static void json_package(struct json_out *j, const struct diff_package *d)
{
	const struct package *p = d->b ? d->b : d->a;
	jout_object(j);
	jout_kstr(j, "change", diff_name(d->kind));
	jout_kbytes(j, "purl", p->purl.p ? p->purl : B(""));
	jout_kbytes(j, "type", p->type.p ? p->type : B(""));
	jout_kbytes(j, "name", p->name.p ? p->name : B(""));
	jout_kbytes(j, "from", d->a ? d->a->version : (struct bytes){NULL, 0});
	jout_kbytes(j, "to", d->b ? d->b->version : (struct bytes){NULL, 0});
	jout_object_end(j);
}

static void json_state(struct json_out *j, const char *key, const struct finding *f)
{
	jout_key(j, key);
	if (!f) {
		jout_null(j);
		return;
	}
	jout_object(j);
	jout_kstr(j, "severity", severity_name(f->severity));
	jout_kstr(j, "status", f->has_status ? status_name(f->status) : NULL);
	jout_kbytes(j, "installed", f->installed.n ? f->installed : (struct bytes){NULL, 0});
	jout_kbytes(j, "fixed", f->fixed.n ? f->fixed : (struct bytes){NULL, 0});
	jout_key(j, "waived");
	jout_bool(j, f->waived != NULL);
	jout_object_end(j);
}

static void json_finding(struct json_out *j, const struct diff_finding *d)
{
	const struct finding *f = d->b ? d->b : d->a;
	jout_object(j);
	jout_kstr(j, "change", diff_name(d->kind));
	jout_kstr(j, "check", check_name(f->check));
	jout_kbytes(j, "id", f->id.p ? f->id : B(""));
	jout_kbytes(j, "package", f->package.n ? f->package : (struct bytes){NULL, 0});
	jout_kbytes(j, "path", f->location.path.n ? f->location.path : (struct bytes){NULL, 0});
	jout_kstr(j, "fingerprint", f->fingerprint);
	json_state(j, "from", d->a);
	json_state(j, "to", d->b);
	jout_object_end(j);
}

int render_diff_json(const struct diff *d, FILE *out, struct err *e)
{
	struct json_out j;
	jout_init(&j, jout_to_file, out, true);
	jout_object(&j);
	jout_kstr(&j, "schema", "assay.diff/v1");
	json_side(&j, "from", d->a);
	json_side(&j, "to", d->b);
	jout_key(&j, "packages");
	jout_array(&j);
	for (size_t i = 0; i < d->n_packages; i++)
		json_package(&j, &d->packages[i]);
	jout_array_end(&j);
	jout_key(&j, "findings");
	jout_array(&j);
	for (size_t i = 0; i < d->n_findings; i++)
		json_finding(&j, &d->findings[i]);
	jout_array_end(&j);
	jout_object_end(&j);
	if (jout_end(&j) < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the differences: %m");
	return 0;
}
