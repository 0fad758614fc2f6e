/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index_commit.c - a new index file from what was staged and what is taken over.
 *
 * A fresh environment is filled in order of feeds and keys, so each page is written once and full;
 * a compact copy of it leaves out what the batches freed; the copy is sealed and renamed.
 */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/index_stage.h"

enum { BATCH_BYTES = 16 << 20 };

struct writer {
	const char *path;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi db;
	size_t in_batch; /* bytes */
	struct err *e;
};

/* One feed of the new index: staged, or number `old` of the old one. */
struct plan {
	struct bytes name;
	struct staged_feed *staged;
	size_t old;
	struct index_feed f;
};

static int ready(struct writer *w)
{
	int rc = 0;
	if (w->txn && w->in_batch >= BATCH_BYTES) {
		rc = mdb_txn_commit(TAKE(w->txn));
		w->in_batch = 0;
	}
	if (rc == 0 && !w->txn)
		rc = mdb_txn_begin(w->env, NULL, 0, &w->txn);
	return rc ? index_fail(rc, "write", w->path, w->e) : 0;
}

static int use_db(struct writer *w, const char *class, struct bytes feed)
{
	AUTO_BUF struct buf name;
	buf_init(&name, (size_t)INDEX_KEY_MAX);
	buf_addf(&name, "%s%.*s", class, BYTES_FMT(feed));
	if (ready(w))
		return -1;
	int rc = mdb_dbi_open(w->txn, buf_cstr(&name), MDB_CREATE, &w->db);
	return rc ? index_fail(rc, "write", w->path, w->e) : 0;
}

/* Keys come in rising order. */
static int append(struct writer *w, struct bytes key, struct bytes value)
{
	if (ready(w))
		return -1;
	MDB_val k = index_val(key), v = index_val(value);
	int rc = mdb_put(w->txn, w->db, &k, &v, MDB_APPEND);
	w->in_batch += key.n + value.n;
	return rc ? index_fail(rc, "write", w->path, w->e) : 0;
}

struct takeover {
	struct writer *w;
	const char *class;
	struct bytes feed;
	bool is_begun, is_failed;
};

/* The database is made with its first record, as for what is staged. */
static bool take_over(void *arg, struct bytes key, struct bytes value)
{
	struct takeover *t = arg;
	if (!t->is_begun)
		t->is_failed = use_db(t->w, t->class, t->feed) != 0;
	t->is_begun = true;
	if (!t->is_failed)
		t->is_failed = append(t->w, key, value) != 0;
	return !t->is_failed;
}

static int copy_old(struct writer *w, struct index *old, const struct plan *p, bool is_vuln)
{
	struct takeover t = {.w = w, .class = is_vuln ? "vuln/" : "adv/", .feed = p->name};
	if (index_each(old, p->old, is_vuln, take_over, &t, w->e))
		return -1;
	return t.is_failed ? -1 : 0;
}

/* The advisories of one package: an array of their maps. */
struct group {
	struct buf key, items, out;
	uint64_t n;
};

static int group_end(struct writer *w, struct group *g)
{
	if (!g->n)
		return 0;
	buf_reset(&g->out);
	cbor_array(&g->out, g->n);
	buf_add(&g->out, buf_bytes(&g->items));
	if (g->items.overflow || g->out.overflow)
		return err_set(w->e, ERR_LIMIT, "advisories of one package exceed %lld bytes",
		               (long long)INDEX_VALUE_MAX);
	return append(w, buf_bytes(&g->key), buf_bytes(&g->out));
}

static int group_add(struct writer *w, struct group *g, struct bytes key, struct bytes value)
{
	struct bytes ns, rest, package;
	bytes_cut(key, 0, &ns, &rest);
	bytes_cut(rest, 0, &package, &rest);
	struct bytes stem = bytes_slice(key, 0, ns.n + 1 + package.n);
	if (!g->n || !bytes_eq(stem, buf_bytes(&g->key))) {
		if (group_end(w, g))
			return -1;
		buf_reset(&g->key);
		buf_add(&g->key, stem);
		buf_reset(&g->items);
		g->n = 0;
	}
	g->n++;
	buf_add(&g->items, bytes_skip(value, STAGED_HEAD));
	return 0;
}

static int each_staged(struct writer *w, MDB_cursor *cur, bool is_vuln)
{
	struct group g = {.n = 0};
	MDB_val k, v;
	int rc, bad = 0;
	buf_init(&g.key, (size_t)INDEX_KEY_MAX);
	buf_init(&g.items, (size_t)INDEX_VALUE_MAX);
	buf_init(&g.out, (size_t)INDEX_VALUE_MAX);
	while (!bad && (rc = mdb_cursor_get(cur, &k, &v, MDB_NEXT)) == 0) {
		struct bytes key = index_bytes(k), value = index_bytes(v);
		bad = is_vuln ? append(w, key, bytes_skip(value, STAGED_HEAD))
		              : group_add(w, &g, key, value);
	}
	if (!bad && rc != MDB_NOTFOUND)
		bad = index_fail(rc, "read what was staged for", w->path, w->e);
	if (!bad)
		bad = group_end(w, &g);
	buf_fini(&g.key);
	buf_fini(&g.items);
	buf_fini(&g.out);
	return bad;
}

static int write_staged(struct writer *w, MDB_txn *from, struct staged_feed *s, bool is_vuln)
{
	MDB_stat st;
	MDB_cursor *cur;
	MDB_dbi db = is_vuln ? s->vuln : s->adv;
	int rc = mdb_stat(from, db, &st);
	if (rc == 0 && st.ms_entries == 0)
		return 0;
	if (rc == 0)
		rc = mdb_cursor_open(from, db, &cur);
	if (rc)
		return index_fail(rc, "read what was staged for", w->path, w->e);
	s->f.records += st.ms_entries;
	rc = use_db(w, is_vuln ? "vuln/" : "adv/", s->f.name);
	if (rc == 0)
		rc = each_staged(w, cur, is_vuln);
	mdb_cursor_close(cur);
	return rc;
}

static int plan_cmp(const void *a, const void *b)
{
	return bytes_cmp(((const struct plan *)a)->name, ((const struct plan *)b)->name);
}

static size_t make_plan(struct index_build *b, struct plan *plan)
{
	const struct index_feed *old = NULL;
	size_t n_old = b->old ? index_feeds(b->old, &old) : 0, n = 0;
	for (size_t i = 0; i < b->n; i++)
		plan[n++] = (struct plan){.name = b->feeds[i].f.name, .staged = &b->feeds[i]};
	for (size_t i = 0; i < n_old; i++) {
		bool is_staged = false;
		for (size_t j = 0; j < b->n; j++)
			is_staged |= bytes_eq(old[i].name, b->feeds[j].f.name);
		if (!is_staged)
			plan[n++] = (struct plan){.name = old[i].name, .old = i, .f = old[i]};
	}
	if (n)
		qsort(plan, n, sizeof *plan, plan_cmp);
	return n;
}

static int write_feed(struct writer *w, struct index_build *b, struct plan *p, MDB_txn *from)
{
	if (!p->staged && copy_old(w, b->old, p, false))
		return -1;
	if (!p->staged)
		return copy_old(w, b->old, p, true);
	p->staged->f.records = 0;
	if (write_staged(w, from, p->staged, false) || write_staged(w, from, p->staged, true))
		return -1;
	p->f = p->staged->f;
	return 0;
}

/* "feed/..." < "format" < "schema" */
static int write_meta(struct writer *w, const struct plan *plan, size_t n)
{
	AUTO_BUF struct buf key, value;
	buf_init(&key, (size_t)INDEX_KEY_MAX);
	buf_init(&value, (size_t)INDEX_VALUE_MAX);
	if (use_db(w, "meta", bytes_of("", 0)))
		return -1;
	for (size_t i = 0; i < n; i++) {
		buf_reset(&key);
		buf_reset(&value);
		buf_addf(&key, "feed/%.*s", BYTES_FMT(plan[i].name));
		index_feed_encode(&value, &plan[i].f);
		if (append(w, buf_bytes(&key), buf_bytes(&value)))
			return -1;
	}
	buf_reset(&value);
	cbor_uint(&value, INDEX_SCHEMA);
	return append(w, B("format"), B(INDEX_FORMAT)) || append(w, B("schema"), buf_bytes(&value))
	               ? -1
	               : 0;
}

static void set_checks(const struct index_build *b, struct plan *plan, size_t n)
{
	for (size_t i = 0; i < b->n_checks; i++) {
		for (size_t j = 0; j < n; j++) {
			if (bytes_eq(plan[j].name, b->checks[i].name))
				plan[j].f.checked_s = b->checks[i].checked_s;
		}
	}
}

static int write_full(struct index_build *b, struct writer *w)
{
	size_t n_max = 2 * (size_t)INDEX_FEEDS_MAX;
	AUTO_FREE struct plan *plan = mem_zalloc(n_max * sizeof *plan);
	size_t n = make_plan(b, plan);
	MDB_txn *from;
	int rc = mdb_txn_begin(b->stage, NULL, MDB_RDONLY, &from);
	if (rc)
		return index_fail(rc, "read what was staged for", w->path, w->e);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_feed(w, b, &plan[i], from);
	mdb_txn_abort(from);
	set_checks(b, plan, n);
	if (rc == 0)
		rc = write_meta(w, plan, n);
	if (rc == 0 && (rc = mdb_txn_commit(TAKE(w->txn))))
		rc = index_fail(rc, "write", w->path, w->e);
	return rc;
}

static int publish(struct index_build *b, MDB_env *env, struct err *e)
{
	struct file_new f;
	if (file_create(b->path, 0644, &f, e))
		return -1;
	int rc = mdb_env_copyfd2(env, f.fd, MDB_CP_COMPACT);
	if (rc)
		index_fail(rc, "write", b->path, e);
	else if (fchmod(f.fd, 0644)) /* advisories are no secret, whatever the umask */
		rc = err_set(e, ERR_IO, "write %s: %m", b->path);
	else
		rc = index_seal(f.fd, b->path, e);
	if (rc) {
		file_abort(&f);
		return -1;
	}
	if (file_commit(&f, e))
		return -1;
	index_note(b->path);
	return 0;
}

int index_commit(struct index_build *b, struct err *e)
{
	struct writer w = {.path = b->path, .e = e};
	if (index_env_new(b->full_path, &w.env, e))
		return -1;
	int rc = write_full(b, &w);
	if (w.txn)
		mdb_txn_abort(w.txn);
	if (rc == 0)
		rc = publish(b, w.env, e);
	mdb_env_close(w.env);
	unlink(b->full_path);
	return rc;
}
