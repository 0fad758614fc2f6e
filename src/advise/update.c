/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update.c - feed_update(): documents from their publishers into the index.
 *
 * What was fetched lies in DB/fetched until it is imported; documents of feeds that have several
 * stay there, because one that changed means that all are read again.  Which answers of servers
 * they are stands in DB/update.json.  A feed that fails keeps its place in the index; the others
 * are built into the new one together.
 */
#include "advise/update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "advise/fetch.h"

enum { TARGETS_LEN = INDEX_FEEDS_MAX, FIRST_WAIT_MS = 1000 };
/* The index is written anew for this alone not more often. */
enum { CHECKED_S = 12 * 3600 };

struct doc {
	const char *url, *bare; /* bare: without credentials */
	const char *path;
	bool may_miss, is_known, has_copy;
	const char *old_etag, *old_modified;
	enum fetch_outcome outcome;
	struct bytes etag, modified;
};

struct target { /* one feed of this call */
	const struct feed *feed;
	struct doc *docs;
	size_t n;
	int64_t index_s;   /* when the index says that it was imported; 0: not in it */
	int64_t checked_s; /* and that its publisher was asked */
	bool is_failed;    /* something of it could not be had */
	bool is_lost;      /* ... and there is no older copy: nothing of it is imported */
	bool is_changed;   /* to be imported */
	bool is_imported;  /* and was */
	bool is_refused;
};

struct update {
	const struct feed_update_options *o;
	struct feed_update_result *res;
	struct arena *arena;
	json_t *over; /* --feed-urls */
	struct update_state state;
	const char *state_path, *folder;
	int lock_fd;
	struct target targets[TARGETS_LEN];
	size_t n;
};

static void say(struct update *u, const struct target *t, const char *why)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1024);
	buf_addf(&b, "%s: %s", t->feed->id, why);
	if (u->o->note)
		u->o->note(u->o->arg, buf_cstr(&b));
}

static void fail(struct update *u, struct target *t, const char *why)
{
	say(u, t, why);
	t->is_failed = true;
}

/* ---- which feeds, and where they are ---- */

static const json_t *users_urls(const struct update *u, const struct feed *f)
{
	return json_object_get(u->over, f->id);
}

static bool is_wanted(const struct update *u, const struct feed *f)
{
	for (size_t i = 0; i < u->o->n_only; i++) {
		if (strcmp(u->o->only[i], f->id) == 0)
			return true;
	}
	if (u->o->n_only)
		return false;
	return users_urls(u, f) || (f->urls && !f->is_on_demand);
}

static int add_target(struct update *u, const struct feed *f, struct err *e)
{
	struct target *t = &u->targets[u->n];
	struct update_urls urls;
	if (update_urls(f, users_urls(u, f), u->arena, &urls, e) < 0)
		return -1;
	if (!urls.n && u->o->n_only)
		return err_set(e, ERR_USAGE, "%s has no address to fetch it from; import its files",
		               f->id);
	if (!urls.n) /* an empty list switches it off */
		return 0;
	t->feed = f;
	t->n = urls.n;
	t->docs = arena_alloc(u->arena, urls.n * sizeof *t->docs);
	for (size_t i = 0; i < urls.n; i++)
		t->docs[i] = (struct doc){.url = urls.v[i].url, .may_miss = urls.v[i].may_miss};
	u->n++;
	return 0;
}

static int choose(struct update *u, struct err *e)
{
	for (size_t i = 0; i < u->o->n_only; i++) {
		if (!feed_by_id(bytes_str(u->o->only[i])))
			return update_unknown_feed(u->o->only[i], e);
	}
	for (size_t i = 0; i < TARGETS_LEN && feeds[i]; i++) {
		if (is_wanted(u, feeds[i]) && add_target(u, feeds[i], e) < 0)
			return -1;
	}
	return u->n ? 0 : err_set(e, ERR_USAGE, "there is no feed to fetch");
}

/* ---- fetching ---- */

static const char *path_of(struct update *u, const struct target *t, const char *bare)
{
	return arena_printf(u->arena, "%s/%s", u->folder,
	                    update_file_name(t->feed->id, bare, u->arena));
}

static const char *bare_of(struct update *u, const char *url)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)FETCH_URL_MAX);
	fetch_bare_url(url, &b);
	return arena_str(u->arena, buf_bytes(&b));
}

/* A document that names another is replaced by that one. */
static void follow(struct update *u, struct target *t, struct doc *d, const struct fetch *f)
{
	AUTO_BUF struct buf text;
	struct err e = f->fault;
	buf_init(&text, FETCH_POINTER_MAX);
	bool is_here = f->outcome == FETCH_CHANGED;
	if (is_here && file_read(f->path, FETCH_POINTER_MAX, &text, &e) == 0 &&
	    update_follow(d->url, buf_bytes(&text), u->arena, &d->url, &e) == 0) {
		unlink(f->path);
		return;
	}
	if (is_here)
		unlink(f->path);
	bool is_missing = is_here ? e.kind == ERR_NOTFOUND : f->outcome == FETCH_MISSING;
	if (!is_missing || !d->may_miss) {
		fail(u, t, e.msg);
		t->is_lost = true;
	}
	*d = t->docs[--t->n];
}

static size_t count_docs(const struct update *u)
{
	size_t n = 0;
	for (size_t i = 0; i < u->n; i++)
		n += u->targets[i].n;
	return n;
}

static struct fetch_options options(const struct update *u)
{
	return (struct fetch_options){.arena = u->arena,
	                              .idle_s = u->o->idle_s,
	                              .wait_ms = clock_first_wait_ms(FIRST_WAIT_MS)};
}

static int follow_all(struct update *u, struct err *e)
{
	size_t max = count_docs(u), n = 0;
	struct fetch_options o = options(u);
	AUTO_FREE struct fetch *f = mem_zalloc((max + 1) * sizeof *f);
	o.max_bytes = FETCH_POINTER_MAX;
	for (size_t i = 0; i < u->n; i++) {
		for (size_t j = 0; j < u->targets[i].n; j++) {
			struct doc *d = &u->targets[i].docs[j];
			if (!update_is_pointer(d->url))
				continue;
			f[n].url = d->url;
			f[n++].path = path_of(u, &u->targets[i], bare_of(u, d->url));
		}
	}
	if (!n)
		return 0;
	if (fetch_all(f, n, &o, e) < 0)
		return -1;
	for (size_t i = u->n; i-- > 0;) {
		struct target *t = &u->targets[i];
		/* backwards: follow() may put the last one, which is done, in a place */
		for (size_t j = t->n; j-- > 0;) {
			if (update_is_pointer(t->docs[j].url))
				follow(u, t, &t->docs[j], &f[--n]);
		}
	}
	return 1;
}

static int resolve(struct update *u, struct err *e)
{
	int res = 1;
	for (int i = 0; i < FETCH_HOPS_MAX && res > 0; i++)
		res = follow_all(u, e);
	return res < 0 ? -1 : 0;
}

static void prepare(struct update *u, struct target *t, struct doc *d)
{
	d->bare = bare_of(u, d->url);
	d->path = path_of(u, t, d->bare);
	d->has_copy = access(d->path, R_OK) == 0;
	d->is_known =
		update_state_get(&u->state, t->feed->id, d->bare, &d->old_etag, &d->old_modified);
	/* they outlive what the state holds now */
	if (d->old_etag)
		d->old_etag = arena_str(u->arena, bytes_str(d->old_etag));
	if (d->old_modified)
		d->old_modified = arena_str(u->arena, bytes_str(d->old_modified));
	/* a document that was imported and not kept: the index stands for it */
	bool is_in_index = t->n == 1 && t->index_s &&
	                   t->index_s == update_state_imported(&u->state, t->feed->id) &&
	                   update_state_documents(&u->state, t->feed->id) == 1;
	if (!d->has_copy && !is_in_index)
		d->is_known = false;
}

static void settle(struct update *u, struct target *t, struct doc *d, const struct fetch *f)
{
	d->outcome = f->outcome;
	switch (f->outcome) {
	case FETCH_CHANGED:
		d->etag = f->new_etag;
		d->modified = f->new_modified;
		t->is_changed = true;
		u->res->documents++;
		u->res->bytes += f->bytes;
		return;
	case FETCH_SAME:
		d->etag = bytes_str(d->old_etag);
		d->modified = bytes_str(d->old_modified);
		return;
	case FETCH_MISSING:
		if (d->may_miss)
			return;
		/* fall through */
	case FETCH_FAILED:
		fail(u, t, f->fault.msg);
		d->etag = bytes_str(d->old_etag);
		d->modified = bytes_str(d->old_modified);
		if (!d->is_known)
			t->is_lost = true;
	}
}

/* What the import reads: fetched now, or still right, or the older copy of what failed. */
static bool is_there(const struct doc *d)
{
	return d->outcome == FETCH_CHANGED || d->outcome == FETCH_SAME ||
	       (d->is_known && d->outcome == FETCH_FAILED);
}

static size_t count_there(const struct target *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++)
		n += is_there(&t->docs[i]);
	return n;
}

static void judge(struct update *u, struct target *t)
{
	const char *id = t->feed->id;
	size_t n = count_there(t);
	if (!n && !t->is_lost) {
		fail(u, t, "none of its documents is there");
		t->is_lost = true;
	}
	/* the index was made of other documents, or by somebody else since */
	if (t->index_s != update_state_imported(&u->state, id) || !t->index_s ||
	    update_state_documents(&u->state, id) != n)
		t->is_changed = true;
	if (t->is_lost)
		t->is_changed = false;
}

static int fetch_documents(struct update *u, struct err *e)
{
	size_t n = 0;
	struct fetch_options o = options(u);
	AUTO_FREE struct fetch *f = mem_zalloc((count_docs(u) + 1) * sizeof *f);
	for (size_t i = 0; i < u->n; i++) {
		for (size_t j = 0; j < u->targets[i].n; j++, n++) {
			struct doc *d = &u->targets[i].docs[j];
			prepare(u, &u->targets[i], d);
			f[n] = (struct fetch){.url = d->url, .path = d->path};
			f[n].etag = d->is_known ? d->old_etag : NULL;
			f[n].modified = d->is_known ? d->old_modified : NULL;
		}
	}
	progress_begin("fetching advisories", 0);
	int res = fetch_all(f, n, &o, e);
	progress_end();
	if (res < 0)
		return -1;
	n = 0;
	for (size_t i = 0; i < u->n; i++) {
		for (size_t j = 0; j < u->targets[i].n; j++)
			settle(u, &u->targets[i], &u->targets[i].docs[j], &f[n++]);
		judge(u, &u->targets[i]);
	}
	return 0;
}

/* ---- importing ---- */

static struct target *target_of(struct update *u, const char *id)
{
	for (size_t i = 0; i < u->n; i++) {
		if (strcmp(u->targets[i].feed->id, id) == 0)
			return &u->targets[i];
	}
	return NULL;
}

static void on_refused(void *arg, const char *feed, const char *why)
{
	struct update *u = arg;
	struct target *t = target_of(u, feed);
	if (!t)
		return;
	fail(u, t, why);
	t->is_refused = true;
}

static void on_note(void *arg, const char *text)
{
	struct update *u = arg;
	if (u->o->note)
		u->o->note(u->o->arg, text);
}

/* Feeds that are the publisher's newest, ended by NULL.  A mirror may stand still itself.  True
 * when the index should say so even if nothing else is new. */
static bool list_checked(const struct update *u, const char **ret)
{
	bool is_due = false;
	size_t n = 0;
	for (size_t i = 0; i < u->n; i++) {
		const struct target *t = &u->targets[i];
		if (t->is_failed || users_urls(u, t->feed))
			continue;
		ret[n++] = t->feed->id;
		is_due |= clock_now_s() - t->checked_s > CHECKED_S;
	}
	ret[n] = NULL;
	return is_due;
}

static int import(struct update *u, struct err *e)
{
	const char *checked[TARGETS_LEN + 1];
	size_t max = count_docs(u) + 1, n = 0;
	AUTO_FREE const char **paths = mem_zalloc(3 * max * sizeof *paths);
	const char **ids = paths + max, **sources = ids + max;
	for (size_t i = 0; i < u->n; i++) {
		struct target *t = &u->targets[i];
		for (size_t j = 0; t->is_changed && j < t->n; j++) {
			if (!is_there(&t->docs[j]))
				continue;
			paths[n] = t->docs[j].path;
			ids[n] = t->feed->id;
			sources[n++] = t->docs[j].bare;
		}
	}
	if (!list_checked(u, checked) && !n)
		return 0;
	const struct feed_import_options o = {.db = u->o->db,
	                                      .feeds = ids,
	                                      .sources = sources,
	                                      .checked = checked,
	                                      .note = on_note,
	                                      .refused = on_refused,
	                                      .arg = u};
	if (feed_import(paths, n, &o, &u->res->import, e) < 0)
		return -1;
	for (size_t i = 0; i < u->n; i++)
		u->targets[i].is_imported = u->targets[i].is_changed && !u->targets[i].is_refused;
	return 0;
}

/* When each feed was imported, as the index says; 0 where it has none. */
static int read_index(struct update *u, struct err *e)
{
	struct index *ix = NULL;
	struct err fault = {.kind = ERR_NONE};
	const struct index_feed *f;
	if (index_open(u->o->db, &ix, &fault) < 0) {
		if (fault.kind == ERR_NOTFOUND)
			return 0;
		if (e)
			*e = fault;
		return -1;
	}
	size_t n = index_feeds(ix, &f);
	for (size_t i = 0; i < n; i++) {
		struct target *t = target_of(u, arena_str(u->arena, f[i].name));
		if (!t)
			continue;
		t->index_s = f[i].imported_s;
		t->checked_s = f[i].checked_s;
	}
	index_close(ix);
	return 0;
}

/* ---- what is kept for the next time ---- */

struct sweeping {
	struct update *u;
	const struct target *t;
};

/* Removes the copy of a document that is no part of the feed any longer. */
static void sweep(void *arg, const char *url)
{
	struct sweeping *s = arg;
	for (size_t i = 0; i < s->t->n; i++) {
		const struct doc *d = &s->t->docs[i];
		if (is_there(d) && strcmp(d->bare, url) == 0)
			return;
	}
	unlink(path_of(s->u, s->t, url));
}

static void remember(struct update *u, struct target *t)
{
	bool any = t->is_imported || t->is_refused;
	for (size_t i = 0; i < t->n; i++)
		any |= t->docs[i].outcome == FETCH_CHANGED;
	if (!any)
		return;
	struct sweeping s = {.u = u, .t = t};
	if (!t->is_lost)
		update_state_each(&u->state, t->feed->id, sweep, &s);
	update_state_begin(&u->state, t->feed->id, t->is_imported ? t->index_s : 0);
	for (size_t i = 0; i < t->n; i++) {
		const struct doc *d = &t->docs[i];
		bool is_bad = t->is_refused && d->outcome == FETCH_CHANGED;
		if (is_bad || (t->n == 1 && is_there(d)))
			unlink(d->path);
		if (is_there(d) && !is_bad)
			update_state_put(&u->state, t->feed->id, d->bare, d->etag, d->modified);
	}
}

static void count(struct update *u)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct target *t = &u->targets[i];
		u->res->failed += t->is_failed;
		u->res->updated += t->is_imported;
		u->res->unchanged += !t->is_imported && !t->is_failed;
	}
}

/* ---- the call ---- */

static int lock(struct update *u, struct err *e)
{
	const char *path = arena_printf(u->arena, "%s/.update.lock", u->o->db);
	if (dir_make(u->o->db, e) < 0)
		return -1;
	u->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (u->lock_fd < 0)
		return err_set(e, ERR_IO, "open %s: %m", path);
	if (flock(u->lock_fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return err_set(e, ERR_IO, "%s is being updated by another process", u->o->db);
	return 0;
}

static int run(struct update *u, struct err *e)
{
	if (u->o->urls_file && update_read_urls(u->o->urls_file, &u->over, e) < 0)
		return -1;
	if (choose(u, e) < 0 || lock(u, e) < 0)
		return -1;
	update_state_load(&u->state, u->state_path);
	if (read_index(u, e) < 0)
		return err_wrap(e,
		                "the present index cannot be added to (remove it to start anew)");
	if (resolve(u, e) < 0 || fetch_documents(u, e) < 0)
		return -1;
	if (import(u, e) < 0 || read_index(u, e) < 0)
		return -1;
	for (size_t i = 0; i < u->n; i++)
		remember(u, &u->targets[i]);
	count(u);
	return update_state_save(&u->state, u->state_path, e);
}

int feed_update(const struct feed_update_options *o, struct feed_update_result *ret, struct err *e)
{
	struct feed_update_result res = {.updated = 0};
	AUTO_FREE struct update *u = mem_zalloc(sizeof *u);
	u->o = o;
	u->res = &res;
	u->arena = arena_new();
	u->lock_fd = -1;
	u->state_path = arena_printf(u->arena, "%s/update.json", o->db);
	u->folder = arena_printf(u->arena, "%s/fetched", o->db);
	int rc = run(u, e);
	if (u->lock_fd >= 0)
		close(u->lock_fd);
	update_state_free(&u->state);
	json_decref(u->over);
	arena_free(u->arena);
	if (rc == 0)
		*ret = res;
	return rc;
}
