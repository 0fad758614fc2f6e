/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex_cyclonedx.c - the vulnerabilities of a CycloneDX document.
 *
 * Source: CycloneDX 1.4 to 1.7, "vulnerabilities[].analysis" and "affects[].ref": a bom-ref of this
 * document, or a BOM-Link into another, whose part after "#" is one; "affects[].versions[]": single
 * versions and ranges (VERS), each with a status of its own.
 */
#include "fmt/vex_parts.h"

enum { COMPONENTS_DEPTH = JSON_DEPTH_MAX / 2 }; /* each is an object in a list */

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

/* What is said of one product: of all its versions, or of those that are listed.  The status of a
 * version stands above the state of the analysis. */
static int say_versions(struct vex_reader *r, struct vex_statement s, const json_t *versions,
                        struct err *e)
{
	static const struct {
		const char *word;
		enum vex_status status;
	} own[] = {
		{"affected",   VEX_AFFECTED           },
		{"unaffected", VEX_NOT_AFFECTED       },
		{"unknown",    VEX_UNDER_INVESTIGATION},
	};
	enum vex_status of_all = s.status;
	struct bytes product = s.product;
	size_t i;
	const json_t *at;
	if (!json_array_size(versions))
		return s.status == VEX__MAX ? 0 : vex_say(r, &s, e);
	json_array_foreach(versions, i, at)
	{
		struct bytes word = json_text(at, "status");
		s.status = of_all;
		for (size_t k = 0; k < ARRAY_LEN(own); k++) {
			if (bytes_eq(word, bytes_str(own[k].word)))
				s.status = own[k].status;
		}
		s.product = vex_purl_versions(r, product, json_text(at, "version"),
		                              json_text(at, "range"));
		if (s.product.n && s.status != VEX__MAX && vex_say(r, &s, e) < 0)
			return -1;
	}
	return 0;
}

static int read_one(struct vex_reader *r, const json_t *v, const struct map *refs, struct err *e)
{
	struct vex_statement s = r->base;
	const json_t *analysis = json_obj(v, "analysis"), *at;
	struct bytes *ids = vex_ids(r), state = json_text(analysis, "state"), when;
	size_t i, k = 0;
	while (k < ARRAY_LEN(states) && !bytes_eq(state, bytes_str(states[k].word)))
		k++;
	/* without analysis it is a finding, and a verdict only on versions whose status it tells */
	s.status = k == ARRAY_LEN(states) ? VEX__MAX : states[k].status;
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
		if (s.product.n && say_versions(r, s, json_list(at, "versions"), e) < 0)
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
