/* SPDX-License-Identifier: Apache-2.0 */
/* compile.c - rules of files and folders, compiled once and kept by the digest of their text. */
#include "inspect/compile.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOLDERS_DEEP = 16 };

struct gather {
	const struct compile_kind *kind;
	struct buf all;  /* CBOR: name, text of each file */
	const char *top; /* what was named */
	size_t n;
	struct err *e;
};

static int add_file(struct gather *g, const char *path)
{
	AUTO_BUF struct buf text = {0};
	const char *name = path;
	if (bytes_starts(bytes_str(path), bytes_str(g->top)) && path[strlen(g->top)] == '/')
		name = path + strlen(g->top) + 1; /* the same rules, wherever they lie */
	else if (strrchr(path, '/'))
		name = strrchr(path, '/') + 1;
	if (file_read(path, (size_t)g->kind->text_max, &text, g->e) < 0)
		return -1;
	cbor_bytes(&g->all, bytes_str(name));
	cbor_bytes(&g->all, buf_bytes(&text));
	g->n++;
	return g->all.overflow ? err_set(g->e, ERR_LIMIT, "%s exceed %lld bytes", g->kind->what,
	                                 (long long)g->kind->text_max)
	                       : 0;
}

static bool is_wanted(const struct gather *g, const struct dirent *d)
{
	struct bytes name = bytes_str(d->d_name);
	if (name.p[0] == '.' || d->d_type == DT_DIR)
		return name.p[0] != '.';
	for (size_t i = 0; g->kind->suffixes[i]; i++) {
		if (bytes_ends(name, bytes_str(g->kind->suffixes[i])))
			return true;
	}
	return false;
}

static int add_path(struct gather *g, const char *path, unsigned depth)
{
	struct dirent **list = NULL;
	struct stat st;
	if (stat(path, &st))
		return err_set(g->e, ERR_NOTFOUND, "%s: %m", path);
	if (!S_ISDIR(st.st_mode))
		return add_file(g, path);
	if (depth == FOLDERS_DEEP)
		return err_set(g->e, ERR_LIMIT, "%s: folders are too deep", path);
	int n = scandir(path, &list, NULL, alphasort), rc = 0;
	if (n < 0)
		return err_set(g->e, ERR_IO, "%s: %m", path);
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *one = path_join(path, list[i]->d_name);
		if (rc == 0 && is_wanted(g, list[i]))
			rc = add_path(g, one, depth + 1);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* ---- the confined compiler ---- */

static int take_answer(const struct compile_kind *k, struct buf *hold, struct err *e)
{
	struct bytes b = buf_bytes(hold);
	if (b.n > 2 && b.p[0] == COMPILE_WRONG)
		return err_set(e, b.p[1] < ERR__MAX ? (enum err_kind)b.p[1] : ERR_FORMAT, "%.*s",
		               BYTES_FMT(bytes_skip(b, 2)));
	if (b.n < 2 || b.p[0] != COMPILE_BUNDLE)
		return err_set(e, ERR_CONFINE, "the process that compiles %s died", k->what);
	memmove(hold->p, hold->p + 1, --hold->n);
	return 0;
}

static int run_compiler(const struct compile_kind *k, struct bytes rules, struct buf *hold,
                        struct err *e)
{
	AUTO_FREE char *helper = proc_helper("assay-rules", e);
	struct proc p;
	int status;
	if (!helper)
		return -1;
	const char *argv[] = {helper, k->name, NULL};
	if (proc_spawn(argv, NULL, PROC_IN | PROC_OUT, &p, e) < 0)
		return -1;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGPIPE, &ignore, &before);
	fd_write_full(p.in, rules.p, rules.n);
	sigaction(SIGPIPE, &before, NULL);
	close(p.in);
	p.in = -1;
	int rc = fd_read_all(p.out, k->what, (size_t)k->bundle_max, hold, e);
	if (rc < 0)
		proc_kill(&p);
	else
		rc = proc_wait(&p, &status, e);
	return rc < 0 ? -1 : take_answer(k, hold, e);
}

/* ---- what is kept ---- */

static struct digest key_of(const struct compile_kind *k, struct bytes rules)
{
	AUTO_BUF struct buf b;
	struct digest text = digest_of(rules);
	buf_init(&b, 256);
	buf_addf(&b, "%s%s\n", k->magic, ASSAY_VERSION);
#ifdef __x86_64__
	__builtin_cpu_init();
	buf_addf(&b, "avx2 %d\n", __builtin_cpu_supports("avx2") != 0);
#endif
	buf_add(&b, bytes_of(text.b, 32));
	return digest_of(buf_bytes(&b));
}

static char *kept_path(const struct compile_kind *k, const char *cache_dir,
                       const struct digest *key)
{
	char text[DIGEST_TEXT_MAX];
	AUTO_BUF struct buf path;
	if (!cache_dir)
		return NULL;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_addf(&path, "%s/%s/%s", cache_dir, k->name,
	         digest_text(key, text) + sizeof "sha256:" - 1);
	return path.overflow ? NULL : mem_strdup(buf_cstr(&path));
}

/* A kept bundle ends in the digest of what is before it. */
static bool read_kept(const struct compile_kind *k, const char *path, struct buf *hold)
{
	struct err e;
	if (!path || file_read(path, (size_t)k->bundle_max + 32, hold, &e) < 0)
		return false;
	if (hold->n > 32) {
		struct digest d = digest_of(bytes_of(hold->p, hold->n - 32));
		hold->n -= 32;
		if (memcmp(d.b, hold->p + hold->n, 32) == 0)
			return true;
	}
	buf_fini(hold);
	*hold = (struct buf){0};
	return false;
}

/* That nothing can be kept costs time alone. */
static void keep(const struct compile_kind *k, const char *path, struct bytes bundle)
{
	struct err e;
	AUTO_BUF struct buf b;
	struct digest d = digest_of(bundle);
	if (!path)
		return;
	AUTO_FREE char *folder = mem_strdup(path);
	*strrchr(folder, '/') = '\0';
	buf_init(&b, (size_t)k->bundle_max + 32);
	buf_add(&b, bundle);
	buf_add(&b, bytes_of(d.b, 32));
	if (dir_make(folder, &e) == 0)
		file_write(path, buf_bytes(&b), 0600, &e);
}

/* All that goes to the compiler. */
static int gather_all(const struct compile_kind *k, const struct compile_sources *s,
                      struct buf *ret, struct err *e)
{
	struct gather g = {.kind = k, .e = e};
	int rc = 0;
	buf_init(&g.all, (size_t)k->text_max);
	for (size_t i = 0; i < s->n && rc == 0; i++) {
		g.top = s->paths[i];
		rc = add_path(&g, s->paths[i], 0);
	}
	buf_init(ret, (size_t)k->text_max + s->first.n + 32);
	cbor_array(ret, 2 * g.n + (s->first.n > 0));
	if (s->first.n)
		cbor_bytes(ret, s->first);
	buf_add(ret, buf_bytes(&g.all));
	buf_fini(&g.all);
	if (rc == 0 && g.n == 0)
		rc = err_set(e, ERR_NOTFOUND, "there are no %s", k->what);
	return rc;
}

int compile_rules(const struct compile_kind *k, const struct compile_sources *s, struct buf *hold,
                  struct digest *ret_id, struct err *e)
{
	AUTO_BUF struct buf rules = {0};
	if (gather_all(k, s, &rules, e) < 0)
		return -1;
	struct digest key = key_of(k, buf_bytes(&rules));
	AUTO_FREE char *path = kept_path(k, s->cache_dir, &key);
	if (!read_kept(k, path, hold)) {
		if (run_compiler(k, buf_bytes(&rules), hold, e) < 0)
			return -1;
		keep(k, path, buf_bytes(hold));
	}
	*ret_id = digest_of(buf_bytes(&rules));
	return 0;
}

/* ---- the confined side ---- */

static int confine(int (*prepare)(struct err *e), struct err *e)
{
	digest_of(B(""));
	if (prepare && prepare(e) < 0)
		return -1;
	unsigned layers = confine_early();
	return confine_late(&layers, e);
}

int compile_main(const struct compile_kind *k, int (*prepare)(struct err *e),
                 int (*make)(struct bytes in, struct buf *out, struct err *e))
{
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf in = {0}, out;
	buf_init(&out, (size_t)k->bundle_max);
	buf_addc(&out, COMPILE_BUNDLE);
	if (confine(prepare, &e) < 0 ||
	    fd_read_all(STDIN_FILENO, k->what, 2 * (size_t)k->text_max + (size_t)RULES_MAX, &in,
	                &e) < 0 ||
	    make(buf_bytes(&in), &out, &e) < 0) {
		buf_reset(&out);
		buf_addc(&out, COMPILE_WRONG);
		buf_addc(&out, (uint8_t)e.kind);
		buf_adds(&out, e.msg);
	}
	return fd_write_full(STDOUT_FILENO, out.p, out.n) ? 3 : 0;
}
