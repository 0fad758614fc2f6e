/* SPDX-License-Identifier: Apache-2.0 */
/* forms.c - the list of report forms. */
#include "render/parts.h"

const struct render_form *const render_forms[] = {
#define FORM(name) &render_form_##name,
#include "render/forms.def"
#undef FORM
	NULL,
};

const struct render_form *render_choose(struct bytes name, const char **ret_version)
{
	struct bytes head, tail;
	*ret_version = NULL;
	bool has_version = bytes_cut(name, '@', &head, &tail);
	const struct render_form *f = render_by_name(head);
	if (!f || !has_version)
		return f;
	for (size_t i = 0; f->versions && f->versions[i]; i++) {
		if (bytes_eq(tail, bytes_str(f->versions[i])))
			*ret_version = f->versions[i];
	}
	return *ret_version ? f : NULL;
}

const struct render_form *render_by_name(struct bytes name)
{
	for (size_t i = 0; render_forms[i]; i++) {
		const struct render_form *f = render_forms[i];
		if (bytes_eq_nocase(name, bytes_str(f->name)))
			return f;
		for (size_t a = 0; f->aliases && f->aliases[a]; a++) {
			if (bytes_eq_nocase(name, bytes_str(f->aliases[a])))
				return f;
		}
	}
	return NULL;
}
