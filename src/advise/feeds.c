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
#undef FEED

const struct feed *feed_by_id(struct bytes id)
{
	for (const struct feed *const *f = feeds; *f; f++) {
		if (bytes_eq(bytes_str((*f)->id), id))
			return *f;
	}
	return NULL;
}
