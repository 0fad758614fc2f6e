/* SPDX-License-Identifier: Apache-2.0 */
/* portage.c - names, lists of files and licences of Portage's database. */
#include "fmt/portage.h"

#include <string.h>

/* ---- names ---- */

static size_t digits(struct bytes b)
{
	size_t n = 0;
	while (n < b.n && is_digit(b.p[n]))
		n++;
	return n;
}

/* "_rc1", "_p20240101", "_alpha": its length; 0: none. */
static size_t suffix(struct bytes b)
{
	static const char *const words[] = {"_alpha", "_beta", "_pre", "_rc", "_p"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct bytes word = bytes_str(words[i]);
		if (bytes_starts(b, word))
			return word.n + digits(bytes_skip(b, word.n));
	}
	return 0;
}

/* PMS 3.2: numbers parted by dots, a letter, suffixes; "-r1" is cut off before. */
static bool is_version(struct bytes v)
{
	size_t n = digits(v), more;
	if (n == 0)
		return false;
	v = bytes_skip(v, n);
	while (v.n > 1 && v.p[0] == '.' && (n = digits(bytes_skip(v, 1))) > 0)
		v = bytes_skip(v, n + 1);
	if (v.n && is_lower(v.p[0]))
		v = bytes_skip(v, 1);
	while ((more = suffix(v)) > 0)
		v = bytes_skip(v, more);
	return v.n == 0;
}

static bool is_revision(struct bytes v)
{
	return v.n > 1 && v.p[0] == 'r' && digits(bytes_skip(v, 1)) == v.n - 1;
}

bool portage_name(struct bytes folder, struct bytes *ret_name, struct bytes *ret_version)
{
	ssize_t dash = bytes_rfind(folder, '-');
	if (dash > 0 && is_revision(bytes_skip(folder, (size_t)dash + 1)))
		dash = bytes_rfind(bytes_slice(folder, 0, (size_t)dash), '-');
	if (dash <= 0)
		return false;
	struct bytes version = bytes_skip(folder, (size_t)dash + 1), head = version, tail;
	bytes_cut(version, '-', &head, &tail);
	if (!is_version(head))
		return false;
	*ret_name = bytes_slice(folder, 0, (size_t)dash);
	*ret_version = version;
	return true;
}

/* ---- CONTENTS ---- */

/* Takes what follows the last blank off *line. */
static bool take_last(struct bytes *line, struct bytes *ret)
{
	ssize_t blank = bytes_rfind(*line, ' ');
	if (blank <= 0)
		return false;
	*ret = bytes_skip(*line, (size_t)blank + 1);
	line->n = (size_t)blank;
	return true;
}

/* Takes "MD5 TIME" off the end of a file's line, and " -> TARGET TIME" off that of a link. */
static bool take_more(bool is_file, struct bytes *path, struct bytes *ret_md5)
{
	struct bytes time;
	uint8_t raw[16];
	uint64_t n;
	if (!take_last(path, &time) || !bytes_u64(time, INT64_MAX, &n))
		return false;
	if (is_file)
		return take_last(path, ret_md5) && ret_md5->n == 32 &&
		       hex_decode(*ret_md5, raw, sizeof raw);
	ssize_t arrow = bytes_search(*path, B(" -> "));
	path->n = arrow < 0 ? 0 : (size_t)arrow;
	return path->n > 0;
}

/* "obj PATH MD5 TIME", "sym PATH -> TARGET TIME", "dir PATH", "fif PATH", "dev PATH" */
static bool read_line(struct bytes line, struct portage_file *ret)
{
	static const char *const kinds[] = {"obj", "sym", "dir", "fif", "dev"};
	struct bytes kind, path;
	size_t k = 0;
	*ret = (struct portage_file){.is_dir = false};
	if (!bytes_cut(line, ' ', &kind, &path))
		return false;
	while (k < ARRAY_LEN(kinds) && !bytes_eq(kind, bytes_str(kinds[k])))
		k++;
	if (k == ARRAY_LEN(kinds) || (k < 2 && !take_more(k == 0, &path, &ret->md5)))
		return false;
	ret->is_dir = k == 2;
	ret->path = bytes_skip(path, 1);
	return path.n && path.p[0] == '/';
}

int portage_file(struct portage_files *f, struct portage_file *ret, struct err *e)
{
	struct bytes line;
	while (bytes_line(&f->rest, &line)) {
		f->line++;
		if (!line.n)
			continue;
		if (line.n > (size_t)PORTAGE_LINE_MAX)
			return err_set(e, ERR_LIMIT,
			               "line %zu: %zu bytes, more than %lld (PORTAGE_LINE_MAX)",
			               f->line, line.n, (long long)PORTAGE_LINE_MAX);
		if (!read_line(line, ret))
			return err_set(e, ERR_FORMAT, "line %zu: no file, folder or link", f->line);
		return 1;
	}
	return 0;
}

/* ---- LICENSE ---- */

struct license_reader {
	struct bytes rest;
	struct buf *to;
	size_t depth;
};

static size_t group(struct license_reader *r, const char *joint);

/* A group within: of one name alone it needs no parentheses. */
static bool inner(struct license_reader *r, bool is_choice)
{
	size_t at = r->to->n;
	buf_addc(r->to, '(');
	size_t n = group(r, is_choice ? " OR " : " AND ");
	if (n == 1 && !r->to->overflow) {
		memmove(r->to->p + at, r->to->p + at + 1, r->to->n - at - 1);
		r->to->n--;
	} else {
		buf_addc(r->to, ')');
	}
	return n > 0;
}

/* The names up to the end of the group: how many; 0: it is none. */
static size_t group(struct license_reader *r, const char *joint)
{
	struct bytes word;
	bool is_open = r->depth > 0, is_choice = false;
	size_t n = 0;
	if (r->depth++ == (size_t)PORTAGE_DEPTH_MAX)
		return 0;
	while (bytes_word(&r->rest, &word)) {
		if (bytes_eq(word, B(")"))) {
			r->depth--;
			return is_open ? n : 0;
		}
		if (bytes_eq(word, B("||")) || bytes_ends(word, B("?"))) {
			is_choice = word.p[0] == '|';
			continue;
		}
		if (n++)
			buf_adds(r->to, joint);
		if (!bytes_eq(word, B("(")))
			buf_add(r->to, word);
		else if (!inner(r, is_choice))
			return 0;
		is_choice = false;
	}
	return is_open ? 0 : n;
}

struct bytes portage_license(struct bytes text, struct arena *a)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	struct license_reader r = {.rest = text, .to = &b};
	if (!group(&r, " AND ") || b.overflow)
		return (struct bytes){NULL, 0};
	return arena_dup(a, buf_bytes(&b));
}
