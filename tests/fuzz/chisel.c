/* SPDX-License-Identifier: Apache-2.0 */
/* chisel.c - fuzz: a manifest of Chisel, packed or plain by the first byte, keeps the promises of
 * its reader. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void read_all(struct bytes text)
{
	struct chisel_reader r;
	struct chisel_record c;
	struct err e = {.msg = ""};
	size_t n_broken = 0, n_lines = 1;
	for (size_t i = 0; i < text.n; i++)
		n_lines += text.p[i] == '\n';
	if (chisel_open(&r, text, &e) < 0)
		return;
	for (int rc; (rc = chisel_next(&r, &c, &e)) != 0;) {
		n_broken += rc < 0;
		if (rc > 0 && c.kind == CHISEL_PACKAGE && (!c.name.n || !c.version.n))
			abort();
		if (rc > 0 && c.sha256.n && c.sha256.n != 64)
			abort();
		for (size_t i = 0; rc > 0 && i < json_array_size(c.slices); i++)
			chisel_package_of(json_bytes(json_array_get(c.slices, i)));
	}
	if (n_broken > n_lines + 1)
		abort();
	chisel_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_BUF struct buf plain;
	struct err e = {.msg = ""};
	if (!n)
		return 0;
	struct bytes rest = bytes_of(p + 1, n - 1);
	buf_init(&plain, (size_t)CHISEL_PLAIN_MAX);
	if (p[0] & 1)
		read_all(rest);
	else if (chisel_unpack(rest, &plain, &e) == 0)
		read_all(buf_bytes(&plain));
	return 0;
}
