/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registries_conf.h - where the images of a registry are really to be had: mirrors and other places
 * that registries.conf names.
 *
 * Source: containers-registries.conf(5), version 2, and containers-registries.conf.d(5).  Aliases
 * and unqualified-search-registries are not used: a name without a host is Docker Hub's.
 */
#ifndef FMT_REGISTRIES_CONF_H
#define FMT_REGISTRIES_CONF_H

#include "fmt/registry.h"

struct registries_file {
	const char *name; /* for messages */
	struct bytes text;
};

struct registries_files {
	struct registries_file *v;
	size_t n;
};

/* For which references a place may be asked. */
enum registry_use { REGISTRY_USE_ALL, REGISTRY_USE_DIGEST, REGISTRY_USE_TAG };

struct registry_place {
	struct bytes host, repository;
	bool is_insecure;
	bool is_mirror;
	enum registry_use use;
};

struct registry_places {
	struct registry_place *v; /* in order, the registry itself last */
	size_t n;
};

/* The places to ask for an image, in a.  A later file's table counts for the same prefix.  Without
 * a table that matches: what ref says.  ERR_IO when the registry is blocked, ERR_FORMAT, ERR_LIMIT
 * past REGISTRY_MIRRORS_MAX. */
int registry_places(struct arena *a, const struct registries_files *files,
                    const struct registry_ref *ref, struct registry_places *ret, struct err *e);

#endif
