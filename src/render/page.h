/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - lines of text for people: columns, wrapping, colour.  Private to render/.
 *
 * Text reaches a page escaped (page_escape), so that a column of a page is a column of the screen
 * and no byte of an image drives the terminal or a CI runner.
 */
#ifndef RENDER_PAGE_H
#define RENDER_PAGE_H

#include <stdio.h>

#include "base/base.h"

enum paint {
	PAINT_NONE,
	PAINT_BOLD,
	PAINT_DIM,
	PAINT_GOOD,
	PAINT_WARN,
	PAINT_BAD,
	PAINT_WORST,
	PAINT_COOL,
	PAINT_ODD,
	PAINT__MAX
};

struct cell {
	struct bytes text; /* escaped */
	enum paint paint;
};

static inline struct cell cell_of(struct bytes text, enum paint paint)
{
	return (struct cell){text, paint};
}

struct page {
	FILE *out;
	unsigned width; /* columns; 0: no limit */
	bool is_colored;
	struct arena *arena; /* of the texts on it */
	struct buf line;
	unsigned at; /* columns of the line that are written */
};

/* The arena is the caller's and outlives the page. */
void page_init(struct page *p, FILE *out, struct arena *a);
void page_fini(struct page *p);

/* A copy in the page's arena, safe to show; what is longer than 64 KiB is cut, and says so. */
struct bytes page_escape(struct page *p, struct bytes text);

/* Adds to the line. */
void page_put(struct page *p, struct cell c);
void page_pad(struct page *p, unsigned column); /* blanks up to column, if it is not reached yet */
/* Writes the line (without blanks at its end) and begins the next. */
void page_end(struct page *p);
/* A paragraph, each line behind indent blanks. */
void page_paragraph(struct page *p, unsigned indent, struct cell c);
/* Cells parted by two blanks, on as many lines as they need; the later ones are indented by two
 * more. */
void page_flow(struct page *p, unsigned indent, const struct cell *cells, size_t n);

/* Columns that escaped text takes on a screen: 2 for wide characters, 0 for combining marks. */
unsigned columns_of(struct bytes text);
/* Takes the next line of at most width columns (0: no limit) off *rest, broken at a blank where
 * there is one; false at the end. */
bool columns_line(struct bytes *rest, unsigned width, struct bytes *ret);
/* text itself where it fits, else its beginning and an ellipsis. */
struct bytes columns_cut(struct page *p, struct bytes text, unsigned width);

#endif
