/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openvex.c - OpenVEX 0.2.0: what each finding means for the image, for other tools to read.
 *
 * A finding is "affected", with what to do; one that a waiver lets pass is "not_affected" with the
 * waiver's reason, owner and end; one that a supplier's VEX took out keeps that status.  Findings
 * that filters left out say nothing.  A package in several places has one statement about each
 * vulnerability, the gravest.  A document without a statement is none: it is not written.
 *
 * Source: OpenVEX specification 0.2.0, "Statement", "Status Labels".
 */
#include "render/bom.h"

#define CONTEXT "https://openvex.dev/ns/v0.2.0"

struct document {
	struct json_out j;
	struct bom bom;
	const struct report *r;
	struct bytes image; /* purl; absent: its digest is not known */
	struct map *said;   /* "ID PACKAGE" → the finding that speaks */
};

/* pkg:oci/NAME@DIGEST?repository_url=... */
static struct bytes image_purl(const struct report *r, struct arena *a)
{
	struct bytes ref = r->image.reference, name, tail;
	AUTO_BUF struct buf out;
	struct err ignored;
	buf_init(&out, KIB(16));
	if (!r->image.digest.n)
		return (struct bytes){NULL, 0};
	bytes_cut(ref, '@', &name, &tail);
	ssize_t slash = bytes_rfind(name, '/'), colon = bytes_rfind(name, ':');
	if (colon > slash)
		name = bytes_slice(name, 0, (size_t)colon);
	struct purl u = {.type = B("oci"), .name = path_base(name), .version = r->image.digest};
	if (slash > 0)
		u.q[u.nq++] = (struct purl_qualifier){B("repository_url"), name};
	if (!u.name.n || purl_build_lenient(&u, &out, &ignored) < 0)
		return (struct bytes){NULL, 0};
	return arena_dup(a, buf_bytes(&out));
}

/* When it was said: the image's time or SOURCE_DATE_EPOCH, else the newest date of what it rests
 * on; never the clock, so that the same report gives the same document. */
static struct bytes time_of(const struct document *d)
{
	struct bytes day = B("1970-01-01");
	if (d->bom.time[0])
		return bytes_str(d->bom.time);
	for (size_t i = 0; i < d->r->n_findings; i++) {
		struct bytes one = d->r->findings[i].source.date;
		if (one.n == day.n && bytes_cmp(one, day) > 0)
			day = one;
	}
	return bytes_str(arena_printf(d->bom.a, "%.*sT00:00:00Z", BYTES_FMT(day)));
}

static void write_product(struct document *d, const struct finding *f)
{
	struct json_out *j = &d->j;
	jout_key(j, "products");
	jout_array(j);
	jout_object(j);
	jout_kbytes(j, "@id", d->image.n ? d->image : f->package);
	if (d->image.n) {
		jout_key(j, "subcomponents");
		jout_array(j);
		jout_object(j);
		jout_kbytes(j, "@id", f->package);
		jout_object_end(j);
		jout_array_end(j);
	}
	jout_object_end(j);
	jout_array_end(j);
}

static void write_vulnerability(struct json_out *j, const struct finding *f)
{
	jout_key(j, "vulnerability");
	jout_object(j);
	jout_kbytes(j, "name", f->id);
	if (f->references.n) {
		jout_key(j, "aliases");
		jout_array(j);
		for (size_t i = 0; i < f->references.n; i++)
			jout_bytes(j, f->references.v[i]);
		jout_array_end(j);
	}
	jout_object_end(j);
}

/* "not_affected", "fixed" or none, as the reason of a supplier's statement begins. */
static const char *said(const struct finding *f)
{
	if (!f->waived || !bytes_starts(f->waived->by, B("vex:")))
		return f->waived ? "not_affected" : NULL;
	return bytes_starts(f->waived->reason, B("fixed")) ? "fixed" : "not_affected";
}

static void write_status(struct document *d, const struct finding *f)
{
	struct json_out *j = &d->j;
	const char *status = said(f);
	const char *to_do;
	if (status) {
		const struct waived *w = f->waived;
		jout_kstr(j, "status", status);
		jout_kstr(
			j, "impact_statement",
			arena_printf(d->bom.a, "%.*s%s%.*s%s%.*s%s", BYTES_FMT(w->reason),
		                     w->owner.n ? " (" : "", BYTES_FMT(w->owner),
		                     w->owner.n && w->until.n ? ", until " : "",
		                     w->owner.n ? (int)w->until.n : 0,
		                     (const char *)(w->until.n ? w->until.p : (const uint8_t *)""),
		                     w->owner.n ? ")" : ""));
		return;
	}
	if (f->has_status && f->status == STATUS_UNDER_INVESTIGATION) {
		jout_kstr(j, "status", "under_investigation");
		jout_kbytes(j, "status_notes", f->reason);
		return;
	}
	to_do = f->fixed.n ? arena_printf(d->bom.a, "update %.*s to %.*s",
	                                  BYTES_FMT(f->package_name), BYTES_FMT(f->fixed))
	                   : "no fixed version is known: remove it, or keep it out of reach";
	jout_kstr(j, "status", "affected");
	jout_kbytes(j, "status_notes", f->reason);
	jout_kstr(j, "action_statement", to_do);
}

static bool states(const struct finding *f, bool is_said)
{
	return f->check == CHECK_VULNERABILITY && f->package.n && (!is_said || f->waived);
}

static int gravity(const struct finding *f)
{
	const char *status = said(f);
	if (status)
		return status[0] == 'f' ? 1 : 0;
	return f->has_status && f->status == STATUS_UNDER_INVESTIGATION ? 2 : 3;
}

static struct bytes subject(struct document *d, const struct finding *f)
{
	return bytes_str(
		arena_printf(d->bom.a, "%.*s %.*s", BYTES_FMT(f->id), BYTES_FMT(f->package)));
}

static void choose(struct document *d, const struct finding *f, size_t n, bool is_said)
{
	for (size_t i = 0; i < n; i++) {
		bool is_new;
		if (!states(&f[i], is_said))
			continue;
		union map_value *v = map_put(d->said, subject(d, &f[i]), &is_new);
		if (is_new || gravity(&f[i]) > gravity(v->p))
			v->p = (void *)(uintptr_t)&f[i];
	}
}

static void write_statements(struct document *d, const struct finding *f, size_t n, bool is_said)
{
	for (size_t i = 0; i < n; i++) {
		if (!states(&f[i], is_said) || map_get(d->said, subject(d, &f[i]))->p != &f[i])
			continue;
		jout_object(&d->j);
		write_vulnerability(&d->j, &f[i]);
		write_product(d, &f[i]);
		write_status(d, &f[i]);
		jout_object_end(&d->j);
	}
}

static int openvex_write(const struct report *const *r, size_t n, const struct render_options *o,
                         FILE *out, struct err *e)
{
	struct document d = {.r = r[0]};
	if (bom_single(n, o, "OpenVEX", e) < 0)
		return -1;
	bom_init(&d.bom, r[0], o);
	d.image = image_purl(r[0], d.bom.a);
	jout_init(&d.j, jout_to_file, out, true);
	jout_object(&d.j);
	jout_kstr(&d.j, "@context", CONTEXT);
	jout_kstr(&d.j, "@id", arena_printf(d.bom.a, "urn:uuid:%s", d.bom.uuid));
	jout_kstr(&d.j, "author", "assay");
	jout_kbytes(&d.j, "timestamp", time_of(&d));
	jout_kint(&d.j, "version", 1);
	jout_kstr(&d.j, "tooling", "assay " ASSAY_VERSION);
	jout_key(&d.j, "statements");
	jout_array(&d.j);
	d.said = map_new();
	choose(&d, r[0]->findings, r[0]->n_findings, false);
	choose(&d, r[0]->suppressed, r[0]->n_suppressed, true);
	write_statements(&d, r[0]->findings, r[0]->n_findings, false);
	write_statements(&d, r[0]->suppressed, r[0]->n_suppressed, true);
	map_free(d.said);
	jout_array_end(&d.j);
	jout_object_end(&d.j);
	int rc = jout_end(&d.j);
	bom_fini(&d.bom);
	if (rc < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the VEX document: %m");
	return 0;
}

/* The schema wants a statement at least, and a list of none would state nothing. */
static const char *openvex_lacks(const struct report *const *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < r[i]->n_findings; k++) {
			if (states(&r[i]->findings[k], false))
				return NULL;
		}
		for (size_t k = 0; k < r[i]->n_suppressed; k++) {
			if (states(&r[i]->suppressed[k], true))
				return NULL;
		}
	}
	return "no vulnerability was found, so there is nothing to state";
}

const struct render_form render_form_openvex = {
	.name = "openvex",
	.title = "OpenVEX 0.2.0: what each finding means for the image",
	.suffix = ".openvex.json",
	.is_single = true,
	.lacks = openvex_lacks,
	.write = openvex_write,
};
