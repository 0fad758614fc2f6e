/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - the checks that judge the merged image by rules. */
#include "flow/scan.h"

int flow_judge_rules(const struct scan *s, const struct judge_input *in, struct report *r,
                     struct err *e)
{
	static const struct {
		enum check check;
		int (*judge)(const struct judge_input *in, struct report *r, struct err *e);
	} judges[] = {
		{CHECK_BINARY, judge_binary   },
                {CHECK_CONFIG, judge_config   },
		{CHECK_FILE,   judge_modes    },
                {CHECK_FILE,   judge_accounted},
		{CHECK_USER,   judge_privilege},
	};
	unsigned asked = 0;
	for (size_t i = 0; i < ARRAY_LEN(judges); i++)
		asked |= s->o->checks & 1U << judges[i].check;
	if (!asked)
		return 0;
	struct judge_entries entries;
	struct judge_input with = *in;
	judge_entries(in, r->arena, &entries);
	with.entries = &entries;
	for (size_t i = 0; i < ARRAY_LEN(judges); i++) {
		if ((asked & 1U << judges[i].check) && judges[i].judge(&with, r, e) < 0)
			return -1;
	}
	if (s->o->classes && asked & 1U << CHECK_USER) {
		struct bytes repository = s->o->in_repository.n
		                                  ? s->o->in_repository
		                                  : policy_repository(r->image.reference);
		judge_class(&with, &(struct judge_classes){s->o->classes, s->o->class, repository},
		            r);
	}
	return 0;
}
