/* SPDX-License-Identifier: Apache-2.0 */
/* gitobjects.c - packs and loose objects of git, in one pass, holding no object. */
#include "fmt/gitobjects.h"

#include <stdlib.h>
#include <zlib.h>

enum { OUT_LEN = 64 << 10, DIGEST_LEN = 20, PACK_HEAD = 12 };

/* gitformat-pack(5), "object types" */
enum type { COMMIT = 1, TREE = 2, BLOB = 3, TAG = 4, OFS_DELTA = 6, REF_DELTA = 7 };

enum state {
	HEAD,     /* "PACK", version, number of objects */
	TYPE,     /* an object's type and size */
	BASE_OFS, /* of a delta: a number */
	BASE_REF, /* of a delta: a digest */
	BODY,     /* a stream of zlib's */
	TRAILER,  /* digest of the pack */
};

/* Where in a delta: two sizes, then instructions. */
enum delta { SOURCE_SIZE, TARGET_SIZE, INSTRUCTION, COPY, INSERT };

struct git_objects {
	enum git_form form;
	struct git_events ev;
	enum state state;
	uint64_t at, left; /* bytes seen; objects to come */
	uint64_t begun;    /* where the object began */
	uint64_t inflated, max;
	uint8_t head[GIT_HEAD_MAX]; /* of a pack PACK_HEAD */
	unsigned n_head, shift, skip;
	enum type type;
	uint64_t size, made; /* of the object: as it says, and so far */
	bool is_told;        /* to whoever listens: trees are not */
	bool is_headed;      /* loose: behind the "blob 123" and NUL */
	enum delta delta;
	unsigned insert; /* bytes of the instruction to come */
	bool is_parted;  /* something was copied since bytes were given */
	z_stream z;
	uint8_t *out;
};

static bool is_hex(struct bytes b, size_t n)
{
	for (size_t i = 0; i < b.n; i++) {
		bool is_digit_of_it = is_digit(b.p[i]) || (b.p[i] >= 'a' && b.p[i] <= 'f');
		if (!is_digit_of_it)
			return false;
	}
	return b.n == n;
}

enum git_form git_form(struct bytes path, struct bytes head)
{
	struct bytes name = path_base(path), folder = path_base(path_dir(path));
	struct bytes above = path_base(path_dir(path_dir(path)));
	if (head.n >= 8 && bytes_starts(head, B("PACK\0\0\0")) &&
	    (head.p[7] == 2 || head.p[7] == 3))
		return GIT_PACK;
	bool is_named = bytes_eq(above, B("objects")) && is_hex(folder, 2) &&
	                (is_hex(name, 38) || is_hex(name, 62));
	/* RFC 1950: deflate, a window of at most 32 KiB, and a multiple of 31 */
	bool is_zlib = head.n >= 2 && (head.p[0] & 15) == 8 && head.p[0] >> 4 <= 7 &&
	               (head.p[0] << 8 | head.p[1]) % 31 == 0;
	return is_named && is_zlib ? GIT_LOOSE : GIT_NONE;
}

struct git_objects *git_objects_new(enum git_form form, const struct git_events *ev, uint64_t max)
{
	struct git_objects *g = mem_zalloc(sizeof *g);
	*g = (struct git_objects){.form = form, .ev = *ev, .max = max};
	g->out = mem_alloc(OUT_LEN);
	if (inflateInit(&g->z) != Z_OK)
		die_nomem(0);
	if (form == GIT_LOOSE) {
		g->state = BODY;
		g->left = 1;
		g->size = UINT64_MAX;
	}
	return g;
}

void git_objects_free(struct git_objects *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g->out);
	free(g);
}

static int broken(const struct git_objects *g, const char *what, struct err *e)
{
	return err_set(e, ERR_FORMAT, "git objects: %s, at byte %llu", what,
	               (unsigned long long)g->at);
}

/* ---- what is inflated ---- */

static int give(struct git_objects *g, struct bytes piece, struct err *e)
{
	return piece.n && g->is_told ? g->ev.data(g->ev.arg, piece, e) : 0;
}

static int begin(struct git_objects *g, const char *kind, struct err *e)
{
	g->is_told = kind != NULL;
	return kind ? g->ev.object(g->ev.arg, kind, g->begun, e) : 0;
}

static int insert(struct git_objects *g, struct bytes piece, struct err *e)
{
	if (g->is_parted && give(g, B("\n"), e) < 0)
		return -1;
	g->is_parted = false;
	return give(g, piece, e);
}

/* The operands of a copy: a byte for each bit that is set, of the lower seven. */
static unsigned operands(uint8_t c) { return (unsigned)__builtin_popcount(c & 0x7f); }

static int instruction(struct git_objects *g, uint8_t c, struct err *e)
{
	if (!c)
		return broken(g, "an instruction of a delta that is reserved", e);
	g->insert = c & 0x80 ? operands(c) : c;
	g->is_parted |= c & 0x80;
	g->delta = !g->insert ? INSTRUCTION : c & 0x80 ? COPY : INSERT;
	return 0;
}

static int delta_data(struct git_objects *g, struct bytes piece, struct err *e)
{
	while (piece.n) {
		size_t n = 1;
		if (g->delta == SOURCE_SIZE || g->delta == TARGET_SIZE) {
			g->delta += !(piece.p[0] & 0x80);
		} else if (g->delta == INSTRUCTION) {
			if (instruction(g, piece.p[0], e) < 0)
				return -1;
		} else {
			n = MIN_OF(piece.n, (size_t)g->insert);
			if (g->delta == INSERT && insert(g, bytes_slice(piece, 0, n), e) < 0)
				return -1;
			g->insert -= (unsigned)n;
			g->delta = g->insert ? g->delta : INSTRUCTION;
		}
		piece = bytes_skip(piece, n);
	}
	return 0;
}

/* "blob 123" and NUL. */
static int loose_head(struct git_objects *g, struct bytes *piece, struct err *e)
{
	static const char *const kinds[] = {"tree", "blob", "commit", "tag"};
	struct bytes kind, size;
	while (piece->n && piece->p[0]) {
		if (g->n_head == GIT_HEAD_MAX)
			return broken(g, "the head of an object does not end", e);
		g->head[g->n_head++] = piece->p[0];
		*piece = bytes_skip(*piece, 1);
	}
	if (!piece->n)
		return 0;
	*piece = bytes_skip(*piece, 1);
	bytes_cut(bytes_of(g->head, g->n_head), ' ', &kind, &size);
	g->is_headed = bytes_u64(size, UINT64_MAX - 1, &g->size);
	for (size_t i = 0; g->is_headed && i < ARRAY_LEN(kinds); i++) {
		if (bytes_eq(kind, bytes_str(kinds[i])))
			return begin(g, i == 0 ? NULL : kinds[i], e);
	}
	return broken(g, "no kind of object that there is", e);
}

static int inflated(struct git_objects *g, struct bytes piece, struct err *e)
{
	g->inflated += piece.n;
	if (g->inflated > g->max)
		return err_set(e, ERR_LIMIT, "git objects: they inflate to more than %llu bytes",
		               (unsigned long long)g->max);
	if (g->form == GIT_LOOSE && !g->is_headed) {
		if (loose_head(g, &piece, e) < 0)
			return -1;
		if (!g->is_headed)
			return 0;
	}
	g->made += piece.n;
	if (g->made > g->size)
		return broken(g, "an object is longer than it says", e);
	bool is_delta = g->type == OFS_DELTA || g->type == REF_DELTA;
	return is_delta ? delta_data(g, piece, e) : give(g, piece, e);
}

static int finish(struct git_objects *g, struct err *e)
{
	if (g->made != g->size || g->insert)
		return broken(g, "an object is shorter than it says", e);
	if (g->is_told && g->ev.end(g->ev.arg, e) < 0)
		return -1;
	inflateReset(&g->z);
	g->left--;
	g->state = g->form == GIT_PACK && g->left ? TYPE : TRAILER;
	return 0;
}

/* Takes what belongs to the stream of zlib's off *piece. */
static int body(struct git_objects *g, struct bytes *piece, struct err *e)
{
	int rc = Z_OK;
	g->z.next_in = (Bytef *)(uintptr_t)piece->p;
	g->z.avail_in = (uInt)MIN_OF(piece->n, (size_t)1 << 30);
	size_t given = g->z.avail_in;
	do {
		g->z.next_out = g->out;
		g->z.avail_out = OUT_LEN;
		rc = inflate(&g->z, Z_NO_FLUSH);
		size_t n = OUT_LEN - g->z.avail_out;
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return broken(g, "what is packed is no stream of zlib's", e);
		if (inflated(g, bytes_of(g->out, n), e) < 0)
			return -1;
	} while (rc == Z_OK && (g->z.avail_in || !g->z.avail_out));
	size_t taken = given - g->z.avail_in;
	if (rc == Z_BUF_ERROR && !taken)
		return broken(g, "what is packed does not go on", e);
	g->at += taken;
	*piece = bytes_skip(*piece, taken);
	return rc == Z_STREAM_END ? finish(g, e) : 0;
}

/* ---- around it ---- */

static int pack_head(struct git_objects *g, uint8_t c, struct err *e)
{
	(void)e;
	g->head[g->n_head++] = c;
	if (g->n_head < PACK_HEAD)
		return 0;
	g->left = (uint64_t)g->head[8] << 24 | (uint64_t)g->head[9] << 16 |
	          (uint64_t)g->head[10] << 8 | g->head[11];
	g->state = g->left ? TYPE : TRAILER;
	g->shift = 0;
	return 0;
}

static int start_body(struct git_objects *g, struct err *e)
{
	static const char *const kinds[] = {
		[COMMIT] = "commit",   [BLOB] = "blob",       [TAG] = "tag",
		[OFS_DELTA] = "delta", [REF_DELTA] = "delta",
	};
	g->state = BODY;
	g->made = 0;
	g->delta = SOURCE_SIZE;
	g->insert = 0;
	g->is_parted = false;
	return begin(g, kinds[g->type], e);
}

/* The type in three bits of the first byte, the size in the four below and in seven of each more.
 */
static int type_byte(struct git_objects *g, uint8_t c, struct err *e)
{
	if (!g->shift) {
		g->begun = g->at;
		g->type = (enum type)(c >> 4 & 7);
		g->size = c & 15;
		g->shift = 4;
	} else {
		if (g->shift > 57)
			return broken(g, "a size without end", e);
		g->size |= (uint64_t)(c & 0x7f) << g->shift;
		g->shift += 7;
	}
	if (c & 0x80)
		return 0;
	g->shift = 0;
	if (g->type < COMMIT || g->type == 5)
		return broken(g, "no type of object that there is", e);
	g->skip = g->type == REF_DELTA ? DIGEST_LEN : 0;
	if (g->type != OFS_DELTA && g->type != REF_DELTA)
		return start_body(g, e);
	g->state = g->type == OFS_DELTA ? BASE_OFS : BASE_REF;
	return 0;
}

static int base_byte(struct git_objects *g, uint8_t c, struct err *e)
{
	if (g->state == BASE_REF)
		return --g->skip ? 0 : start_body(g, e);
	if (++g->skip > 10)
		return broken(g, "an offset without end", e);
	return c & 0x80 ? 0 : start_body(g, e);
}

int git_objects_push(struct git_objects *g, struct bytes piece, struct err *e)
{
	while (piece.n && g->state != TRAILER) {
		int rc;
		if (g->state == BODY) {
			if (body(g, &piece, e) < 0)
				return -1;
			continue;
		}
		uint8_t c = piece.p[0];
		rc = g->state == HEAD   ? pack_head(g, c, e)
		     : g->state == TYPE ? type_byte(g, c, e)
		                        : base_byte(g, c, e);
		if (rc < 0)
			return -1;
		g->at++;
		piece = bytes_skip(piece, 1);
	}
	return 0;
}

int git_objects_end(struct git_objects *g, struct err *e)
{
	return g->state == TRAILER ? 0 : broken(g, "they are cut short", e);
}
