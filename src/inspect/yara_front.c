/* SPDX-License-Identifier: Apache-2.0 */
/* yara_front.c - YARA rules of files and folders, compiled once and kept by the digest of their
 * text. */
#include "inspect/yara_parts.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOLDERS_DEEP = 16 };

struct gather {
	struct arena *a;
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
	if (file_read(path, (size_t)YARA_TEXT_MAX, &text, g->e) < 0)
		return -1;
	cbor_bytes(&g->all, bytes_str(name));
	cbor_bytes(&g->all, buf_bytes(&text));
	g->n++;
	return g->all.overflow ? err_set(g->e, ERR_LIMIT, "YARA rules exceed %lld bytes",
	                                 (long long)YARA_TEXT_MAX)
	                       : 0;
}

static int is_wanted(const struct dirent *d)
{
	struct bytes name = bytes_str(d->d_name);
	return name.p[0] != '.' &&
	       (d->d_type == DT_DIR || bytes_ends(name, B(".yar")) || bytes_ends(name, B(".yara")));
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
	int n = scandir(path, &list, is_wanted, alphasort), rc = 0;
	if (n < 0)
		return err_set(g->e, ERR_IO, "%s: %m", path);
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *one = path_join(path, list[i]->d_name);
		if (rc == 0)
			rc = add_path(g, one, depth + 1);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* ---- the confined compiler ---- */

static int take_answer(struct buf *hold, struct err *e)
{
	struct bytes b = buf_bytes(hold);
	if (b.n > 2 && b.p[0] == YARA_ANSWER_WRONG)
		return err_set(e, b.p[1] < ERR__MAX ? (enum err_kind)b.p[1] : ERR_FORMAT, "%.*s",
		               BYTES_FMT(bytes_skip(b, 2)));
	if (b.n < 2 || b.p[0] != YARA_ANSWER_BUNDLE)
		return err_set(e, ERR_CONFINE, "the process that compiles YARA rules died");
	memmove(hold->p, hold->p + 1, --hold->n);
	return 0;
}

static int run_compiler(struct bytes rules, struct buf *hold, struct err *e)
{
	AUTO_FREE char *helper = proc_helper("assay-rules", e);
	struct proc p;
	int status;
	if (!helper)
		return -1;
	const char *argv[] = {helper, "yara", NULL};
	if (proc_spawn(argv, NULL, PROC_IN | PROC_OUT, &p, e) < 0)
		return -1;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGPIPE, &ignore, &before);
	fd_write_full(p.in, rules.p, rules.n);
	sigaction(SIGPIPE, &before, NULL);
	close(p.in);
	p.in = -1;
	int rc = fd_read_all(p.out, "compiled YARA rules", (size_t)YARA_BUNDLE_MAX, hold, e);
	if (rc < 0)
		proc_kill(&p);
	else
		rc = proc_wait(&p, &status, e);
	return rc < 0 ? -1 : take_answer(hold, e);
}

/* ---- what is kept ---- */

static struct digest key_of(struct bytes rules)
{
	AUTO_BUF struct buf b;
	struct digest text = digest_of(rules);
	buf_init(&b, 256);
	buf_addf(&b, YARA_MAGIC "%s\n", ASSAY_VERSION);
#ifdef __x86_64__
	__builtin_cpu_init();
	buf_addf(&b, "avx2 %d\n", __builtin_cpu_supports("avx2") != 0);
#endif
	buf_add(&b, bytes_of(text.b, 32));
	return digest_of(buf_bytes(&b));
}

static char *kept_path(const struct yara_sources *s, const struct digest *key)
{
	char text[DIGEST_TEXT_MAX];
	AUTO_BUF struct buf path;
	if (!s->cache_dir)
		return NULL;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_addf(&path, "%s/yara/%s", s->cache_dir, digest_text(key, text) + sizeof "sha256:" - 1);
	return path.overflow ? NULL : mem_strdup(buf_cstr(&path));
}

/* A kept bundle ends in the digest of what is before it. */
static bool read_kept(const char *path, struct buf *hold)
{
	struct err e;
	if (!path || file_read(path, (size_t)YARA_BUNDLE_MAX + 32, hold, &e) < 0)
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
static void keep(const char *path, struct bytes bundle)
{
	struct err e;
	AUTO_BUF struct buf b;
	struct digest d = digest_of(bundle);
	if (!path)
		return;
	AUTO_FREE char *folder = mem_strdup(path);
	*strrchr(folder, '/') = '\0';
	buf_init(&b, (size_t)YARA_BUNDLE_MAX + 32);
	buf_add(&b, bundle);
	buf_add(&b, bytes_of(d.b, 32));
	if (dir_make(folder, &e) == 0)
		file_write(path, buf_bytes(&b), 0600, &e);
}

int yara_compile(const struct yara_sources *s, struct arena *a, struct buf *hold,
                 struct yara_bundle *ret, struct err *e)
{
	struct gather g = {.a = a, .e = e};
	AUTO_BUF struct buf rules;
	int rc = 0;
	buf_init(&g.all, (size_t)YARA_TEXT_MAX);
	buf_init(&rules, (size_t)YARA_TEXT_MAX + 16);
	for (size_t i = 0; i < s->n && rc == 0; i++) {
		g.top = s->paths[i];
		rc = add_path(&g, s->paths[i], 0);
	}
	cbor_array(&rules, 2 * g.n);
	buf_add(&rules, buf_bytes(&g.all));
	buf_fini(&g.all);
	if (rc == 0 && g.n == 0)
		rc = err_set(e, ERR_NOTFOUND, "there is no YARA rule");
	if (rc < 0)
		return -1;
	struct digest key = key_of(buf_bytes(&rules));
	AUTO_FREE char *path = kept_path(s, &key);
	bool is_kept = read_kept(path, hold);
	if (!is_kept && run_compiler(buf_bytes(&rules), hold, e) < 0)
		return -1;
	if (yara_bundle_open(buf_bytes(hold), a, ret, e) < 0)
		return -1;
	if (!is_kept)
		keep(path, buf_bytes(hold));
	ret->id = digest_of(buf_bytes(&rules));
	return 0;
}
