/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - what the forms share.  Private to render/.
 */
#ifndef RENDER_PARTS_H
#define RENDER_PARTS_H

#include "render/render.h"

#define FORM(name) extern const struct render_form render_form_##name;
#include "render/forms.def"
#undef FORM

/* A copy that is safe to show to people in any form (text_escape); what is longer than 64 KiB is
 * cut, and ends with an ellipsis. */
struct bytes render_escape(struct arena *a, struct bytes text);
/* The same in at most max bytes (3 and more), with "..." at its end where it was cut. */
struct bytes render_cut(struct arena *a, struct bytes text, size_t max);

/* A web address that can stand in a form as it is. */
bool render_is_link(struct bytes b);
/* The page about an id ("CVE-2024-1", "DSA-1-1"), the id itself where it is an address; absent:
 * none that is known. */
struct bytes render_link(struct arena *a, struct bytes id);

#endif
