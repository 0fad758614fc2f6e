/* SPDX-License-Identifier: Apache-2.0 */
/* ar.c - headers of ar archives.  Format: deb(5), ar(5). */
#include "fmt/ar.h"

enum { NAME_END = 16, SIZE_FROM = 48, SIZE_END = 58 };

bool ar_looks(struct bytes head) { return bytes_starts(head, B("!<arch>\n")); }

int ar_member(struct bytes header, struct ar_member *ret, struct err *e)
{
	struct ar_member m;
	struct bytes size = bytes_trim(bytes_slice(header, SIZE_FROM, SIZE_END));
	if (header.n != AR_HEADER || !bytes_ends(header, B("`\n")))
		return err_set(e, ERR_FORMAT, "no header of a member stands there");
	if (!bytes_u64(size, UINT64_C(9999999999), &m.size))
		return err_set(e, ERR_FORMAT, "the size of a member is no number");
	m.name = bytes_trim(bytes_slice(header, 0, NAME_END));
	if (bytes_ends(m.name, B("/")))
		m.name.n--;
	*ret = m;
	return 0;
}
