/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_read.c - a saved report, read back as far as later questions need it.
 *
 * Format: DESIGN section 6, assay.report/v1; of assay.reports/v1 the first.
 */
#include "model/model.h"

#include <string.h>

static struct bytes text(struct report *r, const json_t *o, const char *key)
{
	return arena_dup(r->arena, json_text(o, key));
}

static void read_os(struct report *r, const json_t *o)
{
	r->os.id = text(r, o, "id");
	r->os.version = text(r, o, "version");
	r->os.name = text(r, o, "name");
	r->os.eol = text(r, o, "eol");
	const json_t *sets = json_list(o, "content_sets");
	for (size_t i = 0; i < json_array_size(sets); i++) {
		const json_t *set = json_array_get(sets, i);
		uint64_t layer;
		report_add_set(r, json_u64(set, "layer", INT32_MAX, &layer) ? (int32_t)layer : -1,
		               json_text(set, "name"));
	}
}

static void read_texts(struct report *r, struct bytes_list *to, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		list_add(r, to, json_bytes(json_array_get(list, i)));
}

static const char *evidence_word(int i) { return evidence_name((enum evidence)i); }
static const char *scope_word(int i) { return scope_name((enum package_scope)i); }

/* The value whose name the member has; 0 for one that is not known. */
static int word_of(const json_t *o, const char *key, int n, const char *(*name)(int i))
{
	for (int i = 0; i < n; i++) {
		if (bytes_eq(json_text(o, key), bytes_str(name(i))))
			return i;
	}
	return 0;
}

static void read_package(struct report *r, const json_t *o)
{
	struct package *p = report_package(r);
	uint64_t layer;
	const json_t *source = json_obj(o, "source");
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
	p->is_third_party = json_is_true(json_object_get(o, "third_party"));
	p->layer = json_u64(o, "layer", INT32_MAX, &layer) ? (int32_t)layer : -1;
	read_texts(r, &p->licenses, json_list(o, "licenses"));
	read_texts(r, &p->paths, json_list(o, "paths"));
	read_texts(r, &p->depends, json_list(o, "depends"));
	p->proof = text(r, o, "proof");
	p->digest = text(r, o, "digest");
	p->cpe = text(r, o, "cpe");
	p->is_absent = json_is_true(json_object_get(o, "absent"));
	p->evidence = (enum evidence)word_of(o, "evidence", EVIDENCE__MAX, evidence_word);
	p->scope = (enum package_scope)word_of(o, "scope", SCOPE__MAX, scope_word);
}

static void read_location(struct report *r, struct finding *f, const json_t *o)
{
	uint64_t n;
	f->location.layer = json_u64(o, "layer", INT32_MAX, &n) ? (int32_t)n : -1;
	f->location.line = json_u64(o, "line", INT32_MAX, &n) ? (int32_t)n : 0;
	f->location.path = text(r, o, "path");
	f->location.is_deleted = json_is_true(json_object_get(o, "deleted"));
}

static void read_waived(struct report *r, struct finding *f, const json_t *o)
{
	if (!o)
		return;
	f->waived = arena_alloc(r->arena, sizeof *f->waived);
	f->waived->by = text(r, o, "by");
	f->waived->owner = text(r, o, "owner");
	f->waived->reason = text(r, o, "reason");
	f->waived->until = text(r, o, "until");
}

static int read_finding(struct report *r, const json_t *o, const char *name, struct err *e)
{
	struct finding *f = report_finding(r);
	struct bytes print = json_text(o, "fingerprint");
	f->id = text(r, o, "id");
	if (!check_parse(json_text(o, "check"), &f->check) ||
	    !severity_parse(json_text(o, "severity"), &f->severity) ||
	    print.n != sizeof f->fingerprint - 1)
		return err_set(e, ERR_FORMAT,
		               "%s: finding %.*s has no check, severity or fingerprint", name,
		               BYTES_FMT(f->id));
	memcpy(f->fingerprint, print.p, print.n);
	f->has_status = status_parse(json_text(o, "status"), &f->status);
	f->severity_source = text(r, o, "severity_source");
	f->title = text(r, o, "title");
	f->package = text(r, o, "package");
	f->installed = text(r, o, "installed");
	f->fixed = text(r, o, "fixed");
	f->reason = text(r, o, "reason");
	f->repair = text(r, o, "repair");
	const json_t *source = json_obj(o, "source"), *cvss = json_obj(o, "cvss");
	f->source.feed = text(r, source, "feed");
	f->source.advisory = text(r, source, "advisory");
	f->source.date = text(r, source, "date");
	f->cvss_vector = text(r, cvss, "vector");
	const json_t *score = cvss ? json_object_get(cvss, "score") : NULL;
	f->cvss_score = json_is_number(score) ? json_number_value(score) : -1;
	const json_t *epss = json_object_get(o, "epss");
	f->epss = json_is_number(epss) ? json_number_value(epss) : -1;
	f->is_kev = json_is_true(json_object_get(o, "kev"));
	read_location(r, f, json_obj(o, "location"));
	read_waived(r, f, json_obj(o, "waived"));
	read_texts(r, &f->references, json_list(o, "references"));
	return 0;
}

static int read_report(struct report *r, const json_t *o, const char *name, struct err *e)
{
	if (!bytes_eq(json_text(o, "schema"), B("assay.report/v1")))
		return err_set(e, ERR_UNSUPPORTED, "%s: schema \"%.*s\" is not assay.report/v1",
		               name, BYTES_FMT(json_text(o, "schema")));
	const json_t *packages = json_list(o, "packages"), *findings = json_list(o, "findings");
	const json_t *image = json_obj(o, "image");
	r->image.reference = text(r, image, "reference");
	r->image.digest = text(r, image, "digest");
	read_os(r, json_obj(o, "os"));
	for (size_t i = 0; i < json_array_size(packages); i++)
		read_package(r, json_array_get(packages, i));
	for (size_t i = 0; i < json_array_size(findings); i++) {
		if (read_finding(r, json_array_get(findings, i), name, e) < 0)
			return -1;
	}
	return 0;
}

int report_read(struct bytes json, const char *name, struct report **ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_data(json, name, (size_t)JSON_DOC_MAX, &root, e) < 0)
		return -1;
	const json_t *first = root;
	if (bytes_eq(json_text(root, "schema"), B("assay.reports/v1")))
		first = json_array_get(json_list(root, "reports"), 0);
	struct report *r = report_new();
	if (read_report(r, first, name, e) < 0) {
		report_free(r);
		return -1;
	}
	*ret = r;
	return 0;
}
