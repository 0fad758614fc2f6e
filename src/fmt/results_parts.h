/* SPDX-License-Identifier: Apache-2.0 */
/* results_parts.h - what the readers of other tools' results share.  Private to fmt/. */
#ifndef FMT_RESULTS_PARTS_H
#define FMT_RESULTS_PARTS_H

#include "fmt/results.h"
#include "fmt/xmltree.h"

struct results_reader {
	struct arena *a;
	const char *name;
	struct results *runs; /* RESULT_RUNS_MAX */
	size_t n, n_results;
};

/* The next run, zeroed. */
int results_run(struct results_reader *r, const char *form, struct results **ret, struct err *e);
/* Another result of a run, zeroed, score -1. */
int results_add(struct results_reader *r, struct results *of, struct result **ret, struct err *e);
/* A copy, cut at RESULT_TEXT_MAX where a letter ends. */
struct bytes results_text(struct results_reader *r, struct bytes text);
/* Adds a copy to a list that holds `most` at the most; more are dropped. */
void results_list(struct results_reader *r, struct bytes **list, size_t *n, struct bytes text,
                  size_t most);
/* What a property that users and tools set says of the image: its digest, or the commit. */
void results_property(struct results_reader *r, struct results *of, struct bytes name,
                      struct bytes value);
/* A time; one without zone is taken for UTC. */
void results_time(struct bytes text, int64_t *latest_s);
/* A path as a URI or a plain one writes it, cleaned; absent for one that leads nowhere. */
struct bytes results_path(struct results_reader *r, struct bytes uri, bool is_uri);
void results_fault(struct results_reader *r, struct results *of, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

int results_sarif(struct results_reader *r, const json_t *doc, struct err *e);
int results_junit(struct results_reader *r, const struct xml_node *root, struct err *e);
int results_cppcheck(struct results_reader *r, const struct xml_node *root, struct err *e);
int results_cyclonedx(struct results_reader *r, const json_t *doc, struct err *e);

#endif
