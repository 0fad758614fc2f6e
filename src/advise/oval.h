/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oval.h - OVAL definitions of rpm distributions.  Private to advise/.
 *
 * oval_read.c holds a document in a compact form (its definitions stand before the tests, objects
 * and states they name), oval.c turns criteria into records, and one file per publisher says what
 * its platforms and words mean.
 */
#ifndef ADVISE_OVAL_H
#define ADVISE_OVAL_H

#include "advise/feed.h"

/* CVEs of one definition, a kernel update names 1,500; namespaces in one scope, SUSE has 20. */

enum oval_op { OVAL_NONE, OVAL_EQUALS, OVAL_BELOW, OVAL_UPTO, OVAL_ABOVE, OVAL_FROM, OVAL_LIKE };

struct oval_state {
	struct bytes evr, version, arch;
	enum oval_op evr_op, version_op;
	bool is_signature; /* asks who signed the package */
};

/* A test with what it refers to; slices are absent where the document does not say. */
struct oval_test {
	struct bytes object; /* name of a package */
	struct oval_state state;
};

struct oval_cve {
	struct bytes id, cvss;
	enum severity severity;
};

struct oval_definition {
	struct bytes id, title, class, patchable, advisory_id;
	struct bytes ref; /* the publisher's bulletin: ELSA-2007-0057, SUSE-SU-2022:2147-1 */
	enum severity severity;
	int64_t issued_s, updated_s;
	struct oval_cve *cves;
	size_t n_cves, cap_cves;
	size_t from, to; /* criteria: tokens of the document */
	bool is_cut;     /* more than OVAL_CVES_MAX CVEs: the rest is not held */
};

struct oval;

/* What a publisher's file says. */
struct oval_publisher {
	/* When the test asks for a product: 1 and its namespace in ret, 0 when it is one whose
	 * packages are not ours; -1 when it asks for no product. */
	int (*product)(const struct oval_test *t, struct buf *ret);
	/* False: the definition is not for us. */
	bool (*wants)(const struct oval_definition *d);
	/* False: the test's package is not for us (a variant of the same name). */
	bool (*wants_test)(const struct oval_test *t);
	/* Namespace of criteria that name no product, into ret: 1, 0 unknown; NULL: none. */
	int (*default_ns)(const struct feed_doc *doc, const struct oval *o, struct buf *ret);
	bool by_binary;
};

int oval_import(struct feed_doc *doc, struct feed_sink *s, const struct oval_publisher *p,
                struct err *e);

/* ---- oval_read.c ---- */
/* Criteria as a row of tokens: a kind in the two highest bits, an index below. */
enum oval_kind { OVAL_AND, OVAL_OR, OVAL_CLOSE, OVAL_TEST };
#define OVAL_TOKEN(kind, i) ((uint32_t)(kind) << 30 | (uint32_t)(i))
#define OVAL_TOKEN_KIND(t)  ((enum oval_kind)((t) >> 30))
#define OVAL_TOKEN_INDEX(t) ((t)&0x3fffffff)

struct oval_link {              /* a test as the document has it */
	uint32_t object, state; /* index + 1; 0: none */
	struct bytes module;    /* "virt:kvm_utils" of "Module virt:kvm_utils is enabled" */
	bool is_said;           /* the document holds the test, not only its name */
};

struct oval {
	struct arena *arena; /* of the feed, all slices */
	struct oval_definition *definitions;
	size_t n_definitions, cap_definitions;
	uint32_t *tokens;
	size_t n_tokens, cap_tokens;
	struct oval_link *tests;
	struct bytes *objects;
	struct oval_state *states;
	size_t n_tests, n_objects, n_states, cap_tests, cap_objects, cap_states;
	struct map *test_ids, *object_ids, *state_ids; /* last part of an id → index + 1 */
	int64_t stamp_s;                               /* generator/timestamp, 0 unknown */
	size_t memory_max; /* bytes of arena and of tokens: OVAL_MEMORY_MAX, set by the caller */
};
/* Reads doc into *ret (zeroes but memory_max); free it in either case. */
int oval_read(struct feed_doc *doc, struct arena *a, struct oval *ret, struct err *e);
void oval_free(struct oval *o);

#endif
