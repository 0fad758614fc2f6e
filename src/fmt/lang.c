/* SPDX-License-Identifier: Apache-2.0 */
/* lang.c - what all readers of language manifests ask of a name and a version. */
#include "fmt/lang.h"

static int check(struct bytes text, const char *what, struct err *e)
{
	if (text.n == 0)
		return err_set(e, ERR_FORMAT, "the package has no %s", what);
	if (text.n > (size_t)LANG_FIELD_MAX)
		return err_set(e, ERR_LIMIT, "a %s of %zu bytes, at most %d", what, text.n,
		               (int)LANG_FIELD_MAX);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f)
			return err_set(e, ERR_FORMAT, "a control character in the %s", what);
	}
	return bytes_is_utf8(text) ? 0 : err_set(e, ERR_FORMAT, "the %s is not UTF-8", what);
}

int lang_check(struct lang_package *p, struct err *e)
{
	p->name = bytes_trim(p->name);
	p->version = bytes_trim(p->version);
	p->license = bytes_trim(p->license);
	if (p->license.n == 0 || p->license.n > (size_t)LANG_FIELD_MAX)
		p->license = (struct bytes){NULL, 0};
	if (check(p->name, "name", e) < 0 || check(p->version, "version", e) < 0)
		return -1;
	return 1;
}
