/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - hostile JSON documents as a tree.
 *
 * Source: RFC 8259.  Stricter than it: names are unique (section 4: "SHOULD be unique") even when
 * case is ignored, because Go's decoder takes "Layers" and "layers" for one member and others do
 * not, so two tools would see two images in one document.
 */
#include "base/json.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "base/base.h"

enum { PAIRWISE = 8 }; /* members up to which comparing all pairs beats hashing */

static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

/* jansson would open /dev/urandom at the first object, which kills a confined worker. */
static void make_seed(void)
{
	size_t seed = 0;
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
		seed = (size_t)clock_monotonic_ms();
	json_object_seed(seed | 1);
}

void json_seed(void) { pthread_once(&seed_once, make_seed); }

/* One pass that only tells strings from the rest: nesting and number of values are bounded before
 * anything is allocated.  What is not JSON is left to the parser. */
static int prescan(struct bytes text, const char *name, struct err *e)
{
	int64_t depth = 0, values = 1;
	bool in_string = false;
	ssize_t nul = bytes_find(text, 0); /* jansson passes over one behind a number */
	if (nul >= 0)
		return err_set(e, ERR_FORMAT, "%s: NUL at byte %zd", name, nul);
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (in_string) {
			i += c == '\\';
			in_string = c != '"';
			continue;
		}
		in_string = c == '"';
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		values += c == ',' || c == '[' || c == '{';
		if (depth > JSON_DEPTH_MAX)
			return err_set(e, ERR_LIMIT, "%s: nested deeper than %d levels at byte %zu",
			               name, (int)JSON_DEPTH_MAX, i);
		if (values > JSON_VALUES_MAX)
			return err_set(e, ERR_LIMIT, "%s: more than %d values", name,
			               (int)JSON_VALUES_MAX);
	}
	return 0;
}

/* Takes one folded character off *key.  ASCII by case, and the two letters outside ASCII that fold
 * into it (long s, Kelvin sign), which Go's decoder takes for 's' and 'k'. */
static uint8_t fold_next(struct bytes *key)
{
	uint8_t c = key->p[0];
	size_t n = 1;
	if (bytes_starts(*key, B("\xc5\xbf"))) {
		c = 's';
		n = 2;
	} else if (bytes_starts(*key, B("\xe2\x84\xaa"))) {
		c = 'k';
		n = 3;
	}
	*key = bytes_skip(*key, n);
	return to_lower(c);
}

static bool same_folded(struct bytes a, struct bytes b)
{
	while (a.n && b.n) {
		if (fold_next(&a) != fold_next(&b))
			return false;
	}
	return a.n == b.n;
}

static struct bytes key_of(void *iter)
{
	return bytes_of(json_object_iter_key(iter), json_object_iter_key_len(iter));
}

static const char *clash_pairwise(json_t *obj)
{
	for (void *i = json_object_iter(obj); i; i = json_object_iter_next(obj, i)) {
		for (void *k = json_object_iter_next(obj, i); k;
		     k = json_object_iter_next(obj, k)) {
			if (same_folded(key_of(i), key_of(k)))
				return json_object_iter_key(k);
		}
	}
	return NULL;
}

static const char *clash_hashed(json_t *obj)
{
	AUTO_MAP struct map *seen = map_new();
	AUTO_ARENA struct arena *a = arena_new();
	for (void *i = json_object_iter(obj); i; i = json_object_iter_next(obj, i)) {
		struct bytes key = key_of(i);
		uint8_t *folded = arena_alloc(a, key.n);
		size_t n = 0;
		bool is_new;
		while (key.n)
			folded[n++] = fold_next(&key);
		map_put(seen, bytes_of(folded, n), &is_new);
		if (!is_new)
			return json_object_iter_key(i);
	}
	return NULL;
}

static bool is_map(const char *key, const char *const maps[])
{
	for (size_t i = 0; maps && maps[i]; i++) {
		if (strcmp(key, maps[i]) == 0)
			return true;
	}
	return false;
}

/* Nesting is bounded by prescan. */
static int check_case(json_t *j, const char *name, const char *const maps[], struct err *e)
{
	size_t at;
	json_t *value;
	const char *key;
	json_array_foreach(j, at, value)
	{
		if (check_case(value, name, maps, e))
			return -1;
	}
	if (!json_is_object(j))
		return 0;
	const char *clash = json_object_size(j) <= PAIRWISE ? clash_pairwise(j) : clash_hashed(j);
	if (clash)
		return err_set(e, ERR_FORMAT, "%s: keys differ only in case: \"%.60s\"", name,
		               clash);
	json_object_foreach(j, key, value)
	{
		if (!(json_is_object(value) && is_map(key, maps)) &&
		    check_case(value, name, maps, e))
			return -1;
	}
	return 0;
}

static int load(struct bytes text, const char *name, size_t flags, json_t **ret, struct err *e)
{
	json_seed();
	if (prescan(text, name, e))
		return -1;
	json_error_t je = {.line = -1};
	json_t *j = json_loadb((const char *)(text.n ? text.p : (const uint8_t *)""), text.n,
	                       flags | JSON_DECODE_ANY | JSON_ALLOW_NUL, &je);
	if (!j)
		return err_set(e, ERR_FORMAT, "%s: line %d, column %d: %s", name, je.line,
		               je.column, je.text);
	*ret = j;
	return 0;
}

static int check_size(struct bytes text, const char *name, size_t max, struct err *e)
{
	if (text.n > max)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes, at most %zu", name, text.n, max);
	return 0;
}

int json_load_maps(struct bytes text, const char *name, size_t max, const char *const maps[],
                   json_t **ret, struct err *e)
{
	AUTO_JSON json_t *j = NULL;
	if (check_size(text, name, max, e) || load(text, name, JSON_REJECT_DUPLICATES, &j, e) ||
	    check_case(j, name, maps, e))
		return -1;
	*ret = TAKE(j);
	return 0;
}

int json_load(struct bytes text, const char *name, size_t max, json_t **ret, struct err *e)
{
	return json_load_maps(text, name, max, NULL, ret, e);
}

static struct bytes without_mark(struct bytes text)
{
	return bytes_skip(text, bytes_starts(text, B("\xef\xbb\xbf")) ? 3 : 0);
}

int json_load_data(struct bytes text, const char *name, size_t max, json_t **ret, struct err *e)
{
	if (check_size(text, name, max, e))
		return -1;
	return load(without_mark(text), name, JSON_REJECT_DUPLICATES, ret, e);
}

int json_load_loose(struct bytes text, const char *name, size_t max, json_t **ret, struct err *e)
{
	if (check_size(text, name, max, e))
		return -1;
	return load(without_mark(text), name, 0, ret, e);
}

void auto_json(json_t **j) { json_decref(*j); }

struct bytes json_bytes(const json_t *string)
{
	if (!json_is_string(string))
		return (struct bytes){NULL, 0};
	return bytes_of(json_string_value(string), json_string_length(string));
}

struct bytes json_text(const json_t *obj, const char *key)
{
	return json_bytes(json_object_get(obj, key));
}

const json_t *json_obj(const json_t *obj, const char *key)
{
	const json_t *v = json_object_get(obj, key);
	return json_is_object(v) ? v : NULL;
}

const json_t *json_list(const json_t *obj, const char *key)
{
	const json_t *v = json_object_get(obj, key);
	return json_is_array(v) ? v : NULL;
}

bool json_u64(const json_t *obj, const char *key, uint64_t max, uint64_t *ret)
{
	const json_t *v = json_object_get(obj, key);
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return false;
	if ((uint64_t)json_integer_value(v) > max)
		return false;
	*ret = (uint64_t)json_integer_value(v);
	return true;
}
