/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - what is gathered of programs to account for them.  Private to judge/. */
#ifndef JUDGE_ACCOUNT_H
#define JUDGE_ACCOUNT_H

#include "judge/made.h"

struct program {
	struct bytes path;
	size_t layer;
	uint64_t size;
	struct fact_sums sums;
	bool is_run;            /* may be run: execute bit, or ELF */
	bool is_of_base;        /* as in a base that is known */
	bool is_listed;         /* a package owns it */
	bool is_claimed;        /* explained: owned, and not otherwise than it should be */
	bool is_unknown;        /* claimed with a digest of a kind that was not made */
	bool is_changed;        /* a package states another digest */
	bool is_known;          /* as in an image that is trusted, or of a known base */
	bool is_signed;         /* as in a signed repository, or of an admitted base */
	bool is_denied;         /* want is from there, whatever the database says */
	struct bytes denied_by; /* which of them; absent: it does not say */
	bool is_conffile;
	struct bytes package;
	struct bytes named; /* the path as the package calls it; of the facts */
	struct bytes want;  /* the digest it states */
	size_t stated;      /* bytes of a digest of the kind that its database has */
};

/* Programs that one package lost. */
struct lost {
	struct bytes package, first;
	size_t n;
};

struct account {
	const struct judge_input *in;
	struct report *r;
	struct arena *a;
	struct program *v;
	size_t n, cap;
	size_t layer; /* being gone over */
	struct seen_links links;
	struct map *files;     /* path → index in v, plus one */
	struct map *installed; /* names of packages, with and without architecture → fact_package */
	struct map *folders;   /* that belong to a language's package */
	struct map *diversions;  /* from → struct fact_divert */
	struct map *lost_of;     /* package → index in lost, plus one */
	struct made_step *steps; /* per layer */
	struct lost *lost;
	size_t n_lost, cap_lost;
	size_t n_of_base; /* programs that nothing but the base explains */
	struct {
		uint64_t n, bytes;
		struct bytes first;
	} * hidden; /* per layer */
};

/* NULL: it is not installed. */
const struct fact_package *account_package(const struct account *c, struct bytes package);
/* The digest that can be compared with one of n bytes; absent: none of its kind was made. */
struct bytes account_sum(const struct program *p, size_t n);

/* ---- account_known.c: what is known of packages from elsewhere ---- */

/* The package whose script in dpkg's database this is; absent: it is none. */
struct bytes account_script_package(struct bytes path);
/* Compares all programs with what is known, and adds them to what is learned. */
void account_known(struct account *c);
/* What comes unchanged from the layers of a base that is known, or admitted. */
void account_base(struct account *c);

#endif
