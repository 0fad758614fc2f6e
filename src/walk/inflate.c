/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inflate.c - gzip of many members, zstd of many frames, or plain: told apart by their first bytes,
 * never by a name or media type.
 *
 * Format: RFC 1952 (members may be padded with zeros behind the last, as gzip(1) takes them), RFC
 * 8878 (skippable frames included).  Anything else behind the last member is refused: a reader that
 * stops there and one that goes on would see different layers.
 */
#include "walk/parts.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { INPUT_LEN = 128 << 10, HEAD_LEN = 512 };

enum form { FORM_UNKNOWN, FORM_PLAIN, FORM_GZIP, FORM_ZSTD };

struct inflate {
	struct walk_input in;
	enum form form;
	bool is_eof;
	struct inflate_state *gz;
	ZSTD_DCtx *zs;
	bool is_inside;      /* a member or frame has begun and not ended */
	bool is_padding;     /* zeros behind the last gzip member */
	uint64_t total, max; /* plain bytes given out, and their bound */
	uint64_t packed;     /* compressed bytes taken in */
	size_t from, to;     /* what of input is unread */
	uint8_t input[INPUT_LEN];
};

struct inflate *inflate_new(const struct walk_input *in, uint64_t max)
{
	struct inflate *z = mem_alloc(sizeof *z);
	memset(z, 0, offsetof(struct inflate, input));
	z->in = *in;
	z->max = max;
	return z;
}

void inflate_free(struct inflate *z)
{
	if (!z)
		return;
	free(z->gz);
	ZSTD_freeDCtx(z->zs);
	free(z);
}

const char *inflate_name(const struct inflate *z)
{
	return z->form == FORM_GZIP ? "gzip" : z->form == FORM_ZSTD ? "zstd" : "none";
}

/* Reads more input behind what is there (only called when there is room). */
static int fill(struct inflate *z, struct err *e)
{
	if (z->from == z->to)
		z->from = z->to = 0;
	ssize_t n = z->in.read(z->in.arg, z->input + z->to, INPUT_LEN - z->to);
	if (n < 0)
		return err_set(e, ERR_IO, "reading the layer: %m");
	z->is_eof = n == 0;
	z->to += (size_t)n;
	z->packed += (uint64_t)n;
	return 0;
}

/* Compressions that layers do not have; named, so that the user knows. */
static const struct {
	const char *name;
	size_t n;
	uint8_t magic[10];
} foreign[] = {
	{"xz",       6, {0xfd, '7', 'z', 'X', 'Z', 0}                   },
	{"lz4",      4, {0x04, 0x22, 0x4d, 0x18}                        },
	{"compress", 2, {0x1f, 0x9d}				    },
	{"lzip",     5, {'L', 'Z', 'I', 'P', 1}                         },
	{"lzop",     9, {0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n'}},
	{"lrzip",    5, {'L', 'R', 'Z', 'I', 0}                         },
	{"lzma",     5, {0x5d, 0, 0, 0x80, 0}                           },
	{"zip",      4, {'P', 'K', 3, 4}                                },
};

static int refuse_foreign(struct bytes b, struct err *e)
{
	bool is_bzip2 =
		b.n >= 10 && memcmp(b.p, "BZh", 3) == 0 && memcmp(b.p + 4, "1AY&SY", 6) == 0;
	const char *name = is_bzip2 ? "bzip2" : NULL;
	for (size_t i = 0; i < ARRAY_LEN(foreign) && !name; i++) {
		if (bytes_starts(b, bytes_of(foreign[i].magic, foreign[i].n)))
			name = foreign[i].name;
	}
	return name ? err_set(e, ERR_UNSUPPORTED, "compressed with %s, which layers may not be",
	                      name)
	            : 0;
}

static int detect(struct inflate *z, struct err *e)
{
	while (z->to < HEAD_LEN && !z->is_eof) {
		if (fill(z, e))
			return -1;
	}
	struct bytes b = bytes_of(z->input, z->to);
	bool is_skippable =
		b.n >= 4 && (b.p[0] & 0xf0) == 0x50 && memcmp(b.p + 1, "\x2a\x4d\x18", 3) == 0;
	z->form = FORM_PLAIN;
	if (tar_looks(b))
		return 0; /* a name can look like any magic number */
	if (bytes_starts(b, B("\x1f\x8b"))) {
		z->form = FORM_GZIP;
		z->gz = mem_alloc(sizeof *z->gz);
		isal_inflate_init(z->gz);
		return 0;
	}
	if (bytes_starts(b, B("\x28\xb5\x2f\xfd")) || is_skippable) {
		z->form = FORM_ZSTD;
		z->zs = ZSTD_createDCtx();
		if (!z->zs)
			die_nomem(1);
		ZSTD_DCtx_setParameter(z->zs, ZSTD_d_windowLogMax, (int)ZSTD_WINDOW_LOG_MAX);
		return 0;
	}
	return refuse_foreign(b, e);
}

static ssize_t plain_read(struct inflate *z, uint8_t *p, size_t n, struct err *e)
{
	if (z->from < z->to) {
		size_t k = MIN_OF(n, z->to - z->from);
		memcpy(p, z->input + z->from, k);
		z->from += k;
		return (ssize_t)k;
	}
	ssize_t got = z->is_eof ? 0 : z->in.read(z->in.arg, p, n);
	if (got < 0)
		return err_set(e, ERR_IO, "reading the layer: %m");
	z->is_eof = got == 0;
	return got;
}

/* isa-l leaves the upper halves of the vector registers dirty, which slows SHA-256 on the same
 * thread by a third. */
#ifdef __x86_64__
static void clean_registers(void)
{
	if (__builtin_cpu_supports("avx"))
		__asm__ volatile("vzeroupper" ::: "memory");
}
#else
static void clean_registers(void) {}
#endif

/* Between two members: another one begins, or only zeros follow.  Returns 1 to go on, 0 at the
 * end. */
static int gzip_next(struct inflate *z, struct err *e)
{
	for (; z->from < z->to && z->is_padding; z->from++) {
		if (z->input[z->from])
			return err_set(e, ERR_FORMAT, "gzip: bytes follow the last member");
	}
	if (z->from == z->to)
		return !z->is_eof;
	if (z->input[z->from] == 0) {
		z->is_padding = true;
		return 1;
	}
	if (z->input[z->from] != 0x1f)
		return err_set(e, ERR_FORMAT, "gzip: bytes follow the last member");
	isal_inflate_reset(z->gz);
	z->gz->crc_flag = ISAL_GZIP;
	z->is_inside = true;
	return 1;
}

static int gzip_step(struct inflate *z, struct err *e)
{
	struct inflate_state *s = z->gz;
	s->next_in = z->input + z->from;
	s->avail_in = (uint32_t)(z->to - z->from);
	size_t had_in = s->avail_in, had_out = s->avail_out;
	int rc = isal_inflate(s);
	clean_registers();
	z->from = (size_t)(s->next_in - z->input);
	if (rc < 0)
		return err_set(e, ERR_FORMAT, "gzip: broken stream (%s)",
		               rc == ISAL_INCORRECT_CHECKSUM ? "checksum differs" : "invalid data");
	if (rc == ISAL_NEED_DICT)
		return err_set(e, ERR_FORMAT, "gzip: stream asks for a dictionary");
	if (s->block_state == ISAL_BLOCK_FINISH)
		z->is_inside = false;
	else if (z->is_eof && had_in == 0 && s->avail_out == had_out)
		return err_set(e, ERR_FORMAT, "gzip: stream is cut short");
	return 0;
}

static ssize_t gzip_read(struct inflate *z, uint8_t *p, size_t n, struct err *e)
{
	z->gz->next_out = p;
	z->gz->avail_out = (uint32_t)n;
	while (z->gz->avail_out) {
		if (z->from == z->to && !z->is_eof && fill(z, e))
			return -1;
		if (!z->is_inside) {
			uint8_t *out = z->gz->next_out;
			uint32_t room = z->gz->avail_out;
			int more = gzip_next(z, e);
			z->gz->next_out = out;
			z->gz->avail_out = room;
			if (more < 0)
				return -1;
			if (!more)
				break;
			if (!z->is_inside)
				continue;
		}
		if (gzip_step(z, e))
			return -1;
	}
	return (ssize_t)(n - z->gz->avail_out);
}

static ssize_t zstd_read(struct inflate *z, uint8_t *p, size_t n, struct err *e)
{
	ZSTD_outBuffer out = {p, n, 0};
	while (out.pos < n) {
		if (z->from == z->to && !z->is_eof && fill(z, e))
			return -1;
		ZSTD_inBuffer in = {z->input + z->from, z->to - z->from, 0};
		if (in.size == 0 && !z->is_inside)
			break;
		size_t had = out.pos;
		size_t rc = ZSTD_decompressStream(z->zs, &out, &in);
		z->from += in.pos;
		if (ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge)
			return err_set(e, ERR_LIMIT, "zstd: window larger than 2^%d bytes",
			               (int)ZSTD_WINDOW_LOG_MAX);
		if (ZSTD_isError(rc))
			return err_set(e, ERR_FORMAT, "zstd: broken stream (%s)",
			               ZSTD_getErrorName(rc));
		z->is_inside = rc != 0;
		if (z->is_inside && in.size == 0 && out.pos == had)
			return err_set(e, ERR_FORMAT, "zstd: stream is cut short");
	}
	return (ssize_t)out.pos;
}

ssize_t inflate_read(struct inflate *z, uint8_t *p, size_t n, struct err *e)
{
	if (z->form == FORM_UNKNOWN && detect(z, e))
		return -1;
	ssize_t got = z->form == FORM_GZIP   ? gzip_read(z, p, n, e)
	              : z->form == FORM_ZSTD ? zstd_read(z, p, n, e)
	                                     : plain_read(z, p, n, e);
	if (got > 0 && (uint64_t)got > z->max - z->total)
		return err_set(e, ERR_LIMIT, "layer inflates to more than %llu bytes",
		               (unsigned long long)z->max);
	z->total += got > 0 ? (uint64_t)got : 0;
	if (got > 0 && z->form != FORM_PLAIN && z->total > inflate_allowance(z->packed))
		return err_set(e, ERR_LIMIT,
		               "%s bomb: %llu compressed bytes inflate to more than %llu",
		               inflate_name(z), (unsigned long long)z->packed,
		               (unsigned long long)inflate_allowance(z->packed));
	return got;
}
