/* SPDX-License-Identifier: Apache-2.0 */
/* jar_name.c - the name of a jar by its digest, where the index has a list of them. */
#include "advise/jar_digests.h"

#include <string.h>

/* Of several names the one whose artifact the file is called by; else there must be only one. */
static bool choose(struct bytes value, struct bytes artifact, struct advise_jar *ret)
{
	struct cbor c = cbor_of(value);
	struct advisory v;
	struct bytes item;
	uint64_t n;
	size_t found = 0;
	if (!cbor_get_array(&c, &n))
		return false;
	memset(&v, 0, sizeof v);
	for (uint64_t i = 0; i < n && cbor_get_item(&c, &item); i++) {
		struct bytes group, own;
		if (!advisory_decode(item, &v) || !bytes_cut(v.id, ':', &group, &own))
			continue;
		bool is_own = bytes_eq(own, artifact);
		found++;
		if (found == 1 || is_own)
			*ret = (struct advise_jar){v.id, v.detail};
		if (is_own)
			return true;
	}
	return found == 1;
}

/* The place of the list among the feeds; -1: there is none. */
static ssize_t list_of(const struct index *ix)
{
	const struct index_feed *f;
	size_t n = ix ? index_feeds(ix, &f) : 0;
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq(f[i].name, B(JAR_DIGESTS_FEED)))
			return (ssize_t)i;
	}
	return -1;
}

bool advise_names_jars(const struct index *ix) { return list_of(ix) >= 0; }

bool advise_jar_name(struct index *ix, struct bytes sha1, struct bytes artifact,
                     struct advise_jar *ret)
{
	ssize_t list = list_of(ix);
	struct bytes value;
	return list >= 0 && index_advisories(ix, (size_t)list, B(JAR_DIGESTS_NS), sha1, &value) &&
	       choose(value, artifact, ret);
}
