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

#endif
