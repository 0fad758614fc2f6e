/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_cargo.c - the dependency list that cargo-auditable puts into Rust binaries.
 *
 * Format: cargo-auditable's PARSING.md: ELF section ".dep-v0", a zlib stream of JSON:
 * "packages", each with name, version, source, kind ("runtime" where it is not said; "build" is
 * what only the compiler ran).
 */
#include "fmt/lang.h"

#include <zlib.h>

struct image {
	struct bytes file, headers; /* section headers */
	bool is_64, is_big;
	size_t header_len;
	size_t names; /* index of the section of names */
};

static uint64_t number(const struct image *im, struct bytes b, size_t at, size_t len)
{
	uint64_t v = 0;
	for (size_t i = 0; i < len; i++)
		v = v << 8 | b.p[at + (im->is_big ? i : len - 1 - i)];
	return v;
}

static bool open_image(struct bytes file, struct image *ret)
{
	enum { HEADER_MAX = 64 };
	*ret = (struct image){.file = file};
	if (file.n < HEADER_MAX || !bytes_starts(file, B("\x7f"
	                                                 "ELF")))
		return false;
	ret->is_64 = file.p[4] == 2;
	ret->is_big = file.p[5] == 2;
	ret->header_len = ret->is_64 ? 64 : 40;
	uint64_t off = ret->is_64 ? number(ret, file, 40, 8) : number(ret, file, 32, 4);
	uint64_t n = number(ret, file, ret->is_64 ? 60 : 48, 2);
	ret->names = (size_t)number(ret, file, ret->is_64 ? 62 : 50, 2);
	if (number(ret, file, ret->is_64 ? 58 : 46, 2) != ret->header_len || ret->names >= n ||
	    off > file.n || n * ret->header_len > file.n - off)
		return false;
	ret->headers = bytes_slice(file, (size_t)off, (size_t)off + (size_t)n * ret->header_len);
	return true;
}

static bool content(const struct image *im, size_t index, struct bytes *ret)
{
	struct bytes h = bytes_skip(im->headers, index * im->header_len);
	uint64_t off = number(im, h, im->is_64 ? 24 : 16, im->is_64 ? 8 : 4);
	uint64_t size = number(im, h, im->is_64 ? 32 : 20, im->is_64 ? 8 : 4);
	if (off > im->file.n || size > im->file.n - off)
		return false;
	*ret = bytes_slice(im->file, (size_t)off, (size_t)(off + size));
	return true;
}

static bool find_section(const struct image *im, struct bytes *ret)
{
	struct bytes names, name;
	if (!content(im, im->names, &names))
		return false;
	for (size_t i = 0; i < im->headers.n / im->header_len; i++) {
		uint64_t at = number(im, bytes_skip(im->headers, i * im->header_len), 0, 4);
		name = at < names.n ? bytes_skip(names, (size_t)at) : B("");
		if (bytes_starts(name, B(".dep-v0\0")))
			return content(im, i, ret);
	}
	return false;
}

/* The whole stream, at most CARGO_LIST_MAX. */
static int unpack(struct bytes packed, struct buf *ret, struct err *e)
{
	enum { STEP = 64 << 10 };
	z_stream s = {.avail_in = (uInt)MIN_OF(packed.n, (size_t)CARGO_LIST_MAX)};
	s.next_in = (Bytef *)(uintptr_t)packed.p; /* zlib reads it only */
	if (inflateInit(&s) != Z_OK)
		return err_set(e, ERR_INTERNAL, "inflateInit");
	int rc = Z_OK;
	while (rc == Z_OK) {
		uint8_t *to = buf_room(ret, MIN_OF((size_t)STEP, ret->max - ret->n));
		s.next_out = to;
		s.avail_out = (uInt)MIN_OF((size_t)STEP, ret->max - ret->n);
		uInt room = s.avail_out;
		rc = inflate(&s, Z_NO_FLUSH);
		ret->n += room - s.avail_out;
	}
	inflateEnd(&s);
	if (rc != Z_STREAM_END)
		return err_set(e, ERR_FORMAT,
		               "list of Rust packages: cut, broken or over %lld bytes",
		               (long long)CARGO_LIST_MAX);
	return 0;
}

int lang_cargo_file(struct bytes file, lang_fn *fn, void *arg, struct err *e)
{
	struct image im;
	struct bytes packed;
	AUTO_JSON json_t *root = NULL;
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)CARGO_LIST_MAX);
	if (!open_image(file, &im) || !find_section(&im, &packed))
		return 0;
	if (unpack(packed, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), "list of Rust packages", (size_t)CARGO_LIST_MAX, &root,
	                   e) < 0)
		return -1;
	const json_t *list = json_list(root, "packages");
	if (!list)
		return err_set(e, ERR_FORMAT, "list of Rust packages: no packages");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *at = json_array_get(list, i);
		struct lang_package p = {.name = json_text(at, "name"),
		                         .version = json_text(at, "version")};
		if (bytes_eq(json_text(at, "kind"), B("build")))
			continue;
		if (lang_check(&p, e) < 0)
			return err_wrap(e, "list of Rust packages: package %zu", i);
		fn(arg, &p);
	}
	return 1;
}
