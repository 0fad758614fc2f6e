/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podman.c - podman:NAME[:TAG]|ID, an image that podman has on this machine.
 *
 * Format: what `docker save` writes (saved.c), streamed from the daemon (daemon.c).
 */
#include "source/parts.h"

static int open_podman(struct source *s, struct err *e) { return daemon_open(s, "podman", e); }

extern const struct source_kind source_podman;

const struct source_kind source_podman = {
	.prefix = "podman",
	.name = daemon_name,
	.open = open_podman,
	.collect = saved_collect,
	.fill = daemon_fill,
	.layer = archive_layer,
	.close = daemon_close,
	.trust = "judged by the image's id",
	.may_cache = true,
};
