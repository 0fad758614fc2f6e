/* SPDX-License-Identifier: Apache-2.0 */
/* rules_front.c - the rules of a user, as a bundle: the front's side. */
#include "inspect/rules_text.h"

int rules_compile_user(const struct rules_sources *s, struct buf *hold, struct rules *ret,
                       struct err *e)
{
	const struct rules *shipped = rules_shipped();
	struct compile_sources from = {.paths = s->paths, .n = s->n, .cache_dir = s->cache_dir};
	struct digest id;
	if (!shipped)
		return err_set(e, ERR_INTERNAL, "the rules that ship are broken");
	from.first = shipped->whole;
	return compile_rules(&rules_kind, &from, hold, &id, e) < 0
	               ? -1
	               : rules_open(buf_bytes(hold), ret, e);
}
