/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - a main for fuzz targets: feeds each file of the command line, and the cut-short forms
 * of it, to the target.  What a sanitizer or a signal ends is a failed test (tests/run).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { FILE_MAX = 64 << 20, CUTS = 16 };

/* Hands out a copy that ends where the heap block ends, so that a sanitizer sees one byte too far.
 */
static void feed(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	if (!copy)
		abort();
	if (n)
		memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static int replay(const char *path, uint8_t *buf)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return -1;
	size_t n = fread(buf, 1, FILE_MAX, f);
	fclose(f);
	for (size_t i = 0; i < CUTS; i++)
		feed(buf, n / CUTS * i);
	feed(buf, n);
	return 0;
}

int main(int argc, char **argv)
{
	uint8_t *buf = calloc(1, FILE_MAX);
	if (!buf)
		abort();
	int failed = 0;
	feed(buf, 0);
	printf("ok - empty\n");
	for (int i = 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');
		int rc = replay(argv[i], buf);
		printf("%s - %s\n", rc ? "not ok" : "ok", slash ? slash + 1 : argv[i]);
		fflush(stdout);
		failed |= rc;
	}
	free(buf);
	return failed ? 1 : 0;
}
