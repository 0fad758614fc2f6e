/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clam_relay.c - the process between workers and clamd.
 *
 * Each file is a connection of its own: clamd closes one on which more than StreamMaxLength came.
 */
#include "inspect/clam.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_LEN = 256 << 10, RETRY_MS = 20 };

struct relay {
	struct sockaddr_un at;
	int fd;           /* to clamd, -1: none */
	bool is_begun;    /* a file is under way */
	bool is_stopped;  /* clamd takes no more of it */
	struct err err;   /* why there is no connection */
	int64_t until_ms; /* when clamd is late */
};

/* ---- what clamd says ---- */

static void answer(struct clam_answer *ret, enum clam_word word, struct bytes text)
{
	ret->word = word;
	snprintf(ret->text, sizeof ret->text, "%.*s", BYTES_FMT(text));
	if (word == CLAM_FOUND && !*ret->text) /* a finding has a name */
		snprintf(ret->text, sizeof ret->text, "unnamed");
}

void clam_read_reply(struct bytes reply, struct clam_answer *ret)
{
	static const struct {
		const char *end;
		enum clam_word word;
	} ends[] = {
		{" FOUND", CLAM_FOUND},
		{" ERROR", CLAM_ERROR},
	};
	struct bytes text = bytes_trim(bytes_slice(reply, 0, (size_t)CLAMD_REPLY_MAX));
	if (bytes_starts(text, B("stream: ")))
		text = bytes_skip(text, sizeof "stream: " - 1);
	if (bytes_eq(text, B("OK"))) {
		answer(ret, CLAM_CLEAN, B(""));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct bytes end = bytes_str(ends[i].end);
		if (!bytes_ends(text, end))
			continue;
		text = bytes_trim(bytes_slice(text, 0, text.n - end.n));
		bool is_bound = bytes_starts(text, B("Heuristics.Limits.Exceeded"));
		answer(ret, is_bound ? CLAM_ERROR : ends[i].word, text);
		if (bytes_starts(text, B("INSTREAM size limit exceeded")))
			answer(ret, CLAM_ERROR,
			       B("the file is larger than its StreamMaxLength (clamd.conf)"));
		return;
	}
	answer(ret, CLAM_ERROR, text.n ? text : B("it closed the connection without an answer"));
}

/* ---- the socket ---- */

/* false: it is late. */
static bool wait_for(struct relay *r, short what)
{
	struct pollfd p = {r->fd, what, 0};
	int64_t left = r->until_ms - clock_monotonic_ms();
	return left > 0 && poll(&p, 1, (int)left) > 0;
}

static void close_clamd(struct relay *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

static int write_all(struct relay *r, const void *p, size_t n)
{
	const uint8_t *from = p;
	while (n) {
		ssize_t got = write(r->fd, from, n);
		if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
			if (!wait_for(r, POLLOUT))
				return -1;
			continue;
		}
		if (got < 0)
			return -1;
		from += got;
		n -= (size_t)got;
	}
	return 0;
}

/* Its queue of connections may be full for a moment. */
static int open_clamd(struct relay *r)
{
	const struct timespec pause = {0, RETRY_MS * 1000000L};
	int rc;
	r->until_ms = clock_monotonic_ms() + (int64_t)CLAMD_SECONDS_MAX * 1000;
	r->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0)
		return err_set(&r->err, ERR_IO, "no socket: %m");
	while ((rc = connect(r->fd, (const struct sockaddr *)&r->at, sizeof r->at)) &&
	       errno == EAGAIN && clock_monotonic_ms() < r->until_ms)
		nanosleep(&pause, NULL);
	if (rc == 0)
		return 0;
	err_set(&r->err, ERR_IO, "%s: %m", r->at.sun_path);
	close_clamd(r);
	return -1;
}

/* Up to NUL or the end. */
static void read_reply(struct relay *r, struct clam_answer *ret)
{
	char reply[CLAM_TEXT_LEN];
	size_t n = 0;
	while (n < sizeof reply) {
		ssize_t got = read(r->fd, reply + n, sizeof reply - n);
		if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
			if (wait_for(r, POLLIN))
				continue;
			answer(ret, CLAM_ERROR, B("no answer in time"));
			return;
		}
		if (got <= 0)
			break;
		n += (size_t)got;
		if (memchr(reply, 0, n))
			break;
	}
	const char *end = memchr(reply, 0, n);
	clam_read_reply(bytes_of(reply, end ? (size_t)(end - reply) : n), ret);
}

/* ---- files ---- */

static void begin(struct relay *r)
{
	r->is_begun = true;
	r->is_stopped = open_clamd(r) < 0 || write_all(r, "zINSTREAM", sizeof "zINSTREAM");
}

static void take_piece(struct relay *r, const uint8_t *p, size_t n)
{
	uint32_t length = htonl((uint32_t)n);
	if (!r->is_begun)
		begin(r);
	/* what comes is progress: only an answer is waited for as long as is allowed */
	r->until_ms = clock_monotonic_ms() + (int64_t)CLAMD_SECONDS_MAX * 1000;
	r->is_stopped = r->is_stopped || write_all(r, &length, sizeof length) || write_all(r, p, n);
}

static void finish(struct relay *r, struct clam_answer *ret)
{
	uint32_t none = 0;
	if (!r->is_begun)
		begin(r);
	if (!r->is_stopped)
		write_all(r, &none, sizeof none);
	if (r->fd < 0)
		answer(ret, CLAM_ERROR, bytes_str(r->err.msg));
	else
		read_reply(r, ret); /* what stopped it, it says too */
	close_clamd(r);
	r->is_begun = false;
}

static int put_answer(const struct clam_answer *a)
{
	uint8_t head[5] = {(uint8_t)a->word};
	uint32_t n = (uint32_t)strlen(a->text);
	memcpy(head + 1, &n, sizeof n);
	return fd_write_full(STDIN_FILENO, head, sizeof head) ||
	       fd_write_full(STDIN_FILENO, a->text, n);
}

static int serve(struct relay *r)
{
	static uint8_t piece[PIECE_LEN];
	struct clam_answer a;
	uint32_t n;
	while (fd_read_full(STDIN_FILENO, &n, sizeof n) == sizeof n) {
		if (n == 0) {
			finish(r, &a);
			if (put_answer(&a))
				return 1;
		}
		while (n) {
			size_t some = MIN_OF((size_t)n, sizeof piece);
			if (fd_read_full(STDIN_FILENO, piece, some) != (ssize_t)some)
				return 1;
			take_piece(r, piece, some);
			n -= (uint32_t)some;
		}
	}
	return 0;
}

static int prepare(struct relay *r, const char *path, struct err *e)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	*r = (struct relay){.at.sun_family = AF_UNIX, .fd = -1};
	if (strlen(path) >= sizeof r->at.sun_path)
		return err_set(e, ERR_LIMIT, "%s: longer than a socket's path may be", path);
	memcpy(r->at.sun_path, path, strlen(path));
	sigaction(SIGPIPE, &ignore, NULL); /* clamd closes when it has had enough */
	unsigned layers = confine_early();
	return confine_dialling(&layers, e);
}

int clam_relay_main(const char *socket)
{
	struct relay r;
	struct err e;
	return prepare(&r, socket, &e) < 0 ? 1 : serve(&r);
}

int clam_version_main(const char *socket)
{
	struct relay r;
	struct clam_answer a = {.word = CLAM_ERROR};
	struct err e = {.kind = ERR_NONE};
	if (prepare(&r, socket, &e) < 0) {
		answer(&a, CLAM_ERROR, bytes_str(e.msg));
	} else if (open_clamd(&r) < 0) {
		answer(&a, CLAM_ERROR, bytes_str(r.err.msg));
	} else {
		write_all(&r, "zVERSION", sizeof "zVERSION");
		read_reply(&r, &a);
		bool is_version = bytes_starts(bytes_str(a.text), B("ClamAV "));
		a.word = is_version ? CLAM_CLEAN : CLAM_ERROR;
	}
	fd_write_full(STDOUT_FILENO, a.text, strlen(a.text));
	return a.word == CLAM_CLEAN ? 0 : 1;
}
