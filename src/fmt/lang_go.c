/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_go.c - the build info that the Go linker puts into each binary.
 *
 * Format: Go's debug/buildinfo.  A mark of 14 bytes at a multiple of 16, size of pointers, flags;
 * with flag 2 (Go 1.18 and later) two strings follow at byte 32, each a varint length and bytes:
 * version of Go, and the modules between two markers of 16 bytes.  Before, two pointers follow to
 * Go's string headers.  Modules are lines of fields parted by tabs: path, mod, dep, =>, build.
 * A program built from a checkout has no version; the linker's -X may have told it one.
 */
#include "fmt/lang.h"

#include <stdio.h>
#include <string.h>

#include "fmt/elf.h"
#include "fmt/version.h"

enum {
	MARK_LEN = 14,
	ALIGN = 16,
	HEAD_LEN = 32,
	MARKER_LEN = 16,
	FLAG_BIG_ENDIAN = 1,
	FLAG_INLINE = 2,
	VARINT_LEN = 10,
};

static const char mark[] = "\xff Go buildinf:";

ssize_t lang_go_find(struct bytes b, size_t from)
{
	uint64_t want, have;
	memcpy(&want, mark, sizeof want);
	for (size_t i = (from + ALIGN - 1) & ~(size_t)(ALIGN - 1); i + ALIGN <= b.n; i += ALIGN) {
		memcpy(&have, b.p + i, sizeof have);
		if (have == want && memcmp(b.p + i, mark, MARK_LEN) == 0)
			return (ssize_t)i;
	}
	return -1;
}

/* 1; 0: more bytes are needed; -1: none. */
static int varint(struct bytes b, size_t *at, uint64_t *ret)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < VARINT_LEN; i++) {
		if (*at + i >= b.n)
			return 0;
		uint8_t c = b.p[*at + i];
		v |= (uint64_t)(c & 0x7f) << (7 * i);
		if (c < 0x80) {
			*at += i + 1;
			*ret = v;
			return 1;
		}
	}
	return -1;
}

ssize_t lang_go_need(struct bytes b)
{
	if (b.n < HEAD_LEN)
		return HEAD_LEN;
	uint8_t flags = b.p[15];
	if (!(flags & FLAG_INLINE))
		return flags <= FLAG_BIG_ENDIAN && (b.p[14] == 4 || b.p[14] == 8) ? -1 : 0;
	size_t at = HEAD_LEN;
	uint64_t len;
	const uint64_t max[] = {GO_VERSION_MAX, (uint64_t)GO_INFO_MAX - GO_VERSION_MAX - 64};
	for (size_t i = 0; i < ARRAY_LEN(max); i++) {
		int rc = varint(b, &at, &len);
		if (rc < 0 || (rc > 0 && (len > max[i] || (i == 0 && len == 0))))
			return 0;
		if (rc == 0)
			return (ssize_t)MAX_OF(b.n, at) + 1;
		at += (size_t)len;
	}
	return (ssize_t)at;
}

static bool is_marker(struct bytes info)
{
	static const uint8_t start[MARKER_LEN] = {0x30, 0x77, 0xaf, 0x0c, 0x92, 0x74, 0x08, 0x02,
	                                          0x41, 0xe1, 0xc1, 0x07, 0xe6, 0xd6, 0x18, 0xe6};
	return bytes_starts(info, bytes_of(start, sizeof start));
}

struct modules {
	lang_fn *fn;
	void *arg;
	struct bytes path, version; /* the module at hand; a line "=>" may replace it */
	struct bytes main_path, main_version;
	struct bytes revision, time, flags;
};

static void state(struct modules *m, struct bytes name, struct bytes version)
{
	struct lang_package p = {.name = name, .version = version};
	struct err ignored; /* go itself takes any text here; what no module can be is none */
	if (lang_check(&p, &ignored) > 0)
		m->fn(m->arg, &p);
}

static void flush(struct modules *m)
{
	if (m->path.n)
		state(m, m->path, m->version);
	m->path = (struct bytes){NULL, 0};
}

static void setting(struct modules *m, struct bytes text)
{
	struct bytes key, value;
	if (!bytes_cut(text, '=', &key, &value))
		return;
	if (bytes_eq(key, B("vcs.revision")))
		m->revision = value;
	if (bytes_eq(key, B("vcs.time")))
		m->time = value;
	if (bytes_eq(key, B("-ldflags")))
		m->flags = value;
}

static void line_of(struct modules *m, struct bytes line)
{
	struct bytes kind, path, version, rest;
	bytes_cut(line, '\t', &kind, &rest);
	if (bytes_eq(kind, B("build"))) {
		setting(m, rest);
		return;
	}
	bytes_cut(rest, '\t', &path, &rest);
	bytes_cut(rest, '\t', &version, &rest);
	bool is_main = bytes_eq(kind, B("mod")), is_dep = bytes_eq(kind, B("dep"));
	if (is_main) {
		m->main_path = path;
		m->main_version = version;
	}
	if (is_dep)
		flush(m);
	/* a replacement by a folder has no version: then the module is what it was */
	if (is_dep || (bytes_eq(kind, B("=>")) && version.n)) {
		m->path = path;
		m->version = version;
	}
}

static struct bytes unquoted(struct bytes b)
{
	struct bytes quotes = B("'\"\\");
	while (b.n && bytes_find(quotes, b.p[0]) >= 0)
		b = bytes_skip(b, 1);
	while (b.n && bytes_find(quotes, b.p[b.n - 1]) >= 0)
		b.n--;
	return b;
}

/* Does a definition "PACKAGE.VARIABLE=VALUE" of the linker tell the main module's version?  The
 * variable is of package main or of the module, and is named as a version is. */
static bool is_own_version(const struct modules *m, struct bytes text, struct bytes *ret)
{
	struct bytes name, value;
	if (!bytes_cut(text, '=', &name, &value))
		return false;
	ssize_t dot = bytes_rfind(name, '.');
	struct bytes variable = dot < 0 ? name : bytes_skip(name, (size_t)dot + 1);
	struct bytes package = bytes_slice(name, 0, dot < 0 ? 0 : (size_t)dot);
	value = unquoted(value);
	struct bytes number = bytes_starts(value, B("v")) ? bytes_skip(value, 1) : value;
	bool is_own = bytes_eq(package, B("main")) ||
	              (bytes_starts(package, m->main_path) &&
	               (package.n == m->main_path.n || package.p[m->main_path.n] == '/'));
	if (!is_own || value.n > GO_LINKED_MAX)
		return false;
	if (!bytes_eq_nocase(variable, B("version")) && !bytes_eq_nocase(variable, B("ver")))
		return false;
	*ret = value;
	return bytes_find(number, '.') > 0 && version_semver_valid(number);
}

/* The version that "-X main.version=v1.2.3" of -ldflags sets; absent when there is none, or two. */
static struct bytes linked_version(const struct modules *m)
{
	struct bytes rest = m->flags, word, one, found = {NULL, 0};
	for (bool is_next = false; bytes_word(&rest, &word);) {
		word = unquoted(word);
		bool is_joined = bytes_starts(word, B("-X="));
		if (is_joined)
			word = unquoted(bytes_skip(word, 3));
		if ((is_next || is_joined) && is_own_version(m, word, &one)) {
			if (found.n && !bytes_eq(found, one))
				return (struct bytes){NULL, 0};
			found = one;
		}
		is_next = bytes_eq(word, B("-X"));
	}
	return found;
}

/* "2024-05-06T07:08:09Z" and a revision make Go's pseudo-version. */
static void state_main(struct modules *m)
{
	static const uint8_t at[] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};
	enum { REVISION_LEN = 12, TIME_LEN = 19 };
	char text[GO_LINKED_MAX + 4];
	if (!m->main_path.n)
		return;
	struct bytes linked = linked_version(m);
	if (linked.n && (bytes_eq(m->main_version, B("(devel)")) || !m->main_version.n)) {
		snprintf(text, sizeof text, "%s%.*s", bytes_starts(linked, B("v")) ? "" : "v",
		         BYTES_FMT(linked));
		state(m, m->main_path, bytes_str(text));
		return;
	}
	if (!bytes_eq(m->main_version, B("(devel)")) || m->revision.n < REVISION_LEN ||
	    m->time.n < TIME_LEN) {
		state(m, m->main_path, m->main_version.n ? m->main_version : B("(devel)"));
		return;
	}
	char day[sizeof at + 1] = "";
	for (size_t i = 0; i < sizeof at; i++)
		day[i] = (char)m->time.p[at[i]];
	snprintf(text, sizeof text, "v0.0.0-%s-%.12s", day, (const char *)m->revision.p);
	state(m, m->main_path, bytes_str(text));
}

/* "go1.22.3 X:boringcrypto": the release; a Go under development has none. */
static void state_library(struct modules *m, struct bytes go)
{
	struct bytes version, rest;
	if (!bytes_starts(go, B("go")))
		return;
	bytes_cut(bytes_skip(go, 2), ' ', &version, &rest);
	state(m, B("stdlib"), version);
}

static void modules(struct bytes go, struct bytes info, lang_fn *fn, void *arg)
{
	struct modules m = {.fn = fn, .arg = arg};
	if (info.n >= 2 * MARKER_LEN + 1 && is_marker(info))
		info = bytes_slice(info, MARKER_LEN, info.n - MARKER_LEN);
	for (struct bytes line; bytes_line(&info, &line);)
		line_of(&m, line);
	flush(&m);
	state_main(&m);
	state_library(&m, go);
}

static bool is_go_version(struct bytes go)
{
	return bytes_starts(go, B("go1")) || bytes_starts(go, B("devel"));
}

int lang_go_info(struct bytes b, lang_fn *fn, void *arg, struct err *e)
{
	ssize_t need = lang_go_need(b);
	if (need <= 0 || b.n < (size_t)need)
		return err_set(e, ERR_FORMAT, "build info of Go that is cut or none");
	size_t at = HEAD_LEN;
	uint64_t len = 0;
	struct bytes text[2];
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		varint(b, &at, &len); /* lang_go_need has seen both */
		text[i] = bytes_slice(b, at, at + (size_t)len);
		at += (size_t)len;
	}
	if (!is_go_version(text[0]))
		return err_set(e, ERR_FORMAT, "build info names no version of Go");
	modules(text[0], text[1], fn, arg);
	return 1;
}

/* ---- before Go 1.18: pointers ---- */

/* The n bytes that a program sees at that address. */
static bool at_address(struct elf *el, uint64_t address, uint64_t n, struct bytes *ret)
{
	uint64_t at;
	return elf_offset(el, address, n, &at) && elf_bytes(el, at, n, ret);
}

/* A pointer to a string header: pointer and length. */
static bool string_at(struct elf *el, struct bytes pointer, uint64_t max, struct bytes *ret)
{
	size_t w = pointer.n;
	struct bytes head;
	if (!at_address(el, elf_number(el, pointer.p, w), 2 * w, &head))
		return false;
	uint64_t len = elf_number(el, head.p + w, w);
	return len <= max && at_address(el, elf_number(el, head.p, w), len, ret);
}

int lang_go_pointed(struct elf *el, struct bytes b, lang_fn *fn, void *arg)
{
	size_t w = b.p[14];
	struct bytes go, info;
	if (!string_at(el, bytes_slice(b, 16, 16 + w), GO_VERSION_MAX, &go) || !is_go_version(go))
		return 0;
	if (!string_at(el, bytes_slice(b, 16 + w, 16 + 2 * w), (uint64_t)GO_INFO_MAX, &info))
		info = (struct bytes){NULL, 0}; /* built without modules */
	if (el->is_lacking)
		return 0;
	modules(go, info, fn, arg);
	return 1;
}

void lang_go_headers(const struct elf *el, struct bytes b, uint64_t ret[2])
{
	size_t w = b.p[14];
	for (size_t i = 0; i < 2; i++) {
		uint64_t address = elf_number(el, b.p + 16 + i * w, w);
		if (!elf_offset(el, address, 2 * w, &ret[i]))
			ret[i] = 0;
	}
}

int lang_go_file(struct bytes file, lang_fn *fn, void *arg, struct err *e)
{
	struct elf_piece piece;
	struct elf el;
	struct err none;
	bool is_broken = false, is_elf = elf_open_whole(file, &piece, &el, &none) == 0;
	for (ssize_t at = lang_go_find(file, 0); at >= 0;
	     at = lang_go_find(file, (size_t)at + ALIGN)) {
		struct bytes b = bytes_skip(file, (size_t)at);
		ssize_t need = lang_go_need(b);
		int rc = 0;
		struct err ignored;
		if (need > 0)
			rc = lang_go_info(b, fn, arg, &ignored);
		else if (need < 0 && is_elf && b.n >= HEAD_LEN)
			rc = lang_go_pointed(&el, b, fn, arg);
		if (rc > 0)
			return 1;
		is_broken |= need != 0;
	}
	return is_broken ? err_set(e, ERR_FORMAT, "build info of Go that leads nowhere") : 0;
}
