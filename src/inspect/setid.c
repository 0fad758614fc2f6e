/* SPDX-License-Identifier: Apache-2.0 */
/* setid.c - the digest of everything that decides what facts come out of the same bytes. */
#include "inspect/inspect.h"

struct digest inspect_set_id(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_addf(&b, "walk %d\nfacts %d\n", WALK_VERSION, FACT_SCHEMA);
	for (size_t i = 0; inspectors[i]; i++)
		buf_addf(&b, "%s %u\n", inspectors[i]->id, inspectors[i]->version);
#define LIMIT_TEXT(name, value, unit, why) buf_addf(&b, "%s %lld\n", #name, (long long)(value));
	LIMITS(LIMIT_TEXT)
#undef LIMIT_TEXT
	return digest_of(buf_bytes(&b));
}
