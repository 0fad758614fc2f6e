/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_policy_publish.c - assay policy publish, pull: a policy handed on, and taken. */
#include "cli/policy.h"

#include <stdlib.h>

#include "flow/flow.h"

static int publish(const struct settings *s, const struct cli_policy *p, const char *ref,
                   struct arena *a, struct err *e)
{
	struct key *key = NULL;
	const struct key *keys[1];
	struct flow_policy_result res;
	char text[DIGEST_TEXT_MAX];
	struct flow_policy_options o = {.ref = ref, .is_offline = s->offline};
	if (cli_registry(s, a, &o.registry, e) < 0 || cli_sign_key(s, &key, e) < 0)
		return -1;
	keys[0] = key;
	o.keys = (struct key_ring){keys, key ? 1 : 0};
	if (!key)
		log_line(LOG_WARN,
		         "without --sign-key nobody can take this policy with `assay policy pull`");
	int rc = flow_policy_publish(p->policy, &o, &res, e);
	if (rc == 0)
		printf("%s\n", digest_text(&res.manifest, text));
	if (rc == 0 && !s->quiet)
		fprintf(stderr, "%s revision %lld of %.*s, %zu file%s%s\n",
		        res.is_unchanged ? "there already: " : "published", (long long)res.revision,
		        BYTES_FMT(p->policy->name), res.files, res.files == 1 ? "" : "s",
		        key ? ", signed" : "");
	key_free(key);
	return rc;
}

static int publish_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct cli_policy p;
	(void)n;
	int rc = cli_policy_open(s, args[0], &p, &e);
	if (rc == 0)
		rc = publish(s, &p, args[1], a, &e);
	cli_policy_close(&p);
	return rc < 0 ? cli_fail(&e) : EXIT_PASS;
}

static int pull_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct flow_policy_result res = {.path = NULL};
	struct flow_policy_options o = {.ref = args[0], .is_offline = s->offline};
	struct key **v = arena_alloc(a, (s->key.n + 1) * sizeof(struct key *));
	(void)n;
	if (!s->key.n) {
		err_set(&e, ERR_USAGE, "--key is wanted: who must have signed the policy");
		return cli_fail(&e);
	}
	int rc = cli_keys(s, v, &e);
	o.keys = (struct key_ring){(const struct key *const *)v, s->key.n};
	if (rc == 0)
		rc = cli_registry(s, a, &o.registry, &e);
	if (rc == 0)
		rc = flow_policy_pull(args[1], &o, &res, &e);
	if (rc == 0)
		printf("%s\n", res.path);
	if (rc == 0 && !s->quiet)
		fprintf(stderr, "%s revision %lld, signed by sha256:%.16s\n",
		        res.is_unchanged ? "there already:" : "took", (long long)res.revision,
		        res.signer);
	for (size_t i = 0; i < s->key.n; i++)
		key_free(v[i]);
	free(res.path);
	return rc < 0 ? cli_fail(&e) : EXIT_PASS;
}

static const char *const publish_examples[] = {
	"assay policy publish --sign-key policy.key production.yaml "
	"registry:registry.internal/policies/production:live",
	"assay policy publish --sign-key policy.key production.yaml oci:policies",
	NULL,
};

const struct command command_policy_publish = {
	.name = "policy publish",
	.args = "POLICY registry:REF|oci:DIR|FILE",
	.title = "Hand a policy on, signed",
	.text = "Puts the policy, all that it extends and the waivers that they name into a "
		"registry, a layout or a file (a tar of one). The policy has a revision: an older "
		"one never takes the place of a newer one, and what is changed needs a higher one. "
		"With --sign-key a statement about its digest, name and revision goes beside it.",
	.examples = publish_examples,
	.groups = GROUP_EXPORT | GROUP_REGISTRY,
	.min_args = 2,
	.max_args = 2,
	.run = publish_run,
};

static const char *const pull_examples[] = {
	"assay policy pull --key policy.pub registry:registry.internal/policies/production:live "
	"policy",
	NULL,
};

const struct command command_policy_pull = {
	.name = "policy pull",
	.args = "registry:REF|oci:DIR|FILE DIR",
	.title = "Take a policy that was published",
	.text = "Makes DIR the folder of the policy and prints the path to it. It must be signed "
		"by --key; signature, digests, name and revision are checked, and the policy is "
		"loaded, before anything of DIR changes. A newer revision there is never replaced "
		"by an older one.",
	.examples = pull_examples,
	.groups = GROUP_PULL | GROUP_REGISTRY,
	.min_args = 2,
	.max_args = 2,
	.run = pull_run,
};
