/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker.c - docker:NAME[:TAG]|ID, an image that Docker has on this machine.
 *
 * Format: what `docker save` writes (saved.c), streamed from the daemon (daemon.c).
 */
#include "source/parts.h"

static int open_docker(struct source *s, struct err *e) { return daemon_open(s, "docker", e); }

extern const struct source_kind source_docker;

const struct source_kind source_docker = {
	.prefix = "docker",
	.name = daemon_name,
	.open = open_docker,
	.collect = saved_collect,
	.fill = daemon_fill,
	.layer = archive_layer,
	.close = daemon_close,
	.trust = "judged by the image's id",
	.may_cache = true,
};
