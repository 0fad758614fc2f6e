/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c - the JSON Schema of the report. */
#include "render/parts.h"

int render_schema(FILE *out, struct err *e)
{
	(void)out;
	return err_set(e, ERR_UNSUPPORTED, "the schema is not written yet");
}
