/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml.c - XML documents through expat, bounded.
 */
#include "advise/xml.h"

#include <expat.h>

enum { PIECE = 64 << 10 };

struct reader {
	const struct feed_xml *h;
	XML_Parser p;
	struct buf text;
	size_t depth;
	uint64_t fed, at_event; /* bytes */
	struct err *e;
	bool failed;
};

static struct bytes local_name(const char *name)
{
	struct bytes n = bytes_str(name);
	ssize_t colon = bytes_rfind(n, ':');
	return bytes_skip(n, (size_t)(colon + 1));
}

struct bytes xml_attr(const char *const *attrs, const char *name)
{
	for (size_t i = 0; attrs[i]; i += 2) {
		if (bytes_eq(local_name(attrs[i]), bytes_str(name)))
			return bytes_str(attrs[i + 1]);
	}
	return (struct bytes){NULL, 0};
}

static void stop(struct reader *r)
{
	r->failed = true;
	XML_StopParser(r->p, XML_FALSE);
}

static void on_open(void *arg, const char *name, const char **attrs)
{
	struct reader *r = arg;
	if (r->failed)
		return;
	r->at_event = r->fed;
	buf_reset(&r->text);
	if (++r->depth > (size_t)XML_DEPTH_MAX) {
		err_set(r->e, ERR_LIMIT, "nested more than %lld levels deep",
		        (long long)XML_DEPTH_MAX);
		stop(r);
		return;
	}
	if (r->h->open(r->h->arg, local_name(name), (const char *const *)attrs, r->e) < 0)
		stop(r);
}

static void on_close(void *arg, const char *name)
{
	struct reader *r = arg;
	if (r->failed)
		return;
	r->at_event = r->fed;
	r->depth--;
	if (r->h->close(r->h->arg, local_name(name), bytes_trim(buf_bytes(&r->text)), r->e) < 0)
		stop(r);
	buf_reset(&r->text);
}

static void on_text(void *arg, const char *p, int n)
{
	struct reader *r = arg;
	if (r->failed)
		return;
	r->at_event = r->fed;
	if (buf_add(&r->text, bytes_of(p, (size_t)n)) < 0) {
		err_set(r->e, ERR_LIMIT, "an element with more than %lld bytes of text",
		        (long long)FEED_LINE_MAX);
		stop(r);
	}
}

static void on_doctype(void *arg, const char *name, const char *system, const char *public, int has)
{
	struct reader *r = arg;
	(void)name, (void)system, (void)public, (void)has;
	err_set(r->e, ERR_FORMAT, "a document type declaration");
	stop(r);
}

static int piece(struct reader *r, struct feed_doc *doc, bool *ret_is_end, struct err *e)
{
	void *p = XML_GetBuffer(r->p, PIECE);
	if (!p)
		die_nomem(PIECE);
	ssize_t n = doc->read(doc, p, PIECE, e);
	if (n < 0)
		return -1;
	r->fed += (uint64_t)n;
	*ret_is_end = n == 0;
	if (XML_ParseBuffer(r->p, (int)n, n == 0) != XML_STATUS_OK) {
		if (!r->failed)
			err_set(e, ERR_FORMAT, "%s", XML_ErrorString(XML_GetErrorCode(r->p)));
		return err_wrap(e, "line %lu", (unsigned long)XML_GetCurrentLineNumber(r->p));
	}
	if (r->fed - r->at_event > (uint64_t)FEED_RECORD_MAX)
		return err_set(e, ERR_LIMIT, "a tag of more than %lld bytes",
		               (long long)FEED_RECORD_MAX);
	return 0;
}

int feed_xml(struct feed_doc *doc, const struct feed_xml *h, struct err *e)
{
	struct err ignored;
	e = e ? e : &ignored;
	struct reader r = {.h = h, .p = XML_ParserCreate(NULL), .e = e};
	if (!r.p)
		die_nomem(PIECE);
	buf_init(&r.text, (size_t)FEED_LINE_MAX);
	XML_SetUserData(r.p, &r);
	XML_SetElementHandler(r.p, on_open, on_close);
	XML_SetCharacterDataHandler(r.p, on_text);
	XML_SetStartDoctypeDeclHandler(r.p, on_doctype);
	XML_SetParamEntityParsing(r.p, XML_PARAM_ENTITY_PARSING_NEVER);
	int res = 0;
	for (bool is_end = false; res == 0 && !is_end;)
		res = piece(&r, doc, &is_end, e);
	XML_ParserFree(r.p);
	buf_fini(&r.text);
	return res;
}
