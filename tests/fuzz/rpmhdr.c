/* SPDX-License-Identifier: Apache-2.0 */
/* rpmhdr.c - fuzz: any bytes as a header, with all its files. */
#include "fmt/rpmhdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static volatile uint64_t touched;

static void touch(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		touched += b.p[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct rpmhdr h;
	struct rpmfiles files;
	struct err e;
	if (rpmhdr_parse(bytes_of(p, n), &h, &e) < 0)
		return 0;
	touch(h.name);
	touch(h.sourcerpm);
	touch(h.modularitylabel);
	touch(h.signature);
	if (rpmfiles_open(&h, &files, &e) < 0)
		return 0;
	for (struct rpmfile f; rpmfiles_next(&files, &f);) {
		touch(f.dir);
		touch(f.base);
		touch(f.digest);
		touch(f.linkto);
		touch(f.user);
		touch(f.group);
	}
	rpmfiles_close(&files);
	return 0;
}
