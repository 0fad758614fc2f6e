/* SPDX-License-Identifier: Apache-2.0 */
/*
 * factset_image.c - a sealed set as bytes, and a set over such bytes.
 *
 * Format: "assayF1\n", u32 schema, u32 header length, header (CBOR map), u64 XXH3-64 of all before;
 * then the parts in the order of enum part, each begun and the whole ended at a multiple of 8 by
 * zero bytes.  Nothing stands behind: every byte of an image is checked by something.
 *
 * Older schemas are readable as long as FACT_SCHEMA_OLDEST says so: a part or key that they do not
 * have is empty.  A change that an old image cannot be read through raises FACT_SCHEMA_OLDEST with
 * FACT_SCHEMA; the image is then ERR_UNSUPPORTED and the layer is inspected again.
 */
#include "model/factset_parts.h"

#include <string.h>

#include "model/codec.h"

static const char magic[8] = "assayF1\n";
enum { PREAMBLE = 16, SUM = 8, ALIGN = 8 };

enum { /* keys of the header, never reused */
       KEY_DIGEST = 1,
       KEY_DIGEST_ALGO = 2,
       KEY_DIFF_ID = 3,
       KEY_DIFF_ALGO = 4,
       KEY_SIZE = 5,
       KEY_PLAIN_SIZE = 6,
       KEY_ENTRIES = 7,
       KEY_CONFINEMENT = 8,
       KEY_PARTS = 9,  /* array of PART__MAX arrays: offset, length, XXH3-64 */
       KEY_KINDS = 10, /* array of at most FACT__MAX numbers: bytes of each kind in `records` */
       KEY_TOPS = 11,
       KEY_TOPS_CUT = 12,
       KEY_REPEATS = 13,
};

struct header {
	struct factset_meta meta;
	uint32_t digest_algo, diff_algo;
	struct bytes digest, diff_id;
	struct header_part {
		uint64_t offset, n, sum;
	} parts[PART__MAX];
	uint64_t kinds[FACT__MAX];
	struct bytes tops;
	bool is_tops_cut;
	uint64_t repeats;
};

static uint64_t align(uint64_t n) { return (n + ALIGN - 1) & ~(uint64_t)(ALIGN - 1); }

static bool get_kinds(struct cbor *r, struct header *h)
{
	uint64_t n;
	if (!cbor_get_array(r, &n) || n > FACT__MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!cbor_get_uint(r, &h->kinds[i]))
			return false;
	}
	return true;
}

static bool get_parts(struct cbor *r, struct header *h)
{
	uint64_t n;
	if (!cbor_get_array(r, &n) || n != PART__MAX)
		return false;
	for (size_t i = 0; i < PART__MAX; i++) {
		struct header_part *p = &h->parts[i];
		if (!cbor_get_array(r, &n) || n != 3 || !cbor_get_uint(r, &p->offset) ||
		    !cbor_get_uint(r, &p->n) || !cbor_get_uint(r, &p->sum))
			return false;
	}
	return true;
}

static bool get_lists(struct cbor *r, unsigned key, void *obj)
{
	return key == KEY_KINDS ? get_kinds(r, obj) : get_parts(r, obj);
}

static void put_lists(struct cbor_map *m, unsigned key, const void *obj)
{
	const struct header *h = obj;
	cbor_put_key(m, key);
	cbor_array(m->b, key == KEY_KINDS ? FACT__MAX : PART__MAX);
	for (size_t i = 0; key == KEY_KINDS && i < FACT__MAX; i++)
		cbor_uint(m->b, h->kinds[i]);
	if (key == KEY_KINDS)
		return;
	for (size_t i = 0; i < PART__MAX; i++) {
		cbor_array(m->b, 3);
		cbor_uint(m->b, h->parts[i].offset);
		cbor_uint(m->b, h->parts[i].n);
		cbor_uint(m->b, h->parts[i].sum);
	}
}

static const struct field fields[] = {
	{KEY_DIGEST,              FIELD_BYTES,  offsetof(struct header, digest),           0,               false      },
	{KEY_DIGEST_ALGO,         FIELD_U32,    offsetof(struct header, digest_algo),      DIGEST__MAX - 1, false      },
	{KEY_DIFF_ID,             FIELD_BYTES,  offsetof(struct header, diff_id),          0,               false      },
	{KEY_DIFF_ALGO,           FIELD_U32,    offsetof(struct header, diff_algo),        DIGEST__MAX - 1, false      },
	{KEY_SIZE,                FIELD_U64,    offsetof(struct header, meta.size),        0,               false      },
	{KEY_PLAIN_SIZE,          FIELD_U64,    offsetof(struct header, meta.plain_size),  0,               false      },
	{KEY_ENTRIES,             FIELD_U64,    offsetof(struct header, meta.entries),     0,               false      },
	{KEY_CONFINEMENT,         FIELD_U64,    offsetof(struct header, meta.confinement), 0,               false      },
	{KEY_PARTS,               FIELD_OTHER,  0,                      0,                 true           },
	{KEY_KINDS,            FIELD_OTHER,            0,                      0,              true               },
	{KEY_TOPS, FIELD_BYTES,        offsetof(struct header,                      tops),             0,                false           },
	{KEY_TOPS_CUT, FIELD_BOOL, offsetof(struct header,                      is_tops_cut),             0,                false    },
	{KEY_REPEATS, FIELD_U64,     offsetof(struct header,                      repeats),             0,                false},
};
static const struct codec codec = {fields, ARRAY_LEN(fields), get_lists, put_lists};

/* Offsets depend on the length of the header, which depends on the offsets; they are made to count
 * from the first part, so they do not. */
static struct header header_of(const struct factset *fs)
{
	const struct factset_meta *m = &fs->meta;
	struct header h = {
		.meta = *m,
		.digest_algo = m->digest.algo,
		.diff_algo = m->diff_id.algo,
		.digest = {m->digest.b,  digest_size(m->digest.algo) },
		.diff_id = {m->diff_id.b, digest_size(m->diff_id.algo)},
		.tops = bytes_of(fs->tops.names, fs->tops.n),
		.is_tops_cut = fs->tops.is_cut,
		.repeats = fs->repeats,
	};
	uint64_t at = 0;
	for (size_t i = 0; i < PART__MAX; i++) {
		h.parts[i] = (struct header_part){at, fs->parts[i].n, fs->sums[i]};
		at = align(at + fs->parts[i].n);
	}
	memcpy(h.kinds, fs->kinds, sizeof h.kinds);
	return h;
}

void factset_finish(struct factset *fs)
{
	for (size_t i = 0; i < PART__MAX; i++)
		fs->sums[i] = hash64(fs->parts[i], 0);
	struct header h = header_of(fs);
	struct buf *b = &fs->header;
	buf_init(b, FACTSET_HEADER_MAX);
	uint32_t words[2] = {FACT_SCHEMA, 0};
	buf_add(b, bytes_of(magic, sizeof magic));
	buf_add(b, bytes_of(words, sizeof words));
	codec_encode(&codec, b, &h);
	words[1] = (uint32_t)b->n - PREAMBLE;
	memcpy(b->p + sizeof magic, words, sizeof words);
	uint64_t sum = hash64(buf_bytes(b), 0);
	buf_add(b, bytes_of(&sum, sizeof sum));
}

bool factset_piece(const struct factset *fs, size_t i, struct bytes *ret)
{
	static const uint8_t zero[ALIGN];
	struct bytes of = i < 2                ? buf_bytes(&fs->header)
	                  : i / 2 <= PART__MAX ? fs->parts[i / 2 - 1]
	                                       : (struct bytes){NULL, 0};
	if (i / 2 > PART__MAX || !fs->header.n)
		return false;
	*ret = i % 2 ? bytes_of(zero, align(of.n) - of.n) : of;
	return true;
}

bool factset_use(const struct factset *fs, enum part p)
{
	enum trust *t = &fs->lazy->trust[p];
	if (*t == TRUST_UNKNOWN)
		*t = hash64(fs->parts[p], 0) == fs->sums[p] ? TRUST_GOOD : TRUST_BAD;
	if (*t == TRUST_BAD)
		fs->lazy->is_damaged = true;
	return *t == TRUST_GOOD;
}

static bool digest_set(struct digest *d, uint32_t algo, struct bytes b)
{
	if (b.n != digest_size((enum digest_algo)algo))
		return false;
	*d = (struct digest){.algo = (enum digest_algo)algo};
	if (b.n)
		memcpy(d->b, b.p, b.n);
	return true;
}

static bool is_zero(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i])
			return false;
	}
	return true;
}

/* What the header says of the parts: where the kinds of records stand, what lies in the root, how
 * many entries repeat a path. */
static bool place_words(struct factset *fs, const struct header *h)
{
	uint64_t of_kinds = 0, all = h->parts[PART_RECORDS].n;
	for (size_t k = 0; k < FACT__MAX; k++) {
		if (h->kinds[k] > all - of_kinds)
			return false;
		of_kinds += fs->kinds[k] = h->kinds[k];
	}
	if (of_kinds != all || h->tops.n > sizeof fs->tops.names)
		return false;
	if (h->tops.n)
		memcpy(fs->tops.names, h->tops.p, h->tops.n);
	fs->tops.n = h->tops.n;
	fs->tops.is_cut = h->is_tops_cut;
	fs->repeats = h->repeats;
	return true;
}

/* Lays the parts over the bytes behind the header: they must fill them exactly. */
static bool place_parts(struct factset *fs, const struct header *h, struct bytes rest)
{
	uint64_t at = 0;
	for (size_t i = 0; i < PART__MAX; i++) {
		const struct header_part *p = &h->parts[i];
		if (p->offset != at || at > rest.n || p->n > rest.n - at)
			return false;
		fs->parts[i] = (struct bytes){rest.p + at, (size_t)p->n};
		fs->sums[i] = p->sum;
		at = align(at + p->n);
		if (at > rest.n || !is_zero(bytes_slice(rest, p->offset + p->n, at)))
			return false;
	}
	if (h->parts[PART_OWNERS].n % sizeof(uint64_t))
		return false;
	uint64_t n = h->parts[PART_INDEX].n / sizeof(uint64_t);
	uint64_t blocks = (n + ENTRY_BLOCK_LEN - 1) / ENTRY_BLOCK_LEN;
	return at == rest.n && h->parts[PART_INDEX].n % sizeof(uint64_t) == 0 &&
	       n <= (uint64_t)ENTRIES_MAX && h->parts[PART_BLOCKS].n == blocks * sizeof(uint32_t);
}

/* Takes the header off the image; *ret_end is where its checksum stands. */
static int read_header(struct bytes image, struct header *ret, size_t *ret_end, struct err *e)
{
	uint32_t words[2];
	uint64_t sum;
	if (image.n < PREAMBLE + SUM || memcmp(image.p, magic, sizeof magic) != 0)
		return err_set(e, ERR_FORMAT, "not a fact set");
	memcpy(words, image.p + sizeof magic, sizeof words);
	if (words[0] > FACT_SCHEMA || (words[0] && words[0] < FACT_SCHEMA_OLDEST))
		return err_set(e, ERR_UNSUPPORTED, "fact set of schema %u, readable are %u to %u",
		               words[0], FACT_SCHEMA_OLDEST, FACT_SCHEMA);
	if (!words[0] || words[1] > FACTSET_HEADER_MAX || words[1] > image.n - PREAMBLE - SUM)
		return err_set(e, ERR_FORMAT, "fact set with a broken header");
	size_t end = PREAMBLE + words[1];
	memcpy(&sum, image.p + end, sizeof sum);
	struct bytes cbor = {image.p + PREAMBLE, words[1]};
	if (hash64(bytes_slice(image, 0, end), 0) != sum || !codec_decode(&codec, cbor, ret))
		return err_set(e, ERR_FORMAT, "fact set with a damaged header");
	*ret_end = end;
	return 0;
}

static int open_into(struct factset *fs, struct bytes image, struct err *e)
{
	struct header h = {.digest_algo = 0};
	size_t end;
	if (read_header(image, &h, &end, e))
		return -1;
	fs->meta = h.meta;
	if (!digest_set(&fs->meta.digest, h.digest_algo, h.digest) ||
	    !digest_set(&fs->meta.diff_id, h.diff_algo, h.diff_id))
		return err_set(e, ERR_FORMAT, "fact set with a digest of the wrong length");
	size_t body = align(end + SUM);
	if (body > image.n || !is_zero(bytes_slice(image, end + SUM, body)) ||
	    !place_parts(fs, &h, bytes_skip(image, body)) || !place_words(fs, &h))
		return err_set(e, ERR_FORMAT, "fact set of %zu bytes is cut short or padded",
		               image.n);
	if (!factset_use(fs, PART_RECORDS))
		return err_set(e, ERR_FORMAT, "fact set with damaged records");
	/* kept, so that a set that was opened can be written again */
	buf_init(&fs->header, FACTSET_HEADER_MAX);
	buf_add(&fs->header, bytes_slice(image, 0, end + SUM));
	return 0;
}

int factset_open(struct bytes image, struct factset **ret, struct err *e)
{
	struct factset *fs = factset_bare();
	fs->is_sealed = true;
	if (open_into(fs, image, e)) {
		factset_free(fs);
		return -1;
	}
	*ret = fs;
	return 0;
}

int factset_check(const struct factset *fs, bool is_deep, struct err *e)
{
	for (enum part p = 0; p < PART__MAX; p++) {
		bool is_wanted = is_deep || (p != PART_OWNED && p != PART_OWNERS);
		if (is_wanted && !factset_use(fs, p))
			return err_set(e, ERR_FORMAT, "fact set with damaged section %u", p);
	}
	return is_deep ? factset_check_records(fs, e) : 0;
}
