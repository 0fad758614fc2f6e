/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci_config.c - the image config: what runs, and which layers make the root file system.
 *
 * Format: JSON.  Source: OCI image-spec config.md, "Properties"; Docker image specification v1.2,
 * "Image JSON Field Descriptions" (Healthcheck, OnBuild, Shell are Docker's).
 */
#include "fmt/oci_read.h"

#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct oci_config, member)

static const struct field {
	const char *key;
	size_t at;
} texts[] = {
	{"StopSignal", AT(stop_signal)},
	{"User",       AT(user)       },
	{"WorkingDir", AT(working_dir)},
};

static const struct field lists[] = {
	{"Cmd",        AT(cmd)       },
        {"Entrypoint", AT(entrypoint)},
        {"Env",        AT(env)       },
	{"OnBuild",    AT(on_build)  },
        {"Shell",      AT(shell)     },
};

static const struct field sets[] = {
	{"ExposedPorts", AT(exposed_ports)},
	{"Volumes",      AT(volumes)      },
};

#undef AT

static void *at(struct oci_config *c, const struct field *f) { return (char *)c + f->at; }

static int label_cmp(const void *a, const void *b)
{
	return bytes_cmp(((const struct oci_label *)a)->key, ((const struct oci_label *)b)->key);
}

static int read_labels(const struct oci_reader *r, const json_t *run, struct oci_config *c)
{
	const json_t *map;
	if (oci_object(r, run, "Labels", &map))
		return -1;
	size_t n = map ? json_object_size(map) : 0, i = 0;
	struct oci_label *l = arena_alloc(r->a, (n ? n : 1) * sizeof *l);
	json_t *m = (json_t *)(uintptr_t)map;
	for (void *it = n ? json_object_iter(m) : NULL; it; it = json_object_iter_next(m, it)) {
		l[i].key = arena_dup(
			r->a, bytes_of(json_object_iter_key(it), json_object_iter_key_len(it)));
		if (oci_copy(r, json_object_iter_value(it), "a label", &l[i].value))
			return -1;
		i++;
	}
	qsort(l, n, sizeof *l, label_cmp);
	c->labels = l;
	c->n_labels = n;
	return 0;
}

/* The member "config": defaults for what is run. */
static int read_run(const struct oci_reader *r, const json_t *j, struct oci_config *c)
{
	const json_t *run, *health;
	if (oci_object(r, j, "config", &run))
		return -1;
	if (!run)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (oci_text(r, run, texts[i].key, at(c, &texts[i])))
			return -1;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (oci_list(r, run, lists[i].key, at(c, &lists[i])))
			return -1;
	}
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		if (oci_keys(r, run, sets[i].key, at(c, &sets[i])))
			return -1;
	}
	if (oci_object(r, run, "Healthcheck", &health))
		return -1;
	if (health && oci_list(r, health, "Test", &c->healthcheck))
		return -1;
	return read_labels(r, run, c);
}

static int read_rootfs(const struct oci_reader *r, const json_t *j, struct oci_config *c)
{
	const json_t *rootfs, *ids;
	struct bytes type = {0};
	if (oci_object(r, j, "rootfs", &rootfs))
		return -1;
	if (!rootfs)
		return err_set(r->e, ERR_FORMAT, "%s: no rootfs", r->name);
	if (oci_text(r, rootfs, "type", &type) ||
	    oci_array(r, rootfs, "diff_ids", (size_t)OCI_LAYERS_MAX, &ids))
		return -1;
	if (!bytes_eq(type, B("layers")))
		return err_set(r->e, ERR_UNSUPPORTED, "%s: rootfs.type is \"%.*s\", not \"layers\"",
		               r->name, BYTES_FMT(type));
	size_t n = json_array_size(ids);
	c->diff_ids = arena_alloc(r->a, (n ? n : 1) * sizeof *c->diff_ids);
	for (size_t i = 0; i < n; i++) {
		struct bytes text = {0};
		if (oci_copy(r, json_array_get(ids, i), "a diff_id", &text))
			return -1;
		if (digest_parse(text, &c->diff_ids[i], r->e))
			return err_wrap(r->e, "%s: diff_id %zu", r->name, i);
	}
	c->n_diff_ids = n;
	return 0;
}

static int read_step(const struct oci_reader *r, const json_t *step, struct oci_history *h)
{
	if (!json_is_object(step))
		return err_set(r->e, ERR_FORMAT, "%s: a history entry is not an object", r->name);
	const json_t *empty = json_object_get(step, "empty_layer");
	if (empty && !json_is_boolean(empty) && !json_is_null(empty))
		return err_set(r->e, ERR_FORMAT, "%s: empty_layer is not a boolean", r->name);
	h->is_empty = json_is_true(empty);
	return oci_text(r, step, "created", &h->created) ||
	                       oci_text(r, step, "created_by", &h->created_by) ||
	                       oci_text(r, step, "author", &h->author) ||
	                       oci_text(r, step, "comment", &h->comment)
	               ? -1
	               : 0;
}

static int read_history(const struct oci_reader *r, const json_t *j, struct oci_config *c)
{
	const json_t *list;
	if (oci_array(r, j, "history", (size_t)OCI_HISTORY_MAX, &list))
		return -1;
	size_t n = json_array_size(list);
	c->history = arena_alloc(r->a, (n ? n : 1) * sizeof *c->history);
	for (size_t i = 0; i < n; i++) {
		if (read_step(r, json_array_get(list, i), &c->history[i]))
			return -1;
		c->n_history_layers += !c->history[i].is_empty;
	}
	c->n_history = n;
	return 0;
}

int oci_config_parse(struct arena *a, struct bytes text, const char *name, struct oci_config *ret,
                     struct err *e)
{
	const struct oci_reader r = {a, name, e};
	struct oci_config c = {0};
	AUTO_JSON json_t *j = NULL;
	if (oci_load(&r, text, (size_t)OCI_CONFIG_MAX, &j) ||
	    oci_platform_read(&r, j, &c.platform) || oci_text(&r, j, "created", &c.created) ||
	    oci_text(&r, j, "author", &c.author) || read_run(&r, j, &c) || read_rootfs(&r, j, &c) ||
	    read_history(&r, j, &c))
		return -1;
	*ret = c;
	return 0;
}

struct bytes oci_created_by(const struct oci_config *c, size_t i)
{
	size_t layer = 0;
	if (c->n_history_layers != c->n_diff_ids)
		return (struct bytes){NULL, 0};
	for (size_t k = 0; k < c->n_history; k++) {
		if (!c->history[k].is_empty && layer++ == i)
			return c->history[k].created_by;
	}
	return (struct bytes){NULL, 0};
}
