/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_lines.c - expressions on standard input, a JSON text each line, and what they give: the other
 * side of bench/cel-compare.  With --time the time of all of them.
 */
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(struct buf *b, const struct cel_value *v);

static void show_hex(struct buf *b, const char *prefix, struct bytes s)
{
	buf_adds(b, prefix);
	for (size_t i = 0; i < s.n; i++)
		buf_addf(b, "%02x", s.p[i]);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void show_map(struct buf *b, const struct cel_map *m)
{
	char **texts = mem_alloc((m->n + 1) * sizeof(char *));
	for (size_t i = 0; i < m->n; i++) {
		AUTO_BUF struct buf one;
		buf_init(&one, 1 << 24);
		show(&one, &m->keys[i]);
		buf_addc(&one, '=');
		show(&one, &m->values[i]);
		texts[i] = mem_strdup(buf_cstr(&one));
	}
	qsort(texts, m->n, sizeof *texts, by_text);
	buf_addc(b, '{');
	for (size_t i = 0; i < m->n; i++) {
		buf_addf(b, "%s%s", i ? "," : "", texts[i]);
		free(texts[i]);
	}
	buf_addc(b, '}');
	free(texts);
}

static void show_list(struct buf *b, const struct cel_list *l)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < l->n; i++) {
		buf_adds(b, i ? "," : "");
		show(b, &l->v[i]);
	}
	buf_addc(b, ']');
}

/* string(d) writes doubles as cel-go does. */
static void show_double(struct buf *b, double d)
{
	const struct cel_env env = {.is_loose = true};
	const struct cel_var vars[] = {
		{.name = "d", .type = "d"},
                {.name = NULL          }
        };
	struct cel_env with = env;
	struct cel_program *p;
	struct cel_run r;
	with.vars = vars;
	cel_compile(&with, B("string(d)"), &p, NULL);
	cel_run_init(&r, &with, NULL);
	cel_run_set(&r, 0, cel_double(d));
	struct cel_value v = cel_evaluate(&r, p);
	buf_addf(b, "d:%.*s", BYTES_FMT(v.s));
	cel_run_fini(&r);
	cel_program_free(p);
}

static void show(struct buf *b, const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_ERROR:
		buf_adds(b, "error");
		break;
	case CEL_STRING:
		show_hex(b, "s:", v->s);
		break;
	case CEL_BYTES:
		show_hex(b, "b:", v->s);
		break;
	case CEL_DOUBLE:
		show_double(b, v->d);
		break;
	case CEL_DURATION:
		buf_addf(b, "D:%lld", (long long)v->i);
		break;
	case CEL_TIMESTAMP:
		buf_addf(b, "t:%lld.%lld", (long long)v->time.s, (long long)v->time.ns);
		break;
	case CEL_TYPE:
		buf_addf(b, "T:%.*s", BYTES_FMT(cel_type_name(v->type)));
		break;
	case CEL_LIST:
		show_list(b, v->list);
		break;
	case CEL_MAP:
		show_map(b, v->map);
		break;
	case CEL_OPTIONAL:
		buf_adds(b, v->opt ? "some(" : "none");
		if (v->opt) {
			show(b, v->opt);
			buf_addc(b, ')');
		}
		break;
	default:
		cel_show(b, v, 4096);
	}
}

int main(void)
{
	static const struct cel_var no_vars[] = {{.name = NULL}};
	static const struct cel_env env = {.vars = no_vars};
	struct cel_run r;
	char *line = NULL;
	size_t cap = 0;
	cel_run_init(&r, &env, NULL);
	for (ssize_t n; (n = getline(&line, &cap, stdin)) > 0;) {
		AUTO_JSON json_t *root = json_loadb(line, (size_t)n, JSON_DECODE_ANY, NULL);
		AUTO_BUF struct buf b;
		struct cel_program *p;
		struct err e;
		buf_init(&b, 1 << 24);
		if (cel_compile(&env, json_bytes(root), &p, &e) < 0) {
			printf("check %s\n", e.msg);
			continue;
		}
		struct cel_value v = cel_evaluate(&r, p);
		show(&b, &v);
		printf("%s%s%.*s\n", buf_cstr(&b), v.kind == CEL_ERROR ? " " : "",
		       BYTES_FMT(v.kind == CEL_ERROR ? v.s : (struct bytes){0}));
		cel_program_free(p);
	}
	cel_run_fini(&r);
	free(line);
	return 0;
}
