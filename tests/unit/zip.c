/* SPDX-License-Identifier: Apache-2.0 */
/* zip.c - archives made here, whole, cut, with sizes that lie. */
#include "fmt/fmt.h"

#include "test.h"

#include <string.h>
#include <zlib.h>

static void le(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, i < 8 ? (uint8_t)(v >> (8 * i)) : 0);
}

/* One member "a" of these plain bytes; offsets of what tests change come from the format. */
static void make(struct buf *b, struct bytes plain, bool is_deflated)
{
	uint8_t packed[65536];
	uLongf n = sizeof packed;
	uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), plain.p, (uInt)plain.n);
	if (is_deflated) {
		z_stream s = {.next_in = (Bytef *)(uintptr_t)plain.p, .avail_in = (uInt)plain.n};
		s.next_out = packed;
		s.avail_out = sizeof packed;
		deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
		deflate(&s, Z_FINISH);
		n = s.total_out;
		deflateEnd(&s);
	} else {
		memcpy(packed, plain.p, plain.n);
		n = plain.n;
	}
	size_t start = b->n;
	buf_adds(b, "PK\3\4");
	le(b, 20, 2);
	le(b, 0, 2);
	le(b, is_deflated ? 8 : 0, 2);
	le(b, 0, 4);
	le(b, crc, 4);
	le(b, n, 4);
	le(b, plain.n, 4);
	le(b, 1, 2);
	le(b, 0, 2);
	buf_adds(b, "a");
	buf_add(b, bytes_of(packed, n));
	size_t central = b->n;
	buf_adds(b, "PK\1\2");
	le(b, 20, 2);
	le(b, 20, 2);
	le(b, 0, 2);
	le(b, is_deflated ? 8 : 0, 2);
	le(b, 0, 4);
	le(b, crc, 4);
	le(b, n, 4);
	le(b, plain.n, 4);
	le(b, 1, 2);
	le(b, 0, 12);
	le(b, 0, 4);
	buf_adds(b, "a");
	size_t end = b->n;
	buf_adds(b, "PK\5\6");
	le(b, 0, 4);
	le(b, 1, 2);
	le(b, 1, 2);
	le(b, end - central, 4);
	le(b, central - start, 4);
	le(b, 0, 2);
}

enum { END = 22, CENTRAL = END + 47 }; /* from the end of the archive */

/* What happens when the only member is read with room for `most` bytes. */
static const char *outcome(struct bytes file, size_t most, struct buf *ret)
{
	static struct err e;
	struct zip z;
	struct zip_member m;
	e.msg[0] = 0;
	buf_fini(ret);
	buf_init(ret, most);
	if (zip_open(file, &z, &e) < 0 || zip_next(&z, &m, &e) < 0 || zip_read(&z, &m, ret, &e) < 0)
		return e.msg;
	return zip_next(&z, &m, &e) == 0 ? "ok" : e.msg;
}

static void check(const char *what, const char *got, const char *want)
{
	if (!test_case(strcmp(got, want) == 0, "zip: %s", what))
		printf("# got  %s\n# want %s\n", got, want);
}

static void change(const char *what, size_t from_end, uint64_t v, size_t n, const char *want)
{
	AUTO_BUF struct buf b, out;
	buf_init(&b, (size_t)MIB(1));
	buf_init(&out, 0);
	make(&b, B("hello hello hello"), true);
	for (size_t i = 0; i < n; i++)
		b.p[b.n - from_end + i] = (uint8_t)(v >> (8 * i));
	check(what, outcome(buf_bytes(&b), 100, &out), want);
}

int main(void)
{
	AUTO_BUF struct buf b, out;
	buf_init(&b, (size_t)MIB(1));
	buf_init(&out, 0);
	make(&b, B("hello hello hello"), true);
	check("deflated", outcome(buf_bytes(&b), 17, &out), "ok");
	test_case(bytes_eq(buf_bytes(&out), B("hello hello hello")), "zip: its bytes");
	check("no room", outcome(buf_bytes(&b), 16, &out), "a member of 17 bytes, 16 may be read");
	bool is_refused = true;
	for (size_t n = 0; n < b.n; n++)
		is_refused &= strcmp(outcome(bytes_of(b.p, n), 100, &out), "ok") != 0;
	test_case(is_refused, "zip: cut anywhere");
	buf_reset(&b);
	buf_adds(&b, "#!/bin/sh\nexec java -jar $0\n");
	make(&b, B("x"), false);
	check("stored, behind a script", outcome(buf_bytes(&b), 10, &out), "ok");
	buf_reset(&b);
	make(&b, B(""), true);
	check("an empty member", outcome(buf_bytes(&b), 10, &out), "ok");
	check("empty", outcome(B(""), 10, &out), "not a ZIP archive: no end record");
	change("as it was", 1, 0, 1, "ok");
	change("size 1 GiB of 10 bytes", CENTRAL - 24, 1 << 30, 4,
	       "a member of 1073741824 bytes, 100 may be read");
	change("a size that is too small", CENTRAL - 24, 5, 4,
	       "a member that does not inflate to its size");
	change("a size that is too large", CENTRAL - 24, 18, 4,
	       "a member that does not inflate to its size");
	change("another CRC", CENTRAL - 16, 1, 4, "a member whose CRC does not fit");
	change("encrypted", CENTRAL - 8, 1, 2, "an encrypted member");
	change("another method", CENTRAL - 10, 12, 2, "a member packed by method 12");
	change("packed past the end", CENTRAL - 20, 1 << 20, 4,
	       "a member that reaches past the archive");
	change("an offset past the end", CENTRAL - 42, 1 << 20, 4,
	       "no member where the directory says");
	change("zip64 without its field", CENTRAL - 24, UINT32_MAX, 4,
	       "ZIP archive: a member without its sizes");
	change("two members promised", END - 10, 2, 2, "ZIP archive: 1 members are missing");
	change("a directory larger than all", END - 12, 1 << 20, 4,
	       "ZIP archive: the directory lies outside it");
	change("several disks", END - 4, 1, 2, "ZIP archive of several disks");
	change("a name past the directory", CENTRAL - 28, 60000, 2,
	       "ZIP archive: a member is cut short");
	/* an end record that promises ZIP_MEMBERS_MAX members, and one more: only zip64 can say so
	 */
	for (uint64_t more = 0; more < 2; more++) {
		uint64_t n = (uint64_t)ZIP_MEMBERS_MAX + more;
		uint8_t file[56 + 20 + 22] = "PK\6\6";
		for (int i = 0; i < 8; i++)
			file[32 + i] = (uint8_t)(n >> (8 * i));
		memcpy(file + 56, "PK\6\7", 4);
		memcpy(file + 76, "PK\5\6", 4);
		memset(file + 84, 0xff, 12);
		struct zip z;
		struct err e = {.kind = ERR_NONE};
		int rc = zip_open(bytes_of(file, sizeof file), &z, &e);
		test_case(more ? rc < 0 && e.kind == ERR_LIMIT : rc == 0, "zip: %ju members: %s",
		          (uintmax_t)n, rc < 0 ? e.msg : "opened");
	}
	return TEST_END();
}
