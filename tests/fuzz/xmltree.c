/* SPDX-License-Identifier: Apache-2.0 */
/* xmltree.c - fuzz: what is loaded is a tree within its bounds; a failure says why. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct xml_node *root = NULL;
	struct err e = {.kind = ERR_NONE};
	int rc = xml_load(bytes_of(p, n), "x", (size_t)MIB(1), a, &root, &e);
	if (rc < 0 ? !e.msg[0] : !root || !root->name.n)
		abort();
	size_t depth = 0;
	for (const struct xml_node *at = root; at; at = at->child)
		depth++;
	if (depth > (size_t)XML_DEPTH_MAX)
		abort();
	return 0;
}
