/* SPDX-License-Identifier: Apache-2.0 */
/* lang_go.c - fuzz: build info, alone and in a whole file, gives packages that keep their promises.
 */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void look(void *arg, const struct lang_package *p)
{
	(void)arg;
	if (!p->name.n || !p->version.n || !bytes_is_utf8(p->name))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e;
	struct bytes b = bytes_of(p, n);
	ssize_t need = lang_go_need(b);
	if (need > 0 && (size_t)need <= n)
		lang_go_info(b, look, NULL, &e);
	lang_go_file(b, look, NULL, &e);
	return 0;
}
