/* SPDX-License-Identifier: Apache-2.0 */
/* pacman.c - fuzz: records and lists of pacman keep the promises of their readers. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct bytes text = bytes_of(p, n);
	struct pacman_package d;
	struct pacman_files lines = {.rest = text};
	struct pacman_file f;
	struct err e = {.msg = ""};
	int rc = pacman_desc(text, a, &d, &e);
	if (rc < 0 ? !e.msg[0] : !d.name.n || !d.version.n)
		abort();
	for (size_t i = 0; (rc = pacman_file(&lines, &f, &e)) != 0; i++)
		if (i > n || (rc > 0 && f.md5.n && (f.md5.n != 32 || !f.is_config)))
			abort();
	pacman_folder_name(text);
	return 0;
}
