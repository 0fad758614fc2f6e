/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_kernel.c - kernels of Linux, and modules of them.
 *
 * Format: bzImage says at 0x202 "HdrS" and at 0x20e where, 0x200 bytes before, its version stands;
 * a kernel that is not compressed holds "Linux version 6.1.0 (...".  A module is an ELF object
 * whose section .modinfo has "key=value" texts, each ended by a NUL. Source: Linux,
 * Documentation/arch/x86/boot.rst, init/version.c, include/linux/moduleparam.h.
 */
#include "fmt/lang.h"

#include "fmt/elf.h"
#include "fmt/ints.h"

static struct bytes first_word(struct bytes text)
{
	struct bytes word = {NULL, 0};
	bytes_word(&text, &word);
	return word;
}

/* The text that begins at `at`, up to a NUL. */
static struct bytes text_at(struct bytes b, size_t at)
{
	struct bytes rest = bytes_skip(b, at);
	ssize_t end = bytes_find(rest, 0);
	return end < 0 ? (struct bytes){NULL, 0} : bytes_slice(rest, 0, (size_t)end);
}

static struct bytes boot_version(struct bytes b)
{
	enum { MAGIC = 0x202, VERSION = 0x20e, SETUP = 0x200 };
	if (b.n < VERSION + 2 || !bytes_starts(bytes_skip(b, MAGIC), B("HdrS")) ||
	    !get_le16(b.p + VERSION))
		return (struct bytes){NULL, 0};
	return first_word(text_at(b, (size_t)get_le16(b.p + VERSION) + SETUP));
}

/* "Linux version %s" is a format, of which there are several. */
static struct bytes told_version(struct bytes b)
{
	struct bytes mark = B("Linux version ");
	for (ssize_t at; (at = bytes_search(b, mark)) >= 0;) {
		b = bytes_skip(b, (size_t)at + mark.n);
		if (b.n && is_digit(b.p[0]))
			return first_word(bytes_slice(b, 0, MIN_OF(b.n, (size_t)LANG_FIELD_MAX)));
	}
	return (struct bytes){NULL, 0};
}

int lang_kernel(struct bytes content, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct bytes version = boot_version(content);
	if (!version.n)
		version = told_version(content);
	if (!version.n || !is_digit(version.p[0]))
		return 0;
	struct lang_package p = {.name = B("linux-kernel"),
	                         .version = arena_dup(a, version),
	                         .license = B("GPL-2.0-only")};
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "a kernel");
	*ret = p;
	return 1;
}

static struct bytes section(struct elf *el, struct bytes name)
{
	struct bytes b = {NULL, 0};
	for (size_t i = 0; i < elf_sections(el); i++) {
		struct elf_section s = elf_section(el, i);
		if (bytes_eq(s.name, name))
			return elf_bytes(el, s.at, s.size, &b) ? b : (struct bytes){NULL, 0};
	}
	return b;
}

static struct bytes value_of(struct bytes info, struct bytes key)
{
	struct bytes one, name, value;
	while (info.n && bytes_split(&info, 0, &one)) {
		if (bytes_cut(one, '=', &name, &value) && bytes_eq(name, key))
			return value;
	}
	return (struct bytes){NULL, 0};
}

int lang_kernel_module(struct bytes content, struct arena *a, struct lang_package *ret,
                       struct err *e)
{
	struct elf_piece piece;
	struct elf el;
	if (elf_format(content) != ELF_FILE)
		return 0;
	if (elf_open_whole(content, &piece, &el, e) < 0)
		return -1;
	struct bytes info = section(&el, B(".modinfo"));
	struct lang_package p = {.name = value_of(info, B("name")),
	                         .version = value_of(info, B("version")),
	                         .license = value_of(info, B("license"))};
	if (!p.version.n || !p.name.n)
		return 0;
	if (lang_check(&p, e) < 0)
		return err_wrap(e, ".modinfo");
	*ret = (struct lang_package){.name = arena_dup(a, p.name),
	                             .version = arena_dup(a, p.version),
	                             .license = arena_dup(a, p.license)};
	return 1;
}
