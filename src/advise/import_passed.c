/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_passed.c - which ecosystems records of OSV name that assay does not read: what is passed
 * over is told once for all documents of a call.
 */
#include "advise/language.h"
#include "advise/osv.h"
#include "advise/sink.h"

enum { NAMES = 32, NAME_LEN = 60 };

static bool is_named(const struct import_passed *p, struct bytes name)
{
	for (struct bytes rest = buf_bytes(&p->names), one; bytes_split(&rest, '\n', &one);) {
		if (bytes_eq(one, name))
			return true;
	}
	return false;
}

/* "FreeBSD:ports:14" is told as FreeBSD. */
static void add_name(struct import_passed *p, struct bytes ecosystem)
{
	struct bytes head, tail;
	bytes_cut(ecosystem, ':', &head, &tail);
	head = bytes_slice(head, 0, NAME_LEN);
	if (is_named(p, head) || p->n_names > NAMES)
		return;
	if (!p->n_names)
		buf_init(&p->names, (NAMES + 1) * (NAME_LEN + 1));
	if (++p->n_names <= NAMES)
		buf_addf(&p->names, "%s%.*s", p->n_names > 1 ? "\n" : "", BYTES_FMT(head));
}

void import_passed_add(struct import_passed *p, struct bytes text, bool is_used)
{
	struct bytes rest = text, name, release;
	bool is_passed = false, is_empty = true;
	while (osv_next_text(&rest, B("\"ecosystem\""), &name)) {
		is_empty = false;
		if (!name.n || language_by_osv(name) || osv_ecosystem(name, &release))
			continue;
		add_name(p, name);
		is_passed = true;
	}
	p->records += is_passed;
	rest = text;
	/* a withdrawn record may affect nothing */
	p->nameless += is_empty && !is_used && bytes_search(text, B("\"GIT\"")) >= 0;
}

bool import_passed_say(const struct import_passed *p, struct buf *ret)
{
	bool is_next = false;
	if (p->records)
		buf_adds(ret, "ecosystems that assay does not read: ");
	for (struct bytes rest = buf_bytes(&p->names), one; bytes_split(&rest, '\n', &one);) {
		buf_addf(ret, "%s%.*s", is_next ? ", " : "", BYTES_FMT(one));
		is_next = true;
	}
	if (p->records)
		buf_addf(ret, "%s (records: %llu)", p->n_names > NAMES ? " and others" : "",
		         (unsigned long long)p->records);
	if (p->nameless)
		buf_addf(ret, "%srecords that name commits of repositories and no package: %llu",
		         p->records ? "; " : "", (unsigned long long)p->nameless);
	return ret->n > 0;
}
