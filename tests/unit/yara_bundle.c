/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles of compiled YARA rules, whole, cut anywhere, and wrong. */
#include "inspect/inspect.h"

#include <string.h>

#include "test.h"

static void put_rule(struct buf *b, const char *name, uint64_t severity, uint64_t fields)
{
	cbor_array(b, fields);
	cbor_uint(b, severity);
	cbor_bytes(b, bytes_str(name));
	for (uint64_t i = 2; i < fields; i++)
		cbor_bytes(b, B("text"));
}

static void begin(struct buf *b, uint64_t rules)
{
	buf_reset(b);
	buf_adds(b, YARA_MAGIC);
	cbor_bool(b, false);
	cbor_bytes(b, B("literals"));
	cbor_bytes(b, B("compiled"));
	cbor_array(b, rules);
}

static int opens(struct bytes b, struct arena *a, struct yara_bundle *y)
{
	struct err e = {.kind = ERR_NONE};
	int rc = yara_bundle_open(b, a, y, &e);
	CHECK(rc == 0 || (e.kind == ERR_FORMAT && e.msg[0]));
	return rc;
}

static void whole(struct buf *b, struct arena *a)
{
	struct yara_bundle y;
	begin(b, 3);
	put_rule(b, "a.yar:one", SEV_LOW, 6);
	put_rule(b, "a.yar:two", SEV_HIGH, 6);
	put_rule(b, "b.yar:one", SEV_CRITICAL, 6);
	CHECK(opens(buf_bytes(b), a, &y) == 0 && y.n_rules == 3 && !y.is_always);
	CHECK(bytes_eq(y.literals, B("literals")) && bytes_eq(y.compiled, B("compiled")));
	for (size_t i = 0; i < 3; i++)
		CHECK(yara_bundle_find(&y, y.rules[i].name) == &y.rules[i]);
	CHECK(!yara_bundle_find(&y, B("a.yar:three")) && !yara_bundle_find(&y, B("")));
	CHECK(yara_bundle_find(&y, B("b.yar:one"))->severity == SEV_CRITICAL);
	for (size_t n = 0; n < b->n; n++)
		CHECK(opens(bytes_of(b->p, n), a, &y) < 0);
	buf_addc(b, 0);
	CHECK(opens(buf_bytes(b), a, &y) < 0); /* something follows */
}

static void wrong(struct buf *b, struct arena *a)
{
	struct yara_bundle y;
	begin(b, 1);
	put_rule(b, "a.yar:one", SEV__MAX, 6);
	CHECK(opens(buf_bytes(b), a, &y) < 0);
	begin(b, 1);
	put_rule(b, "a.yar:one", SEV_LOW, 5);
	CHECK(opens(buf_bytes(b), a, &y) < 0);
	begin(b, UINT64_MAX);
	CHECK(opens(buf_bytes(b), a, &y) < 0);
	buf_reset(b);
	buf_adds(b, "assayY0\nxxxx");
	CHECK(opens(buf_bytes(b), a, &y) < 0);
}

static void bound(struct buf *b, struct arena *a)
{
	struct yara_bundle y;
	for (uint64_t n = (uint64_t)YARA_RULES_MAX; n <= (uint64_t)YARA_RULES_MAX + 1; n++) {
		begin(b, n);
		for (uint64_t i = 0; i < n; i++)
			put_rule(b, "r", SEV_LOW, 6);
		CHECK((opens(buf_bytes(b), a, &y) == 0) == (n == (uint64_t)YARA_RULES_MAX));
	}
}

int main(void)
{
	AUTO_BUF struct buf b;
	AUTO_ARENA struct arena *a = arena_new();
	buf_init(&b, MIB(16));
	whole(&b, a);
	wrong(&b, a);
	bound(&b, a);
	return TEST_END();
}
