/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - frames, the job and the last record. */
#include "inspect/wire.h"

#include <string.h>

enum { END_KIND = 1, END_MSG, END_DIFF_ID, END_PLAIN_SIZE, END_ENTRIES, END_CONFINEMENT };
enum { LOOK_INSPECTOR = 1, LOOK_PATH, LOOK_AS, LOOK_ATTACH_NAME, LOOK_ATTACH };

static void put_u32(uint8_t *p, size_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void wire_put_head(struct buf *b, uint8_t kind, size_t n)
{
	uint8_t head[WIRE_HEAD_LEN];
	put_u32(head, n + 1);
	head[WIRE_LENGTH_LEN] = kind;
	buf_add(b, bytes_of(head, sizeof head));
}

int wire_next(struct bytes *rest, struct wire_frame *ret, struct err *e)
{
	if (rest->n < WIRE_LENGTH_LEN)
		return 0;
	size_t n = get_u32(rest->p);
	if (n == 0)
		return err_set(e, ERR_FORMAT, "a frame without a kind");
	if (n - 1 > (size_t)FACT_MAX)
		return err_set(e, ERR_LIMIT, "a record of %zu bytes, more than %lld", n - 1,
		               (long long)FACT_MAX);
	if (rest->n - WIRE_LENGTH_LEN < n)
		return 0;
	ret->kind = rest->p[WIRE_LENGTH_LEN];
	ret->cbor = bytes_slice(*rest, WIRE_HEAD_LEN, WIRE_LENGTH_LEN + n);
	*rest = bytes_skip(*rest, WIRE_LENGTH_LEN + n);
	return 1;
}

void wire_put_end(struct buf *b, const struct wire_end *end)
{
	struct cbor_map m;
	cbor_open(&m, b);
	cbor_put_uint(&m, END_KIND, (uint64_t)end->kind);
	cbor_put_bytes(&m, END_MSG, end->msg);
	cbor_put_bytes(&m, END_DIFF_ID, end->diff_id);
	cbor_put_uint(&m, END_PLAIN_SIZE, end->plain_size);
	cbor_put_uint(&m, END_ENTRIES, end->entries);
	cbor_put_uint(&m, END_CONFINEMENT, end->confinement);
	cbor_close(&m);
}

static void end_field(struct cbor *r, uint64_t key, struct wire_end *end, uint64_t *kind)
{
	uint64_t *const numbers[] = {
		[END_KIND] = kind,
		[END_PLAIN_SIZE] = &end->plain_size,
		[END_ENTRIES] = &end->entries,
		[END_CONFINEMENT] = &end->confinement,
	};
	if (key == END_MSG)
		cbor_get_bytes(r, &end->msg);
	else if (key == END_DIFF_ID)
		cbor_get_bytes(r, &end->diff_id);
	else if (key < ARRAY_LEN(numbers) && numbers[key])
		cbor_get_uint(r, numbers[key]);
	else
		cbor_skip(r);
}

bool wire_get_end(struct bytes cbor, struct wire_end *ret)
{
	struct cbor r = cbor_of(cbor);
	struct wire_end end = {.kind = ERR_NONE};
	uint64_t n = 0, key = 0, kind = 0;
	cbor_get_map(&r, &n);
	for (; n && !r.bad; n--) {
		if (cbor_get_uint(&r, &key))
			end_field(&r, key, &end, &kind);
	}
	if (r.bad || r.rest.n || kind >= ERR__MAX)
		return false;
	end.kind = (enum err_kind)kind;
	if (end.kind == ERR_NONE && end.diff_id.n != digest_size(DIGEST_SHA256))
		return false;
	*ret = end;
	return true;
}

int wire_put_job(struct buf *b, const struct wire_job *job, struct err *e)
{
	size_t at = b->n;
	buf_add(b, B("\0\0\0\0"));
	cbor_uint(b, job->checks);
	cbor_uint(b, job->sums);
	cbor_bool(b, job->has_clamd);
	cbor_bytes(b, job->rules);
	cbor_bytes(b, job->yara);
	cbor_array(b, job->n);
	for (size_t i = 0; i < job->n; i++) {
		const struct inspect_look *l = &job->looks[i];
		struct cbor_map m;
		cbor_open(&m, b);
		cbor_put_bytes(&m, LOOK_INSPECTOR, bytes_str(l->inspector));
		cbor_put_bytes(&m, LOOK_PATH, l->path);
		cbor_put_bytes(&m, LOOK_AS, l->as);
		cbor_put_bytes(&m, LOOK_ATTACH_NAME, l->attach_name);
		cbor_put_bytes(&m, LOOK_ATTACH, l->attach);
		cbor_close(&m);
	}
	if (b->overflow || b->n - at > (size_t)JOB_MAX)
		return err_set(e, ERR_LIMIT, "a second look asks for more than %lld bytes",
		               (long long)JOB_MAX);
	put_u32(b->p + at, b->n - at - WIRE_LENGTH_LEN);
	return 0;
}

static void look_field(struct cbor *r, uint64_t key, struct inspect_look *l,
                       struct bytes *ret_inspector)
{
	struct bytes *const slices[] = {
		[LOOK_INSPECTOR] = ret_inspector,
		[LOOK_PATH] = &l->path,
		[LOOK_AS] = &l->as,
		[LOOK_ATTACH_NAME] = &l->attach_name,
		[LOOK_ATTACH] = &l->attach,
	};
	if (key < ARRAY_LEN(slices) && slices[key])
		cbor_get_bytes(r, slices[key]);
	else
		cbor_skip(r);
}

int wire_get_job(struct arena *a, struct bytes cbor, struct wire_job *ret, struct err *e)
{
	struct wire_job job = {.n = 0};
	struct cbor r = cbor_of(cbor);
	uint64_t n = 0, pairs = 0, key = 0;
	/* each look takes one byte at least */
	if (!cbor_get_uint(&r, &job.checks) || !cbor_get_uint(&r, &job.sums) ||
	    !cbor_get_bool(&r, &job.has_clamd) || !cbor_get_bytes(&r, &job.rules) ||
	    !cbor_get_bytes(&r, &job.yara) || !cbor_get_array(&r, &n) || n > cbor.n)
		return err_set(e, ERR_FORMAT, "broken job");
	struct inspect_look *looks = arena_alloc(a, (size_t)n * sizeof *looks + 1);
	for (uint64_t i = 0; i < n && !r.bad; i++) {
		struct bytes inspector = {NULL, 0};
		cbor_get_map(&r, &pairs);
		for (; pairs && !r.bad; pairs--) {
			if (cbor_get_uint(&r, &key))
				look_field(&r, key, &looks[i], &inspector);
		}
		looks[i].inspector = arena_str(a, inspector);
	}
	if (r.bad || r.rest.n)
		return err_set(e, ERR_FORMAT, "broken job");
	job.looks = looks;
	job.n = (size_t)n;
	*ret = job;
	return 0;
}
