/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink.c - what a feed says, on its way to the store.
 */
#include "advise/sink.h"

#include <stdlib.h>
#include <string.h>

/* A date of the data that lies further ahead than this is a slip of the publisher's. */
enum { AHEAD_MAX_S = 86400 };

struct feed_sink {
	const struct feed *feed;
	struct feed_store store;
	struct arena *scratch, *keep;
	void *state;
	struct map *spoken;     /* namespaces, keys in keep */
	struct map *remembered; /* keys in keep */
	uint64_t n_remembered;
	struct bytes *ns; /* the same as a list */
	size_t n_ns, cap_ns;
	struct bytes last_ns; /* the one seen last: most records follow one of their own */
	struct buf names;     /* sorted list for feed_learned */
	struct bytes doc;     /* name of the document at hand */
	uint64_t records;
	int64_t said_s, newest_file_s, now_s;
	const char *partial;
	bool failed;
};

struct feed_sink *feed_sink_new(const struct feed *f, const struct feed_store *store)
{
	struct feed_sink *s = mem_zalloc(sizeof *s);
	s->feed = f;
	s->store = *store;
	s->scratch = arena_new();
	s->keep = arena_new();
	s->spoken = map_new();
	s->remembered = map_new();
	s->now_s = clock_now_s();
	buf_init(&s->names, (size_t)FEED_LINE_MAX);
	return s;
}

void feed_sink_free(struct feed_sink *s)
{
	if (!s)
		return;
	arena_free(s->scratch);
	arena_free(s->keep);
	map_free(s->spoken);
	map_free(s->remembered);
	buf_fini(&s->names);
	free(s->ns);
	free(s);
}

const struct feed *feed_sink_feed(const struct feed_sink *s) { return s->feed; }
bool feed_sink_failed(const struct feed_sink *s) { return s->failed; }
struct arena *feed_arena(struct feed_sink *s) { return s->scratch; }
struct arena *feed_keep(struct feed_sink *s) { return s->keep; }

void *feed_state(struct feed_sink *s, size_t n)
{
	if (!s->state)
		s->state = arena_alloc(s->keep, n);
	return s->state;
}

int feed_remember(struct feed_sink *s, struct bytes key, uint64_t max)
{
	bool is_new;
	if (map_get(s->remembered, key))
		return 0;
	if (s->n_remembered >= max)
		return -1;
	s->n_remembered++;
	map_put(s->remembered, arena_dup(s->keep, key), &is_new);
	return 1;
}

struct arena *feed_common(struct feed_sink *s) { return s->store.common->arena; }

void *feed_shared(struct feed_sink *s, const char *key, size_t n)
{
	struct feed_common *c = s->store.common;
	struct feed_common_item *item = c->items;
	while (item && strcmp(item->key, key) != 0)
		item = item->next;
	if (!item) {
		item = arena_alloc(c->arena, sizeof *item);
		*item = (struct feed_common_item){c->items, key, arena_alloc(c->arena, n)};
		c->items = item;
	}
	return item->p;
}

int feed_speaks(struct feed_sink *s, struct bytes ns, struct err *e)
{
	bool is_new;
	/* "rhel:9/rhel_eus:9.2": part of a release; "rhel:/openshift:4" of none */
	ssize_t slash = bytes_find(ns, '/');
	if (slash > 0)
		ns = bytes_slice(ns, 0, (size_t)slash);
	if (s->feed->is_side || bytes_eq(ns, s->last_ns) || (slash > 0 && bytes_ends(ns, B(":"))))
		return 0;
	if (!ns.n || ns.n > (size_t)VERSION_LEN_MAX || bytes_find(ns, ' ') >= 0)
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no namespace", BYTES_FMT(ns));
	union map_value *slot = map_get(s->spoken, ns);
	if (!slot) {
		struct bytes key = arena_dup(s->keep, ns);
		map_put(s->spoken, key, &is_new);
		s->ns = mem_grow(s->ns, &s->cap_ns, s->n_ns + 1, sizeof *s->ns);
		s->ns[s->n_ns++] = key;
		s->last_ns = key;
	}
	return 0;
}

/* What the store answered: a record that it cannot hold is broken, other faults end the import. */
static int stored(struct feed_sink *s, int res, const struct err *fault, struct err *e)
{
	if (res == 0) {
		s->records++;
		return 0;
	}
	if (fault->kind == ERR_FORMAT || fault->kind == ERR_LIMIT) {
		feed_broken(s, "%s", fault->msg);
		return 0;
	}
	if (e)
		*e = *fault;
	s->failed = true;
	return -1;
}

int feed_put(struct feed_sink *s, const struct advisory *a, struct err *e)
{
	struct err fault = {.kind = ERR_NONE};
	if (!a->ns.n || !a->package.n || !a->id.n) {
		feed_broken(s, "a record without namespace, package or id (\"%.*s\")",
		            BYTES_FMT(a->id));
		return 0;
	}
	if (feed_speaks(s, a->ns, &fault) < 0)
		return stored(s, -1, &fault, e);
	return stored(s, s->store.advisory(s->store.arg, a, &fault), &fault, e);
}

int feed_put_vuln(struct feed_sink *s, const struct vuln *v, struct err *e)
{
	if (!v->id.n) {
		feed_broken(s, "a record without id");
		return 0;
	}
	struct vuln bare = *v;
	if (s->store.facts_only)
		bare.title = (struct bytes){NULL, 0};
	struct err fault = {.kind = ERR_NONE};
	return stored(s, s->store.vuln(s->store.arg, &bare, &fault), &fault, e);
}

void feed_broken(struct feed_sink *s, const char *fmt, ...)
{
	AUTO_BUF struct buf b;
	char why[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	buf_init(&b, (size_t)PATH_LEN_MAX * 2);
	buf_addf(&b, "%.*s: %s", BYTES_FMT(bytes_slice(s->doc, 0, PATH_LEN_MAX)), why);
	s->store.broken(s->store.arg, buf_cstr(&b));
}

void feed_dated(struct feed_sink *s, int64_t s_epoch)
{
	if (s_epoch <= s->now_s + AHEAD_MAX_S)
		s->said_s = MAX_OF(s->said_s, s_epoch);
}

void feed_partial(struct feed_sink *s, const char *why) { s->partial = why; }

int feed_sink_import(struct feed_sink *s, struct feed_doc *doc, struct err *e)
{
	s->doc = doc->name;
	int res = s->feed->import(doc, s, e);
	s->doc = (struct bytes){NULL, 0};
	if (res == 0 && doc->mtime_s <= s->now_s)
		s->newest_file_s = MAX_OF(s->newest_file_s, doc->mtime_s);
	arena_free(s->scratch);
	s->scratch = arena_new();
	return res;
}

int feed_sink_finish(struct feed_sink *s, struct err *e)
{
	s->doc = bytes_str(s->feed->id);
	return s->feed->finish ? s->feed->finish(s, e) : 0;
}

static int by_bytes(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

struct feed_learned feed_sink_learned(struct feed_sink *s)
{
	if (s->n_ns)
		qsort(s->ns, s->n_ns, sizeof *s->ns, by_bytes);
	buf_reset(&s->names);
	for (size_t i = 0; i < s->n_ns; i++) {
		if (i)
			buf_addc(&s->names, ' ');
		buf_add(&s->names, s->ns[i]);
	}
	return (struct feed_learned){
		.records = s->records,
		.data_s = s->said_s ? s->said_s : s->newest_file_s,
		.namespaces = buf_bytes(&s->names),
		.partial = bytes_str(s->partial),
	};
}
