/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline.c - two threads for one layer: one reads and inflates, the other digests and parses.
 *
 * Invariant of the ring: slots [tail, head) are full and belong to the consumer, the others to the
 * producer; head - tail <= SLOTS.  Only the two counters and the end of the stream are shared,
 * under one lock that is taken twice per slot.
 */
#include "walk/parts.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { SLOTS = 8, SLOT_LEN = 256 << 10 }; /* 2 MiB: stays in a second-level cache */

struct walk {
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t change;
	/* under the lock */
	bool is_started, is_stopped;
	unsigned head, tail; /* slots filled, slots emptied since the start */
	bool is_end;         /* no slot will be filled any more */
	bool is_failed;
	struct err err; /* why, when is_failed */
	/* constant once started */
	int fd;
	struct inflate *inflate;
	size_t used[SLOTS]; /* bytes; of the slot's owner */
	uint8_t *slots;
};

static ssize_t read_fd(void *arg, void *p, size_t n)
{
	ssize_t got;
	do
		got = read(*(const int *)arg, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Fills a slot with as much as there is: plain input comes in pieces as small as a pipe's. */
static ssize_t fill_slot(struct inflate *z, uint8_t *p, struct err *e)
{
	size_t have = 0;
	while (have < SLOT_LEN) {
		ssize_t n = inflate_read(z, p + have, SLOT_LEN - have, e);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static void *produce(void *arg)
{
	struct walk *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->is_started && !w->is_stopped)
		pthread_cond_wait(&w->change, &w->lock);
	while (!w->is_stopped && !w->is_end) {
		if (w->head - w->tail == SLOTS) {
			pthread_cond_wait(&w->change, &w->lock);
			continue;
		}
		unsigned slot = w->head % SLOTS;
		pthread_mutex_unlock(&w->lock);
		struct err e = {.kind = ERR_NONE};
		ssize_t n = fill_slot(w->inflate, w->slots + (size_t)slot * SLOT_LEN, &e);
		pthread_mutex_lock(&w->lock);
		if (n > 0) {
			w->used[slot] = (size_t)n;
			w->head++;
		}
		w->is_end = n < SLOT_LEN;
		if (n < 0) {
			w->is_failed = true;
			w->err = e;
		}
		pthread_cond_signal(&w->change);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct walk *walk_prepare(void)
{
	struct walk *w = mem_zalloc(sizeof *w);
	const struct walk_input in = {read_fd, &w->fd};
	w->slots = mem_alloc((size_t)SLOTS * SLOT_LEN);
	w->inflate = inflate_new(&in, (uint64_t)LAYER_PLAIN_MAX);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->change, NULL);
	w->has_thread = pthread_create(&w->thread, NULL, produce, w) == 0;
	return w;
}

static void stop(struct walk *w)
{
	if (!w->has_thread)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_stopped = true;
	pthread_cond_signal(&w->change);
	pthread_mutex_unlock(&w->lock);
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	stop(w);
	if (w->has_thread)
		pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->change);
	pthread_mutex_destroy(&w->lock);
	inflate_free(w->inflate);
	free(w->slots);
	free(w);
}

/* Takes full slots until the end; what the producer got before it failed is walked first. */
static int consume(struct walk *w, struct layer *l, struct err *e)
{
	int rc = 0;
	pthread_mutex_lock(&w->lock);
	while (rc == 0) {
		if (w->head == w->tail) {
			if (w->is_end)
				break;
			pthread_cond_wait(&w->change, &w->lock);
			continue;
		}
		unsigned slot = w->tail % SLOTS;
		pthread_mutex_unlock(&w->lock);
		rc = layer_push(l, bytes_of(w->slots + (size_t)slot * SLOT_LEN, w->used[slot]), e);
		pthread_mutex_lock(&w->lock);
		w->tail++;
		pthread_cond_signal(&w->change);
	}
	if (rc == 0 && w->is_failed) {
		rc = -1;
		if (e)
			*e = w->err;
	}
	pthread_mutex_unlock(&w->lock);
	return rc;
}

static int consume_alone(struct inflate *z, uint8_t *slot, struct layer *l, struct err *e)
{
	for (;;) {
		ssize_t n = inflate_read(z, slot, SLOT_LEN, e);
		if (n <= 0)
			return (int)n;
		if (layer_push(l, bytes_of(slot, (size_t)n), e))
			return -1;
	}
}

int walk_run(struct walk *w, int fd, const struct walk_visitor *v, struct walk_result *ret,
             struct err *e)
{
	struct layer *l = layer_new(v, (uint64_t)ENTRIES_MAX);
	struct walk_result r = {.plain_size = 0};
	w->fd = fd;
	if (w->has_thread) {
		pthread_mutex_lock(&w->lock);
		w->is_started = true;
		pthread_cond_signal(&w->change);
		pthread_mutex_unlock(&w->lock);
	}
	int rc = w->has_thread ? consume(w, l, e) : consume_alone(w->inflate, w->slots, l, e);
	stop(w);
	if (rc == 0)
		rc = layer_finish(l, &r, e);
	layer_free(l);
	if (rc)
		return -1;
	r.compression = inflate_name(w->inflate);
	*ret = r;
	return 0;
}

int walk_layer(int fd, const struct walk_visitor *v, struct walk_result *ret, struct err *e)
{
	struct walk *w = walk_prepare();
	int rc = walk_run(w, fd, v, ret, e);
	walk_free(w);
	return rc;
}

int walk_input(const struct walk_input *in, const struct walk_visitor *v, struct walk_result *ret,
               struct err *e)
{
	struct inflate *z = inflate_new(in, (uint64_t)LAYER_PLAIN_MAX);
	struct layer *l = layer_new(v, (uint64_t)ENTRIES_MAX);
	struct walk_result r = {.plain_size = 0};
	AUTO_FREE uint8_t *slot = mem_alloc(SLOT_LEN);
	int rc = consume_alone(z, slot, l, e);
	if (rc == 0)
		rc = layer_finish(l, &r, e);
	r.compression = inflate_name(z);
	if (rc == 0)
		*ret = r;
	layer_free(l);
	inflate_free(z);
	return rc;
}

int walk_inflate(int fd, int out_fd, struct err *e)
{
	const struct walk_input in = {read_fd, &fd};
	struct inflate *z = inflate_new(&in, (uint64_t)LAYER_PLAIN_MAX);
	AUTO_FREE uint8_t *slot = mem_alloc(SLOT_LEN);
	ssize_t n;
	while ((n = inflate_read(z, slot, SLOT_LEN, e)) > 0) {
		if (fd_write_full(out_fd, slot, (size_t)n)) {
			n = err_set(e, ERR_IO, "writing inflated bytes: %m");
			break;
		}
	}
	inflate_free(z);
	return (int)n;
}
