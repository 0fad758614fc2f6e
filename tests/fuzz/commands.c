/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - fuzz: files of commands, as lines and as package.json; what is stated is a fact. */
#include "inspect/state.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

extern const struct inspector inspector_commands;

static int put(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	(void)arg, (void)e;
	if (!fact_check(kind, cbor))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inspect *in = inspect_new(&(struct inspect_sink){.put = put});
	const struct bytes paths[] = {B("etc/crontab"), B("srv/package.json")};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct inspect_file f = {.en.path = paths[i], .content = bytes_of(p, n)};
		inspect_see(in, &inspector_commands, &f, 1, NULL);
	}
	inspect_free(in);
	return 0;
}
