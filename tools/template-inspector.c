/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.c - what this inspector finds, in a few words.
 *
 * Format: one name per line, "#" begins a comment.   Source: example(5).
 * Emits: fact "count" (what "example", how many names).
 */
#include "inspect/inspect.h"

static int example_file(struct inspect *in, const struct entry *en, struct bytes content,
                        struct err *e)
{
	(void)en;
	uint64_t n = 0;
	for (struct bytes line; bytes_line(&content, &line);) {
		line = bytes_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		if (memchr(line.p, 0, line.n))
			return err_set(e, ERR_FORMAT, "a name holds a NUL byte");
		n++;
	}
	inspect_count(in, B("example"), n);
	return 0;
}

const struct inspector inspector_example = {
	.id = "example",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Example",
	.paths = (const char *const[]){"etc/example", NULL},
	.want = INSPECT_FILE,
	.max = MIB(1),
	.file = example_file,
};
