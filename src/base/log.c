/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - log lines, what must not be shown in them, and the progress line. */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/base.h"

enum {
	LINE_MAX_BYTES = 8 << 10,      /* of one message; longer ones are cut */
	TEXT_MAX = 8 * LINE_MAX_BYTES, /* the same, escaped: "\u{NNNN}" for a byte at worst */
	CUT_SECRET_MIN = 4,            /* bytes of a secret at the end of a message that count */
	REDRAW_MS = 100,
	COLUMNS = 80,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of everything below */
static enum log_level shown_level = LOG_WARN;
static enum log_form shown_form = LOG_TEXT;
static struct bytes *secrets; /* owned */
static size_t secrets_n, secrets_cap;

static bool progress_on, progress_drawn;
static const char *progress_what; /* NULL: none is running */
static uint64_t progress_total;
static size_t progress_columns;
static int64_t progress_began_ms;
static struct {
	uint64_t done, total;
	int64_t began_ms;
} whole; /* of many images */
static _Atomic uint64_t whole_bytes;
static _Atomic uint64_t progress_done;
static _Atomic int64_t progress_next_ms = INT64_MAX;

void log_setup(enum log_level level, enum log_form form)
{
	pthread_mutex_lock(&lock);
	shown_level = level;
	shown_form = form;
	pthread_mutex_unlock(&lock);
}

unsigned log_setting(void) { return (unsigned)shown_level << 1 | (shown_form == LOG_JSON); }

void log_setup_as(unsigned setting)
{
	log_setup(MIN_OF((enum log_level)(setting >> 1), LOG_DEBUG),
	          setting & 1 ? LOG_JSON : LOG_TEXT);
}

bool log_on(enum log_level level) { return level != LOG_QUIET && level <= shown_level; }

void log_secret(struct bytes value)
{
	if (!value.n)
		return;
	pthread_mutex_lock(&lock);
	secrets = mem_grow(secrets, &secrets_cap, secrets_n + 1, sizeof *secrets);
	secrets[secrets_n++] = bytes_of(memcpy(mem_alloc(value.n), value.p, value.n), value.n);
	pthread_mutex_unlock(&lock);
}

/* Bytes at the start of b that are a secret, or the beginning of one that b cuts short; the longest
 * counts, for one secret may begin with another. */
static size_t secret_at(struct bytes b)
{
	size_t longest = 0;
	for (size_t i = 0; i < secrets_n; i++) {
		size_t n = MIN_OF(secrets[i].n, b.n);
		bool is_whole = n == secrets[i].n;
		if (n > longest && (is_whole || n >= CUT_SECRET_MIN) &&
		    memcmp(b.p, secrets[i].p, n) == 0)
			longest = n;
	}
	return longest;
}

static int redact(struct bytes b, struct buf *ret)
{
	while (b.n) {
		size_t n = secret_at(b);
		if (n ? buf_adds(ret, "***") : buf_addc(ret, b.p[0]))
			return -1;
		b = bytes_skip(b, n ? n : 1);
	}
	return 0;
}

int log_redact(struct bytes b, struct buf *ret)
{
	pthread_mutex_lock(&lock);
	int rc = redact(b, ret);
	pthread_mutex_unlock(&lock);
	return rc;
}

/* GitHub takes "::name::" at the start of a line (blanks aside) and "##[name]" anywhere, Azure
 * "##vso[name]" anywhere, for commands to the runner. */
static bool is_command(struct bytes b, bool is_start)
{
	return (is_start && bytes_starts(b, B("::"))) || bytes_starts(b, B("##[")) ||
	       bytes_starts(b, B("##vso["));
}

int text_escape(struct bytes b, struct buf *ret)
{
	bool is_start = true;
	while (b.n) {
		uint32_t c = 0;
		size_t n = utf8_next(b, &c);
		int rc;
		if (n <= 1 && (n == 0 || utf8_is_hidden(c) || is_command(b, is_start)))
			rc = buf_addf(ret, "\\x%02x", b.p[0]);
		else if (n > 1 && utf8_is_hidden(c))
			rc = buf_addf(ret, "\\u{%04x}", c);
		else
			rc = buf_add(ret, bytes_slice(b, 0, n));
		if (rc)
			return -1;
		is_start = is_start && c == ' ';
		b = bytes_skip(b, n ? n : 1);
	}
	return 0;
}

static void to_stderr(struct bytes b)
{
	fd_write_full(STDERR_FILENO, b.p, b.n); /* where could a failure be told? */
}

static void as_text(enum log_level level, struct bytes msg, struct buf *ret)
{
	static const char *const marks[] = {[LOG_QUIET] = "",
	                                    [LOG_ERROR] = "error: ",
	                                    [LOG_WARN] = "warning: ",
	                                    [LOG_INFO] = "",
	                                    [LOG_DEBUG] = "debug: "};
	buf_addf(ret, "assay: %s", marks[level]);
	text_escape(msg, ret);
	buf_addc(ret, '\n');
}

static void as_json(enum log_level level, struct bytes msg, struct buf *ret)
{
	static const char *const names[] = {[LOG_QUIET] = "quiet",
	                                    [LOG_ERROR] = "error",
	                                    [LOG_WARN] = "warning",
	                                    [LOG_INFO] = "info",
	                                    [LOG_DEBUG] = "debug"};
	char when[21];
	clock_format(clock_now_s(), when);
	struct json_out j;
	jout_init(&j, jout_to_buf, ret, false);
	jout_object(&j);
	jout_kstr(&j, "time", when);
	jout_kstr(&j, "level", names[level]);
	jout_kbytes(&j, "message", msg);
	jout_object_end(&j);
	jout_end(&j);
	buf_addc(ret, '\n');
}

void log_line(enum log_level level, const char *fmt, ...)
{
	if (!log_on(level))
		return;
	char raw[LINE_MAX_BYTES];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	struct bytes msg = bytes_of(raw, n < 0 ? 0 : MIN_OF((size_t)n, sizeof raw - 1));
	AUTO_BUF struct buf clean, out;
	buf_init(&clean, 3 * LINE_MAX_BYTES); /* "***" for a byte at worst */
	buf_init(&out, 3 * TEXT_MAX);
	pthread_mutex_lock(&lock);
	if (progress_drawn)
		buf_adds(&out, "\r\x1b[K");
	progress_drawn = false;
	redact(msg, &clean);
	if (shown_form == LOG_JSON)
		as_json(level, buf_bytes(&clean), &out);
	else
		as_text(level, buf_bytes(&clean), &out);
	to_stderr(buf_bytes(&out));
	pthread_mutex_unlock(&lock);
}

static void add_size(struct buf *b, uint64_t n)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
	size_t u = 0;
	double v = (double)n;
	for (; v >= 999.95 && u + 1 < ARRAY_LEN(units); u++)
		v /= 1000;
	unsigned tenths = (unsigned)(v * 10 + 0.5); /* no "%.1f": a locale may have a comma */
	if (u == 0)
		buf_addf(b, "%u B", (unsigned)n);
	else
		buf_addf(b, "%u.%u %s", tenths / 10, tenths % 10, units[u]);
}

static void add_left(struct buf *b, double seconds)
{
	if (seconds < 360000) /* a hundred hours: no guess worth reading */
		buf_addf(b, "  %u:%02u left", (unsigned)seconds / 60, (unsigned)seconds % 60);
}

static void add_whole(const struct progress_state *s, struct buf *ret)
{
	buf_addf(ret, "%llu of %llu images  ", (unsigned long long)s->whole.done,
	         (unsigned long long)s->whole.total);
	add_size(ret, s->whole.bytes);
	if (s->whole.done && s->whole.done < s->whole.total)
		add_left(ret, (double)s->whole.elapsed_ms / 1000 / (double)s->whole.done *
		                      (double)(s->whole.total - s->whole.done));
	buf_adds(ret, "  | ");
}

void progress_text(const struct progress_state *s, struct buf *ret)
{
	if (s->whole.total)
		add_whole(s, ret);
	text_escape(bytes_str(s->what), ret);
	buf_adds(ret, "  ");
	add_size(ret, s->done);
	if (s->total) {
		uint64_t done = MIN_OF(s->done, s->total);
		buf_adds(ret, " of ");
		add_size(ret, s->total);
		buf_addf(ret, "  %u%%", (unsigned)((double)done * 100 / (double)s->total));
	}
	if (s->elapsed_ms < REDRAW_MS || !s->done) /* too early for a speed */
		return;
	double per_s = (double)s->done * 1000 / (double)s->elapsed_ms;
	buf_addf(ret, "  %u.%u MB/s", (unsigned)(per_s / 1e6), (unsigned)(per_s / 1e5) % 10);
	if (s->total <= s->done)
		return;
	add_left(ret, (double)(s->total - s->done) / per_s);
}

static void draw(int64_t now)
{
	AUTO_BUF struct buf line;
	buf_init(&line, 1024);
	struct progress_state s = {
		.what = progress_what,
		.done = atomic_load(&progress_done),
		.total = progress_total,
		.elapsed_ms = now - progress_began_ms,
		.whole = {whole.done, whole.total, atomic_load(&whole_bytes),
	                  now - whole.began_ms}
        };
	buf_addc(&line, '\r');
	progress_text(&s, &line);
	line.n = MIN_OF(line.n, progress_columns); /* a wrapped line could not be rewritten */
	buf_adds(&line, "\x1b[K");
	to_stderr(buf_bytes(&line));
	progress_drawn = true;
}

void progress_setup(bool on)
{
	const char *term = getenv("TERM");
	pthread_mutex_lock(&lock);
	progress_on = on && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
	pthread_mutex_unlock(&lock);
}

void progress_begin(const char *what, uint64_t total_bytes)
{
	if (!progress_on)
		return;
	struct winsize size = {0};
	pthread_mutex_lock(&lock);
	bool knows = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
	progress_columns = knows ? size.ws_col : COLUMNS;
	progress_what = what;
	progress_total = total_bytes;
	atomic_store(&progress_done, 0);
	progress_began_ms = clock_monotonic_ms();
	atomic_store(&progress_next_ms, progress_began_ms + REDRAW_MS);
	pthread_mutex_unlock(&lock);
}

void progress_add(uint64_t bytes)
{
	if (!progress_on)
		return;
	atomic_fetch_add(&progress_done, bytes);
	atomic_fetch_add(&whole_bytes, bytes);
	int64_t now = clock_monotonic_ms();
	if (now < atomic_load(&progress_next_ms) || pthread_mutex_trylock(&lock))
		return;
	if (progress_what && now >= atomic_load(&progress_next_ms)) {
		atomic_store(&progress_next_ms, now + REDRAW_MS);
		draw(now);
	}
	pthread_mutex_unlock(&lock);
}

void progress_expect(uint64_t bytes)
{
	pthread_mutex_lock(&lock);
	progress_total += bytes;
	pthread_mutex_unlock(&lock);
}

void progress_whole(uint64_t done, uint64_t total)
{
	pthread_mutex_lock(&lock);
	if (!whole.total) {
		whole.began_ms = clock_monotonic_ms();
		atomic_store(&whole_bytes, 0);
	}
	whole.done = done;
	whole.total = total;
	pthread_mutex_unlock(&lock);
}

void progress_end(void)
{
	pthread_mutex_lock(&lock);
	if (progress_drawn)
		to_stderr(B("\r\x1b[K"));
	progress_drawn = false;
	progress_what = NULL;
	atomic_store(&progress_next_ms, INT64_MAX);
	pthread_mutex_unlock(&lock);
}
