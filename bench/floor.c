/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor.c - the floor under a first scan: inflate a layer and make both SHA-256, nothing else.
 *
 * usage: floor [-2] [-m] FILE...     -2: inflate on one thread, digests on another
 *                                    -m: MD5 of the plain bytes too, for a pass with every check on
 * The same libraries as assay: isa-l, libzstd, OpenSSL.  Nothing is parsed, nothing is kept.
 */
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>
#include <unistd.h>
#include <zstd.h>

#include "base/base.h"

enum { IN_SIZE = 1 << 20, OUT_SIZE = 256 << 10, SLOTS = 8 };

/* A ring of plain and compressed pieces from the inflating thread to the digesting one. */
struct piece {
	uint8_t data[IN_SIZE];
	size_t n;
	bool is_plain;
};

struct ring {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct piece slots[SLOTS];
	size_t head, tail;
	bool is_over, is_threaded;
	struct digester *packed, *plain, *md5; /* md5 NULL: not asked for */
};

static void digest_piece(struct ring *r, bool is_plain, struct bytes b)
{
	digester_add(is_plain ? r->plain : r->packed, b);
	if (is_plain && r->md5)
		digester_add(r->md5, b);
}

static void give(struct ring *r, bool is_plain, struct bytes b)
{
	if (!r->is_threaded) {
		digest_piece(r, is_plain, b);
		return;
	}
	pthread_mutex_lock(&r->lock);
	while (r->head - r->tail == SLOTS)
		pthread_cond_wait(&r->changed, &r->lock);
	pthread_mutex_unlock(&r->lock);
	struct piece *p = &r->slots[r->head % SLOTS];
	memcpy(p->data, b.p, b.n);
	p->n = b.n;
	p->is_plain = is_plain;
	pthread_mutex_lock(&r->lock);
	r->head++;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

static void *digest_thread(void *arg)
{
	struct ring *r = arg;
	for (;;) {
		pthread_mutex_lock(&r->lock);
		while (r->head == r->tail && !r->is_over)
			pthread_cond_wait(&r->changed, &r->lock);
		bool is_done = r->head == r->tail;
		pthread_mutex_unlock(&r->lock);
		if (is_done)
			return NULL;
		struct piece *p = &r->slots[r->tail % SLOTS];
		digest_piece(r, p->is_plain, bytes_of(p->data, p->n));
		pthread_mutex_lock(&r->lock);
		r->tail++;
		pthread_cond_signal(&r->changed);
		pthread_mutex_unlock(&r->lock);
	}
}

/* isa-l leaves the upper halves of the vector registers dirty, which slows SHA-NI code down. */
static void clean_upper(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx"))
		__asm__ volatile("vzeroupper" ::: "memory");
#endif
}

static void inflate_gzip(struct ring *r, int fd)
{
	static uint8_t in[IN_SIZE], out[OUT_SIZE];
	struct inflate_state s;
	isal_inflate_init(&s);
	s.crc_flag = ISAL_GZIP;
	for (ssize_t n; (n = read(fd, in, sizeof in)) > 0;) {
		give(r, false, bytes_of(in, (size_t)n));
		s.next_in = in;
		s.avail_in = (uint32_t)n;
		do {
			if (s.block_state == ISAL_BLOCK_FINISH)
				isal_inflate_reset(&s);
			s.next_out = out;
			s.avail_out = sizeof out;
			if (isal_inflate(&s) != ISAL_DECOMP_OK)
				exit(1);
			clean_upper();
			give(r, true, bytes_of(out, sizeof out - s.avail_out));
		} while (s.avail_in > 0 || s.avail_out == 0);
	}
}

static void inflate_zstd(struct ring *r, int fd)
{
	static uint8_t in[IN_SIZE], out[OUT_SIZE];
	ZSTD_DStream *d = ZSTD_createDStream();
	for (ssize_t n; (n = read(fd, in, sizeof in)) > 0;) {
		give(r, false, bytes_of(in, (size_t)n));
		ZSTD_inBuffer i = {in, (size_t)n, 0};
		while (i.pos < i.size) {
			ZSTD_outBuffer o = {out, sizeof out, 0};
			if (ZSTD_isError(ZSTD_decompressStream(d, &o, &i)))
				exit(1);
			give(r, true, bytes_of(out, o.pos));
		}
	}
	ZSTD_freeDStream(d);
}

static int one(struct ring *r, const char *path)
{
	uint8_t magic[4] = {0};
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, magic, sizeof magic, 0) != sizeof magic)
		return 1;
	pthread_t thread;
	r->head = r->tail = 0;
	r->is_over = false;
	if (r->is_threaded)
		pthread_create(&thread, NULL, digest_thread, r);
	if (magic[0] == 0x1f)
		inflate_gzip(r, fd);
	else
		inflate_zstd(r, fd);
	if (r->is_threaded) {
		pthread_mutex_lock(&r->lock);
		r->is_over = true;
		pthread_cond_signal(&r->changed);
		pthread_mutex_unlock(&r->lock);
		pthread_join(thread, NULL);
	}
	char text[DIGEST_TEXT_MAX];
	struct digest packed = digester_end(r->packed), plain = digester_end(r->plain);
	printf("%s ", digest_text(&packed, text));
	printf("%s\n", digest_text(&plain, text));
	return 0;
}

int main(int argc, char **argv)
{
	static struct ring r = {.lock = PTHREAD_MUTEX_INITIALIZER,
	                        .changed = PTHREAD_COND_INITIALIZER};
	int from = 1;
	for (; from < argc && argv[from][0] == '-'; from++) {
		r.is_threaded |= strcmp(argv[from], "-2") == 0;
		if (strcmp(argv[from], "-m") == 0)
			r.md5 = digester_new(DIGEST_MD5);
	}
	r.packed = digester_new(DIGEST_SHA256);
	r.plain = digester_new(DIGEST_SHA256);
	for (int i = from; i < argc; i++) {
		if (one(&r, argv[i]) != 0)
			return 1;
	}
	return 0;
}
