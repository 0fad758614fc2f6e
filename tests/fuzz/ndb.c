/* SPDX-License-Identifier: Apache-2.0 */
/* ndb.c - fuzz: any bytes as an ndb database; what is handed out lies in it and ends. */
#include "fmt/ndb.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ndb db;
	struct ndb_blob blob;
	struct err e;
	size_t total = 0;
	if (ndb_open(bytes_of(p, n), &db, &e) < 0)
		return 0;
	for (int rc; (rc = ndb_next(&db, &blob, &e)) != 0;)
		total += rc > 0 ? blob.data.n : 0;
	if (total > n)
		abort();
	return 0;
}
