/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xmltree.h - small XML documents as a tree: project files of Java and .NET.
 *
 * Nothing outside the document is read, and a document type declaration, which could name entities,
 * ends the reading.  Bounds: XML_DEPTH_MAX levels, XML_NODES_MAX elements, and of text no more than
 * the document has.  Names are without prefix.
 */
#ifndef FMT_XMLTREE_H
#define FMT_XMLTREE_H

#include "base/base.h"

struct xml_node {
	struct bytes name, text; /* text: of the element itself, blanks at both ends cut */
	const struct xml_node *child, *next;
	const struct xml_pair *attrs;
	unsigned line;
};

struct xml_pair {
	struct bytes name, value;
	const struct xml_pair *next;
};

/* The root; everything lives in a.  Errors name `name` and the line. */
int xml_load(struct bytes text, const char *name, size_t max, struct arena *a,
             const struct xml_node **ret, struct err *e);
/* The first child of that name, NULL without one (or of NULL). */
const struct xml_node *xml_child(const struct xml_node *n, const char *name);
/* The next sibling of that name, n itself included. */
const struct xml_node *xml_named(const struct xml_node *n, const char *name);
/* Text of the first child of that name; absent without one. */
struct bytes xml_text(const struct xml_node *n, const char *name);
struct bytes xml_value(const struct xml_node *n, const char *attr);

#endif
