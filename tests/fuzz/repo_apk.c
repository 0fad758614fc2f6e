/* SPDX-License-Identifier: Apache-2.0 */
/* repo_apk.c - fuzz: packages and indexes of apk, before anything of them was found right. */
#include "advise/repo.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int anybody(void *arg, const struct known_rsa *q, char ret_signer[KNOWN_SIGNER_MAX],
                   struct err *e)
{
	(void)arg, (void)q, (void)e;
	snprintf(ret_signer, KNOWN_SIGNER_MAX, "x");
	return 0;
}

static void read_both(struct repo *r, const char *path)
{
	struct repo_file f = {.path = path};
	struct err e;
	f.kind = REPO_APK;
	repo_apk_digest(r, &f, &e);
	f.kind = REPO_APKINDEX;
	repo_apk_index(r, &f, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf list;
	AUTO_FD int fd = memfd_create("apk", MFD_CLOEXEC);
	const struct known_options o = {.trust = {.rsa = anybody}};
	struct repo r = {.o = &o,
	                 .a = a,
	                 .at_hand = map_new(),
	                 .named = map_new(),
	                 .listed = map_new(),
	                 .list = &list};
	buf_init(&list, KIB(64));
	if (fd_write_full(fd, p, n) == 0)
		read_both(&r, arena_printf(a, "/proc/self/fd/%d", fd));
	map_free(r.at_hand);
	map_free(r.named);
	map_free(r.listed);
	return 0;
}
