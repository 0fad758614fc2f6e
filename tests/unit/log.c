/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - escapes, secrets, both forms of a line, and the progress line on a pseudo-terminal. */
#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "test.h"

static const struct {
	const char *name;
	struct bytes in;
	const char *out;
} escapes[] = {
	{"plain",			B("usr/bin/caf\xc3\xa9"), "usr/bin/caf\xc3\xa9"},
	{"empty",			B(""),                    ""                   },
	{"escape sequence",              B("\x1b]0;x\x07"),        "\\x1b]0;x\\x07"     },
	{"newline",		      B("a\r\nb\tc"),           "a\\x0d\\x0ab\\x09c" },
	{"NUL",			  B("a\0b"),                "a\\x00b"            },
	{"DEL",			  B("\x7f"),                "\\x7f"              },
	{"C1 in UTF-8",
         B("\xc2\x9b"
           "31m"),
         "\\u{009b}31m"								 },
	{"C1 in one byte",
         B("\x9b"
           "31m"),
         "\\x9b31m"								     },
	{"bidi override",
         B("a\xe2\x80\xae"
           "b"),
         "a\\u{202e}b"								  },
	{"zero width",                   B("\xe2\x80\x8b"),        "\\u{200b}"          },
	{"tag",			  B("\xf3\xa0\x81\x81"),    "\\u{e0041}"         },
	{"Latin-1",		      B("caf\xe9"),             "caf\\xe9"           },
	{"cut short",                    B("\xe2\x82"),            "\\xe2\\x82"         },
	{"GitHub command",               B("::add-mask::x"),       "\\x3a:add-mask::x"  },
	{"GitHub command behind blanks", B("  ::error::x"),        "  \\x3a:error::x"   },
	{"colons inside",                B("a::b"),                "a::b"               },
	{"old command",                  B("x ##[error]y"),        "x \\x23#[error]y"   },
	{"Azure command",                B("x##vso[task]"),        "x\\x23#vso[task]"   },
	{"heading",		      B("## title"),            "## title"           },
};

static void test_escape(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		buf_reset(&b);
		test_case(text_escape(escapes[i].in, &b) == 0 &&
		                  bytes_eq(buf_bytes(&b), bytes_str(escapes[i].out)),
		          "escape %s", escapes[i].name);
	}
	AUTO_BUF struct buf tiny;
	buf_init(&tiny, 3);
	CHECK(text_escape(B("\x1b"), &tiny) == -1);
}

static void test_redact(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"nothing here",         "nothing here"  },
		{"token hunter22 used",  "token *** used"},
		{"hunter22hunter22",     "******"        },
		{"longer hunter22-plus", "longer ***"    }, /* the longer secret wins */
		{"cut hunte",            "cut ***"       }, /* a message that ends inside a secret */
		{"cut hun",              "cut hun"       }, /* too little to tell */
		{"hunter2",              "***"           },
		{"hunter3",              "hunter3"       },
	};
	log_secret(B("hunter22"));
	log_secret(B("hunter22-plus"));
	log_secret(B(""));
	log_secret((struct bytes){NULL, 0});
	AUTO_BUF struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&b);
		log_redact(bytes_str(rows[i].in), &b);
		test_case(bytes_eq(buf_bytes(&b), bytes_str(rows[i].out)), "redact %s", rows[i].in);
	}
}

/* What job writes to standard error. */
static void stderr_of(void (*job)(void), struct buf *ret)
{
	int p[2];
	fflush(stdout);
	buf_init(ret, 1 << 20);
	if (pipe(p))
		return;
	pid_t pid = fork();
	if (pid == 0) {
		dup2(p[1], STDERR_FILENO);
		job();
		_exit(0);
	}
	close(p[1]);
	buf_fini(ret);
	fd_read_all(p[0], "pipe", 1 << 20, ret, NULL);
	close(p[0]);
	waitpid(pid, NULL, 0);
}

static void text_lines(void)
{
	log_setup(LOG_INFO, LOG_TEXT);
	log_line(LOG_ERROR, "open %s", "x\x1b[2J");
	log_line(LOG_WARN, "password is hunter22");
	log_line(LOG_INFO, "hello");
	log_line(LOG_DEBUG, "not shown");
	log_line(LOG_QUIET, "nor this");
	log_setup(LOG_QUIET, LOG_TEXT);
	log_line(LOG_ERROR, "nor this");
}

static void json_lines(void)
{
	log_setup(LOG_WARN, LOG_JSON);
	log_line(LOG_WARN, "a \"quoted\" hunter22\n");
	log_line(LOG_INFO, "not shown");
}

static void long_line(void)
{
	static char text[100000];
	memset(text, '\x01', sizeof text - 1);
	log_setup(LOG_WARN, LOG_TEXT);
	log_line(LOG_WARN, "%s", text);
	/* no terminal: no progress */
	progress_setup(true);
	progress_begin("x", 10);
	progress_add(10);
	progress_end();
}

static void test_lines(void)
{
	AUTO_BUF struct buf b, j, l;
	stderr_of(text_lines, &b);
	CHECK(bytes_eq(buf_bytes(&b), B("assay: error: open x\\x1b[2J\n"
	                                "assay: warning: password is ***\n"
	                                "assay: hello\n")));
	stderr_of(json_lines, &j);
	AUTO_JSON json_t *doc = NULL;
	struct err e;
	CHECK(json_load(buf_bytes(&j), "log", 1000, &doc, &e) == 0);
	CHECK(bytes_eq(json_text(doc, "message"), B("a \"quoted\" ***\n")));
	CHECK(bytes_eq(json_text(doc, "level"), B("warning")) && json_text(doc, "time").n == 20);
	CHECK(j.n && j.p[j.n - 1] == '\n');
	stderr_of(long_line, &l);
	CHECK(l.n == strlen("assay: warning: ") + 4 * 8191 + 1); /* cut at 8 KiB, then escaped */
}

static void test_progress_text(void)
{
	static const struct {
		struct progress_state s;
		const char *text;
	} rows[] = {
		{{"layers", 0, 0, 0},                              "layers  0 B"                           },
		{{"layers", 999, 0, 0},                            "layers  999 B"                         },
		{{"layers", 1500, 3000, 50},                       "layers  1.5 kB of 3.0 kB  50%"         },
		{{"layers", 50000000, 200000000, 1000},
	         "layers  50.0 MB of 200.0 MB  25%  50.0 MB/s  0:03 left"                                  },
		{{"layers", 50000000, 0, 500},                     "layers  50.0 MB  100.0 MB/s"           },
		{{"layers", 300, 200, 1000},                       "layers  300 B of 200 B  100%  0.0 MB/s"},
		{{"layers", 1, UINT64_MAX, 1000},                  "layers  1 B of 18.4 EB  0%  0.0 MB/s"  },
		{{"layers", 1000000, 7261000000, 100},
	         "layers  1.0 MB of 7.3 GB  0%  10.0 MB/s  12:06 left"                                     },
		{{"a\x1b", 0, 0, 0},                               "a\\x1b  0 B"                           },
		{{"layers", 999, 0, 0, {0, 200, 0, 0}},            "0 of 200 images  0 B  | layers  999 B" },
		{{"layers", 999, 0, 0, {50, 200, 1500000, 20000}},
	         "50 of 200 images  1.5 MB  1:00 left  | layers  999 B"                                    },
		{{"layers", 999, 0, 0, {200, 200, 1, 1}},
	         "200 of 200 images  1 B  | layers  999 B"                                                 },
	};
	AUTO_BUF struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&b);
		progress_text(&rows[i].s, &b);
		test_case(bytes_eq(buf_bytes(&b), bytes_str(rows[i].text)), "progress: %s (%.*s)",
		          rows[i].text, BYTES_FMT(buf_bytes(&b)));
	}
}

static void show_progress(void)
{
	setenv("TERM", "xterm", 1);
	progress_setup(true);
	progress_begin("layers", 1000);
	struct timespec wait = {.tv_nsec = 1000000};
	for (int i = 0; i < 350; i++) {
		progress_add(2);
		nanosleep(&wait, NULL);
	}
	log_setup(LOG_WARN, LOG_TEXT);
	log_line(LOG_WARN, "between");
	progress_end();
}

/* On a terminal of 30 columns: rewritten about ten times a second, cut, and wiped at the end. */
static void test_progress(void)
{
	int tty = posix_openpt(O_RDWR | O_NOCTTY);
	if (tty < 0 || grantpt(tty) || unlockpt(tty)) {
		test_skip("progress on a terminal", "no pseudo-terminals");
		return;
	}
	struct winsize size = {.ws_row = 5, .ws_col = 30};
	ioctl(tty, TIOCSWINSZ, &size);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = open(ptsname(tty), O_RDWR | O_NOCTTY);
		dup2(fd, STDERR_FILENO);
		show_progress();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	uint8_t raw[4096];
	struct pollfd pfd = {.fd = tty, .events = POLLIN};
	size_t n = 0;
	for (ssize_t got; n < sizeof raw && poll(&pfd, 1, 1000) > 0; n += (size_t)got) {
		got = read(tty, raw + n, sizeof raw - n);
		if (got <= 0) /* EIO: the other side is closed and all was read */
			break;
	}
	struct bytes out = bytes_of(raw, n);
	int drawn = 0;
	for (ssize_t at; (at = bytes_search(out, B("\rlayers  "))) >= 0; drawn++) {
		struct bytes rest = bytes_skip(out, (size_t)at + 1);
		if (bytes_search(rest, B("\x1b[K")) >= 30)
			test_case(0, "a progress line is too wide");
		out = rest;
	}
	test_case(drawn >= 2 && drawn <= 8, "drawn %d times in 0.35 s or more", drawn);
	CHECK(bytes_ends(out, B("\r\x1b[Kassay: warning: between\r\n")));
	close(tty);
}

int main(void)
{
	test_escape();
	test_redact();
	test_lines();
	test_progress_text();
	test_progress();
	return TEST_END();
}
