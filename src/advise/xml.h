/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml.h - XML documents of any size, as events.  Private to advise/.
 *
 * Nothing outside the document is read: a document type declaration, which could name entities,
 * ends the reading.
 */
#ifndef ADVISE_XML_H
#define ADVISE_XML_H

#include "advise/feed.h"

struct feed_xml {
	/* Names are without prefix and valid during the call only.  attrs: name, value, name,
	 * value, NULL, for xml_attr.  -1 ends the reading. */
	int (*open)(void *arg, struct bytes name, const char *const *attrs, struct err *e);
	/* text: what stands in the element behind its last child, blanks at both ends cut. */
	int (*close)(void *arg, struct bytes name, struct bytes text, struct err *e);
	void *arg;
};

/* Reads doc to its end.  At most XML_DEPTH_MAX levels, FEED_LINE_MAX bytes of text in one element,
 * FEED_RECORD_MAX bytes in one tag.  Faults name the line. */
int feed_xml(struct feed_doc *doc, const struct feed_xml *h, struct err *e);

/* Value of an attribute, prefix ignored; absent where it is missing. */
struct bytes xml_attr(const char *const *attrs, const char *name);

#endif
