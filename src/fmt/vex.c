/* SPDX-License-Identifier: Apache-2.0 */
/* vex.c - VEX documents of three forms, told apart by what each must have. */
#include "fmt/vex.h"

#include "fmt/purl.h"
#include "fmt/vex_parts.h"

const char *vex_status_name(enum vex_status s)
{
	static const char *const names[] = {
		[VEX_NOT_AFFECTED] = "not_affected",
		[VEX_FIXED] = "fixed",
		[VEX_AFFECTED] = "affected",
		[VEX_UNDER_INVESTIGATION] = "under_investigation",
	};
	_Static_assert(ARRAY_LEN(names) == VEX__MAX, "a name for each");
	return s < VEX__MAX ? names[s] : "unknown";
}

int vex_say(struct vex_reader *r, const struct vex_statement *s, struct err *e)
{
	if (++r->n > (uint64_t)VEX_STATEMENTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld statements",
		               (long long)VEX_STATEMENTS_MAX);
	return r->fn(r->arg, s, e);
}

int vex_add_id(struct bytes *ids, size_t *n, struct bytes id, struct err *e)
{
	if (!id.n)
		return 0;
	for (size_t i = 0; i < *n; i++) {
		if (bytes_eq(ids[i], id))
			return 0;
	}
	if (*n == (size_t)VEX_IDS_MAX)
		return err_set(e, ERR_LIMIT, "a vulnerability of more than %lld names",
		               (long long)VEX_IDS_MAX);
	ids[(*n)++] = id;
	return 0;
}

struct bytes *vex_ids(struct vex_reader *r)
{
	if (!r->ids)
		r->ids = arena_alloc(r->a, (size_t)VEX_IDS_MAX * sizeof *r->ids);
	return r->ids;
}

struct bytes vex_purl_versions(struct vex_reader *r, struct bytes purl, struct bytes version,
                               struct bytes range)
{
	static const struct bytes none = {NULL, 0};
	AUTO_BUF struct buf b;
	struct purl u;
	if (!bytes_starts(purl, B("pkg:")) || purl_parse_lenient(purl, r->a, &u, NULL) < 0)
		return none;
	u.version = version;
	if (range.n && u.nq == PURL_QUALIFIERS_MAX)
		return none;
	/* a range that is too long for a purl is one that cannot be read */
	if (range.n)
		u.q[u.nq++] = (struct purl_qualifier){
			B("vers"), range.n > (size_t)PURL_LEN_MAX / 4 ? B("too-long") : range};
	buf_init(&b, (size_t)PURL_LEN_MAX);
	return purl_build_lenient(&u, &b, NULL) < 0 ? none : arena_dup(r->a, buf_bytes(&b));
}

int vex_read(struct bytes text, struct arena *a, vex_fn *fn, void *arg, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	struct vex_reader r = {.a = a, .fn = fn, .arg = arg};
	if (json_load_data(text, "VEX document", (size_t)JSON_DOC_MAX, &root, e) < 0)
		return -1;
	const json_t *doc = root;
	if (json_obj(root, "predicate")) /* an in-toto statement about an image */
		doc = json_obj(root, "predicate");
	struct bytes context = json_text(doc, "@context");
	if (bytes_search(context, B("openvex")) >= 0)
		return vex_openvex(&r, doc, e);
	if (bytes_eq(json_text(doc, "bomFormat"), B("CycloneDX")))
		return vex_cyclonedx(&r, doc, e);
	if (bytes_eq(json_text(json_obj(doc, "document"), "category"), B("csaf_vex")))
		return vex_csaf(&r, doc, e);
	return err_set(e, ERR_FORMAT,
	               "no VEX document: neither OpenVEX, nor CSAF of the category "
	               "csaf_vex, nor CycloneDX");
}
