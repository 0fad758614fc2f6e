/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmdb.c - fuzz: any bytes as an rpm database of any form, with the headers in it.
 *
 * Input: length of the database (4 bytes, little-endian), the database, the log.
 */
#include "fmt/rpmdb.h"

#include <stdlib.h>

#include "fmt/ints.h"
#include "fmt/rpmhdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int header(void *arg, struct bytes blob, struct err *e)
{
	struct rpmhdr h;
	(void)arg;
	return rpmhdr_parse(blob, &h, e);
}

static void broken(void *arg, const struct err *why)
{
	(void)arg;
	if (why->kind == ERR_NONE || !why->msg[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct rpmdb_visitor v = {.header = header, .broken = broken};
	struct rpmdb_count count;
	struct err e;
	if (n < 4)
		return 0;
	struct bytes all = bytes_of(p + 4, n - 4);
	size_t cut = MIN_OF(get_le32(p), all.n);
	rpmdb_each(bytes_slice(all, 0, cut), bytes_skip(all, cut), &v, &count, &e);
	return 0;
}
