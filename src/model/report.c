/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - making a report: lists, order, fingerprints.
 *
 * A fingerprint names a finding from one build to the next: SHA-256 (first 32 hex digits) over
 * check, id, purl without what changes with a version, path, and of a secret its masked value,
 * parted by NUL.  Of the purl type, namespace and name are kept: not only what stands behind "@" is
 * a version, the qualifiers `epoch` and `distro` are parts of one too, and `arch` differs between
 * platforms of one image.
 */
#include "model/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct report *report_new(void)
{
	struct report *r = mem_zalloc(sizeof *r);
	r->arena = arena_new();
	r->image.user.uid = r->image.user.gid = -1;
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	arena_free(r->arena);
	free(r);
}

/* Room for one more element of `size` bytes, zeroed; *v moves when it grows. */
static void *grow(struct arena *a, void **v, size_t *n, size_t *cap, size_t size)
{
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		void *to = arena_alloc(a, more * size);
		if (*n)
			memcpy(to, *v, *n * size);
		*v = to;
		*cap = more;
	}
	return (char *)*v + (*n)++ * size;
}

#define GROW(r, list)                                                                              \
	__extension__({                                                                            \
		void *v_ = (r)->list;                                                              \
		void *new_ = grow((r)->arena, &v_, &(r)->n_##list, &(r)->cap_##list,               \
		                  sizeof *(r)->list);                                              \
		(r)->list = v_;                                                                    \
		new_;                                                                              \
	})

struct package *report_package(struct report *r) { return GROW(r, packages); }

struct report_file *report_file(struct report *r)
{
	struct report_file *f = GROW(r, files);
	f->layer = -1;
	return f;
}

static struct finding *finding_reset(struct finding *f)
{
	*f = (struct finding){.location = {.layer = -1}, .epss = -1, .cvss_score = -1};
	return f;
}

struct finding *report_finding(struct report *r) { return finding_reset(GROW(r, findings)); }

const char *paper_name(enum paper p)
{
	static const char *const names[PAPER__MAX] = {[PAPER_OTHER] = "other",
	                                              [PAPER_SBOM] = "sbom",
	                                              [PAPER_ATTESTATION] = "attestation",
	                                              [PAPER_SIGNATURE] = "signature"};
	return names[p];
}

struct report_evidence *report_evidence(struct report *r)
{
	if (r->n_evidence == r->cap_evidence) {
		size_t cap = r->cap_evidence ? 2 * r->cap_evidence : 8;
		struct report_evidence *v = arena_alloc(r->arena, cap * sizeof *v);
		if (r->n_evidence)
			memcpy(v, r->evidence, r->n_evidence * sizeof *v);
		r->evidence = v;
		r->cap_evidence = cap;
	}
	return &r->evidence[r->n_evidence++];
}

void report_suppress(struct report *r, const struct finding *f)
{
	struct finding *to = GROW(r, suppressed);
	*to = *f;
}

void report_cover(struct report *r, struct coverage row, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	size_t size = n < 0 ? 0 : (size_t)n;
	char *text = arena_alloc(r->arena, size + 1);
	if (n > 0)
		vsnprintf(text, size + 1, fmt, again);
	va_end(again);
	row.path = arena_dup(r->arena, row.path);
	row.detail = bytes_of(text, size);
	struct coverage *to = GROW(r, coverage);
	*to = row;
}

bool report_add_set(struct report *r, int32_t layer, struct bytes name)
{
	struct report_os *os = &r->os;
	size_t at = os->n_sets;
	for (; at > 0; at--) {
		const struct report_set *s = &os->sets[at - 1];
		int c = s->layer == layer ? bytes_cmp(s->name, name) : s->layer < layer ? -1 : 1;
		if (c == 0)
			return true;
		if (c < 0)
			break;
	}
	if (os->n_sets == (size_t)CONTENT_SETS_MAX)
		return false;
	if (!os->sets)
		os->sets = arena_alloc(r->arena, (size_t)CONTENT_SETS_MAX * sizeof *os->sets);
	memmove(&os->sets[at + 1], &os->sets[at], (os->n_sets - at) * sizeof *os->sets);
	os->sets[at] = (struct report_set){layer, arena_dup(r->arena, name)};
	os->n_sets++;
	return true;
}

void report_cover_inventory(struct report *r)
{
	for (size_t i = 0; i < r->n_coverage; i++)
		r->coverage[i].is_inventory = true;
}

void list_add(struct report *r, struct bytes_list *l, struct bytes v)
{
	void *list = l->v;
	struct bytes *to = grow(r->arena, &list, &l->n, &l->cap, sizeof *l->v);
	l->v = list;
	*to = arena_dup(r->arena, v);
}

/* One step of a comparison: returns when the two differ. */
#define BY_NUMBER(a, b)                                                                            \
	do {                                                                                       \
		if ((a) != (b))                                                                    \
			return (a) < (b) ? -1 : 1;                                                 \
	} while (0)
#define BY_BYTES(a, b)                                                                             \
	do {                                                                                       \
		int c_ = bytes_cmp(a, b);                                                          \
		if (c_)                                                                            \
			return c_;                                                                 \
	} while (0)

static int package_cmp(const void *pa, const void *pb)
{
	const struct package *a = pa, *b = pb;
	BY_BYTES(a->purl, b->purl);
	BY_BYTES(a->type, b->type);
	BY_BYTES(a->name, b->name);
	BY_BYTES(a->version, b->version);
	BY_BYTES(a->arch, b->arch);
	BY_NUMBER(a->layer, b->layer);
	BY_NUMBER(a->paths.n, b->paths.n);
	for (size_t i = 0; i < a->paths.n; i++)
		BY_BYTES(a->paths.v[i], b->paths.v[i]);
	BY_BYTES(a->source_name, b->source_name);
	return bytes_cmp(a->source_version, b->source_version);
}

/* What is exploited comes before what is merely severe: 2 known to be exploited (KEV), 1 likely to
 * be soon (EPSS from 0.1 on) and not out of a remote attacker's reach, 0 the rest.  docs/USING.md,
 * "The order of findings". */
static int urgency(const struct finding *f)
{
	if (f->is_kev)
		return 2;
	bool is_reachable = !f->cvss_vector.n || bytes_search(f->cvss_vector, B("AV:N")) >= 0;
	return f->epss >= 0.1 && is_reachable;
}

/* Epss counts in steps of a hundredth: its last digits change from day to day. */
static int epss_step(const struct finding *f) { return f->epss > 0 ? (int)(f->epss * 100) : 0; }

/* The most urgent first within a check, then the worst; then by what a reader looks for. */
static int finding_cmp(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	BY_NUMBER(a->check, b->check);
	BY_NUMBER(urgency(b), urgency(a));
	BY_NUMBER(b->severity, a->severity);
	BY_NUMBER(epss_step(b), epss_step(a));
	BY_BYTES(a->id, b->id);
	BY_BYTES(a->package_name, b->package_name);
	BY_BYTES(a->package, b->package);
	BY_BYTES(a->installed, b->installed);
	BY_NUMBER(a->location.layer, b->location.layer);
	BY_BYTES(a->location.path, b->location.path);
	BY_NUMBER(a->location.line, b->location.line);
	BY_BYTES(a->fixed, b->fixed);
	BY_BYTES(a->source.feed, b->source.feed);
	BY_BYTES(a->source.advisory, b->source.advisory);
	return bytes_cmp(a->reason, b->reason);
}

static int coverage_cmp(const void *pa, const void *pb)
{
	const struct coverage *a = pa, *b = pb;
	BY_NUMBER(a->check, b->check);
	BY_BYTES(bytes_str(a->code), bytes_str(b->code));
	BY_NUMBER(a->layer, b->layer);
	BY_BYTES(a->path, b->path);
	BY_NUMBER(a->status, b->status);
	return bytes_cmp(a->detail, b->detail);
}

/* "pkg:deb/debian/zlib1g@1.2?arch=amd64" to "pkg:deb/debian/zlib1g".  Source: purl specification:
 * "@" in a name is percent-encoded, so the first one begins the version. */
static struct bytes purl_stem(struct bytes purl)
{
	size_t n = 0;
	while (n < purl.n && purl.p[n] != '@' && purl.p[n] != '?' && purl.p[n] != '#')
		n++;
	return bytes_slice(purl, 0, n);
}

static void fingerprint(struct digester *d, struct finding *f)
{
	const struct bytes parts[] = {
		bytes_str(check_name(f->check)),
		f->id,
		purl_stem(f->package),
		f->location.path,
	};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (i)
			digester_add(d, bytes_of("", 1));
		digester_add(d, parts[i]);
	}
	if (f->match.n) {
		digester_add(d, bytes_of("", 1));
		digester_add(d, f->match);
	}
	struct digest sum = digester_end(d);
	hex_encode(sum.b, (sizeof f->fingerprint - 1) / 2, f->fingerprint);
}

static void sort(void *v, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	if (n > 1)
		qsort(v, n, size, cmp);
}

static void join_coverage(struct report *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (!n || coverage_cmp(&r->coverage[n - 1], &r->coverage[i]) != 0)
			r->coverage[n++] = r->coverage[i];
		else
			r->coverage[n - 1].is_inventory |= r->coverage[i].is_inventory;
	}
	r->n_coverage = n;
}

void report_sort(struct report *r)
{
	struct digester *d = digester_new(DIGEST_SHA256);
	for (size_t i = 0; i < r->n_findings; i++)
		fingerprint(d, &r->findings[i]);
	for (size_t i = 0; i < r->n_suppressed; i++)
		fingerprint(d, &r->suppressed[i]);
	digester_free(d);
	sort(r->packages, r->n_packages, sizeof *r->packages, package_cmp);
	sort(r->findings, r->n_findings, sizeof *r->findings, finding_cmp);
	sort(r->suppressed, r->n_suppressed, sizeof *r->suppressed, finding_cmp);
	sort(r->coverage, r->n_coverage, sizeof *r->coverage, coverage_cmp);
	join_coverage(r);
}

enum coverage_status report_check_status(const struct report *r, enum check c)
{
	/* the worst first: what could not be done, what was not to be done, what was done */
	static const int rank[COVERAGE__MAX] = {
		[COVERAGE_COMPLETE] = 1,
		[COVERAGE_SKIPPED] = 2,
		[COVERAGE_INCOMPLETE] = 3,
	};
	enum coverage_status worst = COVERAGE_SKIPPED;
	int worst_rank = 0;
	for (size_t i = 0; i < r->n_coverage; i++) {
		const struct coverage *row = &r->coverage[i];
		/* speaks of the image's bytes, and stands there where files were not looked at */
		if (row->code && strcmp(row->code, "layers.verified") == 0)
			continue;
		if (row->check == c && rank[row->status] > worst_rank) {
			worst = row->status;
			worst_rank = rank[row->status];
		}
	}
	return worst;
}
