/* SPDX-License-Identifier: Apache-2.0 */
/* apkdb.c - fuzz: the readers of apk's files end, and what they return keeps its promises. */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void files(const struct apk_package *p)
{
	struct apk_files it;
	struct apk_file f;
	struct err e;
	apk_files_open(&it, p);
	for (int rc; (rc = apk_file(&it, &f, &e)) != 0;) {
		if (rc < 0)
			continue;
		require(f.mode <= 07777 && f.digest.n <= sizeof f.digest.bytes);
		require(f.name.p == NULL || f.name.n > 0);
		require(f.dir.n == 0 || (f.dir.p[0] != '/' && !memchr(f.dir.p, 0, f.dir.n)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes text = bytes_of(p, n);
	struct apkdb r;
	struct apk_package pkg;
	struct err e;
	size_t last = 0;
	apkdb_open(&r, text);
	for (int rc; (rc = apkdb_next(&r, &pkg, &e)) != 0;) {
		if (rc < 0)
			continue;
		require(pkg.package.n > 0 && pkg.version.n > 0 && pkg.origin.n > 0);
		require(pkg.line > last);
		last = pkg.line;
		files(&pkg);
	}
	struct apk_repository repo;
	for (struct bytes rest = text; apk_repository(&rest, &repo);)
		require(repo.url.n > 0);
	struct apk_world w;
	for (struct bytes rest = text; apk_world(&rest, &w);)
		require(w.name.n <= n);
	struct apk_digest d = {.n = 0};
	require(!apk_digest_parse(text, &d) || d.n > 0);
	return 0;
}
