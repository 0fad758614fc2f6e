/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_pe.c - what an assembly of .NET says of itself: the version resource of a PE file.
 *
 * Format: Microsoft, "PE Format" (optional header, data directories 2 and 14, section table,
 * resource directory: type, name, language); "VS_VERSIONINFO structure": nested blocks of length,
 * length of the value, kind, a key in UTF-16, and what belongs to it, each at a multiple of four.
 */
#include "fmt/ints.h"
#include "fmt/lang.h"

struct pe {
	struct bytes file, sections;
	uint32_t resources; /* address when loaded; 0: none */
	bool is_managed;
	size_t left; /* entries of resources that may still be looked at */
};

/* n bytes at `at`, or fewer than asked: absent. */
static struct bytes part(struct bytes b, uint64_t at, uint64_t n)
{
	if (at > b.n || n > b.n - at)
		return (struct bytes){NULL, 0};
	return bytes_of(b.p + at, (size_t)n);
}

/* 1 it is one, 0 it is something else, -1 broken. */
static int pe_open(struct bytes file, struct pe *ret, struct err *e)
{
	enum { HEADER = 24, SECTION = 40, DIRECTORY = 8 };
	struct bytes dos = part(file, 0, 64);
	if (!dos.p || !bytes_starts(file, B("MZ")))
		return 0;
	uint32_t at = get_le32(dos.p + 60);
	struct bytes head = part(file, at, HEADER);
	if (!head.p || !bytes_starts(head, bytes_of("PE\0\0", 4)))
		return 0; /* of DOS, or of 16-bit Windows */
	uint16_t n_sections = get_le16(head.p + 6), n_optional = get_le16(head.p + 20);
	struct bytes o = part(file, (uint64_t)at + HEADER, n_optional);
	if (!o.p || o.n < 2)
		return err_set(e, ERR_FORMAT, "PE: headers end at byte %zu", file.n);
	if (n_sections > PE_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "PE: %u sections, at most %d", n_sections,
		               (int)PE_SECTIONS_MAX);
	size_t dirs = get_le16(o.p) == 0x20b ? 112 : 96; /* PE32+, PE32 */
	struct pe p = {.file = file, .left = (size_t)PE_RESOURCES_MAX};
	p.sections = part(file, (uint64_t)at + HEADER + n_optional, (uint64_t)n_sections * SECTION);
	if (!p.sections.p)
		return err_set(e, ERR_FORMAT, "PE: the table of %u sections is cut", n_sections);
	uint32_t n_dirs = o.n >= dirs ? get_le32(o.p + dirs - 4) : 0;
	struct bytes resources = part(o, dirs + 2 * DIRECTORY, DIRECTORY),
		     clr = part(o, dirs + 14 * DIRECTORY, DIRECTORY);
	p.resources = n_dirs > 2 && resources.p ? get_le32(resources.p) : 0;
	p.is_managed = n_dirs > 14 && clr.p && get_le32(clr.p);
	*ret = p;
	return 1;
}

/* The bytes of the file that stand at an address when it is loaded, to the end of their section. */
static struct bytes loaded(const struct pe *p, uint64_t address)
{
	for (size_t i = 0; i + 40 <= p->sections.n; i += 40) {
		const uint8_t *s = p->sections.p + i;
		uint32_t start = get_le32(s + 12), raw = get_le32(s + 16), at = get_le32(s + 20);
		if (address >= start && address - start < raw && at <= p->file.n)
			return bytes_skip(bytes_slice(p->file, at, (uint64_t)at + raw),
			                  (size_t)(address - start));
	}
	return (struct bytes){NULL, 0};
}

/* Offset of what the directory at `at` has under this id (0: the first that it has), with the
 * bit that says "a directory"; 0: nothing. */
static uint32_t entry(struct pe *p, struct bytes tree, uint32_t at, uint32_t id)
{
	struct bytes head = part(tree, at, 16);
	if (!head.p)
		return 0;
	uint32_t n = (uint32_t)get_le16(head.p + 12) + get_le16(head.p + 14);
	for (uint32_t i = 0; i < n && p->left; i++) {
		p->left--;
		struct bytes one = part(tree, (uint64_t)at + 16 + (uint64_t)i * 8, 8);
		if (!one.p)
			return 0;
		if (id == 0 || get_le32(one.p) == id)
			return get_le32(one.p + 4);
	}
	return 0;
}

static struct bytes version_resource(struct pe *p)
{
	enum { VERSION = 16, LEVELS = 3 };
	const uint32_t is_dir = 0x80000000u;
	static const uint32_t ids[LEVELS] = {VERSION, 0, 0};
	struct bytes tree = loaded(p, p->resources);
	uint32_t at = 0;
	for (size_t i = 0; i < LEVELS && tree.p; i++) {
		uint32_t next = entry(p, tree, at, ids[i]);
		if (!next || !(next & is_dir) != (i == LEVELS - 1))
			return (struct bytes){NULL, 0};
		at = next & ~is_dir;
	}
	struct bytes leaf = part(tree, at, 16);
	return leaf.p ? part(loaded(p, get_le32(leaf.p)), 0, get_le32(leaf.p + 4))
	              : (struct bytes){NULL, 0};
}

struct block {
	struct bytes key, value, inner; /* UTF-16; as it is; the blocks within */
};

static size_t aligned(size_t n) { return (n + 3) & ~(size_t)3; }

/* Takes the next block off *rest; false at the end, or where it is broken. */
static bool next_block(struct bytes *rest, struct block *ret)
{
	if (rest->n < 6)
		return false;
	size_t whole = get_le16(rest->p), n_value = get_le16(rest->p + 2), at = 6;
	bool is_text = get_le16(rest->p + 4) == 1;
	if (whole < 6 || whole > rest->n)
		return false;
	struct bytes b = bytes_slice(*rest, 0, whole);
	while (at + 2 <= b.n && get_le16(b.p + at))
		at += 2;
	ret->key = bytes_slice(b, 6, at);
	b = bytes_skip(b, aligned(at + 2)); /* keys begin at 6, so the multiple is the block's */
	ret->value = bytes_slice(b, 0, is_text ? n_value * 2 : n_value);
	ret->inner = bytes_skip(b, aligned(ret->value.n));
	*rest = bytes_skip(*rest, aligned(whole));
	return true;
}

static bool is_key(struct bytes key, const char *name)
{
	size_t i = 0;
	for (; name[i] && 2 * i + 1 < key.n; i++) {
		if (get_le16(key.p + 2 * i) != (uint8_t)name[i])
			return false;
	}
	return !name[i] && key.n == 2 * i;
}

/* UTF-16 up to its NUL, as UTF-8; halves of pairs are left out. */
static struct bytes text_of(struct bytes wide, struct arena *a)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	for (size_t i = 0; i + 2 <= wide.n; i += 2) {
		uint32_t c = get_le16(wide.p + i);
		if (!c)
			break;
		if (c < 0x80) {
			buf_addc(&b, (uint8_t)c);
		} else if (c < 0x800) {
			buf_addc(&b, (uint8_t)(0xc0 | c >> 6));
			buf_addc(&b, (uint8_t)(0x80 | (c & 63)));
		} else if (c < 0xd800 || c > 0xdfff) {
			buf_addc(&b, (uint8_t)(0xe0 | c >> 12));
			buf_addc(&b, (uint8_t)(0x80 | (c >> 6 & 63)));
			buf_addc(&b, (uint8_t)(0x80 | (c & 63)));
		}
	}
	return b.overflow ? (struct bytes){NULL, 0} : bytes_trim(arena_dup(a, buf_bytes(&b)));
}

struct strings {
	struct bytes internal, original, product, file;
};

/* VS_VERSIONINFO > StringFileInfo > a table per language > strings. */
static void read_strings(struct bytes resource, struct arena *a, struct strings *s)
{
	const struct {
		const char *key;
		struct bytes *to;
	} fields[] = {
		{"InternalName",     &s->internal},
		{"OriginalFilename", &s->original},
		{"ProductVersion",   &s->product },
		{"FileVersion",      &s->file    },
	};
	struct block root, info, table, one;
	if (!next_block(&resource, &root) || !is_key(root.key, "VS_VERSION_INFO"))
		return;
	while (next_block(&root.inner, &info)) {
		while (is_key(info.key, "StringFileInfo") && next_block(&info.inner, &table)) {
			while (next_block(&table.inner, &one)) {
				for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
					if (is_key(one.key, fields[i].key) && !fields[i].to->n)
						*fields[i].to = text_of(one.value, a);
				}
			}
		}
	}
}

static struct bytes without_kind(struct bytes name)
{
	struct bytes end = bytes_skip(name, name.n < 4 ? 0 : name.n - 4);
	bool is_kind = bytes_eq_nocase(end, B(".dll")) || bytes_eq_nocase(end, B(".exe"));
	return is_kind ? bytes_slice(name, 0, name.n - 4) : name;
}

/* "4.7.3+commit" and "4.6.26515.06 @BuiltBy: x": the version is what stands first. */
static struct bytes number_of(struct bytes text)
{
	size_t n = 0;
	while (n < text.n && text.p[n] != '+' && text.p[n] != ' ' && text.p[n] != ',')
		n++;
	return n && is_digit(text.p[0]) ? bytes_slice(text, 0, n) : (struct bytes){NULL, 0};
}

int lang_pe(struct bytes content, struct bytes file, struct arena *a, struct lang_package *ret,
            struct err *e)
{
	struct pe pe;
	struct strings s = {
		.file = {NULL, 0}
        };
	int rc = pe_open(content, &pe, e);
	if (rc <= 0 || !pe.is_managed)
		return rc < 0 ? -1 : 0;
	struct bytes resource = pe.resources ? version_resource(&pe) : (struct bytes){NULL, 0};
	if (resource.p)
		read_strings(resource, a, &s);
	struct bytes name = s.internal.n ? s.internal : s.original.n ? s.original : file;
	struct bytes version = number_of(s.product);
	struct lang_package p = {.name = without_kind(name),
	                         .version = version.n ? version : number_of(s.file)};
	if (!p.version.n || !p.name.n)
		return 0; /* it says none */
	if (lang_check(&p, e) < 0)
		return -1;
	p.name = arena_dup(a, p.name);
	*ret = p;
	return 1;
}
