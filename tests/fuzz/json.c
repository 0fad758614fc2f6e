/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - fuzz: what loads is UTF-8 and shallow, loads the lenient way too, and its strings pass
 * through the writer unharmed.
 */
#include "base/json.h"

#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void write_tree(struct json_out *j, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		jout_object(j);
		for (void *i = json_object_iter((json_t *)(uintptr_t)v); i;
		     i = json_object_iter_next((json_t *)(uintptr_t)v, i)) {
			jout_key_bytes(
				j, bytes_of(json_object_iter_key(i), json_object_iter_key_len(i)));
			write_tree(j, json_object_iter_value(i));
		}
		jout_object_end(j);
		return;
	case JSON_ARRAY:
		jout_array(j);
		for (size_t i = 0; i < json_array_size(v); i++)
			write_tree(j, json_array_get(v, i));
		jout_array_end(j);
		return;
	case JSON_STRING:
		jout_bytes(j, json_bytes(v));
		return;
	case JSON_INTEGER:
		jout_int(j, json_integer_value(v));
		return;
	case JSON_REAL: /* "1.0" is written as "1", which reads back as an integer */
		jout_double(j, json_real_value(v));
		return;
	case JSON_TRUE:
	case JSON_FALSE:
		jout_bool(j, json_is_true(v));
		return;
	case JSON_NULL:
		jout_null(j);
		return;
	}
}

static int to_bytes(const json_t *v, bool pretty, struct buf *ret)
{
	struct json_out j;
	jout_init(&j, jout_to_buf, ret, pretty);
	write_tree(&j, v);
	return jout_end(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_JSON json_t *j = NULL;
	AUTO_JSON json_t *same = NULL;
	AUTO_JSON json_t *back = NULL;
	struct bytes text = {p, n};
	struct err e;
	if (json_load(text, "fuzz", 1 << 16, &j, &e)) {
		require(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
		json_load_data(text, "fuzz", 1 << 16, &same, &e);
		return 0;
	}
	require(bytes_is_utf8(text) && json_load_data(text, "fuzz", 1 << 16, &same, &e) == 0);
	/* the writer has a level less than the reader: the top one counts */
	AUTO_BUF struct buf once, twice;
	buf_init(&once, 1 << 20);
	buf_init(&twice, 1 << 20);
	if (to_bytes(j, false, &once))
		return 0;
	require(json_load(buf_bytes(&once), "again", once.n, &back, &e) == 0);
	require(to_bytes(back, false, &twice) == 0);
	require(bytes_eq(buf_bytes(&once), buf_bytes(&twice)));
	return 0;
}
