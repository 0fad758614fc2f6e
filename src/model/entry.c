/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.c - entries to CBOR and back, each path coded against the one before.
 *
 * As in fact.c keys are never reused.  A path costs the bytes in which it differs: members of one
 * folder come one after the other in a layer.
 */
#include "model/entry.h"

#include <string.h>

#include "model/codec.h"
#include "model/fact.h"

enum {
	KEY_SHARED = 1, /* bytes in common with the path before */
	KEY_SUFFIX = 2,
	KEY_TYPE = 3,
	KEY_MODE = 4,
	KEY_UID = 5,
	KEY_GID = 6,
	KEY_SIZE = 7,
	KEY_LINK = 8,
	KEY_DEV_MAJOR = 9,
	KEY_DEV_MINOR = 10,
	KEY_CAPS = 11,
	KEY_ODDITIES = 12,
};
enum { MODE_BITS = 07777 };

static const char *const type_names[ENTRY__MAX] = {
	[ENTRY_FILE] = "file",
	[ENTRY_DIR] = "directory",
	[ENTRY_SYMLINK] = "symbolic link",
	[ENTRY_HARDLINK] = "hard link",
	[ENTRY_CHAR] = "character device",
	[ENTRY_BLOCK] = "block device",
	[ENTRY_FIFO] = "fifo",
	[ENTRY_WHITEOUT] = "whiteout",
	[ENTRY_OPAQUE] = "opaque mark",
};

const char *entry_type_name(enum entry_type t) { return type_names[t]; }

/* What is written: en.path is the suffix here. */
struct coded {
	uint64_t shared;
	struct entry en;
};

_Static_assert(sizeof(enum entry_type) == sizeof(uint32_t), "FIELD_U32 holds an enum");

static const struct field fields[] = {
	{KEY_SHARED,    FIELD_U64,   offsetof(struct coded, shared),       0,              false},
	{KEY_SUFFIX,    FIELD_BYTES, offsetof(struct coded, en.path),      0,              false},
	{KEY_TYPE,      FIELD_U32,   offsetof(struct coded, en.type),      ENTRY__MAX - 1, false},
	{KEY_MODE,      FIELD_U32,   offsetof(struct coded, en.mode),      MODE_BITS,      false},
	{KEY_UID,       FIELD_U32,   offsetof(struct coded, en.uid),       UINT32_MAX,     false},
	{KEY_GID,       FIELD_U32,   offsetof(struct coded, en.gid),       UINT32_MAX,     false},
	{KEY_SIZE,      FIELD_U64,   offsetof(struct coded, en.size),      0,              false},
	{KEY_LINK,      FIELD_BYTES, offsetof(struct coded, en.link),      0,              false},
	{KEY_DEV_MAJOR, FIELD_U32,   offsetof(struct coded, en.dev_major), UINT32_MAX,     false},
	{KEY_DEV_MINOR, FIELD_U32,   offsetof(struct coded, en.dev_minor), UINT32_MAX,     false},
	{KEY_CAPS,      FIELD_BYTES, offsetof(struct coded, en.caps),      0,              false},
	{KEY_ODDITIES,  FIELD_U32,   offsetof(struct coded, en.oddities),  UINT32_MAX,     false},
};
static const struct codec codec = {.fields = fields, .n = ARRAY_LEN(fields)};

void entry_coder_init(struct entry_coder *c)
{
	c->n = 0;
	c->is_unseen = false;
	buf_init(&c->last, PATH_LEN_MAX);
}

void entry_coder_fini(struct entry_coder *c) { buf_fini(&c->last); }

static size_t shared_prefix(struct bytes a, struct bytes b)
{
	size_t n = MIN_OF(a.n, b.n), i = 0;
	for (uint64_t x, y; i + 8 <= n; i += 8) {
		memcpy(&x, a.p + i, 8);
		memcpy(&y, b.p + i, 8);
		if (x != y)
			break;
	}
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

/* Puts suffix behind the first `shared` bytes of the last path. */
static bool set_last(struct entry_coder *c, size_t shared, struct bytes suffix)
{
	c->last.n = shared;
	if (suffix.n && buf_add(&c->last, suffix))
		return false;
	c->n++;
	return true;
}

int entry_encode(struct entry_coder *c, struct buf *b, const struct entry *en)
{
	bool is_alone = c->n % ENTRY_BLOCK_LEN == 0;
	struct coded coded = {.en = *en};
	coded.shared = is_alone ? 0 : shared_prefix(buf_bytes(&c->last), en->path);
	coded.en.path = bytes_skip(en->path, coded.shared);
	if (en->path.n > (size_t)PATH_LEN_MAX || codec_encode(&codec, b, &coded))
		return -1;
	return set_last(c, coded.shared, coded.en.path) ? 0 : -1;
}

/* True when path, from byte `from` (the begin of a component) on, has no empty, "." or ".."
 * component, no NUL and no "/" at the end. */
static bool is_clean_from(struct bytes path, size_t from)
{
	if (path.n == from)
		return from == 0;
	if (memchr(path.p + from, 0, path.n - from))
		return false;
	for (size_t at = from; at <= path.n;) {
		const uint8_t *slash = at < path.n ? memchr(path.p + at, '/', path.n - at) : NULL;
		size_t n = slash ? (size_t)(slash - path.p) - at : path.n - at;
		const uint8_t *p = path.p + at;
		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		at += n + 1;
	}
	return true;
}

static bool is_depth_ok(struct bytes path)
{
	int64_t depth = 1;
	if (path.n <= (size_t)PATH_DEPTH_MAX)
		return true;
	for (size_t i = 0; i < path.n; i++)
		depth += path.p[i] == '/';
	return depth <= PATH_DEPTH_MAX;
}

/* The path before was clean, so only what follows the last "/" that both share is looked at. */
static bool is_clean(struct bytes path, size_t shared)
{
	const uint8_t *slash = shared ? memrchr(path.p, '/', shared) : NULL;
	return is_clean_from(path, slash ? (size_t)(slash - path.p) + 1 : 0) && is_depth_ok(path);
}

static bool is_link_ok(const struct entry *en)
{
	if (en->type != ENTRY_HARDLINK || en->oddities & ENTRY_ODD_LINK_OUT)
		return true;
	return en->link.n <= (size_t)PATH_LEN_MAX && is_clean_from(en->link, 0);
}

bool entry_decode(struct entry_coder *c, struct bytes cbor, struct entry *ret)
{
	struct cbor r = cbor_of(cbor);
	return entry_decode_next(c, &r, ret) && !r.rest.n;
}

bool entry_decode_next(struct entry_coder *c, struct cbor *r, struct entry *ret)
{
	struct coded coded = {.shared = 0};
	if (!codec_get(&codec, r, &coded) || !is_link_ok(&coded.en))
		return false;
	bool is_alone = c->n % ENTRY_BLOCK_LEN == 0;
	if (coded.shared > (is_alone ? 0 : c->last.n))
		return false;
	if (!set_last(c, coded.shared, coded.en.path))
		return false;
	coded.en.path = buf_bytes(&c->last);
	if (!is_clean(coded.en.path, c->is_unseen ? 0 : coded.shared))
		return false;
	c->is_unseen = false;
	*ret = coded.en;
	return true;
}

/* Passes over n items, most of them numbers: RFC 8949 section 3, major type 0, below 24 in one
 * byte, 24 to 27 before 1, 2, 4 or 8 more. */
static bool skip_items(struct cbor *r, uint64_t n)
{
	for (; n; n--) {
		uint8_t first = r->rest.n ? r->rest.p[0] : 0xff;
		size_t len = first < 24 ? 1 : 1 + ((size_t)1 << (first - 24) % 8);
		if (!r->bad && first < 28 && len <= r->rest.n)
			r->rest = (struct bytes){r->rest.p + len, r->rest.n - len};
		else if (!cbor_skip(r))
			return false;
	}
	return true;
}

bool entry_pass(struct entry_coder *c, struct cbor *r)
{
	uint64_t pairs, key, shared = 0;
	struct bytes suffix = {NULL, 0};
	if (!cbor_get_map(r, &pairs))
		return false;
	for (; pairs; pairs--) {
		if (!cbor_get_uint(r, &key))
			return false;
		if (key > KEY_SUFFIX) /* keys rise: what is left is of no use */
			break;
		if (!(key == KEY_SHARED ? cbor_get_uint(r, &shared) : cbor_get_bytes(r, &suffix)))
			return false;
	}
	if (pairs && !skip_items(r, 2 * pairs - 1))
		return false;
	c->is_unseen = true;
	bool is_alone = c->n % ENTRY_BLOCK_LEN == 0;
	return shared <= (is_alone ? 0 : c->last.n) && set_last(c, (size_t)shared, suffix);
}
