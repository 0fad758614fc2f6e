/* SPDX-License-Identifier: Apache-2.0 */
/* lang.c - what inspectors of language packages share. */
#include "inspect/lang.h"

void lang_state(struct inspect *in, const char *type, const struct lang_package *p)
{
	inspect_package(in, &(struct fact_package){
				    .type = bytes_str(type),
				    .name = p->name,
				    .version = p->version,
				    .license = p->license,
			    });
}
