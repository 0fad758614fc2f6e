/* SPDX-License-Identifier: Apache-2.0 */
/* clam.c - fuzz: whatever clamd says is one of three words, and a text that ends. */
#include "inspect/clam.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct clam_answer a;
	clam_read_reply(bytes_of(p, n), &a);
	if (a.word >= CLAM_WORD__MAX || strlen(a.text) > CLAM_TEXT_LEN)
		abort();
	if ((a.word == CLAM_CLEAN) != (a.text[0] == '\0' && a.word != CLAM_ERROR))
		abort();
	return 0;
}
