/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_python.c - the core metadata of Python packages.
 *
 * Format: packaging.python.org, "Core metadata specifications" (METADATA of a wheel, PKG-INFO of an
 * egg): headers like those of a mail up to the first empty line; of a header that comes twice the
 * first counts, but for Classifier.
 */
#include "fmt/lang.h"

struct metadata {
	struct bytes name, version, license, expression;
	struct buf *classifiers; /* licences, joined by ", " */
};

struct header {
	struct bytes name, value; /* value: first line */
	bool is_folded;           /* more lines follow */
};

/* Takes the next header off *rest; false at the end of the headers. */
static bool next_header(struct bytes *rest, struct header *ret)
{
	struct bytes line, after;
	if (!bytes_line(rest, &line) || line.n == 0 ||
	    !bytes_cut(line, ':', &ret->name, &ret->value))
		return false;
	ret->value = bytes_trim(ret->value);
	ret->is_folded = false;
	for (after = *rest; after.n && (after.p[0] == ' ' || after.p[0] == '\t'); after = *rest) {
		bytes_line(rest, &line);
		if (ret->value.n == 0)
			ret->value = bytes_trim(line);
		else
			ret->is_folded = true;
	}
	return true;
}

/* "License :: OSI Approved :: MIT License" */
static void classify(struct metadata *m, struct bytes value)
{
	if (!bytes_starts(value, B("License ::")))
		return;
	ssize_t colon = bytes_rfind(value, ':');
	struct bytes last = bytes_trim(bytes_skip(value, (size_t)colon + 1));
	if (bytes_eq(last, B("OSI Approved")) || last.n == 0)
		return;
	if (m->classifiers->n)
		buf_adds(m->classifiers, ", ");
	buf_add(m->classifiers, last);
}

static void keep(struct metadata *m, const struct header *h)
{
	const struct {
		struct bytes name, *to;
	} fields[] = {
		{B("Name"),               &m->name      },
		{B("Version"),            &m->version   },
		{B("License"),            &m->license   },
		{B("License-Expression"), &m->expression},
	};
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		bool is_text = fields[i].to == &m->license && h->is_folded; /* a whole licence */
		if (bytes_eq_nocase(h->name, fields[i].name) && !fields[i].to->p && !is_text)
			*fields[i].to = h->value;
	}
	if (bytes_eq_nocase(h->name, B("Classifier")))
		classify(m, h->value);
}

/* "Names and normalization": lower case, each run of "-", "_" and "." one "-"; package URLs ask for
 * less, and advisories are filed like this. */
static struct bytes fold_name(struct arena *a, struct bytes name)
{
	uint8_t *p = arena_alloc(a, name.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		bool is_mark = c == '-' || c == '_' || c == '.';
		if (!is_mark)
			p[n++] = to_lower(c);
		else if (n == 0 || p[n - 1] != '-')
			p[n++] = '-';
	}
	return bytes_of(p, n);
}

int lang_python(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	AUTO_BUF struct buf classifiers;
	buf_init(&classifiers, (size_t)LANG_FIELD_MAX);
	struct metadata m = {.classifiers = &classifiers};
	if (bytes_starts(text, B("\xef\xbb\xbf")))
		text = bytes_skip(text, 3);
	for (struct header h; next_header(&text, &h);)
		keep(&m, &h);
	struct bytes license = m.expression.n ? m.expression : m.license;
	if (license.n == 0 || bytes_eq_nocase(license, B("UNKNOWN")))
		license = buf_bytes(&classifiers);
	struct lang_package p = {.name = m.name, .version = m.version, .license = license};
	if (lang_check(&p, e) < 0)
		return -1;
	p.name = fold_name(a, p.name);
	p.version = arena_dup(a, p.version);
	p.license = arena_dup(a, p.license);
	*ret = p;
	return 1;
}

struct bytes lang_python_name(struct bytes requirement)
{
	size_t n = 0;
	requirement = bytes_trim(requirement);
	while (n < requirement.n &&
	       (is_alnum(requirement.p[n]) || (n && requirement.p[n] == '.') ||
	        (n && requirement.p[n] == '-') || (n && requirement.p[n] == '_')))
		n++;
	while (n && !is_alnum(requirement.p[n - 1]))
		n--;
	return bytes_slice(requirement, 0, n);
}

/* RFC 4180, which the specification of RECORD asks for: a field in quotes may hold commas, and a
 * quote as two. */
bool lang_python_record(struct bytes *text, struct buf *b)
{
	struct bytes line;
	while (bytes_line(text, &line)) {
		buf_reset(b);
		bool is_quoted = bytes_starts(line, B("\""));
		for (size_t i = is_quoted; i < line.n; i++) {
			if (!is_quoted && line.p[i] == ',')
				break;
			if (is_quoted && line.p[i] == '"' && (++i >= line.n || line.p[i] != '"'))
				break;
			buf_addc(b, line.p[i]);
		}
		if (b->n && !b->overflow)
			return true;
	}
	return false;
}
