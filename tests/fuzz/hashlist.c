/* SPDX-License-Identifier: Apache-2.0 */
/* hashlist.c - fuzz: what a list of digests says does not depend on where its pieces are cut. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct hash_list *read_at(const uint8_t *p, size_t n, size_t cut, bool *ret_is_sound)
{
	struct hash_list *l = hash_list_new();
	struct err e = {.kind = ERR_NONE};
	hash_list_begin(l, "f");
	*ret_is_sound = hash_list_push(l, bytes_of(p, cut), &e) == 0 &&
	                hash_list_push(l, bytes_of(p + cut, n - cut), &e) == 0 &&
	                hash_list_end(l, &e) == 0;
	if (!*ret_is_sound && !e.msg[0])
		abort();
	hash_list_sort(l);
	return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	bool is_a, is_b;
	struct hash_hit hit;
	struct digest none = {.algo = DIGEST_SHA256};
	struct hash_list *a = read_at(p, n, 0, &is_a), *b = read_at(p, n, n ? p[0] % n : 0, &is_b);
	if (is_a != is_b || hash_list_size(a) != hash_list_size(b) ||
	    hash_list_kinds(a) != hash_list_kinds(b))
		abort();
	if (hash_list_find(a, DIGEST_SHA256, bytes_of(none.b, 32), &hit) &&
	    (hit.name.n > (size_t)HASH_NAME_MAX || !hit.file))
		abort();
	hash_list_free(a);
	hash_list_free(b);
	return 0;
}
