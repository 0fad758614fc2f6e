/* SPDX-License-Identifier: Apache-2.0 */
/* secret_parts.h - what the files of the secret scan share.  Private to them. */
#ifndef INSPECT_SECRET_PARTS_H
#define INSPECT_SECRET_PARTS_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs/hs_runtime.h>
#include <pcre2.h>

#include "inspect/secret_scan.h"

enum {
	SCAN_AHEAD = 2048, /* bytes behind a hit that its confirmation may read */
	SCAN_MERGE = 1024, /* ends of one rule this close are one hit */
	SCAN_TAIL = 8192,  /* >= SECRET_SPAN_MAX + SCAN_MERGE + SCAN_AHEAD */
};
_Static_assert(SCAN_TAIL >= 4096 + SCAN_MERGE + SCAN_AHEAD, "a hit fits");

struct confirm { /* of one rule, compiled when it is first hit */
	pcre2_code *regex, *allow, *context, *path;
	bool is_ready;
};

struct allow { /* the same of an allow list */
	pcre2_code *regex, *path;
	bool is_ready;
};

/* A name that rules of assignments wait for. */
struct near {
	uint32_t rule;
	struct bytes name;
	uint16_t pairs[2]; /* its first two bytes and its last two, as near_pair() has them */
};

struct secret_scan {
	const struct rules *rules;
	hs_database_t *db;
	hs_scratch_t *scratch;
	struct confirm *confirms;
	struct near *nears; /* in the order of their rules */
	size_t n_nears, cap_nears;
	struct allow *allows;         /* as many as the rules have */
	bool has_keywords, has_paths; /* does a rule have them? */
	pcre2_match_data *match;
	pcre2_match_context *limits;
	struct secret_stream *spare; /* of the last file, reset */
};

struct hit {
	uint32_t rule;        /* index, or n + RULES_BASE64, ... */
	uint64_t first, last; /* ends */
};

/* Does a rule's path mean the file?  Asked once. */
enum place { PLACE_UNKNOWN, PLACE_MEANT, PLACE_OTHER };

struct secret_stream {
	struct secret_scan *scan;
	hs_stream_t *hs;
	struct arena *arena; /* path, masks */
	struct bytes path;
	/* where we are */
	uint64_t at; /* bytes before the piece at hand */
	struct bytes piece;
	uint8_t tail[SCAN_TAIL]; /* what lies before it */
	size_t tail_n;
	uint8_t join[2 * SCAN_TAIL]; /* tail and the first of the piece, when asked for */
	size_t join_n;
	uint64_t lines;               /* line feeds before the piece */
	uint64_t line_at, line_count; /* the last place that was asked about */
	bool is_text, is_started, is_last, is_cut;
	/* UTF-16 */
	int wide; /* 0 no, 1 little endian, 2 big endian */
	uint8_t half;
	bool has_half;
	uint8_t *narrow; /* a converted part */
	/* hits that wait for their confirmation */
	struct hit *hits;
	size_t n_hits, cap_hits;
	uint32_t *open; /* per rule: 1 + index into hits, 0 none */
	uint64_t *done; /* per rule: confirmed up to here */
	bool *keyword;  /* per rule: one of its keywords was met */
	uint8_t *place; /* per rule with a path: enum place of this file */
	uint64_t confirms;
	unsigned depth; /* of decoding */
	/* what was found */
	struct secret_found *found;
	size_t n_found, cap_found;
	uint64_t n_more; /* not kept */
};

/* secret_confirm.c: looks at the bytes around a hit; w begins at offset w_at of the file. */
void secret_confirm(struct secret_stream *st, const struct hit *h, struct bytes w, uint64_t w_at);
void secret_assignment(struct secret_stream *st, const struct hit *h, struct bytes w,
                       uint64_t w_at);
void secret_nears_make(struct secret_scan *s);
void secret_confirms_free(struct secret_scan *s);
/* A rule about paths alone: does it mean this file? */
void secret_confirm_path(struct secret_stream *st, uint32_t rule);
/* Is what a hit matched allowed?  secret_allow.c */
struct secret_match {
	struct bytes whole, value; /* of one match */
	struct bytes around;       /* what the match lies in */
};
bool secret_allowed(struct secret_stream *st, const struct rule_record *r,
                    const struct secret_match *m);
void secret_allows_free(struct secret_scan *s);
bool secret_matches(struct secret_scan *s, const pcre2_code *code, struct bytes text);
pcre2_code *secret_compile(const struct rules *r, uint32_t at, unsigned flags);
bool secret_has_word(struct bytes words, struct bytes v);
/* secret_decode.c */
void secret_decode(struct secret_stream *st, const struct hit *h, struct bytes w, uint64_t w_at);
/* Line of an offset that lies in the piece or the tail. */
uint32_t secret_line(struct secret_stream *st, uint64_t at);
void secret_keep(struct secret_stream *st, const struct secret_found *f);
struct secret_stream *secret_open_at(struct secret_scan *s, struct bytes path, unsigned depth);

#endif
