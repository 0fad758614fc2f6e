/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inflate.c - streams made by zlib and libzstd, whole and spoiled, read in pieces of any size.
 */
#include "walk/parts.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "test.h"

static void add_gzip(struct buf *b, struct bytes plain)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)plain.p, .avail_in = (uInt)plain.n};
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	size_t bound = deflateBound(&z, plain.n) + 64;
	z.next_out = buf_room(b, bound);
	z.avail_out = (uInt)bound;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	b->n += z.total_out;
	deflateEnd(&z);
}

static void add_zstd(struct buf *b, struct bytes plain, int window_log)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	if (window_log) {
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log);
		ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
	}
	size_t bound = ZSTD_compressBound(plain.n) + 64;
	ZSTD_inBuffer in = {plain.p, plain.n, 0};
	ZSTD_outBuffer out = {buf_room(b, bound), bound, 0};
	/* in two calls, so that the frame does not learn its size and keeps its window */
	ZSTD_compressStream2(c, &out, &in, ZSTD_e_continue);
	if (ZSTD_compressStream2(c, &out, &in, ZSTD_e_end) != 0)
		abort();
	b->n += out.pos;
	ZSTD_freeCCtx(c);
}

static uint64_t plain_max = 1 << 30;

struct feed {
	struct bytes rest;
	size_t step;
	bool fails;
};

static ssize_t feed_read(void *arg, void *p, size_t n)
{
	struct feed *f = arg;
	size_t k = MIN_OF(MIN_OF(n, f->step), f->rest.n);
	if (f->fails && k == 0)
		return -1;
	memcpy(p, f->rest.p, k);
	f->rest = bytes_skip(f->rest, k);
	return (ssize_t)k;
}

/* Inflates all of it; 0 and the plain bytes, or -1 and why. */
static int run(struct bytes in, size_t step, size_t out_step, struct buf *out, struct err *e)
{
	struct feed f = {in, step, false};
	const struct walk_input input = {feed_read, &f};
	struct inflate *z = inflate_new(&input, plain_max);
	ssize_t n;
	buf_init(out, 64 << 20);
	do {
		n = inflate_read(z, buf_room(out, out_step), out_step, e);
		out->n += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	inflate_free(z);
	return (int)n;
}

static const size_t steps[] = {1, 3, 1000, 1 << 20};

static void good(const char *name, struct bytes in, struct bytes want)
{
	bool is_ok = true;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		for (size_t k = i ? 0 : 2; k < ARRAY_LEN(steps); k++) {
			AUTO_BUF struct buf got;
			struct err e = {.msg = ""};
			if (run(in, steps[i], steps[k], &got, &e) ||
			    !bytes_eq(buf_bytes(&got), want)) {
				printf("# in %zu, out %zu: %zu bytes, %s\n", steps[i], steps[k],
				       got.n, e.msg);
				is_ok = false;
			}
		}
	}
	test_case(is_ok, "%s", name);
}

static void bad(const char *name, struct bytes in, enum err_kind kind, const char *want)
{
	bool is_ok = true;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		AUTO_BUF struct buf got;
		struct err e = {.msg = ""};
		if (run(in, steps[i], 4096, &got, &e) == 0 || e.kind != kind ||
		    !strstr(e.msg, want)) {
			printf("# pieces of %zu: %zu bytes, %s \"%s\"\n", steps[i], got.n,
			       err_kind_name(e.kind), e.msg);
			is_ok = false;
		}
	}
	test_case(is_ok, "%s", name);
}

static void gzip(struct bytes text)
{
	AUTO_BUF struct buf b, two;
	static const uint8_t zeros[700];
	buf_init(&b, 1 << 20);
	buf_init(&two, 1 << 20);
	add_gzip(&b, text);
	struct bytes one = buf_bytes(&b);
	good("gzip: one member", one, text);
	add_gzip(&two, bytes_slice(text, 0, 1000));
	add_gzip(&two, B(""));
	add_gzip(&two, bytes_skip(text, 1000));
	good("gzip: three members, one empty", buf_bytes(&two), text);
	buf_add(&two, bytes_of(zeros, sizeof zeros));
	good("gzip: zeros behind the last member", buf_bytes(&two), text);
	buf_addc(&two, 1);
	bad("gzip: zeros, then a byte", buf_bytes(&two), ERR_FORMAT, "bytes follow");
	for (size_t cut = 2; cut < one.n; cut = cut < one.n - 10 ? cut + one.n / 7 : cut + 1) {
		char name[64];
		snprintf(name, sizeof name, "gzip: cut to %zu of %zu bytes", cut, one.n);
		bad(name, bytes_slice(one, 0, cut), ERR_FORMAT, "cut short");
	}
	buf_addc(&b, 'x');
	bad("gzip: a byte behind the last member", buf_bytes(&b), ERR_FORMAT, "bytes follow");
	b.n--;
	b.p[b.n - 6] ^= 1;
	bad("gzip: wrong checksum", buf_bytes(&b), ERR_FORMAT, "checksum differs");
	b.p[b.n - 6] ^= 1;
	b.p[b.n - 1] ^= 1;
	bad("gzip: wrong length", buf_bytes(&b), ERR_FORMAT, "checksum differs");
	b.p[b.n - 1] ^= 1;
	memset(b.p + b.n / 2, 0xff, 20);
	bad("gzip: broken in the middle", buf_bytes(&b), ERR_FORMAT, "gzip: ");
}

static void zstd(struct bytes text)
{
	AUTO_BUF struct buf b, two, wide, wider;
	buf_init(&b, 1 << 20);
	buf_init(&two, 1 << 20);
	buf_init(&wide, 4 << 20);
	buf_init(&wider, 4 << 20);
	add_zstd(&b, text, 0);
	struct bytes one = buf_bytes(&b);
	good("zstd: one frame", one, text);
	buf_add(&two, B("\x53\x2a\x4d\x18\x05\0\0\0skip!"));
	add_zstd(&two, bytes_slice(text, 0, 1000), 0);
	buf_add(&two, B("\x50\x2a\x4d\x18\0\0\0\0"));
	add_zstd(&two, bytes_skip(text, 1000), 0);
	good("zstd: two frames and two to skip", buf_bytes(&two), text);
	for (size_t cut = 5; cut < one.n; cut += one.n / 7) {
		char name[64];
		snprintf(name, sizeof name, "zstd: cut to %zu of %zu bytes", cut, one.n);
		bad(name, bytes_slice(one, 0, cut), ERR_FORMAT, "cut short");
	}
	buf_adds(&b, "garbage");
	bad("zstd: bytes behind the last frame", buf_bytes(&b), ERR_FORMAT, "zstd: ");
	b.n -= 7;
	b.p[b.n - 1] ^= 1;
	bad("zstd: wrong checksum", buf_bytes(&b), ERR_FORMAT, "zstd: ");
	add_zstd(&wide, text, (int)ZSTD_WINDOW_LOG_MAX);
	good("zstd: the largest window", buf_bytes(&wide), text);
	add_zstd(&wider, text, (int)ZSTD_WINDOW_LOG_MAX + 1);
	bad("zstd: a window past it", buf_bytes(&wider), ERR_LIMIT, "window");
}

static void others(struct bytes text)
{
	static const struct {
		const char *name, *head;
		size_t n;
	} cases[] = {
		{"xz",
	         "\xfd"
	         "7zXZ\0\0\4",	         8 },
		{"bzip2",    "BZh61AY&SY..",   12},
		{"compress", "\x1f\x9d\x90",   3 },
		{"lz4",      "\4\"M\x18....",  8 },
		{"lzma",     "]\0\0\x80\0..",  7 },
		{"zip",      "PK\3\4........", 12},
	};
	good("plain: whatever it is", text, text);
	good("plain: one byte", B("a"), B("a"));
	good("plain: nothing", B(""), B(""));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		bad(cases[i].name, bytes_of(cases[i].head, cases[i].n), ERR_UNSUPPORTED,
		    cases[i].name);
	struct feed f = {B("abc"), 2, true};
	const struct walk_input input = {feed_read, &f};
	struct inflate *z = inflate_new(&input, plain_max);
	struct err e = {.kind = ERR_NONE};
	uint8_t p[16];
	CHECK(inflate_read(z, p, sizeof p, &e) == -1 && e.kind == ERR_IO);
	inflate_free(z);
}

/* INFLATE_RATIO_MAX counts past INFLATE_FREE_MAX, and never beyond LAYER_PLAIN_MAX. */
static void allowance(void)
{
	const uint64_t least = (uint64_t)INFLATE_FREE_MAX, ratio = (uint64_t)INFLATE_RATIO_MAX;
	const uint64_t max = (uint64_t)LAYER_PLAIN_MAX;
	CHECK(inflate_allowance(0) == least);
	CHECK(inflate_allowance(least / ratio) == least);
	CHECK(inflate_allowance(least / ratio + 1) == (least / ratio + 1) * ratio);
	CHECK(inflate_allowance(max / ratio) == max / ratio * ratio);
	CHECK(inflate_allowance(max / ratio + 1) == max);
	CHECK(inflate_allowance(UINT64_MAX) == max);
}

int main(void)
{
	allowance();
	AUTO_BUF struct buf t;
	buf_init(&t, 1 << 20);
	uint32_t x = 1;
	for (int i = 0; i < 20000; i++) {
		x = x * 1103515245 + 12345;
		buf_addf(&t, "%x,", x >> 24);
	}
	gzip(buf_bytes(&t));
	AUTO_BUF struct buf z;
	buf_init(&z, 1 << 20);
	add_gzip(&z, buf_bytes(&t));
	plain_max = t.n;
	good("as many bytes as a layer may have", buf_bytes(&z), buf_bytes(&t));
	plain_max = t.n - 1;
	bad("one byte more", buf_bytes(&z), ERR_LIMIT, "inflates to more than");
	plain_max = 1 << 30;
	zstd(buf_bytes(&t));
	others(buf_bytes(&t));
	return TEST_END();
}
