/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlitedb.c - fuzz: any bytes as a database and its log; the rows are no more than both.
 *
 * Input: length of the database (4 bytes, little-endian), the database, the log.
 */
#include "fmt/sqlitedb.h"

#include <stdlib.h>

#include "fmt/ints.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static size_t rows_size(const struct sqlitedb *s, uint32_t root, struct buf *scratch)
{
	struct sqlitedb_rows rows;
	struct sqlitedb_value v;
	struct bytes record;
	struct err e;
	size_t total = 0;
	sqlitedb_rows_open(s, root, scratch, &rows);
	for (int rc; (rc = sqlitedb_next(&rows, &record, &e)) != 0;) {
		total += rc > 0 ? record.n : 0;
		for (unsigned i = 0; rc > 0 && i < 6; i++)
			sqlitedb_column(record, i, &v, &e);
	}
	sqlitedb_rows_close(&rows);
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct sqlitedb s;
	struct err e;
	AUTO_BUF struct buf scratch;
	uint32_t root;
	if (n < 4)
		return 0;
	struct bytes all = bytes_of(p + 4, n - 4);
	size_t cut = MIN_OF(get_le32(p), all.n);
	buf_init(&scratch, 1 << 20);
	if (sqlitedb_open(bytes_slice(all, 0, cut), bytes_skip(all, cut), &s, &e) < 0)
		return 0;
	size_t total = rows_size(&s, 1, &scratch);
	if (sqlitedb_table(&s, B("Packages"), &scratch, &root, &e) == 0)
		total = MAX_OF(total, rows_size(&s, root, &scratch));
	sqlitedb_close(&s);
	if (total > n)
		abort();
	return 0;
}
