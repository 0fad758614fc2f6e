/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - what the commands about policies share: the policy with its waivers, saved reports,
 * evidence, and where the image is to run.
 */
#include "cli/policy.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int waivers_of(const struct settings *s, struct cli_policy *p, struct err *e)
{
	p->waivers = waivers_new();
	for (size_t i = 0; i < s->waivers.n; i++)
		if (waivers_load(p->waivers, s->waivers.v[i], e) < 0)
			return -1;
	return policy_waivers(p->policy, p->waivers, p->scope.now_s, e);
}

int cli_policy_open(const struct settings *s, const char *path, struct cli_policy *ret,
                    struct err *e)
{
	*ret = (struct cli_policy){.settings = s};
	ret->scope = (struct policy_scope){.environment = bytes_str(s->environment),
	                                   .namespace = bytes_str(s->namespace),
	                                   .repository = bytes_str(s->in_repository),
	                                   .digest = bytes_str(s->digest),
	                                   .break_glass_by = bytes_str(s->by),
	                                   .break_glass_reason = bytes_str(s->break_glass),
	                                   .now_s = clock_now_s()};
	if (!path)
		return err_set(e, ERR_USAGE, "name the policy: --policy FILE");
	if (!s->break_glass != !s->by)
		return err_set(e, ERR_USAGE, "--break-glass REASON and --by NAME belong together");
	if (s->at && !clock_parse(bytes_str(s->at), &ret->scope.now_s))
		return err_set(e, ERR_USAGE, "--at: \"%s\" is no time such as 2027-01-31", s->at);
	if (policy_load(path, &ret->policy, e) < 0 || waivers_of(s, ret, e) < 0) {
		/* a policy that is not one is wrong usage, as a wrong flag is */
		if (e->kind == ERR_FORMAT || e->kind == ERR_NOTFOUND || e->kind == ERR_LIMIT)
			e->kind = ERR_USAGE;
		return -1;
	}
	const char *meant = policy_meant(ret->policy, ret->scope.environment);
	if (meant)
		log_line(LOG_WARN,
		         "--environment %s: the policy has no rule for it: is \"%s\" meant?",
		         s->environment, meant);
	return 0;
}

void cli_policy_close(struct cli_policy *p)
{
	policy_free(p->policy);
	waivers_free(p->waivers);
}

static int evidence_of(const struct cli_policy *p, struct report *r, struct err *e)
{
	const struct words *files = &p->settings->evidence;
	for (size_t i = 0; i < files->n; i++) {
		AUTO_BUF struct buf text = {.p = NULL};
		size_t n;
		if (file_read(files->v[i], (size_t)JSON_DOC_MAX, &text, e) < 0 ||
		    policy_evidence(r, buf_bytes(&text), files->v[i], &n, e) < 0)
			return -1;
		if (!n)
			log_line(LOG_WARN, "%s speaks of another image", files->v[i]);
	}
	return 0;
}

int cli_policy_judge(const struct cli_policy *p, struct report *r, struct policy_judgement *ret,
                     struct err *e)
{
	if (evidence_of(p, r, e) < 0)
		return -1;
	/* only the policy's own and those of --waivers count: not what a scan without it waived */
	for (size_t i = 0; i < r->n_findings; i++)
		r->findings[i].waived = NULL;
	waivers_apply(p->waivers, r, p->scope.now_s);
	policy_judge(p->policy, &p->scope, r, ret);
	for (size_t i = 0; i < ret->warnings.n && !p->is_counting; i++)
		log_line(LOG_WARN, "%s%s%.*s", p->file ? p->file : "", p->file ? ": " : "",
		         BYTES_FMT(ret->warnings.v[i]));
	return 0;
}

int cli_reports_each(const char *const *files, size_t n, cli_report_fn each, void *arg,
                     struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf text = {.p = NULL};
		struct report **v;
		size_t count;
		if (file_read(files[i], (size_t)JSON_DOC_MAX, &text, e) < 0 ||
		    report_read_all(buf_bytes(&text), files[i], &v, &count, e) < 0)
			return -1;
		int rc = 0;
		for (size_t k = 0; k < count; k++) {
			rc = rc < 0 ? rc : each(arg, files[i], v[k], e);
			report_free(v[k]);
		}
		free(v);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int cli_policy_status(unsigned seen)
{
	if (seen & 1U << VERDICT_REFUSE)
		return EXIT_GATE;
	return seen & 1U << VERDICT_INCOMPLETE ? EXIT_INCOMPLETE : EXIT_PASS;
}

void cli_line(const char *fmt, ...)
{
	AUTO_FREE char *raw = NULL;
	AUTO_BUF struct buf b;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&raw, fmt, ap);
	va_end(ap);
	if (n < 0)
		die_nomem(1);
	/* a byte becomes four, a mark of three bytes ten */
	buf_init(&b, 4 * (size_t)n + 1);
	text_escape(bytes_of(raw, (size_t)n), &b);
	buf_addc(&b, '\n');
	bytes_put(buf_bytes(&b), stdout);
}
