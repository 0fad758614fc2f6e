/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bom.c - what all forms of a bill of materials share.
 */
#include "render/bom.h"

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
		carry_package(p, b->a, put_pair, &o);
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

static void set_package(struct bom *b, size_t i)
{
	struct bom_package *to = &b->packages[i];
	const struct package *p = to->p = &b->r->packages[i];
	bool is_new = false;
	if (p->purl.n) {
		union map_value *slot = map_put(b->refs, p->purl, &is_new);
		if (is_new)
			slot->u = i;
	}
	to->ref = is_new ? p->purl : bytes_str(arena_printf(b->a, "package-%zu", i + 1));
	struct digest d = digest_of(to->ref);
	hex_encode(d.b, 8, to->id);
	for (size_t l = 0; l < p->licenses.n; l++)
		to->license = spdx_license_and(to->license, license_of(b, p->licenses.v[l]), b->a);
	to->expression = spdx_license_text(to->license, b->a);
	ecosystem_split(p->type, p->name, &to->group, &to->name);
}

void bom_init(struct bom *b, const struct report *r)
{
	*b = (struct bom){.r = r, .a = arena_new(), .refs = map_new(), .licenses = map_new()};
	b->n = r->n_packages;
	b->packages = arena_alloc(b->a, b->n * sizeof *b->packages);
	for (size_t i = 0; i < b->n; i++)
		set_package(b, i);
	for (size_t i = 0; i < r->n_coverage; i++)
		b->is_incomplete |=
			r->coverage[i].is_inventory && r->coverage[i].status != COVERAGE_COMPLETE;
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

/* JSON within a comment: "<" is escaped too, because tag-value ends text with "</text>". */
struct bytes bom_comment(const struct bom *b, const struct package *p)
{
	AUTO_BUF struct buf plain, out;
	struct comment c = {.open = NULL};
	buf_init(&plain, (size_t)MIB(64));
	buf_init(&out, (size_t)MIB(384));
	jout_init(&c.j, jout_to_buf, &plain, false);
	jout_object(&c.j);
	if (p)
		carry_package(p, b->a, comment_pair, &c);
	else
		carry_report(b->r, b->a, comment_pair, &c);
	if (c.open)
		jout_array_end(&c.j);
	jout_object_end(&c.j);
	jout_end(&c.j);
	buf_adds(&out, "assay:");
	for (struct bytes rest = buf_bytes(&plain), head; rest.n;) {
		bool is_cut = bytes_cut(rest, '<', &head, &rest);
		buf_add(&out, head);
		buf_adds(&out, is_cut ? "\\u003c" : "");
		if (!is_cut)
			break;
	}
	return arena_dup(b->a, buf_bytes(&out));
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
