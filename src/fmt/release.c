/* SPDX-License-Identifier: Apache-2.0 */
/* release.c - signed indexes of Debian repositories.  Format: DebianRepository/Format. */
#include "fmt/release.h"

#include <stdio.h>

#include "fmt/deb822.h"

static bool month_of(struct bytes word, unsigned *ret)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (unsigned i = 0; i < 12; i++) {
		if (bytes_eq(word, bytes_of(names + (size_t)3 * i, 3))) {
			*ret = i + 1;
			return true;
		}
	}
	return false;
}

static bool is_utc(struct bytes zone)
{
	return bytes_eq(zone, B("UTC")) || bytes_eq(zone, B("GMT")) || bytes_eq(zone, B("Z")) ||
	       bytes_eq(zone, B("+0000"));
}

bool release_date(struct bytes text, int64_t *ret_s)
{
	struct bytes day, month, year, time, zone, rest = text, more;
	uint64_t d, y;
	unsigned m;
	char iso[40];
	if (!bytes_word(&rest, &day) || !bytes_word(&rest, &day) || !bytes_word(&rest, &month) ||
	    !bytes_word(&rest, &year) || !bytes_word(&rest, &time) || !bytes_word(&rest, &zone) ||
	    bytes_word(&rest, &more))
		return false;
	if (!bytes_u64(day, 31, &d) || !month_of(month, &m) || !bytes_u64(year, 9999, &y) ||
	    time.n < 7 || time.n > 8 || !is_utc(zone))
		return false;
	/* "9:03:35" stands in old ones */
	snprintf(iso, sizeof iso, "%04u-%02u-%02uT%s%.*sZ", (unsigned)y, m, (unsigned)d,
	         time.n == 7 ? "0" : "", BYTES_FMT(time));
	return clock_parse(bytes_str(iso), ret_s);
}

int release_parse(struct bytes text, struct release *ret, struct err *e)
{
	struct bytes rest = text, paragraph, more;
	if (!deb822_paragraph(&rest, &paragraph) || deb822_paragraph(&rest, &more))
		return err_set(e, ERR_FORMAT, "it is not one paragraph of fields");
	struct bytes until = deb822_get(paragraph, B("Valid-Until"));
	struct release r = {.origin = deb822_get(paragraph, B("Origin")),
	                    .suite = deb822_get(paragraph, B("Suite")),
	                    .codename = deb822_get(paragraph, B("Codename")),
	                    .files = deb822_get(paragraph, B("SHA256"))};
	if (!release_date(deb822_get(paragraph, B("Date")), &r.date_s))
		return err_set(e, ERR_FORMAT, "it has no date");
	if (until.p && !release_date(until, &r.valid_until_s))
		return err_set(e, ERR_FORMAT, "Valid-Until is no date");
	if (!r.files.p)
		return err_set(e, ERR_FORMAT, "it lists no files by SHA-256");
	*ret = r;
	return 0;
}

int release_file(struct bytes *rest, struct release_file *ret, struct err *e)
{
	struct bytes line, hex, size;
	do {
		if (!bytes_line(rest, &line))
			return 0;
		line = bytes_trim(line);
	} while (!line.n);
	struct bytes whole = line;
	if (!bytes_word(&line, &hex) || hex.n != 64 || !hex_decode(hex, ret->sha256, 32) ||
	    !bytes_word(&line, &size) || !bytes_u64(size, UINT64_MAX, &ret->size) ||
	    !bytes_word(&line, &ret->name))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no digest, size and name",
		               BYTES_FMT(bytes_slice(whole, 0, 80)));
	return 1;
}
