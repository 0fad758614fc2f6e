/* SPDX-License-Identifier: Apache-2.0 */
/*
 * published.h - which files came with a package of a language's registry.  Private to judge/.
 *
 * Such a file is the same wherever the package is installed: what looks like a secret in it is one
 * of its manual, its tests, or its author.  A package that was installed from a folder or a
 * repository (PEP 610) is the image's own.
 */
#ifndef JUDGE_PUBLISHED_H
#define JUDGE_PUBLISHED_H

#include "judge/judge.h"

struct published;

/* Of the packages that the report lists; both must outlive it. */
struct published *published_new(const struct judge_input *in, const struct report *r);
void published_free(struct published *p); /* accepts NULL */
void auto_published(struct published **p);
#define AUTO_PUBLISHED __attribute__((cleanup(auto_published)))

/* The package that path of that layer came with; NULL: none, or a layer above the package's wrote
 * it. Without a name: one of that type, whose layer is not known. */
const struct package *published_of(const struct published *p, struct bytes path, size_t layer);

#endif
