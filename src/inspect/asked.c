/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asked.c - regular expressions that somebody asked about one file: tests of its content.
 *
 * Format: any.
 * Source: the file that a second look names; with the look come the expressions, an array of texts
 * in CBOR.
 * Emits: setting "asked" (value: a character for each expression: "1" found, "0" not, "?" it took
 * more than ASKED_STEPS_MAX to tell).
 */
#include "inspect/inspect.h"

static char ask(struct bytes pattern, struct bytes content, struct err *e)
{
	struct regex *re;
	uint64_t steps = (uint64_t)ASKED_STEPS_MAX;
	if (regex_compile(pattern, &re, e) < 0)
		return '?';
	int found = regex_search(re, content, &steps);
	regex_free(re);
	return found < 0 ? '?' : found ? '1' : '0';
}

static int asked_file(struct inspect *in, const struct entry *en, struct bytes content,
                      struct err *e)
{
	AUTO_BUF struct buf said;
	struct cbor r = cbor_of(inspect_attached(in));
	uint64_t n;
	(void)en;
	buf_init(&said, (size_t)FACT_MAX / 2);
	if (!cbor_get_array(&r, &n))
		return err_set(e, ERR_FORMAT, "nothing was asked");
	for (struct bytes pattern; n && cbor_get_bytes(&r, &pattern); n--)
		buf_addc(&said, (uint8_t)ask(pattern, content, e));
	inspect_setting(in, &(struct fact_setting){.what = B("asked"), .value = buf_bytes(&said)});
	return 0;
}

const struct inspector inspector_asked = {
	.id = "asked",
	.version = 1,
	.title = "Answers about the content of single files",
	.paths = (const char *const[]){NULL},
	.want = INSPECT_LOOK,
	.max = INSPECT_FILE_MAX,
	.file = asked_file,
};
