/* SPDX-License-Identifier: Apache-2.0 */
/* artifact.c - what is said of an index that is handed on. */
#include "flow/artifact.h"

#include <string.h>

void flow_claim_write(struct json_out *j, const struct index_claim *c, const struct index *ix)
{
	char built[21], hex[65], day[11];
	const struct index_feed *f;
	clock_format(c->identity.built_s, built);
	hex_encode(c->plain.b, 32, hex);
	jout_object(j);
	jout_kint(j, "schema", (int64_t)c->schema);
	jout_kstr(j, "built", built);
	jout_kint(j, "size", (int64_t)c->identity.size);
	jout_kstr(j, "sum", c->identity.sum);
	jout_kstr(j, "sha256", hex);
	jout_key(j, "feeds");
	jout_array(j);
	for (size_t i = 0, n = index_feeds(ix, &f); i < n; i++) {
		clock_format_day(f[i].data_s, day);
		jout_object(j);
		jout_kbytes(j, "name", f[i].name);
		jout_kstr(j, "data", f[i].data_s ? day : NULL);
		jout_kint(j, "records", (int64_t)f[i].records);
		jout_object_end(j);
	}
	jout_array_end(j);
	jout_object_end(j);
}

int flow_claim_read(const json_t *predicate, struct index_claim *ret, struct err *e)
{
	struct index_claim c = {.schema = 0};
	uint8_t sum[16];
	struct bytes text = json_text(predicate, "sum");
	bool is_good = json_u64(predicate, "schema", INT32_MAX, &c.schema) &&
	               json_u64(predicate, "size", (uint64_t)INDEX_MAP_MAX, &c.identity.size) &&
	               clock_parse(json_text(predicate, "built"), &c.identity.built_s) &&
	               digest_parse_hex(json_text(predicate, "sha256"), &c.plain, e) == 0 &&
	               text.n == 2 * sizeof sum && hex_decode(text, sum, sizeof sum);
	if (!is_good)
		return err_set(e, ERR_FORMAT, "the statement about the index is malformed");
	hex_encode(sum, sizeof sum, c.identity.sum);
	*ret = c;
	return 0;
}
