/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex_openvex.c - OpenVEX documents.
 *
 * Source: OpenVEX specification 0.2.0, "Statement", "Product Data Structure", "Inheritance Flow";
 * of 0.0.1 that products and vulnerabilities are plain strings.
 */
#include "fmt/vex_parts.h"

static bool status_of(struct bytes word, enum vex_status *ret)
{
	for (int i = 0; i < VEX__MAX; i++) {
		if (bytes_eq(word, bytes_str(vex_status_name((enum vex_status)i)))) {
			*ret = (enum vex_status)i;
			return true;
		}
	}
	return false;
}

/* A purl where there is one, else the id, else a digest. */
static struct bytes name_of(const json_t *at, struct arena *a)
{
	struct bytes id = json_is_string(at) ? json_bytes(at) : json_text(at, "@id");
	struct bytes purl = json_text(json_obj(at, "identifiers"), "purl");
	struct bytes sum = json_text(json_obj(at, "hashes"), "sha-256");
	if (purl.n)
		return purl;
	if (!id.n && sum.n)
		return bytes_str(arena_printf(a, "sha256:%.*s", BYTES_FMT(sum)));
	return id;
}

static int say_product(struct vex_reader *r, struct vex_statement *s, const json_t *parts,
                       struct err *e)
{
	size_t i;
	const json_t *at;
	s->part = (struct bytes){NULL, 0};
	if (json_array_size(parts) == 0)
		return vex_say(r, s, e);
	json_array_foreach(parts, i, at)
	{
		s->part = name_of(at, r->a);
		if (s->part.n && vex_say(r, s, e) < 0)
			return -1;
	}
	return 0;
}

static int read_ids(struct vex_reader *r, const json_t *v, struct vex_statement *s, struct err *e)
{
	struct bytes *ids = vex_ids(r), own = json_bytes(v);
	size_t i;
	const json_t *at;
	if (vex_add_id(ids, &s->n_ids, own, e) < 0 ||
	    vex_add_id(ids, &s->n_ids, json_text(v, "name"), e) < 0)
		return -1;
	if (!s->n_ids && vex_add_id(ids, &s->n_ids, path_base(json_text(v, "@id")), e) < 0)
		return -1;
	json_array_foreach(json_list(v, "aliases"), i, at)
	{
		if (vex_add_id(ids, &s->n_ids, json_bytes(at), e) < 0)
			return -1;
	}
	s->ids = ids;
	return 0;
}

static int read_statement(struct vex_reader *r, const json_t *st, struct err *e)
{
	struct vex_statement s = r->base;
	const json_t *products = json_list(st, "products"), *at;
	struct bytes when = json_text(st, "last_updated");
	size_t i;
	if (!status_of(json_text(st, "status"), &s.status))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no status",
		               BYTES_FMT(bytes_slice(json_text(st, "status"), 0, 60)));
	clock_parse(when.n ? when : json_text(st, "timestamp"), &s.at_s);
	s.justification = json_text(st, "justification");
	s.text = json_text(st, "impact_statement");
	if (!s.text.n)
		s.text = json_text(st, "status_notes");
	if (read_ids(r, json_object_get(st, "vulnerability"), &s, e) < 0)
		return -1;
	json_array_foreach(products, i, at)
	{
		const json_t *parts = json_list(at, "subcomponents");
		s.product = name_of(at, r->a);
		if (s.product.n &&
		    say_product(r, &s, parts ? parts : json_list(st, "subcomponents"), e) < 0)
			return -1;
	}
	return 0;
}

int vex_openvex(struct vex_reader *r, const json_t *doc, struct err *e)
{
	size_t i;
	const json_t *at;
	struct bytes when = json_text(doc, "last_updated");
	r->base.author = json_text(doc, "author");
	clock_parse(when.n ? when : json_text(doc, "timestamp"), &r->base.at_s);
	json_array_foreach(json_list(doc, "statements"), i, at)
	{
		if (read_statement(r, at, e) < 0)
			return err_wrap(e, "statement %zu", i + 1);
	}
	return 0;
}
