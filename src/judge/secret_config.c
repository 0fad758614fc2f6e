/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_config.c - secrets in the configuration of an image: environment, labels, command,
 * history with its build arguments.
 *
 * The same rules as for files, over small text.  What is found is hidden in the report, which
 * repeats the configuration, whether the check was asked for or not.
 */
#include "judge/secrets.h"

#include <stdio.h>
#include <string.h>

struct looking {
	struct report *r;
	const struct judge_secrets *js;
	struct secret_scan *scan;
	struct bytes text; /* at hand */
	struct buf hidden; /* the same, without what was found */
	size_t copied;     /* of text */
	const char *where; /* "ENV", ... */
	struct bytes name; /* of the variable or label */
	int32_t layer;
	struct finding *last;
};

static void report(struct looking *l, const struct secret_found *s)
{
	const struct rules *rules = l->js->rules;
	const struct rule_record *rule = &rules->v[s->rule];
	struct finding *f =
		secret_finding(l->r, rules, rule, bytes_str(rules_text(rules, rule->id)));
	f->severity = s->how & SECRET_UNPROVEN ? MIN_OF((enum severity)rule->severity, SEV_LOW)
	                                       : (enum severity)rule->severity;
	f->match = arena_dup(l->r->arena, s->mask);
	f->location.layer = l->layer;
	struct bytes why = bytes_str(rules_text(rules, rule->why));
	if (bytes_ends(why, B(".")))
		why.n--;
	f->reason = bytes_str(arena_printf(
		l->r->arena,
		"%.*s in %s%s%.*s of the image's configuration, which goes wherever the "
		"image goes. %.*s",
		BYTES_FMT(s->mask), l->where, l->name.n ? " " : "", BYTES_FMT(l->name),
		BYTES_FMT(why)));
}

static void found(void *arg, const struct secret_found *s)
{
	struct looking *l = arg;
	if (s->at < l->copied || s->end > l->text.n)
		return;
	buf_add(&l->hidden, bytes_slice(l->text, l->copied, (size_t)s->at));
	buf_add(&l->hidden, s->mask);
	l->copied = (size_t)s->end;
	if (l->js->is_asked)
		report(l, s);
}

static void cut(void *arg, const char *code, const char *text)
{
	struct looking *l = arg;
	report_cover(l->r,
	             (struct coverage){.check = CHECK_SECRET,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = code,
	                               .layer = -1},
	             "configuration: %s", text);
}

/* Replaces *v by itself without its secrets. */
static void look(struct looking *l, struct bytes *v)
{
	struct err e;
	const struct secret_sink sink = {l, found, cut};
	if (!v->n)
		return;
	if (!l->scan && secret_scan_new(l->js->rules, &l->scan, &e)) {
		cut(l, "secret.unavailable", e.msg);
		return;
	}
	l->text = *v;
	l->copied = 0;
	buf_reset(&l->hidden);
	struct secret_stream *st = secret_open(l->scan, (struct bytes){NULL, 0});
	secret_feed(st, *v);
	secret_close(st, &sink);
	if (l->copied == 0)
		return;
	buf_add(&l->hidden, bytes_skip(*v, l->copied));
	*v = arena_dup(l->r->arena, buf_bytes(&l->hidden));
}

static void look_list(struct looking *l, const char *where, struct bytes_list *list, bool is_env)
{
	l->where = where;
	for (size_t i = 0; i < list->n; i++) {
		struct bytes value;
		l->name = (struct bytes){NULL, 0};
		if (is_env && !bytes_cut(list->v[i], '=', &l->name, &value))
			l->name = (struct bytes){NULL, 0};
		look(l, &list->v[i]);
	}
	l->name = (struct bytes){NULL, 0};
}

static void look_labels(struct looking *l)
{
	l->where = "label";
	for (size_t i = 0; i < l->r->image.config.n_labels; i++) {
		struct label *label = &l->r->image.config.labels[i];
		struct bytes both = bytes_str(arena_printf(
			l->r->arena, "%.*s=%.*s", BYTES_FMT(label->key), BYTES_FMT(label->value)));
		struct bytes before = both, key;
		l->name = label->key;
		look(l, &both);
		if (both.p != before.p)
			bytes_cut(both, '=', &key, &label->value);
	}
	l->name = (struct bytes){NULL, 0};
}

/* ENV and LABEL lines say again what the configuration says. */
static bool is_repeated(struct bytes created_by)
{
	struct history_step s = history_step(created_by);
	return bytes_eq(s.instruction, B("ENV")) || bytes_eq(s.instruction, B("LABEL"));
}

/* What may be repeated of each step; of a line that the configuration says again nothing. */
static struct bytes *look_history(struct looking *l)
{
	const struct oci_config *c = l->js->config;
	size_t n_layers = 0;
	l->where = "the history (RUN, ARG)";
	struct bytes *steps =
		arena_alloc(l->r->arena, ((c ? c->n_history : 0) + 1) * sizeof *steps);
	for (size_t i = 0; c && i < c->n_history; i++) {
		size_t layer = c->history[i].is_empty ? SIZE_MAX : n_layers++;
		bool is_there = layer < l->r->image.n_layers;
		steps[i] = c->history[i].created_by;
		l->layer = is_there ? (int32_t)layer : -1;
		if (layer == SIZE_MAX && is_repeated(steps[i]))
			steps[i] = (struct bytes){NULL, 0};
		else
			look(l, &steps[i]);
		if (is_there && steps[i].p != c->history[i].created_by.p &&
		    l->r->image.layers[layer].created_by.n)
			l->r->image.layers[layer].created_by = steps[i];
	}
	l->layer = -1;
	return steps;
}

int judge_secret_config(const struct judge_secrets *js, struct report *r,
                        const struct bytes **ret_steps, struct err *e)
{
	struct looking l = {.r = r, .js = js, .layer = -1};
	(void)e;
	buf_init(&l.hidden, (size_t)OCI_CONFIG_MAX * 2);
	look_list(&l, "ENV", &r->image.config.env, true);
	look_labels(&l);
	look_list(&l, "ENTRYPOINT", &r->image.config.entrypoint, false);
	look_list(&l, "CMD", &r->image.config.cmd, false);
	*ret_steps = look_history(&l);
	buf_fini(&l.hidden);
	secret_scan_free(l.scan);
	return 0;
}

static void look_findings(struct looking *l, struct finding *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].check != CHECK_TEST)
			continue;
		look(l, &v[i].title);
		look(l, &v[i].reason);
		look(l, &v[i].repair);
	}
}

void judge_secret_imports(const struct rules *rules, struct report *r)
{
	const struct judge_secrets js = {.rules = rules};
	struct looking l = {.r = r, .js = &js, .layer = -1};
	buf_init(&l.hidden, (size_t)RESULT_TEXT_MAX * 8);
	look_findings(&l, r->findings, r->n_findings);
	look_findings(&l, r->suppressed, r->n_suppressed);
	buf_fini(&l.hidden);
	secret_scan_free(l.scan);
}
