/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool.c - the front's side of the workers: feeds each a layer, hashes what it feeds, takes facts.
 *
 * A worker is not trusted.  It can lie about what lies in the layer, but not about which layer it
 * was: digest and size are the front's own.  It cannot make the front hold more than FACT_MAX of an
 * unfinished record, FACTS_MAX of a layer's facts, or wait longer than the time given.
 * Facts are provisional until the stream is at its end and every digest is what was promised.
 */
#include "inspect/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FEED_LEN = 256 << 10, TAKE_LEN = 256 << 10 };

struct run { /* one worker at its job */
	struct inspect_job *job;
	struct proc proc, relay; /* relay: its own way to clamd */
	/* feeding */
	struct digester *digester;
	uint8_t *feed;
	size_t feed_from, feed_to;
	struct buf head; /* the job as told to the worker, until it is written */
	uint64_t fed;    /* bytes of the layer */
	bool is_fed;     /* to its end */
	/* taking */
	struct buf take;
	struct factset *facts;
	uint64_t taken, repeats, gone_over;
	struct wire_end end;
	struct digest diff_id; /* as the worker says */
	char end_msg[sizeof((struct err){0}.msg)];
	bool has_end;
	int64_t progress_ms; /* when something moved last */
};

struct pool {
	struct inspect_job *jobs;
	size_t n, n_started;
	bool *is_started;
	struct run *runs;
	size_t n_runs, max_runs;
	struct pollfd *polls;
	const struct inspect_options *o;
	char *helper;
};

static bool is_image_fault(enum err_kind k)
{
	return k == ERR_FORMAT || k == ERR_LIMIT || k == ERR_DIGEST || k == ERR_UNSUPPORTED;
}

/* ---- one run begins and ends ---- */

#define NO_PROC ((struct proc){-1, -1, -1})

static void run_free(struct run *r)
{
	proc_kill(&r->proc);
	proc_kill(&r->relay);
	digester_free(r->digester);
	factset_free(r->facts);
	buf_fini(&r->head);
	buf_fini(&r->take);
	free(r->feed);
	*r = (struct run){.proc = NO_PROC, .relay = NO_PROC};
}

/* A second look sees nothing that did not go by in the first. */
static bool asks_clamd(const struct pool *p, const struct inspect_job *job)
{
	return p->o->clamd && !job->n_looks;
}

static void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

/* A worker that has content to show to clamd gets a relay, at the other end of a pair of sockets.
 */
static int start_worker(struct pool *p, struct run *r, const char *const argv[], unsigned flags,
                        struct err *e)
{
	const char *relay[] = {p->helper, "clamd", p->o->clamd, NULL};
	int pair[2];
	if (!asks_clamd(p, r->job))
		return proc_spawn(argv, NULL, flags, &r->proc, e);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return err_set(e, ERR_IO, "no pair of sockets: %m");
	int rc = proc_spawn_on(pair[1], relay, 0, &r->relay, e);
	if (rc == 0)
		rc = proc_spawn_beside(pair[0], argv, flags, &r->proc, e);
	close(pair[0]);
	close(pair[1]);
	return rc;
}

static int run_start(struct pool *p, struct run *r, struct inspect_job *job, struct err *e)
{
	*r = (struct run){.job = job, .proc = NO_PROC, .relay = NO_PROC};
	buf_init(&r->head, (size_t)JOB_MAX + WIRE_LENGTH_LEN);
	buf_init(&r->take, (size_t)FACT_MAX + WIRE_HEAD_LEN + TAKE_LEN);
	const struct wire_job told = {.looks = job->looks,
	                              .n = job->n_looks,
	                              .checks = p->o->checks,
	                              .sums = p->o->sums,
	                              .rules = p->o->rules,
	                              .yara = p->o->yara,
	                              .has_clamd = asks_clamd(p, job)};
	if (wire_put_job(&r->head, &told, &job->err)) {
		job->is_refused = true;
		return 0;
	}
	const char *argv[] = {p->helper, "layer",
	                      p->o->allow_unconfined ? "allow-unconfined" : "confined", NULL};
	unsigned flags = PROC_IN | PROC_OUT | (log_on(LOG_DEBUG) ? PROC_KEEP_STDERR : 0);
	if (start_worker(p, r, argv, flags, e))
		return -1;
	set_nonblocking(r->proc.in);
	set_nonblocking(r->proc.out);
	r->digester =
		digester_new(job->digest.algo == DIGEST_NONE ? DIGEST_SHA256 : job->digest.algo);
	r->feed = mem_alloc(FEED_LEN);
	r->facts = factset_new();
	r->progress_ms = clock_monotonic_ms();
	return 0;
}

static int fail(struct run *r, bool is_refused)
{
	r->job->is_refused = is_refused;
	return -1;
}

/* ---- feeding ---- */

/* Reads the next bytes of the layer; 1 when there are some, 0 at the end. */
static int read_layer(struct run *r)
{
	struct inspect_job *job = r->job;
	ssize_t n = job->read(job->arg, r->feed, FEED_LEN, &job->err);
	if (n < 0) {
		err_wrap(&job->err, "%s", job->name);
		return fail(r, is_image_fault(job->err.kind));
	}
	r->fed += (uint64_t)n;
	if (job->size >= 0 &&
	    (r->fed > (uint64_t)job->size || (n == 0 && r->fed < (uint64_t)job->size))) {
		err_set(&job->err, ERR_DIGEST, "%s: %s than the %lld bytes promised", job->name,
		        n ? "longer" : "shorter", (long long)job->size);
		return fail(r, true);
	}
	digester_add(r->digester, bytes_of(r->feed, (size_t)n));
	progress_add((uint64_t)n);
	r->feed_from = 0;
	r->feed_to = (size_t)n;
	r->is_fed = n == 0;
	return n > 0;
}

/* Writes as much as the pipe takes; 1 when all of b was written, 0 when the pipe is full, -1 when
 * nobody reads it any more. */
static int write_some(struct run *r, const uint8_t *p, size_t n, size_t *ret_done)
{
	ssize_t got = write(r->proc.in, p, n);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	*ret_done = (size_t)got;
	r->progress_ms = clock_monotonic_ms();
	return (size_t)got == n;
}

static void close_feed(struct run *r)
{
	close(r->proc.in);
	r->proc.in = -1;
}

/* One turn: fills what the pipe takes of one buffer. */
static int feed(struct run *r)
{
	size_t done = 0;
	int rc;
	if (r->head.n) {
		rc = write_some(r, r->head.p, r->head.n, &done);
		memmove(r->head.p, r->head.p + done, r->head.n - done);
		r->head.n -= done;
	} else {
		if (r->feed_from == r->feed_to && (rc = read_layer(r)) <= 0) {
			if (rc == 0)
				close_feed(r);
			return rc;
		}
		rc = write_some(r, r->feed + r->feed_from, r->feed_to - r->feed_from, &done);
		r->feed_from += done;
	}
	if (rc < 0) /* it ended: what it says, or how it died, tells why */
		close_feed(r);
	return 0;
}

/* ---- taking ---- */

static int protocol(struct run *r, const char *what)
{
	err_set(&r->job->err, ERR_CONFINE, "worker for %s broke the protocol: %s", r->job->name,
	        what);
	return fail(r, false);
}

static int take_again(struct run *r, struct bytes path)
{
	if (path.n > (size_t)PATH_LEN_MAX)
		return protocol(r, "a path that is too long");
	r->gone_over += r->taken;
	if (++r->repeats > (uint64_t)REPEATS_MAX || r->gone_over > (uint64_t)FACTS_MAX) {
		err_set(&r->job->err, ERR_LIMIT,
		        "%s: more than %lld entries state an inspected file once more",
		        r->job->name, (long long)REPEATS_MAX);
		return fail(r, true);
	}
	factset_forget(r->facts, path);
	return 0;
}

static int take_frame(struct run *r, const struct wire_frame *f)
{
	struct err e = {.kind = ERR_NONE};
	if (r->has_end)
		return protocol(r, "it went on after its last record");
	if (f->kind == WIRE_END) {
		if (!wire_get_end(f->cbor, &r->end))
			return protocol(r, "broken last record");
		snprintf(r->end_msg, sizeof r->end_msg, "%.*s", BYTES_FMT(r->end.msg));
		r->end.msg = bytes_str(r->end_msg);
		struct digest d = {.algo = DIGEST_SHA256};
		if (r->end.diff_id.n)
			memcpy(d.b, r->end.diff_id.p, r->end.diff_id.n);
		r->diff_id = d;
		r->has_end = true;
		return 0;
	}
	if (f->kind == WIRE_AGAIN)
		return take_again(r, f->cbor);
	if (f->kind == 0 || f->kind >= FACT__MAX)
		return protocol(r, "unknown record");
	r->taken += f->cbor.n;
	if (r->taken > (uint64_t)FACTS_MAX) {
		err_set(&r->job->err, ERR_LIMIT, "%s: more than %lld bytes of facts", r->job->name,
		        (long long)FACTS_MAX);
		return fail(r, true);
	}
	if (factset_put(r->facts, (enum fact_kind)f->kind, f->cbor, &e) == 0)
		return 0;
	if (e.kind != ERR_LIMIT)
		return protocol(r, e.msg);
	r->job->err = e;
	err_wrap(&r->job->err, "%s", r->job->name);
	return fail(r, true);
}

static int take_frames(struct run *r)
{
	struct bytes rest = buf_bytes(&r->take);
	struct wire_frame f;
	struct err e;
	int rc;
	while ((rc = wire_next(&rest, &f, &e)) > 0) {
		if (take_frame(r, &f))
			return -1;
	}
	if (rc < 0)
		return protocol(r, e.msg);
	if (rest.n)
		memmove(r->take.p, rest.p, rest.n);
	r->take.n = rest.n;
	return 0;
}

/* Reads what there is: 1 to go on, 0 at the end of what the worker says, -1 failed. */
static int take(struct run *r)
{
	uint8_t *p = buf_room(&r->take, TAKE_LEN);
	if (!p)
		return protocol(r, "a record that does not end");
	ssize_t n = read(r->proc.out, p, TAKE_LEN);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 1 : protocol(r, "its pipe broke");
	r->take.n += (size_t)n;
	r->progress_ms = clock_monotonic_ms();
	return n == 0 ? 0 : take_frames(r) ? -1 : 1;
}

/* ---- the verdict on one run ---- */

/* Hashes the rest of a layer that the worker did not want to the end: when the bytes are not those
 * promised, that is what is wrong with them. */
static int drain(struct run *r)
{
	int rc = 1;
	while (!r->is_fed && rc > 0)
		rc = read_layer(r);
	return rc < 0 ? -1 : 0;
}

static int check_digest(struct run *r, struct digest *ret)
{
	char want[DIGEST_TEXT_MAX], got[DIGEST_TEXT_MAX];
	*ret = digester_end(r->digester);
	if (r->job->digest.algo == DIGEST_NONE || digest_eq(ret, &r->job->digest))
		return 0;
	err_set(&r->job->err, ERR_DIGEST, "%s: the bytes have digest %s, not %s", r->job->name,
	        digest_text(ret, got), digest_text(&r->job->digest, want));
	return fail(r, true);
}

static int check_diff_id(struct run *r)
{
	char want[DIGEST_TEXT_MAX], got[DIGEST_TEXT_MAX];
	const struct digest *promised = &r->job->diff_id;
	if (promised->algo == DIGEST_NONE || digest_eq(&r->diff_id, promised))
		return 0;
	err_set(&r->job->err, promised->algo == DIGEST_SHA256 ? ERR_DIGEST : ERR_UNSUPPORTED,
	        "%s: the inflated bytes have diff_id %s, not %s", r->job->name,
	        digest_text(&r->diff_id, got), digest_text(promised, want));
	return fail(r, true);
}

/* How did a worker end that said nothing? */
static int died(struct run *r, int status)
{
	struct err *e = &r->job->err;
	if (WIFSIGNALED(status))
		err_set(e, ERR_CONFINE, "worker for %s died: signal %d", r->job->name,
		        WTERMSIG(status));
	else
		err_set(e, ERR_CONFINE, "worker for %s ended without a result: status %d",
		        r->job->name, WEXITSTATUS(status));
	return fail(r, false);
}

static int judge(struct run *r)
{
	struct inspect_job *job = r->job;
	struct factset_meta meta = {.size = 0};
	int status;
	if (proc_wait(&r->proc, &status, &job->err))
		return fail(r, false);
	if (!r->has_end)
		return died(r, status);
	bool is_refusal = is_image_fault(r->end.kind);
	if (is_refusal && job->digest.algo != DIGEST_NONE && drain(r))
		return -1;
	if (r->is_fed && check_digest(r, &meta.digest))
		return -1;
	if (r->end.kind != ERR_NONE) {
		err_set(&job->err, r->end.kind, "%s: %s", job->name, r->end_msg);
		return fail(r, is_refusal);
	}
	if (!r->is_fed || !WIFEXITED(status) || WEXITSTATUS(status))
		return protocol(r, "it ended before the layer did");
	if (check_diff_id(r))
		return -1;
	meta.diff_id = r->diff_id;
	meta.size = r->fed;
	meta.plain_size = r->end.plain_size;
	meta.entries = r->end.entries;
	meta.confinement = r->end.confinement;
	factset_seal(r->facts, &meta);
	job->facts = r->facts;
	r->facts = NULL;
	return 0;
}

/* ---- all of them ---- */

/* The largest job not started: the last one to end decides when all have. */
static struct inspect_job *next_job(struct pool *p)
{
	size_t best = p->n;
	for (size_t i = 0; i < p->n; i++) {
		if (!p->is_started[i] && (best == p->n || p->jobs[i].size > p->jobs[best].size))
			best = i;
	}
	if (best == p->n)
		return NULL;
	p->is_started[best] = true;
	return &p->jobs[best];
}

static int start_some(struct pool *p, struct err *e)
{
	while (p->n_runs < p->max_runs) {
		struct inspect_job *job = next_job(p);
		if (!job)
			return 0;
		job->facts = NULL;
		job->err = (struct err){.kind = ERR_NONE};
		job->is_refused = false;
		struct run *r = &p->runs[p->n_runs];
		if (run_start(p, r, job, e)) {
			run_free(r);
			return -1;
		}
		if (job->err.kind == ERR_NONE)
			p->n_runs++;
		else
			run_free(r);
	}
	return 0;
}

/* 1 the run goes on, 0 it is over. */
static int turn(struct run *r, short in, short out)
{
	if (in && r->proc.in >= 0 && feed(r) < 0)
		return 0;
	if (!out)
		return 1;
	int rc = take(r);
	if (rc == 0)
		judge(r);
	return rc > 0;
}

/* Milliseconds until the first run is late; -1: none can be. */
static int next_timeout(const struct pool *p)
{
	int64_t least = -1, now = clock_monotonic_ms();
	for (size_t i = 0; i < p->n_runs && p->o->timeout_ms > 0; i++) {
		int64_t left = p->runs[i].progress_ms + p->o->timeout_ms - now;
		left = MAX_OF(left, (int64_t)0);
		least = least < 0 ? left : MIN_OF(least, left);
	}
	return (int)MIN_OF(least, (int64_t)60000);
}

static bool is_late(const struct pool *p, struct run *r)
{
	if (p->o->timeout_ms <= 0 || clock_monotonic_ms() - r->progress_ms < p->o->timeout_ms)
		return false;
	err_set(&r->job->err, ERR_CONFINE, "worker for %s made no progress in %lld ms",
	        r->job->name, (long long)p->o->timeout_ms);
	fail(r, false);
	return true;
}

static int wait_turns(struct pool *p, struct err *e)
{
	for (size_t i = 0; i < p->n_runs; i++) {
		p->polls[2 * i] = (struct pollfd){p->runs[i].proc.in, POLLOUT, 0};
		p->polls[2 * i + 1] = (struct pollfd){p->runs[i].proc.out, POLLIN, 0};
	}
	if (poll(p->polls, 2 * p->n_runs, next_timeout(p)) < 0 && errno != EINTR)
		return err_set(e, ERR_IO, "waiting for workers: %m");
	return 0;
}

/* Time spent in waiting for the bytes of one layer (a registry's) is none that the other workers
 * could have used. */
static void excuse(struct pool *p, int64_t since_ms)
{
	int64_t spent_ms = clock_monotonic_ms() - since_ms;
	for (size_t i = 0; i < p->n_runs && spent_ms > 0; i++)
		p->runs[i].progress_ms += spent_ms;
}

static int loop(struct pool *p, struct err *e)
{
	for (;;) {
		if (start_some(p, e))
			return -1;
		if (p->n_runs == 0)
			return 0;
		if (wait_turns(p, e))
			return -1;
		for (size_t i = p->n_runs; i-- > 0;) {
			struct run *r = &p->runs[i];
			int64_t before_ms = clock_monotonic_ms();
			int goes_on = turn(r, p->polls[2 * i].revents, p->polls[2 * i + 1].revents);
			excuse(p, before_ms);
			if (goes_on && !is_late(p, r))
				continue;
			/* what one worker cannot have, none can */
			if (r->has_end && r->end.kind == ERR_CONFINE)
				return err_set(e, ERR_CONFINE, "%s", r->end_msg);
			run_free(r);
			p->runs[i] = p->runs[--p->n_runs];
		}
	}
}

static unsigned cores(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	int n = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
	return (unsigned)MAX_OF(n, 1);
}

static char *helper_path(const struct inspect_options *o, struct err *e)
{
	return o->helper ? mem_strdup(o->helper)
	                 : proc_helper(o->yara.n ? "assay-malware" : "assay-inspect", e);
}

int inspect_run(struct inspect_job *jobs, size_t n, const struct inspect_options *o, struct err *e)
{
	struct pool p = {.jobs = jobs, .n = n, .o = o};
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	if (n == 0)
		return 0;
	p.helper = helper_path(o, e);
	if (!p.helper)
		return -1;
	p.max_runs = MIN_OF((size_t)(o->workers ? o->workers : cores()), n);
	p.is_started = mem_zalloc(n * sizeof *p.is_started);
	p.runs = mem_zalloc(p.max_runs * sizeof *p.runs);
	p.polls = mem_zalloc(2 * p.max_runs * sizeof *p.polls);
	sigaction(SIGPIPE, &ignore, &before); /* a worker may end at any time */
	int rc = loop(&p, e);
	for (size_t i = 0; i < p.n_runs; i++)
		run_free(&p.runs[i]);
	sigaction(SIGPIPE, &before, NULL);
	free(p.is_started);
	free(p.runs);
	free(p.polls);
	free(p.helper);
	return rc;
}

/* ---- clamd ---- */

int inspect_clamd_version(const struct inspect_options *o, struct buf *ret, struct err *e)
{
	AUTO_FREE char *helper = helper_path(o, e);
	AUTO_BUF struct buf text = {0};
	struct proc p;
	int status = 0;
	if (!helper)
		return -1;
	const char *argv[] = {helper, "clamd-version", o->clamd, NULL};
	if (proc_spawn(argv, NULL, PROC_OUT, &p, e) < 0)
		return -1;
	int rc = fd_read_all(p.out, "clamd's version", (size_t)CLAMD_REPLY_MAX, &text, e);
	if (rc < 0)
		proc_kill(&p);
	else
		rc = proc_wait(&p, &status, e);
	if (rc < 0)
		return -1;
	if (status || !text.n)
		return err_set(e, ERR_IO, "%.*s",
		               BYTES_FMT(text.n ? buf_bytes(&text) : B("no answer")));
	return buf_add(ret, buf_bytes(&text));
}

/* ---- inflating ---- */

int inspect_inflate_as(int fd, const struct inspect_options *o, struct proc *ret, int *ret_fd,
                       struct err *e)
{
	AUTO_FREE char *helper = helper_path(o, e);
	if (!helper)
		return -1;
	const char *argv[] = {helper, "inflate",
	                      o->allow_unconfined ? "allow-unconfined" : "confined", NULL};
	struct proc p;
	if (proc_spawn_on(fd, argv, PROC_OUT, &p, e))
		return -1;
	*ret_fd = TAKE_FD(p.out);
	*ret = p;
	return 0;
}

int inspect_inflate(int fd, struct proc *ret, int *ret_fd, struct err *e)
{
	return inspect_inflate_as(fd, &(struct inspect_options){.workers = 1}, ret, ret_fd, e);
}

int inspect_inflate_end(struct proc *p, struct err *e)
{
	int status;
	if (proc_wait(p, &status, e))
		return -1;
	if (WIFSIGNALED(status))
		return err_set(e, ERR_CONFINE, "worker that inflates died: signal %d",
		               WTERMSIG(status));
	int code = WEXITSTATUS(status);
	if (code == 0)
		return 0;
	enum err_kind kind = code > WIRE_EXIT_BASE && code < WIRE_EXIT_BASE + ERR__MAX
	                             ? (enum err_kind)(code - WIRE_EXIT_BASE)
	                             : ERR_CONFINE;
	if (kind == ERR_CONFINE)
		return err_set(e, kind,
		               "the worker that inflates cannot be confined (--allow-unconfined "
		               "reads the archive all the same)");
	return err_set(e, kind, "archive cannot be inflated (%s)", err_kind_name(kind));
}
