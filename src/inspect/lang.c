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

void lang_list_item(void *arg, const struct lang_package *p)
{
	const struct lang_list *l = arg;
	lang_state(l->in, l->type, p);
}
