/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made.c - which step of the history made a layer, and whether it says that it put a file there.
 *
 * COPY and ADD end in the place that they write to: a file, or a folder with all below it; the
 * classic builder writes "file:DIGEST in PLACE".  A place that is relative counts from the last
 * WORKDIR.  Source: Dockerfile reference, COPY, ADD, WORKDIR; as in history.h for the texts.
 */
#include "judge/made.h"

enum { SHOWN = 120 };

static struct bytes last_word(struct bytes text)
{
	struct bytes word, last = {NULL, 0};
	while (bytes_word(&text, &word))
		last = word;
	if (last.n > 1 && (last.p[0] == '"' || last.p[0] == '\'') &&
	    last.p[last.n - 1] == last.p[0])
		last = bytes_slice(last, 1, last.n - 1);
	return last;
}

/* Below folder where text is relative; false: it is not known where. */
static bool place_of(struct bytes text, struct bytes folder, bool has_folder, struct buf *ret)
{
	struct err ignored;
	AUTO_BUF struct buf raw;
	buf_init(&raw, 2 * (size_t)PATH_LEN_MAX + 1);
	bool is_absolute = bytes_starts(text, B("/"));
	if (!text.n || bytes_find(text, '$') >= 0 || (!is_absolute && !has_folder))
		return false;
	if (!is_absolute) {
		buf_add(&raw, folder);
		buf_addc(&raw, '/');
	}
	return buf_add(&raw, text) == 0 && image_path(buf_bytes(&raw), ret, &ignored) == 0;
}

struct reading {
	const struct seen_links *links;
	struct arena *a;
	struct bytes folder; /* of the last WORKDIR */
	bool has_folder;
};

static void read_step(struct reading *t, struct made_step *s)
{
	AUTO_BUF struct buf clean, real;
	buf_init(&clean, (size_t)PATH_LEN_MAX + 1);
	buf_init(&real, (size_t)PATH_LEN_MAX);
	bool is_folder = bytes_eq(s->step.instruction, B("WORKDIR"));
	if (!is_folder && !bytes_eq(s->step.instruction, B("COPY")) &&
	    !bytes_eq(s->step.instruction, B("ADD")))
		return;
	struct bytes text = is_folder ? s->step.text : last_word(s->step.text);
	bool is_known = place_of(text, t->folder, t->has_folder, &clean);
	if (is_folder) {
		t->has_folder = is_known;
		t->folder = arena_dup(t->a, buf_bytes(&clean));
		return;
	}
	s->has_place = is_known;
	if (!is_known)
		return;
	buf_addc(&clean, '/'); /* a folder that is itself a link */
	struct bytes place = seen_real(t->links, buf_bytes(&clean), &real);
	s->place = arena_dup(t->a, bytes_slice(place, 0, place.n - 1));
}

struct made_step *made_steps(const struct judge_input *in, const struct seen_links *links,
                             struct arena *a)
{
	const struct oci_config *c = in->config;
	struct made_step *steps = arena_alloc(a, (in->n_layers + 1) * sizeof *steps);
	struct reading t = {.links = links, .a = a};
	size_t layer = 0;
	for (size_t i = 0; i < in->n_layers; i++)
		steps[i] = (struct made_step){.at = 0};
	if (!c || c->n_history_layers != c->n_diff_ids || c->n_diff_ids != in->n_layers)
		return steps;
	for (size_t i = 0; i < c->n_history; i++) {
		struct made_step s = {.at = i + 1, .step = history_step(c->history[i].created_by)};
		read_step(&t, &s);
		if (!c->history[i].is_empty)
			steps[layer++] = s;
	}
	return steps;
}

/* Does the command's text have the path as a word, or as the value of an option? */
static bool names(struct bytes text, struct bytes path)
{
	for (ssize_t at; path.n && (at = bytes_search(text, path)) >= 0;) {
		size_t from = (size_t)at, end = from + path.n;
		bool is_begun = from > 0 && text.p[from - 1] == '/' &&
		                (from == 1 || bytes_find(B(" \t\n=>\"'("), text.p[from - 2]) >= 0);
		bool is_ended = end == text.n || bytes_find(B(" \t\n;&|\"')<>"), text.p[end]) >= 0;
		if (is_begun && is_ended)
			return true;
		text = bytes_skip(text, from + 1);
	}
	return false;
}

static bool is_below(struct bytes path, struct bytes place)
{
	return !place.n || bytes_eq(path, place) ||
	       (bytes_starts(path, place) && path.p[place.n] == '/');
}

enum made_how made_how(const struct made_step *s, struct bytes path)
{
	bool is_run = bytes_eq(s->step.instruction, B("RUN"));
	bool is_copy =
		bytes_eq(s->step.instruction, B("COPY")) || bytes_eq(s->step.instruction, B("ADD"));
	if (is_copy && s->has_place)
		return is_below(path, s->place) ? MADE_NAMED : MADE_ELSEWHERE;
	if (is_run && names(s->step.text, path))
		return MADE_NAMED;
	return is_run || is_copy ? MADE_WITHIN : MADE_UNTOLD;
}

const char *made_text(const struct made_step *s, enum made_how how, struct bytes shown,
                      struct arena *a)
{
	static const char *const texts[] = {
		[MADE_UNTOLD] = "its layer was made by step",
		[MADE_ELSEWHERE] =
			"its layer was made by a step that says it wrote elsewhere, step",
		[MADE_WITHIN] = "it came with step",
		[MADE_NAMED] = "it was put there by step",
	};
	struct history_step step = history_step(shown);
	if (!s->at || !step.text.n)
		return "";
	return arena_printf(a, "%s %zu of the history: %.*s%s%.*s%s", texts[how], s->at,
	                    BYTES_FMT(step.instruction), step.instruction.n ? " " : "",
	                    BYTES_FMT(bytes_slice(step.text, 0, SHOWN)),
	                    step.text.n > SHOWN ? "..." : "");
}
