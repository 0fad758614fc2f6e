/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_key.c - assay key: keys that sign. */
#include "cli/cli.h"

#include <string.h>

#include "trust/trust.h"

static int generate(const struct settings *s, struct err *e)
{
	AUTO_BUF struct buf password;
	struct key *k = NULL;
	enum key_kind kind =
		s->key_type && strcmp(s->key_type, "ed25519") == 0 ? KEY_ED25519 : KEY_ECDSA_P256;
	buf_init(&password, (size_t)KEY_PASSWORD_MAX);
	proc_hide();
	if (!s->out)
		return err_set(e, ERR_USAGE, "--out names the key: NAME.key and NAME.pub");
	int rc = cli_password(true, &password, e);
	if (rc == 0)
		rc = key_generate(kind, &k, e);
	if (rc == 0)
		rc = key_write(k, s->out, buf_bytes(&password), e);
	if (rc == 0 && !password.n)
		log_line(LOG_WARN, "%s.key is not encrypted: the password is empty", s->out);
	if (rc == 0)
		printf("%s.key\n%s.pub\tsha256:%s\n", s->out, s->out, key_id(k));
	buf_wipe(&password);
	key_free(k);
	return rc;
}

static int generate_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	(void)args;
	(void)n;
	return generate(s, &e) < 0 ? cli_fail(&e) : EXIT_PASS;
}

const struct command command_key_generate = {
	.name = "key generate",
	.args = "",
	.title = "Make a pair of keys",
	.text = "Writes NAME.key, the private half (PKCS#8 in PEM, readable by its owner only, "
		"encrypted with the password), and NAME.pub, the public half. The password comes "
		"from the terminal or from COSIGN_PASSWORD; an empty one leaves the key "
		"unencrypted. A file that is there is never overwritten.",
	.examples = (const char *const[]){"assay key generate --out index-2026", NULL},
	.groups = GROUP_KEY,
	.run = generate_run,
};
