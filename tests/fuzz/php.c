/* SPDX-License-Identifier: Apache-2.0 */
/* php.c - fuzz: values of PHP are read or refused with a word, and packages in them keep the
 * promises of the readers. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void look(void *arg, const struct lang_package *p)
{
	(void)arg;
	if (!p->name.n || !p->version.n || p->name.n > (size_t)LANG_FIELD_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct lang_package pear;
	struct err e = {.kind = ERR_NONE};
	if (lang_composer_php(bytes_of(p, n), look, NULL, &e) < 0 && !e.msg[0])
		abort();
	e = (struct err){.kind = ERR_NONE};
	int res = lang_pear(bytes_of(p, n), a, &pear, &e);
	if (res < 0 && !e.msg[0])
		abort();
	if (res > 0)
		look(NULL, &pear);
	return 0;
}
