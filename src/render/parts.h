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

#endif
