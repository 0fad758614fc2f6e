/* SPDX-License-Identifier: Apache-2.0 */
/*
 * looks.c - the second look: what links and hard links lead to is inspected by path.
 *
 * Its facts are kept like those of a layer, under the same digest and a set id that also covers
 * what was asked for.
 */
#include "flow/scan.h"

static struct digest look_set(const struct scan *s, const struct inspect_look *looks, size_t n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, MIB(64));
	buf_add(&b, bytes_of(s->set.b, sizeof s->set.b));
	cbor_array(&b, n);
	for (size_t i = 0; i < n; i++) {
		struct digest attached = digest_of(looks[i].attach);
		cbor_bytes(&b, bytes_str(looks[i].inspector));
		cbor_bytes(&b, looks[i].path);
		cbor_bytes(&b, looks[i].as);
		cbor_bytes(&b, looks[i].attach_name);
		cbor_bytes(&b, bytes_of(attached.b, 32));
	}
	return digest_of(buf_bytes(&b));
}

static int look_again(struct scan *s, const struct source_layer *layer, struct inspect_job *job,
                      struct err *e)
{
	struct stream_job stream = {.s = s, .layer = layer};
	struct inspect_job filled;
	flow_fill_job(&filled, &stream);
	filled.looks = job->looks;
	filled.n_looks = job->n_looks;
	int rc = inspect_run(&filled, 1, &s->inspect, e);
	if (stream.is_open && stream.stream.close)
		stream.stream.close(stream.stream.arg);
	*job = filled;
	return rc;
}

/* The facts of a second look at one layer, from the cache or from a worker; NULL where that failed:
 * job->err says why. */
static int look_at(struct scan *s, const struct source_image *im, const struct merged *m, size_t i,
                   struct inspect_job *job, struct err *e)
{
	const struct digest *layer = &factset_meta(m->layers[i])->digest;
	struct digest set = look_set(s, job->looks, job->n_looks);
	bool is_kept = s->cache && source_may_cache(s->source) && m->layers[i] != m->empty;
	struct err ignored;
	if (is_kept && cache_get(s->cache, layer, &set, &job->facts))
		return 0;
	if (look_again(s, &im->layers[i], job, e) < 0)
		return -1;
	if (is_kept && job->facts)
		cache_put(s->cache, layer, &set, job->facts, &ignored);
	return 0;
}

int flow_look(struct scan *s, const struct source_image *im, const struct merged *m,
              const struct flow_asked *asked, struct err *e)
{
	size_t n = asked->n;
	for (size_t i = 0; i < m->n && n; i++) {
		AUTO_FREE struct inspect_look *mine = mem_zalloc(n * sizeof *mine);
		struct inspect_job job = {.looks = mine};
		for (size_t j = 0; j < n; j++) {
			if (asked->looks[j].layer == i)
				mine[job.n_looks++] = asked->looks[j].look;
		}
		if (job.n_looks == 0)
			continue;
		for (size_t j = 0; j < job.n_looks; j++)
			log_line(LOG_DEBUG, "layer %zu is read again for %.*s (%s)", i,
			         BYTES_FMT(mine[j].path), mine[j].inspector);
		if (look_at(s, im, m, i, &job, e) < 0)
			return -1;
		asked->take(asked->arg, i, &job);
	}
	return 0;
}

struct taking {
	struct scan *s;
	struct report *r;
	struct merged *m;
};

static void take(void *arg, size_t layer, struct inspect_job *job)
{
	const struct taking *t = arg;
	t->m->looks[layer] = job->facts;
	if (job->facts)
		return;
	const struct coverage row = {
		.code = "look.failed", .layer = (int32_t)layer, .path = job->looks[0].path};
	flow_cover_lost(t->r, t->s->o->checks | 1U << CHECK_VULNERABILITY, &row,
	                arena_printf(t->r->arena, "second look: %s", job->err.msg));
}

int flow_looks(struct scan *s, const struct source_image *im, struct report *r, struct merged *m,
               struct err *e)
{
	struct judge_input in = {m->view, m->layers, m->looks, m->is_promised, m->n};
	struct taking t = {s, r, m};
	struct flow_asked asked = {.arg = &t, .take = take};
	if (judge_looks(&in, r, &asked.looks, &asked.n, e) < 0)
		return -1;
	return flow_look(s, im, m, &asked, e);
}
