/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sums.c - digests of files, for comparing with what package databases claim of them, and with
 * lists of malware.
 *
 * Format: any.  Source: every regular file that some database may speak of, or that may be run.
 * Emits: sums (MD5 for dpkg, SHA-1 for apk, SHA-256 for rpm and Python's RECORD; whether it is
 * ELF).
 *
 * Which databases the layer's system has shows in the paths that go by (they stand in its first
 * folder as a rule); until one has shown, all three digests are made, and so they are in a layer
 * that has none: a layer below may have it.  Lists of malware, those of signed repositories and
 * bills of materials ask for theirs of every file; those of files within archives come from
 * content.c.
 */
#include "inspect/inspect.h"

#include <string.h>

enum { SUMS_MD5 = 1, SUMS_SHA1 = 2, SUMS_SHA256 = 4, SUMS_ALL = 7 };

static const struct {
	unsigned bit;
	enum digest_algo algo;
} kinds[] = {
	{SUMS_MD5,    DIGEST_MD5   },
	{SUMS_SHA1,   DIGEST_SHA1  },
	{SUMS_SHA256, DIGEST_SHA256},
};

/* Folders that only a system of one package manager has. */
static const struct {
	const char *prefix;
	unsigned bit;
} marks[] = {
	{"etc/apk/",              SUMS_SHA1  },
	{"etc/apt/",              SUMS_MD5   },
	{"etc/debconf.conf",      SUMS_MD5   },
	{"etc/debian_version",    SUMS_MD5   },
	{"etc/dnf/",              SUMS_SHA256},
	{"etc/dpkg/",             SUMS_MD5   },
	{"etc/redhat-release",    SUMS_SHA256},
	{"etc/rpm/",              SUMS_SHA256},
	{"etc/yum.repos.d/",      SUMS_SHA256},
	{"etc/zypp/",             SUMS_SHA256},
	{"lib/apk/",              SUMS_SHA1  },
	{"usr/lib/apk/",          SUMS_SHA1  },
	{"usr/lib/sysimage/rpm/", SUMS_SHA256},
	{"var/lib/dpkg/",         SUMS_MD5   },
	{"var/lib/rpm/",          SUMS_SHA256},
};

struct sums_state {
	struct digester *d[ARRAY_LEN(kinds)];
	bool is_begun, is_elf;
};

/* No database speaks of these one by one, and nobody runs them. */
static bool is_nobodys(struct bytes path) { return bytes_search(path, B("node_modules/")) >= 0; }

/* What packages may claim of the file, where that is asked for. */
static unsigned claimed(struct inspect *in, struct bytes path)
{
	uint64_t *seen = inspect_memory(in);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (bytes_starts(path, bytes_str(marks[i].prefix)))
			*seen |= marks[i].bit;
	}
	unsigned bits = *seen ? (unsigned)*seen : SUMS_ALL;
	/* Python's RECORD speaks of these */
	return bytes_search(path, B("-packages/")) >= 0 ? bits | SUMS_SHA256 : bits;
}

static void begin(struct inspect *in, struct sums_state *s, struct bytes piece)
{
	struct bytes path = inspect_path(in);
	bool is_asked = inspect_is_asked(in, CHECK_FILE);
	unsigned bits = is_asked ? claimed(in, path) : 0, listed = inspect_sums_wanted(in);
	s->is_begun = true;
	s->is_elf = is_asked && bytes_starts(piece, B("\x7f"
	                                              "ELF"));
	if (!s->is_elf && is_nobodys(path))
		bits = 0;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if ((bits & kinds[i].bit || listed & 1U << kinds[i].algo) &&
		    digest_is_available(kinds[i].algo))
			s->d[i] = digester_new(kinds[i].algo);
	}
}

static bool sums_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct sums_state *s = state;
	bool wants_more = false;
	if (!s->is_begun)
		begin(in, s, piece);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (s->d[i]) {
			digester_add(s->d[i], piece);
			wants_more = true;
		}
	}
	return wants_more;
}

static void sums_end(struct inspect *in, void *state)
{
	struct sums_state *s = state;
	struct fact_sums f = {.is_elf = s->is_elf};
	struct bytes *to[] = {&f.md5, &f.sha1, &f.sha256};
	struct digest made[ARRAY_LEN(kinds)];
	bool is_any = s->is_elf;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!s->d[i])
			continue;
		made[i] = digester_end(s->d[i]);
		*to[i] = bytes_of(made[i].b, digest_size(kinds[i].algo));
		digester_free(s->d[i]);
		s->d[i] = NULL;
		is_any = true;
	}
	if (is_any)
		inspect_sums(in, &f);
}

static int sums_file(struct inspect *in, const struct entry *en, struct bytes content,
                     struct err *e)
{
	(void)en, (void)e;
	struct sums_state s = {.is_begun = false};
	sums_piece(in, &s, content);
	sums_end(in, &s);
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_sums = {
	.id = "sums",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Digests of files",
	.paths = paths,
	.want = INSPECT_STREAM,
	.checks = 1U << CHECK_FILE | 1U << CHECK_MALWARE,
	.is_sums = true,
	.min = 1,
	.max = INSPECT_FILE_MAX,
	.file = sums_file,
	.state_size = sizeof(struct sums_state),
	.piece = sums_piece,
	.end = sums_end,
};
