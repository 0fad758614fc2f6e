/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex_match.c - products of VEX statements and the packages of a report.
 *
 * Source: OpenVEX 0.2.0, "Product Matching"; package URL specification, types oci and docker.
 */
#include "policy/vex_match.h"

static bool parse(struct bytes text, struct arena *a, struct purl *ret)
{
	struct err ignored;
	return bytes_starts(text, B("pkg:")) && purl_parse_lenient(text, a, ret, &ignored) == 0;
}

/* Tools write Go's versions with and without the "v". */
static bool version_eq(struct bytes a, struct bytes b)
{
	if (bytes_starts(a, B("v")))
		a = bytes_skip(a, 1);
	if (bytes_starts(b, B("v")))
		b = bytes_skip(b, 1);
	return bytes_eq(a, b);
}

static bool is_source(struct bytes arch)
{
	return bytes_eq(arch, B("source")) || bytes_eq(arch, B("src"));
}

static bool qualifiers_hold(const struct purl *want, const struct purl *have, bool of_source)
{
	for (size_t i = 0; i < want->nq; i++) {
		struct bytes key = want->q[i].key, value = want->q[i].value, mine = {NULL, 0};
		bool is_default = (bytes_eq(key, B("type")) && bytes_eq(value, B("jar"))) ||
		                  bytes_eq(key, B("vers"));
		if (is_default || (of_source && bytes_eq(key, B("arch"))))
			continue;
		for (size_t k = 0; k < have->nq; k++) {
			if (bytes_eq(have->q[k].key, key))
				mine = have->q[k].value;
		}
		if (!bytes_eq(mine, value))
			return false;
	}
	return true;
}

int vex_check_range(struct bytes product, struct arena *a, struct err *e)
{
	struct purl u;
	struct vers v;
	if (!parse(product, a, &u) || !purl_qualifier(&u, "vers").n)
		return 0;
	return vers_parse(purl_qualifier(&u, "vers"), a, &v, e);
}

/* rpm's epoch is a qualifier of the purl. */
static struct bytes with_epoch(const struct purl *have, struct bytes version, struct arena *a)
{
	struct bytes epoch = purl_qualifier(have, "epoch");
	if (!bytes_eq(have->type, B("rpm")) || !epoch.n || bytes_find(version, ':') >= 0)
		return version;
	return bytes_str(arena_printf(a, "%.*s:%.*s", BYTES_FMT(epoch), BYTES_FMT(version)));
}

static bool range_holds(const struct purl *want, const struct purl *have, struct bytes version,
                        struct arena *a)
{
	struct bytes range = purl_qualifier(want, "vers");
	struct vers v;
	if (!range.n)
		return true;
	return vers_parse(range, a, &v, NULL) == 0 && vers_is_for(&v, have->type) &&
	       (v.is_any || (version.n && vers_contains(&v, with_epoch(have, version, a))));
}

bool vex_names_package(struct bytes purl, const struct package *p, struct arena *a)
{
	struct purl want, have;
	if (!parse(purl, a, &want) || !parse(p->purl, a, &have) ||
	    !bytes_eq(want.type, have.type) || !bytes_eq(want.ns, have.ns))
		return false;
	bool of_source = is_source(purl_qualifier(&want, "arch")) && p->source_name.n;
	struct bytes name = of_source ? p->source_name : have.name;
	struct bytes version = of_source && p->source_version.n ? p->source_version : have.version;
	if (!bytes_eq(want.name, name))
		return false;
	if (want.version.n && !version_eq(want.version, version))
		return false;
	return qualifiers_hold(&want, &have, of_source) && range_holds(&want, &have, version, a);
}

/* "registry.example/team/app:1.0@sha256:..." → "registry.example/team/app", "1.0". */
static void cut_reference(struct bytes ref, struct bytes *ret_name, struct bytes *ret_tag)
{
	struct bytes head, tail;
	bytes_cut(ref, '@', &head, &tail);
	ssize_t slash = bytes_rfind(head, '/'), colon = bytes_rfind(head, ':');
	*ret_name = colon > slash ? bytes_slice(head, 0, (size_t)colon) : head;
	*ret_tag = colon > slash ? bytes_skip(head, (size_t)colon + 1) : (struct bytes){NULL, 0};
}

static bool is_digest_of(struct bytes text, const struct report *r)
{
	return text.n &&
	       (bytes_eq(text, r->image.digest) || bytes_eq(text, r->image.config_digest));
}

static bool oci_matches(const struct purl *u, const struct report *r)
{
	struct bytes name, tag, url = purl_qualifier(u, "repository_url");
	struct bytes want_tag = purl_qualifier(u, "tag");
	if (bytes_starts(u->version, B("sha256:")))
		return is_digest_of(u->version, r);
	cut_reference(r->image.reference, &name, &tag);
	if (!bytes_eq(path_base(name), u->name))
		return false;
	if (url.n && !bytes_eq(url, name) && !bytes_ends(url, name) && !bytes_ends(name, url))
		return false;
	if (bytes_eq(u->type, B("docker")) && u->version.n)
		want_tag = u->version;
	return !want_tag.n || bytes_eq(want_tag, tag);
}

bool vex_names_image(struct bytes product, const struct report *r, struct arena *a)
{
	struct purl u;
	if (is_digest_of(product, r) || (product.n && bytes_eq(product, r->image.reference)))
		return true;
	if (!parse(product, a, &u))
		return false;
	/* tags and digests have no order: a range of them is all or nothing */
	struct bytes range = purl_qualifier(&u, "vers");
	struct vers v;
	if (range.n && (vers_parse(range, a, &v, NULL) < 0 || !v.is_any))
		return false;
	return (bytes_eq(u.type, B("oci")) || bytes_eq(u.type, B("docker"))) && oci_matches(&u, r);
}

/* Is path the file itself, a member of it, or below the folder? */
static bool is_in(struct bytes path, struct bytes whole)
{
	struct bytes rest = bytes_skip(path, whole.n);
	return whole.n && bytes_starts(path, whole) &&
	       (!rest.n || rest.p[0] == '/' || bytes_starts(rest, B("!/")));
}

/* All packages of a distribution stand in its database: none is part of another for that. */
static bool lies_in(struct bytes path, const struct package *q)
{
	for (size_t i = 0; i < q->paths.n && ecosystem_is_language(q->type); i++) {
		if (is_in(path, q->paths.v[i]))
			return true;
	}
	return false;
}

/* Wherever p lies, a package that product names lies in the same file or around it: the module
 * whose binary holds p as a dependency, the jar that p is packed in.  What lies elsewhere too
 * stays, since nobody spoke of that. */
static bool is_within(struct bytes product, const struct report *r, const struct package *p,
                      struct arena *a)
{
	for (size_t k = 0; k < p->paths.n; k++) {
		bool is_part = false;
		for (size_t i = 0; i < r->n_packages && !is_part; i++)
			is_part = lies_in(p->paths.v[k], &r->packages[i]) &&
			          vex_names_package(product, &r->packages[i], a);
		if (!is_part)
			return false;
	}
	return p->paths.n > 0;
}

bool vex_concerns(const struct vex_statement *s, const struct report *r, const struct package *p,
                  struct arena *a)
{
	if (s->part.n && (!p || !vex_names_package(s->part, p, a)))
		return false;
	if (vex_names_image(s->product, r, a))
		return true;
	if (!p)
		return false;
	return s->part.n ? is_within(s->product, r, p, a) : vex_names_package(s->product, p, a);
}
