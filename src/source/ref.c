/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ref.c - what a reference names, and what a path holds.
 *
 * Format: PREFIX:PATH[:WHICH|@DIGEST], or a path alone that begins with "/", "./" or "../" or has a
 * known suffix; registry:NAME and those of daemons, or a NAME alone.
 */
#include "source/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Prefixes of references that are well formed, but not read by this version. */
static const char *const later[] = {
	"dockerfile",
	"sbom",
};

static const char *const suffixes[] = {
	".oci", ".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst", ".tgz", ".tzst", ".txz",
};

const char *compression_name(enum compression c)
{
	static const char *const names[] = {
		[PLAIN] = "none", [GZIP] = "gzip", [ZSTD] = "zstd", [XZ] = "xz", [BZIP2] = "bzip2",
	};
	return names[c];
}

enum compression compression_of_head(struct bytes b)
{
	static const struct {
		struct bytes magic;
		enum compression c;
	} magics[] = {
		{{(const uint8_t *)"\x1f\x8b", 2},         GZIP },
		{{(const uint8_t *)"\x28\xb5\x2f\xfd", 4}, ZSTD },
		{{(const uint8_t *)"\xfd"
	                           "7zXZ",
	          5},
	         XZ					     },
		{{(const uint8_t *)"BZh", 3},              BZIP2},
	};
	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		if (bytes_starts(b, magics[i].magic))
			return magics[i].c;
	}
	/* RFC 8878, 3.1.2: skippable frames, 0x184D2A50 to 0x184D2A5F in little endian */
	if (b.n >= 4 && (b.p[0] & 0xf0) == 0x50 &&
	    bytes_eq(bytes_slice(b, 1, 4), B("\x2a\x4d\x18")))
		return ZSTD;
	return PLAIN;
}

static enum compression compression_of(int fd)
{
	uint8_t head[8];
	ssize_t n = pread(fd, head, sizeof head, 0);
	return compression_of_head(bytes_of(head, n > 0 ? (size_t)n : 0));
}

/* ---- the prefix ---- */

/* "https://HOST/NAME", and as skopeo has it "docker://HOST/NAME". */
static bool is_address(struct bytes prefix, struct bytes rest)
{
	static const char *const schemes[] = {"docker", "http", "https", "podman"};
	bool is_scheme = false;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		is_scheme |= bytes_eq_nocase(prefix, bytes_str(schemes[i]));
	return is_scheme && bytes_starts(rest, B("//"));
}

static int unknown_prefix(struct bytes prefix, const char *text, struct err *e)
{
	const char *known[16];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		if (bytes_eq(prefix, bytes_str(later[i])))
			return err_set(e, ERR_UNSUPPORTED,
			               "%s: this version does not read %s:", text, later[i]);
	}
	for (; source_kinds[n] && n + 1 < ARRAY_LEN(known); n++)
		known[n] = source_kinds[n]->prefix;
	known[n] = NULL;
	const char *best = bytes_nearest(prefix, known);
	if (best)
		return err_set(e, ERR_USAGE, "%s: unknown prefix \"%.*s:\"; did you mean \"%s:\"?",
		               text, BYTES_FMT(prefix), best);
	return err_set(e, ERR_USAGE, "%s: unknown prefix \"%.*s:\"; for a file write ./%s", text,
	               BYTES_FMT(prefix), text);
}

static bool is_path(struct bytes text)
{
	static const struct bytes starts[] = {
		{(const uint8_t *)"/",   1},
                {(const uint8_t *)"./",  2},
                {(const uint8_t *)"../", 3}
        };
	struct bytes head, tail;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (bytes_starts(text, starts[i]))
			return true;
	}
	if (bytes_eq(text, B(".")) || bytes_eq(text, B("..")))
		return true;
	bytes_cut(text, ':', &head, &tail);
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (bytes_ends(head, bytes_str(suffixes[i])))
			return true;
	}
	return false;
}

/* ---- path and which ---- */

static bool exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

/* The longest part of text before a ":" that exists; absent: none does. */
static struct bytes existing_part(struct arena *a, struct bytes text)
{
	for (size_t n = text.n; n > 0; n--) {
		if (n < text.n && text.p[n] != ':')
			continue;
		if (exists(arena_str(a, bytes_slice(text, 0, n))))
			return bytes_slice(text, 0, n);
	}
	return (struct bytes){NULL, 0};
}

static int cut_digest(struct source *s, struct bytes *text, struct err *e)
{
	ssize_t at = bytes_rfind(*text, '@');
	if (at < 0 || exists(arena_str(s->a, *text)))
		return 0;
	struct bytes tail = bytes_skip(*text, (size_t)at + 1);
	if (bytes_find(tail, ':') < 0)
		return 0;
	if (digest_parse(tail, &s->ref.digest, e)) {
		e->kind = ERR_USAGE;
		return err_wrap(e, "%.*s", BYTES_FMT(*text));
	}
	*text = bytes_slice(*text, 0, (size_t)at);
	return 0;
}

static int cut_path(struct source *s, struct bytes text, struct err *e)
{
	if (cut_digest(s, &text, e))
		return -1;
	struct bytes path = existing_part(s->a, text);
	if (!path.n) {
		struct bytes head, tail;
		bytes_cut(text, ':', &head, &tail);
		if (!head.n)
			return err_set(e, ERR_USAGE, "%.*s: no path", BYTES_FMT(s->reference));
		return err_set(e, ERR_NOTFOUND, "%.*s: no such file or folder", BYTES_FMT(head));
	}
	s->ref.path = mem_strdup(arena_str(s->a, path));
	if (path.n < text.n)
		s->ref.which = arena_dup(s->a, bytes_skip(text, path.n + 1));
	return 0;
}

/* What other tools call the same thing. */
static const struct {
	const char *word, *prefix;
} synonyms[] = {
	{"cri-o",         "containers-storage"},
        {"docker-daemon", "docker"            },
        {"oci-dir",       "oci"               },
	{"oci-layout",    "oci"               },
        {"rootfs",        "dir"               },
};

static const struct source_kind *kind_by(const char *prefix)
{
	for (size_t i = 0; i < ARRAY_LEN(synonyms); i++) {
		if (strcmp(synonyms[i].word, prefix) == 0)
			prefix = synonyms[i].prefix;
	}
	for (size_t i = 0; source_kinds[i]; i++) {
		if (strcmp(source_kinds[i]->prefix, prefix) == 0)
			return source_kinds[i];
	}
	return NULL;
}

/* ---- what a path holds ---- */

bool is_docker_dir(const struct source *s)
{
	static const char *const roots[] = {"bin", "etc", "lib", "usr", "var"};
	char text[4096];
	AUTO_FD int fd =
		openat(s->fd, "manifest.json", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text, 0);
	struct bytes head = bytes_of(text, n < 0 ? 0 : (size_t)n);
	if (bytes_search(head, B("\"schemaVersion\"")) < 0 &&
	    bytes_search(head, B("\"Layers\"")) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		if (faccessat(s->fd, roots[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return false; /* a root file system, in which any file may lie */
	}
	return true;
}

static int recognise_folder(struct source *s, struct err *e)
{
	static const char *const marks[] = {"oci-layout", "index.json"};
	struct stat st, blobs;
	bool has_blobs = fstatat(s->fd, "blobs", &blobs, 0) == 0 && S_ISDIR(blobs.st_mode);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (fstatat(s->fd, marks[i], &st, 0) == 0 && (i == 0 || has_blobs)) {
			s->ref.kind = kind_by("oci");
			return 0;
		}
	}
	if (is_docker_dir(s)) {
		s->ref.kind = kind_by("docker-dir");
		return 0;
	}
	if (s->ref.which.n || s->ref.digest.algo)
		return err_set(e, ERR_USAGE, "%.*s: a root file system has no tags",
		               BYTES_FMT(s->reference));
	s->ref.kind = kind_by("dir");
	return 0;
}

static int recognise_file(struct source *s, struct err *e)
{
	enum tar_guess guess;
	if (archive_guess(s, &guess, e))
		return err_wrap(e, "%s", s->ref.path);
	s->ref.kind = kind_by(guess == GUESS_IMAGES ? "docker-archive" : "tar");
	return 0;
}

static int open_path(struct source *s, struct err *e)
{
	/* O_NONBLOCK: a fifo must not hold the scan */
	s->fd = open(s->ref.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &s->st))
		return err_set(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "open %s: %m",
		               s->ref.path);
	if (!S_ISREG(s->st.st_mode) && !S_ISDIR(s->st.st_mode))
		return err_set(e, ERR_UNSUPPORTED, "%s: neither a file nor a folder", s->ref.path);
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	s->opened_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	if (S_ISREG(s->st.st_mode)) {
		if (s->st.st_size == 0)
			return err_set(e, ERR_FORMAT, "%s: an empty file", s->ref.path);
		s->compression = compression_of(s->fd);
	}
	return 0;
}

/* A word that is neither a path nor has a known prefix is the name of an image, unless what stands
 * behind its ":" can only be a file's: then the prefix is misspelt. */
static bool is_misspelt(struct arena *a, struct bytes prefix, struct bytes rest)
{
	static const char *const compound[] = {"docker-archive", "oci-archive", NULL};
	if (bytes_find(prefix, '/') >= 0 || bytes_find(prefix, '.') >= 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		if (rest.p && bytes_eq(prefix, bytes_str(later[i])))
			return true;
	}
	return bytes_nearest(prefix, compound) ||
	       (rest.n && (is_path(rest) || exists(arena_str(a, rest))));
}

static int open_name(struct source *s, const char *text, struct err *e)
{
	s->ref.kind = kind_by("registry");
	s->ref.is_bare = true;
	if (s->ref.kind->name(s, bytes_str(text), e) == 0)
		return 0;
	if (exists(text))
		return err_wrap(e, "for the file or folder write ./%.60s", text);
	return -1;
}

int ref_parse(struct source *s, const char *text, struct err *e)
{
	struct bytes all = bytes_str(text), prefix, rest;
	s->reference = arena_dup(s->a, all);
	s->ref.is_guessed = is_path(all);
	if (!s->ref.is_guessed) {
		if (bytes_cut(all, ':', &prefix, &rest) && is_address(prefix, rest))
			return err_set(e, ERR_USAGE,
			               "%s: an image in a registry is named without \"%.*s://\": "
			               "registry:%.*s",
			               text, BYTES_FMT(prefix), BYTES_FMT(bytes_skip(rest, 2)));
		if (rest.p)
			s->ref.kind = kind_by(arena_str(s->a, prefix));
		if (!s->ref.kind && is_misspelt(s->a, prefix, rest))
			return unknown_prefix(prefix, text, e);
		if (!s->ref.kind)
			return open_name(s, text, e);
		if (s->ref.kind->name)
			return s->ref.kind->name(s, rest, e);
		all = rest;
	}
	if (cut_path(s, all, e) || open_path(s, e))
		return -1;
	if (!s->ref.is_guessed)
		return 0;
	return S_ISDIR(s->st.st_mode) ? recognise_folder(s, e) : recognise_file(s, e);
}
