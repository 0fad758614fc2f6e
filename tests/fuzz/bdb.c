/* SPDX-License-Identifier: Apache-2.0 */
/* bdb.c - fuzz: any bytes as a Berkeley DB hash table; the values are no more than the file. */
#include "fmt/bdb.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bdb db;
	struct bytes key, value;
	struct err e;
	AUTO_BUF struct buf scratch;
	size_t total = 0;
	buf_init(&scratch, 1 << 20);
	if (bdb_open(bytes_of(p, n), &scratch, &db, &e) < 0)
		return 0;
	for (int rc; (rc = bdb_next(&db, &key, &value, &e)) != 0;)
		total += rc > 0 ? key.n + value.n : 0;
	bdb_close(&db);
	if (total > n)
		abort();
	return 0;
}
