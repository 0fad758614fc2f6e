/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entries.c - one pass over all entries of all layers, for the judges that ask about modes, owners,
 * and what was left behind.
 *
 * An entry is told when it is strange by itself and visible; most entries cost one comparison.
 */
#include "judge/owners.h"

#include <stdlib.h>

#include "judge/seen.h"

/* Where package managers keep what they fetched: nothing that runs needs it. */
static const struct {
	const char *glob;
	enum judge_cache cache;
} caches[] = {
	{"var/lib/apt/lists/*",            CACHE_APT_LISTS},
	{"var/cache/apt/*.bin",            CACHE_APT      },
	{"var/cache/apt/archives/*.deb",   CACHE_APT      },
	{"var/cache/apk/*",                CACHE_APK      },
	{"etc/apk/cache/*",                CACHE_APK      },
	{"var/cache/dnf/**",               CACHE_RPM      },
	{"var/cache/yum/**",               CACHE_RPM      },
	{"var/cache/zypp/**",              CACHE_RPM      },
	{"var/cache/libdnf5/**",           CACHE_RPM      },
	{"root/.cache/pip/**",             CACHE_LANGUAGE },
	{"root/.npm/_cacache/**",          CACHE_LANGUAGE },
	{"root/.cache/yarn/**",            CACHE_LANGUAGE },
	{"usr/local/share/.cache/yarn/**", CACHE_LANGUAGE },
	{"root/.cache/go-build/**",        CACHE_LANGUAGE },
	{"root/.composer/cache/**",        CACHE_LANGUAGE },
	{"root/.gem/**/cache/*.gem",       CACHE_LANGUAGE },
};

/* Names that belong to a working folder, not to an image.  Source: dockle's DKL-LI-0003. */
static const char *const leftovers[] = {
	".DS_Store",
	".bzr",
	".cache",
	".dockerignore",
	".git",
	".hg",
	".idea",
	".svn",
	".vscode",
	"Dockerfile",
	"Thumbs.db",
	"Vagrantfile",
	"docker-compose.yaml",
	"docker-compose.yml",
};

struct pass {
	const struct judge_input *in;
	struct arena *a;
	struct judge_entries *out;
	size_t cap;
	size_t layer;
	struct map *uids;      /* of accounts: the number as 8 bytes */
	struct map *strangers; /* number → index in out->v, plus one */
	struct map *found;     /* path → index in out->v, plus one */
	bool has_accounts;
};

static struct judge_special *add(struct pass *p, const struct entry *en, unsigned what)
{
	struct judge_entries *out = p->out;
	if (out->n >= (size_t)SPECIALS_MAX) {
		out->is_cut = true;
		return NULL;
	}
	if (out->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 64;
		struct judge_special *v = arena_alloc(p->a, cap * sizeof *v);
		for (size_t i = 0; i < out->n; i++)
			v[i] = out->v[i];
		out->v = v;
		p->cap = cap;
	}
	struct judge_special *s = &out->v[out->n++];
	*s = (struct judge_special){.en = *en, .layer = p->layer, .what = what, .n = 1};
	s->en.path = arena_dup(p->a, en->path);
	s->en.caps = arena_dup(p->a, en->caps);
	s->en.link = arena_dup(p->a, en->link);
	return s;
}

/* Nodes that every container has: what they open is the kernel's own. */
static bool is_usual_device(const struct entry *en)
{
	static const struct {
		uint32_t major, minor;
	} usual[] = {
		{1, 3},
                {1, 5},
                {1, 7},
                {1, 8},
                {1, 9},
                {5, 0},
                {5, 1},
                {5, 2}
        };
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (en->type == ENTRY_CHAR && en->dev_major == usual[i].major &&
		    en->dev_minor == usual[i].minor)
			return true;
	}
	return false;
}

static unsigned strangeness(const struct entry *en)
{
	unsigned what = 0;
	bool is_file = en->type == ENTRY_FILE;
	if (is_file && (en->mode & 04000))
		what |= SPECIAL_SETUID;
	/* without group execute the bit means mandatory locking: inode(7) */
	if (is_file && (en->mode & 02010) == 02010)
		what |= SPECIAL_SETGID;
	if (is_file && en->caps.n)
		what |= SPECIAL_CAPS;
	if ((en->type == ENTRY_CHAR || en->type == ENTRY_BLOCK) && !is_usual_device(en))
		what |= SPECIAL_DEVICE;
	if ((en->mode & 02) && (is_file || (en->type == ENTRY_DIR && !(en->mode & 01000))))
		what |= SPECIAL_WRITABLE;
	return what;
}

static void see_stranger(struct pass *p, const struct entry *en)
{
	struct bytes key = bytes_of(&en->uid, sizeof en->uid);
	bool is_new;
	if (en->uid == 0 || !p->has_accounts || map_get(p->uids, key) ||
	    !view_shows(p->in->view, p->layer, en->path))
		return;
	union map_value *slot = map_get(p->strangers, key);
	if (slot) {
		p->out->v[slot->u - 1].n++;
		p->out->v[slot->u - 1].bytes += en->size;
		return;
	}
	struct judge_special *s = add(p, en, SPECIAL_STRANGER);
	if (!s)
		return;
	s->bytes = en->size;
	map_put(p->strangers, arena_dup(p->a, key), &is_new)->u = p->out->n;
}

static void see_cache(struct pass *p, const struct entry *en)
{
	if (en->type != ENTRY_FILE || en->size == 0 || bytes_ends(en->path, B("/lock")))
		return;
	for (size_t i = 0; i < ARRAY_LEN(caches); i++) {
		if (!bytes_glob(bytes_str(caches[i].glob), en->path))
			continue;
		bool is_shown = view_shows(p->in->view, p->layer, en->path);
		__auto_type c = &p->out->caches[caches[i].cache];
		if (!c->n || (c->is_hidden && is_shown)) {
			c->first = arena_dup(p->a, en->path);
			c->layer = p->layer;
			c->is_hidden = !is_shown;
		}
		c->n++;
		c->bytes += en->size;
		return;
	}
}

/* Only these folders hold caches: the globs are asked of few paths. */
static bool may_be_cache(struct bytes path)
{
	return bytes_starts(path, B("var/")) || bytes_starts(path, B("root/.")) ||
	       bytes_starts(path, B("etc/apk/cache/")) ||
	       bytes_starts(path, B("usr/local/share/.cache/"));
}

/* Below these, others' working folders were packed on purpose. */
static bool is_packed(struct bytes path)
{
	static const char *const folders[] = {"node_modules/", "site-packages/", "dist-packages/",
	                                      "vendor/",       "usr/share/",     "go/pkg/mod/"};
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		if (bytes_search(path, bytes_str(folders[i])) >= 0)
			return true;
	}
	return false;
}

static bool is_leftover(const struct entry *en)
{
	struct bytes base = path_base(en->path);
	if (!base.n || (base.p[0] != '.' && base.p[0] != 'D' && base.p[0] != 'T' &&
	                base.p[0] != 'V' && base.p[0] != 'd'))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(leftovers); i++) {
		if (bytes_eq(base, bytes_str(leftovers[i])))
			return !is_packed(en->path);
	}
	return false;
}

static bool see(void *arg, const struct entry *en)
{
	struct pass *p = arg;
	if (en->type == ENTRY_WHITEOUT || en->type == ENTRY_OPAQUE)
		return true;
	unsigned what = strangeness(en) | (is_leftover(en) ? SPECIAL_LEFTOVER : 0u);
	if (what && view_shows(p->in->view, p->layer, en->path)) {
		union map_value *slot = map_get(p->found, en->path);
		if (slot) { /* stated again by this layer: the last one counts */
			p->out->v[slot->u - 1].what = what;
			p->out->v[slot->u - 1].en.mode = en->mode;
		} else {
			struct judge_special *s = add(p, en, what);
			if (s)
				map_put(p->found, s->en.path, NULL)->u = p->out->n;
		}
	}
	if (may_be_cache(en->path))
		see_cache(p, en);
	see_stranger(p, en);
	return true;
}

static void read_accounts(struct pass *p)
{
	struct seen s = seen_begin(p->in, FACT_ACCOUNT);
	for (struct fact_account a; seen_account(&s, &a);) {
		uint32_t uid = (uint32_t)a.uid;
		if (a.is_group)
			continue;
		p->has_accounts = true;
		map_put(p->uids, arena_dup(p->a, bytes_of(&uid, sizeof uid)), NULL);
	}
}

struct owning {
	struct pass *p;
	struct judge_special *s;
};

static bool own(void *arg, const struct owner *o)
{
	struct owning *w = arg;
	if (o->is_shown && w->s->layer <= o->layer)
		w->s->package = arena_dup(w->p->a, o->f.package);
	return true;
}

/* Who owns the paths that were found. */
static void read_owners(struct pass *p)
{
	AUTO_OWNERS struct owners *all = owners_new(p->in);
	for (size_t i = 0; i < p->out->n; i++) {
		struct owning w = {p, &p->out->v[i]};
		owners_of(all, w.s->en.path, own, &w);
	}
}

static int special_cmp(const void *a, const void *b)
{
	const struct judge_special *x = a, *y = b;
	int c = bytes_cmp(x->en.path, y->en.path);
	return c ? c : (int)x->what - (int)y->what;
}

void judge_entries(const struct judge_input *in, struct arena *a, struct judge_entries *ret)
{
	*ret = (struct judge_entries){.n = 0};
	struct pass p = {.in = in,
	                 .a = a,
	                 .out = ret,
	                 .uids = map_new(),
	                 .strangers = map_new(),
	                 .found = map_new()};
	read_accounts(&p);
	for (p.layer = 0; p.layer < in->n_layers; p.layer++)
		factset_entries(in->layers[p.layer], see, &p);
	read_owners(&p);
	map_free(p.uids);
	map_free(p.strangers);
	map_free(p.found);
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof *ret->v, special_cmp);
}
