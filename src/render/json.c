/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - assay's own report, schema assay.report/v1; several are assay.reports/v1.
 *
 * Members that do not apply are null and never left out, so that a reader can tell "none" from
 * "an older assay".
 */
#include "render/parts.h"

static void text_or_null(struct json_out *j, const char *key, struct bytes v)
{
	jout_kbytes(j, key, v.n ? v : (struct bytes){NULL, 0});
}

/* A member that is a string even when empty. */
static void text(struct json_out *j, const char *key, struct bytes v)
{
	jout_kbytes(j, key, v.p ? v : B(""));
}

static void texts(struct json_out *j, const char *key, const struct bytes_list *l)
{
	jout_key(j, key);
	jout_array(j);
	for (size_t i = 0; i < l->n; i++)
		jout_bytes(j, l->v[i]);
	jout_array_end(j);
}

static void number_or_null(struct json_out *j, const char *key, int64_t v, bool is_there)
{
	jout_key(j, key);
	if (is_there)
		jout_int(j, v);
	else
		jout_null(j);
}

static void write_layer(struct json_out *j, const struct report_layer *l)
{
	jout_object(j);
	text_or_null(j, "digest", l->digest);
	text_or_null(j, "diff_id", l->diff_id);
	jout_key(j, "size");
	jout_uint(j, l->size);
	text_or_null(j, "created_by", l->created_by);
	jout_kstr(j, "origin", l->origin ? l->origin : "unknown");
	jout_object_end(j);
}

static void write_config(struct json_out *j, const struct report_image *im)
{
	jout_key(j, "config");
	if (!im->config.is_present) {
		jout_null(j);
		return;
	}
	jout_object(j);
	text(j, "user", im->config.user);
	texts(j, "entrypoint", &im->config.entrypoint);
	texts(j, "cmd", &im->config.cmd);
	texts(j, "env", &im->config.env);
	texts(j, "exposed_ports", &im->config.exposed_ports);
	jout_key(j, "labels");
	jout_object(j);
	for (size_t i = 0; i < im->config.n_labels; i++) {
		jout_key_bytes(j, im->config.labels[i].key);
		jout_bytes(j, im->config.labels[i].value);
	}
	jout_object_end(j);
	jout_object_end(j);
}

static void write_account(struct json_out *j, const struct report_account *c)
{
	jout_key(j, "accountability");
	if (!c->is_present) {
		jout_null(j);
		return;
	}
	jout_object(j);
	jout_kint(j, "programs", (int64_t)c->programs);
	jout_kint(j, "bytes", (int64_t)c->bytes);
	jout_kint(j, "signed", (int64_t)c->from_signed);
	jout_kint(j, "learned", (int64_t)c->learned);
	jout_kint(j, "claimed", (int64_t)c->claimed);
	jout_kint(j, "steps", (int64_t)c->steps);
	jout_object_end(j);
}

static void write_image(struct json_out *j, const struct report_image *im)
{
	jout_key(j, "image");
	jout_object(j);
	text(j, "reference", im->reference);
	text_or_null(j, "digest", im->digest);
	text_or_null(j, "config_digest", im->config_digest);
	text_or_null(j, "platform", im->platform);
	text_or_null(j, "created", im->created);
	jout_key(j, "user");
	jout_object(j);
	text(j, "declared", im->user.declared);
	jout_kint(j, "uid", im->user.uid);
	jout_kint(j, "gid", im->user.gid);
	jout_kstr(j, "privilege", im->user.privilege);
	if (im->user.is_writable_known)
		texts(j, "writable", &im->user.writable);
	else
		jout_kstr(j, "writable", NULL);
	jout_object_end(j);
	write_account(j, &im->account);
	jout_key(j, "layers");
	jout_array(j);
	for (size_t i = 0; i < im->n_layers; i++)
		write_layer(j, &im->layers[i]);
	jout_array_end(j);
	write_config(j, im);
	jout_object_end(j);
}

static void write_sets(struct json_out *j, const struct report_os *os)
{
	jout_key(j, "content_sets");
	if (!os->n_sets) {
		jout_null(j);
		return;
	}
	jout_array(j);
	for (size_t i = 0; i < os->n_sets; i++) {
		jout_object(j);
		jout_key(j, "layer");
		if (os->sets[i].layer < 0)
			jout_null(j);
		else
			jout_int(j, os->sets[i].layer);
		text_or_null(j, "name", os->sets[i].name);
		jout_object_end(j);
	}
	jout_array_end(j);
}

static void write_os(struct json_out *j, const struct report_os *os)
{
	jout_key(j, "os");
	jout_object(j);
	text_or_null(j, "id", os->id);
	text_or_null(j, "version", os->version);
	text_or_null(j, "name", os->name);
	text_or_null(j, "eol", os->eol);
	write_sets(j, os);
	jout_object_end(j);
}

static void write_lineage(struct json_out *j, const struct report *r)
{
	jout_key(j, "lineage");
	jout_array(j);
	for (size_t i = 0; i < r->n_lineage; i++) {
		jout_object(j);
		text_or_null(j, "reference", r->lineage[i].reference);
		text_or_null(j, "digest", r->lineage[i].digest);
		jout_kint(j, "layers", r->lineage[i].layers);
		jout_kstr(j, "by", r->lineage[i].by);
		text_or_null(j, "admitted", bytes_str(r->lineage[i].admitted));
		text_or_null(j, "signer", r->lineage[i].signer);
		jout_object_end(j);
	}
	jout_array_end(j);
}

static void write_package(struct json_out *j, const struct package *p)
{
	jout_object(j);
	text_or_null(j, "purl", p->purl);
	text(j, "type", p->type);
	text(j, "name", p->name);
	text(j, "version", p->version);
	text_or_null(j, "arch", p->arch);
	jout_key(j, "source");
	if (p->source_name.n) {
		jout_object(j);
		text(j, "name", p->source_name);
		text(j, "version", p->source_version.n ? p->source_version : p->version);
		jout_object_end(j);
	} else {
		jout_null(j);
	}
	texts(j, "licenses", &p->licenses);
	text_or_null(j, "vendor", p->vendor);
	text_or_null(j, "maintainer", p->maintainer);
	text_or_null(j, "repository", p->repository);
	text_or_null(j, "module", p->module);
	jout_key(j, "third_party");
	jout_bool(j, p->is_third_party);
	jout_kint(j, "layer", p->layer);
	texts(j, "paths", &p->paths);
	jout_kstr(j, "evidence", evidence_name(p->evidence));
	jout_kstr(j, "scope", scope_name(p->scope));
	jout_key(j, "absent");
	jout_bool(j, p->is_absent);
	text_or_null(j, "proof", p->proof);
	text_or_null(j, "digest", p->digest);
	text_or_null(j, "cpe", p->cpe);
	texts(j, "depends", &p->depends);
	jout_object_end(j);
}

static void write_location(struct json_out *j, const struct finding *f)
{
	jout_key(j, "location");
	jout_object(j);
	number_or_null(j, "layer", f->location.layer, f->location.layer >= 0);
	text_or_null(j, "path", f->location.path);
	number_or_null(j, "line", f->location.line, f->location.line > 0);
	jout_key(j, "deleted");
	jout_bool(j, f->location.is_deleted);
	jout_object_end(j);
}

static void write_waived(struct json_out *j, const struct waived *w)
{
	jout_key(j, "waived");
	if (!w) {
		jout_null(j);
		return;
	}
	jout_object(j);
	text_or_null(j, "by", w->by);
	text_or_null(j, "owner", w->owner);
	text_or_null(j, "reason", w->reason);
	text_or_null(j, "until", w->until);
	jout_object_end(j);
}

/* A number that is not one of its kind is not known. */
static void write_bounded(struct json_out *j, const char *key, double v, double most)
{
	jout_key(j, key);
	if (v >= 0 && v <= most)
		jout_double(j, v);
	else
		jout_null(j);
}

static void write_numbers(struct json_out *j, const struct finding *f)
{
	write_bounded(j, "epss", f->epss, 1);
	jout_key(j, "kev");
	jout_bool(j, f->is_kev);
	jout_key(j, "cvss");
	if (!f->cvss_vector.n && f->cvss_score < 0) {
		jout_null(j);
		return;
	}
	jout_object(j);
	text_or_null(j, "vector", f->cvss_vector);
	write_bounded(j, "score", f->cvss_score, 10);
	jout_object_end(j);
}

static void write_source(struct json_out *j, const struct finding *f)
{
	jout_key(j, "source");
	if (!f->source.feed.n) {
		jout_null(j);
		return;
	}
	jout_object(j);
	text(j, "feed", f->source.feed);
	text_or_null(j, "advisory", f->source.advisory);
	text_or_null(j, "date", f->source.date);
	jout_object_end(j);
}

static void write_finding(struct json_out *j, const struct finding *f)
{
	jout_object(j);
	jout_kstr(j, "check", check_name(f->check));
	text(j, "id", f->id);
	jout_kstr(j, "severity", severity_name(f->severity));
	text_or_null(j, "severity_source", f->severity_source);
	text_or_null(j, "title", f->title);
	text_or_null(j, "package", f->package);
	text_or_null(j, "installed", f->installed);
	text_or_null(j, "fixed", f->fixed);
	jout_kstr(j, "status", f->has_status ? status_name(f->status) : NULL);
	write_location(j, f);
	text(j, "reason", f->reason);
	text_or_null(j, "repair", f->repair);
	text_or_null(j, "match", f->match);
	write_source(j, f);
	write_numbers(j, f);
	texts(j, "references", &f->references);
	jout_kstr(j, "fingerprint", f->fingerprint);
	write_waived(j, f->waived);
	jout_object_end(j);
}

static void write_findings(struct json_out *j, const char *key, const struct finding *f, size_t n)
{
	jout_key(j, key);
	jout_array(j);
	for (size_t i = 0; i < n; i++)
		write_finding(j, &f[i]);
	jout_array_end(j);
}

static void write_coverage(struct json_out *j, const struct report *r)
{
	jout_key(j, "coverage");
	jout_array(j);
	for (size_t i = 0; i < r->n_coverage; i++) {
		const struct coverage *c = &r->coverage[i];
		jout_object(j);
		jout_kstr(j, "check", check_name(c->check));
		jout_kstr(j, "status", coverage_status_name(c->status));
		jout_kstr(j, "code", c->code ? c->code : "");
		number_or_null(j, "layer", c->layer, c->layer >= 0);
		text_or_null(j, "path", c->path);
		text(j, "detail", c->detail);
		jout_object_end(j);
	}
	jout_array_end(j);
}

static void write_count(struct json_out *j, const char *key, uint64_t n, bool is_there)
{
	number_or_null(j, key, (int64_t)n, is_there);
}

/* What a verified document says. */
static void write_statement(struct json_out *j, const struct report_evidence *x)
{
	char when[21];
	if (x->created_s)
		clock_format(x->created_s, when);
	text_or_null(j, "phase", x->phase);
	text_or_null(j, "result", x->result);
	text_or_null(j, "tool", x->tool);
	text_or_null(j, "tool_version", x->tool_version);
	jout_kstr(j, "created", x->created_s ? when : NULL);
}

/* What came with the image; what was handed over beside it is not of the image. */
static void write_evidence(struct json_out *j, const struct report *r)
{
	jout_key(j, "evidence");
	jout_array(j);
	for (size_t i = 0; i < r->n_evidence; i++) {
		const struct report_evidence *x = &r->evidence[i];
		if (!x->found)
			continue;
		jout_object(j);
		jout_kstr(j, "kind", paper_name(x->kind));
		text_or_null(j, "type", x->type);
		jout_kstr(j, "found", x->found);
		text_or_null(j, "name", x->name);
		text_or_null(j, "subject", x->subject);
		text_or_null(j, "document", x->document);
		text_or_null(j, "media_type", x->media_type);
		number_or_null(j, "layer", x->layer, x->layer >= 0);
		text_or_null(j, "about", x->digest);
		jout_kint(j, "signatures", (int64_t)x->signatures);
		text_or_null(j, "signer", x->signer);
		write_statement(j, x);
		texts(j, "claimed", &x->claimed);
		write_count(j, "packages", x->counts.packages, x->counts.is_present);
		write_count(j, "missing", x->counts.missing, x->counts.is_present);
		write_count(j, "unlisted", x->counts.unlisted,
		            x->counts.is_present && x->layer < 0);
		jout_object_end(j);
	}
	jout_array_end(j);
}

static void write_import(struct json_out *j, const struct report_evidence *x)
{
	char when[21];
	jout_object(j);
	jout_kstr(j, "form", x->form);
	text(j, "tool", x->tool);
	text_or_null(j, "version", x->tool_version);
	text_or_null(j, "result", x->result);
	if (x->created_s)
		clock_format(x->created_s, when);
	jout_kstr(j, "created", x->created_s ? when : NULL);
	jout_kstr(j, "about", x->about);
	text_or_null(j, "digest", x->digest);
	text_or_null(j, "commit", x->commit);
	jout_kint(j, "rules", (int64_t)x->rules);
	texts(j, "rule_sets", &x->sets);
	jout_kint(j, "results", (int64_t)x->results);
	jout_kint(j, "settled", (int64_t)x->settled);
	jout_kint(j, "passed", (int64_t)x->passed);
	jout_kint(j, "skipped", (int64_t)x->skipped);
	text(j, "file", x->source);
	text_or_null(j, "file_digest", x->file_digest);
	jout_object_end(j);
}

static void write_imports(struct json_out *j, const struct report *r)
{
	jout_key(j, "imports");
	jout_array(j);
	for (size_t i = 0; i < r->n_evidence; i++)
		if (r->evidence[i].form)
			write_import(j, &r->evidence[i]);
	jout_array_end(j);
}

static void write_summary(struct json_out *j, const struct report *r)
{
	uint64_t counts[SEV__MAX] = {0}, waived = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		if (r->findings[i].waived)
			waived++;
		else
			counts[r->findings[i].severity]++;
	}
	jout_key(j, "summary");
	jout_object(j);
	for (int s = SEV__MAX - 1; s >= 0; s--) {
		jout_key(j, severity_name((enum severity)s));
		jout_uint(j, counts[s]);
	}
	jout_key(j, "waived");
	jout_uint(j, waived);
	jout_key(j, "suppressed");
	jout_uint(j, r->n_suppressed);
	jout_key(j, "filtered");
	jout_uint(j, r->n_filtered);
	jout_object_end(j);
}

static void write_verdict(struct json_out *j, const struct report *r)
{
	jout_key(j, "verdict");
	if (!r->verdict.is_present) {
		jout_null(j);
		return;
	}
	jout_object(j);
	jout_kstr(j, "result", verdict_name(r->verdict.result));
	text_or_null(j, "policy", r->verdict.policy);
	texts(j, "reasons", &r->verdict.reasons);
	jout_object_end(j);
}

static void write_report(struct json_out *j, const struct report *r, const struct render_options *o)
{
	jout_object(j);
	jout_kstr(j, "schema", "assay.report/v1");
	jout_key(j, "tool");
	jout_object(j);
	jout_kstr(j, "name", "assay");
	jout_kstr(j, "version", ASSAY_VERSION);
	text_or_null(j, "confinement", r->confinement);
	jout_object_end(j);
	write_image(j, &r->image);
	write_os(j, &r->os);
	write_lineage(j, r);
	jout_key(j, "packages");
	jout_array(j);
	for (size_t i = 0; i < r->n_packages; i++)
		write_package(j, &r->packages[i]);
	jout_array_end(j);
	write_findings(j, "findings", r->findings, r->n_findings);
	if (o->show_suppressed)
		write_findings(j, "suppressed", r->suppressed, r->n_suppressed);
	write_evidence(j, r);
	write_coverage(j, r);
	write_imports(j, r);
	write_summary(j, r);
	write_verdict(j, r);
	jout_object_end(j);
}

static int json_write(const struct report *const *r, size_t n, const struct render_options *o,
                      FILE *out, struct err *e)
{
	struct json_out j;
	jout_init(&j, jout_to_file, out, true);
	if (n == 1 && !o->many) {
		write_report(&j, r[0], o);
	} else {
		jout_object(&j);
		jout_kstr(&j, "schema", "assay.reports/v1");
		jout_key(&j, "reports");
		jout_array(&j);
		for (size_t i = 0; i < n; i++)
			write_report(&j, r[i], o);
		jout_array_end(&j);
		jout_object_end(&j);
	}
	if (jout_end(&j) < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

static const char *const aliases[] = {"assay-json", NULL};

const struct render_form render_form_json = {
	.name = "json",
	.aliases = aliases,
	.title = "assay's own report, with everything in it",
	.suffix = ".json",
	.write = json_write,
};
