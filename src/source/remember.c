/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remember.c - the table of an archive that has not changed since it was read: its members, the
 * digests of those that were read through, the documents of a compressed one.
 *
 * Format: CBOR, {1: guess, 2: [member, ...]}; a member is {1: name, 2: link, 3: type, 4: offset,
 * 5: size, 6: sparse, 7: digest, 8: diff_id, 9: content}.  Kept under device, inode, size and both
 * times of the file: a changed file has another key; what a daemon writes under the image's id.
 */
#include "source/parts.h"

#include <string.h>
#include <time.h>

enum { KEY_GUESS = 1, KEY_MEMBERS };
enum {
	KEY_NAME = 1,
	KEY_LINK,
	KEY_TYPE,
	KEY_OFFSET,
	KEY_SIZE,
	KEY_SPARSE,
	KEY_DIGEST,
	KEY_DIFF_ID,
	KEY_CONTENT
};

/* Times of files advance in ticks: what was changed within this of being opened may change once
 * more without its times showing it. */
#define TICK_NS INT64_C(20000000)

static int64_t ns(struct timespec t) { return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec; }

static struct bytes key_of(struct source *s)
{
	if (s->remember_as.n)
		return s->remember_as;
	return bytes_str(arena_printf(s->a, "archive 1 %llu %llu %lld %lld %lld",
	                              (unsigned long long)s->st.st_dev,
	                              (unsigned long long)s->st.st_ino, (long long)s->st.st_size,
	                              (long long)ns(s->st.st_mtim), (long long)ns(s->st.st_ctim)));
}

static bool get_digest(struct cbor *r, struct digest *ret)
{
	struct bytes text;
	return cbor_get_bytes(r, &text) && digest_parse(text, ret, NULL) == 0;
}

static bool get_number(struct cbor *r, uint64_t max, uint64_t *ret)
{
	return cbor_get_uint(r, ret) && *ret <= max;
}

static bool get_field(struct source *s, struct cbor *r, uint64_t key, struct member *m)
{
	uint64_t v = 0;
	bool is_good;
	switch (key) {
	case KEY_NAME:
		return cbor_get_bytes(r, &m->name);
	case KEY_LINK:
		return cbor_get_bytes(r, &m->link);
	case KEY_TYPE:
		is_good = get_number(r, TAR_OTHER, &v);
		m->type = (enum tar_type)v;
		return is_good;
	case KEY_OFFSET:
		return get_number(r, INT64_MAX, &m->offset);
	case KEY_SIZE:
		return get_number(r, INT64_MAX, &m->size);
	case KEY_SPARSE:
		is_good = get_number(r, 1, &v);
		m->is_sparse = v;
		return is_good;
	case KEY_DIGEST:
		return get_digest(r, &m->digest);
	case KEY_DIFF_ID:
		return get_digest(r, &m->diff_id);
	case KEY_CONTENT:
		is_good = cbor_get_bytes(r, &m->content);
		m->content = arena_dup(s->a, m->content);
		return is_good;
	default:
		return cbor_skip(r);
	}
}

static bool get_member(struct source *s, struct cbor *r, struct archive *ar)
{
	struct member m = {.type = TAR_FILE};
	uint64_t n, key;
	if (!cbor_get_map(r, &n))
		return false;
	for (uint64_t i = 0; i < n; i++) {
		if (!cbor_get_uint(r, &key) || !get_field(s, r, key, &m))
			return false;
	}
	return archive_add(ar, &m, NULL) == 0;
}

static bool get_all(struct source *s, struct cbor *r, struct archive *ar)
{
	uint64_t n, key, guess, n_members;
	if (!cbor_get_map(r, &n) || n != 2 || !cbor_get_uint(r, &key) || key != KEY_GUESS ||
	    !get_number(r, GUESS_ROOT, &guess) || !cbor_get_uint(r, &key) || key != KEY_MEMBERS ||
	    !cbor_get_array(r, &n_members))
		return false;
	for (uint64_t i = 0; i < n_members; i++) {
		if (!get_member(s, r, ar))
			return false;
	}
	*archive_state(ar) = (struct archive_state){(enum tar_guess)guess, true, false};
	return true;
}

bool remember_get(struct source *s, struct archive *ar)
{
	AUTO_BUF struct buf b = {0};
	buf_init(&b, 2 * (size_t)SOURCE_DOCUMENTS_MAX);
	if (!s->o.cache || !cache_get_blob(s->o.cache, key_of(s), &b))
		return false;
	struct cbor r = cbor_of(buf_bytes(&b));
	if (get_all(s, &r, ar))
		return true;
	archive_reset(ar);
	return false;
}

static void put_digest(struct cbor_map *m, unsigned key, const struct digest *d)
{
	char text[DIGEST_TEXT_MAX];
	if (d->algo != DIGEST_NONE)
		cbor_put_bytes(m, key, bytes_str(digest_text(d, text)));
}

static int put_member(struct buf *b, const struct member *m)
{
	struct cbor_map c;
	cbor_open(&c, b);
	cbor_put_bytes(&c, KEY_NAME, m->name);
	cbor_put_bytes(&c, KEY_LINK, m->link);
	cbor_put_uint(&c, KEY_TYPE, m->type);
	cbor_put_uint(&c, KEY_OFFSET, m->offset);
	cbor_put_uint(&c, KEY_SIZE, m->size);
	cbor_put_uint(&c, KEY_SPARSE, m->is_sparse);
	put_digest(&c, KEY_DIGEST, &m->digest);
	put_digest(&c, KEY_DIFF_ID, &m->diff_id);
	cbor_put_bytes(&c, KEY_CONTENT, m->content);
	return cbor_close(&c);
}

/* The file must still be what was opened, and must have been at rest then. */
static bool is_settled(const struct source *s)
{
	struct stat now;
	if (s->stream)
		return s->remember_as.n && s->is_vouched;
	if (fstat(s->fd, &now))
		return false;
	return now.st_size == s->st.st_size && ns(now.st_mtim) == ns(s->st.st_mtim) &&
	       ns(now.st_ctim) == ns(s->st.st_ctim) && s->opened_ns - ns(s->st.st_ctim) > TICK_NS;
}

void remember_put(struct source *s, struct archive *ar)
{
	AUTO_BUF struct buf b = {0};
	buf_init(&b, 2 * (size_t)SOURCE_DOCUMENTS_MAX);
	if (!s->o.cache || !is_settled(s))
		return;
	size_t n;
	const struct member *m = archive_members(ar, &n);
	int rc = cbor_map(&b, 2) || cbor_uint(&b, KEY_GUESS) ||
	         cbor_uint(&b, archive_state(ar)->guess) || cbor_uint(&b, KEY_MEMBERS) ||
	         cbor_array(&b, n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = put_member(&b, &m[i]);
	struct err ignored; /* what is not remembered is read again */
	if (!rc)
		cache_put_blob(s->o.cache, key_of(s), buf_bytes(&b), &ignored);
}
