/* SPDX-License-Identifier: Apache-2.0 */
/* tests.h - what the files of structure tests share.  Private to judge/. */
#ifndef JUDGE_TESTS_H
#define JUDGE_TESTS_H

#include "judge/judge.h"

/* What lies at a path as a user writes it. */
enum found { FOUND_NOTHING, FOUND_FOLDER_IMPLIED, FOUND_ENTRY };
struct test_place {
	enum found found;
	struct entry en;
	size_t layer;
	struct bytes path; /* real, in the arena */
};
/* Links on the way are followed, a link at its end only where that is asked for. */
struct test_place test_find(const struct judge_input *in, struct arena *a, struct bytes path,
                            bool is_followed);

/* Goes over the copyright files that Debian's licence test looks at, in order: their paths, and
 * those of packages that have none, too. */
void test_copyrights(const struct judge_input *in, struct arena *a,
                     void (*fn)(void *arg, struct bytes path), void *arg);

/* The regular expressions that a licence test asks about each file. */
extern const char *const test_licenses[];
#define TEST_LICENSES 2

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };
/* Was the expression found in the file at that place? */
enum answer test_answer(const struct judge_questions *q, const struct test_place *p,
                        struct bytes pattern);

#endif
