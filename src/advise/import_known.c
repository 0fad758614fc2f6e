/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_known.c - the ids that an index names, so that an index which ships with the program holds
 * of KEV, EPSS and the like only what its advisories can lead to.
 */
#include "advise/sink.h"

#include <stdlib.h>

struct import_known {
	struct index *ix; /* keys of ids lie in it; NULL: there is none */
	struct map *ids;
};

static void add(struct import_known *k, struct bytes id)
{
	if (id.n)
		map_put(k->ids, id, NULL)->u = 1;
}

static bool on_package(void *arg, struct bytes key, struct bytes value)
{
	struct cbor c = cbor_of(value);
	struct bytes item;
	uint64_t n;
	(void)key;
	if (!cbor_get_array(&c, &n))
		return true;
	for (uint64_t i = 0; i < n && cbor_get_item(&c, &item); i++) {
		struct advisory a;
		if (!advisory_decode(item, &a))
			continue;
		add(arg, a.id);
		for (size_t r = 0; r < a.n_refs; r++)
			add(arg, a.refs[r]);
	}
	return true;
}

int import_known_load(const char *db, struct import_known **ret, struct err *e)
{
	struct import_known *k = mem_zalloc(sizeof *k);
	struct err fault = {.kind = ERR_NONE};
	const struct index_feed *f;
	k->ids = map_new();
	int res = index_open(db, &k->ix, &fault);
	size_t n = res == 0 ? index_feeds(k->ix, &f) : 0;
	for (size_t i = 0; i < n && res == 0; i++)
		res = index_each(k->ix, i, false, on_package, k, &fault);
	if (res < 0 && fault.kind != ERR_NOTFOUND) {
		import_known_free(k);
		if (e)
			*e = fault;
		return -1;
	}
	*ret = k;
	return 0;
}

void import_known_free(struct import_known *k)
{
	if (!k)
		return;
	map_free(k->ids);
	index_close(k->ix);
	free(k);
}

bool import_known_has(const struct import_known *k, struct bytes id)
{
	return map_get(k->ids, id) != NULL;
}
