/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_pax.c - extended headers: records "LENGTH KEY=VALUE\n", and the sparse maps of GNU tar in
 * them.
 *
 * Source: POSIX pax, "pax Extended Header"; GNU tar manual, "Storing Sparse Files" (forms 0.0, 0.1,
 * 1.0); star(5) for SCHILY.xattr.  Times, owners' names and unknown keys are skipped.
 */
#include "fmt/tar_parts.h"

#include <string.h>

int sparse_add(struct sparse *s, uint64_t off, uint64_t n, struct err *e)
{
	if (s->n >= (size_t)SPARSE_SEGS_MAX)
		return err_set(e, ERR_LIMIT, "sparse map has more than %lld segments",
		               (long long)SPARSE_SEGS_MAX);
	if (s->n == s->cap)
		s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
	s->v[s->n++] = (struct sparse_seg){off, n};
	return 0;
}

int sparse_check(const struct sparse *s, uint64_t file_size, uint64_t stored, struct err *e)
{
	uint64_t end = 0, sum = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct sparse_seg *g = &s->v[i];
		if (g->off < end || g->off > file_size || g->n > file_size - g->off)
			return err_set(e, ERR_FORMAT,
			               "sparse map overlaps or leaves the file at segment %zu", i);
		end = g->off + g->n;
		sum += g->n; /* <= file_size: segments do not overlap */
	}
	if (sum != stored)
		return err_set(e, ERR_FORMAT, "sparse map names %llu bytes where %llu are stored",
		               (unsigned long long)sum, (unsigned long long)stored);
	return 0;
}

static int number(struct bytes v, const char *key, uint64_t *ret, struct err *e)
{
	if (!bytes_u64(v, INT64_MAX, ret))
		return err_set(e, ERR_FORMAT, "extended header: %s is not a number in range", key);
	return 0;
}

/* uid, gid: what does not fit 32 bits becomes UINT32_MAX and is said so. */
static int id(struct bytes v, const char *key, uint32_t *ret, struct pax *p, struct err *e)
{
	bool is_negative = v.n && v.p[0] == '-';
	uint64_t n;
	if (number(is_negative ? bytes_skip(v, 1) : v, key, &n, e))
		return -1;
	bool fits = !is_negative && n <= UINT32_MAX;
	*ret = fits ? (uint32_t)n : UINT32_MAX;
	p->is_id_clamped |= !fits;
	return 0;
}

static int name(struct bytes v, const char *key, struct bytes *ret, struct err *e)
{
	/* Readers disagree on what such a name is: some cut it, some refuse it. */
	if (bytes_find(v, 0) >= 0)
		return err_set(e, ERR_FORMAT, "extended header: %s has a NUL inside", key);
	*ret = v;
	return 0;
}

/* "off,n,off,n,..." */
static int map_01(struct bytes v, struct sparse *map, struct err *e)
{
	map->n = 0;
	for (struct bytes rest = v, off, n; bytes_split(&rest, ',', &off);) {
		struct sparse_seg g;
		if (!bytes_split(&rest, ',', &n))
			return err_set(e, ERR_FORMAT, "sparse map has an odd count of numbers");
		if (number(off, "GNU.sparse.map", &g.off, e) ||
		    number(n, "GNU.sparse.map", &g.n, e) || sparse_add(map, g.off, g.n, e))
			return -1;
	}
	return 0;
}

enum key {
	KEY_PATH,
	KEY_LINKPATH,
	KEY_SIZE,
	KEY_UID,
	KEY_GID,
	KEY_CAPS,
	KEY_UNAME,
	KEY_GNAME,
	KEY_SP_MAJOR,
	KEY_SP_MINOR,
	KEY_SP_NAME,
	KEY_SP_REALSIZE,
	KEY_SP_SIZE,
	KEY_SP_BLOCKS,
	KEY_SP_OFFSET,
	KEY_SP_BYTES,
	KEY_SP_MAP,
	KEY__MAX
};

static const char *const keys[] = {
	[KEY_PATH] = "path",
	[KEY_LINKPATH] = "linkpath",
	[KEY_SIZE] = "size",
	[KEY_UID] = "uid",
	[KEY_GID] = "gid",
	[KEY_CAPS] = "SCHILY.xattr.security.capability",
	[KEY_UNAME] = "uname",
	[KEY_GNAME] = "gname",
	[KEY_SP_MAJOR] = "GNU.sparse.major",
	[KEY_SP_MINOR] = "GNU.sparse.minor",
	[KEY_SP_NAME] = "GNU.sparse.name",
	[KEY_SP_REALSIZE] = "GNU.sparse.realsize",
	[KEY_SP_SIZE] = "GNU.sparse.size",
	[KEY_SP_BLOCKS] = "GNU.sparse.numblocks",
	[KEY_SP_OFFSET] = "GNU.sparse.offset",
	[KEY_SP_BYTES] = "GNU.sparse.numbytes",
	[KEY_SP_MAP] = "GNU.sparse.map",
};
_Static_assert(ARRAY_LEN(keys) == KEY__MAX, "a name per key");

static enum key key_of(struct bytes k)
{
	for (enum key i = 0; i < KEY__MAX; i++) {
		if (bytes_eq(k, bytes_str(keys[i])))
			return i;
	}
	return KEY__MAX;
}

static int sparse_record(enum key k, struct bytes v, struct pax *p, struct sparse *map,
                         struct err *e)
{
	uint64_t n = 0;
	p->is_sparse = true;
	if (k == KEY_SP_NAME)
		return name(v, keys[k], &p->sparse_name, e);
	if (k == KEY_SP_MAP)
		return map_01(v, map, e);
	if (number(v, keys[k], &n, e))
		return -1;
	switch (k) {
	case KEY_SP_MAJOR:
		p->major = n;
		return 0;
	case KEY_SP_MINOR:
		p->minor = n;
		return 0;
	case KEY_SP_REALSIZE:
	case KEY_SP_SIZE:
		p->realsize = n;
		p->has_realsize = true;
		return 0;
	case KEY_SP_OFFSET:
		p->seg_off = n;
		p->has_seg_off = true;
		return 0;
	case KEY_SP_BYTES:
		if (!p->has_seg_off)
			return err_set(e, ERR_FORMAT, "sparse map: a length without an offset");
		p->has_seg_off = false;
		return sparse_add(map, p->seg_off, n, e);
	default: /* numblocks: the map's own length says it */
		return 0;
	}
}

static int record(struct bytes k, struct bytes v, struct pax *p, struct sparse *map, struct err *e)
{
	struct bytes ignored;
	if (bytes_starts(k, B("SCHILY.xattr.")) && ++p->xattrs > (uint64_t)XATTRS_MAX)
		return err_set(e, ERR_LIMIT, "entry has more than %lld extended attributes",
		               (long long)XATTRS_MAX);
	enum key known = key_of(k);
	/* "If the <value> field is zero length, it shall delete any header block field ... with the
	 * same keyword": what the header block says holds. */
	switch (known) {
	case KEY_PATH:
		return name(v, keys[known], &p->path, e);
	case KEY_LINKPATH:
		return name(v, keys[known], &p->linkpath, e);
	case KEY_UNAME:
	case KEY_GNAME:
		return name(v, keys[known], &ignored, e);
	case KEY_CAPS:
		p->caps = v;
		return 0;
	case KEY_SIZE:
		p->has_size = v.n > 0;
		return v.n ? number(v, keys[known], &p->size, e) : 0;
	case KEY_UID:
		p->has_uid = v.n > 0;
		return v.n ? id(v, keys[known], &p->uid, p, e) : 0;
	case KEY_GID:
		p->has_gid = v.n > 0;
		return v.n ? id(v, keys[known], &p->gid, p, e) : 0;
	case KEY__MAX:
		return 0;
	default:
		return sparse_record(known, v, p, map, e);
	}
}

int pax_parse(struct bytes raw, struct pax *ret, struct sparse *map, struct err *e)
{
	struct pax p = {.has_size = false};
	map->n = 0;
	while (raw.n) {
		/* "<length> <keyword>=<value>\n"; length is decimal and of the whole record. */
		struct bytes head, tail, k, v;
		uint64_t n;
		if (!bytes_cut(bytes_slice(raw, 0, 21), ' ', &head, &tail) ||
		    !bytes_u64(head, raw.n, &n) || n < head.n + 3 || raw.p[n - 1] != '\n')
			return err_set(e, ERR_FORMAT, "extended header: broken record length");
		struct bytes body = bytes_slice(raw, head.n + 1, n - 1);
		if (!bytes_cut(body, '=', &k, &v) || k.n == 0 || bytes_find(k, 0) >= 0)
			return err_set(e, ERR_FORMAT, "extended header: a record without a key");
		if (record(k, v, &p, map, e))
			return -1;
		raw = bytes_skip(raw, n);
	}
	if (p.has_seg_off)
		return err_set(e, ERR_FORMAT, "sparse map: an offset without a length");
	*ret = p;
	return 0;
}

int pax_check_global(const struct pax *p, struct err *e)
{
	if (p->path.n || p->linkpath.n || p->has_size || p->is_sparse)
		return err_set(e, ERR_FORMAT,
		               "a global extended header sets a path or size: readers disagree "
		               "on which members it renames");
	return 0;
}
