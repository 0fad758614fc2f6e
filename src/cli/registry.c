/* SPDX-License-Identifier: Apache-2.0 */
/* registry.c - how registries are talked to, from the settings. */
#include "cli/cli.h"

#include <string.h>

#include "source/source.h"

static struct bytes joined(struct arena *a, const struct words *w)
{
	struct bytes all = {NULL, 0};
	for (size_t i = 0; i < w->n; i++)
		all = bytes_str(arena_printf(a, "%.*s%s%s", BYTES_FMT(all), i ? "," : "", w->v[i]));
	return all;
}

/* One line of standard input, without its end. */
static int read_password(struct arena *a, struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf b = {0};
	if (file_read("-", (size_t)REGISTRY_PASSWORD_MAX, &b, e) < 0)
		return err_wrap(e, "--password-stdin");
	struct bytes all = buf_bytes(&b), line;
	if (!bytes_line(&all, &line) || !line.n || all.n || bytes_find(line, 0) >= 0) {
		buf_wipe(&b);
		return err_set(e, ERR_USAGE, "--password-stdin: one line is wanted");
	}
	*ret = arena_dup(a, line);
	buf_wipe(&b);
	return 0;
}

int cli_registry(const struct settings *s, struct arena *a, struct source_registry *r,
                 struct err *e)
{
	r->user = bytes_str(s->username);
	r->token = bytes_str(s->registry_token);
	r->cacert = bytes_str(s->cacert);
	r->realms = joined(a, &s->realm);
	r->is_insecure = s->insecure;
	r->idle_ms =
		1000 * (s->timeout_s > 0 ? MIN_OF(s->timeout_s, REGISTRY_IDLE_S) : REGISTRY_IDLE_S);
	if (s->password_stdin != (r->user.n > 0))
		return err_set(e, ERR_USAGE, "--username and --password-stdin belong together");
	if (r->user.n && r->token.n)
		return err_set(e, ERR_USAGE, "--username or --registry-token, not both");
	if (s->password_stdin && s->list && strcmp(s->list, "-") == 0)
		return err_set(e, ERR_USAGE,
		               "--list - and --password-stdin would both read standard input");
	if (bytes_find(r->user, ':') >= 0)
		return err_set(e, ERR_USAGE, "--username: a user's name has no \":\"");
	if (r->user.n || r->token.n)
		proc_hide();
	if (r->user.n && read_password(a, &r->password, e))
		return -1;
	if (r->password.n)
		log_secret(r->password);
	if (r->token.n)
		log_secret(r->token);
	return 0;
}
