/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - what a report repeats of the image config.
 */
#include "flow/fill.h"

static void fill_texts(struct report *r, struct bytes_list *to, const struct oci_texts *from)
{
	for (size_t i = 0; i < from->n; i++)
		list_add(r, to, from->v[i]);
}

void flow_fill_config(const struct oci_config *c, struct report *r)
{
	r->image.user.uid = -1;
	r->image.user.gid = -1;
	if (!c)
		return;
	r->image.created = arena_dup(r->arena, c->created);
	r->image.config.is_present = true;
	r->image.config.user = arena_dup(r->arena, c->user);
	r->image.user.declared = r->image.config.user;
	fill_texts(r, &r->image.config.entrypoint, &c->entrypoint);
	fill_texts(r, &r->image.config.cmd, &c->cmd);
	fill_texts(r, &r->image.config.env, &c->env);
	fill_texts(r, &r->image.config.exposed_ports, &c->exposed_ports);
	r->image.config.labels =
		arena_alloc(r->arena, c->n_labels * sizeof *r->image.config.labels);
	r->image.config.n_labels = c->n_labels;
	for (size_t i = 0; i < c->n_labels; i++)
		r->image.config.labels[i] = (struct label){arena_dup(r->arena, c->labels[i].key),
		                                           arena_dup(r->arena, c->labels[i].value)};
}
