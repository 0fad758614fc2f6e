/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.c - lines of text for people: columns, wrapping, colour.
 *
 * Columns are counted by a table of our own, so that a report has the same bytes under any locale.
 * Source: UAX #11 (East Asian Width, W and F are two columns), general categories Mn and Me (none).
 */
#include "render/page.h"

#include <string.h>

#include "render/parts.h"

#define ELLIPSIS "\xe2\x80\xa6"

enum {
	CELL_MAX = 64 << 10,       /* bytes of a text before it is escaped; longer ones are cut */
	ESCAPED_MAX = 8,           /* bytes that one byte becomes: "\u{e0041}" stands for four */
	LINE_BYTES_MAX = 64 << 20, /* of one line; wrapped ones are short, and unlimited ones hold
	                              some cells of CELL_MAX */
};

static const char *const codes[PAINT__MAX] = {
	[PAINT_NONE] = "",      [PAINT_BOLD] = "1",  [PAINT_DIM] = "2",
	[PAINT_GOOD] = "32",    [PAINT_WARN] = "33", [PAINT_BAD] = "31",
	[PAINT_WORST] = "1;31", [PAINT_COOL] = "36", [PAINT_ODD] = "35",
};

struct range {
	uint32_t lo, hi;
};

static const struct range wide[] = {
	{0x1100,  0x115f },
        {0x231a,  0x231b },
        {0x2329,  0x232a },
        {0x23e9,  0x23ec },
	{0x23f0,  0x23f0 },
        {0x23f3,  0x23f3 },
        {0x25fd,  0x25fe },
        {0x2614,  0x2615 },
	{0x2648,  0x2653 },
        {0x267f,  0x267f },
        {0x2693,  0x2693 },
        {0x26a1,  0x26a1 },
	{0x26aa,  0x26ab },
        {0x26bd,  0x26be },
        {0x26c4,  0x26c5 },
        {0x26ce,  0x26ce },
	{0x26d4,  0x26d4 },
        {0x26ea,  0x26ea },
        {0x26f2,  0x26f3 },
        {0x26f5,  0x26f5 },
	{0x26fa,  0x26fa },
        {0x26fd,  0x26fd },
        {0x2705,  0x2705 },
        {0x270a,  0x270b },
	{0x2728,  0x2728 },
        {0x274c,  0x274c },
        {0x274e,  0x274e },
        {0x2753,  0x2755 },
	{0x2757,  0x2757 },
        {0x2795,  0x2797 },
        {0x27b0,  0x27b0 },
        {0x27bf,  0x27bf },
	{0x2b1b,  0x2b1c },
        {0x2b50,  0x2b50 },
        {0x2b55,  0x2b55 },
        {0x2e80,  0x303e },
	{0x3041,  0x4dbf },
        {0x4e00,  0xa4cf },
        {0xa960,  0xa97f },
        {0xac00,  0xd7a3 },
	{0xf900,  0xfaff },
        {0xfe10,  0xfe19 },
        {0xfe30,  0xfe6f },
        {0xff01,  0xff60 },
	{0xffe0,  0xffe6 },
        {0x16fe0, 0x18dff},
        {0x1b000, 0x1b2ff},
        {0x1f004, 0x1f004},
	{0x1f0cf, 0x1f0cf},
        {0x1f18e, 0x1f18e},
        {0x1f191, 0x1f19a},
        {0x1f200, 0x1f320},
	{0x1f32d, 0x1f335},
        {0x1f337, 0x1f37c},
        {0x1f37e, 0x1f393},
        {0x1f3a0, 0x1f3ca},
	{0x1f3cf, 0x1f3d3},
        {0x1f3e0, 0x1f3f0},
        {0x1f3f4, 0x1f3f4},
        {0x1f3f8, 0x1f43e},
	{0x1f440, 0x1f440},
        {0x1f442, 0x1f4fc},
        {0x1f4ff, 0x1f53d},
        {0x1f54b, 0x1f54e},
	{0x1f550, 0x1f567},
        {0x1f57a, 0x1f57a},
        {0x1f595, 0x1f596},
        {0x1f5a4, 0x1f5a4},
	{0x1f5fb, 0x1f64f},
        {0x1f680, 0x1f6c5},
        {0x1f6cc, 0x1f6cc},
        {0x1f6d0, 0x1f6d2},
	{0x1f6d5, 0x1f6df},
        {0x1f6eb, 0x1f6ec},
        {0x1f6f4, 0x1f6fc},
        {0x1f7e0, 0x1f7f0},
	{0x1f90c, 0x1f93a},
        {0x1f93c, 0x1f945},
        {0x1f947, 0x1f9ff},
        {0x1fa70, 0x1faff},
	{0x20000, 0x3fffd},
};

static const struct range combining[] = {
	{0x0300,  0x036f },
        {0x0483,  0x0489 },
        {0x0591,  0x05bd },
        {0x05bf,  0x05bf },
        {0x05c1,  0x05c2 },
	{0x05c4,  0x05c5 },
        {0x05c7,  0x05c7 },
        {0x0610,  0x061a },
        {0x064b,  0x065f },
        {0x0670,  0x0670 },
	{0x06d6,  0x06dc },
        {0x06df,  0x06e4 },
        {0x06e7,  0x06e8 },
        {0x06ea,  0x06ed },
        {0x0711,  0x0711 },
	{0x0730,  0x074a },
        {0x07a6,  0x07b0 },
        {0x07eb,  0x07f3 },
        {0x0900,  0x0902 },
        {0x093a,  0x093a },
	{0x093c,  0x093c },
        {0x0941,  0x0948 },
        {0x094d,  0x094d },
        {0x0951,  0x0957 },
        {0x0962,  0x0963 },
	{0x0e31,  0x0e31 },
        {0x0e34,  0x0e3a },
        {0x0e47,  0x0e4e },
        {0x1ab0,  0x1ace },
        {0x1dc0,  0x1dff },
	{0x20d0,  0x20f0 },
        {0x302a,  0x302d },
        {0x3099,  0x309a },
        {0xfe00,  0xfe0f },
        {0xfe20,  0xfe2f },
	{0x1f3fb, 0x1f3ff},
};

static bool is_in(const struct range *r, size_t n, uint32_t c)
{
	size_t lo = 0;
	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;
		if (c >= r[mid].lo && c <= r[mid].hi)
			return true;
		if (c < r[mid].lo)
			n = mid;
		else
			lo = mid + 1;
	}
	return false;
}

static unsigned columns_of_char(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (is_in(combining, ARRAY_LEN(combining), c))
		return 0;
	return is_in(wide, ARRAY_LEN(wide), c) ? 2 : 1;
}

/* Bytes of the next character of b, which is not empty; the columns it takes in *ret. */
static size_t next_char(struct bytes b, unsigned *ret)
{
	*ret = 1;
	if (b.p[0] < 0x80)
		return 1;
	uint32_t c;
	size_t n = utf8_next(b, &c);
	*ret = n ? columns_of_char(c) : 1;
	return n ? n : 1;
}

unsigned columns_of(struct bytes text)
{
	unsigned sum = 0, one;
	while (text.n) {
		text = bytes_skip(text, next_char(text, &one));
		sum += one;
	}
	return sum;
}

/* The longest beginning of b that takes at most width columns, at least one character. */
static size_t prefix(struct bytes b, unsigned width)
{
	unsigned used = 0, one;
	size_t n = 0;
	while (n < b.n) {
		size_t size = next_char(bytes_skip(b, n), &one);
		if (n && used + one > width)
			break;
		used += one;
		n += size;
	}
	return n;
}

bool columns_line(struct bytes *rest, unsigned width, struct bytes *ret)
{
	if (!rest->n)
		return false;
	size_t n = width ? prefix(*rest, width) : rest->n;
	size_t next = n;
	if (n < rest->n) {
		/* the blank may stand right behind what fits */
		ssize_t blank = bytes_rfind(bytes_slice(*rest, 0, n + 1), ' ');
		if (blank > 0) {
			n = (size_t)blank;
			next = n + 1;
		}
	}
	*ret = bytes_slice(*rest, 0, n);
	*rest = bytes_skip(*rest, next);
	return true;
}

struct bytes columns_cut(struct page *p, struct bytes text, unsigned width)
{
	if (!width || columns_of(text) <= width)
		return text;
	struct bytes head = bytes_slice(text, 0, width > 1 ? prefix(text, width - 1) : 0);
	head = bytes_trim(head);
	return bytes_str(arena_printf(p->arena, "%.*s" ELLIPSIS, BYTES_FMT(head)));
}

void page_init(struct page *p, FILE *out, struct arena *a)
{
	*p = (struct page){.out = out, .arena = a};
	buf_init(&p->line, LINE_BYTES_MAX);
}

void page_fini(struct page *p) { buf_fini(&p->line); }

/* Most texts are plain ASCII, which needs no look at each character: no control, nothing that could
 * be a command ("::", "##"). */
static bool is_harmless(struct bytes text)
{
	uint8_t before = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (c < ' ' || c > '~' || (c == before && (c == ':' || c == '#')))
			return false;
		before = c;
	}
	return text.n <= CELL_MAX;
}

struct bytes render_escape(struct arena *a, struct bytes text)
{
	if (is_harmless(text))
		return arena_dup(a, text);
	AUTO_BUF struct buf b;
	buf_init(&b, ESCAPED_MAX * CELL_MAX);
	text_escape(bytes_slice(text, 0, CELL_MAX), &b);
	if (text.n > CELL_MAX)
		buf_adds(&b, ELLIPSIS);
	return arena_dup(a, buf_bytes(&b));
}

struct bytes page_escape(struct page *p, struct bytes text)
{
	return render_escape(p->arena, text);
}

void page_put(struct page *p, struct cell c)
{
	bool is_painted = p->is_colored && c.paint != PAINT_NONE && c.text.n;
	if (is_painted)
		buf_addf(&p->line, "\x1b[%sm", codes[c.paint]);
	buf_add(&p->line, c.text);
	if (is_painted)
		buf_adds(&p->line, "\x1b[0m");
	p->at += columns_of(c.text);
}

void page_pad(struct page *p, unsigned column)
{
	for (; p->at < column; p->at++)
		buf_addc(&p->line, ' ');
}

/* Wrapping may have brought "::" to the start of a line, where GitHub's runner takes it for a
 * command. */
void page_end(struct page *p)
{
	struct bytes b = buf_bytes(&p->line);
	while (b.n && b.p[b.n - 1] == ' ')
		b.n--;
	size_t blanks = 0;
	while (blanks < b.n && b.p[blanks] == ' ')
		blanks++;
	if (bytes_starts(bytes_skip(b, blanks), B("::"))) {
		fprintf(p->out, "%.*s\\x3a", (int)blanks, (const char *)b.p);
		b = bytes_skip(b, blanks + 1);
	}
	bytes_put(b, p->out);
	fputc('\n', p->out);
	buf_reset(&p->line);
	p->at = 0;
}

/* Columns that are left behind indent; 0: no limit. */
static unsigned room(const struct page *p, unsigned indent)
{
	if (!p->width)
		return 0;
	return p->width > indent ? p->width - indent : 1;
}

void page_paragraph(struct page *p, unsigned indent, struct cell c)
{
	for (struct bytes rest = c.text, line; columns_line(&rest, room(p, indent), &line);) {
		page_pad(p, indent);
		page_put(p, (struct cell){line, c.paint});
		page_end(p);
	}
}

/* A cell that does not fit on a line of its own: it fills lines, and the last one stays open. */
static void flow_long(struct page *p, unsigned indent, struct cell c)
{
	struct bytes rest = c.text, line;
	while (columns_line(&rest, room(p, indent), &line)) {
		if (p->at > indent)
			page_end(p);
		page_pad(p, indent);
		page_put(p, (struct cell){line, c.paint});
	}
}

void page_flow(struct page *p, unsigned indent, const struct cell *cells, size_t n)
{
	bool is_first = true;
	for (size_t i = 0; i < n; i++) {
		if (!cells[i].text.n)
			continue;
		unsigned need = columns_of(cells[i].text);
		if (is_first)
			page_pad(p, indent);
		else if (!p->width || p->at + 2 + need <= p->width)
			page_pad(p, p->at + 2);
		else
			page_end(p);
		if (!is_first && !p->at)
			page_pad(p, indent + 2);
		unsigned left = is_first ? indent : indent + 2;
		if (p->width && p->at + need > p->width)
			flow_long(p, left, cells[i]);
		else
			page_put(p, cells[i]);
		is_first = false;
	}
	if (p->at)
		page_end(p);
}
