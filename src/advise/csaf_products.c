/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csaf_products.c - the product tree of Red Hat's CSAF documents.
 *
 * Branches give products: platforms with a CPE, packages with a purl.  A relationship says that a
 * package is a component of a platform, or of a module that is itself a component of one; its id is
 * what product statuses name.  Source: CSAF 2.0, 3.2.2 "Product tree"; Red Hat's guide to its
 * files.
 */
#include "advise/csaf.h"

#include <string.h>

#include "advise/redhat.h"

struct csaf_relation {
	struct bytes package, platform; /* ids */
};

/* ---- platforms ---- */

static struct bytes leading_number(struct bytes b)
{
	size_t n = 0;
	while (n < b.n && is_digit(b.p[n]))
		n++;
	return bytes_slice(b, 0, n);
}

/* "AppStream-9.4.0.Z.MAIN.EUS" → "9.4": the only place that says which minor release of the main
 * stream has a fix. */
static struct bytes minor_in_id(struct bytes id)
{
	ssize_t dash = bytes_find(id, '-');
	struct bytes rest = bytes_skip(id, (size_t)(dash + 1)), major = leading_number(rest);
	if (dash < 0 || !major.n || major.n >= rest.n || rest.p[major.n] != '.')
		return (struct bytes){NULL, 0};
	struct bytes minor = leading_number(bytes_skip(rest, major.n + 1));
	return minor.n ? bytes_slice(rest, 0, major.n + 1 + minor.n) : minor;
}

/* ---- packages ---- */

/* "nodejs:18:8090020240101:rhel8" → "nodejs:18"; absent when it is no name and stream. */
static struct bytes name_stream(struct bytes module)
{
	struct bytes none = {NULL, 0}, name, rest, stream, tail;
	if (!bytes_cut(module, ':', &name, &rest))
		return none;
	bytes_cut(rest, ':', &stream, &tail);
	return name.n && stream.n ? bytes_slice(module, 0, name.n + 1 + stream.n) : none;
}

/* Epoch in an id such as "openssl-libs-1:3.0.7-27.el9.x86_64". */
static struct bytes epoch_in_id(struct bytes id, struct bytes name)
{
	struct bytes none = {NULL, 0};
	if (!bytes_starts(id, name) || id.n <= name.n || id.p[name.n] != '-')
		return none;
	struct bytes rest = bytes_skip(id, name.n + 1), epoch = leading_number(rest);
	return epoch.n && epoch.n < rest.n && rest.p[epoch.n] == ':' ? epoch : none;
}

static void from_purl(struct csaf_products *p, struct csaf_product *ret, struct bytes text,
                      struct bytes id)
{
	struct purl u;
	if (purl_parse_lenient(text, p->arena, &u, NULL) < 0)
		return;
	if (bytes_eq(u.type, B("rpmmod"))) {
		ret->module = name_stream(bytes_str(arena_printf(
			p->arena, "%.*s:%.*s", BYTES_FMT(u.name), BYTES_FMT(u.version))));
		return;
	}
	struct bytes module = purl_qualifier(&u, "rpmmod");
	if (!bytes_eq(u.type, B("rpm")) || (module.n && !name_stream(module).n))
		return; /* a package of a flatpak ("rpmmod=rhel10") is in no repository */
	ret->name = u.name;
	ret->arch = purl_qualifier(&u, "arch");
	ret->module = name_stream(module);
	if (bytes_find(u.version, '-') < 0)
		return; /* none, or a stream instead of one ("go-toolset@rhel8") */
	struct bytes epoch = purl_qualifier(&u, "epoch");
	if (!epoch.n)
		epoch = epoch_in_id(id, u.name);
	bool has_epoch = epoch.n && !bytes_eq(epoch, B("0"));
	ret->evr = has_epoch ? bytes_str(arena_printf(p->arena, "%.*s:%.*s", BYTES_FMT(epoch),
	                                              BYTES_FMT(u.version)))
	                     : u.version;
}

/* "telnet-1:0.17-65.el7_6.x86_64", in documents that have no purls. */
static void from_nevra(struct csaf_product *ret, struct bytes id)
{
	if (bytes_ends(id, B(".rpm")))
		id = bytes_slice(id, 0, id.n - 4);
	ssize_t dot = bytes_rfind(id, '.');
	if (dot <= 0)
		return;
	struct bytes nevr = bytes_slice(id, 0, (size_t)dot);
	ssize_t release = bytes_rfind(nevr, '-');
	ssize_t version =
		release <= 0 ? -1 : bytes_rfind(bytes_slice(nevr, 0, (size_t)release), '-');
	if (version <= 0 || bytes_find(bytes_slice(nevr, 0, (size_t)version), '/') >= 0)
		return;
	ret->name = bytes_slice(nevr, 0, (size_t)version);
	ret->arch = bytes_skip(id, (size_t)dot + 1);
	ret->evr = bytes_skip(nevr, (size_t)version + 1);
	if (bytes_starts(ret->evr, B("0:")))
		ret->evr = bytes_skip(ret->evr, 2);
}

static void add_product(struct csaf_products *p, const json_t *product, bool is_version)
{
	const json_t *helper = json_obj(product, "product_identification_helper");
	struct bytes id = json_text(product, "product_id");
	struct bytes purl = json_text(helper, "purl"), cpe = json_text(helper, "cpe");
	if (!id.n)
		return;
	struct csaf_product *made = arena_alloc(p->arena, sizeof *made);
	if (purl.n) {
		from_purl(p, made, purl, id);
	} else if (cpe.n) {
		made->ns = redhat_cpe_ns(cpe, p->arena);
		made->minor = minor_in_id(id);
	} else if (is_version) {
		from_nevra(made, id);
	}
	map_put(p->by_id, id, NULL)->p = made;
}

/* As deep as JSON_DEPTH_MAX lets a document be. */
static void add_branches(struct csaf_products *p, const json_t *parent)
{
	const json_t *branch;
	size_t i;
	json_array_foreach(json_list(parent, "branches"), i, branch)
	{
		const json_t *product = json_obj(branch, "product");
		if (product)
			add_product(p, product,
			            bytes_eq(json_text(branch, "category"), B("product_version")));
		add_branches(p, branch);
	}
}

void csaf_products_read(struct csaf_products *p, struct arena *a, const json_t *tree)
{
	*p = (struct csaf_products){.arena = a, .by_id = map_new(), .relations = map_new()};
	const json_t *row;
	size_t i;
	add_branches(p, tree);
	json_array_foreach(json_list(tree, "full_product_names"), i, row)
		add_product(p, row, false);
	json_array_foreach(json_list(tree, "relationships"), i, row)
	{
		struct bytes id = json_text(json_obj(row, "full_product_name"), "product_id");
		if (!id.n)
			continue;
		struct csaf_relation *r = arena_alloc(a, sizeof *r);
		r->package = json_text(row, "product_reference");
		r->platform = json_text(row, "relates_to_product_reference");
		map_put(p->relations, id, NULL)->p = r;
	}
}

void csaf_products_free(struct csaf_products *p)
{
	map_free(p->by_id);
	map_free(p->relations);
}

static const struct csaf_product *product_of(const struct csaf_products *p, struct bytes id)
{
	union map_value *slot = id.n ? map_get(p->by_id, id) : NULL;
	return slot ? slot->p : NULL;
}

bool csaf_component(const struct csaf_products *p, struct bytes id, struct csaf_product *ret)
{
	struct csaf_product all = {0};
	for (int hop = 0; hop < CSAF_HOPS_MAX; hop++) {
		union map_value *slot = map_get(p->relations, id);
		struct bytes package = {NULL, 0}, platform = id;
		if (slot) {
			const struct csaf_relation *r = slot->p;
			package = r->package;
			platform = r->platform;
		}
		const struct csaf_product *in = product_of(p, package);
		if (in && in->name.n && !all.name.n) {
			struct bytes module = all.module;
			all = *in;
			all.module = in->module.n ? in->module : module;
		} else if (in && in->module.n && !all.module.n) {
			all.module = in->module;
		}
		const struct csaf_product *on = product_of(p, platform);
		if (on && on->ns.n) {
			all.ns = on->ns;
			all.minor = on->minor;
			*ret = all;
			return all.name.n > 0;
		}
		if (!slot || on)
			return false;
		id = platform;
	}
	return false;
}
