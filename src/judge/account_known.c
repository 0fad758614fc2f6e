/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_known.c - programs beside what is known of their packages from elsewhere: from signed
 * repositories (`assay db known`), from images that somebody trusts (`--learn`), and of the base.
 */
#include "judge/account.h"

#include <stdlib.h>

/* The scripts of dpkg's packages are part of its database: whose is this one? */
struct bytes account_script_package(struct bytes path)
{
	struct bytes name = path_base(path);
	ssize_t dot = bytes_rfind(name, '.');
	return bytes_starts(path, B("var/lib/dpkg/info/")) && dot > 0
	               ? bytes_slice(name, 0, (size_t)dot)
	               : (struct bytes){NULL, 0};
}

static bool place_of(const struct account *c, const struct program *p, struct known_place *ret)
{
	struct bytes package = p->is_listed ? p->package
	                       : p->is_run  ? account_script_package(p->path)
	                                    : (struct bytes){NULL, 0};
	const struct fact_package *f = package.n ? account_package(c, package) : NULL;
	if (!f)
		return false;
	*ret = (struct known_place){
		.package = f->name, .version = f->version, .arch = f->arch, .path = p->path};
	return true;
}

/* A database that calls a program a configuration is not believed. */
static bool may_change(const struct program *p)
{
	return p->is_conffile &&
	       (!p->is_run || bytes_starts(p->path, B("etc/")) || bytes_starts(p->path, B("var/")));
}

/* Takes what is known of the package from elsewhere for the truth. */
static void compare(struct account *c, struct program *p, const struct known_digest *d,
                    bool *ret_same)
{
	uint8_t raw[32];
	if (!hex_decode(d->hex, raw, d->hex.n / 2))
		return;
	struct bytes want = bytes_of(raw, d->hex.n / 2), have = account_sum(p, want.n);
	*ret_same = have.n && bytes_eq(have, want);
	if (*ret_same) {
		p->is_claimed = true;
		p->is_changed = p->is_unknown = false;
		return;
	}
	if (may_change(p)) /* what the database says of it stands */
		return;
	p->is_claimed = false;
	if (!have.n) { /* it may be another: nobody can tell */
		p->is_unknown = true;
		return;
	}
	p->is_changed = p->is_denied = true;
	p->is_conffile = false;
	p->want = arena_dup(c->a, want);
	p->denied_by = d->source;
}

/* A package names its files as they were before links of folders and diversions. */
static const struct known_digest *find_known(const struct account *c, enum known_grade grade,
                                             const struct program *p, struct known_place *place)
{
	place->path = p->named.n ? p->named : p->path;
	const struct known_digest *d = known_files_find(c->in->known, grade, place);
	place->path = p->path;
	return d ? d : known_files_find(c->in->known, grade, place);
}

/* The database says that it is of a package which, as it was signed, has no such file.  What dpkg's
 * scripts and rpm's %ghost name may come about later. */
static void disown(struct program *p, const struct known_digest *d)
{
	if (!p->is_run || !p->is_listed || p->is_conffile)
		return;
	p->is_claimed = p->is_unknown = false;
	p->is_changed = p->is_denied = true;
	p->want = (struct bytes){NULL, 0};
	p->denied_by = d->source;
}

/* Who changed the file could have changed the database in the image, but not what is known of the
 * package from a signed repository, or from images that somebody trusts. */
static void compare_known(struct account *c, struct program *p)
{
	struct known_place place;
	const struct known_digest *d;
	if (!place_of(c, p, &place))
		return;
	p->package = p->is_listed ? p->package : place.package;
	if ((d = find_known(c, KNOWN_SIGNED, p, &place)))
		compare(c, p, d, &p->is_signed);
	else if ((d = known_files_package(c->in->known, KNOWN_SIGNED, &place)))
		disown(p, d);
	else if ((d = find_known(c, KNOWN_LEARNED, p, &place)))
		compare(c, p, d, &p->is_known);
}

static int by_path(const void *a, const void *b)
{
	const struct program *const *x = a, *const *y = b;
	return bytes_cmp((*x)->path, (*y)->path);
}

/* The files of packages that are as their packages say. */
static void learn(struct account *c)
{
	const struct program **v = arena_alloc(c->a, (c->n + 1) * sizeof *v);
	struct known_place place;
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i].is_claimed && !c->v[i].is_changed)
			v[n++] = &c->v[i];
	}
	if (n)
		qsort(v, n, sizeof *v, by_path);
	for (size_t i = 0; i < n; i++) {
		const struct fact_sums *s = &v[i]->sums;
		/* of the kind that is made of it wherever its package's database is seen */
		struct bytes any = s->sha256.n ? s->sha256 : s->sha1.n ? s->sha1 : s->md5;
		struct bytes sum = v[i]->stated ? account_sum(v[i], v[i]->stated) : any;
		char hex[2 * 64 + 1];
		if (!sum.n || !v[i]->is_listed || v[i]->is_conffile || !place_of(c, v[i], &place))
			continue;
		hex_encode(sum.p, sum.n, hex);
		known_files_put(c->in->learn, bytes_str(hex), &place);
	}
}

/* The layers of the image are those of the base, byte for byte: what still shows of them is as in
 * the base.  What another knows better stays a finding, whoever built the base. */
void account_base(struct account *c)
{
	size_t known = 0, admitted = 0;
	for (size_t i = 0; i < c->r->n_lineage; i++) {
		const struct lineage *l = &c->r->lineage[i];
		known = MAX_OF(known, (size_t)MAX_OF(l->layers, 0));
		if (l->admitted)
			admitted = MAX_OF(admitted, (size_t)MAX_OF(l->layers, 0));
	}
	for (size_t i = 0; i < c->n; i++) {
		struct program *p = &c->v[i];
		if (p->layer >= known || (p->is_changed && !p->is_conffile))
			continue;
		p->is_of_base = true;
		p->is_claimed |= p->is_unknown;
		p->is_unknown = false;
		p->is_signed |= p->layer < admitted;
		p->is_known = true;
	}
}

void account_known(struct account *c)
{
	for (size_t i = 0; c->in->known && i < c->n; i++)
		compare_known(c, &c->v[i]);
	if (c->in->learn)
		learn(c);
}
