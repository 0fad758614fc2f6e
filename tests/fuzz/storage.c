/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.c - fuzz: any bytes as what containers-storage writes.
 *
 * Input: one byte that says as what (images.json, layers.json, a line of tar-split), the text.
 */
#include "fmt/storage.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define TOP "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf to;
	struct err e;
	buf_init(&to, n + 16);
	if (!n)
		return 0;
	struct bytes text = bytes_of(p + 1, n - 1);
	const struct storage_want want = {.names = {B("docker.io/library/a:1")}};
	struct storage_image im;
	struct storage_layer *l;
	struct tarsplit t;
	size_t n_layers;
	if (p[0] % 3 == 0 && storage_image_find(a, text, &want, &im, &e) == 0 && im.id.n != 64)
		abort();
	if (p[0] % 3 == 1 && storage_layer_chain(a, text, B(TOP), &l, &n_layers, &e) == 0 &&
	    n_layers > (size_t)OCI_LAYERS_MAX)
		abort();
	if (p[0] % 3 == 2 && tarsplit_line(text, &to, &t, &e) == 0 && t.bytes.n > n)
		abort();
	storage_file_name(a, text);
	return 0;
}
