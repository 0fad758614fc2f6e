/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-rules.c - makes bundles of readable rules.
 * usage: assay-rules OUT PATH...   (the rules that ship, for the build)
 *        assay-rules yara, assay-rules rules
 *                                  (those of a user, confined: inspect/compile.h)
 */
#include <stdio.h>
#include <string.h>

#include "inspect/inspect.h"

int main(int argc, char **argv)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf b = {0};
	if (argc == 2 && strcmp(argv[1], "yara") == 0)
		return yara_make_main();
	if (argc == 2 && strcmp(argv[1], "rules") == 0)
		return rules_make_main();
	if (argc < 3)
		err_set(&e, ERR_USAGE, "assay-rules is started by assay and by its build");
	else if (rules_make((const char *const *)(argv + 2), (size_t)argc - 2, &b, &e) == 0)
		file_write(argv[1], buf_bytes(&b), 0644, &e);
	if (e.kind == ERR_NONE)
		return 0;
	fprintf(stderr, "assay-rules: %s\n", e.msg);
	return e.kind == ERR_USAGE || e.kind == ERR_FORMAT ? 2 : 3;
}
