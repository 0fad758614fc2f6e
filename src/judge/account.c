/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.c - is every file that can be run explained, and is it what its package says?
 *
 * A file is explained when a package that is installed claims it and its content has the digest
 * that the package's database states.  That explanation is `claimed`: who changed the file could
 * have changed the database.  Files and databases may lie in any order and in any layer; they meet
 * here, through links of folders (merged /usr), hard links and dpkg's diversions.
 *
 * A configuration file that was changed is as its package declares it may be.
 */
#include "judge/account.h"

#include <stdlib.h>
#include <string.h>

enum { RULE_CHANGED, RULE_UNOWNED, RULE_MISSING, RULE_HIDDEN };

/* clang-format off */
static const struct check_rule rules[] = {
	[RULE_CHANGED] = {"file.changed", CHECK_FILE, SEV_MEDIUM, "not what its package installed",
		.why = "somebody replaced what the distribution tested and signed",
		.repair = "install the package anew, or find the step that changed it",
		.source = "CWE-345, CWE-506"},
	[RULE_UNOWNED] = {"file.unowned-program", CHECK_FILE, SEV_LOW, "programs that no package owns",
		.why = "no advisory speaks of them, and nothing says what they should be",
		.repair = "install them as packages, or account for the step that adds them",
		.source = "CIS Docker 1.6.0 4.11, NIST SP 800-190 4.1.5"},
	[RULE_MISSING] = {"file.missing", CHECK_FILE, SEV_LOW, "a package's programs are not there",
		.why = "the database tells of what is not in the image: it was stripped, or forged",
		.repair = "remove packages by their package manager",
		.source = "CWE-345"},
	[RULE_HIDDEN] = {"file.hidden", CHECK_FILE, SEV_NEGLIGIBLE, "deleted or replaced, but still shipped",
		.why = "whoever has the image has these files, and pays for them",
		.repair = "delete in the step that adds, or copy the result into a stage of its own",
		.source = "DL3059, CWE-1164"},
};
/* clang-format on */

enum { FOLDER_DEPTH = 2, UNOWNED_TOLD = 200, CHANGED_TOLD = 1000 };

/* ---- files ---- */

static struct program *add_file(struct account *c, struct bytes path, const struct entry *en)
{
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 1024;
		struct program *v = arena_alloc(c->a, c->cap * sizeof *v);
		if (c->n)
			memcpy(v, c->v, c->n * sizeof *v);
		c->v = v;
	}
	struct program *p = &c->v[c->n++];
	*p = (struct program){.path = path, .layer = c->layer, .size = en->size};
	map_put(c->files, path, NULL)->u = c->n;
	return p;
}

static struct program *file_at(const struct account *c, struct bytes path)
{
	const union map_value *slot = map_get(c->files, path);
	return slot ? &c->v[slot->u - 1] : NULL;
}

/* What every step of a package manager writes anew: a version below hides nothing from anybody. */
static bool is_bookkeeping(struct bytes path)
{
	static const char *const places[] = {
		"etc/apk/world",         "etc/ld.so.cache", "lib/apk/db/",  "usr/lib/apk/db/",
		"usr/lib/sysimage/rpm/", "var/cache/",      "var/lib/apt/", "var/lib/dnf/",
		"var/lib/dpkg/",         "var/lib/rpm/",    "var/log/",
	};
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (bytes_starts(path, bytes_str(places[i])))
			return true;
	}
	return false;
}

static bool see_entry(void *arg, const struct entry *en)
{
	struct account *c = arg;
	if (en->type != ENTRY_FILE || en->size == 0)
		return true;
	bool may_hide = c->layer + 1 < c->in->n_layers;
	bool is_run = en->mode & 0111;
	if (!may_hide && !is_run)
		return true;
	if (may_hide && !view_shows(c->in->view, c->layer, en->path)) {
		struct entry now;
		size_t at;
		if (is_bookkeeping(en->path) && view_find(c->in->view, en->path, &now, &at))
			return true;
		__auto_type h = &c->hidden[c->layer];
		if (h->n++ == 0)
			h->first = arena_dup(c->r->arena, en->path);
		h->bytes += en->size;
		return true;
	}
	if (!is_run || file_at(c, en->path) || !view_shows(c->in->view, c->layer, en->path))
		return true;
	add_file(c, arena_dup(c->a, en->path), en)->is_run = true;
	return true;
}

static void read_sums(struct account *c)
{
	struct seen s = seen_begin(c->in, FACT_SUMS);
	for (struct bytes cbor; seen_next(&s, &cbor);) {
		struct fact_sums f;
		if (!fact_decode_sums(cbor, &f) || !bytes_eq(f.head.inspector, B("sums")))
			continue; /* within an archive */
		struct program *p = file_at(c, f.head.path);
		if (!p) {
			c->layer = s.layer;
			p = add_file(c, f.head.path, &s.en);
		}
		p->sums = f;
		p->is_run |= f.is_elf;
	}
}

/* ---- packages ---- */

static struct bytes parent(struct bytes path, unsigned levels)
{
	while (levels-- > 0)
		path = path_dir(path);
	return path;
}

/* What explains the programs of a language's package. */
static void read_language(struct account *c, const struct fact_package *f)
{
	static const struct {
		const char *type, *end;
		unsigned up; /* folders above the record that are the package's */
	} kinds[] = {
		{"gem",  ".gemspec",     2},
		{"npm",  "package.json", 1},
		{"pypi", "/METADATA",    2},
		{"pypi", "/PKG-INFO",    2},
	};
	ssize_t inner = bytes_search(f->head.path, B("!/"));
	struct bytes path = inner > 0 ? bytes_slice(f->head.path, 0, (size_t)inner) : f->head.path;
	struct program *p = file_at(c, path);
	if (p) { /* it says itself what it is made of: a jar, a binary of Go or Rust */
		p->is_claimed = true;
		p->package = f->name;
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (bytes_eq(f->type, bytes_str(kinds[i].type)) &&
		    bytes_ends(path, bytes_str(kinds[i].end)))
			map_put(c->folders, arena_dup(c->a, parent(path, kinds[i].up)), NULL);
	}
}

/* A language's package of the same name does not stand for a distribution's. */
static void add_installed(struct account *c, const struct fact_package *f)
{
	struct fact_package *own = arena_alloc(c->a, sizeof *own);
	bool is_new;
	*own = *f;
	union map_value *slot = map_put(c->installed, own->name, &is_new);
	if (is_new || !ecosystem_is_language(f->type))
		slot->p = own;
	if (own->arch.n)
		map_put(c->installed,
		        bytes_str(arena_printf(c->a, "%.*s:%.*s", BYTES_FMT(own->name),
		                               BYTES_FMT(own->arch))),
		        NULL)
			->p = own;
}

static void read_packages(struct account *c)
{
	struct seen s = seen_begin(c->in, FACT_PACKAGE);
	for (struct bytes cbor; seen_next(&s, &cbor);) {
		struct fact_package f;
		if (!fact_decode_package(cbor, &f))
			continue;
		add_installed(c, &f);
		if (ecosystem_is_language(f.type))
			read_language(c, &f);
	}
	struct seen d = seen_begin(c->in, FACT_DIVERT);
	for (struct bytes cbor; seen_next(&d, &cbor);) {
		struct fact_divert *f = arena_alloc(c->a, sizeof *f);
		if (fact_decode_divert(cbor, f))
			map_put(c->diversions, f->from, NULL)->p = f;
	}
}

const struct fact_package *account_package(const struct account *c, struct bytes package)
{
	struct bytes name, arch;
	const union map_value *slot = map_get(c->installed, package);
	if (!slot && bytes_cut(package, ':', &name, &arch))
		slot = map_get(c->installed, name);
	return slot ? slot->p : NULL;
}

static bool is_installed(const struct account *c, struct bytes package)
{
	return account_package(c, package) != NULL;
}

/* ---- claims ---- */

/* The sum that the claim can be compared with; absent: none of its kind was made. */
struct bytes account_sum(const struct program *p, size_t n)
{
	switch (n) {
	case 16:
		return p->sums.md5;
	case 20:
		return p->sums.sha1;
	case 32:
		return p->sums.sha256;
	default:
		return (struct bytes){NULL, 0};
	}
}

static struct bytes sum_for(const struct program *p, struct bytes want)
{
	return account_sum(p, want.n);
}

/* dpkg and rpm name their configuration files; to apk all of /etc is (apk-protected-paths(5)). */
static bool is_conffile(const struct fact_owned *f, struct bytes path)
{
	return (f->flags & (OWNED_CONFFILE | OWNED_GHOST)) ||
	       (bytes_eq(f->head.inspector, B("apk")) && bytes_starts(path, B("etc/")) &&
	        !bytes_starts(path, B("etc/init.d/")));
}

static void claim(struct program *p, const struct fact_owned *f)
{
	struct bytes have = sum_for(p, f->digest);
	p->is_conffile |= is_conffile(f, p->path);
	p->is_listed = true;
	if (!f->digest.n)
		; /* the file's digest stands in another record, or nowhere */
	else if (have.n && bytes_eq(have, f->digest)) {
		p->is_claimed = true;
		p->stated = have.n;
	} else if (!have.n)
		p->is_unknown = true;
	else {
		p->is_changed = true;
		p->want = f->digest;
	}
	p->package = f->package;
	p->named = f->file;
}

static void lose(struct account *c, const struct fact_owned *f, struct bytes path)
{
	static const char *const folders[] = {"bin/",      "sbin/",    "usr/bin/",
	                                      "usr/sbin/", "usr/lib/", "lib/"};
	bool is_program = false;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		is_program |= bytes_starts(path, bytes_str(folders[i]));
	/* without a digest it may have been a folder or a link */
	if (!is_program || !f->digest.n || (f->flags & (OWNED_CONFFILE | OWNED_GHOST | OWNED_DIR)))
		return;
	bool is_new;
	union map_value *slot = map_put(c->lost_of, f->package, &is_new);
	if (is_new) {
		if (c->n_lost == c->cap_lost) {
			c->cap_lost = c->cap_lost ? c->cap_lost * 2 : 16;
			c->lost = mem_realloc(c->lost, c->cap_lost * sizeof *c->lost);
		}
		c->lost[c->n_lost++] = (struct lost){.package = f->package, .first = path};
		slot->u = c->n_lost;
	}
	c->lost[slot->u - 1].n++;
}

static struct bytes diverted(const struct account *c, const struct fact_owned *f)
{
	const union map_value *slot = map_get(c->diversions, f->file);
	const struct fact_divert *d = slot ? slot->p : NULL;
	struct bytes name, arch;
	bytes_cut(f->package, ':', &name, &arch);
	return d && !bytes_eq(d->package, f->package) && !bytes_eq(d->package, name) ? d->to
	                                                                             : f->file;
}

static void read_claim(struct account *c, const struct fact_owned *f, struct buf *real)
{
	struct bytes path = seen_real(&c->links, diverted(c, f), real);
	struct program *p = file_at(c, path);
	struct entry en;
	size_t layer;
	if (!p && !view_find(c->in->view, path, &en, &layer)) {
		/* another folder on the way is a link */
		path = arena_dup(c->a, path);
		struct err ignored;
		if (view_resolve(c->in->view, path, real, &en, &layer, &ignored) < 0) {
			lose(c, f, path);
			return;
		}
		p = file_at(c, buf_bytes(real));
	}
	if (!p && en.type == ENTRY_HARDLINK)
		p = file_at(c, en.link);
	if (p)
		claim(p, f);
}

static void read_claims(struct account *c)
{
	AUTO_BUF struct buf real;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	struct seen s = seen_begin(c->in, FACT_OWNED);
	for (struct bytes cbor; seen_next(&s, &cbor);) {
		struct fact_owned f;
		if (fact_decode_owned(cbor, &f) && is_installed(c, f.package))
			read_claim(c, &f, &real);
	}
}

/* ---- findings ---- */

static struct finding *found(struct account *c, unsigned rule, struct bytes path, size_t layer,
                             const char *text)
{
	struct finding *f = rule_found(c->r, &rules[rule], "%s", text);
	f->location.path = arena_dup(c->r->arena, path);
	f->location.layer = (int32_t)layer;
	return f;
}

/* What the package says of the file, or is known to. */
static const char *why_changed(struct account *c, const struct program *p)
{
	char have[2 * 64 + 1], want[2 * 64 + 1];
	struct bytes sum = sum_for(p, p->want);
	const char *by =
		p->denied_by.n ? arena_printf(c->a, ": %.*s", BYTES_FMT(p->denied_by)) : "";
	if (!p->want.n)
		return arena_printf(c->r->arena,
		                    "package %.*s claims it, and is known to have no such file%s",
		                    BYTES_FMT(p->package), by);
	hex_encode(sum.p, sum.n, have);
	hex_encode(p->want.p, p->want.n, want);
	return arena_printf(c->r->arena, "its digest is %s, package %.*s %s %s%s", have,
	                    BYTES_FMT(p->package), p->is_denied ? "is known to have" : "says", want,
	                    by);
}

/* How it came into the image, as the history says. */
static const char *step_of(struct account *c, const struct program *p)
{
	const struct made_step *s = &c->steps[p->layer];
	const char *text =
		made_text(s, made_how(s, p->path), c->r->image.layers[p->layer].created_by, c->a);
	return *text ? arena_printf(c->a, "; %s", text) : "";
}

static void tell_changed(struct account *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct program *p = &c->v[i];
		if (!p->is_changed || p->is_claimed || p->is_conffile || ++n > CHANGED_TOLD)
			continue;
		const char *why =
			arena_printf(c->r->arena, "%s%s", why_changed(c, p), step_of(c, p));
		struct finding *f = found(c, RULE_CHANGED, p->path, p->layer, why);
		if (p->is_run)
			f->severity = SEV_HIGH;
	}
	if (n > CHANGED_TOLD)
		report_cover(c->r,
		             (struct coverage){.check = CHECK_FILE,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "account.many",
		                               .layer = -1},
		             "%zu files are not what their packages installed; %d are told", n,
		             CHANGED_TOLD);
}

/* Claimed with digests that nobody made: neither explained nor changed, as far as can be seen. */
static void tell_unknown(struct account *c)
{
	const struct program *first = NULL;
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct program *p = &c->v[i];
		if (!p->is_run || !p->is_unknown || p->is_claimed || p->is_changed)
			continue;
		if (!n++ || bytes_cmp(p->path, first->path) < 0)
			first = p;
	}
	if (n)
		report_cover(
			c->r,
			(struct coverage){.check = CHECK_FILE,
		                          .status = COVERAGE_INCOMPLETE,
		                          .code = "account.digest-kind",
		                          .layer = -1,
		                          .path = first->path},
			"packages state digests of %zu programs of a kind that was not made of "
			"them, the first is of %.*s: whether they were changed is not known",
			n, BYTES_FMT(first->package));
}

static bool is_of_language(const struct account *c, struct bytes path)
{
	for (struct bytes folder = path_dir(path); folder.n; folder = path_dir(folder)) {
		if (map_get(c->folders, folder))
			return true;
	}
	return false;
}

/* Programs lie together as somebody put them there: those of the system in one group, others by
 * their first two folders. */
static struct bytes group_of(struct bytes path)
{
	static const char *const system[] = {"bin/",      "sbin/",   "lib", "usr/bin/",
	                                     "usr/sbin/", "usr/lib", "etc/"};
	size_t depth = 0;
	for (size_t i = 0; i < ARRAY_LEN(system); i++) {
		if (bytes_starts(path, bytes_str(system[i])))
			return B("");
	}
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '/' && ++depth == FOLDER_DEPTH)
			return bytes_slice(path, 0, i);
	}
	return path_dir(path);
}

struct group {
	struct bytes folder;
	const struct program *first;
	size_t n;
	uint64_t bytes;
};

static int group_cmp(const void *a, const void *b)
{
	return bytes_cmp(((const struct group *)a)->folder, ((const struct group *)b)->folder);
}

/* After all claims: what is explained, and what is nobody's. */
static bool is_unowned(struct account *c, struct program *p)
{
	if (!p->is_run || p->is_claimed || p->is_unknown || (p->is_changed && !p->is_conffile))
		return false;
	p->is_claimed = p->is_listed || is_of_language(c, p->path) ||
	                is_installed(c, account_script_package(p->path));
	if (p->is_claimed || !p->is_of_base)
		return !p->is_claimed;
	c->n_of_base++;
	p->is_claimed = true;
	return false;
}

static void tell_group(struct account *c, const struct group *g)
{
	const struct program *p = g->first;
	if (g->n == 1) {
		found(c, RULE_UNOWNED, p->path, p->layer,
		      arena_printf(c->r->arena, "no package owns it; %ju bytes%s",
		                   (uintmax_t)p->size, step_of(c, p)));
		return;
	}
	found(c, RULE_UNOWNED, g->folder.n ? g->folder : p->path, p->layer,
	      arena_printf(
		      c->r->arena,
		      "no package owns %zu programs %s%.*s, %ju bytes in all; the first is %.*s%s",
		      g->n, g->folder.n ? "below " : "in the folders of the system",
		      BYTES_FMT(g->folder), (uintmax_t)g->bytes, BYTES_FMT(p->path),
		      step_of(c, p)));
}

static void tell_unowned(struct account *c)
{
	AUTO_MAP struct map *by = map_new();
	AUTO_FREE struct group *groups = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct program *p = &c->v[i];
		bool is_new;
		if (!is_unowned(c, p))
			continue;
		if (made_how(&c->steps[p->layer], p->path) == MADE_NAMED)
			c->r->image.account.steps += p->size;
		struct bytes folder = group_of(p->path);
		union map_value *slot = map_put(by, folder, &is_new);
		if (is_new) {
			if (n == cap) {
				cap = cap ? cap * 2 : 16;
				groups = mem_realloc(groups, cap * sizeof *groups);
			}
			groups[n++] = (struct group){.folder = folder, .first = p};
			slot->u = n;
		}
		struct group *g = &groups[slot->u - 1];
		if (bytes_cmp(p->path, g->first->path) < 0)
			g->first = p;
		g->n++;
		g->bytes += p->size;
	}
	if (n > 1)
		qsort(groups, n, sizeof *groups, group_cmp);
	for (size_t i = 0; i < n && i < UNOWNED_TOLD; i++)
		tell_group(c, &groups[i]);
	if (n > UNOWNED_TOLD)
		report_cover(c->r,
		             (struct coverage){.check = CHECK_FILE,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "account.many",
		                               .layer = -1},
		             "programs that no package owns lie in %zu folders; %d are told", n,
		             UNOWNED_TOLD);
}

static void tell_lost(struct account *c)
{
	for (size_t i = 0; i < c->n_lost; i++) {
		const struct lost *l = &c->lost[i];
		struct finding *f = rule_found(
			c->r, &rules[RULE_MISSING],
			"package %.*s lists %zu files that are not in the image, the first is %.*s",
			BYTES_FMT(l->package), l->n, BYTES_FMT(l->first));
		f->location.path = arena_dup(c->r->arena, l->first);
	}
}

/* The same layer once more above hides nothing, and is stored once. */
static bool is_repeated(const struct account *c, size_t layer)
{
	for (size_t i = layer + 1; i < c->in->n_layers; i++) {
		if (digest_eq(&factset_meta(c->in->layers[i])->diff_id,
		              &factset_meta(c->in->layers[layer])->diff_id))
			return true;
	}
	return false;
}

static void tell_hidden(struct account *c)
{
	for (size_t i = 0; i < c->in->n_layers; i++) {
		const __auto_type h = &c->hidden[i];
		if (!h->n || is_repeated(c, i))
			continue;
		struct finding *f = found(
			c, RULE_HIDDEN, h->first, i,
			arena_printf(c->r->arena,
		                     "%ju files, %ju bytes of layer %zu are not seen in "
		                     "the image; the first is %.*s",
		                     (uintmax_t)h->n, (uintmax_t)h->bytes, i, BYTES_FMT(h->first)));
		f->location.is_deleted = true;
	}
}

/* In thousandths, rounded down. */
static uint64_t share(uint64_t part, uint64_t whole) { return whole ? part * 1000 / whole : 1000; }

/* Who else says so than the image itself. */
static const char *grades(const struct account *c, const struct report_account *to)
{
	bool has_base = false;
	for (size_t i = 0; i < c->r->n_lineage; i++)
		has_base |= c->r->lineage[i].layers > 0;
	if (!c->in->known && !has_base)
		return " (claimed)";
	uint64_t learned = share(to->learned, to->bytes);
	uint64_t from_signed = share(to->from_signed, to->bytes);
	const char *base =
		c->n_of_base ? arena_printf(c->a, "; %zu that no package owns are of the base",
	                                    c->n_of_base)
			     : "";
	return arena_printf(
		c->a,
		", %ju.%ju %% as in signed repositories or admitted bases, %ju.%ju %% as "
		"in images learned from or known bases%s",
		(uintmax_t)(from_signed / 10), (uintmax_t)(from_signed % 10),
		(uintmax_t)(learned / 10), (uintmax_t)(learned % 10), base);
}

static void sum_up(struct account *c)
{
	struct report_account *to = &c->r->image.account;
	to->is_present = true;
	for (size_t i = 0; i < c->n; i++) {
		const struct program *p = &c->v[i];
		if (!p->is_run)
			continue;
		to->programs++;
		to->bytes += p->size;
		if (p->is_claimed)
			*(p->is_signed  ? &to->from_signed
			  : p->is_known ? &to->learned
			                : &to->claimed) += p->size;
	}
	uint64_t all = share(to->claimed + to->learned + to->from_signed, to->bytes);
	report_cover(c->r,
	             (struct coverage){.check = CHECK_FILE,
	                               .status = COVERAGE_COMPLETE,
	                               .code = "account.judged",
	                               .layer = -1},
	             "%ju programs, %ju bytes: %ju.%ju %% explained by packages%s",
	             (uintmax_t)to->programs, (uintmax_t)to->bytes, (uintmax_t)(all / 10),
	             (uintmax_t)(all % 10), grades(c, to));
}

int judge_accounted(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	AUTO_ARENA struct arena *a = arena_new();
	struct account c = {.in = in,
	                    .r = r,
	                    .a = a,
	                    .files = map_new(),
	                    .installed = map_new(),
	                    .folders = map_new(),
	                    .diversions = map_new(),
	                    .lost_of = map_new()};
	seen_links(in, a, &c.links);
	c.steps = made_steps(in, &c.links, a);
	c.hidden = arena_alloc(a, (in->n_layers + 1) * sizeof *c.hidden);
	for (c.layer = 0; c.layer < in->n_layers; c.layer++)
		factset_entries(in->layers[c.layer], see_entry, &c);
	read_sums(&c);
	read_packages(&c);
	read_claims(&c);
	account_known(&c);
	account_base(&c);
	tell_changed(&c);
	tell_unknown(&c);
	tell_unowned(&c);
	tell_lost(&c);
	tell_hidden(&c);
	sum_up(&c);
	free(c.lost);
	map_free(c.files);
	map_free(c.installed);
	map_free(c.folders);
	map_free(c.diversions);
	map_free(c.lost_of);
	return 0;
}

const struct judge_rules judge_rules_account = {rules, ARRAY_LEN(rules)};
