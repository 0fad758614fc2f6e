/* SPDX-License-Identifier: Apache-2.0 */
/* lang_tree.c - the folders that package managers of languages install to. */
#include "fmt/lang.h"

/* Each a whole component of a path. */
static const char *const trees[] = {
	"node_modules", "site-packages", "dist-packages", "vendor", "gems", ".cargo", ".nuget",
};

bool lang_is_in_tree(struct bytes path)
{
	if (bytes_search(path, B("pkg/mod/")) >= 0)
		return true;
	struct bytes one;
	while (bytes_find(path, '/') >= 0 && bytes_split(&path, '/', &one)) {
		for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
			if (bytes_eq(one, bytes_str(trees[i])))
				return true;
		}
	}
	return false;
}
