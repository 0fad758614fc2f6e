/* SPDX-License-Identifier: Apache-2.0 */
/* xmltree.c - small XML documents, what is refused, and the bounds. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *what, *text, *want; /* want: name[attr=value](children)"text", or the error */
} rows[] = {
	{"elements, attributes, text",     "<a x='1' y=\"2\">t<b/>u</a>",                            "a[x=1][y=2](b())tu"                               },
	{"prefixes are dropped",           "<n:a xmlns:n='u' n:x='1'></n:a>",                        "a[n=u][x=1]()"                                    },
	{"entities and references",        "<a x='&lt;&quot;'>&amp;&#65;&#x20AC;</a>",
         "a[x=<\"]()&A\xe2\x82\xac"														     },
	{"CDATA, comments, instructions",
         "<?xml version='1.0'?><!-- > --><a><![CDATA[<&]]><?p ?></a><!-- -->",                       "a()<&"                                            },
	{"blanks are cut",                 "<a>\n  t \n</a>\n",                                      "a()t"                                             },
	{"a byte order mark",              "\xef\xbb\xbf<a/>",                                       "a()"                                              },
	{"Latin-1",			"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "a()\xc3\xa9"                                      },
	{"empty",			  "",						       "x: line 1: the document ends too early"           },
	{"not XML",			"hello",						  "x: line 1: text outside of the root"              },
	{"cut short",		      "<a>\n<b>",					       "x: line 2: the document ends too early"           },
	{"crossed",			"<a><b></a></b>",					 "x: line 1: the end of an element that is not open"},
	{"two roots",		      "<a/><b/>",					       "x: line 1: more than one root"                    },
	{"a document type",                "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
         "x: line 1: document type declarations are not read"											   },
	{"an entity that is not declared", "<a>&e;</a>",
         "x: line 1: an entity that nothing declares"												   },
	{"a reference to NUL",             "<a>&#0;</a>",                                            "x: line 1: a reference to what is no character"   },
	{"a surrogate",                    "<a>&#xD800;</a>",                                        "x: line 1: a reference to what is no character"   },
	{"a control character",            "<a>\x01</a>",                                            "x: line 1: a character that may not stand here"   },
	{"an attribute without quotes",    "<a x=1/>",
         "x: line 1: the value of an attribute is not in quotes"											},
	{"a tag within a tag",             "<a <b/>",						"x: line 1: a tag that does not end"               },
	{"not UTF-8",		      "<a>\xff</a>",					    "x: not UTF-8"                                     },
};

static void show(const struct xml_node *n, struct buf *b)
{
	buf_add(b, n->name);
	for (const struct xml_pair *p = n->attrs; p; p = p->next)
		buf_addf(b, "[%.*s=%.*s]", BYTES_FMT(p->name), BYTES_FMT(p->value));
	buf_addc(b, '(');
	for (const struct xml_node *c = n->child; c; c = c->next)
		show(c, b);
	buf_addc(b, ')');
	buf_add(b, n->text);
}

static int loads(struct buf *b, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct xml_node *root;
	return xml_load(buf_bytes(b), "x", b->n, a, &root, e);
}

static void repeat(struct buf *b, const char *s, size_t n)
{
	while (n--)
		buf_adds(b, s);
}

static void bounds(void)
{
	AUTO_BUF struct buf b;
	struct err e;
	buf_init(&b, (size_t)MIB(16));
	repeat(&b, "<a>", (size_t)XML_DEPTH_MAX);
	repeat(&b, "</a>", (size_t)XML_DEPTH_MAX);
	test_case(loads(&b, &e) == 0, "XML_DEPTH_MAX levels");
	buf_reset(&b);
	repeat(&b, "<a>", (size_t)XML_DEPTH_MAX + 1);
	test_case(loads(&b, &e) < 0 && e.kind == ERR_LIMIT, "one level more: %s", e.msg);
	buf_reset(&b);
	buf_adds(&b, "<a>");
	repeat(&b, "<b/>", (size_t)XML_NODES_MAX - 1);
	size_t at = b.n;
	buf_adds(&b, "</a>");
	test_case(loads(&b, &e) == 0, "XML_NODES_MAX elements");
	b.n = at;
	buf_adds(&b, "<b/></a>");
	test_case(loads(&b, &e) < 0 && e.kind == ERR_LIMIT, "one element more: %s", e.msg);
	b.n = 1;
	AUTO_ARENA struct arena *a = arena_new();
	const struct xml_node *root;
	test_case(xml_load(B("<a/>"), "x", 3, a, &root, &e) < 0 && e.kind == ERR_LIMIT,
	          "more bytes than asked for");
	test_case(xml_load(bytes_of("\xff\xfe<\0a\0/\0>\0", 10), "x", 10, a, &root, &e) == 0 &&
	                  bytes_eq(root->name, B("a")),
	          "UTF-16");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf got;
		const struct xml_node *root;
		struct err e = {.kind = ERR_NONE};
		buf_init(&got, KIB(4));
		if (xml_load(bytes_str(rows[i].text), "x", KIB(4), a, &root, &e) < 0)
			buf_adds(&got, e.msg);
		else
			show(root, &got);
		if (!test_case(bytes_eq(buf_bytes(&got), bytes_str(rows[i].want)), "%s",
		               rows[i].what))
			printf("# got  %s\n# want %s\n", buf_cstr(&got), rows[i].want);
	}
	bounds();
	return TEST_END();
}
