/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update_state.c - what was fetched the last time, so that only what changed is fetched.
 *
 * Format: {"schema": "assay.update/v1", "feeds": {FEED: {"imported": seconds, "documents": {URL:
 * {"etag": text, "modified": text}}}}}.  It is written whole; losing it costs one full fetch.
 */
#include "advise/update.h"

#include <string.h>

#define SCHEMA "assay.update/v1"

static void must(int res)
{
	if (res < 0)
		die_nomem(0);
}

void update_state_load(struct update_state *s, const char *path)
{
	AUTO_BUF struct buf text;
	json_t *root = NULL;
	struct err e;
	buf_init(&text, (size_t)JSON_DOC_MAX);
	if (file_read(path, (size_t)JSON_DOC_MAX, &text, &e) == 0 &&
	    json_load_data(buf_bytes(&text), path, (size_t)JSON_DOC_MAX, &root, &e) == 0 &&
	    (!bytes_eq(json_text(root, "schema"), B(SCHEMA)) || !json_obj(root, "feeds"))) {
		json_decref(root);
		root = NULL;
	}
	if (!root) {
		root = json_object();
		must(json_object_set_new(root, "schema", json_string(SCHEMA)));
		must(json_object_set_new(root, "feeds", json_object()));
	}
	s->root = root;
}

void update_state_free(struct update_state *s)
{
	json_decref(s->root);
	s->root = NULL;
}

static void write_document(struct json_out *j, const char *url, const json_t *doc)
{
	static const char *const members[] = {"etag", "modified"};
	jout_key(j, url);
	jout_object(j);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct bytes v = json_text(doc, members[i]);
		if (v.n)
			jout_kbytes(j, members[i], v);
	}
	jout_object_end(j);
}

int update_state_save(const struct update_state *s, const char *path, struct err *e)
{
	AUTO_BUF struct buf b;
	struct json_out j;
	const char *feed, *url;
	json_t *of_feed, *doc;
	buf_init(&b, (size_t)JSON_DOC_MAX);
	jout_init(&j, jout_to_buf, &b, true);
	jout_object(&j);
	jout_kstr(&j, "schema", SCHEMA);
	jout_key(&j, "feeds");
	jout_object(&j);
	json_object_foreach(json_object_get(s->root, "feeds"), feed, of_feed)
	{
		jout_key(&j, feed);
		jout_object(&j);
		jout_kint(&j, "imported",
		          (int64_t)json_integer_value(json_object_get(of_feed, "imported")));
		jout_key(&j, "documents");
		jout_object(&j);
		json_object_foreach(json_object_get(of_feed, "documents"), url, doc)
			write_document(&j, url, doc);
		jout_object_end(&j);
		jout_object_end(&j);
	}
	jout_object_end(&j);
	jout_object_end(&j);
	if (jout_end(&j) < 0 || buf_addc(&b, '\n') < 0)
		return err_set(e, ERR_LIMIT, "%s: longer than %lld bytes", path,
		               (long long)JSON_DOC_MAX);
	return file_write(path, buf_bytes(&b), 0600, e);
}

static json_t *feed_of(const struct update_state *s, const char *feed)
{
	return json_object_get(json_object_get(s->root, "feeds"), feed);
}

static json_t *documents_of(const struct update_state *s, const char *feed)
{
	return json_object_get(feed_of(s, feed), "documents");
}

int64_t update_state_imported(const struct update_state *s, const char *feed)
{
	return (int64_t)json_integer_value(json_object_get(feed_of(s, feed), "imported"));
}

size_t update_state_documents(const struct update_state *s, const char *feed)
{
	return json_object_size(documents_of(s, feed));
}

/* NULL unless it is a text that can stand in a header. */
static const char *header_text(const json_t *doc, const char *key)
{
	struct bytes v = json_text(doc, key);
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < ' ' || v.p[i] == 0x7f)
			return NULL;
	}
	return v.n ? (const char *)v.p : NULL; /* jansson ends its texts with NUL */
}

bool update_state_get(const struct update_state *s, const char *feed, const char *url,
                      const char **ret_etag, const char **ret_modified)
{
	const json_t *doc = json_object_get(documents_of(s, feed), url);
	if (!json_is_object(doc))
		return false;
	*ret_etag = header_text(doc, "etag");
	*ret_modified = header_text(doc, "modified");
	return true;
}

void update_state_each(const struct update_state *s, const char *feed,
                       void (*fn)(void *arg, const char *url), void *arg)
{
	const char *url;
	json_t *doc;
	json_object_foreach(documents_of(s, feed), url, doc) fn(arg, url);
}

void update_state_begin(struct update_state *s, const char *feed, int64_t imported_s)
{
	json_t *f = json_object();
	must(json_object_set_new(f, "imported", json_integer(imported_s)));
	must(json_object_set_new(f, "documents", json_object()));
	must(json_object_set_new(json_object_get(s->root, "feeds"), feed, f));
}

static void set_text(json_t *doc, const char *key, struct bytes v)
{
	json_t *text = v.n ? json_stringn((const char *)v.p, v.n) : NULL;
	if (text) /* what is not UTF-8 is not remembered */
		must(json_object_set_new(doc, key, text));
}

void update_state_put(struct update_state *s, const char *feed, const char *url, struct bytes etag,
                      struct bytes modified)
{
	json_t *doc = json_object();
	set_text(doc, "etag", etag);
	set_text(doc, "modified", modified);
	must(json_object_set_new(documents_of(s, feed), url, doc));
}
