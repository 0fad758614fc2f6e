/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_units.c - which languages a call imports, told from what its archives and folders hold.
 */
#include "advise/sink.h"

/* "PATH!member" lies in the archive PATH, another document in its folder. */
static struct bytes unit_of(struct bytes document)
{
	ssize_t at = bytes_rfind(document, '!');
	return at > 0 ? bytes_slice(document, 0, (size_t)at) : path_dir(document);
}

static void settle(struct import_units *u)
{
	u->chosen |= u->common ? u->common : u->all;
	u->is_mixed |= u->n == 1 || !u->common;
	u->n = 0;
}

void import_units_add(struct import_units *u, struct bytes document, uint32_t languages)
{
	struct bytes unit = unit_of(document);
	if (!languages) { /* the records of one language all name it */
		u->is_mixed = true;
		return;
	}
	if (u->n && !bytes_eq(unit, buf_bytes(&u->name)))
		settle(u);
	if (!u->n) {
		buf_fini(&u->name);
		buf_init(&u->name, (size_t)PATH_LEN_MAX * 8);
		buf_add(&u->name, unit);
		u->common = u->all = languages;
	}
	u->common &= languages;
	u->all |= languages;
	u->n++;
}

uint32_t import_units_end(struct import_units *u)
{
	if (u->n)
		settle(u);
	return u->chosen;
}
