/* SPDX-License-Identifier: Apache-2.0 */
/* sqlitepages.c - fuzz: pages of SQLite databases; no more is given than twice the page. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct sqlite_pages form;
	struct bytes text = bytes_of(p, n);
	struct buf out;
	if (!sqlite_pages_open(text, &form))
		return 0;
	buf_init(&out, 2 * (size_t)SQLITE_PAGE_MOST);
	text = bytes_skip(text, form.skip);
	for (bool is_first = !form.before; text.n; is_first = false) {
		text = bytes_skip(text, form.before);
		struct bytes page = bytes_slice(text, 0, MIN_OF((size_t)form.size, text.n));
		sqlite_page_texts(&form, page, is_first, &out);
		if (out.overflow || out.n > 2 * page.n)
			abort();
		text = bytes_skip(text, page.n);
	}
	buf_fini(&out);
	return 0;
}
