/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - the keys that options name. */
#include "cli/cli.h"
#include "trust/trust.h"

static int ask_password(void *arg, struct buf *ret, struct err *e)
{
	(void)arg;
	return cli_password(false, ret, e);
}

int cli_sign_key(const struct settings *s, struct key **ret, struct err *e)
{
	const struct key_asker asker = {ask_password, NULL};
	return s->sign_key ? key_load_private(s->sign_key, &asker, ret, e) : 0;
}

int cli_keys(const struct settings *s, struct key **v, struct err *e)
{
	for (size_t i = 0; i < s->key.n; i++) {
		if (key_load_public(s->key.v[i], &v[i], e) < 0)
			return err_wrap(e, "--key");
	}
	return 0;
}
