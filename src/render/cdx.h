/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cdx.h - CycloneDX as JSON and as XML from one description.  Private to render/.
 *
 * The writer calls these in the order of the XML schema, in which order matters; what is an
 * attribute in XML comes first.  Source: CycloneDX 1.4 to 1.7, bom-*.schema.json and bom-*.xsd.
 */
#ifndef RENDER_CDX_H
#define RENDER_CDX_H

#include "render/markup.h"
#include "render/parts.h"

enum { CDX_DEPTH = 16 };

struct cdx_out {
	bool is_xml;
	FILE *out;
	struct arena *a;
	struct json_out j;
	const char *names[CDX_DEPTH]; /* of the open elements */
	unsigned depth;
	bool is_open;  /* the tag of the innermost element still takes attributes */
	bool has_text; /* it has text, so that its end stands on the same line */
};

void cdx_begin(struct cdx_out *o, const char *key); /* an object that is a member */
void cdx_item(struct cdx_out *o, const char *name); /* one in a list; name: of its element */
void cdx_end(struct cdx_out *o);
void cdx_list(struct cdx_out *o, const char *key);
void cdx_list_end(struct cdx_out *o);
void cdx_attr(struct cdx_out *o, const char *key, struct bytes value);
void cdx_leaf(struct cdx_out *o, const char *key, struct bytes value);    /* nothing when absent */
void cdx_content(struct cdx_out *o, const char *key, struct bytes value); /* text of an element */
/* Only one of the two has this level. */
void cdx_json_begin(struct cdx_out *o, const char *key); /* key NULL: an object in a list */
void cdx_json_end(struct cdx_out *o);

#endif
