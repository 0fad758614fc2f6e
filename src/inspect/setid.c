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

struct digest inspect_set_id(const struct inspect_set *set)
{
	AUTO_BUF struct buf b;
	unsigned checks = set->checks & inspect_checks();
	buf_init(&b, 1 << 20);
	buf_addf(&b, "walk %d\nfacts %d\n", WALK_VERSION, FACT_SCHEMA);
	for (size_t i = 0; inspectors[i]; i++) {
		if (!inspectors[i]->checks || inspectors[i]->checks & checks ||
		    (inspectors[i]->is_sums && set->sums))
			buf_addf(&b, "%s %u\n", inspectors[i]->id, inspectors[i]->version);
	}
	if (checks && set->rules)
		buf_add(&b, bytes_of(set->rules->head->digest, sizeof set->rules->head->digest));
	if (checks & 1U << CHECK_MALWARE && set->yara)
		buf_add(&b, bytes_of(set->yara->id.b, 32));
	if (checks & 1U << CHECK_MALWARE)
		buf_addf(&b, "clamd %.*s\n", BYTES_FMT(set->clamd));
	if (set->sums)
		buf_addf(&b, "sums %u\n", set->sums);
	static const struct {
		const char *name;
		int64_t value;
	} limits[] = {
#define LIMIT_ROW(name, value, unit, why) {#name, value},
		LIMITS(LIMIT_ROW)
#undef LIMIT_ROW
	};
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		buf_adds(&b, limits[i].name);
		buf_add(&b, bytes_of(&limits[i].value, sizeof limits[i].value));
	}
	return digest_of(buf_bytes(&b));
}
