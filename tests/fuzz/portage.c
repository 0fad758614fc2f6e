/* SPDX-License-Identifier: Apache-2.0 */
/* portage.c - fuzz: names, lists of files and licences of Portage keep the promises of their
 * readers. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct bytes text = bytes_of(p, n), name, version;
	struct portage_files lines = {.rest = text};
	struct portage_file f;
	struct err e = {.msg = ""};
	if (portage_name(text, &name, &version) &&
	    (!name.n || !version.n || name.n + version.n + 1 != n))
		abort();
	for (size_t i = 0, rc; (rc = (size_t)(portage_file(&lines, &f, &e) + 1)) != 1; i++)
		if (i > n || (rc == 0 && !e.msg[0]) || (rc == 2 && f.md5.n && f.md5.n != 32))
			abort();
	if (portage_license(text, a).n > (size_t)LANG_FIELD_MAX)
		abort();
	return 0;
}
