/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feeds.c - the table of feeds.
 */
#include "advise/feed.h"

#define FEED(name) &feed_##name,
const struct feed *const feeds[] = {
#include "advise/feeds.def"
	NULL,
};
_Static_assert(ARRAY_LEN(feeds) - 1 <= INDEX_FEEDS_MAX, "all can be updated, and held by an index");
#undef FEED
/* who walks over feeds has room for so many */
_Static_assert(ARRAY_LEN(feeds) - 1 <= INDEX_FEEDS_MAX, "INDEX_FEEDS_MAX is too small");

const struct feed *feed_by_id(struct bytes id)
{
	for (const struct feed *const *f = feeds; *f; f++) {
		if (bytes_eq(bytes_str((*f)->id), id))
			return *f;
	}
	return NULL;
}
