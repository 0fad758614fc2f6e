/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex_csaf.c - CSAF 2.0 documents of the category csaf_vex.
 *
 * Source: CSAF 2.0, 3.2.2 "Product Tree", 3.2.3.9 "Product Status", 4.5 "Profile 5: VEX".
 */
#include "fmt/purl.h"
#include "fmt/vex_parts.h"

enum { BRANCHES_DEPTH = JSON_DEPTH_MAX / 2 }; /* each is an object in a list */

/* What a product id stands for: itself, or a component of another product. */
struct product {
	struct bytes name, part;
};

struct csaf {
	struct vex_reader *r;
	struct map *products; /* id → struct product */
	const json_t *tree, *vulnerability;
	struct err *e;
};

static struct product *product_of(struct csaf *c, struct bytes id)
{
	bool is_new;
	union map_value *slot = map_put(c->products, id, &is_new);
	if (is_new)
		slot->p = arena_alloc(c->r->a, sizeof(struct product));
	return slot->p;
}

/* The branch that a product hangs on may be a version, or a range of them. */
struct branch {
	struct bytes category, name;
};

/* "vers" of CSAF 3.1.2.3.2, or "vls", which has neither scheme nor type: those of the purl. */
static struct bytes range_of(struct csaf *c, struct bytes purl, struct bytes name)
{
	struct purl u;
	if (bytes_starts(name, B("vers:")) || purl_parse_lenient(purl, c->r->a, &u, NULL) < 0)
		return name;
	return bytes_str(
		arena_printf(c->r->a, "vers:%.*s/%.*s", BYTES_FMT(u.type), BYTES_FMT(name)));
}

/* A purl without a version under such a branch is of those versions alone.  Names of packages stand
 * in branches of versions too. */
static struct bytes narrow(struct csaf *c, struct bytes purl, struct branch on)
{
	static const struct bytes none = {NULL, 0};
	struct bytes number = bytes_starts(on.name, B("v")) ? bytes_skip(on.name, 1) : on.name;
	struct purl u;
	if (purl_parse_lenient(purl, c->r->a, &u, NULL) < 0 || u.version.n)
		return purl;
	if (bytes_eq(on.category, B("product_version_range")))
		return vex_purl_versions(c->r, purl, none, range_of(c, purl, on.name));
	if (bytes_eq(on.category, B("product_version")) && number.n && is_digit(number.p[0]))
		return vex_purl_versions(c->r, purl, on.name, none);
	return purl;
}

/* The package URL a product is identified by, else a digest of it, else a name. */
static void read_product(struct csaf *c, const json_t *p, struct branch on)
{
	const json_t *helper = json_obj(p, "product_identification_helper");
	const json_t *hash = json_array_get(json_list(helper, "hashes"), 0);
	const json_t *file = json_array_get(json_list(hash, "file_hashes"), 0);
	struct bytes id = json_text(p, "product_id"), purl = json_text(helper, "purl");
	struct bytes sum = json_text(file, "value");
	if (!id.n)
		return;
	if (!purl.n)
		purl = json_bytes(json_array_get(json_list(helper, "purls"), 0));
	if (purl.n)
		purl = narrow(c, purl, on);
	if (!purl.n && bytes_eq(json_text(file, "algorithm"), B("sha256")))
		purl = bytes_str(arena_printf(c->r->a, "sha256:%.*s", BYTES_FMT(sum)));
	product_of(c, id)->name = purl.n ? purl : json_text(p, "name");
}

static void read_branches(struct csaf *c, const json_t *list, int depth)
{
	size_t i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		if (json_obj(at, "product"))
			read_product(
				c, json_obj(at, "product"),
				(struct branch){json_text(at, "category"), json_text(at, "name")});
		if (depth < BRANCHES_DEPTH)
			read_branches(c, json_list(at, "branches"), depth + 1);
	}
}

static void read_tree(struct csaf *c)
{
	size_t i;
	const json_t *at;
	read_branches(c, json_list(c->tree, "branches"), 0);
	json_array_foreach(json_list(c->tree, "full_product_names"), i, at)
		read_product(c, at,
	                     (struct branch){
				     {NULL, 0},
                                     {NULL, 0}
        });
	json_array_foreach(json_list(c->tree, "relationships"), i, at)
	{
		struct bytes id = json_text(json_obj(at, "full_product_name"), "product_id");
		if (!id.n)
			continue;
		struct bytes part = product_of(c, json_text(at, "product_reference"))->name;
		struct bytes whole =
			product_of(c, json_text(at, "relates_to_product_reference"))->name;
		*product_of(c, id) = (struct product){whole, part};
	}
}

/* Is id among the product_ids of at, or in one of its groups? */
static bool concerns(const struct csaf *c, const json_t *at, struct bytes id)
{
	size_t i, g, k;
	const json_t *one, *group, *member;
	json_array_foreach(json_list(at, "product_ids"), i, one)
	{
		if (bytes_eq(json_bytes(one), id))
			return true;
	}
	json_array_foreach(json_list(at, "group_ids"), i, one)
	{
		json_array_foreach(json_list(c->tree, "product_groups"), g, group)
		{
			if (!bytes_eq(json_text(group, "group_id"), json_bytes(one)))
				continue;
			json_array_foreach(json_list(group, "product_ids"), k, member)
			{
				if (bytes_eq(json_bytes(member), id))
					return true;
			}
		}
	}
	return false;
}

static struct bytes word_for(const struct csaf *c, const char *list, const char *member,
                             struct bytes id)
{
	size_t i;
	const json_t *at;
	json_array_foreach(json_list(c->vulnerability, list), i, at)
	{
		bool is_impact = bytes_eq(bytes_str(list), B("flags")) ||
		                 bytes_eq(json_text(at, "category"), B("impact"));
		if (is_impact && concerns(c, at, id))
			return json_text(at, member);
	}
	return (struct bytes){NULL, 0};
}

static int say_status(struct csaf *c, struct vex_statement *s, const char *name)
{
	size_t i;
	const json_t *at;
	json_array_foreach(json_list(json_obj(c->vulnerability, "product_status"), name), i, at)
	{
		struct bytes id = json_bytes(at);
		const union map_value *slot = map_get(c->products, id);
		const struct product *p = slot ? slot->p : NULL;
		if (!p || !(p->name.n || p->part.n))
			continue; /* a product that is identified by nothing a scan knows */
		/* a component of something that has no identity of its own: the component itself */
		bool is_known = bytes_starts(p->name, B("pkg:")) ||
		                bytes_starts(p->name, B("sha256:")) || !p->part.n;
		s->product = is_known ? p->name : p->part;
		s->part = is_known ? p->part : (struct bytes){NULL, 0};
		s->justification = word_for(c, "flags", "label", id);
		s->text = word_for(c, "threats", "details", id);
		if (vex_say(c->r, s, c->e) < 0)
			return -1;
	}
	return 0;
}

static int read_vulnerability(struct csaf *c)
{
	static const struct {
		const char *name;
		enum vex_status status;
	} lists[] = {
		{"known_not_affected",  VEX_NOT_AFFECTED       },
		{"fixed",               VEX_FIXED              },
		{"first_fixed",         VEX_FIXED              },
		{"known_affected",      VEX_AFFECTED           },
		{"first_affected",      VEX_AFFECTED           },
		{"last_affected",       VEX_AFFECTED           },
		{"under_investigation", VEX_UNDER_INVESTIGATION},
	};
	struct vex_statement s = c->r->base;
	struct bytes *ids = vex_ids(c->r);
	size_t i;
	const json_t *at;
	if (vex_add_id(ids, &s.n_ids, json_text(c->vulnerability, "cve"), c->e) < 0)
		return -1;
	json_array_foreach(json_list(c->vulnerability, "ids"), i, at)
	{
		if (vex_add_id(ids, &s.n_ids, json_text(at, "text"), c->e) < 0)
			return -1;
	}
	s.ids = ids;
	for (i = 0; i < ARRAY_LEN(lists); i++) {
		s.status = lists[i].status;
		if (say_status(c, &s, lists[i].name) < 0)
			return -1;
	}
	return 0;
}

int vex_csaf(struct vex_reader *r, const json_t *doc, struct err *e)
{
	AUTO_MAP struct map *products = map_new();
	struct csaf c = {.r = r, .products = products, .e = e};
	const json_t *document = json_obj(doc, "document"), *at;
	size_t i;
	c.tree = json_obj(doc, "product_tree");
	r->base.author = json_text(json_obj(document, "publisher"), "name");
	clock_parse(json_text(json_obj(document, "tracking"), "current_release_date"),
	            &r->base.at_s);
	read_tree(&c);
	json_array_foreach(json_list(doc, "vulnerabilities"), i, at)
	{
		c.vulnerability = at;
		if (read_vulnerability(&c) < 0)
			return err_wrap(e, "vulnerability %zu", i + 1);
	}
	return 0;
}
