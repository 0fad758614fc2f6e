/* SPDX-License-Identifier: Apache-2.0 */
/* lang_go.c - fuzz: build info, alone, in a whole file and in one that goes by, gives packages that
 * keep their promises; what goes by tells the same as the whole. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void look(void *arg, const struct lang_package *p)
{
	(void)arg;
	if (!p->name.n || !p->version.n || !bytes_is_utf8(p->name))
		abort();
}

static void list(void *arg, const struct lang_package *p)
{
	look(NULL, p);
	buf_addf(arg, "%.*s@%.*s\n", BYTES_FMT(p->name), BYTES_FMT(p->version));
}

static void goes_by(struct bytes b)
{
	AUTO_BUF struct buf kept, whole;
	struct elf_piece piece;
	struct elf el;
	struct err e;
	ssize_t at = lang_go_find(b, 0);
	if (at < 0 || lang_go_need(bytes_skip(b, (size_t)at)) >= 0)
		return;
	buf_init(&kept, (size_t)MIB(16));
	buf_init(&whole, (size_t)MIB(16));
	struct lang_go_keep *k = lang_go_keep_new();
	bool is_go = lang_go_keep_piece(k, bytes_slice(b, 0, (size_t)at));
	if (is_go)
		lang_go_keep_found(k, bytes_skip(b, (size_t)at));
	if (is_go && lang_go_keep_piece(k, bytes_skip(b, (size_t)at)) &&
	    lang_go_keep_end(k, list, &kept)) {
		if (elf_open_whole(b, &piece, &el, &e) < 0 ||
		    lang_go_pointed(&el, bytes_skip(b, (size_t)at), list, &whole) <= 0 ||
		    !bytes_eq(buf_bytes(&kept), buf_bytes(&whole)))
			abort();
	}
	lang_go_keep_free(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e;
	struct bytes b = bytes_of(p, n);
	ssize_t need = lang_go_need(b);
	if (need > 0 && (size_t)need <= n)
		lang_go_info(b, look, NULL, &e);
	lang_go_file(b, look, NULL, &e);
	goes_by(b);
	return 0;
}
