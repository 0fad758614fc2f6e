/* SPDX-License-Identifier: Apache-2.0 */
/* setid.c - the digest of everything that decides what facts come out of the same bytes. */
#include "inspect/inspect.h"

unsigned inspect_checks(void)
{
	unsigned checks = 0;
	for (size_t i = 0; inspectors[i]; i++)
		checks |= inspectors[i]->checks;
	return checks;
}

struct digest inspect_set_id(unsigned checks, const struct rules *rules,
                             const struct yara_bundle *yara)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_addf(&b, "walk %d\nfacts %d\n", WALK_VERSION, FACT_SCHEMA);
	checks &= inspect_checks();
	for (size_t i = 0; inspectors[i]; i++) {
		if (!inspectors[i]->checks || inspectors[i]->checks & checks)
			buf_addf(&b, "%s %u\n", inspectors[i]->id, inspectors[i]->version);
	}
	if (checks && rules)
		buf_add(&b, bytes_of(rules->head->digest, sizeof rules->head->digest));
	if (checks & 1U << CHECK_MALWARE && yara)
		buf_add(&b, bytes_of(yara->id.b, 32));
#define LIMIT_TEXT(name, value, unit, why) buf_addf(&b, "%s %lld\n", #name, (long long)(value));
	LIMITS(LIMIT_TEXT)
#undef LIMIT_TEXT
	return digest_of(buf_bytes(&b));
}
