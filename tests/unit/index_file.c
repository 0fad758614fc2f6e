/* SPDX-License-Identifier: Apache-2.0 */
/* index_file.c - files that are sound LMDB environments with a right sum, but no index of ours. */
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/index_file.h"

#include "test.h"

static char dir[64] = "/tmp/assay-index-XXXXXX";

struct row {
	const char *key;
	struct bytes value;
};

/* A sealed environment whose database `db` has the rows. */
static const char *make(const char *db, const struct row *rows, size_t n)
{
	static char path[128];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	snprintf(path, sizeof path, "%s/index.mdb", dir);
	unlink(path);
	mdb_env_create(&env);
	mdb_env_set_maxdbs(env, 4);
	int rc = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0600);
	rc = rc ? rc : mdb_txn_begin(env, NULL, 0, &txn);
	rc = rc ? rc : mdb_dbi_open(txn, db, MDB_CREATE, &dbi);
	for (size_t i = 0; i < n && !rc; i++) {
		char key[64], value[64];
		snprintf(key, sizeof key, "%s", rows[i].key);
		memcpy(value, rows[i].value.p, rows[i].value.n);
		MDB_val k = {strlen(key), key}, v = {rows[i].value.n, value};
		rc = mdb_put(txn, dbi, &k, &v, 0);
	}
	rc = rc ? rc : mdb_txn_commit(txn);
	mdb_env_close(env);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(rc == 0 && fd >= 0 && index_seal(fd, path, NULL) == 0);
	close(fd);
	return path;
}

static const struct {
	const char *name, *db;
	struct row rows[3];
	size_t n;
	enum err_kind want;
} cases[] = {
	{"an index without feeds",
         "meta",                                           {{"format", B("assay-index")}, {"schema", B("\1")}},
         2,                                                                                                                                           ERR_NONE       },
	{"a feed with members of later programs",
         "meta",                                           {{"format", B("assay-index")}, {"schema", B("\1")}, {"feed/x", B("\xa1\x18\x63\x01")}},
         3,                                                                                                                                           ERR_NONE       },
	{"no meta",			       "other", {{"format", B("assay-index")}},                                                         1, ERR_FORMAT     },
	{"no format",			     "meta",  {{"schema", B("\1")}},								  1, ERR_FORMAT     },
	{"another format",                        "meta",  {{"format", B("x")}, {"schema", B("\1")}},                                              2, ERR_FORMAT     },
	{"no schema",			     "meta",  {{"format", B("assay-index")}},                                                         1, ERR_FORMAT     },
	{"a schema that is no number",
         "meta",                                           {{"format", B("assay-index")}, {"schema", B("\x41x")}},
         2,                                                                                                                                           ERR_FORMAT     },
	{"a newer schema",
         "meta",                                           {{"format", B("assay-index")}, {"schema", B("\3")}},
         2,                                                                                                                                           ERR_UNSUPPORTED},
	{"a schema that never was",
         "meta",                                           {{"format", B("assay-index")}, {"schema", B("\0")}},
         2,                                                                                                                                           ERR_UNSUPPORTED},
	{"a feed that is none",
         "meta",                                           {{"format", B("assay-index")}, {"schema", B("\1")}, {"feed/x", B("\x80")}},
         3,                                                                                                                                           ERR_FORMAT     },
};

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct index *ix = NULL;
		struct err e = {.kind = ERR_NONE};
		const char *path = make(cases[i].db, cases[i].rows, cases[i].n);
		index_open(path, &ix, &e);
		test_case(e.kind == cases[i].want, "%s: %s", cases[i].name, e.kind ? e.msg : "");
		index_close(ix);
		unlink(path);
	}
	struct index_feed f = {.imported_s = -1,
	                       .data_s = 2,
	                       .records = UINT64_MAX,
	                       .namespaces = B("a b"),
	                       .partial = B("p"),
	                       .source = B("s"),
	                       .is_starter = true},
			  g;
	AUTO_BUF struct buf b;
	buf_init(&b, 256);
	index_feed_encode(&b, &f);
	CHECK(index_feed_decode(buf_bytes(&b), &g) && g.imported_s == -1 && g.data_s == 2 &&
	      g.records == UINT64_MAX && bytes_eq(g.namespaces, f.namespaces) &&
	      bytes_eq(g.partial, f.partial) && bytes_eq(g.source, f.source) && g.is_starter);
	for (size_t n = 0; n < b.n; n++)
		CHECK(!index_feed_decode(bytes_slice(buf_bytes(&b), 0, n), &g));
	rmdir(dir);
	return TEST_END();
}
