/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.c - the files of the merged image, for bills of materials that list them.
 *
 * A hard link is a file of its own with the digests of its bytes.  What a package of the
 * distribution says it owns is that one's; of files that several own the first that says so is
 * named.
 */
#include "judge/owners.h"

#include <stdlib.h>
#include <string.h>

/* The digests of no bytes, which nobody has to read a file for. */
#define EMPTY_SHA1   "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct files {
	const struct judge_input *in;
	struct report *r;
	struct map *sums; /* of the layer at work: path → struct fact_sums */
	struct arena *a;  /* the same */
	size_t layer, max;
	uint64_t over, n_unread; /* past max; without digests */
	struct bytes unread;     /* the first of these */
};

static void read_sums(struct files *f)
{
	struct fact_iter it = fact_iter(f->in->layers[f->layer], FACT_SUMS);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_sums s;
		if (!fact_decode_sums(cbor, &s) || !bytes_eq(s.head.inspector, B("sums")))
			continue; /* within an archive */
		struct fact_sums *own = arena_alloc(f->a, sizeof *own);
		*own = s;
		map_put(f->sums, own->head.path, NULL)->p = own;
	}
}

static struct bytes hex_of(struct files *f, struct bytes raw)
{
	char hex[2 * 32 + 1];
	if (!raw.n || raw.n > 32)
		return (struct bytes){NULL, 0};
	hex_encode(raw.p, raw.n, hex);
	return arena_dup(f->r->arena, bytes_str(hex));
}

static bool find_digests(struct files *f, const struct entry *en, struct report_file *ret)
{
	struct bytes path = en->path;
	struct entry end = *en;
	const struct factset *fs = f->in->layers[f->layer];
	if (en->type == ENTRY_HARDLINK) {
		path = judge_link_end(fs, en->link);
		if (!factset_find(fs, path, &end) || end.type != ENTRY_FILE)
			return false;
	}
	if (!end.size) {
		ret->sha1 = B(EMPTY_SHA1);
		ret->sha256 = B(EMPTY_SHA256);
		return true;
	}
	const union map_value *slot = map_get(f->sums, path);
	const struct fact_sums *s = slot ? slot->p : NULL;
	if (!s)
		return false;
	ret->sha1 = hex_of(f, s->sha1);
	ret->sha256 = hex_of(f, s->sha256);
	return ret->sha256.n > 0;
}

static bool see_entry(void *arg, const struct entry *en)
{
	struct files *f = arg;
	struct report_file found = {.layer = (int32_t)f->layer};
	if ((en->type != ENTRY_FILE && en->type != ENTRY_HARDLINK) ||
	    !view_shows(f->in->view, f->layer, en->path))
		return true;
	if (!find_digests(f, en, &found)) {
		if (!f->n_unread++)
			f->unread = arena_dup(f->r->arena, en->path);
		return true;
	}
	if (f->r->n_files >= f->max) {
		f->over++;
		return true;
	}
	found.path = arena_dup(f->r->arena, en->path);
	*report_file(f->r) = found;
	return true;
}

static int by_path(const void *a, const void *b)
{
	const struct report_file *x = a, *y = b;
	return bytes_cmp(x->path, y->path);
}

/* Sorted; what one layer states twice is listed once. */
static void put_in_order(struct report *r)
{
	size_t n = 0;
	if (r->n_files)
		qsort(r->files, r->n_files, sizeof *r->files, by_path);
	for (size_t i = 0; i < r->n_files; i++) {
		if (!n || !bytes_eq(r->files[n - 1].path, r->files[i].path))
			r->files[n++] = r->files[i];
	}
	r->n_files = n;
}

/* ---- who owns them ---- */

/* Names of the distribution's packages, as databases write them → struct package. */
static struct map *packages_of(const struct report *r)
{
	struct map *names = map_new();
	for (size_t i = 0; i < r->n_packages; i++) {
		struct package *p = &r->packages[i];
		if (!p->purl.n || ecosystem_is_language(p->type))
			continue;
		map_put(names, p->name, NULL)->p = p;
		struct bytes full = bytes_str(arena_printf(r->arena, "%.*s:%.*s",
		                                           BYTES_FMT(p->name), BYTES_FMT(p->arch)));
		map_put(names, full, NULL)->p = p;
	}
	return names;
}

static const struct package *owner_of(const struct map *names, struct bytes package)
{
	struct bytes name, arch;
	const union map_value *slot = map_get(names, package);
	if (!slot && bytes_cut(package, ':', &name, &arch))
		slot = map_get(names, name);
	return slot ? slot->p : NULL;
}

struct naming {
	const struct map *names;
	struct bytes purl; /* of the first that is installed */
};

static bool name_owner(void *arg, const struct owner *o)
{
	struct naming *n = arg;
	/* packages of languages have names of their own */
	bool is_language = bytes_eq(o->f.head.inspector, B("record")) ||
	                   bytes_eq(o->f.head.inspector, B("nuget"));
	const struct package *p =
		o->is_shown && !is_language ? owner_of(n->names, o->f.package) : NULL;
	if (p)
		n->purl = p->purl;
	return !p;
}

static void name_owners(struct files *f)
{
	AUTO_MAP struct map *names = packages_of(f->r);
	AUTO_OWNERS struct owners *all = owners_new(f->in);
	for (size_t i = 0; i < f->r->n_files; i++) {
		struct naming n = {.names = names};
		owners_of(all, f->r->files[i].path, name_owner, &n);
		f->r->files[i].package = n.purl;
	}
}

static void tell_row(struct report *r, const char *code, const char *text)
{
	report_cover(r,
	             (struct coverage){.check = CHECK_FILE,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = code,
	                               .layer = -1},
	             "%s", text);
}

void judge_files(const struct judge_input *in, size_t max, struct report *r)
{
	struct files f = {.in = in, .r = r, .max = max};
	for (size_t i = 0; i < in->n_layers; i++) {
		AUTO_MAP struct map *sums = map_new();
		AUTO_ARENA struct arena *a = arena_new();
		f.layer = i;
		f.sums = sums;
		f.a = a;
		read_sums(&f);
		factset_entries(in->layers[i], see_entry, &f);
	}
	put_in_order(r);
	name_owners(&f);
	if (f.over)
		tell_row(r, "files.many",
		         arena_printf(r->arena, "%llu files are not listed: at most %zu are",
		                      (unsigned long long)f.over, max));
	if (f.n_unread)
		tell_row(r, "files.unread",
		         arena_printf(r->arena, "%llu files have no digest, %.*s first",
		                      (unsigned long long)f.n_unread, BYTES_FMT(f.unread)));
}
