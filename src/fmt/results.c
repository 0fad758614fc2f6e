/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results.c - recognises other tools' results and has them read; what the readers share.
 */
#include "fmt/results_parts.h"

#include <stdarg.h>
#include <string.h>

#include "fmt/sbom_parts.h"

enum { CDX_HEAD = 4096 };

int results_run(struct results_reader *r, const char *form, struct results **ret, struct err *e)
{
	if (r->n == (size_t)RESULT_RUNS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %lld runs", r->name,
		               (long long)RESULT_RUNS_MAX);
	*ret = &r->runs[r->n++];
	(*ret)->form = form;
	return 0;
}

int results_add(struct results_reader *r, struct results *of, struct result **ret, struct err *e)
{
	if (r->n_results++ == (size_t)RESULTS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %lld results", r->name,
		               (long long)RESULTS_MAX);
	if (of->n == of->cap) {
		size_t cap = of->cap ? 2 * of->cap : 16;
		struct result *v = arena_alloc(r->a, cap * sizeof *v);
		if (of->n)
			memcpy(v, of->v, of->n * sizeof *v);
		of->v = v;
		of->cap = cap;
	}
	*ret = &of->v[of->n++];
	**ret = (struct result){.score = -1};
	return 0;
}

struct bytes results_text(struct results_reader *r, struct bytes text)
{
	if (text.n <= (size_t)RESULT_TEXT_MAX)
		return arena_dup(r->a, text);
	size_t n = (size_t)RESULT_TEXT_MAX;
	while (n && (text.p[n] & 0xc0) == 0x80)
		n--;
	return arena_dup(r->a, bytes_slice(text, 0, n));
}

void results_list(struct results_reader *r, struct bytes **list, size_t *n, struct bytes text,
                  size_t most)
{
	if (!text.n || *n == most)
		return;
	for (size_t i = 0; i < *n; i++)
		if (bytes_eq((*list)[i], text))
			return;
	if ((*n & (*n - 1)) == 0) { /* full: it grows by powers of two */
		struct bytes *v = arena_alloc(r->a, (*n ? 2 * *n : 1) * sizeof *v);
		if (*n)
			memcpy(v, *list, *n * sizeof *v);
		*list = v;
	}
	(*list)[(*n)++] = results_text(r, text);
}

static bool is_digest(struct bytes t)
{
	uint64_t ignored;
	if (!bytes_starts(t, B("sha256:")) || t.n != 71)
		return false;
	for (size_t i = 7; i < t.n; i += 8)
		if (!bytes_hex(bytes_slice(t, i, i + 8), UINT32_MAX, &ignored))
			return false;
	return true;
}

void results_property(struct results_reader *r, struct results *of, struct bytes name,
                      struct bytes value)
{
	/* the last three are Trivy's */
	static const char *const digests[] = {"digest",
	                                      "image.digest",
	                                      "imageDigest",
	                                      "imageID",
	                                      "repoDigests",
	                                      "aquasecurity:trivy:ImageID",
	                                      "aquasecurity:trivy:RepoDigest",
	                                      NULL};
	static const char *const commits[] = {"commit", "git.commit", "revision",
	                                      "org.opencontainers.image.revision", NULL};
	struct bytes head, tail;
	for (size_t i = 0; digests[i]; i++) {
		if (!bytes_eq(name, bytes_str(digests[i])))
			continue;
		if (bytes_cut(value, '@', &head, &tail)) /* NAME@DIGEST */
			head = tail;
		if (is_digest(head))
			results_list(r, &of->digests, &of->n_digests, head, RESULT_DIGESTS_MAX);
	}
	for (size_t i = 0; commits[i]; i++)
		if (bytes_eq(name, bytes_str(commits[i])) && !of->commit.n)
			of->commit = results_text(r, bytes_trim(value));
}

void results_time(struct bytes text, int64_t *latest_s)
{
	int64_t at;
	uint8_t with[40];
	if (clock_parse(text, &at)) {
		*latest_s = MAX_OF(*latest_s, at);
		return;
	}
	if (text.n >= sizeof with || !text.n)
		return;
	memcpy(with, text.p, text.n);
	with[text.n] = 'Z';
	if (clock_parse(bytes_of(with, text.n + 1), &at))
		*latest_s = MAX_OF(*latest_s, at);
}

/* RFC 3986, 2.1: "%" HEXDIG HEXDIG; what is not of that form stays. */
static void unescape(struct bytes in, struct buf *out)
{
	uint64_t c;
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '%' && i + 2 < in.n &&
		    bytes_hex(bytes_slice(in, i + 1, i + 3), 255, &c)) {
			buf_addc(out, (uint8_t)c);
			i += 2;
		} else {
			buf_addc(out, in.p[i]);
		}
	}
}

struct bytes results_path(struct results_reader *r, struct bytes uri, bool is_uri)
{
	AUTO_BUF struct buf plain, clean;
	struct err ignored;
	buf_init(&plain, (size_t)PATH_LEN_MAX);
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	if (is_uri && bytes_starts(uri, B("file://"))) {
		struct bytes rest = bytes_skip(uri, 7);
		ssize_t slash = bytes_find(rest, '/'); /* after the host, most often none */
		uri = slash < 0 ? rest : bytes_skip(rest, (size_t)slash);
	} else if (is_uri && bytes_starts(uri, B("file:"))) {
		uri = bytes_skip(uri, 5);
	}
	if (is_uri)
		unescape(uri, &plain);
	else
		buf_add(&plain, uri);
	/* as tools of Windows write them */
	if (bytes_find(buf_bytes(&plain), '/') < 0) {
		for (size_t i = 0; i < plain.n; i++)
			plain.p[i] = plain.p[i] == '\\' ? '/' : plain.p[i];
	}
	if (plain.overflow || !plain.n || image_path(buf_bytes(&plain), &clean, &ignored) < 0)
		return (struct bytes){NULL, 0};
	return arena_dup(r->a, buf_bytes(&clean));
}

void results_fault(struct results_reader *r, struct results *of, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (of->fault.n || n < 0)
		return; /* the first says enough */
	of->fault = arena_dup(r->a, bytes_of(text, MIN_OF((size_t)n, sizeof text - 1)));
}

static int parse_json(struct results_reader *r, struct bytes text, struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	if (json_load_data(text, r->name, (size_t)JSON_DOC_MAX, &doc, e) < 0)
		return -1;
	if (bytes_eq(json_text(doc, "bomFormat"), B("CycloneDX")))
		return results_cyclonedx(r, doc, e);
	if (json_list(doc, "runs"))
		return results_sarif(r, doc, e);
	return err_set(e, ERR_FORMAT, "%s: neither SARIF (no list \"runs\") nor CycloneDX",
	               r->name);
}

/* CycloneDX names its namespace in the first element. */
static int parse_xml(struct results_reader *r, struct bytes text, struct err *e)
{
	if (bytes_search(bytes_slice(text, 0, CDX_HEAD), B("http://cyclonedx.org/schema/bom/")) <
	    0) {
		const struct xml_node *root;
		if (xml_load(text, r->name, (size_t)JSON_DOC_MAX, r->a, &root, e) < 0)
			return -1;
		return bytes_eq(root->name, B("results")) ? results_cppcheck(r, root, e)
		                                          : results_junit(r, root, e);
	}
	AUTO_JSON json_t *doc = sbom_xml(text, r->name, r->a, e);
	return doc ? results_cyclonedx(r, doc, e) : -1;
}

bool results_are_vulnerabilities(const struct results *x)
{
	return strcmp(x->form, "cyclonedx") == 0;
}

int results_parse(struct bytes text, const char *name, struct arena *a, struct results **ret,
                  size_t *ret_n, struct err *e)
{
	struct results_reader r = {.a = a, .name = name};
	struct bytes head = bytes_starts(text, B("\xef\xbb\xbf")) ? bytes_skip(text, 3) : text;
	head = bytes_trim(bytes_slice(head, 0, 64));
	r.runs = arena_alloc(a, (size_t)RESULT_RUNS_MAX * sizeof *r.runs);
	int rc = -1;
	if (head.n && (head.p[0] == '{' || head.p[0] == '['))
		rc = parse_json(&r, text, e);
	else if (head.n && (head.p[0] == '<' || head.p[0] == 0xff || head.p[0] == 0xfe))
		rc = parse_xml(&r, text, e);
	else
		err_set(e, ERR_FORMAT, "%s: not SARIF, JUnit, cppcheck's XML or CycloneDX", name);
	if (rc < 0)
		return -1;
	*ret = r.runs;
	*ret_n = r.n;
	return 0;
}
