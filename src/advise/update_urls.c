/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update_urls.c - where the documents of a feed are.
 */
#include "advise/update.h"

#include <string.h>

#include "advise/fetch.h"

static const char release_mark[] = "{release}";

struct adding {
	struct arena *a;
	struct update_urls urls;
	size_t cap;
};

static int add(struct adding *to, const char *url, bool may_miss, struct err *e)
{
	if (fetch_check_url(url, e) < 0)
		return -1;
	if (to->urls.n >= (size_t)FETCH_URLS_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld addresses", (long long)FETCH_URLS_MAX);
	to->urls.v = mem_grow(to->urls.v, &to->cap, to->urls.n + 1, sizeof *to->urls.v);
	to->urls.v[to->urls.n++] = (struct update_url){.url = url, .may_miss = may_miss};
	return 0;
}

/* One row: its address, or one for each release. */
static int expand(struct adding *to, const char *url, const char *const *releases, struct err *e)
{
	const char *mark = strstr(url, release_mark);
	if (!mark)
		return add(to, arena_str(to->a, bytes_str(url)), false, e);
	if (!releases)
		return err_set(e, ERR_USAGE, "%s: this feed has no releases", url);
	for (size_t i = 0; releases[i]; i++) {
		struct bytes release = bytes_str(releases[i]);
		bool may_miss = bytes_ends(release, B("?"));
		release.n -= may_miss;
		const char *whole = arena_printf(to->a, "%.*s%.*s%s", (int)(mark - url), url,
		                                 BYTES_FMT(release), mark + strlen(release_mark));
		if (add(to, whole, may_miss, e) < 0)
			return -1;
	}
	return 0;
}

/* Mirrors keep the publisher's releases. */
static const char *const *releases_of(const struct feed *f)
{
	for (const struct feed_url *u = f->urls; u && u->url; u++) {
		if (u->releases)
			return u->releases;
	}
	return NULL;
}

static int expand_users(struct adding *to, const struct feed *f, const json_t *over, struct err *e)
{
	size_t n = json_is_array(over) ? json_array_size(over) : 1;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_is_array(over) ? json_array_get(over, i) : over;
		if (!json_is_string(one))
			return err_set(e, ERR_USAGE, "an address or a list of addresses is wanted");
		fetch_hide(json_string_value(one));
		if (expand(to, json_string_value(one), releases_of(f), e) < 0)
			return -1;
	}
	return 0;
}

int update_urls(const struct feed *f, const json_t *over, struct arena *a, struct update_urls *ret,
                struct err *e)
{
	struct adding to = {.a = a};
	int res = over ? expand_users(&to, f, over, e) : 0;
	for (const struct feed_url *u = f->urls; !over && u && u->url && res == 0; u++)
		res = expand(&to, u->url, u->releases, e);
	if (res == 0 && to.urls.n) {
		ret->v = arena_alloc(a, to.urls.n * sizeof *ret->v);
		memcpy(ret->v, to.urls.v, to.urls.n * sizeof *ret->v);
	}
	if (res == 0)
		ret->n = to.urls.n;
	else
		err_wrap(e, "%s", f->id);
	auto_free(&to.urls.v);
	return res;
}

int update_unknown_feed(const char *name, struct err *e)
{
	const char *ids[INDEX_FEEDS_MAX + 1];
	size_t n = 0;
	for (; feeds[n] && n + 1 < ARRAY_LEN(ids); n++)
		ids[n] = feeds[n]->id;
	ids[n] = NULL;
	const char *near = bytes_nearest(bytes_str(name), ids);
	return err_set(e, ERR_USAGE, "no feed is named \"%s\"%s%s%s", name,
	               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

int update_read_urls(const char *path, json_t **ret, struct err *e)
{
	AUTO_BUF struct buf text;
	AUTO_JSON json_t *root = NULL;
	const char *key;
	json_t *v;
	buf_init(&text, (size_t)YAML_DOC_MAX);
	if (file_read(path, (size_t)YAML_DOC_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), path, 0, &root, e) < 0)
		return -1;
	if (!json_is_object(root))
		return err_set(e, ERR_USAGE, "%s: is no mapping of feeds to addresses", path);
	json_object_foreach(root, key, v)
	{
		if (!feed_by_id(bytes_str(key))) {
			update_unknown_feed(key, e);
			return err_wrap(e, "%s", path);
		}
	}
	*ret = TAKE(root);
	return 0;
}

/* ---- documents that name others ---- */

static bool take(struct arena *a, const char *base, const char *ref, const char **ret)
{
	AUTO_FREE char *url = fetch_join(base, ref);
	if (!url || !fetch_may_follow(base, url))
		return false;
	*ret = arena_str(a, bytes_str(url));
	return true;
}

/* The first line is the name of a file beside it. */
static bool follow_latest(const char *url, struct bytes text, struct arena *a, const char **ret)
{
	struct bytes line;
	if (!bytes_line(&text, &line))
		return false;
	line = bytes_trim(line);
	return line.n && bytes_find(line, '/') < 0 && bytes_find(line, ':') < 0 &&
	       take(a, url, arena_str(a, line), ret);
}

/* The first line that is the address of a repository. */
static bool follow_mirrors(const char *url, struct bytes text, struct arena *a, const char **ret)
{
	for (struct bytes line, address, query; bytes_line(&text, &line);) {
		bytes_cut(bytes_trim(line), '?', &address, &query);
		const char *base = arena_printf(a, "%.*s%s", BYTES_FMT(address),
		                                bytes_ends(address, B("/")) ? "" : "/");
		if (bytes_starts(address, B("http")) &&
		    take(a, url, arena_printf(a, "%srepodata/repomd.xml", base), ret))
			return true;
	}
	return false;
}

/* <data type="updateinfo"> ... <location href="repodata/X"/>, as seen from the repository. */
static bool follow_repomd(const char *url, struct bytes text, struct arena *a, const char **ret)
{
	static const struct bytes steps[] = {B("type=\"updateinfo\""), B("<location"),
	                                     B("href=\"")};
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		ssize_t at = bytes_search(text, steps[i]);
		if (at < 0)
			return false;
		text = bytes_skip(text, (size_t)at + steps[i].n);
	}
	struct bytes href, rest;
	return bytes_cut(text, '"', &href, &rest) && href.n &&
	       take(a, url, arena_printf(a, "../%.*s", BYTES_FMT(href)), ret);
}

static const struct {
	const char *end;
	bool (*follow)(const char *url, struct bytes text, struct arena *a, const char **ret);
} pointers[] = {
	{"/archive_latest.txt", follow_latest },
	{"/mirror.list",        follow_mirrors},
	{"/repomd.xml",         follow_repomd },
};

static size_t pointer_of(const char *url)
{
	size_t i = 0;
	while (i < ARRAY_LEN(pointers) && !bytes_ends(bytes_str(url), bytes_str(pointers[i].end)))
		i++;
	return i;
}

bool update_is_pointer(const char *url) { return pointer_of(url) < ARRAY_LEN(pointers); }

int update_follow(const char *url, struct bytes text, struct arena *a, const char **ret,
                  struct err *e)
{
	AUTO_BUF struct buf bare;
	size_t i = pointer_of(url);
	if (i < ARRAY_LEN(pointers) && pointers[i].follow(url, text, a, ret))
		return 0;
	buf_init(&bare, (size_t)FETCH_URL_MAX);
	fetch_bare_url(url, &bare);
	/* a repository that is whole, and has none */
	bool is_none = bytes_search(text, B("</repomd>")) >= 0 &&
	               bytes_search(text, B("type=\"updateinfo\"")) < 0;
	return err_set(e, is_none ? ERR_NOTFOUND : ERR_FORMAT, "%s: names no document",
	               buf_cstr(&bare));
}

/* ---- names of files ---- */

static bool is_plain(uint8_t c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; }

const char *update_file_name(const char *feed, const char *bare_url, struct arena *a)
{
	AUTO_BUF struct buf b;
	struct bytes url = bytes_str(bare_url), part;
	ssize_t colon = bytes_search(url, B("://"));
	buf_init(&b, (size_t)FETCH_URL_MAX * 3 + 256);
	buf_adds(&b, feed);
	/* the scheme counts too: two servers may answer on one host */
	if (bytes_starts(url, B("http:")))
		buf_adds(&b, "/http");
	for (url = bytes_skip(url, (size_t)(colon + 3)); bytes_split(&url, '/', &part);) {
		buf_addc(&b, '/');
		for (size_t i = 0; i < part.n; i++) {
			bool is_first = i == 0 && part.p[0] == '.';
			if (is_plain(part.p[i]) && !is_first)
				buf_addc(&b, part.p[i]);
			else
				buf_addf(&b, "%%%02x", part.p[i]);
		}
		if (!part.n)
			buf_addc(&b, '%');
	}
	if (bytes_ends(bytes_str(bare_url), B("/")))
		buf_adds(&b, "/%");
	return arena_str(a, buf_bytes(&b));
}
