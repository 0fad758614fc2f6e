/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_alpine_secdb.c - secdb of Alpine and of the distributions that publish in its form: Wolfi,
 * Chainguard, MinimOS, SecureOS.
 *
 * Format: {distroversion, reponame, urlprefix, apkurl, packages: [{pkg: {name, secfixes: {VERSION:
 * [IDS]}}}]} in JSON or YAML; a package is vulnerable below VERSION, "0": never was.  One string
 * may hold several ids.  Source: secdb.alpinelinux.org, packages.wolfi.dev/os/security.json.
 * And Alpine's security-rejections: {PACKAGE: [IDS]}, ids that do not concern the package.
 * Gives: records of origin (source) packages.
 *
 * Documents carry no date, so of two editions of one repository the one that knows the newer CVE
 * is the newer, then the one that knows more ids; it alone speaks of the packages it names.
 */
#include "advise/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One document. */
struct edition {
	struct bytes ns, repo;
	uint64_t newest; /* year << 32 | number of its highest CVE */
	uint64_t n_ids;
	int64_t mtime_s;
	bool is_json;
};

struct fix {
	struct edition *edition;
	struct bytes package, version, id;
	const struct bytes *aliases; /* ended by an absent one; NULL: none */
	bool is_rejection;           /* of all releases of Alpine */
	struct fix *before;          /* the list while documents are read, newest first */
};

struct secdb {
	struct fix *last;
	size_t n;
};

/* What was read, as an array. */
struct fixes {
	struct fix *v;
	size_t n;
};

struct reading {
	struct feed_sink *sink;
	struct secdb *all;
	struct edition *edition;
	struct bytes distroversion, reponame, urlprefix, apkurl;
	uint64_t packages;
};

/* ---- ids ---- */

static bool is_id_byte(uint8_t c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; }

/* "CVE_2019-2426", "cve-2019-2426": the usual form. */
static struct bytes normal_id(struct arena *a, struct bytes id)
{
	struct bytes copy = arena_dup(a, id);
	uint8_t *p = (uint8_t *)(uintptr_t)copy.p;
	if (copy.n < 4 || !bytes_eq_nocase(bytes_slice(copy, 0, 3), B("CVE")))
		return copy;
	memcpy(p, "CVE", 3);
	for (size_t i = 3; i < copy.n; i++) {
		if (p[i] == '_')
			p[i] = '-';
	}
	return copy;
}

/* The ids in one string; what is neither letters, digits nor '-' parts them, and a word without
 * '-' and digit is a remark.  ret has room for SECDB_IDS_MAX and one, which says that there are
 * more. */
static size_t split_ids(struct arena *a, struct bytes text, struct bytes *ret)
{
	size_t n = 0, i = 0;
	while (i < text.n && n <= (size_t)SECDB_IDS_MAX) {
		size_t from = i;
		bool has_dash = false, has_digit = false;
		for (; i < text.n && is_id_byte(text.p[i]); i++) {
			has_dash |= text.p[i] == '-';
			has_digit |= is_digit(text.p[i]);
		}
		if (has_dash && (has_digit || i - from > 8))
			ret[n++] = normal_id(a, bytes_slice(text, from, i));
		if (i == from)
			i++;
	}
	return n;
}

static bool is_cve(struct bytes id) { return bytes_starts(id, B("CVE-")); }

static void note_newest(struct edition *ed, struct bytes id)
{
	struct bytes year, number;
	uint64_t y, n;
	ed->n_ids++;
	if (!bytes_cut(bytes_skip(id, 4), '-', &year, &number) || !bytes_u64(year, 9999, &y) ||
	    !bytes_u64(number, UINT32_MAX, &n))
		return;
	ed->newest = MAX_OF(ed->newest, y << 32 | n);
}

/* ---- reading ---- */

static int add_fix(struct reading *r, const struct fix *f, struct err *e)
{
	struct secdb *all = r->all;
	if (all->n >= (size_t)SECDB_FIXES_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld entries", (long long)SECDB_FIXES_MAX);
	struct fix *copy = arena_alloc(feed_keep(r->sink), sizeof *copy);
	*copy = *f;
	copy->before = all->last;
	all->last = copy;
	all->n++;
	if (is_cve(f->id))
		note_newest(r->edition, f->id);
	return 0;
}

/* One string: each CVE is a vulnerability, the other ids its aliases; without a CVE each id is one
 * of its own. */
static int add_text(struct reading *r, struct fix f, struct bytes text, struct err *e)
{
	struct arena *keep = feed_keep(r->sink);
	size_t room = (size_t)SECDB_IDS_MAX + 1;
	struct bytes *ids = arena_alloc(feed_arena(r->sink), 2 * room * sizeof *ids);
	struct bytes *others = ids + room;
	size_t n = split_ids(keep, text, ids), n_others = 0;
	if (n == room) {
		feed_broken(r->sink, "%.*s %.*s: more than %lld ids in one string",
		            BYTES_FMT(f.package), BYTES_FMT(f.version), (long long)SECDB_IDS_MAX);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_cve(ids[i]))
			others[n_others++] = ids[i];
	}
	bool has_cve = n_others < n;
	if (has_cve && n_others) {
		others[n_others++] = (struct bytes){NULL, 0};
		struct bytes *list = arena_alloc(keep, n_others * sizeof *list);
		memcpy(list, others, n_others * sizeof *list);
		f.aliases = list;
	}
	for (size_t i = 0; i < n; i++) {
		if (has_cve && !is_cve(ids[i]))
			continue;
		f.id = ids[i];
		if (add_fix(r, &f, e) < 0)
			return -1;
	}
	return 0;
}

static int add_texts(struct reading *r, const struct fix *f, const json_t *list, struct err *e)
{
	size_t i;
	const json_t *text;
	json_array_foreach(list, i, text)
	{
		struct bytes b = json_bytes(text);
		if (!b.p)
			feed_broken(r->sink, "%.*s %.*s: an id that is no text",
			            BYTES_FMT(f->package), BYTES_FMT(f->version));
		else if (add_text(r, *f, b, e) < 0)
			return -1;
	}
	return 0;
}

static int on_package(struct reading *r, const json_t *item, struct err *e)
{
	const json_t *pkg = json_obj(item, "pkg");
	const json_t *fixes = json_obj(pkg, "secfixes");
	struct bytes name = json_text(pkg, "name");
	r->packages++;
	if (!name.n || !fixes) {
		const json_t *v = json_object_get(pkg, "secfixes");
		if (!name.n || !(json_is_null(v) || (json_is_array(v) && !json_array_size(v))))
			feed_broken(r->sink, "package %llu (%.*s): no name or no secfixes",
			            (unsigned long long)r->packages, BYTES_FMT(name));
		return 0;
	}
	struct fix f = {.edition = r->edition, .package = arena_dup(feed_keep(r->sink), name)};
	const char *key;
	json_t *list;
	json_object_foreach((json_t *)(uintptr_t)fixes, key, list)
	{
		f.version = bytes_trim(bytes_str(key));
		if (!f.version.n || f.version.n > (size_t)VERSION_LEN_MAX ||
		    !(json_is_array(list) || json_is_null(list))) {
			feed_broken(r->sink, "%.*s: fix \"%.*s\" is not a version with a list",
			            BYTES_FMT(name), BYTES_FMT(f.version));
			continue;
		}
		f.version = arena_dup(feed_keep(r->sink), f.version);
		if (add_texts(r, &f, list, e) < 0)
			return -1;
	}
	return 0;
}

static void set_member(struct reading *r, const char *name, struct bytes text)
{
	const struct {
		const char *name;
		struct bytes *slot;
	} members[] = {
		{"distroversion", &r->distroversion},
		{"reponame",      &r->reponame     },
		{"urlprefix",     &r->urlprefix    },
		{"apkurl",        &r->apkurl       },
	};
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (strcmp(members[i].name, name) == 0)
			*members[i].slot = arena_dup(feed_keep(r->sink), text);
	}
}

static const char *const paths[] = {"packages.*", "distroversion", "reponame",
                                    "urlprefix",  "apkurl",        NULL};

static int on_value(void *arg, const struct feed_value *v, struct err *e)
{
	if (v->path == 0)
		return on_package(arg, v->tree, e);
	set_member(arg, paths[v->path], json_bytes(v->tree));
	return 0;
}

/* security-rejections: {PACKAGE: [IDS]} */
static int on_rejections(struct reading *r, const json_t *root, struct err *e)
{
	const char *key;
	json_t *list;
	json_object_foreach((json_t *)(uintptr_t)root, key, list)
	{
		struct fix f = {.edition = r->edition,
		                .package = arena_dup(feed_keep(r->sink), bytes_str(key)),
		                .version = B("0"),
		                .is_rejection = true};
		if (!json_is_array(list) || !f.package.n)
			feed_broken(r->sink, "rejections of \"%s\" are no list", key);
		else if (add_texts(r, &f, list, e) < 0)
			return -1;
	}
	return 0;
}

static int read_yaml(struct reading *r, struct feed_doc *doc, bool is_rejections, struct err *e)
{
	AUTO_BUF struct buf text = {.max = 0};
	AUTO_JSON json_t *root = NULL;
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), "line", YAML_FEED, &root, e) < 0)
		return -1;
	if (is_rejections)
		return on_rejections(r, root, e);
	const json_t *packages = json_object_get(root, "packages");
	if (!json_is_array(packages) && !json_is_null(packages)) /* null: there are none */
		return err_set(e, ERR_FORMAT, "no list of packages");
	for (size_t i = 1; paths[i]; i++)
		set_member(r, paths[i], json_text(root, paths[i]));
	size_t i;
	const json_t *item;
	json_array_foreach(packages, i, item)
	{
		if (on_package(r, item, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- whose secdb ---- */

static const struct {
	const char *place; /* in urlprefix or apkurl */
	const char *ns;
} publishers[] = {
	{"wolfi.dev",       "wolfi"     },
        {"cgr.dev",         "chainguard"},
        {"mini.dev",        "minimos"   },
	{"cve0.io",         "secureos"  },
        {"secureos.io",     "secureos"  },
        {"alpinelinux.org", "alpine"    },
};

static const char *publisher_of(const struct reading *r, const struct feed_doc *doc)
{
	for (size_t i = 0; i < ARRAY_LEN(publishers); i++) {
		struct bytes place = bytes_str(publishers[i].place);
		if (bytes_search(r->urlprefix, place) >= 0 || bytes_search(r->apkurl, place) >= 0)
			return publishers[i].ns;
	}
	/* mirrors: by the words that are left */
	for (size_t i = 0; i < ARRAY_LEN(publishers); i++) {
		struct bytes word = bytes_str(publishers[i].ns);
		if (bytes_eq(r->reponame, word) || bytes_search(r->urlprefix, word) >= 0 ||
		    bytes_search(doc->name, word) >= 0)
			return publishers[i].ns;
	}
	return NULL;
}

/* "v3.10" and "3.10" are the release 3.10; "edge" is one of its own. */
static struct bytes release_of(struct bytes distroversion)
{
	struct bytes major, minor, v = distroversion;
	uint64_t n;
	if (bytes_starts(v, B("v")))
		v = bytes_skip(v, 1);
	if (bytes_eq(v, B("edge")))
		return v;
	bool is_release = bytes_cut(v, '.', &major, &minor) && bytes_u64(major, 999, &n) &&
	                  bytes_u64(minor, 9999, &n);
	return is_release ? v : (struct bytes){NULL, 0};
}

static int set_namespace(struct reading *r, const struct feed_doc *doc, struct err *e)
{
	const char *ns = publisher_of(r, doc);
	struct bytes release = release_of(r->distroversion);
	if (!ns && release.n && !r->urlprefix.n)
		ns = "alpine";
	const struct distro *d = ns ? distro_by_ns(bytes_str(ns)) : NULL;
	if (!d)
		return err_set(e, ERR_FORMAT, "secdb of an unknown publisher: \"%.*s\"",
		               BYTES_FMT(r->urlprefix));
	if (!d->release_parts) {
		r->edition->ns = bytes_str(ns);
		return 0;
	}
	if (!release.n)
		return err_set(e, ERR_FORMAT, "distroversion \"%.*s\" is no release",
		               BYTES_FMT(r->distroversion));
	r->edition->ns =
		bytes_str(arena_printf(feed_keep(r->sink), "%s:%.*s", ns, BYTES_FMT(release)));
	return feed_speaks(r->sink, r->edition->ns, e);
}

static int recognise(const struct feed_doc *doc)
{
	bool is_json = feed_first(doc) == '{';
	if (feed_has(doc, is_json ? "\"packages\"" : "packages:") &&
	    (feed_has(doc, "secfixes") || feed_has(doc, is_json ? "\"apkurl\"" : "apkurl:")))
		return 90;
	return !is_json && bytes_search(doc->name, B("security-rejections")) >= 0 &&
	                       bytes_ends(doc->name, B(".yaml"))
	               ? 80
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct reading r = {.sink = s, .all = feed_state(s, sizeof(struct secdb))};
	bool is_json = feed_first(doc) == '{';
	bool is_rejections = !is_json && !feed_has(doc, "packages:");
	struct secdb before = *r.all;
	r.edition = arena_alloc(feed_keep(s), sizeof *r.edition);
	r.edition->is_json = is_json;
	r.edition->mtime_s = doc->mtime_s;
	int res = is_json ? feed_json(doc, paths, on_value, &r, e)
	                  : read_yaml(&r, doc, is_rejections, e);
	if (res == 0 && !is_rejections) {
		r.edition->repo = r.reponame;
		res = set_namespace(&r, doc, e);
	}
	if (res < 0)
		*r.all = before; /* a document counts whole or not at all */
	return res;
}

/* ---- settling ---- */

static int cmp_u64(uint64_t a, uint64_t b) { return a < b ? -1 : a > b; }

/* The newer edition first. */
static int by_age(const struct edition *a, const struct edition *b)
{
	int c = cmp_u64(b->newest, a->newest);
	if (!c)
		c = cmp_u64(b->n_ids, a->n_ids);
	if (!c)
		c = cmp_u64((uint64_t)b->mtime_s, (uint64_t)a->mtime_s);
	if (!c)
		c = cmp_u64(b->is_json, a->is_json);
	return c ? c : cmp_u64((uintptr_t)b, (uintptr_t)a); /* the later one; they are alike */
}

static int by_edition(const void *pa, const void *pb)
{
	const struct fix *a = pa, *b = pb;
	int c = bytes_cmp(a->edition->ns, b->edition->ns);
	if (!c)
		c = bytes_cmp(a->package, b->package);
	if (!c)
		c = bytes_cmp(a->edition->repo, b->edition->repo);
	return c || a->edition == b->edition ? c : by_age(a->edition, b->edition);
}

static int by_key(const void *pa, const void *pb)
{
	const struct fix *a = pa, *b = pb;
	int c = bytes_cmp(a->edition->ns, b->edition->ns);
	if (!c)
		c = bytes_cmp(a->package, b->package);
	return c ? c : bytes_cmp(a->id, b->id);
}

/* The highest version first. */
static int by_id(const void *pa, const void *pb)
{
	const struct fix *a = pa, *b = pb;
	int c = by_key(a, b);
	return c ? c : version_cmp(VERSION_APK, b->version, a->version);
}

/* Keeps of each repository and package what the newest edition says. */
static void drop_old(struct fixes *all)
{
	size_t kept = 0, first = 0;
	if (all->n)
		qsort(all->v, all->n, sizeof *all->v, by_edition);
	for (size_t i = 0; i < all->n; i++) {
		const struct fix f = all->v[i], *head = &all->v[first];
		bool is_first = i == 0 || !bytes_eq(f.edition->ns, head->edition->ns) ||
		                !bytes_eq(f.package, head->package) ||
		                !bytes_eq(f.edition->repo, head->edition->repo);
		if (is_first)
			first = kept;
		if (is_first || f.edition == head->edition)
			all->v[kept++] = f;
	}
	all->n = kept;
}

/* f: the highest version of n fixes of one id. */
static int put_fix(struct feed_sink *s, const struct fix *f, size_t n, struct err *e)
{
	struct advisory a = {.ns = f->edition->ns, .package = f->package, .id = f->id};
	if (bytes_eq(f->version, B("0"))) {
		a.status = STATUS_NOT_AFFECTED;
	} else {
		a.status = STATUS_AFFECTED;
		a.ranges[a.n_ranges++] = (struct advisory_range){.fixed = f->version};
	}
	for (size_t i = 0; i < n; i++) {
		for (const struct bytes *alias = f[i].aliases;
		     alias && alias->p && a.n_refs < ADVISORY_REFS_MAX; alias++)
			a.refs[a.n_refs++] = *alias;
	}
	return feed_put(s, &a, e);
}

/* Rejections hold in every release that the call brought. */
static int put_rejection(struct feed_sink *s, const struct fixes *all, const struct fix *r,
                         struct err *e)
{
	struct bytes last = {NULL, 0};
	for (size_t i = 0; i < all->n; i++) {
		struct edition *ed = all->v[i].edition;
		if (bytes_eq(ed->ns, last) || !bytes_starts(ed->ns, B("alpine:")))
			continue;
		last = ed->ns;
		struct fix f = *r;
		f.edition = ed;
		if (!bsearch(&f, all->v, all->n, sizeof f, by_key) && put_fix(s, &f, 1, e) < 0)
			return -1;
	}
	return 0;
}

static int finish(struct feed_sink *s, struct err *e)
{
	const struct secdb *list = feed_state(s, sizeof *list);
	AUTO_FREE struct fix *v = mem_alloc((list->n + 1) * sizeof *v);
	struct fixes all = {.v = v};
	int res = 0;
	for (const struct fix *f = list->last; f; f = f->before)
		v[all.n++] = *f;
	drop_old(&all);
	if (all.n)
		qsort(v, all.n, sizeof *v, by_id);
	for (size_t i = 0, n; i < all.n && res == 0; i += n) {
		for (n = 1; i + n < all.n && by_key(&v[i], &v[i + n]) == 0;)
			n++;
		res = v[i].is_rejection ? put_rejection(s, &all, &v[i], e)
		                        : put_fix(s, &v[i], n, e);
	}
	return res;
}

static const char *const releases[] = {
	"v3.3",  "v3.4",  "v3.5",  "v3.6",   "v3.7",   "v3.8",   "v3.9",  "v3.10", "v3.11",
	"v3.12", "v3.13", "v3.14", "v3.15",  "v3.16",  "v3.17",  "v3.18", "v3.19", "v3.20",
	"v3.21", "v3.22", "v3.23", "v3.24?", "v3.25?", "v3.26?", "edge",  NULL};
static const char *const repositories[] = {"main", "community", NULL};

static const struct feed_url urls[] = {
	{"https://secdb.alpinelinux.org/{release}/main.json",      releases    },
	{"https://secdb.alpinelinux.org/{release}/community.json", releases    },
	{"https://gitlab.alpinelinux.org/alpine/security/security-rejections/-/raw/master/"
         "{release}.yaml",                                repositories},
	{"https://packages.wolfi.dev/os/security.json",            NULL        },
	{"https://packages.cgr.dev/chainguard/security.json",      NULL        },
	{NULL,						     NULL        },
};

const struct feed feed_alpine_secdb = {
	.id = "alpine-secdb",
	.title = "Alpine secdb",
	.urls = urls,
	.recognise = recognise,
	.import = import,
	.finish = finish,
};
