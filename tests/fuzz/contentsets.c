/* SPDX-License-Identifier: Apache-2.0 */
/* contentsets.c - fuzz: names of content sets keep the promises of their reader. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void look(void *arg, struct bytes name)
{
	(void)arg;
	if (!name.n || name.n > (size_t)CONTENT_SET_LEN_MAX || !bytes_is_utf8(name))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	if (content_sets_read(bytes_of(p, n), look, NULL, &e) < 0 && !e.msg[0])
		abort();
	return 0;
}
