/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg.c - fuzz: every reader of dpkg's files ends, and what it returns keeps its promises.
 *
 * Input: a letter that picks the file, then its text.
 */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void clean(struct bytes path)
{
	require(path.n == 0 || (path.p[0] != '/' && !memchr(path.p, 0, path.n)));
}

static void status(struct bytes text, bool is_status_d)
{
	struct dpkg_reader r;
	struct dpkg_package p;
	struct dpkg_conffile c;
	struct err e;
	dpkg_open(&r, text, is_status_d);
	for (int rc; (rc = dpkg_next(&r, &p, &e)) != 0;) {
		if (rc < 0)
			continue;
		require(p.package.n > 0 && p.source.n > 0 && p.line > 0);
		require(!dpkg_is_installed(&p) || p.version.n > 0);
		struct bytes rest = p.conffiles;
		while ((rc = dpkg_conffile(&rest, &c, &e)) != 0) {
			if (rc > 0)
				clean(c.path);
		}
	}
}

static void lines(uint8_t kind, struct bytes text)
{
	struct dpkg_lines l = {.rest = text};
	struct bytes path, md5;
	struct dpkg_conffile c;
	struct dpkg_diversion d = {.line = 0};
	struct dpkg_statoverride s;
	struct err e;
	int rc;
	do {
		path = B("");
		switch (kind) {
		case 'l':
			rc = dpkg_list_line(&l, &path, &e);
			break;
		case 'm':
			rc = dpkg_md5sums_line(&l, &md5, &path, &e);
			require(rc <= 0 || md5.n == 32);
			break;
		case 'c':
			rc = dpkg_conffiles_line(&l, &c, &e);
			break;
		case 'v':
			rc = dpkg_diversion(&l, &d, &e);
			break;
		default:
			rc = dpkg_statoverride(&l, &s, &e);
			require(rc <= 0 || s.mode <= 07777);
		}
		clean(path);
	} while (rc != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n == 0)
		return 0;
	struct bytes text = bytes_of(p + 1, n - 1);
	if (p[0] == 's' || p[0] == 'd')
		status(text, p[0] == 'd');
	else
		lines(p[0], text);
	return 0;
}
