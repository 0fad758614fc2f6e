/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_range.c - does what a server sends belong to the blob, and where does it begin?
 *
 * Source: RFC 9110 14.4 ("bytes FIRST-LAST/TOTAL" or "/" "*"), 15.3.7.
 */
#include "fmt/registry.h"

static bool parse(struct bytes text, uint64_t *first, uint64_t *last, struct bytes *total)
{
	struct bytes unit, range, a, b;
	text = bytes_trim(text);
	return bytes_cut(text, ' ', &unit, &range) && bytes_eq_nocase(unit, B("bytes")) &&
	       bytes_cut(bytes_trim(range), '/', &range, total) && bytes_cut(range, '-', &a, &b) &&
	       bytes_u64(a, INT64_MAX, first) && bytes_u64(b, INT64_MAX, last) && *first <= *last;
}

static int check_part(const struct registry_range *r, uint64_t *ret_skip, struct err *e)
{
	uint64_t first, last, total;
	struct bytes text;
	if (!r->content_range.n || !parse(r->content_range, &first, &last, &text))
		return err_set(e, ERR_FORMAT, "the server sends a part without saying which");
	if (!bytes_eq(text, B("*")) && (!bytes_u64(text, INT64_MAX, &total) || total != r->size))
		return err_set(e, ERR_DIGEST, "the server has %.*s bytes, the manifest says %llu",
		               BYTES_FMT(bytes_slice(text, 0, 24)), (unsigned long long)r->size);
	if (first > r->offset || last >= r->size)
		return err_set(e, ERR_FORMAT,
		               "the server sends bytes %llu to %llu, from %llu was asked for",
		               (unsigned long long)first, (unsigned long long)last,
		               (unsigned long long)r->offset);
	if (last < r->offset)
		return err_set(e, ERR_FORMAT, "the server sends bytes that are here already");
	uint64_t length;
	if (bytes_u64(r->content_length, INT64_MAX, &length) && length != last - first + 1)
		return err_set(e, ERR_FORMAT, "Content-Length and Content-Range differ");
	*ret_skip = r->offset - first;
	return 0;
}

int registry_range_check(const struct registry_range *r, uint64_t *ret_skip, struct err *e)
{
	uint64_t length;
	if (r->status == 206)
		return check_part(r, ret_skip, e);
	if (bytes_u64(r->content_length, INT64_MAX, &length) && length != r->size)
		return err_set(e, ERR_DIGEST, "the server has %llu bytes, the manifest says %llu",
		               (unsigned long long)length, (unsigned long long)r->size);
	*ret_skip = r->offset;
	return 0;
}
