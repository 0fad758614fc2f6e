/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.c - a tar archive pushed in pieces of any size becomes members.
 *
 * Format: v7, ustar, pax, GNU (long names, sparse files), star; members packed behind an end marker
 * are walked too and marked so.  Source: POSIX pax; GNU tar manual, "Tar Internals".
 * State between pieces is one block, the extended headers of the member at hand, and its sparse
 * map: all bounded (base/limits.h, walk), whatever the archive says.
 */
#include "fmt/tar_parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum tar_state {
	IN_HEADER,       /* collecting a header block */
	IN_EXT,          /* body of an extended header, a long name or a long link */
	IN_SPARSE_BLOCK, /* continued map of an old GNU sparse file */
	IN_SPARSE_TEXT,  /* map of form 1.0, at the head of the data */
	IN_DATA,
	IN_SKIP, /* a body that nobody reads */
	IN_PAD,  /* up to the next block */
	IN__MAX
};

struct tar {
	struct tar_events ev;
	enum tar_state state;
	uint8_t block[TAR_BLOCK_LEN];
	size_t have;        /* bytes of block */
	uint64_t at;        /* offset of the next byte, for messages */
	uint64_t header_at; /* offset of the last header block */
	uint64_t left;      /* of the body at hand */
	uint32_t pad;

	/* what extended headers say of the next member */
	uint8_t ext_type;
	struct buf ext_pax, ext_global, ext_name, ext_link;
	struct pax pax;
	bool has_pax, has_name, has_link;

	struct buf name; /* prefix and name of a header, joined */

	/* sparse files */
	bool is_sparse;
	struct sparse map;
	size_t seg;         /* segment at work */
	uint64_t pos;       /* in the file, holes counted */
	uint64_t file_size; /* logical */
	uint64_t logical;   /* sum over the archive */
	uint64_t number;    /* of a map of form 1.0, being read */
	bool has_digit;
	uint64_t numbers_left;
	bool has_count;
	uint64_t text_off;

	bool is_after_end, has_trailing, is_started;
};

bool tar_looks(struct bytes head)
{
	return head.n >= TAR_BLOCK_LEN && tar_block_kind(head.p) == BLOCK_HEADER;
}

struct tar *tar_new(const struct tar_events *ev)
{
	struct tar *t = mem_zalloc(sizeof *t);
	t->ev = *ev;
	buf_init(&t->ext_pax, (size_t)PAX_RECORDS_MAX);
	buf_init(&t->ext_global, (size_t)PAX_RECORDS_MAX);
	buf_init(&t->ext_name, (size_t)PATH_LEN_MAX + 1);
	buf_init(&t->ext_link, (size_t)PATH_LEN_MAX + 1);
	buf_init(&t->name, TAR_BLOCK_LEN);
	return t;
}

void tar_free(struct tar *t)
{
	if (!t)
		return;
	buf_fini(&t->ext_pax);
	buf_fini(&t->ext_global);
	buf_fini(&t->ext_name);
	buf_fini(&t->ext_link);
	buf_fini(&t->name);
	free(t->map.v);
	free(t);
}

static void __attribute__((format(printf, 4, 5)))
note(const struct tar *t, struct bytes path, const char *code, const char *fmt, ...)
{
	char msg[240];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	if (t->ev.note)
		t->ev.note(t->ev.arg, path, code, msg);
}

static void forget_ext(struct tar *t) { t->has_pax = t->has_name = t->has_link = false; }

static void begin_body(struct tar *t, enum tar_state state, uint64_t size)
{
	t->left = size;
	t->pad = (uint32_t)(-size & (TAR_BLOCK_LEN - 1));
	t->state = state;
}

/* The body has gone by. */
static void end_body(struct tar *t) { t->state = t->pad ? IN_PAD : IN_HEADER; }

static int emit_hole(struct tar *t, uint64_t n, struct err *e)
{
	t->pos += n;
	return n && t->ev.hole ? t->ev.hole(t->ev.arg, n, e) : 0;
}

static int emit_data(struct tar *t, struct bytes piece, struct err *e)
{
	return t->ev.data ? t->ev.data(t->ev.arg, piece, e) : 0;
}

static int end_member(struct tar *t, struct err *e)
{
	if (t->is_sparse && emit_hole(t, t->file_size - t->pos, e))
		return -1;
	end_body(t);
	return t->ev.end ? t->ev.end(t->ev.arg, e) : 0;
}

/* The map of a sparse file is complete: what is left is its data. */
static int begin_data(struct tar *t, struct err *e)
{
	t->state = IN_DATA;
	t->seg = 0;
	t->pos = 0;
	if (t->is_sparse && sparse_check(&t->map, t->file_size, t->left, e))
		return -1;
	return t->left ? 0 : end_member(t, e);
}

/* Stored bytes of a sparse file go where its map says. */
static int sparse_data(struct tar *t, struct bytes piece, struct err *e)
{
	while (piece.n) {
		const struct sparse_seg *g = &t->map.v[t->seg]; /* sums agree: there is one */
		if (t->pos < g->off && emit_hole(t, g->off - t->pos, e))
			return -1;
		uint64_t n = MIN_OF(g->off + g->n - t->pos, (uint64_t)piece.n);
		if (n == 0) {
			t->seg++;
			continue;
		}
		if (emit_data(t, bytes_slice(piece, 0, n), e))
			return -1;
		t->pos += n;
		piece = bytes_skip(piece, n);
	}
	return 0;
}

/* ---- members ---- */

enum { OLD_SPARSE_AT = 386, OLD_SPARSE_IN_HEADER = 4, OLD_SPARSE_MORE = 482, OLD_REALSIZE = 483 };
enum { OLD_SPARSE_IN_BLOCK = 21, OLD_SPARSE_MORE_BLOCK = 504, OLD_NUMBER_LEN = 12 };

static int old_segments(struct tar *t, const uint8_t *p, unsigned count, struct err *e)
{
	for (unsigned i = 0; i < count; i++, p += 2 * OLD_NUMBER_LEN) {
		int64_t off, n;
		if (p[0] == 0 && p[OLD_NUMBER_LEN] == 0)
			break;
		if (tar_number(bytes_of(p, OLD_NUMBER_LEN), &off) || off < 0 ||
		    tar_number(bytes_of(p + OLD_NUMBER_LEN, OLD_NUMBER_LEN), &n) || n < 0)
			return err_set(e, ERR_FORMAT, "sparse map: a number out of range");
		if (sparse_add(&t->map, (uint64_t)off, (uint64_t)n, e))
			return -1;
	}
	return 0;
}

/* Which bytes does the file have, and where does its map come from?  *ret_next is the state that
 * reads the rest of the map, or IN_DATA. */
static int sparse_begin(struct tar *t, const uint8_t *block, enum tar_state *ret_next,
                        struct err *e)
{
	*ret_next = IN_DATA;
	if (!t->has_pax || !t->pax.is_sparse) {
		int64_t real;
		t->map.n = 0;
		if (tar_number(bytes_of(block + OLD_REALSIZE, OLD_NUMBER_LEN), &real) || real < 0)
			return err_set(e, ERR_FORMAT, "sparse file: real size out of range");
		t->file_size = (uint64_t)real;
		if (block[OLD_SPARSE_MORE])
			*ret_next = IN_SPARSE_BLOCK;
		return old_segments(t, block + OLD_SPARSE_AT, OLD_SPARSE_IN_HEADER, e);
	}
	if (!t->pax.has_realsize)
		return err_set(e, ERR_FORMAT, "sparse file without a real size");
	t->file_size = t->pax.realsize;
	if (t->pax.major == 0 && t->pax.minor <= 1)
		return 0;
	if (t->pax.major != 1 || t->pax.minor != 0)
		return err_set(e, ERR_UNSUPPORTED, "sparse file of form %llu.%llu",
		               (unsigned long long)t->pax.major, (unsigned long long)t->pax.minor);
	*ret_next = IN_SPARSE_TEXT;
	t->map.n = 0;
	t->number = t->numbers_left = 0;
	t->has_digit = t->has_count = false;
	return 0;
}

static int count_logical(struct tar *t, struct err *e)
{
	if (t->file_size > (uint64_t)LAYER_PLAIN_MAX - t->logical)
		return err_set(e, ERR_LIMIT, "sparse files of more than %lld bytes in all",
		               (long long)LAYER_PLAIN_MAX);
	t->logical += t->file_size;
	return 0;
}

static const struct {
	uint8_t flag;
	enum tar_type type;
	bool has_body;
	const char *name;
} types[] = {
	{'0', TAR_FILE,     true,  "file"            },
	{0,   TAR_FILE,     true,  "file"            },
	{'7', TAR_FILE,     true,  "file"            },
	{'S', TAR_FILE,     true,  "file"            },
	{'1', TAR_HARDLINK, false, "hard link"       },
	{'2', TAR_SYMLINK,  false, "symbolic link"   },
	{'3', TAR_CHAR,     false, "character device"},
	{'4', TAR_BLOCK,    false, "block device"    },
	{'5', TAR_DIR,      false, "folder"          },
	{'6', TAR_FIFO,     false, "fifo"            },
	{'D', TAR_DIR,      true,  "folder"          }, /* GNU: its body is a list of names */
	{'V', TAR_OTHER,    true,  "volume label"    },
	{'M', TAR_OTHER,    true,  "continued file"  },
};
/* "Other types ... shall be treated as regular files" (POSIX pax, typeflag). */
static const size_t type_unknown = ARRAY_LEN(types);

static size_t find_type(uint8_t flag)
{
	size_t i = 0;
	while (i < ARRAY_LEN(types) && types[i].flag != flag)
		i++;
	return i;
}

/* The name that counts: GNU's long name over pax over the header, as container runtimes read it. */
static struct bytes resolve(const struct tar *t, bool has_long, const struct buf *long_name,
                            struct bytes from_pax, struct bytes from_header)
{
	struct bytes l = buf_bytes(long_name);
	if (has_long) {
		if (from_pax.n && !bytes_eq(l, from_pax))
			note(t, from_pax, "entry.ambiguous",
			     "two extended headers name this entry \"%.*s\" and \"%.*s\"",
			     BYTES_FMT(bytes_slice(l, 0, 80)),
			     BYTES_FMT(bytes_slice(from_pax, 0, 80)));
		return l;
	}
	return from_pax.n ? from_pax : from_header;
}

static struct bytes header_name(struct tar *t, const struct tar_header *h)
{
	if (h->prefix.n == 0)
		return h->name;
	buf_reset(&t->name);
	buf_add(&t->name, h->prefix);
	buf_addc(&t->name, '/');
	buf_add(&t->name, h->name);
	return buf_bytes(&t->name);
}

static void owner_and_size(const struct tar_header *h, const struct pax *p, struct tar_member *m)
{
	m->mode = h->mode;
	m->uid = p->has_uid ? p->uid : h->uid;
	m->gid = p->has_gid ? p->gid : h->gid;
	m->dev_major = h->dev_major;
	m->dev_minor = h->dev_minor;
	m->caps = p->caps;
	m->stored = p->has_size ? p->size : h->size;
}

static void names(struct tar *t, const struct tar_header *h, const struct pax *p,
                  struct tar_member *m)
{
	m->name = resolve(t, t->has_name, &t->ext_name, p->path, header_name(t, h));
	if (p->sparse_name.n)
		m->name = p->sparse_name;
	/* before ustar, a folder was a file whose name ends in a slash */
	if (h->type == 0 && bytes_ends(m->name, B("/")))
		m->type = TAR_DIR;
	if (m->type == TAR_HARDLINK || m->type == TAR_SYMLINK)
		m->link = resolve(t, t->has_link, &t->ext_link, p->linkpath, h->link);
}

/* Fills the member from header and extended headers. */
static void describe(struct tar *t, const struct tar_header *h, struct tar_member *m)
{
	static const struct pax none;
	const struct pax *p = t->has_pax ? &t->pax : &none;
	size_t type = find_type(h->type);
	bool has_body = type == type_unknown || types[type].has_body;
	m->type = type == type_unknown ? TAR_FILE : types[type].type;
	names(t, h, p, m);
	owner_and_size(h, p, m);
	m->is_after_end = t->is_after_end;
	if (type == type_unknown)
		note(t, m->name, "entry.type", "unknown type 0x%02x, taken for a regular file",
		     h->type);
	if (h->is_id_clamped || p->is_id_clamped)
		note(t, m->name, "entry.owner", "uid or gid does not fit 32 bits");
	if (has_body)
		return;
	/* Archives of POSIX pax may carry the data of a hard link; runtimes do not read it. */
	if (m->stored && m->type != TAR_HARDLINK)
		note(t, m->name, "entry.ambiguous", "a %s with a size: readers disagree on it",
		     types[type].name);
	m->stored = 0;
}

static int begin_member(struct tar *t, const struct tar_header *h, const uint8_t *block,
                        struct err *e)
{
	struct tar_member m = {.type = TAR_FILE};
	enum tar_state next = IN_DATA;
	describe(t, h, &m);
	t->is_sparse = m.is_sparse =
		m.type == TAR_FILE && (h->type == 'S' || (t->has_pax && t->pax.is_sparse));
	t->file_size = m.stored;
	if (t->is_sparse && (sparse_begin(t, block, &next, e) || count_logical(t, e)))
		return err_wrap(e, "entry \"%.*s\"", BYTES_FMT(bytes_slice(m.name, 0, 80)));
	m.size = m.type == TAR_FILE ? t->file_size : 0;
	m.offset = t->at;
	forget_ext(t);
	if (t->ev.member(t->ev.arg, &m, e))
		return -1;
	begin_body(t, next, m.stored);
	if (m.type != TAR_FILE && m.stored) {
		t->state = IN_SKIP;
		return t->ev.end ? t->ev.end(t->ev.arg, e) : 0;
	}
	if (next == IN_DATA && begin_data(t, e))
		return err_wrap(e, "entry \"%.*s\"", BYTES_FMT(bytes_slice(m.name, 0, 80)));
	return 0;
}

/* ---- header blocks ---- */

static int begin_ext(struct tar *t, struct buf *b, const struct tar_header *h, struct err *e)
{
	buf_reset(b);
	t->ext_type = h->type;
	if (h->size > b->max)
		return err_set(e, ERR_LIMIT,
		               "extended header of %llu bytes at offset %llu, more than %zu",
		               (unsigned long long)h->size, (unsigned long long)t->at, b->max);
	begin_body(t, IN_EXT, h->size);
	return 0;
}

static struct buf *ext_buf(struct tar *t, uint8_t type)
{
	return type == 'x'   ? &t->ext_pax
	       : type == 'g' ? &t->ext_global
	       : type == 'L' ? &t->ext_name
	       : type == 'K' ? &t->ext_link
	                     : NULL;
}

/* Of two headers of one kind for one entry, some readers take the first, some the last. */
static void say_twice(const struct tar *t)
{
	uint8_t k = t->ext_type;
	if ((k == 'x' && t->has_pax) || (k == 'L' && t->has_name) || (k == 'K' && t->has_link))
		note(t, (struct bytes){NULL, 0}, "entry.ambiguous",
		     "two extended headers of one kind for one entry, at offset %llu",
		     (unsigned long long)t->header_at);
}

static int end_ext(struct tar *t, struct err *e)
{
	struct buf *b = ext_buf(t, t->ext_type);
	struct pax global;
	end_body(t);
	say_twice(t);
	if (t->ext_type == 'x') {
		t->has_pax = true;
		return pax_parse(buf_bytes(b), &t->pax, &t->map, e);
	}
	if (t->ext_type == 'g') {
		struct sparse map = {NULL, 0, 0};
		int rc = pax_parse(buf_bytes(b), &global, &map, e);
		free(map.v);
		return rc ? rc : pax_check_global(&global, e);
	}
	/* GNU tar puts a NUL behind the name. */
	ssize_t end = bytes_find(buf_bytes(b), 0);
	if (end >= 0)
		b->n = (size_t)end;
	if (t->ext_type == 'L')
		t->has_name = true;
	else
		t->has_link = true;
	return 0;
}

static int bad_block(struct tar *t, struct err *e)
{
	if (!t->is_after_end)
		return t->is_started ? err_set(e, ERR_FORMAT, "broken tar header at offset %llu",
		                               (unsigned long long)(t->at - TAR_BLOCK_LEN))
		                     : err_set(e, ERR_FORMAT, "not a tar archive");
	if (!t->has_trailing)
		note(t, (struct bytes){NULL, 0}, "layer.trailing",
		     "bytes that are no tar follow the end marker, at offset %llu",
		     (unsigned long long)(t->at - TAR_BLOCK_LEN));
	t->has_trailing = true;
	return 0;
}

static int on_block(struct tar *t, const uint8_t *block, struct err *e)
{
	struct tar_header h;
	enum block_kind kind = tar_block_kind(block);
	t->header_at = t->at - TAR_BLOCK_LEN;
	if (kind == BLOCK_BAD)
		return bad_block(t, e);
	t->is_started = true;
	if (kind == BLOCK_ZERO) {
		if (t->has_pax || t->has_name || t->has_link)
			return err_set(e, ERR_FORMAT, "extended header without an entry");
		t->is_after_end = true;
		return 0;
	}
	if (tar_header_parse(block, &h, e))
		return err_wrap(e, "offset %llu", (unsigned long long)(t->at - TAR_BLOCK_LEN));
	struct buf *b = ext_buf(t, h.type);
	if (b)
		return begin_ext(t, b, &h, e);
	return begin_member(t, &h, block, e);
}

/* ---- pieces ---- */

/* A whole block, in place where the piece holds one; NULL when more bytes are needed. */
static const uint8_t *take_block(struct tar *t, struct bytes *piece)
{
	if (t->have == 0 && piece->n >= TAR_BLOCK_LEN) {
		const uint8_t *p = piece->p;
		*piece = bytes_skip(*piece, TAR_BLOCK_LEN);
		t->at += TAR_BLOCK_LEN;
		return p;
	}
	size_t n = MIN_OF(piece->n, TAR_BLOCK_LEN - t->have);
	memcpy(t->block + t->have, piece->p, n);
	*piece = bytes_skip(*piece, n);
	t->have += n;
	t->at += n;
	if (t->have < TAR_BLOCK_LEN)
		return NULL;
	t->have = 0;
	return t->block;
}

/* The part of the piece that belongs to the body. */
static struct bytes take_body(struct tar *t, struct bytes *piece)
{
	struct bytes part = bytes_slice(*piece, 0, (size_t)MIN_OF(t->left, (uint64_t)piece->n));
	*piece = bytes_skip(*piece, part.n);
	t->left -= part.n;
	t->at += part.n;
	return part;
}

static int step_header(struct tar *t, struct bytes *piece, struct err *e)
{
	const uint8_t *block = take_block(t, piece);
	return block ? on_block(t, block, e) : 0;
}

static int step_ext(struct tar *t, struct bytes *piece, struct err *e)
{
	if (t->left)
		buf_add(ext_buf(t, t->ext_type), take_body(t, piece)); /* size was checked */
	return t->left ? 0 : end_ext(t, e);
}

static int step_sparse_block(struct tar *t, struct bytes *piece, struct err *e)
{
	const uint8_t *block = take_block(t, piece);
	if (!block)
		return 0;
	if (old_segments(t, block, OLD_SPARSE_IN_BLOCK, e))
		return -1;
	return block[OLD_SPARSE_MORE_BLOCK] ? 0 : begin_data(t, e);
}

/* One number of the map: first the count of segments, then offset and length of each. */
static int sparse_number(struct tar *t, struct err *e)
{
	if (!t->has_digit)
		return err_set(e, ERR_FORMAT, "sparse map: an empty number");
	t->has_digit = false;
	if (!t->has_count) {
		if (t->number > (uint64_t)SPARSE_SEGS_MAX)
			return err_set(e, ERR_LIMIT, "sparse map has more than %lld segments",
			               (long long)SPARSE_SEGS_MAX);
		t->has_count = true;
		t->numbers_left = 2 * t->number;
	} else if (t->numbers_left-- % 2 == 0) {
		t->text_off = t->number;
	} else if (sparse_add(&t->map, t->text_off, t->number, e)) {
		return -1;
	}
	t->number = 0;
	return 0;
}

static int step_sparse_text(struct tar *t, struct bytes *piece, struct err *e)
{
	const uint8_t *block = take_block(t, piece);
	if (!block)
		return 0;
	if (t->left < TAR_BLOCK_LEN)
		return err_set(e, ERR_FORMAT, "sparse map is longer than the entry");
	t->left -= TAR_BLOCK_LEN;
	for (unsigned i = 0; i < TAR_BLOCK_LEN; i++) {
		if (is_digit(block[i])) {
			t->has_digit = true;
			t->number = t->number * 10 + (block[i] - '0');
			if (t->number > (uint64_t)INT64_MAX / 16)
				return err_set(e, ERR_FORMAT, "sparse map: a number out of range");
			continue;
		}
		if (block[i] != '\n')
			return err_set(e, ERR_FORMAT, "sparse map: not a number");
		if (sparse_number(t, e))
			return -1;
		if (t->has_count && t->numbers_left == 0)
			return begin_data(t, e); /* the rest of the block is padding */
	}
	return 0;
}

static int step_data(struct tar *t, struct bytes *piece, struct err *e)
{
	struct bytes part = take_body(t, piece);
	if (t->is_sparse ? sparse_data(t, part, e) : emit_data(t, part, e))
		return -1;
	return t->left ? 0 : end_member(t, e);
}

static int step_skip(struct tar *t, struct bytes *piece, struct err *e)
{
	(void)e;
	take_body(t, piece);
	if (!t->left)
		end_body(t);
	return 0;
}

static int step_pad(struct tar *t, struct bytes *piece, struct err *e)
{
	(void)e;
	size_t n = MIN_OF((size_t)t->pad, piece->n);
	*piece = bytes_skip(*piece, n);
	t->pad -= (uint32_t)n;
	t->at += n;
	if (!t->pad)
		t->state = IN_HEADER;
	return 0;
}

static int (*const steps[])(struct tar *t, struct bytes *piece, struct err *e) = {
	[IN_HEADER] = step_header,
	[IN_EXT] = step_ext,
	[IN_SPARSE_BLOCK] = step_sparse_block,
	[IN_SPARSE_TEXT] = step_sparse_text,
	[IN_DATA] = step_data,
	[IN_SKIP] = step_skip,
	[IN_PAD] = step_pad,
};
_Static_assert(ARRAY_LEN(steps) == IN__MAX, "a step per state");

int tar_push(struct tar *t, struct bytes piece, struct err *e)
{
	while (piece.n) {
		enum tar_state state = t->state;
		if (steps[state](t, &piece, e) == 0)
			continue;
		/* what a header is read for names its entry or its offset */
		return state == IN_HEADER
		               ? -1
		               : err_wrap(e, "offset %llu", (unsigned long long)t->header_at);
	}
	return 0;
}

int tar_finish(struct tar *t, struct err *e)
{
	/* an empty extended header has no body to push */
	if (t->state == IN_EXT && !t->left && end_ext(t, e))
		return -1;
	bool is_cut = t->state != IN_HEADER || (t->have && !t->is_after_end);
	if (is_cut || t->has_pax || t->has_name || t->has_link)
		return err_set(e, ERR_FORMAT, "archive is cut short at offset %llu",
		               (unsigned long long)t->at);
	for (size_t i = 0; i < t->have; i++) {
		if (t->block[i] && !t->has_trailing) {
			note(t, (struct bytes){NULL, 0}, "layer.trailing",
			     "bytes that are no tar follow the end marker");
			t->has_trailing = true;
		}
	}
	if (!t->is_after_end)
		note(t, (struct bytes){NULL, 0}, "layer.no-end",
		     "archive has no end marker: it may have been cut between two entries");
	return 0;
}

uint64_t tar_skippable(const struct tar *t)
{
	return t->state == IN_SKIP || (t->state == IN_DATA && !t->is_sparse) ? t->left : 0;
}

void tar_skipped(struct tar *t, uint64_t n)
{
	/* at least one byte is pushed, so that the end of the member is told */
	t->left -= MIN_OF(n, t->left);
	t->at += n;
}
