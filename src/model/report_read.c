/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_read.c - a saved report, read back: all that render/json.c writes.
 *
 * What lacks a part that every report has is no report: an older assay wrote less, something else
 * wrote something else, and neither may pass for a report without findings.
 *
 * Format: DESIGN section 6, assay.report/v1; of assay.reports/v1 the first.
 */
#include "model/report_parts.h"

#include <string.h>

static struct bytes text(struct report *r, const struct jnode *o, const char *key)
{
	return arena_dup(r->arena, jnode_text(o, key));
}

static void read_os(struct report *r, const struct jnode *o)
{
	r->os.id = text(r, o, "id");
	r->os.version = text(r, o, "version");
	r->os.name = text(r, o, "name");
	r->os.eol = text(r, o, "eol");
	const struct jnode *sets = jnode_list(o, "content_sets");
	for (size_t i = 0; i < jnode_count(sets); i++) {
		const struct jnode *set = &sets->v[i];
		uint64_t layer;
		report_add_set(r, jnode_u64(set, "layer", INT32_MAX, &layer) ? (int32_t)layer : -1,
		               jnode_text(set, "name"));
	}
}

static void read_texts(struct report *r, struct bytes_list *to, const struct jnode *list)
{
	for (size_t i = 0; i < jnode_count(list); i++)
		list_add(r, to, jnode_bytes(&list->v[i]));
}

static const char *evidence_word(int i) { return evidence_name((enum evidence)i); }
static const char *scope_word(int i) { return scope_name((enum package_scope)i); }

/* The value whose name the member has; 0 for one that is not known. */
static int word_of(const struct jnode *o, const char *key, int n, const char *(*name)(int i))
{
	for (int i = 0; i < n; i++) {
		if (bytes_eq(jnode_text(o, key), bytes_str(name(i))))
			return i;
	}
	return 0;
}

static void read_package(struct report *r, const struct jnode *o)
{
	struct package *p = report_package(r);
	uint64_t layer;
	const struct jnode *source = jnode_obj(o, "source");
	p->purl = text(r, o, "purl");
	p->type = text(r, o, "type");
	p->name = text(r, o, "name");
	p->version = text(r, o, "version");
	p->arch = text(r, o, "arch");
	p->source_name = text(r, source, "name");
	p->source_version = text(r, source, "version");
	p->vendor = text(r, o, "vendor");
	p->maintainer = text(r, o, "maintainer");
	p->repository = text(r, o, "repository");
	p->module = text(r, o, "module");
	p->is_third_party = jnode_is_true(o, "third_party");
	p->layer = jnode_u64(o, "layer", INT32_MAX, &layer) ? (int32_t)layer : -1;
	read_texts(r, &p->licenses, jnode_list(o, "licenses"));
	read_texts(r, &p->paths, jnode_list(o, "paths"));
	read_texts(r, &p->depends, jnode_list(o, "depends"));
	p->proof = text(r, o, "proof");
	p->digest = text(r, o, "digest");
	p->cpe = text(r, o, "cpe");
	p->is_absent = jnode_is_true(o, "absent");
	p->evidence = (enum evidence)word_of(o, "evidence", EVIDENCE__MAX, evidence_word);
	p->scope = (enum package_scope)word_of(o, "scope", SCOPE__MAX, scope_word);
}

static void read_location(struct report *r, struct finding *f, const struct jnode *o)
{
	uint64_t n;
	f->location.layer = jnode_u64(o, "layer", INT32_MAX, &n) ? (int32_t)n : -1;
	f->location.line = jnode_u64(o, "line", INT32_MAX, &n) ? (int32_t)n : 0;
	f->location.path = text(r, o, "path");
	f->location.is_deleted = jnode_is_true(o, "deleted");
}

static void read_waived(struct report *r, struct finding *f, const struct jnode *o)
{
	if (!o)
		return;
	f->waived = arena_alloc(r->arena, sizeof *f->waived);
	f->waived->by = text(r, o, "by");
	f->waived->owner = text(r, o, "owner");
	f->waived->reason = text(r, o, "reason");
	f->waived->until = text(r, o, "until");
}

/* -1, what is not known, where it is none. */
static double number(const struct jnode *v)
{
	if (!v || (v->kind != JNODE_INT && v->kind != JNODE_REAL))
		return -1;
	return v->kind == JNODE_INT ? (double)v->i : v->d;
}

static int read_finding(struct report *r, const struct jnode *o, const char *name, struct err *e)
{
	struct finding *f = report_finding(r);
	struct bytes print = jnode_text(o, "fingerprint");
	f->id = text(r, o, "id");
	if (!check_parse(jnode_text(o, "check"), &f->check) ||
	    !severity_parse(jnode_text(o, "severity"), &f->severity) ||
	    print.n != sizeof f->fingerprint - 1)
		return err_set(e, ERR_FORMAT,
		               "%s: finding %.*s has no check, severity or fingerprint", name,
		               BYTES_FMT(f->id));
	memcpy(f->fingerprint, print.p, print.n);
	f->has_status = status_parse(jnode_text(o, "status"), &f->status);
	f->severity_source = text(r, o, "severity_source");
	f->title = text(r, o, "title");
	f->package = text(r, o, "package");
	f->installed = text(r, o, "installed");
	f->fixed = text(r, o, "fixed");
	f->reason = text(r, o, "reason");
	f->repair = text(r, o, "repair");
	const struct jnode *source = jnode_obj(o, "source"), *cvss = jnode_obj(o, "cvss");
	f->source.feed = text(r, source, "feed");
	f->source.advisory = text(r, source, "advisory");
	f->source.date = text(r, source, "date");
	f->cvss_vector = text(r, cvss, "vector");
	const struct jnode *score = cvss ? jnode_get(cvss, "score") : NULL;
	f->cvss_score = number(score);
	const struct jnode *epss = jnode_get(o, "epss");
	f->epss = number(epss);
	f->is_kev = jnode_is_true(o, "kev");
	read_location(r, f, jnode_obj(o, "location"));
	read_waived(r, f, jnode_obj(o, "waived"));
	f->repair = text(r, o, "repair");
	read_texts(r, &f->references, jnode_list(o, "references"));
	return 0;
}

static struct report_layer *read_layers(struct report *r, const struct jnode *list, size_t *ret_n)
{
	size_t n = jnode_count(list);
	struct report_layer *v = arena_alloc(r->arena, (n + 1) * sizeof *v);
	for (size_t i = 0; i < n; i++) {
		const struct jnode *o = &list->v[i];
		uint64_t size;
		v[i].digest = text(r, o, "digest");
		v[i].diff_id = text(r, o, "diff_id");
		v[i].size = jnode_u64(o, "size", INT64_MAX, &size) ? size : 0;
		v[i].created_by = text(r, o, "created_by");
		v[i].origin = arena_str(r->arena, jnode_text(o, "origin"));
	}
	*ret_n = n;
	return v;
}

static void read_config(struct report *r, const struct jnode *o)
{
	if (!o)
		return;
	r->image.config.is_present = true;
	r->image.config.user = text(r, o, "user");
	read_texts(r, &r->image.config.entrypoint, jnode_list(o, "entrypoint"));
	read_texts(r, &r->image.config.cmd, jnode_list(o, "cmd"));
	read_texts(r, &r->image.config.env, jnode_list(o, "env"));
	read_texts(r, &r->image.config.exposed_ports, jnode_list(o, "exposed_ports"));
	const struct jnode *labels = jnode_obj(o, "labels");
	struct label *v = arena_alloc(r->arena, (jnode_count(labels) + 1) * sizeof *v);
	for (size_t i = 0; i < jnode_count(labels); i++)
		v[r->image.config.n_labels++] =
			(struct label){arena_dup(r->arena, labels->v[i].key),
		                       arena_dup(r->arena, jnode_bytes(&labels->v[i]))};
	r->image.config.labels = v;
}

/* A whole number; -1, what is not known, where it is none. */
static int64_t whole(const struct jnode *o, const char *key)
{
	const struct jnode *v = o ? jnode_get(o, key) : NULL;
	return v && v->kind == JNODE_INT ? v->i : -1;
}

/* uid_t and gid_t have 32 bits, and the last value is none: what a number beyond becomes is for
 * the kernel to say, 0 among others. */
static int64_t id_number(const struct jnode *o, const char *key)
{
	int64_t id = whole(o, key);
	return id >= 0 && id < (int64_t)UINT32_MAX ? id : -1;
}

/* Sizes that are no sizes make it unknown. */
static void read_account(struct report_account *to, const struct jnode *o)
{
	const struct {
		const char *key;
		uint64_t *value;
	} members[] = {
		{"programs", &to->programs   },
                {"bytes",    &to->bytes      },
		{"signed",   &to->from_signed},
                {"learned",  &to->learned    },
		{"claimed",  &to->claimed    },
	};
	struct report_account zero = {.is_present = false};
	to->is_present = o != NULL;
	for (size_t i = 0; o && i < ARRAY_LEN(members); i++) {
		int64_t n = whole(o, members[i].key);
		to->is_present &= n >= 0;
		*members[i].value = n >= 0 ? (uint64_t)n : 0;
	}
	to->steps = (uint64_t)MAX_OF(o ? whole(o, "steps") : 0, (int64_t)0);
	/* the grades are parts of the whole */
	uint64_t rest = to->bytes;
	const uint64_t parts[] = {to->from_signed, to->learned, to->claimed, to->steps};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		to->is_present &= parts[i] <= rest;
		rest -= MIN_OF(parts[i], rest);
	}
	if (!to->is_present)
		*to = zero;
}

static void read_image(struct report *r, const struct jnode *o)
{
	const struct jnode *user = jnode_obj(o, "user");
	r->image.reference = text(r, o, "reference");
	r->image.digest = text(r, o, "digest");
	r->image.config_digest = text(r, o, "config_digest");
	r->image.platform = text(r, o, "platform");
	r->image.user.declared = text(r, user, "declared");
	r->image.user.uid = id_number(user, "uid");
	r->image.user.gid = id_number(user, "gid");
	if (jnode_text(user, "privilege").n)
		r->image.user.privilege = arena_str(r->arena, jnode_text(user, "privilege"));
	r->image.user.is_writable_known = jnode_list(user, "writable") != NULL;
	read_texts(r, &r->image.user.writable, jnode_list(user, "writable"));
	read_account(&r->image.account, jnode_obj(o, "accountability"));
	r->image.layers = read_layers(r, jnode_list(o, "layers"), &r->image.n_layers);
	read_config(r, jnode_obj(o, "config"));
}

static void read_lineage(struct report *r, const struct jnode *list)
{
	size_t n = jnode_count(list);
	r->lineage = arena_alloc(r->arena, (n + 1) * sizeof *r->lineage);
	for (size_t i = 0; i < n; i++) {
		const struct jnode *o = &list->v[i];
		uint64_t n_layers;
		r->lineage[i] = (struct lineage){
			.reference = text(r, o, "reference"),
			.digest = text(r, o, "digest"),
			.layers = jnode_u64(o, "layers", INT32_MAX, &n_layers) ? (int32_t)n_layers
		                                                               : 0,
			.by = arena_str(r->arena, jnode_text(o, "by")),
			.signer = text(r, o, "signer")};
		if (jnode_text(o, "admitted").n)
			r->lineage[i].admitted = arena_str(r->arena, jnode_text(o, "admitted"));
	}
	r->n_lineage = r->cap_lineage = n;
}

static const char *paper_word(int i) { return paper_name((enum paper)i); }

static bool count_of(const struct jnode *o, const char *key, uint64_t *ret)
{
	return jnode_u64(o, key, INT64_MAX, ret);
}

static void read_evidence(struct report *r, const struct jnode *o)
{
	static const char *const founds[] = {"index", "referrer", "tag", "file"};
	struct report_evidence *x = report_evidence(r);
	*x = (struct report_evidence){.layer = (int32_t)whole(o, "layer")};
	x->found = "file";
	for (size_t i = 0; i < ARRAY_LEN(founds); i++) {
		if (bytes_eq(jnode_text(o, "found"), bytes_str(founds[i])))
			x->found = founds[i];
	}
	x->kind = (enum paper)word_of(o, "kind", PAPER__MAX, paper_word);
	x->type = text(r, o, "type");
	x->name = text(r, o, "name");
	x->subject = text(r, o, "subject");
	x->document = text(r, o, "document");
	x->media_type = text(r, o, "media_type");
	x->digest = text(r, o, "about");
	x->signer = text(r, o, "signer");
	x->phase = text(r, o, "phase");
	x->result = text(r, o, "result");
	x->tool = text(r, o, "tool");
	x->tool_version = text(r, o, "tool_version");
	clock_parse(jnode_text(o, "created"), &x->created_s);
	read_texts(r, &x->claimed, jnode_list(o, "claimed"));
	count_of(o, "signatures", &x->signatures);
	x->counts.is_present = count_of(o, "packages", &x->counts.packages) &&
	                       count_of(o, "missing", &x->counts.missing);
	count_of(o, "unlisted", &x->counts.unlisted);
}

static int read_coverage(struct report *r, const struct jnode *o, const char *name, struct err *e)
{
	struct coverage row = {.layer = (int32_t)whole(o, "layer"), .path = text(r, o, "path")};
	struct bytes status = jnode_text(o, "status");
	row.status = COVERAGE__MAX;
	for (int s = 0; s < COVERAGE__MAX; s++)
		if (bytes_eq(status, bytes_str(coverage_status_name((enum coverage_status)s))))
			row.status = (enum coverage_status)s;
	if (!check_parse(jnode_text(o, "check"), &row.check) || row.status == COVERAGE__MAX)
		return err_set(e, ERR_FORMAT, "%s: a row of coverage has no check or status", name);
	row.code = arena_str(r->arena, jnode_text(o, "code"));
	report_cover(r, row, "%.*s", BYTES_FMT(jnode_text(o, "detail")));
	return 0;
}

static const char *word_in(const struct jnode *o, const char *key, const char *const *words)
{
	while (words[1] && !bytes_eq(jnode_text(o, key), bytes_str(*words)))
		words++;
	return *words;
}

static void read_import(struct report *r, const struct jnode *o)
{
	static const char *const forms[] = {"sarif", "junit", "cyclonedx", "cppcheck", NULL};
	static const char *const abouts[] = {"image", "commit", "other", "unknown", NULL};
	struct report_evidence *x = report_evidence(r);
	*x = (struct report_evidence){.layer = -1,
	                              .phase = B("test"),
	                              .type = B("import"),
	                              .form = word_in(o, "form", forms),
	                              .about = word_in(o, "about", abouts)};
	x->tool = text(r, o, "tool");
	x->tool_version = text(r, o, "version");
	x->result = text(r, o, "result");
	x->digest = text(r, o, "digest");
	x->commit = text(r, o, "commit");
	x->source = text(r, o, "file");
	x->file_digest = text(r, o, "file_digest");
	read_texts(r, &x->sets, jnode_list(o, "rule_sets"));
	clock_parse(jnode_text(o, "created"), &x->created_s);
	const struct {
		const char *key;
		uint64_t *to;
	} counts[] = {
		{"rules",   &x->rules  },
                {"results", &x->results},
                {"settled", &x->settled},
		{"passed",  &x->passed },
                {"skipped", &x->skipped},
	};
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		jnode_u64(o, counts[i].key, INT64_MAX, counts[i].to);
}

/* Findings that filters took out: a report of before they were told apart from what VEX took out
 * may lack any of those. */
static void read_summary(struct report *r, const struct jnode *o)
{
	if (!jnode_u64(o, "filtered", INT64_MAX, &r->n_filtered))
		jnode_u64(o, "suppressed", INT64_MAX, &r->n_filtered);
}

static int read_verdict(struct report *r, const struct jnode *o, const char *name, struct err *e)
{
	struct bytes result = jnode_text(o, "result");
	if (!o)
		return 0;
	for (int v = 0; v < VERDICT__MAX; v++)
		if (bytes_eq(result, bytes_str(verdict_name((enum verdict_result)v)))) {
			r->verdict.is_present = true;
			r->verdict.result = (enum verdict_result)v;
		}
	r->verdict.policy = text(r, o, "policy");
	read_texts(r, &r->verdict.reasons, jnode_list(o, "reasons"));
	return r->verdict.is_present ? 0
	                             : err_set(e, ERR_FORMAT, "%s: the verdict \"%.*s\" is none",
	                                       name, BYTES_FMT(result));
}

/* Whether the document says that assay made it, and has what all reports have. */
static int check_parts(const struct jnode *o, struct bytes doc, const char *name, struct err *e)
{
	static const char *const lists[] = {"lineage", "packages", "findings", "coverage"};
	struct bytes schema = jnode_text(o, "schema"),
		     tool = jnode_text(jnode_obj(o, "tool"), "name");
	if (o->kind != JNODE_OBJECT || !schema.n)
		return err_set(e, ERR_FORMAT, "%s: no report of assay: it names no schema", name);
	if (bytes_starts(schema, B("assay.report/")) && !bytes_eq(schema, B("assay.report/v1")))
		return err_set(
			e, ERR_UNSUPPORTED,
			"%s: schema %.*s, made by a newer assay; this one reads assay.report/v1",
			name, BYTES_FMT(schema));
	if (!bytes_eq(schema, B("assay.report/v1")))
		return err_set(e, ERR_UNSUPPORTED, "%s: schema \"%.*s\" is not assay.report/v1",
		               name, BYTES_FMT(schema));
	if (!bytes_eq(tool, B("assay")))
		return err_set(e, ERR_FORMAT, "%s: made by \"%.*s\", not by assay", name,
		               BYTES_FMT(tool));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (!jnode_list(o, lists[i]))
			return err_set(e, ERR_FORMAT,
			               "%s: holds no list \"%s\"; an older assay made it?", name,
			               lists[i]);
	return jnode_obj(o, "image") ? report_check_kinds(o, doc, name, e)
	                             : err_set(e, ERR_FORMAT, "%s: names no image", name);
}

static int read_report(struct report *r, const struct jnode *o, struct bytes doc, const char *name,
                       struct err *e)
{
	if (check_parts(o, doc, name, e) < 0)
		return -1;
	const struct jnode *packages = jnode_list(o, "packages"),
			   *findings = jnode_list(o, "findings");
	const struct jnode *coverage = jnode_list(o, "coverage");
	r->tool_version = text(r, jnode_obj(o, "tool"), "version");
	r->confinement = text(r, jnode_obj(o, "tool"), "confinement");
	read_image(r, jnode_obj(o, "image"));
	read_os(r, jnode_obj(o, "os"));
	read_lineage(r, jnode_list(o, "lineage"));
	for (size_t i = 0; i < jnode_count(packages); i++)
		read_package(r, &packages->v[i]);
	for (size_t i = 0; i < jnode_count(findings); i++)
		if (read_finding(r, &findings->v[i], name, e) < 0)
			return -1;
	/* reports of before there was such a list are taken too */
	const struct jnode *evidence = jnode_list(o, "evidence");
	for (size_t i = 0; i < jnode_count(evidence); i++)
		read_evidence(r, &evidence->v[i]);
	for (size_t i = 0; i < jnode_count(coverage); i++)
		if (read_coverage(r, &coverage->v[i], name, e) < 0)
			return -1;
	const struct jnode *imports = jnode_list(o, "imports"); /* an older report has none */
	for (size_t i = 0; i < jnode_count(imports); i++)
		read_import(r, &imports->v[i]);
	read_summary(r, jnode_obj(o, "summary"));
	return read_verdict(r, jnode_obj(o, "verdict"), name, e);
}

int report_read_all(struct bytes json, const char *name, struct report ***ret, size_t *ret_n,
                    struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct jnode *root;
	if (jdoc_load(a, json, name, (size_t)JSON_DOC_MAX, &root, e) < 0)
		return -1;
	bool is_many = bytes_eq(jnode_text(root, "schema"), B("assay.reports/v1"));
	const struct jnode *list = jnode_list(root, "reports");
	size_t n = is_many ? jnode_count(list) : 1;
	if (!n)
		return err_set(e, ERR_FORMAT, "%s: holds no report", name);
	struct report **v = mem_zalloc(n * sizeof(struct report *));
	for (size_t i = 0; i < n; i++) {
		v[i] = report_new();
		const char *which = is_many ? arena_printf(a, "%s: reports[%zu]", name, i) : name;
		if (read_report(v[i], is_many ? &list->v[i] : root, json, which, e) == 0)
			continue;
		for (size_t k = 0; k <= i; k++)
			report_free(v[k]);
		free(v);
		return -1;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

int report_read(struct bytes json, const char *name, struct report **ret, struct err *e)
{
	struct report **v;
	size_t n;
	if (report_read_all(json, name, &v, &n, e) < 0)
		return -1;
	*ret = v[0];
	for (size_t i = 1; i < n; i++)
		report_free(v[i]);
	free(v);
	return 0;
}
