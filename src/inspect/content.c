/* SPDX-License-Identifier: Apache-2.0 */
/* content.c - files, and files within files, on their way to whoever looks at content. */
#include "inspect/content.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "inspect/yara_file.h"

enum { OUT_LEN = 64 << 10, TAR_HEAD = 512 };

enum kind { PLAIN, GZIP, TAR, ZIP, GIT, SQLITE };

/* What one file of the layer and all within it share. */
struct whole {
	struct inspect *in;
	struct secret_scan *scan; /* NULL: not asked for */
	struct yara_scan *yara;   /* the same */
	unsigned sums;            /* digests of what lies within, a bit per enum digest_algo */
	uint64_t work;            /* bytes unpacked */
	uint64_t held;            /* bytes of archives within that are in memory */
	bool is_said;             /* that something was cut */
	bool is_member_said;      /* that a member is none that can be read */
};

struct content {
	struct whole *whole;
	bool owns_whole, is_started, is_over;
	enum kind kind;
	unsigned depth;
	char *path;
	struct secret_stream *st;           /* PLAIN */
	struct yara_file *yf;               /* PLAIN, and the file of the layer whatever it is */
	struct digester *sums[DIGEST__MAX]; /* of what lies within */
	z_stream z;                         /* GZIP */
	uint8_t *out;
	struct tar *tar;         /* TAR */
	struct git_objects *git; /* GIT */
	struct rows *rows;       /* SQLITE */
	struct buf held;         /* ZIP: the directory stands at its end */
	struct content *inner;   /* what the bytes at hand are of */
};

static struct content *open_at(struct whole *w, struct bytes path, unsigned depth)
{
	struct content *c = mem_zalloc(sizeof *c);
	c->whole = w;
	c->depth = depth;
	c->path = mem_alloc(path.n + 1);
	if (path.n)
		memcpy(c->path, path.p, path.n);
	c->path[path.n] = '\0';
	return c;
}

/* Each check that was asked for has a row of its own. */
static void say(struct whole *w, const char *why, const char *rest)
{
	char text[300];
	snprintf(text, sizeof text, "%s%s", why, rest);
	if (w->scan)
		inspect_note(w->in, "secret.archive", "%s", text);
	if (w->yara || w->sums)
		inspect_note(w->in, "malware.archive", "%s", text);
}

/* Malware comes so; the first is named. */
static void say_member(struct whole *w, struct bytes name, const char *why)
{
	if (!w->is_member_said && (w->yara || w->sums))
		inspect_note(w->in, "malware.archive", "%.*s: %s is not looked at",
		             BYTES_FMT(bytes_slice(name, 0, 200)), why);
	w->is_member_said = true;
}

static void cut(struct content *c, const char *why)
{
	struct whole *w = c->whole;
	c->is_over = true;
	if (!w->is_said)
		say(w, why, ": the rest of this archive was not looked at");
	w->is_said = true;
}

/* ---- what is found ---- */

static void on_found(void *arg, const struct secret_found *f)
{
	struct content *c = arg;
	inspect_secret(c->whole->in, &(struct fact_secret){
					     .head.path = bytes_str(c->path),
					     .rule = secret_rule_id(c->whole->scan, f),
					     .mask = f->mask,
					     .line = f->line,
					     .at = f->at,
					     .how = f->how,
				     });
}

static void on_cut(void *arg, const char *code, const char *text)
{
	struct content *c = arg;
	inspect_note(c->whole->in, code, "%s", text);
}

/* ---- digests: inspector sums makes those of the files of the layer ---- */

static void sums_begin(struct content *c)
{
	unsigned wanted = c->depth ? c->whole->sums : 0;
	for (enum digest_algo a = 0; a < DIGEST__MAX && wanted; a++) {
		if (wanted & 1U << a && digest_is_available(a))
			c->sums[a] = digester_new(a);
	}
}

static void sums_add(struct content *c, struct bytes piece)
{
	for (enum digest_algo a = 0; a < DIGEST__MAX; a++) {
		if (c->sums[a])
			digester_add(c->sums[a], piece);
	}
}

static void sums_end(struct content *c)
{
	struct digest made[DIGEST__MAX];
	struct fact_sums f = {.head.path = bytes_str(c->path)};
	struct bytes *const to[DIGEST__MAX] = {
		[DIGEST_MD5] = &f.md5, [DIGEST_SHA1] = &f.sha1, [DIGEST_SHA256] = &f.sha256};
	bool is_any = false;
	for (enum digest_algo a = 0; a < DIGEST__MAX; a++) {
		if (!c->sums[a])
			continue;
		made[a] = digester_end(c->sums[a]);
		digester_free(c->sums[a]);
		if (to[a])
			*to[a] = bytes_of(made[a].b, digest_size(a));
		is_any = true;
	}
	if (is_any)
		inspect_sums(c->whole->in, &f);
}

/* ---- files within ---- */

static void inner_open(struct content *c, struct bytes name)
{
	AUTO_BUF struct buf path;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_adds(&path, c->path);
	buf_adds(&path, "!/");
	while (name.n && (name.p[0] == '/' || bytes_starts(name, B("./"))))
		name = bytes_skip(name, name.p[0] == '/' ? 1 : 2);
	buf_add(&path, name);
	if (bytes_find(name, 0) >= 0 || path.overflow)
		return;
	c->inner = open_at(c->whole, buf_bytes(&path), c->depth + 1);
}

static void inner_feed(struct content *c, struct bytes piece)
{
	c->whole->work += piece.n;
	if (c->whole->work > (uint64_t)JAR_WORK_MAX)
		cut(c, "it unpacks to more than is read of one file");
	else if (c->inner)
		content_feed(c->inner, piece);
}

static void inner_close(struct content *c)
{
	struct content *inner = c->inner;
	c->inner = NULL;
	if (inner)
		content_close(inner);
}

/* ---- gzip ---- */

static void gzip_feed(struct content *c, struct bytes piece)
{
	c->z.next_in = (Bytef *)(uintptr_t)piece.p;
	c->z.avail_in = (uInt)piece.n;
	while (!c->is_over && c->z.avail_in) {
		c->z.next_out = c->out;
		c->z.avail_out = OUT_LEN;
		int rc = inflate(&c->z, Z_NO_FLUSH);
		inner_feed(c, bytes_of(c->out, OUT_LEN - c->z.avail_out));
		if (rc == Z_STREAM_END)
			inflateReset(&c->z); /* another member may follow */
		else if (rc != Z_OK)
			c->is_over = true;
	}
}

static void gzip_begin(struct content *c)
{
	struct bytes name = path_base(bytes_str(c->path));
	if (bytes_ends(name, B(".gz")))
		name.n -= 3;
	else if (bytes_ends(name, B(".tgz")))
		name.n -= 4;
	c->out = mem_alloc(OUT_LEN);
	if (inflateInit2(&c->z, 15 + 16) != Z_OK)
		c->is_over = true;
	inner_open(c, name);
}

/* ---- tar ---- */

static int on_member(void *arg, const struct tar_member *m, struct err *e)
{
	struct content *c = arg;
	(void)e;
	if (m->type == TAR_FILE)
		inner_open(c, m->name);
	return 0;
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	struct content *c = arg;
	inner_feed(c, piece);
	return c->is_over ? err_set(e, ERR_LIMIT, "it was cut") : 0;
}

static int on_end(void *arg, struct err *e)
{
	(void)e;
	inner_close(arg);
	return 0;
}

static void tar_feed(struct content *c, struct bytes piece)
{
	struct err e;
	if (tar_push(c->tar, piece, &e))
		cut(c, e.msg);
}

/* ---- git ---- */

/* Packs have many: where each begins tells them apart, and `git verify-pack -v` lists it. */
static int on_object(void *arg, const char *kind, uint64_t at, struct err *e)
{
	struct content *c = arg;
	char name[64];
	(void)e;
	snprintf(name, sizeof name, at ? "%s@%llu" : "%s", kind, (unsigned long long)at);
	inner_open(c, bytes_str(name));
	return 0;
}

static void git_feed(struct content *c, struct bytes piece)
{
	struct err e;
	if (git_objects_push(c->git, piece, &e) < 0)
		cut(c, e.msg);
}

static void git_begin(struct content *c, enum git_form form)
{
	const struct git_events ev = {
		.arg = c, .object = on_object, .data = on_data, .end = on_end};
	c->git = git_objects_new(form, &ev, (uint64_t)JAR_WORK_MAX);
}

static void git_end(struct content *c)
{
	struct err e;
	if (!c->is_over && git_objects_end(c->git, &e) < 0)
		cut(c, e.msg);
}

/* ---- SQLite: rows as lines of text ---- */

struct rows {
	struct sqlite_pages form;
	struct buf page, text;
	uint64_t skip; /* bytes to the next page */
	bool is_later; /* than the first page */
};

static void rows_begin(struct content *c, const struct sqlite_pages *form)
{
	c->rows = mem_zalloc(sizeof *c->rows);
	c->rows->form = *form;
	c->rows->skip = form->skip + form->before;
	buf_init(&c->rows->page, form->size);
	buf_init(&c->rows->text, 2 * (size_t)SQLITE_PAGE_MOST);
}

static void rows_page(struct content *c)
{
	struct rows *r = c->rows;
	bool is_first = !r->is_later && !r->form.before;
	if (!r->page.n)
		return;
	sqlite_page_texts(&r->form, buf_bytes(&r->page), is_first, &r->text);
	if (r->text.n)
		secret_feed(c->st, buf_bytes(&r->text));
	buf_reset(&r->page);
	r->is_later = true;
	r->skip = r->form.before;
}

static void rows_feed(struct content *c, struct bytes piece)
{
	struct rows *r = c->rows;
	while (piece.n) {
		size_t n = (size_t)MIN_OF(r->skip ? r->skip : r->form.size - r->page.n,
		                          (uint64_t)piece.n);
		if (r->skip)
			r->skip -= n;
		else
			buf_add(&r->page, bytes_slice(piece, 0, n));
		piece = bytes_skip(piece, n);
		if (r->page.n == r->form.size)
			rows_page(c);
	}
}

static void rows_end(struct content *c)
{
	if (!c->rows)
		return;
	rows_page(c); /* what is left of one */
	buf_fini(&c->rows->page);
	buf_fini(&c->rows->text);
	free(c->rows);
}

/* ---- ZIP ---- */

/* The file of the layer may be as large as all that is unpacked of it. */
static void zip_drop(struct content *c)
{
	c->whole->held -= c->depth ? c->held.n : 0;
	buf_fini(&c->held);
	buf_init(&c->held, (size_t)JAR_NESTED_MAX);
}

static void zip_feed(struct content *c, struct bytes piece)
{
	uint64_t held = c->depth ? c->whole->held : c->held.n;
	if (piece.n > (uint64_t)JAR_NESTED_MAX - held || buf_add(&c->held, piece)) {
		zip_drop(c);
		cut(c, "it is larger than may be held");
		return;
	}
	c->whole->held += c->depth ? piece.n : 0;
}

static void zip_members(struct content *c)
{
	struct zip z;
	struct zip_member m;
	struct err e = {.kind = ERR_NONE};
	if (zip_open(buf_bytes(&c->held), &z, &e) < 0)
		return;
	while (!c->is_over && zip_next(&z, &m, &e) > 0) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)JAR_NESTED_MAX - (size_t)c->whole->held);
		if (m.size == 0)
			continue;
		if (zip_read(&z, &m, &b, &e) < 0) {
			if (e.kind == ERR_LIMIT)
				say(c->whole, e.msg, "");
			else if (e.kind == ERR_UNSUPPORTED)
				say_member(c->whole, m.name, e.msg);
			continue;
		}
		inner_open(c, m.name);
		inner_feed(c, buf_bytes(&b));
		inner_close(c);
	}
}

/* ---- one file ---- */

static enum kind kind_of(struct bytes path, struct bytes head)
{
	struct sqlite_pages ignored;
	if (sqlite_pages_open(head, &ignored))
		return SQLITE;
	if (git_form(path, head) != GIT_NONE)
		return GIT;
	if (bytes_starts(head, B("PK\x03\x04")))
		return ZIP;
	if (bytes_starts(head, B("\x1f\x8b\x08")))
		return GZIP;
	return head.n >= TAR_HEAD && tar_looks(bytes_slice(head, 0, TAR_HEAD)) ? TAR : PLAIN;
}

/* By kind: what reads it. */
static void begin_kind(struct content *c, struct bytes head)
{
	const struct tar_events ev = {
		.arg = c, .member = on_member, .data = on_data, .end = on_end};
	struct sqlite_pages form;
	switch (c->kind) {
	case GZIP:
		gzip_begin(c);
		break;
	case GIT:
		git_begin(c, git_form(bytes_str(c->path), head));
		break;
	case TAR:
		c->tar = tar_new(&ev);
		break;
	case ZIP:
		buf_init(&c->held, (size_t)JAR_NESTED_MAX);
		break;
	case SQLITE:
	case PLAIN:
		if (!c->whole->scan)
			break;
		c->st = secret_open(c->whole->scan, bytes_str(c->path));
		if (c->kind == SQLITE && sqlite_pages_open(head, &form))
			rows_begin(c, &form);
	}
}

static void begin(struct content *c, struct bytes head)
{
	c->is_started = true;
	c->kind = kind_of(bytes_str(c->path), head);
	bool is_archive = c->kind != PLAIN && c->kind != SQLITE;
	sums_begin(c);
	if (c->whole->yara && (!is_archive || c->depth == 0))
		c->yf = yara_file_open(c->whole->yara, c->whole->in, bytes_str(c->path),
		                       c->depth == 0);
	if (is_archive && c->depth >= (unsigned)JAR_DEPTH_MAX)
		cut(c, "archives lie within archives deeper than is read");
	else
		begin_kind(c, head);
}

void content_feed(struct content *c, struct bytes piece)
{
	if (!c->is_started)
		begin(c, piece);
	if (c->yf)
		yara_file_feed(c->yf, piece);
	sums_add(c, piece);
	if (c->is_over)
		return;
	switch (c->kind) {
	case PLAIN:
		if (c->st)
			secret_feed(c->st, piece);
		break;
	case GZIP:
		gzip_feed(c, piece);
		break;
	case TAR:
		tar_feed(c, piece);
		break;
	case ZIP:
		zip_feed(c, piece);
		break;
	case GIT:
		git_feed(c, piece);
		break;
	case SQLITE:
		if (c->rows)
			rows_feed(c, piece);
		break;
	}
}

struct content *content_open(struct inspect *in, struct secret_scan *scan, struct yara_scan *yara,
                             struct bytes path)
{
	struct whole *w = mem_zalloc(sizeof *w);
	*w = (struct whole){.in = in, .scan = scan, .yara = yara, .sums = inspect_sums_within(in)};
	struct content *c = open_at(w, path, 0);
	c->owns_whole = true;
	return c;
}

void content_close(struct content *c)
{
	if (c->kind == ZIP && c->is_started && !c->is_over)
		zip_members(c);
	if (c->git)
		git_end(c);
	rows_end(c);
	inner_close(c);
	if (c->st)
		secret_close(c->st, &(struct secret_sink){c, on_found, on_cut});
	if (c->yf)
		yara_file_close(c->yf);
	sums_end(c);
	if (c->out)
		inflateEnd(&c->z);
	tar_free(c->tar);
	git_objects_free(c->git);
	if (c->kind == ZIP && c->depth)
		c->whole->held -= c->held.n;
	buf_fini(&c->held);
	free(c->out);
	free(c->path);
	if (c->owns_whole)
		free(c->whole);
	free(c);
}
