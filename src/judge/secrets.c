/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secrets.c - secrets in the files of all layers, shown or deleted, with what to do about them.
 *
 * A secret in a file that an upper layer deleted still lies in the image.  What several layers say
 * alike of one file is one finding, of the lowest.  Files as a package of the distribution ships
 * them are public: their keys are those of tests and manuals; so are, as far as is known, those
 * of packages from the registries of languages.
 */
#include "judge/secrets.h"

#include <stdlib.h>
#include <string.h>

#include "judge/owners.h"
#include "judge/published.h"

struct mention {
	struct fact_secret f;
	struct bytes file; /* outer path */
	size_t layer;
	bool is_shown;
	const struct rule_record *rule;
};

struct mentions {
	struct mention *v;
	size_t n, cap;
};

static struct bytes outer(struct bytes path)
{
	ssize_t at = bytes_search(path, B("!/"));
	return at > 0 ? bytes_slice(path, 0, (size_t)at) : path;
}

static void gather(const struct judge_input *in, const struct judge_secrets *js, size_t layer,
                   const struct factset *fs, struct mentions *all)
{
	struct fact_iter it = fact_iter(fs, FACT_SECRET);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct mention m = {.layer = layer};
		if (!fact_decode_secret(cbor, &m.f))
			continue;
		m.file = outer(m.f.head.path);
		m.is_shown = view_shows(in->view, layer, m.file);
		m.rule = rules_find(js->rules, m.f.rule);
		all->v = mem_grow(all->v, &all->cap, all->n + 1, sizeof *all->v);
		all->v[all->n++] = m;
	}
}

static int compare_place(const struct mention *a, const struct mention *b)
{
	int c = bytes_cmp(a->f.head.path, b->f.head.path);
	if (!c)
		c = bytes_cmp(a->f.rule, b->f.rule);
	if (!c)
		c = bytes_cmp(a->f.mask, b->f.mask);
	if (!c)
		c = (a->f.line > b->f.line) - (a->f.line < b->f.line);
	return c;
}

static int compare(const void *x, const void *y)
{
	const struct mention *a = x, *b = y;
	int c = compare_place(a, b);
	if (!c)
		c = (a->layer > b->layer) - (a->layer < b->layer);
	return c ? c : (a->f.at > b->f.at) - (a->f.at < b->f.at);
}

/* ---- whose the file is ---- */

struct brought {
	size_t layer; /* of the file */
	struct bytes package;
	bool is_conffile;
};

/* Also by a database that an upper layer replaced; not when a layer above wrote the file anew. */
static bool see_owner(void *arg, const struct owner *o)
{
	struct brought *w = arg;
	if (w->layer > o->layer)
		return true;
	w->package = o->f.package;
	w->is_conffile = o->f.flags & OWNED_CONFFILE;
	return false;
}

/* Folders of packages that anybody can fetch, and of tests and manuals in them. */
static bool is_sample(struct bytes path)
{
	static const char *const homes[] = {"node_modules/",   "site-packages/", "dist-packages/",
	                                    "/gems/",          "vendor/",        "/go/pkg/mod/",
	                                    ".cargo/registry/"};
	static const char *const kinds[] = {"/test",    "/Test",     "/spec/",  "/fixture",
	                                    "/example", "/doc",      "/sample", "README",
	                                    "readme",   "CHANGELOG", ".md"};
	bool is_home = false;
	for (size_t i = 0; i < ARRAY_LEN(homes); i++)
		is_home |= bytes_search(path, bytes_str(homes[i])) >= 0;
	for (size_t i = 0; i < ARRAY_LEN(kinds) && is_home; i++) {
		if (bytes_search(path, bytes_str(kinds[i])) >= 0)
			return true;
	}
	return false;
}

/* ---- findings ---- */

static void say_how(struct buf *b, uint64_t how)
{
	static const struct {
		unsigned bit;
		const char *text;
	} words[] = {
		{SECRET_BASE64,   ", in Base64"					      },
		{SECRET_UTF16,    ", in UTF-16"					      },
		{SECRET_PROVEN,   ", and its form proves it"                                 },
		{SECRET_UNPROVEN, ", though the checksum within it is wrong: made up, or cut"},
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (how & words[i].bit)
			buf_adds(b, words[i].text);
	}
}

static enum severity lowered(const struct mention *m, const struct brought *by,
                             const struct package *published, struct buf *b)
{
	enum severity s = m->rule ? (enum severity)m->rule->severity : SEV_MEDIUM;
	if (m->f.how & SECRET_UNPROVEN)
		s = MIN_OF(s, SEV_LOW);
	if (by->package.n && !by->is_conffile) {
		buf_addf(b, "; the file is of package %.*s, which anybody can fetch",
		         BYTES_FMT(by->package));
		return SEV_NEGLIGIBLE;
	}
	if (is_sample(m->file)) {
		buf_adds(b, "; it stands in a test or manual of a package that anybody can fetch");
		return MIN_OF(s, SEV_LOW);
	}
	if (published) {
		buf_addf(b, "; the file came with %s%.*s (%.*s), wherever that is installed",
		         published->name.n ? "" : "a package", BYTES_FMT(published->name),
		         BYTES_FMT(published->type));
		return MIN_OF(s, SEV_LOW);
	}
	return s;
}

struct finding *secret_finding(struct report *r, const struct rules *rules,
                               const struct rule_record *rule, struct bytes id)
{
	struct finding *f = report_finding(r);
	f->check = CHECK_SECRET;
	f->id = arena_dup(r->arena, id);
	f->severity_source = B("assay");
	f->title = B("Secret");
	if (!rule)
		return f;
	f->title = arena_dup(r->arena, bytes_str(rules_text(rules, rule->title)));
	f->repair = arena_dup(r->arena, bytes_str(rules_text(rules, rule->repair)));
	struct bytes list = bytes_str(rules_text(rules, rule->source));
	for (struct bytes one; bytes_split(&list, ',', &one);)
		list_add(r, &f->references, bytes_trim(one));
	return f;
}

struct whose {
	const struct owners *owners;
	const struct published *published;
};

static void put(struct report *r, const struct judge_secrets *js, const struct mention *m,
                const struct whose *whose)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(8));
	struct finding *f = secret_finding(r, js->rules, m->rule, m->f.rule);
	f->match = arena_dup(r->arena, m->f.mask);
	f->location.layer = (int32_t)m->layer;
	f->location.path = arena_dup(r->arena, m->f.head.path);
	f->location.line = (int32_t)MIN_OF(m->f.line, (uint64_t)INT32_MAX);
	f->location.is_deleted = !m->is_shown;
	buf_addf(&b, "%.*s", BYTES_FMT(m->f.mask));
	if (m->f.line)
		buf_addf(&b, " on line %llu", (unsigned long long)m->f.line);
	say_how(&b, m->f.how);
	if (!m->is_shown)
		buf_adds(&b, "; an upper layer deleted or replaced the file, but whoever pulls the "
		             "image gets it");
	struct brought by = {.layer = m->layer};
	owners_of(whose->owners, m->file, see_owner, &by);
	f->severity = lowered(m, &by, published_of(whose->published, m->file, m->layer), &b);
	if (m->rule)
		buf_addf(&b, ". %s", rules_text(js->rules, m->rule->why));
	if (b.n && b.p[b.n - 1] == '.')
		b.n--;
	f->reason = arena_dup(r->arena, buf_bytes(&b));
}

/* What was cut: in hidden files too, for those are looked at. */
static void cover_cuts(const struct judge_input *in, struct report *r, size_t layer)
{
	struct fact_iter it = fact_iter(in->layers[layer], FACT_NOTE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_note n;
		if (!fact_decode_note(cbor, &n) || !bytes_starts(n.code, B("secret.")))
			continue;
		report_cover(r,
		             (struct coverage){.check = CHECK_SECRET,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = arena_str(r->arena, n.code),
		                               .layer = (int32_t)layer,
		                               .path = arena_dup(r->arena, n.head.path)},
		             "%.*s", BYTES_FMT(n.text));
	}
}

static void cover(const struct judge_secrets *js, struct report *r, size_t n_layers)
{
	report_cover(r,
	             (struct coverage){.check = CHECK_SECRET,
	                               .status = COVERAGE_COMPLETE,
	                               .code = "secrets.scanned",
	                               .layer = -1},
	             "%zu rules over all bytes of %zu layer%s, and the configuration", js->rules->n,
	             n_layers, n_layers == 1 ? "" : "s");
}

int judge_secrets(const struct judge_input *in, const struct judge_secrets *js, struct report *r,
                  struct err *e)
{
	(void)e;
	struct mentions all = {.n = 0};
	AUTO_OWNERS struct owners *owners = owners_new(in);
	AUTO_PUBLISHED struct published *published = published_new(in, r);
	const struct whose whose = {owners, published};
	for (size_t i = 0; i < in->n_layers; i++) {
		gather(in, js, i, in->layers[i], &all);
		cover_cuts(in, r, i);
	}
	if (all.n)
		qsort(all.v, all.n, sizeof *all.v, compare);
	for (size_t i = 0, n; i < all.n; i += n) {
		struct mention m = all.v[i];
		for (n = 1; i + n < all.n && compare_place(&all.v[i], &all.v[i + n]) == 0; n++)
			m.is_shown |= all.v[i + n].is_shown;
		put(r, js, &m, &whose);
	}
	free(all.v);
	cover(js, r, in->n_layers);
	return 0;
}
