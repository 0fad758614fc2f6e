/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.c - images.json, layers.json and tar-split of containers-storage.
 *
 * Format: images.json [{id, digest, digests, names, layer}], layers.json [{id, parent,
 * diff-digest}]; tar-split {"type": 1, "name" or "name_raw" (base64), "size"} or {"type": 2,
 * "payload" (base64)}, an object a line.
 */
#include "fmt/storage.h"

#include <string.h>

enum { ID_LEN = 64 };

static bool is_id(struct bytes b)
{
	uint8_t raw[ID_LEN / 2];
	return b.n == ID_LEN && hex_decode(b, raw, sizeof raw);
}

/* ---- images.json ---- */

static bool is_named(const json_t *image, struct bytes name)
{
	const json_t *names = json_list(image, "names");
	for (size_t i = 0; i < json_array_size(names); i++) {
		if (name.n && bytes_eq(json_bytes(json_array_get(names, i)), name))
			return true;
	}
	return false;
}

static bool has_digest(const json_t *image, const struct digest *want)
{
	char text[DIGEST_TEXT_MAX];
	if (want->algo == DIGEST_NONE)
		return false;
	struct bytes one = bytes_str(digest_text(want, text));
	const json_t *data = json_obj(image, "big-data-digests");
	const char *key = NULL;
	json_t *v = NULL;
	if (bytes_eq(json_text(image, "digest"), one))
		return true;
	json_object_foreach((json_t *)(uintptr_t)data, key, v)
	{
		if (bytes_starts(bytes_str(key), B("manifest")) && bytes_eq(json_bytes(v), one))
			return true;
	}
	return false;
}

static bool is_wanted(const json_t *image, const struct storage_want *want, size_t name)
{
	if (want->digest.algo)
		return has_digest(image, &want->digest);
	if (want->id.n)
		return bytes_eq(json_text(image, "id"), want->id);
	return is_named(image, want->names[name]);
}

static int take_image(struct arena *a, const json_t *image, const struct storage_want *want,
                      struct storage_image *ret, struct err *e)
{
	struct storage_image im = {.id = arena_dup(a, json_text(image, "id")),
	                           .top = arena_dup(a, json_text(image, "layer")),
	                           .digest = want->digest};
	if (!is_id(im.id) || (im.top.n && !is_id(im.top)))
		return err_set(e, ERR_FORMAT, "images.json: an id is none");
	if (!im.digest.algo && digest_parse(json_text(image, "digest"), &im.digest, NULL))
		im.digest = (struct digest){.algo = DIGEST_NONE};
	*ret = im;
	return 0;
}

int storage_image_find(struct arena *a, struct bytes json, const struct storage_want *want,
                       struct storage_image *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_data(json, "images.json", (size_t)JSON_DOC_MAX, &root, e))
		return -1;
	if (!json_is_array(root))
		return err_set(e, ERR_FORMAT, "images.json: no list");
	for (size_t name = 0; name < ARRAY_LEN(want->names); name++) {
		for (size_t i = 0; i < json_array_size(root); i++) {
			const json_t *image = json_array_get(root, i);
			if (is_wanted(image, want, name))
				return take_image(a, image, want, ret, e);
		}
	}
	return err_set(e, ERR_NOTFOUND, "has no such image");
}

/* ---- layers.json ---- */

static const json_t *layer_by_id(const json_t *root, struct bytes id)
{
	for (size_t i = 0; i < json_array_size(root); i++) {
		const json_t *l = json_array_get(root, i);
		if (bytes_eq(json_text(l, "id"), id))
			return l;
	}
	return NULL;
}

int storage_layer_chain(struct arena *a, struct bytes json, struct bytes top,
                        struct storage_layer **ret, size_t *ret_n, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	struct storage_layer *down = arena_alloc(a, (size_t)OCI_LAYERS_MAX * sizeof *down);
	size_t n = 0;
	if (json_load_data(json, "layers.json", (size_t)JSON_DOC_MAX, &root, e))
		return -1;
	for (struct bytes id = top; id.n; n++) {
		const json_t *l = layer_by_id(root, id);
		if (!l || !is_id(id))
			return err_set(e, ERR_FORMAT, "layers.json: layer %.*s is not there",
			               BYTES_FMT(bytes_slice(id, 0, 12)));
		if (n == (size_t)OCI_LAYERS_MAX)
			return err_set(e, ERR_LIMIT, "layers.json: more than %d layers, or a ring",
			               (int)OCI_LAYERS_MAX);
		down[n].id = arena_dup(a, id);
		if (digest_parse(json_text(l, "diff-digest"), &down[n].diff_id, NULL))
			down[n].diff_id = (struct digest){.algo = DIGEST_NONE};
		id = json_text(l, "parent");
	}
	*ret = arena_alloc(a, (n ? n : 1) * sizeof **ret);
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = down[n - 1 - i];
	*ret_n = n;
	return 0;
}

/* ---- names of files ---- */

static bool is_plain(struct bytes key)
{
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] != '.' && !is_digit(key.p[i]) && !is_lower(key.p[i]))
			return false;
	}
	return true;
}

struct bytes storage_file_name(struct arena *a, struct bytes key)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (is_plain(key))
		return key;
	AUTO_BUF struct buf b;
	buf_init(&b, 2 * key.n + 8);
	buf_addc(&b, '=');
	for (size_t i = 0; i < key.n; i += 3) {
		size_t n = MIN_OF(key.n - i, (size_t)3);
		unsigned v = (unsigned)key.p[i] << 16;
		v |= n > 1 ? (unsigned)key.p[i + 1] << 8 : 0;
		v |= n > 2 ? key.p[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			buf_addc(&b, k <= n ? (uint8_t)digits[v >> (18 - 6 * k) & 63] : '=');
	}
	return arena_dup(a, buf_bytes(&b));
}

/* ---- tar-split ---- */

static int sextet(uint8_t c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 4, with its padding. */
static bool decode(struct bytes in, struct buf *to)
{
	if (in.n % 4)
		return false;
	for (size_t i = 0; i < in.n; i += 4) {
		unsigned v = 0, n = 0;
		for (size_t k = 0; k < 4; k++) {
			int d = sextet(in.p[i + k]);
			bool is_pad = in.p[i + k] == '=' && k >= 2 && i + 4 == in.n;
			if ((d < 0 && !is_pad) || (d >= 0 && n < k))
				return false;
			v = v << 6 | (unsigned)(d < 0 ? 0 : d);
			n += d >= 0;
		}
		for (unsigned k = 0; k + 1 < n; k++) {
			if (buf_addc(to, (uint8_t)(v >> (16 - 8 * k))))
				return false;
		}
	}
	return true;
}

int tarsplit_line(struct bytes line, struct buf *to, struct tarsplit *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	uint64_t type = 0;
	struct tarsplit t = {.is_file = false};
	buf_reset(to);
	if (json_load_data(line, "tar-split", (size_t)TARSPLIT_LINE_MAX, &root, e))
		return -1;
	if (!json_u64(root, "type", 2, &type) || type < 1)
		return err_set(e, ERR_FORMAT, "tar-split: neither a file nor bytes");
	t.is_file = type == 1;
	struct bytes raw = json_text(root, "name_raw"), name = json_text(root, "name");
	bool is_good = !t.is_file ? decode(json_text(root, "payload"), to)
	               : raw.n    ? decode(raw, to)
	                          : buf_add(to, name) == 0;
	if (!is_good)
		return err_set(e, ERR_FORMAT, "tar-split: what it holds is no base64");
	if (t.is_file && json_object_get(root, "size") &&
	    !json_u64(root, "size", INT64_MAX, &t.size))
		return err_set(e, ERR_FORMAT, "tar-split: a file without a size");
	t.bytes = buf_bytes(to);
	*ret = t;
	return 0;
}
