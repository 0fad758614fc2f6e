/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - findings of rules. */
#include "model/rule.h"

#include <stdarg.h>
#include <stdio.h>

struct finding *rule_found(struct report *r, const struct check_rule *rule, const char *fmt, ...)
{
	struct finding *f = report_finding(r);
	f->check = rule->check;
	f->id = bytes_str(rule->id);
	f->severity = rule->severity;
	f->title = bytes_str(rule->title);
	f->repair = bytes_str(rule->repair);
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	size_t size = n < 0 ? 0 : (size_t)n;
	char *text = arena_alloc(r->arena, size + 1);
	if (n > 0)
		vsnprintf(text, size + 1, fmt, again);
	va_end(again);
	f->reason = bytes_of(text, size);
	struct bytes list = bytes_str(rule->source);
	for (struct bytes one; bytes_split(&list, ',', &one);)
		list_add(r, &f->references, bytes_trim(one));
	return f;
}
