/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cdx.c - one description, written as JSON or as XML.
 */
#include "render/cdx.h"

static void indent(struct cdx_out *o) { fprintf(o->out, "\n%*s", (int)o->depth * 2, ""); }

static void close_tag(struct cdx_out *o)
{
	if (o->is_open)
		fputc('>', o->out);
	o->is_open = false;
}

static void open_tag(struct cdx_out *o, const char *name)
{
	close_tag(o);
	indent(o);
	fprintf(o->out, "<%s", name);
	o->names[o->depth++] = name;
	o->is_open = true;
	o->has_text = false;
}

static void end_tag(struct cdx_out *o)
{
	const char *name = o->names[--o->depth];
	if (o->is_open) {
		fputs("/>", o->out);
	} else {
		if (!o->has_text)
			indent(o);
		fprintf(o->out, "</%s>", name);
	}
	o->is_open = false;
	o->has_text = false;
}

void cdx_begin(struct cdx_out *o, const char *key)
{
	if (o->is_xml)
		open_tag(o, key);
	else
		cdx_json_begin(o, key);
}

void cdx_item(struct cdx_out *o, const char *name)
{
	if (o->is_xml)
		open_tag(o, name);
	else
		jout_object(&o->j);
}

void cdx_end(struct cdx_out *o)
{
	if (o->is_xml)
		end_tag(o);
	else
		jout_object_end(&o->j);
}

void cdx_list(struct cdx_out *o, const char *key)
{
	if (o->is_xml) {
		open_tag(o, key);
		return;
	}
	jout_key(&o->j, key);
	jout_array(&o->j);
}

void cdx_list_end(struct cdx_out *o)
{
	if (o->is_xml)
		end_tag(o);
	else
		jout_array_end(&o->j);
}

void cdx_attr(struct cdx_out *o, const char *key, struct bytes value)
{
	if (o->is_xml)
		markup_attribute(o->out, o->a, key, value);
	else
		jout_kbytes(&o->j, key, value);
}

void cdx_content(struct cdx_out *o, const char *key, struct bytes value)
{
	if (!o->is_xml) {
		jout_kbytes(&o->j, key, value);
		return;
	}
	close_tag(o);
	markup_text(o->out, o->a, value);
	o->has_text = true;
}

void cdx_leaf(struct cdx_out *o, const char *key, struct bytes value)
{
	if (!value.n)
		return;
	if (!o->is_xml) {
		jout_kbytes(&o->j, key, value);
		return;
	}
	open_tag(o, key);
	cdx_content(o, key, value);
	end_tag(o);
}

void cdx_json_begin(struct cdx_out *o, const char *key)
{
	if (o->is_xml)
		return;
	if (key)
		jout_key(&o->j, key);
	jout_object(&o->j);
}

void cdx_json_end(struct cdx_out *o)
{
	if (!o->is_xml)
		jout_object_end(&o->j);
}
