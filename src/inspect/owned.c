/* SPDX-License-Identifier: Apache-2.0 */
/* owned.c - what inspectors of package databases share. */
#include "inspect/owned.h"

void notes_add(struct notes *n, const char *what, const struct err *e)
{
	if (n->n++ < (uint64_t)INSPECT_NOTES_MAX)
		inspect_note(n->in, n->code, "%s: %s", what, e->msg);
}

void notes_end(struct notes *n)
{
	if (n->n > (uint64_t)INSPECT_NOTES_MAX)
		inspect_note(n->in, n->code, "%llu more broken records like these",
		             (unsigned long long)(n->n - (uint64_t)INSPECT_NOTES_MAX));
}

/* No empty component, "." or "..", no slash at either end. */
static bool is_clean(struct bytes path)
{
	if (path.n == 0 || path.p[path.n - 1] == '/')
		return false;
	for (struct bytes part; bytes_split(&path, '/', &part);) {
		if (part.n == 0 || bytes_eq(part, B(".")) || bytes_eq(part, B("..")))
			return false;
	}
	return true;
}

void owned_add(struct notes *n, const struct fact_owned *f)
{
	struct fact_owned fact = *f;
	if (f->file.n == 0)
		return;
	if (is_clean(f->file)) {
		inspect_owned(n->in, &fact);
		return;
	}
	AUTO_BUF struct buf clean;
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	struct err e = {.kind = ERR_NONE};
	if (image_path(f->file, &clean, &e) < 0) {
		notes_add(n, "path of a package", &e);
		return;
	}
	fact.file = buf_bytes(&clean);
	if (fact.file.n)
		inspect_owned(n->in, &fact);
}
