/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex_cyclonedx.c - the vulnerabilities of a CycloneDX document.
 *
 * Source: CycloneDX 1.4 to 1.7, "vulnerabilities[].analysis" and "affects[].ref": a bom-ref of this
 * document, or a BOM-Link into another, whose part after "#" is one.
 */
#include "fmt/vex_parts.h"

enum { COMPONENTS_DEPTH = 32 };

static const struct {
	const char *word;
	enum vex_status status;
} states[] = {
	{"exploitable",            VEX_AFFECTED           },
	{"false_positive",         VEX_NOT_AFFECTED       },
	{"in_triage",              VEX_UNDER_INVESTIGATION},
	{"not_affected",           VEX_NOT_AFFECTED       },
	{"resolved",               VEX_FIXED              },
	{"resolved_with_pedigree", VEX_FIXED              },
};

/* bom-ref → purl */
static void collect(struct map *refs, const json_t *component, struct arena *a, int depth)
{
	struct bytes ref = json_text(component, "bom-ref"), purl = json_text(component, "purl");
	size_t i;
	const json_t *at;
	if (ref.n && purl.n)
		map_put(refs, ref, NULL)->p = arena_alloc(a, sizeof(struct bytes));
	if (ref.n && purl.n)
		*(struct bytes *)map_get(refs, ref)->p = purl;
	if (depth == COMPONENTS_DEPTH)
		return;
	json_array_foreach(json_list(component, "components"), i, at)
		collect(refs, at, a, depth + 1);
}

static struct bytes unlink_ref(struct bytes ref, const struct map *refs)
{
	ssize_t at = bytes_starts(ref, B("urn:cdx:")) ? bytes_find(ref, '#') : -1;
	struct bytes own = at >= 0 ? bytes_skip(ref, (size_t)at + 1) : ref;
	const union map_value *slot = map_get(refs, own);
	return slot ? *(const struct bytes *)slot->p : own;
}

static int read_one(struct vex_reader *r, const json_t *v, const struct map *refs, struct err *e)
{
	struct vex_statement s = r->base;
	const json_t *analysis = json_obj(v, "analysis"), *at;
	struct bytes *ids = vex_ids(r), state = json_text(analysis, "state"), when;
	size_t i, k = 0;
	while (k < ARRAY_LEN(states) && !bytes_eq(state, bytes_str(states[k].word)))
		k++;
	if (k == ARRAY_LEN(states))
		return 0; /* no analysis: a finding, not a verdict on one */
	s.status = states[k].status;
	s.justification = json_text(analysis, "justification");
	s.text = json_text(analysis, "detail");
	when = json_text(analysis, "lastUpdated");
	clock_parse(when.n ? when : json_text(v, "updated"), &s.at_s);
	if (vex_add_id(ids, &s.n_ids, json_text(v, "id"), e) < 0)
		return -1;
	json_array_foreach(json_list(v, "references"), i, at)
	{
		if (vex_add_id(ids, &s.n_ids, json_text(at, "id"), e) < 0)
			return -1;
	}
	s.ids = ids;
	json_array_foreach(json_list(v, "affects"), i, at)
	{
		s.product = unlink_ref(json_text(at, "ref"), refs);
		if (s.product.n && vex_say(r, &s, e) < 0)
			return -1;
	}
	return 0;
}

int vex_cyclonedx(struct vex_reader *r, const json_t *doc, struct err *e)
{
	AUTO_MAP struct map *refs = map_new();
	const json_t *metadata = json_obj(doc, "metadata"), *at;
	struct bytes name = json_text(json_obj(metadata, "supplier"), "name");
	size_t i;
	r->base.author = name;
	clock_parse(json_text(metadata, "timestamp"), &r->base.at_s);
	collect(refs, json_obj(metadata, "component"), r->a, 0);
	collect(refs, doc, r->a, 0);
	json_array_foreach(json_list(doc, "vulnerabilities"), i, at)
	{
		if (read_one(r, at, refs, e) < 0)
			return err_wrap(e, "vulnerability %zu", i + 1);
	}
	return 0;
}
