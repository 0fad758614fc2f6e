/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - frames and records, whole, cut short and lying. */
#include "inspect/wire.h"

#include <string.h>

#include "test.h"

static void frames(void)
{
	AUTO_BUF struct buf b;
	struct wire_frame f;
	struct err e;
	buf_init(&b, 1 << 20);
	wire_put_head(&b, 7, 3);
	buf_add(&b, B("abc"));
	wire_put_head(&b, WIRE_END, 0);
	struct bytes whole = buf_bytes(&b);
	for (size_t n = 0; n < 8; n++) {
		struct bytes cut = bytes_slice(whole, 0, n);
		if (wire_next(&cut, &f, &e) != 0)
			test_case(0, "%zu bytes are no frame", n);
	}
	struct bytes rest = whole;
	CHECK(wire_next(&rest, &f, &e) == 1 && f.kind == 7 && bytes_eq(f.cbor, B("abc")));
	CHECK(wire_next(&rest, &f, &e) == 1 && f.kind == WIRE_END && f.cbor.n == 0);
	CHECK(wire_next(&rest, &f, &e) == 0 && rest.n == 0);
	struct bytes none = B("\0\0\0\0");
	CHECK(wire_next(&none, &f, &e) == -1 && e.kind == ERR_FORMAT);
	buf_reset(&b);
	wire_put_head(&b, 1, (size_t)FACT_MAX);
	struct bytes at_bound = buf_bytes(&b);
	CHECK(wire_next(&at_bound, &f, &e) == 0);
	buf_reset(&b);
	wire_put_head(&b, 1, (size_t)FACT_MAX + 1);
	struct bytes past = buf_bytes(&b);
	CHECK(wire_next(&past, &f, &e) == -1 && e.kind == ERR_LIMIT);
	struct bytes huge = B("\xff\xff\xff\xff");
	CHECK(wire_next(&huge, &f, &e) == -1 && e.kind == ERR_LIMIT);
}

static void ends(void)
{
	AUTO_BUF struct buf b;
	struct wire_end end = {.diff_id = B("0123456789abcdef0123456789abcdef"),
	                       .plain_size = 1ULL << 40,
	                       .entries = 5,
	                       .confinement = 15},
			got;
	buf_init(&b, 1 << 16);
	wire_put_end(&b, &end);
	CHECK(wire_get_end(buf_bytes(&b), &got) && got.kind == ERR_NONE && got.entries == 5);
	CHECK(got.plain_size == 1ULL << 40 && got.confinement == 15 && got.diff_id.n == 32);
	CHECK(!wire_get_end(bytes_slice(buf_bytes(&b), 0, b.n - 1), &got));
	CHECK(!wire_get_end(B(""), &got));
	buf_addc(&b, 0);
	CHECK(!wire_get_end(buf_bytes(&b), &got));
	buf_reset(&b);
	end = (struct wire_end){.kind = ERR_LIMIT, .msg = B("why")};
	wire_put_end(&b, &end);
	CHECK(wire_get_end(buf_bytes(&b), &got) && got.kind == ERR_LIMIT &&
	      bytes_eq(got.msg, B("why")));
	buf_reset(&b);
	end = (struct wire_end){.diff_id = B("short")};
	wire_put_end(&b, &end);
	CHECK(!wire_get_end(buf_bytes(&b), &got));       /* done, but no digest */
	CHECK(!wire_get_end(B("\xa1\1\x18\x63"), &got)); /* kind 99 */
	CHECK(!wire_get_end(B("\xa1\1\x41x"), &got));    /* kind is a string */
}

static void jobs(void)
{
	const struct inspect_look looks[] = {
		{"rpm",       B("usr/lib/sysimage/rpm/"), B("var/lib/rpm/"),   B("var/lib/rpm/x-wal"),
	         B("w")											 },
		{"osrelease", B("usr/lib/os-release"),    B("etc/os-release"), {NULL, 0},              {NULL, 0}},
	};
	AUTO_BUF struct buf b, over;
	AUTO_ARENA struct arena *a = arena_new();
	struct wire_job job;
	struct err e;
	buf_init(&b, (size_t)JOB_MAX * 2);
	CHECK(wire_put_job(&b,
	                   &(struct wire_job){.looks = looks, .n = 2, .checks = 5, .rules = B("r")},
	                   &e) == 0);
	struct bytes cbor = bytes_skip(buf_bytes(&b), WIRE_LENGTH_LEN);
	CHECK(b.p[0] == cbor.n && wire_get_job(a, cbor, &job, &e) == 0 && job.n == 2);
	const struct inspect_look *got = job.looks;
	CHECK(job.checks == 5 && bytes_eq(job.rules, B("r")));
	CHECK(strcmp(got[0].inspector, "rpm") == 0 && bytes_eq(got[0].as, B("var/lib/rpm/")));
	CHECK(bytes_eq(got[0].attach, B("w")) && bytes_eq(got[1].path, B("usr/lib/os-release")));
	CHECK(got[1].attach.n == 0);
	CHECK(wire_get_job(a, bytes_slice(cbor, 0, cbor.n - 1), &job, &e) == -1);
	CHECK(wire_get_job(a, B("\0\0\xf4\x40\x40\x9b\xff\xff\xff\xff\xff\xff\xff\xff"), &job,
	                   &e) == -1);
	CHECK(wire_get_job(a, B("\0\0\xf4\x40\x40\x80"), &job, &e) == 0 && job.n == 0);
	/* the bound, and one past it */
	uint8_t *big = arena_alloc(a, (size_t)JOB_MAX);
	struct inspect_look large = {
		"i", B("p"), B("a"), B("n"), {big, 0}
        };
	const size_t frame = 64;
	buf_init(&over, (size_t)JOB_MAX * 2);
	large.attach.n = (size_t)JOB_MAX - frame;
	CHECK(wire_put_job(&over, &(struct wire_job){.looks = &large, .n = 1}, &e) == 0);
	large.attach.n += (size_t)JOB_MAX - over.n;
	buf_reset(&over);
	CHECK(wire_put_job(&over, &(struct wire_job){.looks = &large, .n = 1}, &e) == 0 &&
	      over.n == (size_t)JOB_MAX);
	large.attach.n++;
	buf_reset(&over);
	CHECK(wire_put_job(&over, &(struct wire_job){.looks = &large, .n = 1}, &e) == -1 &&
	      e.kind == ERR_LIMIT);
}

int main(void)
{
	frames();
	ends();
	jobs();
	return TEST_END();
}
