/* SPDX-License-Identifier: Apache-2.0 */
/* chisel.c - manifests of Chisel. */
#include "fmt/chisel.h"

#include <zstd.h>

#include "fmt/version.h"

int chisel_unpack(struct bytes file, struct buf *ret, struct err *e)
{
	ZSTD_inBuffer in = {file.p, file.n, 0};
	ZSTD_DCtx *z = ZSTD_createDCtx();
	size_t left = 1, before = ret->n;
	int rc = 0;
	ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, CHISEL_WINDOW_LOG_MAX);
	while (rc == 0 && (in.pos < in.size || left)) {
		uint8_t piece[16 << 10];
		ZSTD_outBuffer out = {piece, sizeof piece, 0};
		size_t was = in.pos;
		left = ZSTD_decompressStream(z, &out, &in);
		if (ZSTD_isError(left))
			rc = err_set(e, ERR_FORMAT, "byte %zu: zstd: %s", in.pos,
			             ZSTD_getErrorName(left));
		else if (ret->n - before + out.pos > (size_t)CHISEL_PLAIN_MAX)
			rc = err_set(e, ERR_LIMIT,
			             "more than %lld bytes unpacked (CHISEL_PLAIN_MAX)",
			             (long long)CHISEL_PLAIN_MAX);
		else if (left && in.pos == in.size && !out.pos && in.pos == was)
			rc = err_set(e, ERR_FORMAT, "it ends within a zstd frame");
		else if (buf_add(ret, bytes_of(piece, out.pos)) < 0)
			rc = err_set(e, ERR_LIMIT, "no room for what is unpacked");
	}
	ZSTD_freeDCtx(z);
	return rc;
}

/* The next line as an object in r->line; 0: there is none. */
static int next_line(struct chisel_reader *r, struct err *e)
{
	struct bytes line;
	json_decref(r->line);
	r->line = NULL;
	if (!bytes_line(&r->rest, &line))
		return 0;
	r->n++;
	if (line.n > (size_t)CHISEL_LINE_MAX)
		return err_set(e, ERR_LIMIT,
		               "line %zu: %zu bytes, more than %lld (CHISEL_LINE_MAX)", r->n,
		               line.n, (long long)CHISEL_LINE_MAX);
	if (json_load_loose(line, "manifest", line.n, &r->line, e) < 0)
		return err_set(e, ERR_FORMAT, "line %zu: no JSON", r->n);
	if (!json_is_object(r->line))
		return err_set(e, ERR_FORMAT, "line %zu: not an object", r->n);
	return 1;
}

int chisel_open(struct chisel_reader *r, struct bytes text, struct err *e)
{
	uint64_t count = 0;
	*r = (struct chisel_reader){.rest = text};
	int rc = next_line(r, e);
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "it is empty");
	bool is_known = rc > 0 && bytes_eq(json_text(r->line, "jsonwall"), B("1.0")) &&
	                bytes_starts(json_text(r->line, "schema"), B("1."));
	if (rc > 0 && is_known && !json_u64(r->line, "count", SIZE_MAX, &count))
		is_known = false;
	r->count = (size_t)count;
	if (is_known)
		return 0;
	chisel_close(r);
	return rc < 0 ? -1 : err_set(e, ERR_FORMAT, "line 1: no header of a schema 1 manifest");
}

static int broken(const struct chisel_reader *r, struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "line %zu: %s", r->n, what);
}

static int package(const struct chisel_reader *r, struct chisel_record *ret, struct err *e)
{
	ret->kind = CHISEL_PACKAGE;
	ret->name = json_text(r->line, "name");
	ret->version = json_text(r->line, "version");
	ret->arch = json_text(r->line, "arch");
	if (!ret->name.n || !ret->version.n)
		return broken(r, e, "a package without name or version");
	if (ret->version.n > (size_t)VERSION_LEN_MAX || ret->name.n > (size_t)VERSION_LEN_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: a name or version of more than %lld bytes",
		               r->n, (long long)VERSION_LEN_MAX);
	return 1;
}

static bool is_digest(struct bytes hex)
{
	uint8_t raw[32];
	return hex.n == 2 * sizeof raw && hex_decode(hex, raw, sizeof raw);
}

static int path(const struct chisel_reader *r, struct chisel_record *ret, struct err *e)
{
	struct bytes p = json_text(r->line, "path"), last = json_text(r->line, "final_sha256");
	ret->kind = CHISEL_PATH;
	if (!bytes_starts(p, B("/")))
		return broken(r, e, "a path that does not begin with /");
	ret->path = bytes_skip(p, 1);
	ret->sha256 = last.n ? last : json_text(r->line, "sha256");
	if (ret->sha256.n && !is_digest(ret->sha256))
		return broken(r, e, "sha256 is none");
	ret->slices = json_object_get(r->line, "slices");
	for (size_t i = 0; i < json_array_size(ret->slices); i++)
		if (!json_is_string(json_array_get(ret->slices, i)))
			return broken(r, e, "a slice that is no text");
	return 1;
}

int chisel_next(struct chisel_reader *r, struct chisel_record *ret, struct err *e)
{
	*ret = (struct chisel_record){.kind = CHISEL_PACKAGE};
	for (int rc; (rc = next_line(r, e)) != 0;) {
		if (rc < 0)
			return -1;
		struct bytes kind = json_text(r->line, "kind");
		if (bytes_eq(kind, B("package")))
			return package(r, ret, e);
		if (bytes_eq(kind, B("path")))
			return path(r, ret, e);
	}
	size_t n = r->n, count = r->count;
	r->count = n;
	return n < count ? err_set(e, ERR_FORMAT, "it ends after line %zu of %zu", n, count) : 0;
}

void chisel_close(struct chisel_reader *r)
{
	json_decref(r->line);
	r->line = NULL;
}

struct bytes chisel_package_of(struct bytes slice)
{
	ssize_t at = bytes_find(slice, '_');
	return at > 0 ? bytes_slice(slice, 0, (size_t)at) : (struct bytes){NULL, 0};
}
