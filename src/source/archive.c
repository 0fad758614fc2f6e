/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive.c - a tar of images: the table of its members, their bytes, and a compressed one read
 * from front to back.
 *
 * A plain archive is read by seeking: headers only.  A compressed one goes by once through the
 * confined inflater (or as a daemon writes it); its documents (what begins like JSON) are kept,
 * what begins like a layer is handed out.  A layer asked for again is inflated again up to its
 * place.
 */
#include "source/parts.h"

#include <stdlib.h>
#include <string.h>

#include "source/reel.h"

enum { HEAD_LEN = 512 };

struct archive {
	struct source *s;
	struct member *m;
	size_t n, cap;
	struct map *by_name;
	uint64_t name_bytes, kept_bytes;
	struct archive_state state;
	/* of a sequential one */
	struct reel *reel;
	uint8_t head[HEAD_LEN];
	size_t head_at, head_n;
};

static struct archive *archive_new(struct source *s)
{
	struct archive *ar = mem_zalloc(sizeof *ar);
	ar->s = s;
	ar->by_name = map_new();
	return ar;
}

void archive_close(struct source *s)
{
	struct archive *ar = s->archive;
	if (!ar)
		return;
	if (ar->state.is_whole && ar->state.is_dirty)
		remember_put(s, ar);
	reel_close(ar->reel);
	map_free(ar->by_name);
	free(ar->m);
	free(ar);
	s->archive = NULL;
}

bool archive_is_sequential(const struct archive *ar) { return !ar->state.is_whole; }

struct archive_state *archive_state(struct archive *ar) { return &ar->state; }

void archive_reset(struct archive *ar)
{
	map_free(ar->by_name);
	ar->by_name = map_new();
	ar->n = 0;
	ar->name_bytes = ar->kept_bytes = 0;
	ar->state = (struct archive_state){GUESS_NONE, false, false};
}

struct member *archive_members(const struct archive *ar, size_t *ret_n)
{
	*ret_n = ar->n;
	return ar->m;
}

/* ---- what the first members say ---- */

static bool is_image_name(struct bytes name)
{
	static const char *const documents[] = {"index.json", "manifest.json", "oci-layout",
	                                        "repositories"};
	struct bytes top, rest;
	uint8_t id[32];
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		if (bytes_eq(name, bytes_str(documents[i])))
			return true;
	}
	bytes_cut(name, '/', &top, &rest);
	if (bytes_eq(top, B("blobs")) || bytes_starts(top, B("sha256:")))
		return true;
	return top.n >= 64 && hex_decode(bytes_slice(top, 0, 64), id, sizeof id) &&
	       (top.n == 64 || top.p[64] == '.');
}

/* hier(7) */
static bool is_root_name(struct bytes name)
{
	static const char *const folders[] = {
		".dockerenv", "bin",  "boot", "dev", "etc",  "home", "lib", "lib64", "media", "mnt",
		"opt",        "proc", "root", "run", "sbin", "srv",  "sys", "tmp",   "usr",   "var",
	};
	struct bytes top, rest;
	bytes_cut(name, '/', &top, &rest);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		if (bytes_eq(top, bytes_str(folders[i])))
			return true;
	}
	return false;
}

/* Can it only be read from front to back? */
static bool is_flowing(const struct source *s) { return s->stream || s->compression != PLAIN; }

static int open_reel(struct source *s, struct reel **ret, struct err *e)
{
	if (!is_flowing(s))
		return reel_open_file(s->fd, (uint64_t)s->st.st_size, ret, e);
	if (s->compression == XZ || s->compression == BZIP2)
		return err_set(e, ERR_UNSUPPORTED,
		               "compressed with %s, which is not read: decompress it first",
		               compression_name(s->compression));
	return reel_open_flow(s, ret, e);
}

static int guess_by_names(struct source *s, enum tar_guess *ret, struct err *e)
{
	struct reel *r;
	AUTO_BUF struct buf name;
	buf_init(&name, (size_t)PATH_LEN_MAX);
	if (open_reel(s, &r, e))
		return -1;
	*ret = GUESS_NONE;
	int more = 0;
	for (int i = 0; i < ARCHIVE_GUESS_MAX && *ret == GUESS_NONE; i++) {
		more = reel_step(r, e);
		if (more <= 0)
			break;
		if (image_path(reel_member(r)->name, &name, NULL))
			continue; /* layers may hold such names; the walk judges them */
		if (is_image_name(buf_bytes(&name)))
			*ret = GUESS_IMAGES;
		else if (is_root_name(buf_bytes(&name)))
			*ret = GUESS_ROOT;
	}
	reel_close(r);
	return more < 0 ? -1 : 0;
}

int archive_guess(struct source *s, enum tar_guess *ret, struct err *e)
{
	struct archive *ar = s->archive = archive_new(s);
	if (remember_get(s, ar)) {
		*ret = ar->state.guess;
		return 0;
	}
	if (guess_by_names(s, &ar->state.guess, e))
		return -1;
	ar->state.is_dirty = true;
	*ret = ar->state.guess;
	return 0;
}

/* ---- the table ---- */

int archive_add(struct archive *ar, const struct member *m, struct err *e)
{
	if (ar->n >= (size_t)ARCHIVE_MEMBERS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d members", (int)ARCHIVE_MEMBERS_MAX);
	if (m->name.n + m->link.n > (uint64_t)ARCHIVE_NAMES_MAX - ar->name_bytes)
		return err_set(e, ERR_LIMIT, "more than %lld bytes of names",
		               (long long)ARCHIVE_NAMES_MAX);
	ar->name_bytes += m->name.n + m->link.n;
	ar->m = mem_grow(ar->m, &ar->cap, ar->n + 1, sizeof *ar->m);
	struct member *to = &ar->m[ar->n];
	*to = *m;
	to->name = arena_dup(ar->s->a, m->name);
	to->link = arena_dup(ar->s->a, m->link);
	bool is_new;
	union map_value *v = map_put(ar->by_name, to->name, &is_new);
	if (is_new)
		v->u = ar->n;
	else
		ar->m[v->u].is_twice = true;
	ar->n++;
	return 0;
}

/* A tar that holds both could be read as either: one tool would see the images, another the root
 * file system. */
static int check_mixed(const struct archive *ar, struct bytes name, struct err *e)
{
	if (!ar->s->ref.is_guessed || !is_root_name(name))
		return 0;
	return err_set(e, ERR_USAGE,
	               "holds images and a root file system (%.*s): write docker-archive:, "
	               "oci-archive: or tar: before the path",
	               BYTES_FMT(name));
}

/* Adds the member under the head of the reel; *ret NULL for what has no place in an archive. */
static int take_member(struct archive *ar, const struct reel *r, struct member **ret, struct err *e)
{
	const struct tar_member *t = reel_member(r);
	AUTO_BUF struct buf name;
	buf_init(&name, (size_t)PATH_LEN_MAX);
	*ret = NULL;
	if (t->is_after_end)
		return 0;
	if (image_path(t->name, &name, e))
		return err_wrap(e, "member %.*s", BYTES_FMT(t->name));
	if (check_mixed(ar, buf_bytes(&name), e))
		return -1;
	bool is_named = t->type == TAR_FILE || t->type == TAR_SYMLINK || t->type == TAR_HARDLINK;
	if (!name.n || !is_named)
		return 0;
	struct member m = {.name = buf_bytes(&name),
	                   .link = t->link,
	                   .type = t->type,
	                   .is_sparse = t->is_sparse,
	                   .offset = t->offset,
	                   .size = t->stored};
	if (archive_add(ar, &m, e))
		return -1;
	*ret = &ar->m[ar->n - 1];
	return 0;
}

static int read_table(struct archive *ar, struct err *e)
{
	struct reel *r;
	struct member *m;
	int more;
	if (open_reel(ar->s, &r, e))
		return -1;
	while ((more = reel_step(r, e)) > 0) {
		if (take_member(ar, r, &m, e)) {
			more = -1;
			break;
		}
	}
	reel_close(r);
	ar->state.is_whole = ar->state.is_dirty = more == 0;
	return more;
}

/* Links of an archive lead inside it; podman and skopeo write "../HEX.tar". */
struct member *archive_find(struct archive *ar, struct bytes name)
{
	AUTO_BUF struct buf path, next;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_init(&next, (size_t)PATH_LEN_MAX);
	if (image_path(name, &path, NULL))
		return NULL;
	for (int i = 0; i <= ARCHIVE_LINKS_MAX; i++) {
		union map_value *v = map_get(ar->by_name, buf_bytes(&path));
		struct member *m = v ? &ar->m[v->u] : NULL;
		if (!m || m->type == TAR_FILE)
			return m;
		int rc = m->type == TAR_SYMLINK ? image_path_link(m->name, m->link, &next, NULL)
		                                : image_path(m->link, &next, NULL);
		if (rc)
			return NULL;
		buf_reset(&path);
		buf_add(&path, buf_bytes(&next));
	}
	return NULL;
}

/* ---- as a shelf ---- */

static bool find(void *arg, struct bytes name, struct bytes *ret_real, uint64_t *ret_size)
{
	const struct member *m = archive_find(arg, name);
	if (!m)
		return false;
	*ret_real = m->name;
	*ret_size = m->size;
	return true;
}

static int load(void *arg, struct bytes name, size_t max, struct bytes *ret, struct err *e)
{
	struct archive *ar = arg;
	const struct member *m = archive_find(ar, name);
	if (!m)
		return err_set(e, ERR_NOTFOUND, "%.*s is not in the archive", BYTES_FMT(name));
	if (m->is_twice)
		return err_set(e, ERR_FORMAT, "two members are called %.*s", BYTES_FMT(m->name));
	if (m->is_sparse)
		return err_set(e, ERR_UNSUPPORTED, "%.*s is a sparse file", BYTES_FMT(name));
	if (m->size > max)
		return err_set(e, ERR_LIMIT, "%.*s: %llu bytes, at most %zu", BYTES_FMT(name),
		               (unsigned long long)m->size, max);
	if (is_flowing(ar->s)) {
		if (!m->content.p)
			return err_set(e, ERR_FORMAT, "%.*s is not JSON", BYTES_FMT(name));
		*ret = m->content;
		return 0;
	}
	uint8_t *p = arena_alloc(ar->s->a, m->size ? m->size : 1);
	if (fd_pread_exact(ar->s->fd, "the archive", p, m->size, m->offset, e))
		return -1;
	*ret = bytes_of(p, m->size);
	return 0;
}

int archive_layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                  struct err *e)
{
	const struct member *m = archive_find(s->archive, l->name);
	if (!m)
		return err_set(e, ERR_NOTFOUND, "%.*s is not in the archive", BYTES_FMT(l->name));
	if (m->is_sparse)
		return err_set(e, ERR_UNSUPPORTED, "%.*s is a sparse file", BYTES_FMT(l->name));
	if (s->stream)
		return reel_open_named(s, m->name, ret, e);
	if (s->compression != PLAIN)
		return reel_open_part(s, m->offset, m->size, ret, e);
	stream_file(s->fd, false, m->offset, m->size, ret);
	return 0;
}

static int open_stream(void *arg, struct bytes name, struct source_stream *ret, struct err *e)
{
	struct archive *ar = arg;
	return archive_layer(ar->s, &(struct source_layer){.name = name}, ret, e);
}

/* What was read through before and has not changed since may be judged without reading. */
static void know(void *arg, struct source_layer *l)
{
	const struct member *m = archive_find(arg, l->name);
	if (!m || m->digest.algo == DIGEST_NONE)
		return;
	l->is_known = l->digest.algo == DIGEST_NONE || digest_eq(&l->digest, &m->digest);
	if (l->digest.algo == DIGEST_NONE)
		l->digest = m->digest;
}

int archive_open(struct source *s, struct err *e)
{
	if (!s->stream && !S_ISREG(s->st.st_mode))
		return err_set(e, ERR_USAGE, "%s: a folder, not an archive", s->ref.path);
	if (!s->archive) {
		s->archive = archive_new(s);
		remember_get(s, s->archive);
	}
	struct archive *ar = s->archive;
	s->shelf = (struct shelf){ar, find, load, open_stream, know};
	ar->state.guess = GUESS_IMAGES;
	if (ar->state.is_whole)
		return 0;
	int rc = is_flowing(s) ? open_reel(s, &ar->reel, e) : read_table(ar, e);
	return rc ? err_wrap(e, "%s", s->ref.path) : 0;
}

/* A root file system in a tar: one nameless member, the file itself. */
struct member *archive_whole_file(struct source *s)
{
	if (!s->archive) {
		s->archive = archive_new(s);
		remember_get(s, s->archive);
	}
	struct archive *ar = s->archive;
	if (!ar->n || ar->state.guess == GUESS_IMAGES) {
		struct member m = {.name = bytes_str(s->ref.path),
		                   .type = TAR_FILE,
		                   .size = (uint64_t)s->st.st_size};
		archive_reset(ar);
		archive_add(ar, &m, NULL);
		ar->state.guess = GUESS_ROOT;
	}
	ar->state.is_whole = true;
	return &ar->m[0];
}

/* ---- from front to back ---- */

/* pax: the checksum is the sum of the header's bytes, its own eight taken for blanks. */
static bool is_tar_head(struct bytes h)
{
	uint64_t want;
	unsigned sum = 0;
	struct bytes field, rest;
	if (h.n < HEAD_LEN)
		return false;
	for (size_t i = 0; i < HEAD_LEN; i++)
		sum += i >= 148 && i < 156 ? ' ' : h.p[i];
	bytes_cut(bytes_slice(h, 148, 156), 0, &field, &rest);
	if (sum == 8 * ' ')
		return true; /* zeros: an empty tar */
	return bytes_octal(bytes_trim(field), 1u << 20, &want) && want == sum;
}

static bool is_layer_head(struct bytes h)
{
	return bytes_starts(h, B("\x1f\x8b")) || bytes_starts(h, B("\x28\xb5\x2f\xfd")) ||
	       is_tar_head(h);
}

static bool is_document(const struct member *m, struct bytes head)
{
	static const char *const names[] = {"index.json", "manifest.json", "oci-layout",
	                                    "repositories"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq(m->name, bytes_str(names[i])))
			return true;
	}
	struct bytes text = bytes_trim(head);
	return text.n && (text.p[0] == '{' || text.p[0] == '[');
}

static int read_head(struct archive *ar, struct err *e)
{
	ar->head_at = ar->head_n = 0;
	while (ar->head_n < HEAD_LEN) {
		ssize_t n = reel_data(ar->reel, ar->head + ar->head_n, HEAD_LEN - ar->head_n, e);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		ar->head_n += (size_t)n;
	}
	return 0;
}

static ssize_t member_read(void *arg, void *p, size_t n, struct err *e)
{
	struct archive *ar = arg;
	if (ar->head_at == ar->head_n)
		return reel_data(ar->reel, p, n, e);
	n = MIN_OF(n, ar->head_n - ar->head_at);
	memcpy(p, ar->head + ar->head_at, n);
	ar->head_at += n;
	return (ssize_t)n;
}

static int keep_content(struct archive *ar, struct member *m, struct err *e)
{
	if (m->size > (uint64_t)SOURCE_DOCUMENTS_MAX - ar->kept_bytes)
		return err_set(e, ERR_LIMIT, "more than %lld bytes of documents",
		               (long long)SOURCE_DOCUMENTS_MAX);
	ar->kept_bytes += m->size;
	uint8_t *p = arena_alloc(ar->s->a, m->size + 1);
	for (size_t at = 0; at < m->size;) {
		ssize_t n = member_read(ar, p + at, m->size - at, e);
		if (n <= 0)
			return n < 0 ? -1
			             : err_set(e, ERR_FORMAT, "%.*s is cut short",
			                       BYTES_FMT(m->name));
		at += (size_t)n;
	}
	m->content = bytes_of(p, m->size);
	return 0;
}

/* 1: the member at hand goes to the caller; 0: it is dealt with. */
static int sort_member(struct archive *ar, struct member *m, struct err *e)
{
	if (m->type != TAR_FILE || m->is_sparse || !m->size)
		return 0;
	if (read_head(ar, e))
		return -1;
	struct bytes head = {ar->head, ar->head_n};
	if (m->size <= (uint64_t)OCI_MANIFEST_MAX && is_document(m, head))
		return keep_content(ar, m, e);
	return is_layer_head(head) && map_get(ar->by_name, m->name)->u == ar->n - 1;
}

int archive_next(struct archive *ar, struct source_member *ret, struct err *e)
{
	struct member *m;
	int more;
	*ret = (struct source_member){.size = -1};
	while ((more = reel_step(ar->reel, e)) > 0) {
		if (take_member(ar, ar->reel, &m, e))
			return -1;
		int rc = m ? sort_member(ar, m, e) : 0;
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		*ret = (struct source_member){
			m->name, (int64_t)m->size, {member_read, NULL, ar}
                };
		return 0;
	}
	if (more < 0 || reel_end(ar->reel, e))
		return -1;
	reel_close(ar->reel);
	ar->reel = NULL;
	ar->state.is_whole = ar->state.is_dirty = true;
	return 0;
}

void archive_seen(struct archive *ar, struct bytes name, const struct digest *digest,
                  const struct digest *diff_id)
{
	struct member *m = archive_find(ar, name);
	if (!m && ar->state.guess == GUESS_ROOT && ar->n)
		m = &ar->m[0];
	if (!m || digest_eq(&m->digest, digest))
		return;
	m->digest = *digest;
	m->diff_id = *diff_id;
	ar->state.is_dirty = true;
}
