/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c - from a reference to reports: facts from the cache or from workers, merged, judged,
 * matched.
 */
#include "flow/scan.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static struct known *known_find(struct scan *s, struct bytes name)
{
	for (size_t i = 0; i < s->n_known; i++) {
		if (bytes_eq(s->known[i].name, name))
			return &s->known[i];
	}
	return NULL;
}

static struct known *known_add(struct scan *s, struct bytes name)
{
	s->known = mem_grow(s->known, &s->cap_known, s->n_known + 1, sizeof *s->known);
	struct known *k = &s->known[s->n_known++];
	*k = (struct known){.name = arena_dup(s->arena, name)};
	return k;
}

/* ---- getting facts ---- */

static void tell_layer(struct bytes name, const struct factset *facts, const char *how)
{
	const struct factset_meta *m = factset_meta(facts);
	char text[DIGEST_TEXT_MAX], confinement[64];
	log_line(LOG_DEBUG, "layer %.*s: %s; diff_id %s, %llu bytes, %s", BYTES_FMT(name), how,
	         digest_text(&m->diff_id, text), (unsigned long long)m->size,
	         confine_text((unsigned)m->confinement, confinement));
}

/* clamd failed at a file: the next time it may not. */
static bool is_passing(const struct factset *facts)
{
	struct fact_iter it = fact_iter(facts, FACT_NOTE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_note n;
		if (fact_decode_note(cbor, &n) && bytes_eq(n.code, B("malware.clamd")))
			return true;
	}
	return false;
}

/* Tells source and cache what a worker found. */
static void keep(struct scan *s, struct bytes name, const struct factset *facts)
{
	struct err ignored; /* a cache that cannot be written costs time, not truth */
	const struct factset_meta *m = factset_meta(facts);
	source_seen(s->source, name, &m->digest, &m->diff_id);
	if (s->cache && source_may_cache(s->source) && !is_passing(facts))
		cache_put(s->cache, &m->digest, &s->set, facts, &ignored);
}

/* A refused layer refuses the image; a worker that died leaves a hole that coverage names. */
static int take_result(struct scan *s, struct inspect_job *job, struct bytes name, struct err *e)
{
	/* what a registry does not give is no hole in an image: the next try may bring it */
	bool is_away = source_is_remote(s->source) && job->err.kind != ERR_CONFINE;
	if (!job->facts && (job->is_refused || is_away)) {
		*e = job->err;
		return -1;
	}
	struct known *k = known_add(s, name);
	k->facts = job->facts;
	k->err = job->err;
	if (job->facts) {
		tell_layer(name, job->facts, "inspected");
		keep(s, name, job->facts);
		s->layers.inspected++;
		s->layers.bytes += factset_meta(job->facts)->size;
	}
	return 0;
}

/* Members of a compressed archive go by once; each that may be a layer is inspected. */
static int scan_members(struct scan *s, struct err *e)
{
	struct source_member m;
	int more;
	while ((more = source_next(s->source, &m, e)) > 0) {
		struct inspect_job job = {.read = m.stream.read,
		                          .arg = m.stream.arg,
		                          .name = arena_str(s->arena, m.name),
		                          .size = m.size};
		int rc = inspect_run(&job, 1, &s->inspect, e);
		if (m.stream.close)
			m.stream.close(m.stream.arg);
		if (rc < 0)
			return -1;
		struct known *k = known_add(s, m.name);
		k->facts = job.facts;
		k->err = job.err;
		k->is_refused = job.is_refused;
		if (job.facts) {
			tell_layer(m.name, job.facts, "inspected");
			keep(s, m.name, job.facts);
			s->layers.inspected++;
			s->layers.bytes += factset_meta(job.facts)->size;
		}
	}
	return more;
}

static struct digest set_id(const struct scan *s, unsigned checks)
{
	return inspect_set_id(&(struct inspect_set){.checks = checks,
	                                            .rules = s->rules,
	                                            .yara = s->signatures.yara,
	                                            .clamd = s->clamd,
	                                            .sums = s->inspect.sums});
}

/* What was looked at for more checks than now holds the facts for these. */
static bool cache_find(struct scan *s, const struct digest *layer, struct factset **ret)
{
	unsigned all = inspect_checks(), asked = s->inspect.checks & all;
	if (cache_get(s->cache, layer, &s->set, ret))
		return true;
	for (unsigned more = all & ~asked; more; more = (more - 1) & all & ~asked) {
		struct digest set = set_id(s, asked | more);
		if (cache_get(s->cache, layer, &set, ret))
			return true;
	}
	return false;
}

static bool from_cache(struct scan *s, const struct source_layer *l)
{
	struct factset *fs;
	if (!s->cache || !l->is_known || l->digest.algo == DIGEST_NONE ||
	    !cache_find(s, &l->digest, &fs))
		return false;
	const struct digest *have = &factset_meta(fs)->diff_id;
	if (l->diff_id.algo != DIGEST_NONE && !digest_eq(have, &l->diff_id)) {
		factset_free(fs); /* another config claims this blob: let a worker prove it */
		return false;
	}
	tell_layer(l->name, fs, "known before");
	known_add(s, l->name)->facts = fs;
	s->layers.known++;
	return true;
}

/* Opens when first read, so that a hundred layers do not hold a hundred descriptors. */
static ssize_t stream_read(void *arg, void *p, size_t n, struct err *e)
{
	struct stream_job *j = arg;
	if (!j->is_open) {
		if (source_layer(j->s->source, j->layer, &j->stream, e) < 0)
			return -1;
		j->is_open = true;
	}
	return j->stream.read(j->stream.arg, p, n, e);
}

void flow_fill_job(struct inspect_job *job, struct stream_job *stream)
{
	const struct source_layer *l = stream->layer;
	struct arena *a = stream->s->arena;
	char digest[DIGEST_TEXT_MAX];
	bool has_file = !source_is_remote(stream->s->source) || l->digest.algo == DIGEST_NONE;
	*job = (struct inspect_job){
		.read = stream_read,
		.arg = stream,
		.name = has_file ? arena_str(a, l->name)
	                         : arena_printf(a, "layer %.19s", digest_text(&l->digest, digest)),
		.digest = l->digest,
		.diff_id = l->diff_id,
		.size = l->size};
}

/* All layers of an image that nobody has inspected yet, side by side. */
static int scan_layers(struct scan *s, const struct source_image *im, struct err *e)
{
	AUTO_FREE struct inspect_job *jobs = mem_zalloc(im->n_layers * sizeof *jobs);
	AUTO_FREE struct stream_job *streams = mem_zalloc(im->n_layers * sizeof *streams);
	size_t n = 0;
	uint64_t total = 0;
	for (size_t i = 0; i < im->n_layers; i++) {
		const struct source_layer *l = &im->layers[i];
		bool is_twice = false;
		for (size_t j = 0; j < n; j++)
			is_twice |= bytes_eq(streams[j].layer->name, l->name);
		if (is_twice || known_find(s, l->name) || from_cache(s, l))
			continue;
		streams[n] = (struct stream_job){.s = s, .layer = l};
		flow_fill_job(&jobs[n], &streams[n]);
		total += l->size > 0 ? (uint64_t)l->size : 0;
		n++;
	}
	if (n == 0)
		return 0;
	progress_begin("scanning", total);
	int rc = inspect_run(jobs, n, &s->inspect, e);
	progress_end();
	for (size_t i = 0; i < n; i++) {
		if (streams[i].is_open && streams[i].stream.close)
			streams[i].stream.close(streams[i].stream.arg);
		if (rc == 0)
			rc = take_result(s, &jobs[i], streams[i].layer->name, e);
		else
			factset_free(jobs[i].facts);
	}
	return rc;
}

/* ---- one image ---- */

static void merged_fini(struct merged *m)
{
	for (size_t i = 0; i < m->n && m->looks; i++)
		factset_free((struct factset *)(uintptr_t)m->looks[i]);
	view_free(m->view);
	factset_free(m->empty);
	free(m->layers);
	free(m->looks);
	free(m->is_promised);
}

void flow_cover_lost(struct report *r, unsigned checks, const struct coverage *row, const char *why)
{
	const unsigned elsewhere = 1U << CHECK_DOCKERFILE | 1U << CHECK_LINEAGE | 1U << CHECK_TEST |
	                           1U << CHECK_RUNTIME;
	for (enum check c = 0; c < CHECK__MAX; c++) {
		struct coverage one = *row;
		one.check = c;
		one.status = COVERAGE_INCOMPLETE;
		if (checks & ~elsewhere & 1U << c)
			report_cover(r, one, "%s", why);
	}
}

static int merge(struct scan *s, const struct source_image *im, struct report *r, struct merged *m,
                 struct err *e)
{
	m->n = im->n_layers;
	m->layers = mem_zalloc(m->n * sizeof *m->layers);
	m->looks = mem_zalloc(m->n * sizeof *m->looks);
	m->is_promised = mem_zalloc(m->n * sizeof *m->is_promised);
	m->empty = factset_new();
	factset_seal(m->empty, &(struct factset_meta){.size = 0});
	for (size_t i = 0; i < m->n; i++) {
		const struct known *k = known_find(s, im->layers[i].name);
		if (!k)
			return err_set(e, ERR_NOTFOUND, "layer %.*s is not in the archive",
			               BYTES_FMT(im->layers[i].name));
		if (!k->facts && k->is_refused) {
			*e = k->err;
			return -1;
		}
		m->layers[i] = k->facts ? k->facts : m->empty;
		if (k->facts) {
			const struct digest *have = &factset_meta(k->facts)->diff_id;
			const struct digest *want = &im->layers[i].diff_id;
			m->is_promised[i] = want->algo != DIGEST_NONE;
			if (want->algo != DIGEST_NONE && !digest_eq(have, want)) {
				char a[DIGEST_TEXT_MAX], b[DIGEST_TEXT_MAX];
				return err_set(e, ERR_DIGEST,
				               "layer %zu: diff_id is %s, the config says %s", i,
				               digest_text(have, a), digest_text(want, b));
			}
			continue;
		}
		flow_cover_lost(r, s->o->checks | 1U << CHECK_FILE | 1U << CHECK_VULNERABILITY,
		                &(struct coverage){.code = "layer.unread", .layer = (int32_t)i},
		                k->err.msg);
	}
	m->view = view_new(m->layers, m->n);
	return 0;
}

static struct bytes digest_bytes(struct report *r, const struct digest *d)
{
	char text[DIGEST_TEXT_MAX];
	if (d->algo == DIGEST_NONE)
		return (struct bytes){NULL, 0};
	return arena_dup(r->arena, bytes_str(digest_text(d, text)));
}

static void fill_layers(const struct source_image *im, const struct merged *m, struct report *r)
{
	struct report_image *to = &r->image;
	to->layers = arena_alloc(r->arena, im->n_layers * sizeof *to->layers);
	to->n_layers = im->n_layers;
	for (size_t i = 0; i < im->n_layers; i++) {
		const struct source_layer *l = &im->layers[i];
		const struct factset_meta *meta = factset_meta(m->layers[i]);
		bool is_read = m->layers[i] != m->empty;
		to->layers[i] = (struct report_layer){
			.digest = digest_bytes(r, is_read ? &meta->digest : &l->digest),
			.diff_id = digest_bytes(r, is_read ? &meta->diff_id : &l->diff_id),
			.size = is_read ? meta->size : (uint64_t)MAX_OF(l->size, (int64_t)0),
			.created_by = arena_dup(r->arena, l->created_by),
			.origin = "unknown"};
	}
}

/* What it was built on: of a layer that was not read, the digest is only what the config says. */
static void fill_lineage(const struct scan *s, const struct merged *m, struct report *r)
{
	size_t n_read = 0;
	while (n_read < m->n && m->layers[n_read] != m->empty)
		n_read++;
	bases_trace(s->o->bases, r, n_read);
}

/* Confinement that holds for all facts of the image: what every worker had. */
static void fill_confinement(const struct merged *m, struct report *r)
{
	uint64_t common = UINT64_MAX;
	for (size_t i = 0; i < m->n; i++) {
		if (m->layers[i] != m->empty)
			common &= factset_meta(m->layers[i])->confinement;
	}
	char text[64];
	if (m->n && common != UINT64_MAX)
		r->confinement =
			arena_dup(r->arena, bytes_str(confine_text((unsigned)common, text)));
}

static int judge_content(struct scan *s, const struct judge_input *in,
                         const struct source_image *im, struct report *r, struct err *e)
{
	if (s->o->checks & 1U << CHECK_MALWARE && judge_malware(in, &s->signatures, r, e) < 0)
		return -1;
	const struct judge_secrets js = {s->rules, im->config, s->o->checks & 1U << CHECK_SECRET};
	return js.is_asked ? judge_secrets(in, &js, r, e) : 0;
}

static bool jar_name(void *ix, struct bytes sha1, struct bytes artifact, struct bytes ret[2])
{
	struct advise_jar jar;
	if (!advise_jar_name(ix, sha1, artifact, &jar))
		return false;
	ret[0] = jar.name;
	ret[1] = jar.version;
	return true;
}

static struct judge_input input_of(const struct scan *s, const struct source_image *im,
                                   const struct merged *m)
{
	return (struct judge_input){.view = m->view,
	                            .layers = m->layers,
	                            .looks = m->looks,
	                            .is_promised = m->is_promised,
	                            .n_layers = m->n,
	                            .config = im->config,
	                            .known = s->o->known,
	                            .learn = s->o->learn};
}

static int judge_all(struct scan *s, const struct source_image *im, const struct merged *m,
                     struct report *r, struct err *e)
{
	struct judge_input in = input_of(s, im, m);
	struct judge_names names = {.find = jar_name, .arg = s->index};
	AUTO_MAP struct map *owned = map_new();
	struct fact_os os;
	struct judge_skip skip = s->o->skip;
	const struct judge_secrets js = {s->rules, im->config, s->o->checks & 1U << CHECK_SECRET};
	in.owned = owned;
	in.names = advise_names_jars(s->index) ? &names : NULL;
	if (judge_secret_config(&js, r, &in.steps, e) < 0)
		return -1;
	skip.is_os_only = !s->o->match.pkg_library;
	skip.is_library_only = !s->o->match.pkg_os;
	if (judge_os(&in, r, &os, e) < 0 || judge_packages(&in, &os, &skip, r, e) < 0 ||
	    judge_copyright(&in, r, e) < 0 || judge_sets(&in, r, e) < 0 ||
	    judge_gaps(&in, &os, &skip, r, e) < 0 || judge_user(&in, r, e) < 0 ||
	    judge_notes(&in, r, e) < 0 || flow_judge_rules(s, &in, r, e) < 0)
		return -1;
	judge_license_files(&in, r);
	if (s->o->files)
		judge_files(&in, (size_t)SBOM_FILES_MAX, r);
	if (judge_content(s, &in, im, r, e) < 0)
		return -1;
	flow_evidence(s, im, &in, r);
	const struct distro *d = distro_by_id(os.id);
	AUTO_BUF struct buf ns;
	buf_init(&ns, 256);
	if (d && distro_ns(d, &os, &ns) == 0)
		r->os.ns = arena_dup(r->arena, buf_bytes(&ns));
	return 0;
}

/* What the source itself has to say: parts it could not see, and how layers are vouched for. */
static void source_rows(const struct source_note *notes, size_t n_notes, struct report *r)
{
	for (size_t i = 0; i < n_notes; i++) {
		const struct source_note *n = &notes[i];
		report_cover(r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = n->is_incomplete ? COVERAGE_INCOMPLETE
		                                                          : COVERAGE_COMPLETE,
		                               .code = n->code,
		                               .layer = -1},
		             "%.*s", BYTES_FMT(n->text));
	}
}

static void tell_image(const struct source_image *im)
{
	char text[DIGEST_TEXT_MAX];
	log_line(LOG_DEBUG, "image %.*s: manifest %s, %.*s, %zu layers", BYTES_FMT(im->reference),
	         im->digest.algo == DIGEST_NONE ? "none" : digest_text(&im->digest, text),
	         BYTES_FMT(im->platform), im->n_layers);
}

static void tell_report(const struct report *r, int64_t took_ms)
{
	log_line(LOG_DEBUG, "%zu packages, %zu findings; %lld ms", r->n_packages, r->n_findings,
	         (long long)took_ms);
}

static int scan_image(struct scan *s, const struct source_image *im, struct report **ret,
                      struct err *e)
{
	struct report *r = report_new();
	int64_t began_ms = clock_monotonic_ms();
	struct merged m = {.n = 0};
	tell_image(im);
	r->image.reference = arena_dup(r->arena, im->reference);
	r->image.digest = digest_bytes(r, &im->digest);
	r->image.config_digest = digest_bytes(r, &im->config_digest);
	r->image.platform = arena_dup(r->arena, im->platform);
	flow_fill_config(im->config, r);
	int rc = flow_bases(s, im->platform, e);
	if (rc == 0)
		rc = scan_layers(s, im, e);
	const struct source_note *notes; /* a folder's come up while it is read */
	size_t n_notes = source_notes(s->source, &notes);
	source_rows(im->notes, im->n_notes, r);
	source_rows(notes, n_notes, r);
	if (rc == 0)
		rc = merge(s, im, r, &m, e);
	if (rc == 0)
		rc = flow_looks(s, im, r, &m, e);
	if (rc == 0) {
		fill_layers(im, &m, r);
		fill_lineage(s, &m, r);
		fill_confinement(&m, r);
		rc = judge_all(s, im, &m, r, e);
	}
	report_cover(r,
	             (struct coverage){.check = CHECK_FILE,
	                               .status = COVERAGE_COMPLETE,
	                               .code = "layers.verified",
	                               .layer = -1},
	             "digests of config and %zu layer%s; layers are %s", im->n_layers,
	             im->n_layers == 1 ? "" : "s", source_trust(s->source));
	report_cover_inventory(r);
	report_sort(r); /* what is named first does not depend on where it lies */
	if (rc == 0 && (s->o->checks & 1U << CHECK_VULNERABILITY))
		rc = advise_match(r, s->index, &s->o->match, e);
	const struct judge_input in = input_of(s, im, &m);
	if (rc == 0)
		rc = flow_tests(s, im, &m, &in, r, e);
	if (rc == 0)
		judge_imports(&in, s->o->imports, s->o->n_imports, r);
	judge_secret_imports(s->rules, r);
	merged_fini(&m);
	if (rc < 0) {
		report_free(r);
		return -1;
	}
	report_sort(r);
	tell_report(r, clock_monotonic_ms() - began_ms);
	*ret = r;
	return 0;
}

/* ---- the whole ---- */

/* Inflaters of compressed archives: which worker is behind which pipe. */
struct inflaters {
	const struct inspect_options *o;
	struct inflater {
		int fd;
		struct proc proc;
	} v[128];
	size_t n;
};

/* A pipe that was closed before its end leaves its worker behind; its number may come again. */
static void inflate_forget(struct inflaters *all, int fd)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->v[i].fd != fd)
			continue;
		proc_kill(&all->v[i].proc);
		all->v[i] = all->v[--all->n];
		return;
	}
}

static int inflate_begin(int fd, void *arg, int *ret_fd, struct err *e)
{
	struct inflaters *all = arg;
	if (all->n == ARRAY_LEN(all->v))
		return err_set(e, ERR_LIMIT, "more than %zu inflaters at once", ARRAY_LEN(all->v));
	/* a description of its own: two inflaters must not share an offset */
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	AUTO_FD int own = open(path, O_RDONLY | O_CLOEXEC);
	if (own < 0)
		return err_set(e, ERR_IO, "%s: %m", path);
	struct inflater *one = &all->v[all->n];
	if (inspect_inflate_as(own, all->o, &one->proc, ret_fd, e) < 0)
		return -1;
	struct inflater started = {*ret_fd, one->proc};
	inflate_forget(all, started.fd);
	all->v[all->n++] = started;
	return 0;
}

static int inflate_end(int fd, void *arg, struct err *e)
{
	struct inflaters *all = arg;
	for (size_t i = 0; i < all->n; i++) {
		if (all->v[i].fd != fd)
			continue;
		struct proc p = all->v[i].proc;
		all->v[i] = all->v[--all->n];
		return inspect_inflate_end(&p, e);
	}
	return 0;
}

static void inflate_stop(struct inflaters *all)
{
	for (size_t i = 0; i < all->n; i++)
		proc_kill(&all->v[i].proc);
}

static int open_index(struct scan *s, struct err *e)
{
	if (index_open(s->o->db, &s->index, e) == 0) {
		log_line(LOG_DEBUG, "advisories of %s", s->o->db);
		return 0;
	}
	if (e->kind != ERR_NOTFOUND)
		return -1;
	if (s->o->starter && index_open(s->o->starter, &s->index, e) == 0) {
		log_line(LOG_DEBUG, "advisories of the starter index, %s", s->o->starter);
		return 0;
	}
	s->index = NULL; /* advise_match says so: incomplete, never clean */
	return 0;
}

static int scan_images(struct scan *s, struct flow_scan_result *ret, struct err *e)
{
	const struct source_image *images;
	size_t n;
	if (source_is_sequential(s->source)) {
		progress_begin("scanning", 0);
		int rc = scan_members(s, e);
		progress_end();
		if (rc < 0)
			return -1;
	}
	if (source_images(s->source, &images, &n, &ret->note, e) < 0)
		return -1;
	ret->note = arena_dup(ret->arena, ret->note);
	ret->reports = mem_zalloc(n * sizeof *ret->reports);
	for (size_t i = 0; i < n; i++) {
		if (scan_image(s, &images[i], &ret->reports[i], e) < 0)
			return -1;
		ret->n = i + 1;
	}
	return 0;
}

static int scan_sbom(struct scan *s, struct flow_scan_result *ret, struct err *e)
{
	ret->reports = mem_zalloc(sizeof *ret->reports);
	if (flow_sbom(s->o, s->index, &ret->reports[0], e) < 0)
		return -1;
	ret->n = 1;
	return 0;
}

static int scan_source(struct scan *s, const struct source_options *so,
                       struct flow_scan_result *ret, struct err *e)
{
	return source_open(s->o->ref, so, &s->source, e) < 0 ? -1 : scan_images(s, ret, e);
}

struct flow_session {
	struct cache *cache;
	struct index *index;
	struct source_pool *pool;
};

int flow_session_open(const struct flow_scan_options *o, struct flow_session **ret, struct err *e)
{
	struct scan s = {.o = o};
	struct flow_session *one = mem_zalloc(sizeof *one);
	int rc = o->checks & 1U << CHECK_VULNERABILITY ? open_index(&s, e) : 0;
	one->index = s.index;
	if (rc == 0)
		rc = cache_open(o->cache_dir, o->cache_max_bytes, &one->cache, e);
	one->pool = source_pool_new();
	if (rc < 0) {
		flow_session_close(one);
		return -1;
	}
	*ret = one;
	return 0;
}

void flow_session_close(struct flow_session *s)
{
	if (!s)
		return;
	source_pool_free(s->pool);
	cache_close(s->cache);
	index_close(s->index);
	free(s);
}

/* A clamd that does not answer is a row of coverage; the rest of the check goes on. */
static void use_clamd(struct scan *s)
{
	AUTO_BUF struct buf b;
	struct err e = {.kind = ERR_NONE};
	buf_init(&b, (size_t)CLAMD_REPLY_MAX);
	if (inspect_clamd_version(&s->inspect, &b, &e) < 0) {
		s->inspect.clamd = NULL;
		s->signatures.clamd_error = arena_dup(s->arena, bytes_str(e.msg));
		return;
	}
	s->clamd = arena_dup(s->arena, bytes_trim(buf_bytes(&b)));
	s->signatures.clamd = s->clamd;
}

static void use_signatures(struct scan *s)
{
	struct judge_signatures *with = &s->signatures;
	*with = s->o->signatures;
	with->checks = s->o->checks;
	with->is_named = s->o->checks_named;
	if (with->yara)
		s->inspect.yara = with->yara->whole;
	if (with->hashes)
		s->inspect.sums |= hash_list_kinds(with->hashes);
	if (s->inspect.clamd)
		use_clamd(s);
}

int flow_session_scan(struct flow_session *session, const struct flow_scan_options *o,
                      struct flow_scan_result *ret, struct err *e)
{
	struct scan s = {.o = o,
	                 .arena = arena_new(),
	                 .inspect = o->inspect,
	                 .cache = session->cache,
	                 .index = session->index};
	s.rules = o->rules ? o->rules : rules_shipped();
	s.inspect.checks = o->checks;
	if (o->files)
		s.inspect.sums = 1U << DIGEST_SHA1 | 1U << DIGEST_SHA256;
	if (o->checks & 1U << CHECK_MALWARE)
		use_signatures(&s);
	if (o->checks & 1U << CHECK_FILE && o->known)
		s.inspect.sums |= known_files_kinds(o->known);
	s.inspect.rules = o->rules ? o->rules->whole : (struct bytes){NULL, 0};
	s.set = set_id(&s, o->checks);
	struct inflaters inflaters = {.o = &o->inspect};
	*ret = (struct flow_scan_result){.arena = arena_new()};
	struct source_options so = {.platform = bytes_str(o->platform),
	                            .registry = o->registry,
	                            .is_offline = o->is_offline,
	                            .containerd_root = bytes_str(o->containerd_root),
	                            .storage_root = bytes_str(o->storage_root),
	                            .cache = s.cache,
	                            .pool = session->pool,
	                            .inflate = inflate_begin,
	                            .inflate_end = inflate_end,
	                            .inflate_arg = &inflaters,
	                            .timeout_ms = o->inspect.timeout_ms};
	s.from = &so;
	bool is_sbom = bytes_starts(bytes_str(o->ref), B(FLOW_SBOM_PREFIX));
	int rc = is_sbom ? scan_sbom(&s, ret, e) : scan_source(&s, &so, ret, e);
	for (size_t i = 0; rc == 0 && i < ret->n && o->checks & 1U << CHECK_LICENSE; i++) {
		judge_license(&o->license, ret->reports[i]);
		report_sort(ret->reports[i]);
	}
	inflate_stop(&inflaters);
	source_close(s.source);
	for (size_t i = 0; i < s.n_known; i++)
		factset_free(s.known[i].facts);
	free(s.known);
	cache_release(s.cache);
	arena_free(s.arena);
	ret->layers = s.layers;
	if (rc < 0)
		flow_scan_free(ret);
	return rc;
}

int flow_scan(const struct flow_scan_options *o, struct flow_scan_result *ret, struct err *e)
{
	struct flow_session *session;
	*ret = (struct flow_scan_result){.n = 0};
	if (flow_session_open(o, &session, e) < 0)
		return -1;
	int rc = flow_session_scan(session, o, ret, e);
	flow_session_close(session);
	return rc;
}

void flow_scan_free(struct flow_scan_result *r)
{
	for (size_t i = 0; i < r->n; i++)
		report_free(r->reports[i]);
	free(r->reports);
	arena_free(r->arena);
	*r = (struct flow_scan_result){.n = 0};
}
