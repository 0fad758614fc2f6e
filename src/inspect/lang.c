/* SPDX-License-Identifier: Apache-2.0 */
/* lang.c - what inspectors of language packages share. */
#include "inspect/lang.h"

void lang_state_as(struct inspect *in, const char *type, const struct lang_package *p,
                   enum evidence evidence)
{
	_Static_assert((int)LANG_SCOPE__MAX == (int)SCOPE__MAX && (int)LANG_DEV == (int)SCOPE_DEV &&
	                       (int)LANG_OWN == (int)SCOPE_OWN &&
	                       (int)LANG_OPTIONAL == (int)SCOPE_OPTIONAL,
	               "one is the other");
	inspect_package(in, &(struct fact_package){
				    .type = bytes_str(p->type ? p->type : type),
				    .name = p->name,
				    .version = p->version,
				    .license = p->license,
				    .repository = p->source,
				    .depends = p->depends,
				    .uuid = p->uuid,
				    .scope = (enum package_scope)p->scope,
				    .evidence = evidence,
			    });
}

void lang_state(struct inspect *in, const char *type, const struct lang_package *p)
{
	lang_state_as(in, type, p, EVIDENCE_INSTALLED);
}

void lang_state_within(struct inspect *in, const char *type, const struct lang_package *p,
                       struct bytes outer, struct bytes inner)
{
	AUTO_BUF struct buf path;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_add(&path, outer);
	buf_adds(&path, "!/");
	buf_add(&path, inner);
	if (path.overflow) {
		inspect_note(in, "db.broken",
		             "a path within of more than %lld bytes: its package is missing",
		             (long long)PATH_LEN_MAX);
		return;
	}
	inspect_package(in, &(struct fact_package){
				    .head.path = buf_bytes(&path),
				    .type = bytes_str(type),
				    .name = p->name,
				    .version = p->version,
				    .license = p->license,
				    .depends = p->depends,
				    .evidence = EVIDENCE_INSTALLED,
			    });
}

void lang_list_item(void *arg, const struct lang_package *p)
{
	const struct lang_list *l = arg;
	lang_state(l->in, l->type, p);
}

bool lang_is_assembly(struct bytes path)
{
	size_t n = path.n < 4 ? path.n : 4;
	struct bytes end = bytes_skip(path, path.n - n);
	return bytes_eq_nocase(end, B(".dll")) || bytes_eq_nocase(end, B(".exe"));
}
