/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h - the state of one scan, which scan.c and looks.c share.  Private to flow/.
 */
#ifndef FLOW_SCAN_H
#define FLOW_SCAN_H

#include "flow/fill.h"

/* Facts by what they are kept under: one entry per layer blob of this run, whichever image has it.
 */
struct known {
	struct bytes name; /* of the source's member, or the digest's text */
	struct factset *facts;
	struct err err;  /* why there are none, though the image is not refused */
	bool is_refused; /* the layer itself is at fault: so is an image that has it */
};

struct scan {
	const struct flow_scan_options *o;
	struct source *source;
	const struct source_options *from; /* how sources are opened */
	struct cache *cache;
	struct index *index;
	struct digest set; /* what facts are kept under: the checks that were asked for */
	const struct rules *rules;
	struct inspect_options inspect;
	struct arena *arena;
	struct known *known;
	size_t n_known, cap_known;
	struct flow_layers layers;
	struct judge_signatures signatures;
	struct bytes clamd; /* what clamd says it is; absent: it is not asked */
};

struct stream_job {
	struct scan *s;
	const struct source_layer *layer;
	struct source_stream stream;
	bool is_open;
};
void flow_fill_job(struct inspect_job *job, struct stream_job *stream);

/* The layers of one image, side by side. */
struct merged {
	const struct factset **layers, **looks;
	bool *is_promised;
	struct factset *empty; /* stands for a layer that could not be inspected */
	struct view *view;
	size_t n;
};

/* A bill of materials in the place of an image: o->ref is FLOW_SBOM_PREFIX and its path. */
#define FLOW_SBOM_PREFIX "sbom:"
int flow_sbom(const struct flow_scan_options *o, struct index *index, struct report **ret,
              struct err *e);

/* Second looks at the layers of an image, each layer at most once more, or from the cache: take()
 * has its facts, or with none the reason in job->err.  The facts are the taker's. */
struct flow_asked {
	struct judge_look *looks;
	size_t n;
	void *arg;
	void (*take)(void *arg, size_t layer, struct inspect_job *job);
};
int flow_look(struct scan *s, const struct source_image *im, const struct merged *m,
              const struct flow_asked *asked, struct err *e);
/* Those that inspecting needs, into m->looks. */
int flow_looks(struct scan *s, const struct source_image *im, struct report *r, struct merged *m,
               struct err *e);

/* What came with the image, into r->evidence: what lies beside it (evidence.c), and files in it.
 * Packages have been judged.  What cannot be read is a row of coverage. */
void flow_evidence(const struct scan *s, const struct source_image *im,
                   const struct judge_input *in, struct report *r);

/* What lies beside the image alone. */
void flow_evidence_beside(const struct scan *s, const struct source_image *im, struct report *r);

/* Reads the bases that are named by reference, those of the platform; once.  base_images.c */
int flow_bases(const struct scan *s, struct bytes platform, struct err *e);

/* Comparing bills of materials with what was found: evidence_compare.c. */
struct flow_compare;
struct flow_compare *flow_compare_new(const struct report *r);
void flow_compare_free(struct flow_compare *c);
/* One more of its packages, by its package URL. */
void flow_compare_purl(struct flow_compare *c, struct bytes purl);
/* Fills x->counts from what was given since the last call, and says them in a row. */
void flow_compare_end(struct flow_compare *c, struct report *r, struct report_evidence *x,
                      uint64_t packages);
/* Files in the image, all of them together: what none of them lists. */
void flow_compare_files(struct flow_compare *c, struct report *r, size_t n_files);

/* A layer, or a part of it, was not looked at: a row, with row's code and place, for each of the
 * checks that look at files. */
void flow_cover_lost(struct report *r, unsigned checks, const struct coverage *row,
                     const char *why);

/* The structure tests that were asked for. */
int flow_tests(struct scan *s, const struct source_image *im, const struct merged *m,
               const struct judge_input *in, struct report *r, struct err *e);

/* The checks that judge by rules, as far as they were asked for. */
int flow_judge_rules(const struct scan *s, const struct judge_input *in, struct report *r,
                     struct err *e);

#endif
