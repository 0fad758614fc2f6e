/* SPDX-License-Identifier: Apache-2.0 */
/* fetcher_again.c - refusals: which may pass, and how long to wait. */
#include "source/fetcher.h"

#include <sys/random.h>
#include <time.h>

enum { FIRST_WAIT_MS = 250, PROBES = 2 };

static void wait_ms(int64_t ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	while (nanosleep(&t, &t) < 0)
		;
}

int again(const struct request *q, uint64_t offset, struct tries *t, struct err *e)
{
	uint32_t random = 0;
	bool has_moved = offset - t->offset >= (uint64_t)REGISTRY_PROGRESS_MIN;
	if (q->retry_after_s > REGISTRY_WAIT_MAX)
		return err_wrap(e, "asks to wait %lld s", (long long)q->retry_after_s);
	if (has_moved)
		t->n = 0;
	t->n += q->is_stalled ? 2 : 1;
	t->total++;
	unsigned max = t->max ? t->max : (unsigned)REGISTRY_TRIES_MAX;
	if (t->n >= max || t->total >= (unsigned)REGISTRY_RESUMES_MAX)
		return err_wrap(e, "given up after %u tries", t->total);
	bool may_hurry = offset > t->offset && !q->retry_after_s && t->n <= 1;
	t->offset = offset;
	if (may_hurry)
		return 0;
	if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
		random = 0;
	int64_t ms = clock_first_wait_ms(FIRST_WAIT_MS) << (t->n - 1);
	wait_ms(MAX_OF(q->retry_after_s * 1000, ms + ms / 2 * (random % 1024) / 1024));
	return 0;
}

bool status_may_pass(long status)
{
	return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
	       status == 504;
}

static int nothing(void *arg, struct bytes piece, struct err *e)
{
	(void)arg;
	(void)piece;
	(void)e;
	return 0;
}

void probe(struct fetcher *f)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct err ignored;
	bool may_be_plain = f->setup.is_insecure || registry_is_loopback(f->api);
	if (f->is_probed || !may_be_plain)
		return;
	f->is_probed = true;
	for (int i = 0; i < PROBES && !f->is_plain; i++) {
		struct request q = {
			.url = api_url(f, ""),
			.sink = {NULL,  nothing, NULL},
			.reply = {.arena = a}
                };
		if (request_run(f, &q, &ignored) == 0)
			return;
		/* a proxy that opens no tunnel fails in its own ways: --insecure leaves nothing to
		 * lose.  What only took too long says nothing. */
		f->is_plain = q.is_no_tls || (f->setup.is_insecure && !q.is_stalled);
		if (!q.can_again)
			return;
	}
}
