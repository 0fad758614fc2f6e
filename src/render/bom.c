/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bom.c - what all forms of a bill of materials share.
 */
#include "render/bom.h"

#include <stdlib.h>
#include <string.h>

/* ---- the time and the serial number ---- */

static void set_time(struct bom *b)
{
	int64_t s;
	if (clock_source_date(&s) ||
	    (b->r->image.created.n && clock_parse(b->r->image.created, &s)))
		clock_format(s, b->time);
}

static int to_digest(void *arg, struct bytes piece)
{
	digester_add(arg, piece);
	return 0;
}

struct pairs_out {
	struct json_out *j;
	struct arena *a;
};

static void put_pair(void *arg, const char *key, struct bytes value)
{
	struct pairs_out *o = arg;
	jout_kbytes(o->j, key, render_escape(o->a, value));
}

/* RFC 9562, 5.8: version 8 is for what a vendor makes itself, here of a digest.  Text is escaped as
 * a form that cannot hold every byte escapes it, so that all forms get the same number. */
static void set_serial(struct bom *b)
{
	struct digester *d = digester_new(DIGEST_SHA256);
	struct json_out j;
	struct pairs_out o = {&j, b->a};
	jout_init(&j, to_digest, d, false);
	jout_object(&j);
	put_pair(&o, "reference", b->r->image.reference);
	put_pair(&o, "os", b->r->os.id);
	put_pair(&o, "version", b->r->os.version);
	carry_report(b->r, b->a, put_pair, &o);
	for (size_t i = 0; i < b->n; i++) {
		const struct package *p = b->packages[i].p;
		put_pair(&o, "ref", b->packages[i].ref);
		put_pair(&o, "name", p->name);
		put_pair(&o, "version", p->version);
		if (b->packages[i].homepage.n)
			put_pair(&o, "homepage", b->packages[i].homepage);
		carry_package(p, b->a, put_pair, &o);
	}
	for (size_t i = 0; i < b->n_files; i++) {
		const struct bom_file *f = &b->files[i];
		put_pair(&o, "file", f->path);
		put_pair(&o, "sha1", f->f->sha1);
		put_pair(&o, "sha256", f->f->sha256);
		carry_file(f->f, b->a, put_pair, &o);
	}
	jout_object_end(&j);
	jout_end(&j);
	struct digest sum = digester_end(d);
	digester_free(d);
	char hex[33];
	sum.b[6] = (uint8_t)((sum.b[6] & 0x0f) | 0x80);
	sum.b[8] = (uint8_t)((sum.b[8] & 0x3f) | 0x80);
	hex_encode(sum.b, 16, hex);
	snprintf(b->uuid, sizeof b->uuid, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
	         hex + 16, hex + 20);
}

/* ---- packages ---- */

static const struct spdx_license *license_of(struct bom *b, struct bytes text)
{
	bool is_new;
	union map_value *slot = map_put(b->licenses, text, &is_new);
	if (is_new) { /* the map may move while it is made: it is not asked then */
		const struct spdx_license *l = spdx_license_normalize(text, b->a);
		slot->u = (uint64_t)(uintptr_t)l;
	}
	return (const struct spdx_license *)(uintptr_t)slot->u;
}

/* RFC 3986, 2: reserved and unreserved characters, and "%". */
static bool is_of_address(struct bytes text)
{
	static const char punctuation[] = "-._~:/?#[]@!$&'()*+,;=%";
	for (size_t i = 0; i < text.n; i++) {
		if (!is_alnum(text.p[i]) && !memchr(punctuation, text.p[i], sizeof punctuation - 1))
			return false;
	}
	return true;
}

bool bom_is_address(struct bytes text)
{
	size_t scheme = bytes_starts(text, B("https://")) ? 8 : 7;
	return (scheme == 8 || bytes_starts(text, B("http://"))) && text.n > scheme &&
	       is_of_address(text);
}

/* Documents of others hold what they like in the place of a package URL. */
static struct bytes purl_of(struct bytes text, struct arena *a)
{
	struct purl u;
	struct err ignored;
	bool is_purl =
		text.n && is_of_address(text) && purl_parse_lenient(text, a, &u, &ignored) == 0;
	return is_purl ? text : (struct bytes){NULL, 0};
}

/* "en", "eng", "en-us", "es-419"; the only part of a name that the schemas hold to a list. */
static bool is_language(struct bytes v)
{
	struct bytes language, region;
	bool has_region = bytes_cut(v, '-', &language, &region);
	if (bytes_eq(v, B("*")) || bytes_eq(v, B("-")))
		return true;
	for (size_t i = 0; i < language.n; i++) {
		if (!is_alpha(language.p[i]))
			return false;
	}
	for (size_t i = 0; has_region && i < region.n; i++) {
		if (region.n == 2 ? !is_alpha(region.p[i]) : !is_digit(region.p[i]))
			return false;
	}
	return (language.n == 2 || language.n == 3) &&
	       (!has_region || region.n == 2 || region.n == 3);
}

/* The URI of CPE 2.2: a part and at most six more. */
static bool is_cpe_uri(struct bytes text)
{
	size_t parts = 0;
	for (size_t i = 0; i < text.n; i++) {
		parts += text.p[i] == ':';
		if (!is_alnum(text.p[i]) && !memchr("._~%:-", text.p[i], 6))
			return false;
	}
	return parts <= 6;
}

/* An image says in os-release what it likes. */
static struct bytes cpe_of(struct bytes text, struct arena *a)
{
	struct cpe c;
	struct err ignored;
	bool is_uri = bytes_starts(text, B("cpe:/"));
	if ((!is_uri && !bytes_starts(text, B("cpe:2.3:"))) ||
	    cpe_parse(text, a, &c, &ignored) < 0 ||
	    (is_uri ? !is_cpe_uri(bytes_skip(text, 5)) : !is_language(c.attr[CPE_LANGUAGE])))
		return (struct bytes){NULL, 0};
	return text;
}

static void set_package(struct bom *b, size_t i)
{
	struct bom_package *to = &b->packages[i];
	const struct package *p = to->p = &b->r->packages[i];
	bool is_new = false;
	to->purl = purl_of(p->purl, b->a);
	if (to->purl.n) {
		union map_value *slot = map_put(b->refs, to->purl, &is_new);
		if (is_new)
			slot->u = i;
	}
	to->ref = is_new ? to->purl : bytes_str(arena_printf(b->a, "package-%zu", i + 1));
	struct digest d = digest_of(to->ref);
	hex_encode(d.b, 8, to->id);
	for (size_t l = 0; l < p->licenses.n; l++)
		to->license = spdx_license_and(to->license, license_of(b, p->licenses.v[l]), b->a);
	to->cpe = cpe_of(p->cpe, b->a);
	if (bom_is_address(p->homepage))
		to->homepage = p->homepage;
	to->expression = spdx_license_text(to->license, b->a);
	ecosystem_split(p->type, p->name, &to->group, &to->name);
}

/* ---- files ---- */

static int by_owner(const void *a, const void *b)
{
	const struct bom_file *const *x = a, *const *y = b;
	if ((*x)->owner != (*y)->owner)
		return (*x)->owner < (*y)->owner ? -1 : 1; /* NULL, or into one array */
	int c = bytes_cmp((*x)->f->sha1, (*y)->f->sha1);
	return c ? c : (*x < *y ? -1 : 1);
}

/* Gives each owner its part of b->owned. */
static void set_owned(struct bom *b)
{
	qsort(b->owned, b->n_files, sizeof(struct bom_file *), by_owner);
	for (size_t i = 0, n; i < b->n_files; i += n) {
		const struct bom_package *owner = b->owned[i]->owner;
		for (n = 1; i + n < b->n_files && b->owned[i + n]->owner == owner;)
			n++;
		if (!owner) {
			b->others = &b->owned[i];
			b->n_others = n;
			continue;
		}
		struct bom_package *to = &b->packages[owner - b->packages];
		to->files = &b->owned[i];
		to->n_files = n;
	}
}

static void set_files(struct bom *b)
{
	b->n_files = b->r->n_files;
	b->files = arena_alloc(b->a, b->n_files * sizeof *b->files);
	b->owned = arena_alloc(b->a, b->n_files * sizeof *b->owned);
	for (size_t i = 0; i < b->n_files; i++) {
		const struct report_file *f = &b->r->files[i];
		const union map_value *slot = f->package.n ? map_get(b->refs, f->package) : NULL;
		b->files[i] = (struct bom_file){.f = f,
		                                .path = render_escape(b->a, f->path),
		                                .owner = slot ? &b->packages[slot->u] : NULL};
		b->owned[i] = &b->files[i];
	}
	if (b->n_files)
		set_owned(b);
}

void bom_init(struct bom *b, const struct report *r, const struct render_options *o)
{
	*b = (struct bom){.r = r, .a = arena_new(), .refs = map_new(), .licenses = map_new()};
	b->n = r->n_packages;
	b->packages = arena_alloc(b->a, b->n * sizeof *b->packages);
	for (size_t i = 0; i < b->n; i++)
		set_package(b, i);
	for (size_t i = 0; i < r->n_coverage; i++)
		b->is_incomplete |=
			r->coverage[i].is_inventory && r->coverage[i].status != COVERAGE_COMPLETE;
	b->os_cpe = cpe_of(r->os.cpe, b->a);
	if (o->files)
		set_files(b);
	set_time(b);
	set_serial(b);
	b->subject = bytes_str(arena_printf(b->a, "image-%.8s", b->uuid));
}

void bom_fini(struct bom *b)
{
	map_free(b->refs);
	map_free(b->licenses);
	arena_free(b->a);
}

int bom_single(size_t n, const struct render_options *o, const char *form, struct err *e)
{
	if (n == 1 && !o->many)
		return 0;
	return err_set(e, ERR_USAGE,
	               "%s describes one image: name one of the platforms with --platform", form);
}

void bom_depends(const struct bom *b, size_t i,
                 void (*visit)(void *arg, const struct bom_package *to), void *arg)
{
	const struct bytes_list *l = &b->packages[i].p->depends;
	for (size_t k = 0; k < l->n; k++) {
		const union map_value *slot = map_get(b->refs, l->v[k]);
		if (slot && slot->u != i)
			visit(arg, &b->packages[slot->u]);
	}
}

/* ---- licences that no list knows ---- */

struct references {
	struct map *seen;
	void (*visit)(void *arg, const struct spdx_license *term);
	void *arg;
};

static void reference(void *arg, const struct spdx_license *term)
{
	struct references *s = arg;
	bool is_new;
	if (!bytes_starts(term->id, B("LicenseRef-")))
		return;
	map_put(s->seen, term->id, &is_new);
	if (is_new)
		s->visit(s->arg, term);
}

void bom_references(const struct bom *b, void (*visit)(void *arg, const struct spdx_license *term),
                    void *arg)
{
	AUTO_MAP struct map *seen = map_new();
	struct references s = {seen, visit, arg};
	for (size_t i = 0; i < b->n; i++)
		spdx_license_each(b->packages[i].license, reference, &s);
}

/* ---- pairs where there are comments only ---- */

struct comment {
	struct json_out j;
	const char *open; /* key of the list that is being written */
};

static void comment_pair(void *arg, const char *key, struct bytes value)
{
	struct comment *c = arg;
	if (!c->open || strcmp(c->open, key) != 0) {
		if (c->open)
			jout_array_end(&c->j);
		jout_key(&c->j, key);
		jout_array(&c->j);
		c->open = key;
	}
	jout_bytes(&c->j, value);
}

struct comment_text {
	struct comment c;
	struct buf plain;
};

static void comment_begin(struct comment_text *t)
{
	t->c.open = NULL;
	buf_init(&t->plain, (size_t)MIB(64));
	jout_init(&t->c.j, jout_to_buf, &t->plain, false);
	jout_object(&t->c.j);
}

/* JSON within a comment: "<" is escaped too, because tag-value ends text with "</text>". */
static struct bytes comment_end(struct comment_text *t, struct arena *a)
{
	AUTO_BUF struct buf out;
	buf_init(&out, (size_t)MIB(384));
	if (t->c.open)
		jout_array_end(&t->c.j);
	jout_object_end(&t->c.j);
	jout_end(&t->c.j);
	buf_adds(&out, "assay:");
	for (struct bytes rest = buf_bytes(&t->plain), head; rest.n;) {
		bool is_cut = bytes_cut(rest, '<', &head, &rest);
		buf_add(&out, head);
		buf_adds(&out, is_cut ? "\\u003c" : "");
		if (!is_cut)
			break;
	}
	buf_fini(&t->plain);
	return arena_dup(a, buf_bytes(&out));
}

struct bytes bom_comment(const struct bom *b, const struct package *p)
{
	struct comment_text t;
	comment_begin(&t);
	if (p)
		carry_package(p, b->a, comment_pair, &t.c);
	else
		carry_report(b->r, b->a, comment_pair, &t.c);
	return comment_end(&t, b->a);
}

struct bytes bom_file_comment(const struct bom *b, const struct bom_file *f)
{
	struct comment_text t;
	comment_begin(&t);
	carry_file(f->f, b->a, comment_pair, &t.c);
	return comment_end(&t, b->a);
}

struct bytes bom_supplier(const struct bom *b, const struct package *p)
{
	struct bytes who = p->vendor.n ? p->vendor : p->maintainer, name, mail;
	if (!who.n)
		return B("NOASSERTION");
	who = render_escape(b->a, who);
	const char *kind = p->vendor.n ? "Organization" : "Person";
	bytes_cut(who, '<', &name, &mail);
	name = bytes_trim(name);
	bytes_cut(mail, '>', &mail, &who);
	if (!mail.n || !name.n)
		return bytes_str(
			arena_printf(b->a, "%s: %.*s", kind, BYTES_FMT(name.n ? name : mail)));
	return bytes_str(
		arena_printf(b->a, "%s: %.*s (%.*s)", kind, BYTES_FMT(name), BYTES_FMT(mail)));
}
