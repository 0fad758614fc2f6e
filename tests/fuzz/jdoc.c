/* SPDX-License-Identifier: Apache-2.0 */
/* jdoc.c - fuzz: both readers of JSON take the same documents and see the same in them. */
#include "base/jdoc.h"

#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void same(const struct jnode *a, const json_t *b)
{
	switch (a->kind) {
	case JNODE_NULL:
		require(json_is_null(b));
		return;
	case JNODE_TRUE:
	case JNODE_FALSE:
		require(json_is_boolean(b) && json_is_true(b) == (a->kind == JNODE_TRUE));
		return;
	case JNODE_INT:
		require(json_is_integer(b) && json_integer_value(b) == a->i);
		return;
	case JNODE_REAL:
		require(json_is_real(b) && json_real_value(b) >= a->d &&
		        json_real_value(b) <= a->d);
		return;
	case JNODE_TEXT:
		require(json_is_string(b) && bytes_eq(json_bytes(b), a->text));
		return;
	case JNODE_LIST:
		require(json_is_array(b) && json_array_size(b) == a->n);
		for (size_t i = 0; i < a->n; i++)
			same(&a->v[i], json_array_get(b, i));
		return;
	case JNODE_OBJECT:
		require(json_is_object(b) && json_object_size(b) == a->n);
		for (size_t i = 0; i < a->n; i++) {
			json_t *v = json_object_getn(b, (const char *)a->v[i].key.p, a->v[i].key.n);
			require(v != NULL);
			same(&a->v[i], v);
		}
		return;
	}
}

typedef int load_mine(struct arena *a, struct bytes text, const char *name, size_t max,
                      const struct jnode **ret, struct err *e);
typedef int load_theirs(struct bytes text, const char *name, size_t max, json_t **ret,
                        struct err *e);

static void compare(struct bytes text, load_mine *mine, load_theirs *theirs)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_JSON json_t *j = NULL;
	const struct jnode *root;
	struct err e, f;
	int rc = mine(a, text, "fuzz", 1 << 16, &root, &e);
	require(rc == theirs(text, "fuzz", 1 << 16, &j, &f));
	if (rc == 0)
		same(root, j);
	else
		require(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT); /* of two faults either */
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	compare(bytes_of(p, n), jdoc_load, json_load_data);
	compare(bytes_of(p, n), jdoc_load_loose, json_load_loose);
	return 0;
}
