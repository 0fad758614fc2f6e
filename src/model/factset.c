/* SPDX-License-Identifier: Apache-2.0 */
/* factset.c - facts of one layer: put, seal, iterate, find. */
#include "model/factset.h"

#include <stdlib.h>
#include <string.h>

#include "model/factset_parts.h"

enum { RECORD_HEAD_LEN = 10, RADIX_BITS = 11, RADIX_SIZE = 1 << RADIX_BITS };

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
	fs->used += cbor.n + RECORD_HEAD_LEN;
	if (fs->used > fs->max_bytes)
		return err_set(e, ERR_LIMIT, "facts of one layer exceed %llu bytes",
		               (unsigned long long)fs->max_bytes);
	int rc = kind == FACT_ENTRY ? put_entry(fs, cbor, e) : put_record(fs, kind, cbor, e);
	fs->is_broken = rc != 0;
	return rc;
}

/* The next record of a part: the whole of it, and what it states. */
struct record {
	enum fact_kind kind;
	struct bytes all, map;
};

static bool record_next(struct cbor *r, struct record *ret)
{
	struct bytes rest = r->rest;
	uint64_t kind;
	if (!cbor_get_uint(r, &kind) || kind >= FACT__MAX || !cbor_get_bytes(r, &ret->map))
		return false;
	ret->kind = (enum fact_kind)kind;
	ret->all = bytes_slice(rest, 0, rest.n - r->rest.n);
	return true;
}

static void forget_in(struct buf *b, struct bytes path)
{
	size_t to = 0;
	struct cbor r = cbor_of(buf_bytes(b));
	for (struct record rec; record_next(&r, &rec);) {
		struct fact_head head;
		if (rec.kind != FACT_NOTE && fact_decode_head(rec.kind, rec.map, &head) &&
		    bytes_eq(head.path, path))
			continue;
		memmove(b->p + to, rec.all.p, rec.all.n);
		to += rec.all.n;
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

/* Is the name one of those, a line each? */
static bool is_top(const struct tops *t, struct bytes name)
{
	struct bytes rest = bytes_of(t->names, t->n);
	for (struct bytes one; bytes_split(&rest, '\n', &one);) {
		if (bytes_eq(one, name))
			return true;
	}
	return false;
}

/* Adds what of the root the path lies in. */
static void add_top(struct tops *t, struct bytes path)
{
	struct bytes top, rest;
	bytes_cut(path, '/', &top, &rest);
	if (t->is_cut || !top.n || is_top(t, top))
		return;
	t->is_cut = top.n >= sizeof t->names - t->n || bytes_find(top, '\n') >= 0;
	if (t->is_cut)
		return;
	memcpy(t->names + t->n, top.p, top.n);
	t->n += top.n;
	t->names[t->n++] = '\n';
}

bool factset_may_have(const struct factset *fs, struct bytes top)
{
	return fs->tops.is_cut || is_top(&fs->tops, top);
}

struct indexing {
	const struct factset *fs;
	uint64_t *v;
	uint64_t n, max;
	struct tops tops;
};

static bool index_one(void *arg, const struct entry *en)
{
	struct indexing *ix = arg;
	if (ix->n < ix->max)
		ix->v[ix->n] = factset_hash(ix->fs, space_of(en->type), en->path) | ix->n;
	add_top(&ix->tops, en->path);
	ix->n++;
	return ix->n <= ix->max;
}

/* The sorted index of the n > 0 entries, heap memory; NULL when there are not exactly n.  What lies
 * in the root goes to tops. */
static uint64_t *make_index(const struct factset *fs, uint64_t n, struct tops *tops)
{
	size_t size = (size_t)n * sizeof(uint64_t);
	struct indexing ix = {.fs = fs, .v = mem_alloc(size), .max = n};
	factset_entries(fs, index_one, &ix);
	*tops = ix.tops;
	if (ix.n == n)
		return radix_sort(ix.v, mem_alloc(size), (size_t)n);
	free(ix.v);
	return NULL;
}

/* Brings the records of one kind together, in the order they were put. */
static void group_records(struct factset *fs)
{
	struct buf *b = &fs->own[PART_RECORDS];
	size_t at[FACT__MAX], sum = 0;
	struct cbor r = cbor_of(buf_bytes(b));
	for (struct record rec; record_next(&r, &rec);)
		fs->kinds[rec.kind] += rec.all.n;
	for (size_t k = 0; k < FACT__MAX; k++) {
		at[k] = sum;
		sum += fs->kinds[k];
	}
	if (!sum)
		return;
	uint8_t *to = mem_alloc(sum);
	r = cbor_of(buf_bytes(b));
	for (struct record rec; record_next(&r, &rec);) {
		memcpy(to + at[rec.kind], rec.all.p, rec.all.n);
		at[rec.kind] += rec.all.n;
	}
	free(b->p);
	b->p = to;
	b->n = b->cap = sum;
}

/* The sorted index of what packages own, heap memory, *ret_n slots; NULL when nothing is owned or a
 * record is not well formed. */
static uint64_t *make_owners(const struct factset *fs, size_t *ret_n)
{
	struct bytes all = fs->parts[PART_OWNED];
	struct record rec;
	size_t n = 0;
	for (struct cbor r = cbor_of(all); record_next(&r, &rec);)
		n++;
	*ret_n = n;
	if (!n)
		return NULL;
	uint64_t *v = mem_alloc(n * sizeof *v), *at = v;
	struct cbor r = cbor_of(all);
	while (record_next(&r, &rec)) {
		struct fact_owned f;
		if (!fact_decode_owned(rec.map, &f)) {
			free(v);
			return NULL;
		}
		*at++ = factset_hash(fs, SPACE_OWNED, f.file) | (uint64_t)(rec.all.p - all.p);
	}
	return radix_sort(v, mem_alloc(n * sizeof *v), n);
}

/* Takes n slots as the content of a part. */
static void own_index(struct factset *fs, enum part p, uint64_t *v, size_t n)
{
	struct buf *own = &fs->own[p];
	own->p = (uint8_t *)v;
	own->n = own->cap = n * sizeof *v;
	fs->parts[p] = buf_bytes(own);
}

const struct factset_meta *factset_meta(const struct factset *fs) { return &fs->meta; }

bool factset_is_sound(const struct factset *fs) { return !fs->lazy->is_damaged; }

static bool damaged(const struct factset *fs)
{
	fs->lazy->is_damaged = true;
	return false;
}

/* The records of a kind. */
static struct bytes records_of(const struct factset *fs, enum fact_kind kind)
{
	enum part p = part_of(kind);
	size_t at = 0;
	if (p != PART_RECORDS)
		return fs->parts[p];
	for (size_t k = 0; k < (size_t)kind; k++)
		at += (size_t)fs->kinds[k];
	return bytes_slice(fs->parts[p], at, at + (size_t)fs->kinds[kind]);
}

struct fact_iter fact_iter(const struct factset *fs, enum fact_kind kind)
{
	return (struct fact_iter){.fs = fs, .kind = kind, .rest = records_of(fs, kind)};
}

bool fact_next(struct fact_iter *it, struct bytes *ret_cbor)
{
	struct record rec;
	if (!it->rest.n || !factset_use(it->fs, part_of(it->kind)))
		return false;
	struct cbor r = cbor_of(it->rest);
	if (!record_next(&r, &rec) || rec.kind != it->kind) {
		it->rest.n = 0;
		return damaged(it->fs);
	}
	it->rest = r.rest;
	*ret_cbor = rec.map;
	return true;
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

static uint64_t index_at(const struct factset *fs, enum part p, size_t i)
{
	uint64_t v;
	memcpy(&v, fs->parts[p].p + i * sizeof v, sizeof v);
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
	for (uint32_t i = 0; i < ordinal % ENTRY_BLOCK_LEN; i++) {
		if (!entry_pass(c, &r))
			return damaged(fs);
	}
	return entry_decode_next(c, &r, ret) || damaged(fs);
}

/* First slot of an index whose value is greater than v. */
static size_t upper_bound(const struct factset *fs, enum part p, uint64_t v)
{
	size_t lo = 0, hi = fs->parts[p].n / sizeof v;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (index_at(fs, p, mid) <= v)
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
	for (size_t i = upper_bound(fs, PART_INDEX, hash | UINT32_MAX); i-- > 0;) {
		uint64_t v = index_at(fs, PART_INDEX, i);
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

struct owned_iter owned_iter(const struct factset *fs, struct bytes file)
{
	struct owned_iter it = {.fs = fs, .file = file};
	if (!fs->parts[PART_OWNERS].n || !factset_use(fs, PART_OWNERS))
		return it;
	it.hash = factset_hash(fs, SPACE_OWNED, file);
	it.at = it.hash ? upper_bound(fs, PART_OWNERS, it.hash - 1) : 0;
	it.end = upper_bound(fs, PART_OWNERS, it.hash | UINT32_MAX);
	return it;
}

bool owned_next(struct owned_iter *it, struct fact_owned *ret)
{
	while (it->at < it->end && factset_use(it->fs, PART_OWNED)) {
		uint32_t offset = (uint32_t)index_at(it->fs, PART_OWNERS, it->at++);
		struct cbor r = cbor_of(bytes_skip(it->fs->parts[PART_OWNED], offset));
		struct record rec;
		if (!record_next(&r, &rec) || !fact_decode_owned(rec.map, ret))
			return damaged(it->fs);
		if (bytes_eq(ret->file, it->file))
			return true;
	}
	return false;
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

static bool duplicates(const struct factset *fs, bool (*fn)(void *arg, const struct entry *later),
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
		uint64_t a = index_at(fs, PART_INDEX, i - 1), b = index_at(fs, PART_INDEX, i);
		if (a >> 32 != b >> 32)
			continue;
		if (++pairs > DUPLICATES_MAX)
			return false;
		if (is_pair(fs, a, b, &first, &later) && !fn(arg, &later))
			break;
	}
	return true;
}

bool factset_duplicates(const struct factset *fs, bool (*fn)(void *arg, const struct entry *later),
                        void *arg)
{
	return fs->repeats == 1 || duplicates(fs, fn, arg);
}

static bool count_one(void *arg, const struct entry *later)
{
	(void)later;
	++*(uint64_t *)arg;
	return true;
}

static uint64_t count_repeats(const struct factset *fs)
{
	uint64_t n = 1;
	return duplicates(fs, count_one, &n) ? n : 0;
}

void factset_seal(struct factset *fs, const struct factset_meta *meta)
{
	fs->meta = *meta;
	fs->is_sealed = true;
	group_records(fs);
	for (size_t i = 0; i < PART__MAX; i++)
		fs->parts[i] = buf_bytes(&fs->own[i]);
	for (size_t i = 0; i < PART__MAX; i++)
		fs->lazy->trust[i] = TRUST_GOOD;
	if (fs->n_entries)
		own_index(fs, PART_INDEX, make_index(fs, fs->n_entries, &fs->tops),
		          (size_t)fs->n_entries);
	size_t n;
	uint64_t *owners = make_owners(fs, &n);
	if (owners)
		own_index(fs, PART_OWNERS, owners, n);
	entry_coder_fini(&fs->coder);
	fs->repeats = count_repeats(fs);
	factset_finish(fs);
}

static bool is_records_ok(const struct factset *fs, enum part p)
{
	struct cbor r = cbor_of(fs->parts[p]);
	enum fact_kind last = 0;
	for (struct record rec; r.rest.n; last = rec.kind) {
		if (!record_next(&r, &rec) || part_of(rec.kind) != p || rec.kind < last ||
		    !fact_check(rec.kind, rec.map))
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
	struct tops tops = {.n = 0};
	if (!index.n)
		return !fs->parts[PART_ENTRIES].n && !fs->tops.n && !fs->tops.is_cut;
	AUTO_FREE uint64_t *want = make_index(fs, index.n / sizeof *want, &tops);
	return want && bytes_eq(bytes_of(want, index.n), index) && tops.is_cut == fs->tops.is_cut &&
	       bytes_eq(bytes_of(tops.names, tops.n), bytes_of(fs->tops.names, fs->tops.n));
}

static bool is_owners_ok(const struct factset *fs)
{
	size_t n;
	AUTO_FREE uint64_t *want = make_owners(fs, &n);
	return bytes_eq(bytes_of(want, want ? n * sizeof *want : 0), fs->parts[PART_OWNERS]);
}

int factset_check_records(const struct factset *fs, struct err *e)
{
	for (enum part p = PART_RECORDS; p <= PART_CARRY; p++) {
		if (!is_records_ok(fs, p))
			return err_set(e, ERR_FORMAT, "fact set with a record that is none");
	}
	if (!is_blocks_ok(fs) || !is_index_ok(fs) || !is_owners_ok(fs) ||
	    (fs->repeats && fs->repeats != count_repeats(fs)))
		return err_set(e, ERR_FORMAT, "fact set with entries that its index does not fit");
	return 0;
}
