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

#include "fmt/elf.h"

static bool find_section(struct elf *el, struct bytes *ret)
{
	for (size_t i = 0; i < elf_sections(el); i++) {
		struct elf_section s = elf_section(el, i);
		if (bytes_eq(s.name, B(".dep-v0")))
			return elf_bytes(el, s.at, s.size, ret);
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
	struct elf_piece piece;
	struct elf el;
	struct err none;
	struct bytes packed;
	AUTO_JSON json_t *root = NULL;
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)CARGO_LIST_MAX);
	if (elf_open_whole(file, &piece, &el, &none) < 0 || !find_section(&el, &packed))
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
