/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-rules.c - makes a bundle of readable rules: for the build, and for assay when a user brings
 * rules along.
 * usage: assay-rules OUT PATH... [--user PATH...]
 *        assay-rules yara      (YARA rules, confined: inspect/yara.h)
 */
#include <stdio.h>
#include <string.h>

#include "inspect/inspect.h"

int main(int argc, char **argv)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf b = {0};
	struct rules_source s[2] = {
		{.n = 0          },
                { .n = 0, .is_user = true}
        };
	if (argc == 2 && strcmp(argv[1], "yara") == 0)
		return yara_make_main();
	if (argc < 3)
		err_set(&e, ERR_USAGE, "assay-rules is started by assay and by its build");
	int from = 2, cut = 2;
	while (cut < argc && strcmp(argv[cut], "--user") != 0)
		cut++;
	s[0].paths = (const char *const *)(argv + from);
	s[0].n = argc < 3 ? 0 : (size_t)(cut - from);
	s[1].paths = (const char *const *)(argv + cut + 1);
	s[1].n = cut + 1 < argc ? (size_t)(argc - cut - 1) : 0;
	if (e.kind != ERR_NONE || rules_make(s, 2, &b, &e) < 0 ||
	    file_write(argv[1], buf_bytes(&b), 0644, &e) < 0) {
		fprintf(stderr, "assay-rules: %s\n", e.msg);
		return e.kind == ERR_USAGE || e.kind == ERR_FORMAT ? 2 : 3;
	}
	return 0;
}
