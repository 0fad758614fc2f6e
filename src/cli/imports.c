/* SPDX-License-Identifier: Apache-2.0 */
/* imports.c - the files of --import: results of other tools. */
#include "cli/scan.h"

static int read_one(struct arena *a, const char *path, struct judge_import *ret, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	struct results *runs;
	char digest[DIGEST_TEXT_MAX];
	if (file_read(path, (size_t)JSON_DOC_MAX, &text, e) < 0 ||
	    results_parse(buf_bytes(&text), path, a, &runs, &ret->n, e) < 0)
		return err_wrap(e, "--import");
	struct digest d = digest_of(buf_bytes(&text));
	ret->runs = runs;
	ret->file = bytes_str(path);
	ret->digest = arena_dup(a, bytes_str(digest_text(&d, digest)));
	return 0;
}

int scan_imports(const struct settings *s, struct scan_plan *p, struct err *e)
{
	struct judge_import *v = arena_alloc(p->arena, (s->import.n + 1) * sizeof *v);
	if (s->import.n && p->mode == SCAN_LIST)
		return err_set(e, ERR_USAGE, "--import: a list of packages has no findings");
	for (size_t i = 0; i < s->import.n; i++) {
		if (read_one(p->arena, s->import.v[i], &v[i], e) < 0)
			return -1;
		for (size_t k = 0; k < v[i].n; k++)
			p->gate.checks |= 1U << (results_are_vulnerabilities(&v[i].runs[k])
			                                 ? CHECK_VULNERABILITY
			                                 : CHECK_TEST);
	}
	p->flow.imports = v;
	p->flow.n_imports = s->import.n;
	return 0;
}
