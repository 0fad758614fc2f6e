/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmhdr.c - rpm headers out of a database.
 *
 * Format: il, dl (both 32 bits, big-endian); il entries of tag, type, offset, count; dl bytes of
 * data that the offsets point into.  An entry of a region tag (61 to 63) marks which entries were
 * signed; entries added at installation follow them and replace those of the same tag.
 * Source: rpm's docs "RPM v4 Package Format" and "Tags".
 */
#include "fmt/rpmhdr.h"

#include <string.h>

#include "fmt/ints.h"

enum { ENTRY_SIZE = 16, INTRO_SIZE = 8 };

enum rpm_type {
	RPM_NULL,
	RPM_CHAR,
	RPM_INT8,
	RPM_INT16,
	RPM_INT32,
	RPM_INT64,
	RPM_STRING,
	RPM_BIN,
	RPM_STRING_ARRAY,
	RPM_I18NSTRING,
	RPM_TYPE__MAX
};

/* bytes per element; a string takes at least its NUL */
static const uint8_t type_width[] = {
	[RPM_NULL] = 0,         [RPM_CHAR] = 1,       [RPM_INT8] = 1,   [RPM_INT16] = 2,
	[RPM_INT32] = 4,        [RPM_INT64] = 8,      [RPM_STRING] = 1, [RPM_BIN] = 1,
	[RPM_STRING_ARRAY] = 1, [RPM_I18NSTRING] = 1,
};
_Static_assert(ARRAY_LEN(type_width) == RPM_TYPE__MAX, "a width per type");

#define T(x) (1u << RPM_##x)
enum {
	TEXT = T(STRING) | T(STRING_ARRAY) | T(I18NSTRING), /* the first string counts */
	TEXTS = T(STRING_ARRAY),
	BLOB = T(BIN),
	NUM = T(INT32),
	NUMS16 = T(INT16),
	NUMS = T(INT32),
	NUMS64 = T(INT64),
	CHARS = T(CHAR) | T(INT8)
};

enum want {
	W_SIGPGP,
	W_SIGMD5,
	W_SIGGPG,
	W_DSAHEADER,
	W_RSAHEADER,
	W_NAME,
	W_VERSION,
	W_RELEASE,
	W_EPOCH,
	W_BUILDTIME,
	W_INSTALLTIME,
	W_DISTRIBUTION,
	W_VENDOR,
	W_LICENCE,
	W_PACKAGER,
	W_URL,
	W_ARCH,
	W_OLDFILENAMES,
	W_FILESIZES,
	W_FILESTATES,
	W_FILEMODES,
	W_FILEDIGESTS,
	W_FILELINKTOS,
	W_FILEFLAGS,
	W_FILEUSERNAME,
	W_FILEGROUPNAME,
	W_SOURCERPM,
	W_DIRINDEXES,
	W_BASENAMES,
	W_DIRNAMES,
	W_LONGFILESIZES,
	W_FILEDIGESTALGO,
	W_MODULARITYLABEL,
	W__MAX
};

/* sorted by tag: it is searched by halves */
static const struct want_row {
	uint32_t tag;
	uint32_t types; /* which types it may have, one bit each */
	bool is_single;
} wants[] = {
	[W_SIGPGP] = {259,  BLOB,   false},
	[W_SIGMD5] = {261,  BLOB,   false},
	[W_SIGGPG] = {262,  BLOB,   false},
	[W_DSAHEADER] = {267,  BLOB,   false},
	[W_RSAHEADER] = {268,  BLOB,   false},
	[W_NAME] = {1000, TEXT,   true },
	[W_VERSION] = {1001, TEXT,   true },
	[W_RELEASE] = {1002, TEXT,   true },
	[W_EPOCH] = {1003, NUM,    true },
	[W_BUILDTIME] = {1006, NUM,    true },
	[W_INSTALLTIME] = {1008, NUM,    true },
	[W_DISTRIBUTION] = {1010, TEXT,   true },
	[W_VENDOR] = {1011, TEXT,   true },
	[W_LICENCE] = {1014, TEXT,   true },
	[W_PACKAGER] = {1015, TEXT,   true },
	[W_URL] = {1020, TEXT,   true },
	[W_ARCH] = {1022, TEXT,   true },
	[W_OLDFILENAMES] = {1027, TEXTS,  false},
	[W_FILESIZES] = {1028, NUMS,   false},
	[W_FILESTATES] = {1029, CHARS,  false},
	[W_FILEMODES] = {1030, NUMS16, false},
	[W_FILEDIGESTS] = {1035, TEXTS,  false},
	[W_FILELINKTOS] = {1036, TEXTS,  false},
	[W_FILEFLAGS] = {1037, NUMS,   false},
	[W_FILEUSERNAME] = {1039, TEXTS,  false},
	[W_FILEGROUPNAME] = {1040, TEXTS,  false},
	[W_SOURCERPM] = {1044, TEXT,   true },
	[W_DIRINDEXES] = {1116, NUMS,   false},
	[W_BASENAMES] = {1117, TEXTS,  false},
	[W_DIRNAMES] = {1118, TEXTS,  false},
	[W_LONGFILESIZES] = {5008, NUMS64, false},
	[W_FILEDIGESTALGO] = {5011, NUM,    true },
	[W_MODULARITYLABEL] = {5096, TEXT,   true },
};
_Static_assert(ARRAY_LEN(wants) == W__MAX, "a row per wanted tag");

struct entry {
	uint32_t tag, type, offset, count;
};

static struct entry entry_at(const uint8_t *p)
{
	return (struct entry){get_be32(p), get_be32(p + 4), get_be32(p + 8), get_be32(p + 12)};
}

static int want_find(uint32_t tag)
{
	size_t lo = 0, hi = W__MAX;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (wants[mid].tag == tag)
			return (int)mid;
		if (wants[mid].tag < tag)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

/* What holds for every entry, wanted or not, in constant time. */
static int entry_check(const struct entry *en, size_t data_n, struct err *e)
{
	if (en->type >= RPM_TYPE__MAX)
		return err_set(e, ERR_FORMAT, "rpm header: tag %u has unknown type %u", en->tag,
		               en->type);
	if (en->offset > data_n)
		return err_set(e, ERR_FORMAT,
		               "rpm header: tag %u: offset %u is past %zu bytes of data", en->tag,
		               en->offset, data_n);
	uint64_t least = (uint64_t)en->count * type_width[en->type];
	if (least > data_n - en->offset)
		return err_set(e, ERR_FORMAT,
		               "rpm header: tag %u: %u elements of type %u do not fit in %zu bytes",
		               en->tag, en->count, en->type, data_n - en->offset);
	return 0;
}

/* Length of count strings with their NULs, or -1 when the data ends before. */
static ssize_t strings_len(struct bytes data, uint32_t count)
{
	size_t at = 0;
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *nul = at < data.n ? memchr(data.p + at, 0, data.n - at) : NULL;
		if (!nul)
			return -1;
		at = (size_t)(nul - data.p) + 1;
	}
	return (ssize_t)at;
}

static int array_read(const struct want_row *w, const struct entry *en, struct bytes data,
                      struct rpmhdr_array *ret, struct err *e)
{
	if (!(w->types >> en->type & 1u))
		return err_set(e, ERR_FORMAT, "rpm header: tag %u has type %u", en->tag, en->type);
	if (en->count == 0 || (en->type == RPM_STRING && en->count != 1))
		return err_set(e, ERR_FORMAT, "rpm header: tag %u has %u elements", en->tag,
		               en->count);
	struct rpmhdr_array a = {.count = en->count};
	struct bytes from = bytes_skip(data, en->offset);
	if (w->types & (TEXT | TEXTS)) {
		ssize_t n = strings_len(from, w->is_single ? 1 : en->count);
		if (n < 0)
			return err_set(e, ERR_FORMAT,
			               "rpm header: tag %u: strings run past the end of the data",
			               en->tag);
		a.data = bytes_slice(from, 0, (size_t)n);
	} else {
		a.width = type_width[en->type];
		a.data = bytes_slice(from, 0, (size_t)en->count * a.width);
	}
	*ret = a;
	return 0;
}

/* Cuts the blob in its two parts; every length in it is checked here. */
static int parts_of(struct bytes blob, struct bytes *ret_index, struct bytes *ret_data,
                    struct err *e)
{
	if (blob.n < INTRO_SIZE)
		return err_set(e, ERR_FORMAT, "rpm header: %zu bytes are too short", blob.n);
	if (blob.n > (uint64_t)RPM_HEADER_MAX)
		return err_set(e, ERR_LIMIT, "rpm header: %zu bytes, RPM_HEADER_MAX is %lld",
		               blob.n, (long long)RPM_HEADER_MAX);
	uint32_t il = get_be32(blob.p), dl = get_be32(blob.p + 4);
	if (il > RPM_TAGS_MAX)
		return err_set(e, ERR_LIMIT, "rpm header: %u entries, RPM_TAGS_MAX is %lld", il,
		               (long long)RPM_TAGS_MAX);
	if ((uint64_t)INTRO_SIZE + (uint64_t)il * ENTRY_SIZE + dl != blob.n)
		return err_set(e, ERR_FORMAT,
		               "rpm header: %u entries and %u bytes of data do not make %zu bytes",
		               il, dl, blob.n);
	size_t split = INTRO_SIZE + (size_t)il * ENTRY_SIZE;
	*ret_index = bytes_slice(blob, INTRO_SIZE, split);
	*ret_data = bytes_skip(blob, split);
	return 0;
}

static int arrays_read(struct bytes index, struct bytes data, struct rpmhdr_array *ret,
                       struct err *e)
{
	const uint8_t *at[W__MAX] = {0};
	for (size_t i = 0; i < index.n; i += ENTRY_SIZE) {
		struct entry en = entry_at(index.p + i);
		if (entry_check(&en, data.n, e) < 0)
			return -1;
		int w = want_find(en.tag);
		/* librpm: an entry behind the region replaces the one of the same tag in it */
		if (w >= 0)
			at[w] = index.p + i;
	}
	for (size_t w = 0; w < W__MAX; w++) {
		if (!at[w])
			continue;
		struct entry en = entry_at(at[w]);
		if (array_read(&wants[w], &en, data, &ret[w], e) < 0)
			return -1;
	}
	return 0;
}

static struct bytes text_of(const struct rpmhdr_array *a)
{
	if (!a->data.p)
		return (struct bytes){0};
	return bytes_slice(a->data, 0, a->data.n - 1); /* without the NUL */
}

static uint32_t num_of(const struct rpmhdr_array *a, uint32_t absent)
{
	return a->data.p ? get_be32(a->data.p) : absent;
}

static struct bytes signature_of(const struct rpmhdr_array *a)
{
	static const enum want order[] = {W_RSAHEADER, W_DSAHEADER, W_SIGPGP, W_SIGGPG};
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (a[order[i]].data.p)
			return a[order[i]].data;
	}
	return (struct bytes){0};
}

static struct rpmhdr_files files_of(const struct rpmhdr_array *a)
{
	return (struct rpmhdr_files){
		.dirnames = a[W_DIRNAMES],
		.basenames = a[W_BASENAMES],
		.dirindexes = a[W_DIRINDEXES],
		.oldnames = a[W_OLDFILENAMES],
		/* a package with a file of 4 GiB or more has the long form only */
		.sizes = a[W_LONGFILESIZES].data.p ? a[W_LONGFILESIZES] : a[W_FILESIZES],
		.modes = a[W_FILEMODES],
		.flags = a[W_FILEFLAGS],
		.states = a[W_FILESTATES],
		.digests = a[W_FILEDIGESTS],
		.linktos = a[W_FILELINKTOS],
		.users = a[W_FILEUSERNAME],
		.groups = a[W_FILEGROUPNAME],
	};
}

int rpmhdr_parse(struct bytes blob, struct rpmhdr *ret, struct err *e)
{
	struct bytes index, data;
	struct rpmhdr_array a[W__MAX] = {0};
	if (parts_of(blob, &index, &data, e) < 0 || arrays_read(index, data, a, e) < 0)
		return -1;
	struct rpmhdr h = {
		.name = text_of(&a[W_NAME]),
		.version = text_of(&a[W_VERSION]),
		.release = text_of(&a[W_RELEASE]),
		.arch = text_of(&a[W_ARCH]),
		.sourcerpm = text_of(&a[W_SOURCERPM]),
		.licence = text_of(&a[W_LICENCE]),
		.url = text_of(&a[W_URL]),
		.vendor = text_of(&a[W_VENDOR]),
		.packager = text_of(&a[W_PACKAGER]),
		.distribution = text_of(&a[W_DISTRIBUTION]),
		.modularitylabel = text_of(&a[W_MODULARITYLABEL]),
		.sigmd5 = a[W_SIGMD5].data,
		.signature = signature_of(a),
		.buildtime_s = num_of(&a[W_BUILDTIME], 0),
		.installtime_s = num_of(&a[W_INSTALLTIME], 0),
		.epoch = num_of(&a[W_EPOCH], 0),
		.has_epoch = a[W_EPOCH].data.p != NULL,
		.digest_algo = num_of(&a[W_FILEDIGESTALGO], RPMHDR_MD5),
		.files = files_of(a),
	};
	if (!h.name.n || !h.version.n || !h.release.n)
		return err_set(e, ERR_FORMAT, "rpm header: no %s (package \"%.*s\")",
		               !h.name.n      ? "name"
		               : !h.version.n ? "version"
		                              : "release",
		               BYTES_FMT(h.name));
	*ret = h;
	return 0;
}

bool rpmhdr_is_pubkey(const struct rpmhdr *h)
{
	return bytes_eq(h->name, B("gpg-pubkey")) && !h->files.basenames.count &&
	       !h->files.oldnames.count;
}

bool rpmhdr_source_cut(struct bytes file, struct bytes *ret_name, struct bytes *ret_version)
{
	static const char *const ends[] = {".src.rpm", ".nosrc.rpm"};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct bytes end = bytes_str(ends[i]);
		if (!bytes_ends(file, end))
			continue;
		struct bytes nvr = bytes_slice(file, 0, file.n - end.n);
		ssize_t release = bytes_rfind(nvr, '-');
		if (release <= 0)
			return false;
		ssize_t version = bytes_rfind(bytes_slice(nvr, 0, (size_t)release), '-');
		if (version <= 0)
			return false;
		*ret_name = bytes_slice(nvr, 0, (size_t)version);
		*ret_version = bytes_skip(nvr, (size_t)version + 1);
		return true;
	}
	return false;
}

/* An array that runs beside the names has as many elements, or is not there. */
static int parallel_check(const struct rpmhdr *h, uint32_t n, struct err *e)
{
	const struct rpmhdr_files *f = &h->files;
	const struct {
		const char *name;
		const struct rpmhdr_array *a;
	} all[] = {
		{"sizes",        &f->sizes  },
                {"modes",        &f->modes  },
                {"flags",        &f->flags  },
		{"states",       &f->states },
                {"digests",      &f->digests},
                {"link targets", &f->linktos},
		{"users",        &f->users  },
                {"groups",       &f->groups },
	};
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].a->data.p && all[i].a->count != n)
			return err_set(e, ERR_FORMAT, "rpm package %.*s: %u files, but %u %s",
			               BYTES_FMT(h->name), n, all[i].a->count, all[i].name);
	}
	return 0;
}

/* The table that finds a directory's name by its number in one step; NULL with e set. */
static uint32_t *dirs_index(const struct rpmhdr *h, struct err *e)
{
	const struct rpmhdr_files *f = &h->files;
	if (f->dirindexes.count != f->basenames.count) {
		err_set(e, ERR_FORMAT, "rpm package %.*s: %u files, but %u directory numbers",
		        BYTES_FMT(h->name), f->basenames.count, f->dirindexes.count);
		return NULL;
	}
	if (f->dirnames.count > RPM_DIRS_MAX) {
		err_set(e, ERR_LIMIT, "rpm package %.*s: %u directories, RPM_DIRS_MAX is %lld",
		        BYTES_FMT(h->name), f->dirnames.count, (long long)RPM_DIRS_MAX);
		return NULL;
	}
	for (uint32_t i = 0; i < f->dirindexes.count; i++) {
		uint32_t d = get_be32(f->dirindexes.data.p + (size_t)i * 4);
		if (d >= f->dirnames.count) {
			err_set(e, ERR_FORMAT, "rpm package %.*s: file %u is in directory %u of %u",
			        BYTES_FMT(h->name), i, d, f->dirnames.count);
			return NULL;
		}
	}
	uint32_t *dirs = mem_alloc(((size_t)f->dirnames.count + 1) * sizeof *dirs);
	size_t at = 0;
	for (uint32_t i = 0; i < f->dirnames.count; i++) {
		dirs[i] = (uint32_t)at;
		const uint8_t *nul = memchr(f->dirnames.data.p + at, 0, f->dirnames.data.n - at);
		at = (size_t)(nul - f->dirnames.data.p) + 1; /* counted when the header was read */
	}
	dirs[f->dirnames.count] = (uint32_t)at;
	return dirs;
}

int rpmfiles_open(const struct rpmhdr *h, struct rpmfiles *ret, struct err *e)
{
	const struct rpmhdr_files *f = &h->files;
	bool is_old = !f->basenames.data.p;
	const struct rpmhdr_array *names = is_old ? &f->oldnames : &f->basenames;
	if (parallel_check(h, names->count, e) < 0)
		return -1;
	uint32_t *dirs = NULL;
	if (!is_old) {
		dirs = dirs_index(h, e);
		if (!dirs)
			return -1;
	}
	*ret = (struct rpmfiles){
		.f = f,
		.base = names->data,
		.digest = f->digests.data,
		.linkto = f->linktos.data,
		.user = f->users.data,
		.group = f->groups.data,
		.dirs = dirs,
		.n = names->count,
	};
	return 0;
}

/* The next string of an array, or the absent slice where the array is not there. */
static struct bytes string_take(struct bytes *rest)
{
	struct bytes head, tail;
	if (!rest->n || !bytes_cut(*rest, 0, &head, &tail))
		return (struct bytes){0};
	*rest = tail;
	return head;
}

static uint64_t int_at(const struct rpmhdr_array *a, uint32_t i, uint64_t absent)
{
	if (!a->data.p)
		return absent;
	const uint8_t *p = a->data.p + (size_t)i * a->width;
	switch (a->width) {
	case 1:
		return *p;
	case 2:
		return get_be16(p);
	case 4:
		return get_be32(p);
	default:
		return get_be64(p);
	}
}

/* The name of the directory that file i is in: never searched, it may be long. */
static struct bytes dir_of(const struct rpmfiles *f, uint32_t i)
{
	const uint32_t *d = f->dirs + int_at(&f->f->dirindexes, i, 0);
	return bytes_slice(f->f->dirnames.data, d[0], d[1] - 1);
}

bool rpmfiles_next(struct rpmfiles *f, struct rpmfile *ret)
{
	if (f->i >= f->n)
		return false;
	uint32_t i = f->i++;
	struct rpmfile r = {
		.base = string_take(&f->base),
		.digest = string_take(&f->digest),
		.linkto = string_take(&f->linkto),
		.user = string_take(&f->user),
		.group = string_take(&f->group),
		.size = int_at(&f->f->sizes, i, 0),
		.mode = (uint16_t)int_at(&f->f->modes, i, 0),
		.flags = (uint32_t)int_at(&f->f->flags, i, 0),
		.state = (uint8_t)int_at(&f->f->states, i, RPMFILE_NORMAL),
	};
	if (f->dirs) {
		r.dir = dir_of(f, i);
	} else {
		size_t cut = (size_t)(bytes_rfind(r.base, '/') + 1);
		r.dir = bytes_slice(r.base, 0, cut);
		r.base = bytes_skip(r.base, cut);
	}
	*ret = r;
	return true;
}

void rpmfiles_close(struct rpmfiles *f)
{
	free(f->dirs);
	f->dirs = NULL;
	f->i = f->n;
}
