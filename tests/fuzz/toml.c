/* SPDX-License-Identifier: Apache-2.0 */
/* toml.c - fuzz: what the strict reading takes the other takes too; a failure says why. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_JSON json_t *a = NULL;
	AUTO_JSON json_t *b = NULL;
	AUTO_JSON json_t *c = NULL;
	int strict = toml_load(bytes_of(p, n), "t", (size_t)MIB(1), TOML_STRICT, &a, &e);
	if (strict < 0 && !e.msg[0])
		abort();
	int wide = toml_load(bytes_of(p, n), "t", (size_t)MIB(1), 0, &b, &e);
	int tagged = toml_load(bytes_of(p, n), "t", (size_t)MIB(1), TOML_TAGGED, &c, &e);
	if ((strict == 0 && wide < 0) || wide != tagged)
		abort();
	return 0;
}
