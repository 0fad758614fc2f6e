/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet.c - many images in one process: assay scan --list, --repository.
 *
 * One image after the other, its layers side by side; reports are written and freed as they come,
 * so that memory does not grow with the number of images.  Facts of layers are kept in the cache,
 * or in a folder of this run's own: no layer is read twice.
 */
#include "cli/scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum image_status { IMAGE_PASSED, IMAGE_FAILED, IMAGE_INCOMPLETE, IMAGE_ERROR, IMAGE__MAX };
static const char *const status_names[] = {
	[IMAGE_PASSED] = "passed",
	[IMAGE_FAILED] = "failed",
	[IMAGE_INCOMPLETE] = "incomplete",
	[IMAGE_ERROR] = "error",
};
_Static_assert(ARRAY_LEN(status_names) == IMAGE__MAX, "a name for each");

struct fleet {
	const struct settings *s;
	struct scan_plan plan;
	struct flow_session *session;
	struct render_options render;
	const char **refs;
	size_t n, cap;
	struct map *seen;
	char *own_cache; /* without a cache: facts of this run; removed */
	bool is_json;
	struct json_out j;
	/* so far */
	size_t count[IMAGE__MAX];
	struct flow_layers layers;
	bool has_gate, has_eol, has_hole;
};

/* One image of the summary. */
struct line {
	const char *ref, *error;
	struct bytes digest;
	enum image_status status;
	size_t by_severity[SEV__MAX];
	struct flow_layers layers;
};

/* ---- which images ---- */

static int add_ref(struct fleet *f, struct bytes ref, struct err *e)
{
	bool is_new;
	const char *copy = arena_str(f->plan.arena, ref);
	map_put(f->seen, bytes_str(copy), &is_new);
	if (!is_new)
		return 0;
	if (f->n >= (size_t)REGISTRY_LIST_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld images", (long long)REGISTRY_LIST_MAX);
	f->refs = mem_grow(f->refs, &f->cap, f->n + 1, sizeof *f->refs);
	f->refs[f->n++] = copy;
	return 0;
}

static int add_list(struct fleet *f, const char *path, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	size_t n = 0;
	if (file_read(path, (size_t)FLEET_LIST_MAX, &text, e) < 0)
		return err_wrap(e, "--list");
	struct bytes rest = buf_bytes(&text), line;
	if (bytes_starts(rest, B("\xef\xbb\xbf"))) /* as editors of Windows begin a file */
		rest = bytes_skip(rest, 3);
	while (bytes_line(&rest, &line)) {
		n++;
		line = bytes_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		if (bytes_find(line, 0) >= 0)
			return err_set(e, ERR_USAGE, "--list %s: line %zu has a NUL in it", path,
			               n);
		if (line.n > (size_t)FLEET_NAME_MAX)
			return err_set(e, ERR_LIMIT,
			               "--list %s: line %zu has %zu bytes, at most %lld", path, n,
			               line.n, (long long)FLEET_NAME_MAX);
		if (add_ref(f, line, e) < 0)
			return -1;
	}
	return 0;
}

static int add_repository(struct fleet *f, const char *pattern, struct err *e)
{
	const char *const *names;
	size_t n;
	AUTO_ARENA struct arena *a = arena_new();
	const struct source_options o = {.registry = f->plan.flow.registry,
	                                 .is_offline = f->plan.flow.is_offline};
	if (source_list(pattern, &o, a, &names, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *ref = arena_printf(a, "registry:%s", names[i]);
		if (add_ref(f, bytes_str(ref), e) < 0)
			return -1;
	}
	return 0;
}

static int collect(struct fleet *f, struct err *e)
{
	int rc = f->s->list ? add_list(f, f->s->list, e) : 0;
	for (size_t i = 0; i < f->s->repository.n && rc == 0; i++)
		rc = add_repository(f, f->s->repository.v[i], e);
	if (rc == 0 && f->n == 0)
		return err_set(e, ERR_USAGE, "no image is named: the list is empty");
	return rc;
}

/* ---- where reports go ---- */

static bool is_folder(const char *path)
{
	struct stat st;
	return bytes_ends(bytes_str(path), B("/")) || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* Standard output is the summary's; every other output is a folder. */
static int check_outs(struct fleet *f, struct err *e)
{
	size_t kept = 0;
	struct scan_plan *p = &f->plan;
	for (size_t i = 0; i < p->n_outs; i++) {
		const struct out *o = &p->outs[i];
		bool is_summary =
			strcmp(o->form->name, "json") == 0 || strcmp(o->form->name, "table") == 0;
		if (!o->path && !is_summary)
			return err_set(e, ERR_USAGE, "the summary is a table or json, not %s",
			               o->form->name);
		if (!o->path) {
			f->is_json |= strcmp(o->form->name, "json") == 0;
			continue;
		}
		if (!is_folder(o->path))
			return err_set(e, ERR_USAGE,
			               "-o %s=%s: a folder is wanted for many images (%s/)",
			               o->form->name, o->path, o->path);
		if (dir_make(o->path, e) < 0)
			return -1;
		p->outs[kept++] = *o;
	}
	p->n_outs = kept;
	return 0;
}

/* NAME-HASH.SUFFIX: the reference as far as it can be a file's name, and what tells apart those
 * that look alike then. */
static const char *report_path(struct arena *a, const struct out *o, const char *ref)
{
	enum { NAME_CUT = 150, HASH = 4 };
	char hash[2 * HASH + 1];
	struct digest d = digest_of(bytes_str(ref));
	AUTO_BUF struct buf name;
	buf_init(&name, NAME_CUT);
	hex_encode(d.b, HASH, hash);
	if (bytes_starts(bytes_str(ref), B("registry:")))
		ref += 9;
	while (*ref == '.' || *ref == '/')
		ref++;
	for (; *ref; ref++) {
		bool is_plain = is_alnum((uint8_t)*ref) || strchr("._-", *ref);
		buf_addc(&name, is_plain ? (uint8_t)*ref : '_');
	}
	return arena_printf(a, "%s%s%s-%s%s", o->path,
	                    bytes_ends(bytes_str(o->path), B("/")) ? "" : "/", buf_cstr(&name),
	                    hash, o->form->suffix);
}

static int write_reports(struct fleet *f, const char *ref, const struct flow_scan_result *res,
                         struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < f->plan.n_outs; i++) {
		struct out o = f->plan.outs[i];
		o.path = report_path(a, &o, ref);
		if (scan_write(&o, res, f->render, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- the summary ---- */

static void say_json(struct fleet *f, const struct line *l)
{
	struct json_out *j = &f->j;
	jout_object(j);
	jout_kstr(j, "reference", l->ref);
	jout_kbytes(j, "digest", l->digest);
	jout_kstr(j, "status", status_names[l->status]);
	jout_kstr(j, "error", l->error);
	jout_key(j, "findings");
	jout_object(j);
	for (unsigned v = 0; v < SEV__MAX; v++)
		jout_kint(j, severity_name((enum severity)v), (int64_t)l->by_severity[v]);
	jout_object_end(j);
	jout_key(j, "layers");
	jout_object(j);
	jout_kint(j, "read", (int64_t)l->layers.inspected);
	jout_kint(j, "known", (int64_t)l->layers.known);
	jout_kint(j, "bytes", (int64_t)l->layers.bytes);
	jout_object_end(j);
	jout_object_end(j);
}

static void say_line(struct fleet *f, const struct line *l)
{
	AUTO_BUF struct buf text;
	if (f->is_json) {
		say_json(f, l);
		return;
	}
	buf_init(&text, KIB(64));
	buf_addf(&text, "%-10s", status_names[l->status]);
	if (l->status == IMAGE_ERROR)
		buf_adds(&text, "       -     -     -     -  ");
	else
		buf_addf(&text, "  %6zu %5zu %5zu %5zu  ", l->by_severity[SEV_CRITICAL],
		         l->by_severity[SEV_HIGH], l->by_severity[SEV_MEDIUM],
		         l->by_severity[SEV_LOW] + l->by_severity[SEV_NEGLIGIBLE] +
		                 l->by_severity[SEV_UNKNOWN]);
	text_escape(bytes_str(l->ref), &text);
	puts(buf_cstr(&text));
}

static void begin_summary(struct fleet *f)
{
	if (!f->is_json) {
		puts("STATUS      CRIT.  HIGH   MED OTHER  IMAGE");
		return;
	}
	jout_init(&f->j, jout_to_file, stdout, true);
	jout_object(&f->j);
	jout_kstr(&f->j, "schema", "assay.fleet/v1");
	jout_key(&f->j, "images");
	jout_array(&f->j);
}

static int end_summary(struct fleet *f, struct err *e)
{
	int rc = 0;
	if (f->is_json) {
		jout_array_end(&f->j);
		jout_key(&f->j, "total");
		jout_object(&f->j);
		jout_kint(&f->j, "images", (int64_t)f->n);
		for (unsigned i = 0; i < IMAGE__MAX; i++)
			jout_kint(&f->j, status_names[i], (int64_t)f->count[i]);
		jout_kint(&f->j, "layers_read", (int64_t)f->layers.inspected);
		jout_kint(&f->j, "layers_known", (int64_t)f->layers.known);
		jout_kint(&f->j, "bytes", (int64_t)f->layers.bytes);
		jout_object_end(&f->j);
		jout_object_end(&f->j);
		rc = jout_end(&f->j);
		putchar('\n');
	} else {
		printf("\n%zu images: %zu passed, %zu failed, %zu incomplete, %zu errors\n", f->n,
		       f->count[IMAGE_PASSED], f->count[IMAGE_FAILED], f->count[IMAGE_INCOMPLETE],
		       f->count[IMAGE_ERROR]);
		printf("%ju layers read (%ju bytes), %ju known from before\n",
		       (uintmax_t)f->layers.inspected, (uintmax_t)f->layers.bytes,
		       (uintmax_t)f->layers.known);
	}
	return rc < 0 || fflush(stdout) ? err_set(e, ERR_IO, "standard output: %m") : 0;
}

/* ---- one image after the other ---- */

static void count_findings(const struct flow_scan_result *res, struct line *l)
{
	for (size_t i = 0; i < res->n; i++) {
		const struct report *r = res->reports[i];
		for (size_t k = 0; k < r->n_findings; k++) {
			if (!r->findings[k].waived)
				l->by_severity[r->findings[k].severity]++;
		}
		if (!l->digest.n)
			l->digest = r->image.digest;
	}
}

/* What one exit status says of the image, and of the whole. */
static enum image_status status_of(struct fleet *f, int status)
{
	if (status == EXIT_PASS)
		return IMAGE_PASSED;
	if (status == EXIT_INCOMPLETE) {
		f->has_hole = true;
		return IMAGE_INCOMPLETE;
	}
	if (f->plan.exit_gate && status == f->plan.exit_gate)
		f->has_gate = true;
	else
		f->has_eol = true;
	return IMAGE_FAILED;
}

static void scan_one(struct fleet *f, const char *ref)
{
	struct err e = {.kind = ERR_NONE};
	struct flow_scan_result res = {.n = 0};
	struct line l = {.ref = ref};
	f->plan.flow.ref = ref;
	int rc = flow_session_scan(f->session, &f->plan.flow, &res, &e);
	if (rc == 0) {
		l.status = status_of(f, scan_judge(f->s, &f->plan, &res));
		count_findings(&res, &l);
		l.layers = res.layers;
		rc = write_reports(f, ref, &res, &e);
	}
	if (rc < 0) {
		f->has_hole = true;
		l.status = IMAGE_ERROR;
		l.error = e.msg;
		bool has_name = bytes_starts(bytes_str(e.msg), bytes_str(ref));
		log_line(LOG_ERROR, "%s%s%s", has_name ? "" : ref, has_name ? "" : ": ", e.msg);
	}
	f->count[l.status]++;
	f->layers.inspected += l.layers.inspected;
	f->layers.known += l.layers.known;
	f->layers.bytes += l.layers.bytes;
	say_line(f, &l);
	if (rc == 0 || res.arena)
		flow_scan_free(&res);
}

static int worst(const struct fleet *f)
{
	if (f->has_gate)
		return f->plan.exit_gate;
	if (f->has_eol)
		return (int)f->s->exit_on_eol;
	return f->has_hole ? EXIT_INCOMPLETE : EXIT_PASS;
}

/* Without a cache of the user's, facts are kept for this run alone. */
static int own_cache(struct fleet *f, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	if (f->plan.flow.cache_dir)
		return 0;
	f->own_cache = mem_strdup(arena_printf(a, "%s/assay-XXXXXX", dir_temp()));
	if (!mkdtemp(f->own_cache)) {
		free(TAKE(f->own_cache));
		return err_set(e, ERR_IO, "a folder in %s: %m", dir_temp());
	}
	f->plan.flow.cache_dir = f->own_cache;
	return 0;
}

static void remove_cache(struct fleet *f)
{
	struct cache *c = NULL;
	struct err ignored;
	AUTO_ARENA struct arena *a = arena_new();
	static const char *const folders[] = {"facts/v1", "facts", "archives/v1", "archives", ""};
	if (!f->own_cache)
		return;
	if (cache_open(f->own_cache, 0, &c, &ignored) == 0)
		cache_clean(c, &ignored);
	cache_close(c);
	for (unsigned i = 0; i < 256; i++)
		rmdir(arena_printf(a, "%s/facts/v1/%02x", f->own_cache, i));
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		rmdir(arena_printf(a, "%s/%s", f->own_cache, folders[i]));
	free(f->own_cache);
}

static int run(struct fleet *f, struct err *e)
{
	if (check_outs(f, e) < 0 || collect(f, e) < 0 || own_cache(f, e) < 0 ||
	    flow_session_open(&f->plan.flow, &f->session, e) < 0)
		return -1;
	begin_summary(f);
	for (size_t i = 0; i < f->n; i++) {
		progress_whole(i, f->n);
		scan_one(f, f->refs[i]);
	}
	progress_whole(0, 0);
	return end_summary(f, e);
}

int cli_fleet(const struct settings *s, enum scan_mode mode)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *arena = arena_new();
	struct fleet f = {
		.s = s,
		.plan = {.arena = arena, .mode = mode, .is_fleet = true},
		.seen = map_new()
        };
	int rc = mode == SCAN__MAX
	                 ? err_set(&e, ERR_USAGE, "an image, or --list and --repository; not both")
	                 : scan_plan(s, NULL, &f.plan, &e);
	if (rc == 0) {
		f.render = scan_render_options(s, mode);
		rc = run(&f, &e);
	}
	int status = rc < 0 ? cli_fail(&e) : worst(&f);
	flow_session_close(f.session);
	remove_cache(&f);
	scan_plan_close(&f.plan);
	cli_policy_close(&f.plan.policy);
	map_free(f.seen);
	free(f.refs);
	return status;
}
