/* SPDX-License-Identifier: Apache-2.0 */
/* index_build.c - building the advisory index: feeds are staged, then written at once. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/index_stage.h"

enum { BATCH = 8192, FEED_NAME_LEN = 64 };

MDB_val index_val(struct bytes b)
{
	union {
		const void *in;
		void *out; /* LMDB does not write through what is put */
	} p = {.in = b.p};
	return (MDB_val){b.n, p.out};
}

struct bytes index_bytes(MDB_val v) { return bytes_of(v.mv_data, v.mv_size); }

int index_env_new(const char *path, MDB_env **ret, struct err *e)
{
	MDB_env *env;
	int rc = mdb_env_create(&env);
	if (rc)
		return index_fail(rc, "make", path, e);
	unlink(path);
	rc = mdb_env_set_maxdbs(env, (MDB_dbi)(2 * INDEX_FEEDS_MAX + 1));
	if (rc == 0)
		rc = mdb_env_set_mapsize(env, (size_t)INDEX_MAP_MAX);
	if (rc == 0) /* not MDB_WRITEMAP: a full disk would be a signal, not an error */
		rc = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC | MDB_NORDAHEAD,
		                  0600);
	if (rc) {
		mdb_env_close(env);
		unlink(path);
		return index_fail(rc, "make", path, e);
	}
	*ret = env;
	return 0;
}

/* "DIR/.NAME.SUFFIX", heap. */
static char *beside(const char *path, const char *suffix)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path) + 1 : 0;
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	buf_addf(&b, "%.*s.%s.%s", dir, path, path + dir, suffix);
	return mem_strdup(buf_cstr(&b));
}

int index_lock(const char *path, bool wait, int *ret_fd, struct err *e)
{
	AUTO_FREE char *name = beside(path, "lock");
	AUTO_FD int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(e, ERR_IO, "open %s: %m", name);
	if (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) && errno == EWOULDBLOCK)
		return err_set(e, ERR_IO, "%s is being written by another process", path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int index_make_folder(const char *path, struct err *e)
{
	AUTO_FREE char *dir = mem_strdup(path);
	char *slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return 0;
	*slash = 0;
	return dir_make(dir, e);
}

static int begin(struct index_build *b, struct err *e)
{
	struct err old = {.kind = ERR_NONE};
	if (index_make_folder(b->path, e) || index_lock(b->path, false, &b->lock_fd, e))
		return -1;
	if (index_open(b->path, &b->old, &old) && old.kind != ERR_NOTFOUND) {
		if (e)
			*e = old;
		return err_wrap(e,
		                "the present index cannot be added to (remove it to start anew)");
	}
	return index_env_new(b->stage_path, &b->stage, e);
}

int index_build_begin(const char *path, struct index_build **ret, struct err *e)
{
	struct index_build *b = mem_zalloc(sizeof *b);
	b->arena = arena_new();
	b->path = index_path(path);
	b->stage_path = beside(b->path, "stage");
	b->full_path = beside(b->path, "full");
	b->lock_fd = -1;
	b->feeds = mem_zalloc((size_t)INDEX_FEEDS_MAX * sizeof *b->feeds);
	b->checks = mem_zalloc((size_t)INDEX_FEEDS_MAX * sizeof *b->checks);
	buf_init(&b->key, (size_t)INDEX_KEY_MAX);
	buf_init(&b->record, (size_t)FEED_RECORD_MAX);
	if (begin(b, e)) {
		index_build_abort(b);
		return -1;
	}
	*ret = b;
	return 0;
}

void index_build_abort(struct index_build *b)
{
	if (!b)
		return;
	if (b->txn)
		mdb_txn_abort(b->txn);
	if (b->stage) {
		mdb_env_close(b->stage);
		unlink(b->stage_path);
	}
	index_close(b->old);
	if (b->lock_fd >= 0)
		close(b->lock_fd);
	buf_fini(&b->key);
	buf_fini(&b->record);
	free(b->feeds);
	free(b->checks);
	free(b->path);
	free(b->stage_path);
	free(b->full_path);
	arena_free(b->arena);
	free(b);
}

static int flush(struct index_build *b, struct err *e)
{
	MDB_txn *txn = TAKE(b->txn);
	b->in_batch = 0;
	int rc = txn ? mdb_txn_commit(txn) : 0;
	return rc ? index_fail(rc, "write", b->stage_path, e) : 0;
}

/* Makes sure of a transaction that is not too large. */
static int ready(struct index_build *b, struct err *e)
{
	if (b->in_batch >= BATCH && flush(b, e))
		return -1;
	if (b->txn)
		return 0;
	int rc = mdb_txn_begin(b->stage, NULL, 0, &b->txn);
	return rc ? index_fail(rc, "write", b->stage_path, e) : 0;
}

static struct index_feed keep(struct arena *a, const struct index_feed *feed, struct bytes name)
{
	struct index_feed f = *feed;
	f.name = name;
	f.namespaces = arena_dup(a, feed->namespaces);
	f.partial = arena_dup(a, feed->partial);
	f.source = arena_dup(a, feed->source);
	return f;
}

bool index_build_select(struct index_build *b, struct bytes name)
{
	for (size_t i = 0; i < b->n; i++) {
		if (bytes_eq(b->feeds[i].f.name, name)) {
			b->current = i;
			return true;
		}
	}
	return false;
}

/* Feeds of the old index that stay, plus those begun. */
static size_t count_feeds(const struct index_build *b)
{
	const struct index_feed *old;
	size_t n_old = b->old ? index_feeds(b->old, &old) : 0, n = b->n;
	for (size_t i = 0; i < n_old; i++) {
		bool is_staged = false;
		for (size_t j = 0; j < b->n; j++)
			is_staged |= bytes_eq(old[i].name, b->feeds[j].f.name);
		n += !is_staged;
	}
	return n;
}

static int open_dbs(struct index_build *b, struct staged_feed *s, struct err *e)
{
	char name[FEED_NAME_LEN + 8];
	if (ready(b, e))
		return -1;
	snprintf(name, sizeof name, "a/%.*s", BYTES_FMT(s->f.name));
	int rc = mdb_dbi_open(b->txn, name, MDB_CREATE, &s->adv);
	name[0] = 'v';
	if (rc == 0)
		rc = mdb_dbi_open(b->txn, name, MDB_CREATE, &s->vuln);
	if (rc == 0) /* begun before in this build: afresh */
		rc = mdb_drop(b->txn, s->adv, 0);
	if (rc == 0)
		rc = mdb_drop(b->txn, s->vuln, 0);
	return rc ? index_fail(rc, "write", b->stage_path, e) : flush(b, e);
}

int index_build_feed(struct index_build *b, const struct index_feed *feed, struct err *e)
{
	struct bytes name = feed->name;
	if (!name.n || name.n > FEED_NAME_LEN || bytes_find(name, 0) >= 0)
		return err_set(e, ERR_USAGE, "a feed's name has 1 to %d bytes", FEED_NAME_LEN);
	if (!index_build_select(b, name)) {
		if (b->n >= (size_t)INDEX_FEEDS_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld feeds",
			               (long long)INDEX_FEEDS_MAX);
		b->current = b->n;
		b->feeds[b->n++].f.name = arena_dup(b->arena, name);
		if (count_feeds(b) > (size_t)INDEX_FEEDS_MAX) {
			b->current = --b->n;
			return err_set(e, ERR_LIMIT, "more than %lld feeds",
			               (long long)INDEX_FEEDS_MAX);
		}
	}
	struct staged_feed *s = &b->feeds[b->current];
	s->f = keep(b->arena, feed, s->f.name);
	return open_dbs(b, s, e);
}

void index_build_checked(struct index_build *b, struct bytes name, int64_t checked_s)
{
	if (b->n_checks < (size_t)INDEX_FEEDS_MAX)
		b->checks[b->n_checks++] = (struct index_check){.name = arena_dup(b->arena, name),
		                                                .checked_s = checked_s};
}

void index_build_forget(struct index_build *b, struct bytes name)
{
	if (!index_build_select(b, name))
		return;
	struct staged_feed *s = &b->feeds[b->current];
	b->n--;
	memmove(s, s + 1, (b->n - b->current) * sizeof *s);
	b->current = b->n;
}

int index_build_feed_done(struct index_build *b, const struct index_feed *feed, struct err *e)
{
	if (b->current >= b->n)
		return err_set(e, ERR_INTERNAL, "no feed was begun");
	struct staged_feed *s = &b->feeds[b->current];
	s->f = keep(b->arena, feed, s->f.name);
	return 0;
}

/* Parts joined by NUL in b->key. */
static int make_key(struct index_build *b, const struct bytes *parts, size_t n, struct err *e)
{
	buf_reset(&b->key);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n && memchr(parts[i].p, 0, parts[i].n))
			return err_set(e, ERR_FORMAT, "a key with a NUL in it");
		if (i)
			buf_addc(&b->key, 0);
		buf_add(&b->key, parts[i]);
	}
	if (b->key.overflow)
		return err_set(e, ERR_LIMIT, "%.*s %.*s: keys of more than %lld bytes",
		               BYTES_FMT(parts[0]), BYTES_FMT(n > 2 ? parts[2] : parts[0]),
		               (long long)INDEX_KEY_MAX);
	return 0;
}

/* Puts b->record under b->key unless a newer one is there. */
static int stage(struct index_build *b, MDB_dbi db, int64_t modified_s, struct err *e)
{
	MDB_val k = index_val(buf_bytes(&b->key)), v;
	int64_t there;
	if (b->record.overflow)
		return err_set(e, ERR_LIMIT, "a record of more than %lld bytes",
		               (long long)FEED_RECORD_MAX);
	if (ready(b, e))
		return -1;
	int rc = mdb_get(b->txn, db, &k, &v);
	if (rc == 0 && v.mv_size >= STAGED_HEAD) {
		memcpy(&there, v.mv_data, sizeof there);
		if (there > modified_s)
			return 0;
	}
	if (rc == 0 || rc == MDB_NOTFOUND) {
		v = index_val(buf_bytes(&b->record));
		rc = mdb_put(b->txn, db, &k, &v, 0);
		b->in_batch++;
	}
	return rc ? index_fail(rc, "write", b->stage_path, e) : 0;
}

static void begin_record(struct index_build *b, int64_t modified_s)
{
	buf_reset(&b->record);
	buf_add(&b->record, bytes_of(&modified_s, sizeof modified_s));
}

int index_build_advisory(struct index_build *b, const struct advisory *a, struct err *e)
{
	/* what follows ref keeps records apart that speak of different packages of one name */
	const struct bytes parts[] = {
		a->ns,   a->package, a->id, a->ref, a->by_binary ? B("b") : B("s"),
		a->arch, a->module,
	};
	if (b->current >= b->n)
		return err_set(e, ERR_INTERNAL, "no feed was begun");
	if (!a->ns.n || !a->package.n || !a->id.n)
		return err_set(e, ERR_FORMAT, "an advisory without namespace, package or id");
	if (make_key(b, parts, ARRAY_LEN(parts), e))
		return -1;
	begin_record(b, a->modified_s);
	if (advisory_encode(&b->record, a) && !b->record.overflow)
		return err_set(e, ERR_LIMIT, "%.*s: more than %d ranges or %d references",
		               BYTES_FMT(a->id), ADVISORY_RANGES_MAX, ADVISORY_REFS_MAX);
	return stage(b, b->feeds[b->current].adv, a->modified_s, e);
}

int index_build_vuln(struct index_build *b, const struct vuln *v, struct err *e)
{
	if (b->current >= b->n)
		return err_set(e, ERR_INTERNAL, "no feed was begun");
	if (!v->id.n)
		return err_set(e, ERR_FORMAT, "a vulnerability without id");
	if (make_key(b, &v->id, 1, e))
		return -1;
	begin_record(b, v->modified_s);
	if (vuln_encode(&b->record, v) && !b->record.overflow)
		return err_set(e, ERR_LIMIT, "%.*s: too many aliases", BYTES_FMT(v->id));
	return stage(b, b->feeds[b->current].vuln, v->modified_s, e);
}

int index_build_commit(struct index_build *b, struct err *e)
{
	int rc = flush(b, e);
	if (rc == 0)
		rc = index_commit(b, e);
	index_build_abort(b);
	return rc;
}
