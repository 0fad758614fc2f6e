/* SPDX-License-Identifier: Apache-2.0 */
/* repo.c - known_collect(): finds the files of repositories, and follows the chain of digests. */
#include "advise/repo.h"

#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 << 10, NAMED = 20 };

/* ---- what the readers ask for ---- */

const struct repo_source *repo_source(struct repo *r, const char *text)
{
	struct repo_source *s = arena_alloc(r->a, sizeof *s);
	s->text = text;
	return s;
}

void repo_put(struct repo *r, const struct repo_package *p, struct bytes hex, struct bytes path)
{
	const struct known_place place = {p->name, p->version, p->arch, path};
	if (r->last != p->source)
		buf_addf(r->list, "%s%s\n", KNOWN_FILES_SOURCE, p->source->text);
	r->last = p->source;
	r->res.files++;
	known_files_put(r->list, hex, &place);
}

static struct bytes digest_bytes(const struct digest *d)
{
	return bytes_of(d->b, digest_size(d->algo));
}

const struct repo_package *repo_listed(const struct repo *r, const struct digest *d)
{
	const union map_value *slot = map_get(r->listed, digest_bytes(d));
	return slot ? slot->p : NULL;
}

/* apk's cache calls musl-1.2.5-r0.apk "musl-1.2.5-r0.8d0c1e71.apk". */
static struct bytes without_sum(struct repo *r, struct bytes name)
{
	enum { SUM = 8 };
	struct bytes bare = bytes_slice(name, 0, name.n - MIN_OF(name.n, 4));
	ssize_t dot = bytes_rfind(bare, '.');
	uint64_t sum;
	if (!bytes_ends(name, B(".apk")) || dot < 0 || bare.n - (size_t)dot != 1 + SUM ||
	    !bytes_hex(bytes_skip(bare, (size_t)dot + 1), UINT32_MAX, &sum))
		return name;
	return bytes_str(arena_printf(r->a, "%.*s.apk", (int)dot, (const char *)bare.p));
}

/* apt's cache calls zlib1g_1:1.2_amd64.deb "zlib1g_1%3a1.2_amd64.deb", repositories leave "1:" out.
 */
static struct bytes without_epoch(struct repo *r, struct bytes name)
{
	ssize_t at = bytes_search(name, B("%3a"));
	ssize_t from = at > 0 ? bytes_find(name, '_') : -1;
	if (from < 0 || from > at)
		return name;
	return bytes_str(arena_printf(r->a, "%.*s%.*s",
	                              BYTES_FMT(bytes_slice(name, 0, (size_t)from + 1)),
	                              BYTES_FMT(bytes_skip(name, (size_t)at + 3))));
}

static void keep_listed(struct repo *r, const struct repo_file *f, const struct repo_package *p)
{
	bool is_new;
	union map_value *slot = map_put(r->listed, digest_bytes(&f->digest), &is_new);
	struct repo_package *own = arena_alloc(r->a, sizeof *own);
	if (!is_new)
		return;
	*own = *p;
	own->name = arena_dup(r->a, p->name);
	own->version = arena_dup(r->a, p->version);
	own->arch = arena_dup(r->a, p->arch);
	slot->p = own;
}

int repo_list(struct repo *r, struct bytes digest, struct bytes file, const struct repo_package *p,
              struct err *e)
{
	const union map_value *slot = map_get(r->at_hand, digest);
	if (slot) {
		keep_listed(r, slot->p, p);
		return 0;
	}
	slot = map_get(r->named, file);
	if (!slot)
		return 0;
	const struct repo_file *f = slot->p;
	return err_set(e, ERR_DIGEST,
	               "%s is not the package of that name that the signed index lists", f->path);
}

int repo_read(const char *path, struct buf *ret, struct err *e)
{
	return file_read(path, (size_t)REPO_INDEX_MAX, ret, e);
}

static int64_t changed_ns(const struct stat *st)
{
	return (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

int repo_unchanged(const struct repo_file *f, int fd, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return err_set(e, ERR_IO, "%m");
	if (st.st_size != f->size || changed_ns(&st) != f->changed_ns)
		return err_set(e, ERR_IO, "it changed while it was read");
	return 0;
}

int repo_open(const struct repo_file *f, struct err *e)
{
	AUTO_FD int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_IO, "%m");
	return repo_unchanged(f, fd, e) < 0 ? -1 : TAKE_FD(fd);
}

/* ---- finding files ---- */

/* "Packages.xz" is "Packages". */
static struct bytes plain(struct bytes name)
{
	static const char *const ends[] = {".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma"};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (bytes_ends(name, bytes_str(ends[i])))
			return bytes_slice(name, 0, name.n - strlen(ends[i]));
	}
	return name;
}

/* By the end of its name: apt's lists have the whole address before it. */
static bool is_called(struct bytes name, const char *want)
{
	struct bytes w = bytes_str(want);
	return bytes_ends(name, w) && (name.n == w.n || name.p[name.n - w.n - 1] == '_' ||
	                               name.p[name.n - w.n - 1] == '-');
}

static bool kind_of(struct bytes name, enum repo_kind *ret)
{
	static const struct {
		const char *end;
		enum repo_kind kind;
		bool may_be_packed;
	} kinds[] = {
		{"InRelease",   REPO_INRELEASE, false},
                {"Release",     REPO_RELEASE,   false},
		{"repomd.xml",  REPO_REPOMD,    false},
                {"Packages",    REPO_PACKAGES,  true },
		{"primary.xml", REPO_PRIMARY,   true },
	};
	struct bytes bare = plain(name);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (is_called(kinds[i].may_be_packed ? bare : name, kinds[i].end)) {
			*ret = kinds[i].kind;
			return true;
		}
	}
	bool is_apk_index = bytes_starts(name, B("APKINDEX")) && bytes_ends(name, B(".tar.gz"));
	*ret = is_apk_index                      ? REPO_APKINDEX
	       : bytes_ends(name, B(".deb"))     ? REPO_DEB
	       : bytes_ends(name, B(".apk"))     ? REPO_APK
	       : bytes_ends(name, B(".src.rpm")) ? REPO__MAX
	       : bytes_ends(name, B(".rpm"))     ? REPO_RPM
	                                         : REPO__MAX;
	return *ret != REPO__MAX;
}

static bool is_package(enum repo_kind k) { return k >= REPO_DEB; }

/* Folders of packages have a Release of their own, unsigned, and signed repositories both kinds. */
static bool has_signature(struct repo *r, enum repo_kind kind, const char *path)
{
	if (kind == REPO_RELEASE)
		return access(arena_printf(r->a, "%s.gpg", path), F_OK) == 0;
	return kind != REPO_REPOMD || access(arena_printf(r->a, "%s.asc", path), F_OK) == 0;
}

static int add_file(struct repo *r, const char *path, struct err *e)
{
	enum repo_kind kind;
	struct bytes name = path_base(bytes_str(path));
	if (!kind_of(name, &kind) || !has_signature(r, kind, path))
		return 0;
	if (is_package(kind) && ++r->res.packages > (uint64_t)REPO_PACKAGES_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld packages",
		               (long long)REPO_PACKAGES_MAX);
	if (r->n == r->cap)
		r->files = mem_grow(r->files, &r->cap, r->n + 1, sizeof *r->files);
	r->files[r->n++] =
		(struct repo_file){.kind = kind, .path = arena_str(r->a, bytes_str(path))};
	return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int find_files(struct repo *r, const char *path, struct err *e)
{
	AUTO_FREE char *name = mem_strdup(path);
	char *const roots[] = {name, NULL};
	if (access(path, R_OK) < 0)
		return err_set(e, ERR_IO, "%s: %m", path);
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	if (!fts)
		return err_set(e, ERR_IO, "%s: %m", path);
	int res = 0;
	for (FTSENT *en; res == 0 && (en = fts_read(fts));) {
		if (en->fts_info == FTS_F)
			res = add_file(r, en->fts_path, e);
		else if (en->fts_info == FTS_DNR || en->fts_info == FTS_ERR)
			res = err_set(e, ERR_IO, "%s: %s", en->fts_path, strerror(en->fts_errno));
	}
	fts_close(fts);
	return res;
}

/* ---- digests of packages ---- */

static int digest_file(struct repo_file *f, struct err *e)
{
	AUTO_FD int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE uint8_t *piece = mem_alloc(PIECE);
	struct stat st;
	ssize_t n;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, ERR_IO, "%m");
	f->size = st.st_size;
	f->changed_ns = changed_ns(&st);
	struct digester *d = digester_new(DIGEST_SHA256), *wide = digester_new(DIGEST_SHA512);
	while ((n = fd_read_full(fd, piece, PIECE)) > 0) {
		digester_add(d, bytes_of(piece, (size_t)n));
		if (f->kind == REPO_RPM)
			digester_add(wide, bytes_of(piece, (size_t)n));
	}
	f->digest = digester_end(d);
	f->wide = digester_end(wide);
	digester_free(d);
	digester_free(wide);
	return n < 0 ? err_set(e, ERR_IO, "read: %m") : 0;
}

static int have_package(struct repo *r, struct repo_file *f, struct err *e)
{
	struct bytes name = path_base(bytes_str(f->path));
	if (f->kind == REPO_APK ? repo_apk_digest(r, f, e) < 0 : digest_file(f, e) < 0)
		return -1;
	map_put(r->at_hand, digest_bytes(&f->digest), NULL)->p = f;
	if (f->kind == REPO_RPM)
		map_put(r->at_hand, digest_bytes(&f->wide), NULL)->p = f;
	map_put(r->named, without_sum(r, without_epoch(r, name)), NULL)->p = f;
	return 0;
}

/* A package that no signed index lists: nothing is known of it. */
static int leave_out(struct repo *r, const struct repo_file *f)
{
	if (r->o->note && r->res.left_out < NAMED)
		r->o->note(r->o->arg,
		           arena_printf(r->a, "%s: no signed index lists it; left out", f->path));
	r->res.left_out++;
	return 0;
}

static int take_package(struct repo *r, struct repo_file *f, struct err *e)
{
	int rc = 1;
	if (f->kind == REPO_RPM)
		rc = repo_rpm(r, f, e);
	else if (repo_listed(r, &f->digest))
		rc = f->kind == REPO_APK ? repo_apk(r, f, e) : repo_deb(r, f, e);
	if (rc > 0)
		return leave_out(r, f);
	r->res.packages += rc == 0;
	return rc;
}

/* ---- the chain ---- */

static int read_release(struct repo *r, struct repo_file *f, struct err *e)
{
	return repo_release(r, f, e);
}

static int read_repomd(struct repo *r, struct repo_file *f, struct err *e)
{
	return repo_repomd(r, f, e);
}

static int read_apk_index(struct repo *r, struct repo_file *f, struct err *e)
{
	return repo_apk_index(r, f, e);
}

static int read_packages(struct repo *r, struct repo_file *f, struct err *e)
{
	return repo_packages(r, f, e);
}

static int read_primary(struct repo *r, struct repo_file *f, struct err *e)
{
	return repo_primary(r, f, e);
}

/* Signed indexes first, then what is at hand, then the lists of packages that they vouch for. */
static int follow(struct repo *r, struct err *e)
{
	static const struct {
		enum repo_kind kind;
		int (*run)(struct repo *r, struct repo_file *f, struct err *e);
	} rounds[] = {
		{REPO_INRELEASE, read_release  },
                {REPO_RELEASE,   read_release  },
		{REPO_REPOMD,    read_repomd   },
                {REPO_DEB,       have_package  },
		{REPO_APK,       have_package  },
                {REPO_RPM,       have_package  },
		{REPO_APKINDEX,  read_apk_index},
                {REPO_PACKAGES,  read_packages },
		{REPO_PRIMARY,   read_primary  },
                {REPO_DEB,       take_package  },
		{REPO_APK,       take_package  },
                {REPO_RPM,       take_package  },
	};
	r->res.packages = 0;
	for (size_t i = 0; i < ARRAY_LEN(rounds); i++) {
		for (size_t k = 0; k < r->n; k++) {
			struct repo_file *f = &r->files[k];
			if (f->kind == rounds[i].kind && rounds[i].run(r, f, e) < 0)
				return err_wrap(e, "%s", f->path);
		}
	}
	return 0;
}

static int collect(struct repo *r, const char *const paths[], size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (find_files(r, paths[i], e) < 0)
			return -1;
	}
	buf_adds(r->list, KNOWN_FILES_SIGNED);
	if (follow(r, e) < 0)
		return -1;
	if (r->list->overflow)
		return err_set(e, ERR_LIMIT, "the list exceeds %zu bytes: name fewer packages",
		               r->list->max);
	if (!r->res.packages && !r->res.indexes)
		return err_set(e, ERR_FORMAT,
		               "no signed index is there (InRelease, Release and Release.gpg, "
		               "repomd.xml and repomd.xml.asc, APKINDEX.tar.gz)");
	if (!r->res.packages)
		return err_set(e, ERR_FORMAT, "no package is there that a signed index lists");
	return 0;
}

int known_collect(const char *const paths[], size_t n, const struct known_options *o,
                  struct buf *ret, struct known_result *ret_result, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct repo r = {.o = o,
	                 .a = a,
	                 .vouched = map_new(),
	                 .at_hand = map_new(),
	                 .named = map_new(),
	                 .listed = map_new(),
	                 .list = ret};
	int rc = collect(&r, paths, n, e);
	map_free(r.vouched);
	map_free(r.at_hand);
	map_free(r.named);
	map_free(r.listed);
	free(r.files);
	if (rc == 0)
		*ret_result = r.res;
	return rc;
}
