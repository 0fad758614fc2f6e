/* SPDX-License-Identifier: Apache-2.0 */
/* factset.c - facts of one layer: put, seal, iterate, find. */
#include "model/factset.h"

#include <stdlib.h>
#include <string.h>

#include "model/factset_parts.h"

enum { RECORD_HEAD_MAX = 10, RADIX_BITS = 11, RADIX_SIZE = 1 << RADIX_BITS };

static enum part part_of(enum fact_kind kind)
{
	return kind == FACT_OWNED ? PART_OWNED : kind == FACT_CARRY ? PART_CARRY : PART_RECORDS;
}

static enum space space_of(enum entry_type t)
{
	return t == ENTRY_WHITEOUT ? SPACE_WHITEOUT
	       : t == ENTRY_OPAQUE ? SPACE_OPAQUE
	                           : SPACE_ENTRY;
}

struct factset *factset_bare(void)
{
	struct factset *fs = mem_zalloc(sizeof *fs);
	fs->lazy = mem_zalloc(sizeof *fs->lazy);
	entry_coder_init(&fs->lazy->find);
	entry_coder_init(&fs->coder);
	return fs;
}

struct factset *factset_new(void) { return factset_new_limited(FACTS_MAX, ENTRIES_MAX); }

struct factset *factset_new_limited(uint64_t max_bytes, uint64_t max_entries)
{
	struct factset *fs = factset_bare();
	fs->max_bytes = MIN_OF(max_bytes, (uint64_t)FACTS_MAX);
	fs->max_entries = MIN_OF(max_entries, (uint64_t)ENTRIES_MAX);
	for (size_t i = 0; i < PART__MAX; i++)
		buf_init(&fs->own[i], (size_t)FACTS_MAX);
	return fs;
}

void factset_free(struct factset *fs)
{
	if (!fs)
		return;
	for (size_t i = 0; i < PART__MAX; i++)
		buf_fini(&fs->own[i]);
	buf_fini(&fs->header);
	entry_coder_fini(&fs->coder);
	entry_coder_fini(&fs->lazy->find);
	free(fs->lazy);
	free(fs);
}

static int put_entry(struct factset *fs, struct bytes cbor, struct err *e)
{
	struct entry en;
	if (fs->n_entries >= fs->max_entries)
		return err_set(e, ERR_LIMIT, "a layer of more than %llu entries",
		               (unsigned long long)fs->max_entries);
	if (fs->n_entries % ENTRY_BLOCK_LEN == 0) {
		uint32_t offset = (uint32_t)fs->own[PART_ENTRIES].n;
		buf_add(&fs->own[PART_BLOCKS], bytes_of(&offset, sizeof offset));
	}
	if (!entry_decode(&fs->coder, cbor, &en))
		return err_set(e, ERR_FORMAT, "entry %llu of a layer is not well formed",
		               (unsigned long long)fs->n_entries);
	fs->n_entries++;
	return buf_add(&fs->own[PART_ENTRIES], cbor);
}

static int put_record(struct factset *fs, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	struct buf *b = &fs->own[part_of(kind)];
	if (!fact_check(kind, cbor))
		return err_set(e, ERR_FORMAT, "a fact of kind %u is not well formed", kind);
	cbor_uint(b, kind);
	return cbor_bytes(b, cbor);
}

int factset_put(struct factset *fs, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	if (fs->is_broken || fs->is_sealed)
		return err_set(e, ERR_INTERNAL, "a fact for a set that takes no more");
	fs->is_broken = true; /* until proven otherwise */
	if (cbor.n > (size_t)FACT_MAX)
		return err_set(e, ERR_LIMIT, "a fact of %zu bytes, at most %lld", cbor.n,
		               (long long)FACT_MAX);
	fs->used += cbor.n + RECORD_HEAD_MAX;
	if (fs->used > fs->max_bytes)
		return err_set(e, ERR_LIMIT, "facts of one layer exceed %llu bytes",
		               (unsigned long long)fs->max_bytes);
	int rc = kind == FACT_ENTRY ? put_entry(fs, cbor, e) : put_record(fs, kind, cbor, e);
	fs->is_broken = rc != 0;
	return rc;
}

static void forget_in(struct buf *b, struct bytes path)
{
	size_t to = 0;
	struct cbor r = cbor_of(buf_bytes(b));
	while (r.rest.n) {
		size_t from = b->n - r.rest.n;
		uint64_t kind;
		struct bytes map;
		struct fact_head head;
		if (!cbor_get_uint(&r, &kind) || !cbor_get_bytes(&r, &map))
			break; /* cannot be: factset_put wrote them */
		size_t n = b->n - r.rest.n - from;
		if (kind != FACT_NOTE && fact_decode_head((enum fact_kind)kind, map, &head) &&
		    bytes_eq(head.path, path))
			continue;
		memmove(b->p + to, b->p + from, n);
		to += n;
	}
	b->n = to;
}

void factset_forget(struct factset *fs, struct bytes path)
{
	for (enum part p = PART_RECORDS; p <= PART_CARRY; p++)
		forget_in(&fs->own[p], path);
}

uint64_t factset_hash(const struct factset *fs, enum space space, struct bytes path)
{
	uint64_t seed;
	memcpy(&seed, fs->meta.digest.b, sizeof seed);
	return hash64(path, seed + space) >> 32 << 32;
}

static unsigned digit(uint64_t v, unsigned pass)
{
	return (unsigned)(v >> (32 + pass * RADIX_BITS)) & (RADIX_SIZE - 1);
}

/* Sorts by the upper 32 bits, stable, so ordinals of one hash keep their order: three passes of 11
 * bits between two arrays.  Returns the array that holds the result and frees the other. */
static uint64_t *radix_sort(uint64_t *v, uint64_t *to, size_t n)
{
	for (unsigned pass = 0; pass * RADIX_BITS < 32; pass++) {
		size_t at[RADIX_SIZE] = {0}, sum = 0;
		for (size_t i = 0; i < n; i++)
			at[digit(v[i], pass)]++;
		for (size_t d = 0; d < RADIX_SIZE; d++) {
			size_t count = at[d];
			at[d] = sum;
			sum += count;
		}
		for (size_t i = 0; i < n; i++)
			to[at[digit(v[i], pass)]++] = v[i];
		uint64_t *other = v;
		v = to;
		to = other;
	}
	free(to);
	return v;
}

struct indexing {
	const struct factset *fs;
	uint64_t *v;
	uint64_t n, max;
};

static bool index_one(void *arg, const struct entry *en)
{
	struct indexing *ix = arg;
	if (ix->n < ix->max)
		ix->v[ix->n] = factset_hash(ix->fs, space_of(en->type), en->path) | ix->n;
	ix->n++;
	return ix->n <= ix->max;
}

/* The sorted index of the n > 0 entries, heap memory; NULL when there are not exactly n. */
static uint64_t *make_index(const struct factset *fs, uint64_t n)
{
	size_t size = (size_t)n * sizeof(uint64_t);
	struct indexing ix = {.fs = fs, .v = mem_alloc(size), .max = n};
	factset_entries(fs, index_one, &ix);
	if (ix.n == n)
		return radix_sort(ix.v, mem_alloc(size), (size_t)n);
	free(ix.v);
	return NULL;
}

void factset_seal(struct factset *fs, const struct factset_meta *meta)
{
	fs->meta = *meta;
	fs->is_sealed = true;
	for (size_t i = 0; i < PART__MAX; i++)
		fs->parts[i] = buf_bytes(&fs->own[i]);
	for (size_t i = 0; i < PART__MAX; i++)
		fs->lazy->trust[i] = TRUST_GOOD;
	if (fs->n_entries) {
		struct buf *own = &fs->own[PART_INDEX];
		own->p = (uint8_t *)make_index(fs, fs->n_entries);
		own->n = own->cap = (size_t)fs->n_entries * sizeof(uint64_t);
		fs->parts[PART_INDEX] = buf_bytes(own);
	}
	entry_coder_fini(&fs->coder);
	factset_finish(fs);
}

const struct factset_meta *factset_meta(const struct factset *fs) { return &fs->meta; }

bool factset_is_sound(const struct factset *fs) { return !fs->lazy->is_damaged; }

static bool damaged(const struct factset *fs)
{
	fs->lazy->is_damaged = true;
	return false;
}

struct fact_iter fact_iter(const struct factset *fs, enum fact_kind kind)
{
	return (struct fact_iter){.fs = fs, .kind = kind};
}

bool fact_next(struct fact_iter *it, struct bytes *ret_cbor)
{
	enum part p = part_of(it->kind);
	struct bytes all = it->fs->parts[p];
	if (it->at >= all.n || !factset_use(it->fs, p))
		return false;
	struct cbor r = cbor_of(bytes_skip(all, it->at));
	while (r.rest.n) {
		uint64_t kind;
		struct bytes map;
		if (!cbor_get_uint(&r, &kind) || !cbor_get_bytes(&r, &map)) {
			it->at = all.n;
			return damaged(it->fs);
		}
		it->at = all.n - r.rest.n;
		if (kind != it->kind)
			continue;
		*ret_cbor = map;
		return true;
	}
	return false;
}

void factset_entries(const struct factset *fs, bool (*fn)(void *arg, const struct entry *en),
                     void *arg)
{
	if (!factset_use(fs, PART_ENTRIES))
		return;
	struct entry_coder c;
	entry_coder_init(&c);
	struct cbor r = cbor_of(fs->parts[PART_ENTRIES]);
	for (struct entry en; r.rest.n;) {
		if (!entry_decode_next(&c, &r, &en)) {
			damaged(fs);
			break;
		}
		if (!fn(arg, &en))
			break;
	}
	entry_coder_fini(&c);
}

static uint64_t index_at(const struct factset *fs, size_t i)
{
	uint64_t v;
	memcpy(&v, fs->parts[PART_INDEX].p + i * sizeof v, sizeof v);
	return v;
}

/* Decodes entry number `ordinal` from the begin of its block: at most ENTRY_BLOCK_LEN maps. */
static bool entry_at(const struct factset *fs, uint32_t ordinal, struct entry *ret)
{
	uint32_t offset;
	size_t block = ordinal / ENTRY_BLOCK_LEN;
	struct bytes blocks = fs->parts[PART_BLOCKS];
	if (block >= blocks.n / sizeof offset)
		return damaged(fs);
	memcpy(&offset, blocks.p + block * sizeof offset, sizeof offset);
	struct entry_coder *c = &fs->lazy->find;
	c->n = 0;
	buf_reset(&c->last);
	struct cbor r = cbor_of(bytes_skip(fs->parts[PART_ENTRIES], offset));
	for (uint32_t i = 0; i <= ordinal % ENTRY_BLOCK_LEN; i++) {
		if (!entry_decode_next(c, &r, ret))
			return damaged(fs);
	}
	return true;
}

/* First index slot whose value is greater than v. */
static size_t upper_bound(const struct factset *fs, uint64_t v)
{
	size_t lo = 0, hi = fs->parts[PART_INDEX].n / sizeof v;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (index_at(fs, mid) <= v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The last entry of a space under path. */
static bool lookup(const struct factset *fs, enum space space, struct bytes path, struct entry *ret)
{
	if (!factset_use(fs, PART_INDEX) || !factset_use(fs, PART_BLOCKS) ||
	    !factset_use(fs, PART_ENTRIES))
		return false;
	uint64_t hash = factset_hash(fs, space, path);
	for (size_t i = upper_bound(fs, hash | UINT32_MAX); i-- > 0;) {
		uint64_t v = index_at(fs, i);
		struct entry en;
		if (v >> 32 != hash >> 32 || !entry_at(fs, (uint32_t)v, &en))
			return false;
		if (space_of(en.type) == space && bytes_eq(en.path, path)) {
			*ret = en;
			ret->path = path;
			return true;
		}
	}
	return false;
}

bool factset_find(const struct factset *fs, struct bytes path, struct entry *ret)
{
	return lookup(fs, SPACE_ENTRY, path, ret) || lookup(fs, SPACE_WHITEOUT, path, ret);
}

bool factset_opaque(const struct factset *fs, struct bytes path)
{
	struct entry en;
	return lookup(fs, SPACE_OPAQUE, path, &en) || lookup(fs, SPACE_WHITEOUT, path, &en);
}

/* Are the entries of two neighbouring slots of the index versions of one path? */
static bool is_pair(const struct factset *fs, uint64_t a, uint64_t b, struct buf *first,
                    struct entry *ret_later)
{
	struct entry en;
	buf_reset(first);
	if (!entry_at(fs, (uint32_t)a, &en) || buf_add(first, en.path))
		return false;
	enum entry_type type = en.type;
	return entry_at(fs, (uint32_t)b, ret_later) &&
	       bytes_eq(ret_later->path, buf_bytes(first)) &&
	       space_of(type) == space_of(ret_later->type) &&
	       !(type == ENTRY_DIR && ret_later->type == ENTRY_DIR);
}

bool factset_duplicates(const struct factset *fs, bool (*fn)(void *arg, const struct entry *later),
                        void *arg)
{
	if (!factset_use(fs, PART_INDEX) || !factset_use(fs, PART_BLOCKS) ||
	    !factset_use(fs, PART_ENTRIES))
		return false;
	AUTO_BUF struct buf first;
	buf_init(&first, (size_t)PATH_LEN_MAX);
	int64_t pairs = 0;
	size_t n = fs->parts[PART_INDEX].n / sizeof(uint64_t);
	for (size_t i = 1; i < n; i++) {
		struct entry later;
		uint64_t a = index_at(fs, i - 1), b = index_at(fs, i);
		if (a >> 32 != b >> 32)
			continue;
		if (++pairs > DUPLICATES_MAX)
			return false;
		if (is_pair(fs, a, b, &first, &later) && !fn(arg, &later))
			break;
	}
	return true;
}

static bool is_records_ok(const struct factset *fs, enum part p)
{
	struct cbor r = cbor_of(fs->parts[p]);
	while (r.rest.n) {
		uint64_t kind;
		struct bytes map;
		if (!cbor_get_uint(&r, &kind) || kind >= FACT__MAX || !cbor_get_bytes(&r, &map) ||
		    part_of((enum fact_kind)kind) != p || !fact_check((enum fact_kind)kind, map))
			return false;
	}
	return true;
}

/* Each block's offset is where its first entry begins. */
static bool is_blocks_ok(const struct factset *fs)
{
	struct bytes all = fs->parts[PART_ENTRIES], blocks = fs->parts[PART_BLOCKS];
	struct entry_coder c;
	entry_coder_init(&c);
	struct cbor r = cbor_of(all);
	bool is_ok = true;
	for (struct entry en; is_ok && r.rest.n;) {
		uint64_t at = all.n - r.rest.n, block = c.n / ENTRY_BLOCK_LEN;
		uint32_t offset = 0;
		if (c.n % ENTRY_BLOCK_LEN == 0) {
			is_ok = block < blocks.n / sizeof offset;
			if (is_ok)
				memcpy(&offset, blocks.p + block * sizeof offset, sizeof offset);
			is_ok = is_ok && offset == at;
		}
		is_ok = is_ok && entry_decode_next(&c, &r, &en);
	}
	entry_coder_fini(&c);
	return is_ok;
}

static bool is_index_ok(const struct factset *fs)
{
	struct bytes index = fs->parts[PART_INDEX];
	if (!index.n)
		return !fs->parts[PART_ENTRIES].n;
	AUTO_FREE uint64_t *want = make_index(fs, index.n / sizeof *want);
	return want && bytes_eq(bytes_of(want, index.n), index);
}

int factset_check_records(const struct factset *fs, struct err *e)
{
	for (enum part p = PART_RECORDS; p <= PART_CARRY; p++) {
		if (!is_records_ok(fs, p))
			return err_set(e, ERR_FORMAT, "fact set with a record that is none");
	}
	if (!is_blocks_ok(fs) || !is_index_ok(fs))
		return err_set(e, ERR_FORMAT, "fact set with entries that its index does not fit");
	return 0;
}
