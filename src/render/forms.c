/* SPDX-License-Identifier: Apache-2.0 */
/* forms.c - the list of report forms. */
#include "render/parts.h"

const struct render_form *const render_forms[] = {
#define FORM(name) &render_form_##name,
#include "render/forms.def"
#undef FORM
	NULL,
};

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
