/* SPDX-License-Identifier: Apache-2.0 */
/* index.c - the advisory index, read: one LMDB file, mapped, never locked or written. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/index_file.h"

struct index {
	char *path;
	MDB_env *env;
	MDB_txn *txn; /* one for the whole life: values stay where they are */
	struct index_feed *feeds;
	struct index_db {
		MDB_dbi adv, vuln;
		bool has_adv, has_vuln;
	} * dbs; /* by feed */
	size_t n;
};

static MDB_val val_of(struct bytes b)
{
	union {
		const void *in;
		void *out; /* LMDB does not write through keys */
	} p = {.in = b.p};
	return (MDB_val){b.n, p.out};
}

static struct bytes bytes_of_val(MDB_val v) { return bytes_of(v.mv_data, v.mv_size); }

void index_close(struct index *ix)
{
	if (!ix)
		return;
	if (ix->txn)
		mdb_txn_abort(ix->txn);
	if (ix->env)
		mdb_env_close(ix->env);
	free(ix->feeds);
	free(ix->dbs);
	free(ix->path);
	free(ix);
}

static int open_env(struct index *ix, uint64_t size, struct err *e)
{
	int rc = mdb_env_create(&ix->env);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(ix->env, (MDB_dbi)(2 * INDEX_FEEDS_MAX + 1));
	if (rc == 0)
		rc = mdb_env_set_mapsize(ix->env, (size_t)size);
	if (rc == 0)
		rc = mdb_env_open(ix->env, ix->path,
		                  MDB_RDONLY | MDB_NOLOCK | MDB_NORDAHEAD | MDB_NOSUBDIR, 0);
	if (rc == 0)
		rc = mdb_txn_begin(ix->env, NULL, MDB_RDONLY, &ix->txn);
	return rc ? index_fail(rc, "open", ix->path, e) : 0;
}

/* Opens "CLASS/FEED"; false when it is not there. */
static bool open_db(struct index *ix, const char *class, struct bytes feed, MDB_dbi *ret)
{
	AUTO_BUF struct buf name;
	buf_init(&name, (size_t)INDEX_KEY_MAX);
	return buf_addf(&name, "%s/%.*s", class, BYTES_FMT(feed)) == 0 &&
	       mdb_dbi_open(ix->txn, buf_cstr(&name), 0, ret) == 0;
}

static int read_schema(struct index *ix, MDB_dbi meta, struct err *e)
{
	MDB_val key = val_of(B("format")), v;
	uint64_t schema;
	if (mdb_get(ix->txn, meta, &key, &v) || !bytes_eq(bytes_of_val(v), B(INDEX_FORMAT)))
		return err_set(e, ERR_FORMAT, "%s: not an advisory index", ix->path);
	key = val_of(B("schema"));
	if (mdb_get(ix->txn, meta, &key, &v))
		return err_set(e, ERR_FORMAT, "%s: no schema", ix->path);
	struct cbor r = cbor_of(bytes_of_val(v));
	if (!cbor_get_uint(&r, &schema))
		return err_set(e, ERR_FORMAT, "%s: no schema", ix->path);
	if (schema > INDEX_SCHEMA || schema < INDEX_SCHEMA_OLDEST)
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: schema %llu, readable are %d to %d: update %s", ix->path,
		               (unsigned long long)schema, INDEX_SCHEMA_OLDEST, INDEX_SCHEMA,
		               schema > INDEX_SCHEMA ? "assay" : "the index");
	return 0;
}

static int add_feed(struct index *ix, struct bytes name, struct bytes cbor, struct err *e)
{
	struct index_feed f;
	struct index_db db = {.has_adv = false};
	if (!index_feed_decode(cbor, &f))
		return err_set(e, ERR_FORMAT, "%s: feed %.*s is damaged", ix->path,
		               BYTES_FMT(name));
	if (ix->n >= (size_t)INDEX_FEEDS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %lld feeds", ix->path,
		               (long long)INDEX_FEEDS_MAX);
	f.name = name;
	db.has_adv = open_db(ix, "adv", name, &db.adv);
	db.has_vuln = open_db(ix, "vuln", name, &db.vuln);
	ix->feeds[ix->n] = f;
	ix->dbs[ix->n++] = db;
	return 0;
}

/* LMDB keeps keys in byte order, so feeds come sorted by name. */
static int read_feeds(struct index *ix, MDB_dbi meta, struct err *e)
{
	struct bytes prefix = B("feed/");
	MDB_cursor *cur;
	MDB_val k = val_of(prefix), v;
	int rc = mdb_cursor_open(ix->txn, meta, &cur), bad = 0;
	if (rc)
		return index_fail(rc, "read", ix->path, e);
	ix->feeds = mem_zalloc((size_t)INDEX_FEEDS_MAX * sizeof *ix->feeds);
	ix->dbs = mem_zalloc((size_t)INDEX_FEEDS_MAX * sizeof *ix->dbs);
	rc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE);
	for (; rc == 0 && bytes_starts(bytes_of_val(k), prefix);
	     rc = mdb_cursor_get(cur, &k, &v, MDB_NEXT)) {
		bad = add_feed(ix, bytes_skip(bytes_of_val(k), prefix.n), bytes_of_val(v), e);
		if (bad)
			break;
	}
	mdb_cursor_close(cur);
	if (!bad && rc && rc != MDB_NOTFOUND)
		return index_fail(rc, "read", ix->path, e);
	return bad;
}

static int open_into(struct index *ix, struct err *e)
{
	uint64_t size;
	MDB_dbi meta;
	AUTO_FD int fd = open(ix->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO,
		               "open %s: %m", ix->path);
	if (index_verify(fd, ix->path, &size, e) || open_env(ix, size, e))
		return -1;
	if (mdb_dbi_open(ix->txn, "meta", 0, &meta))
		return err_set(e, ERR_FORMAT, "%s: not an advisory index", ix->path);
	if (read_schema(ix, meta, e) || read_feeds(ix, meta, e))
		return -1;
	return 0;
}

int index_open(const char *path, struct index **ret, struct err *e)
{
	struct index *ix = mem_zalloc(sizeof *ix);
	ix->path = index_path(path);
	if (open_into(ix, e)) {
		index_close(ix);
		return -1;
	}
	*ret = ix;
	return 0;
}

size_t index_feeds(const struct index *ix, const struct index_feed **ret)
{
	*ret = ix->feeds;
	return ix->n;
}

static bool get(struct index *ix, MDB_dbi db, struct bytes key, struct bytes *ret)
{
	MDB_val k = val_of(key), v;
	if (key.n == 0 || key.n > (size_t)INDEX_KEY_MAX || mdb_get(ix->txn, db, &k, &v))
		return false;
	*ret = bytes_of_val(v);
	return true;
}

bool index_advisories(struct index *ix, size_t feed, struct bytes ns, struct bytes package,
                      struct bytes *ret_cbor_array)
{
	uint8_t key[512];
	if (feed >= ix->n || !ix->dbs[feed].has_adv || ns.n >= sizeof key ||
	    package.n >= sizeof key - ns.n)
		return false;
	if (ns.n)
		memcpy(key, ns.p, ns.n);
	key[ns.n] = 0;
	if (package.n)
		memcpy(key + ns.n + 1, package.p, package.n);
	return get(ix, ix->dbs[feed].adv, bytes_of(key, ns.n + 1 + package.n), ret_cbor_array);
}

bool index_vuln(struct index *ix, size_t feed, struct bytes id, struct bytes *ret_cbor)
{
	return feed < ix->n && ix->dbs[feed].has_vuln && get(ix, ix->dbs[feed].vuln, id, ret_cbor);
}

int index_each(struct index *ix, size_t feed, bool is_vuln,
               bool (*fn)(void *arg, struct bytes key, struct bytes value), void *arg,
               struct err *e)
{
	if (feed >= ix->n)
		return err_set(e, ERR_INTERNAL, "no feed %zu", feed);
	const struct index_db *db = &ix->dbs[feed];
	if (!(is_vuln ? db->has_vuln : db->has_adv))
		return 0;
	MDB_cursor *cur;
	MDB_val k, v;
	int rc = mdb_cursor_open(ix->txn, is_vuln ? db->vuln : db->adv, &cur);
	if (rc)
		return index_fail(rc, "read", ix->path, e);
	while ((rc = mdb_cursor_get(cur, &k, &v, MDB_NEXT)) == 0) {
		if (!fn(arg, bytes_of_val(k), bytes_of_val(v)))
			break;
	}
	mdb_cursor_close(cur);
	return rc && rc != MDB_NOTFOUND ? index_fail(rc, "read", ix->path, e) : 0;
}

feed_set index_speaks(const struct index *ix, struct bytes ns)
{
	feed_set mask = 0;
	for (size_t i = 0; i < ix->n; i++) {
		for (struct bytes rest = ix->feeds[i].namespaces, w; bytes_word(&rest, &w);) {
			if (bytes_eq(w, ns))
				mask |= FEED_BIT(i);
		}
	}
	return mask;
}
