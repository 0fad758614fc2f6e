/* SPDX-License-Identifier: Apache-2.0 */
/*
 * programs.c - programs that hide what they are, or that they are.
 *
 * Format: ELF (fmt/elf.h), PE, Mach-O and scripts by how they begin.  Source: every file.
 * Emits: malware (engine "assay", id of the rule, what was seen): a name that promises data, a
 * hidden name, code that is packed, memory that may be written and run.
 *
 * Code of processors has 5 to 7 bits per byte; what is compressed or encrypted has nearly 8.
 */
#include "inspect/inspect.h"

#include <elf.h>
#include <math.h>
#include <stdlib.h>

enum {
	SEGMENTS = 4,
	CODE_MIN = 16 << 10, /* bytes of code, below which chance speaks */
	PACKED = 740,        /* hundredths of bits per byte */
};

struct programs_state {
	bool is_begun;
	uint64_t at;
	struct {
		uint64_t from, to; /* of the file */
	} code[SEGMENTS];
	size_t n_code;
	uint64_t *counts; /* of each byte in code; NULL: it is not counted */
};

static void state(struct inspect *in, const char *rule, const char *seen)
{
	inspect_malware(in, &(struct fact_malware){.engine = B("assay"),
	                                           .name = bytes_str(rule),
	                                           .string = bytes_str(seen)});
}

/* ---- names ---- */

static bool is_one_of(struct bytes text, const char *const *list)
{
	for (size_t i = 0; list[i]; i++) {
		if (bytes_eq_nocase(text, bytes_str(list[i])))
			return true;
	}
	return false;
}

/* Takes what follows the last dot off *name. */
static struct bytes take_extension(struct bytes *name)
{
	ssize_t dot = bytes_rfind(*name, '.');
	struct bytes ext = dot > 0 ? bytes_skip(*name, (size_t)dot + 1) : (struct bytes){NULL, 0};
	if (dot > 0)
		name->n = (size_t)dot;
	return ext;
}

/* Does the name promise something to look at: photo.jpg, letter.pdf.sh? */
static bool is_disguised(struct bytes name, bool is_script)
{
	static const char *const data[] = {"jpg", "jpeg", "png",  "gif", "bmp",  "ico", "svg",
	                                   "pdf", "doc",  "docx", "xls", "xlsx", "ppt", "pptx",
	                                   "mp3", "mp4",  "avi",  "mov", "wav",  "csv", NULL};
	static const char *const quiet[] = {"txt", "log", "md", "css", "html", "xml", "json", NULL};
	static const char *const runs[] = {"exe", "scr", "com", "pif", "bat", "cmd",
	                                   "elf", "bin", "run", "sh",  NULL};
	struct bytes ext = take_extension(&name);
	if (is_one_of(ext, data) || (!is_script && is_one_of(ext, quiet)))
		return true;
	return is_one_of(ext, runs) && is_one_of(take_extension(&name), data);
}

static void look_name(struct inspect *in, enum elf_format format)
{
	static const char *const kinds[] = {[ELF_NONE] = "a script",
	                                    [ELF_FILE] = "an ELF program",
	                                    [ELF_PE] = "a program for Windows",
	                                    [ELF_MACHO] = "a program for macOS"};
	struct bytes name = path_base(inspect_path(in));
	if (is_disguised(name, format == ELF_NONE))
		state(in, "malware.disguised-program", kinds[format]);
	else if (format == ELF_FILE && name.n && name.p[0] == '.')
		state(in, "malware.hidden-program", kinds[format]);
}

/* ---- code ---- */

static void find_code(struct inspect *in, struct programs_state *s, struct bytes head)
{
	struct elf_piece piece = {.at = 0, .b = head};
	struct elf el;
	struct err e;
	bool is_wx = false;
	if (elf_open(&piece, 1, INT64_MAX, &el, &e) < 0)
		return; /* cut short, or with tables elsewhere: the check of binaries says so */
	for (size_t i = 0; i < elf_segments(&el); i++) {
		struct elf_segment seg = elf_segment(&el, i);
		if (seg.type != PT_LOAD || !(seg.flags & PF_X))
			continue;
		is_wx |= (seg.flags & PF_W) != 0;
		if (s->n_code < SEGMENTS && seg.at <= INT64_MAX && seg.size <= INT64_MAX) {
			s->code[s->n_code].from = seg.at;
			s->code[s->n_code++].to = seg.at + seg.size;
		}
	}
	if (is_wx)
		state(in, "malware.writable-code", "a segment that may be written and run");
	if (s->n_code)
		s->counts = mem_zalloc(256 * sizeof *s->counts);
}

/* Four tables, so that a byte that is there again does not wait for itself. */
static void count_bytes(uint64_t *counts, struct bytes b)
{
	uint32_t of[4][256] = {{0}};
	size_t i = 0;
	for (; i + 4 <= b.n; i += 4) {
		of[0][b.p[i]]++;
		of[1][b.p[i + 1]]++;
		of[2][b.p[i + 2]]++;
		of[3][b.p[i + 3]]++;
	}
	for (; i < b.n; i++)
		of[0][b.p[i]]++;
	for (size_t c = 0; c < 256; c++)
		counts[c] += (uint64_t)of[0][c] + of[1][c] + of[2][c] + of[3][c];
}

static void count(struct programs_state *s, struct bytes piece)
{
	for (size_t i = 0; i < s->n_code; i++) {
		uint64_t from = MAX_OF(s->code[i].from, s->at);
		uint64_t to = MIN_OF(s->code[i].to, s->at + piece.n);
		if (from < to)
			count_bytes(s->counts, bytes_slice(piece, (size_t)(from - s->at),
			                                   (size_t)(to - s->at)));
	}
	s->at += piece.n;
}

static bool programs_piece(struct inspect *in, void *state_, struct bytes piece)
{
	struct programs_state *s = state_;
	if (!s->is_begun) {
		s->is_begun = true;
		enum elf_format format = elf_format(piece);
		if (format == ELF_NONE && !bytes_starts(piece, B("#!")))
			return false;
		look_name(in, format);
		if (format == ELF_FILE)
			find_code(in, s, piece);
	}
	if (!s->counts)
		return false;
	count(s, piece);
	return true;
}

static void programs_end(struct inspect *in, void *state_)
{
	struct programs_state *s = state_;
	uint64_t n = 0;
	double bits = 0;
	if (!s->counts)
		return;
	for (size_t i = 0; i < 256; i++)
		n += s->counts[i];
	for (size_t i = 0; i < 256 && n; i++) {
		double share = (double)s->counts[i] / (double)n;
		if (share > 0)
			bits -= share * log2(share);
	}
	free(s->counts);
	s->counts = NULL;
	if (n < CODE_MIN || bits * 100 < PACKED)
		return;
	char seen[64];
	snprintf(seen, sizeof seen, "code with %.2f bits per byte", bits);
	state(in, "malware.packed", seen);
}

static int programs_file(struct inspect *in, const struct entry *en, struct bytes content,
                         struct err *e)
{
	(void)in, (void)en, (void)content, (void)e;
	return 0; /* nothing is asked for twice */
}

static const char *const paths[] = {NULL};

const struct inspector inspector_programs = {
	.id = "programs",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Programs that hide",
	.paths = paths,
	.want = INSPECT_STREAM,
	.checks = 1U << CHECK_MALWARE,
	.min = 16,
	.max = INSPECT_FILE_MAX,
	.file = programs_file,
	.state_size = sizeof(struct programs_state),
	.piece = programs_piece,
	.end = programs_end,
};
