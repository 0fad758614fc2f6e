/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_zone.c - time zones by name, from the system's database.
 *
 * A name is letters, digits, "+-_" and slashes between
 * parts: no path leaves the database's folder.
 */
#include "policy/cel_parts.h"

#include <string.h>

#define FOLDER "/usr/share/zoneinfo/"

static bool is_name(struct bytes zone)
{
	if (!zone.n || zone.n > 64 || !is_alpha(zone.p[0]))
		return false;
	for (size_t i = 0; i < zone.n; i++) {
		uint8_t c = zone.p[i];
		if (!is_alnum(c) && (bytes_find(B("+-_/"), c) < 0 || (c == '/' && i + 1 == zone.n)))
			return false;
	}
	return true;
}

bool cel_zone_offset(struct bytes zone, int64_t s, int64_t *ret)
{
	AUTO_BUF struct buf file = {.p = NULL};
	char path[sizeof FOLDER + 64] = FOLDER;
	if (!is_name(zone))
		return false;
	memcpy(path + sizeof FOLDER - 1, zone.p, zone.n);
	path[sizeof FOLDER - 1 + zone.n] = 0;
	return file_read(path, (size_t)ZONE_FILE_MAX, &file, NULL) == 0 &&
	       tzif_offset(buf_bytes(&file), s, ret, NULL) == 0;
}
