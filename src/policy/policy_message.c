/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_message.c - messages with expressions in them: "{finding.id} is fixed in {finding.fixed}".
 */
#include "policy/policy_parts.h"

#include <stdlib.h>
#include <string.h>

static int add_expression(struct policy *p, struct bytes text, struct policy_part *to,
                          struct err *e)
{
	struct err inner = {.msg = ""};
	(void)p;
	if (cel_compile(&policy_env, text, &to->program, &inner) == 0)
		return 0;
	/* the place in the expression is of no use: the message's is named */
	const char *what = strchr(inner.msg, ' ');
	return err_set(e, ERR_FORMAT, "\"{%.*s}\":%s", BYTES_FMT(text), what ? what : inner.msg);
}

int policy_message_parse(struct policy *p, struct policy_rule *r, size_t *ret_at, struct err *e)
{
	struct policy_part *v = arena_alloc(p->arena, POLICY_MESSAGE_PARTS_MAX * sizeof *v);
	struct bytes m = r->message;
	size_t n = 0, at = 0;
	r->parts = v;
	while (at < m.n) {
		size_t from = at;
		*ret_at = at;
		if (n == POLICY_MESSAGE_PARTS_MAX)
			return err_set(e, ERR_LIMIT, "a message of more than %d parts",
			               POLICY_MESSAGE_PARTS_MAX);
		bool is_brace = m.p[at] == '{' && at + 1 < m.n && m.p[at + 1] == '{';
		if (m.p[at] == '{' && !is_brace) {
			ssize_t end = bytes_find(bytes_skip(m, at), '}');
			if (end < 0)
				return err_set(e, ERR_FORMAT, "{ is not closed in the message");
			if (add_expression(p, bytes_slice(m, at + 1, at + (size_t)end), &v[n], e) <
			    0)
				return -1;
			r->n_parts = ++n;
			at += (size_t)end + 1;
			continue;
		}
		at += 1 + is_brace;
		from += is_brace;
		while (at < m.n && m.p[at] != '{')
			at++;
		v[n++].text = bytes_slice(m, from, at);
		r->n_parts = n;
	}
	return 0;
}

/* As much of the text as there is room for, in whole characters. */
static void add_cut(struct buf *b, struct bytes text)
{
	size_t n = MIN_OF(text.n, b->max - b->n);
	while (n && n < text.n && (text.p[n] & 0xc0) == 0x80)
		n--;
	buf_add(b, bytes_slice(text, 0, n));
}

struct bytes policy_message(struct cel_run *run, struct report *r, const struct policy_rule *rule)
{
	AUTO_BUF struct buf b, shown;
	buf_init(&b, POLICY_MESSAGE_MAX);
	buf_init(&shown, POLICY_MESSAGE_MAX);
	for (size_t i = 0; i < rule->n_parts; i++) {
		const struct policy_part *p = &rule->parts[i];
		if (!p->program) {
			add_cut(&b, p->text);
			continue;
		}
		struct cel_value v = cel_evaluate(run, p->program);
		buf_reset(&shown);
		if (v.kind != CEL_STRING)
			cel_show(&shown, &v, 200);
		add_cut(&b, v.kind == CEL_STRING ? bytes_slice(v.s, 0, 200) : buf_bytes(&shown));
	}
	return arena_dup(r->arena, buf_bytes(&b));
}
