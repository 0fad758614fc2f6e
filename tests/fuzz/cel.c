/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel.c - fuzz: an expression is parsed, checked and evaluated, strictly and loosely, within
 * bounds.
 */
#include "policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct cel_var vars[] = {
		{.name = "s",    .type = "s"},
                {.name = "m",              .type = "Ms*"},
                {.name = NULL}
        };
	for (int is_loose = 0; is_loose < 2; is_loose++) {
		struct cel_env env = {.vars = vars, .is_loose = is_loose};
		struct cel_program *program;
		struct cel_run run;
		AUTO_BUF struct buf b;
		struct err e;
		if (cel_compile(&env, (struct bytes){p, n}, &program, &e) < 0)
			continue;
		cel_run_init(&run, &env, NULL);
		run.cost_max = 100000;
		cel_run_set(&run, 0, cel_string(B("a text")));
		struct cel_value v = cel_evaluate(&run, program);
		if (run.heap.used > run.heap.max || run.cost > run.cost_max + 10000000)
			abort();
		buf_init(&b, 1000);
		cel_show(&b, &v, 900);
		cel_run_fini(&run);
		cel_program_free(program);
	}
	return 0;
}
