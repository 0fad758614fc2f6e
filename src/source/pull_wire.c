/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull_wire.c - frames between the front and assay-fetch.
 *
 * Format: see pull.h; {1: kind, 2: text, 3: digest, 4: number, 16: path}, and of a setup 5 to 15
 * and 17.
 */
#include "source/pull.h"

#include <string.h>

enum { KEY_KIND = 1, KEY_TEXT, KEY_DIGEST, KEY_NUMBER };
enum {
	KEY_HOST = 5,
	KEY_REPOSITORY,
	KEY_USER,
	KEY_PASSWORD,
	KEY_TOKEN,
	KEY_CACERT,
	KEY_REALMS,
	KEY_IDLE,
	KEY_INSECURE,
	KEY_DAEMON,
	KEY_OFFLINE,
	KEY_PATH,
	KEY_PUSH,
	KEY_LOG,
};

int pull_put(struct buf *b, const struct pull_frame *f)
{
	struct cbor_map m;
	cbor_open(&m, b);
	cbor_put_uint(&m, KEY_KIND, f->kind);
	cbor_put_bytes(&m, KEY_TEXT, f->text);
	cbor_put_bytes(&m, KEY_DIGEST, f->digest);
	cbor_put_uint(&m, KEY_NUMBER, f->number);
	if (f->path.n)
		cbor_put_bytes(&m, KEY_PATH, f->path);
	return cbor_close(&m);
}

bool pull_get(struct bytes b, struct pull_frame *ret)
{
	struct cbor r = cbor_of(b);
	struct pull_frame f = {.number = 0};
	uint64_t n, key, kind = 0;
	if (!cbor_get_map(&r, &n))
		return false;
	for (uint64_t i = 0; i < n && cbor_get_uint(&r, &key); i++) {
		if (key == KEY_KIND)
			cbor_get_uint(&r, &kind);
		else if (key == KEY_TEXT)
			cbor_get_bytes(&r, &f.text);
		else if (key == KEY_DIGEST)
			cbor_get_bytes(&r, &f.digest);
		else if (key == KEY_NUMBER)
			cbor_get_uint(&r, &f.number);
		else if (key == KEY_PATH)
			cbor_get_bytes(&r, &f.path);
		else
			cbor_skip(&r);
	}
	if (r.bad || kind < PULL_SETUP || kind >= PULL__MAX)
		return false;
	f.kind = (enum pull_kind)kind;
	*ret = f;
	return true;
}

int pull_put_setup(struct buf *b, const struct pull_setup *s)
{
	struct cbor_map m;
	cbor_open(&m, b);
	cbor_put_uint(&m, KEY_KIND, PULL_SETUP);
	cbor_put_bytes(&m, KEY_HOST, s->host);
	cbor_put_bytes(&m, KEY_REPOSITORY, s->repository);
	cbor_put_bytes(&m, KEY_USER, s->user);
	cbor_put_bytes(&m, KEY_PASSWORD, s->password);
	cbor_put_bytes(&m, KEY_TOKEN, s->token);
	cbor_put_bytes(&m, KEY_CACERT, s->cacert);
	cbor_put_bytes(&m, KEY_REALMS, s->realms);
	cbor_put_uint(&m, KEY_IDLE, s->idle_ms);
	cbor_put_uint(&m, KEY_INSECURE, s->is_insecure);
	cbor_put_bytes(&m, KEY_DAEMON, s->daemon);
	cbor_put_uint(&m, KEY_OFFLINE, s->is_offline);
	cbor_put_uint(&m, KEY_PUSH, s->is_push);
	cbor_put_uint(&m, KEY_LOG, s->log);
	return cbor_close(&m);
}

static bool get_field(struct cbor *r, uint64_t key, struct pull_setup *s)
{
	const struct {
		unsigned key;
		struct bytes *to;
	} texts[] = {
		{KEY_HOST,       &s->host      },
                {KEY_REPOSITORY, &s->repository},
		{KEY_USER,       &s->user      },
                {KEY_PASSWORD,   &s->password  },
		{KEY_TOKEN,      &s->token     },
                {KEY_CACERT,     &s->cacert    },
		{KEY_REALMS,     &s->realms    },
                {KEY_DAEMON,     &s->daemon    },
	};
	uint64_t v = 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i].key == key)
			return cbor_get_bytes(r, texts[i].to);
	}
	if (key == KEY_IDLE || key == KEY_LOG)
		return cbor_get_uint(r, key == KEY_IDLE ? &s->idle_ms : &s->log);
	bool *to = key == KEY_INSECURE  ? &s->is_insecure
	           : key == KEY_OFFLINE ? &s->is_offline
	           : key == KEY_PUSH    ? &s->is_push
	                                : NULL;
	if (!to)
		return cbor_skip(r);
	bool is_good = cbor_get_uint(r, &v);
	*to = v != 0;
	return is_good;
}

bool pull_get_setup(struct bytes b, struct pull_setup *ret)
{
	struct cbor r = cbor_of(b);
	struct pull_setup s = {.idle_ms = 0};
	uint64_t n, key;
	if (!cbor_get_map(&r, &n))
		return false;
	for (uint64_t i = 0; i < n; i++) {
		if (!cbor_get_uint(&r, &key) || !get_field(&r, key, &s))
			return false;
	}
	if (!s.daemon.n && !s.host.n)
		return false;
	*ret = s;
	return true;
}

int pull_write(int fd, struct bytes payload)
{
	uint8_t head[4];
	for (int i = 0; i < 4; i++)
		head[i] = (uint8_t)(payload.n >> 8 * i);
	return fd_write_full(fd, head, sizeof head) < 0 ||
	                       fd_write_full(fd, payload.p, payload.n) < 0
	               ? -1
	               : 0;
}

int pull_read(int fd, size_t max, struct buf *ret)
{
	uint8_t head[4];
	size_t n = 0;
	ssize_t got = fd_read_full(fd, head, sizeof head);
	if (got == 0)
		return 0;
	if (got != sizeof head)
		return -1;
	for (int i = 0; i < 4; i++)
		n |= (size_t)head[i] << 8 * i;
	buf_reset(ret);
	uint8_t *to = n <= max ? buf_room(ret, n) : NULL;
	if (!to || fd_read_full(fd, to, n) != (ssize_t)n)
		return -1;
	ret->n = n;
	return 1;
}
