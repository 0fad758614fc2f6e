/* SPDX-License-Identifier: Apache-2.0 */
/* policy_bundle.h - a policy with the files that it names, to be handed on.  Private to flow/. */
#ifndef FLOW_POLICY_BUNDLE_H
#define FLOW_POLICY_BUNDLE_H

#include "flow/flow.h"

/* Beside the files where they were pulled to: what they were pulled as. */
#define POLICY_BUNDLE_FILE "bundle.json"

struct policy_file {
	struct bytes path, text;
};
struct policy_bundle {
	struct bytes name, policy; /* policy: its path among the files */
	int64_t revision;
	struct policy_file *files; /* sorted by path */
	size_t n;
};

/* The policy, all it extends and the waivers that they name; memory is a's and the policy's. */
int policy_bundle_gather(struct arena *a, const struct policy *p, struct policy_bundle *ret,
                         struct err *e);
int policy_bundle_write(const struct policy_bundle *b, struct buf *to, struct err *e);
/* What it gives points into text, or lives in a.  Paths that would lead out are refused. */
int policy_bundle_read(struct arena *a, struct bytes text, const char *name,
                       struct policy_bundle *ret, struct err *e);

#endif
