/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_auth.c - what a registry asks for with 401: Basic, or a Bearer token from its realm.
 *
 * A realm gets credentials, and is talked to at all, only where the registry or the configuration
 * vouches for it: an answer of a registry must not send them to anybody (CVE-2024-3727).
 *
 * Sources: RFC 7617; distribution, "Token Authentication Specification" and "Oauth2 Token
 * Authentication".
 */
#include "source/fetcher.h"

#include <string.h>

void auth_hide(struct bytes secret)
{
	if (secret.n)
		log_secret(secret);
}

static int too_long(struct err *e)
{
	return err_set(e, ERR_LIMIT, "a token of more than %d bytes", REGISTRY_TOKEN_MAX);
}

/* "Basic ..." of user and password, in f's arena; NULL: they are too long. */
static const char *basic(struct fetcher *f, struct err *e)
{
	AUTO_BUF struct buf plain, packed;
	buf_init(&plain, REGISTRY_TOKEN_MAX);
	buf_init(&packed, 2 * REGISTRY_TOKEN_MAX);
	buf_add(&plain, f->auth.user);
	buf_addc(&plain, ':');
	buf_add(&plain, f->auth.password);
	if (plain.overflow) {
		buf_wipe(&plain);
		err_set(e, ERR_LIMIT, "user and password of more than %d bytes",
		        REGISTRY_TOKEN_MAX);
		return NULL;
	}
	base64_encode(buf_bytes(&plain), &packed);
	auth_hide(buf_bytes(&packed));
	const char *ret = arena_printf(f->arena, "Basic %s", buf_cstr(&packed));
	buf_wipe(&plain);
	buf_wipe(&packed);
	return ret;
}

static int set(struct fetcher *f, const char *text, bool is_bearer, struct err *e)
{
	buf_wipe(&f->authorization);
	buf_fini(&f->authorization);
	buf_init(&f->authorization, 2 * REGISTRY_TOKEN_MAX);
	if (buf_adds(&f->authorization, text) < 0)
		return too_long(e);
	f->is_bearer = is_bearer;
	return 0;
}

int auth_set_bearer(struct fetcher *f, struct bytes token, struct err *e)
{
	auth_hide(token);
	if (token.n > REGISTRY_TOKEN_MAX)
		return too_long(e);
	/* RFC 6750 2.1: and a line break would begin a header of its own */
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] <= ' ' || token.p[i] >= 0x7f)
			return err_set(e, ERR_USAGE, "a token with bytes that no header takes");
	}
	return set(f, arena_printf(f->arena, "Bearer %.*s", BYTES_FMT(token)), true, e);
}

/* ---- the token server ---- */

static int take_piece(void *arg, struct bytes piece, struct err *e)
{
	if (buf_add(arg, piece) == 0)
		return 0;
	return err_set(e, ERR_LIMIT, "answers more than %d bytes", REGISTRY_TOKEN_DOC_MAX);
}

static bool is_configured(const struct fetcher *f, struct bytes realm)
{
	struct bytes list = f->setup.realms, one;
	while (bytes_split(&list, ',', &one)) {
		one = bytes_trim(one);
		if (bytes_eq_nocase(one, realm) || bytes_eq_nocase(one, registry_bare_host(realm)))
			return true;
	}
	return false;
}

static int check_realm(struct fetcher *f, const char *url, struct err *e)
{
	bool is_https = false;
	struct bytes host = url_host(f->arena, url, &is_https);
	if (!host.n)
		return err_set(e, ERR_FORMAT,
		               "the registry's realm is no address of http or https");
	if (!is_configured(f, host) &&
	    (!registry_vouches(f->api, host) || registry_is_link_local(host)))
		return err_set(
			e, ERR_FORMAT,
			"the registry sends to %.60s for a token, which it cannot vouch for; "
			"--realm %.60s allows that",
			(const char *)host.p, (const char *)host.p);
	if (is_https || registry_is_loopback(host) || f->is_plain)
		return 0;
	return err_set(e, ERR_FORMAT, "the registry's realm %.100s is plain http",
	               (const char *)host.p);
}

static void add_query(struct fetcher *f, struct buf *to, const char *name, struct bytes v)
{
	if (!v.n)
		return;
	char *escaped = curl_easy_escape(f->curl, (const char *)v.p,
	                                 (int)MIN_OF(v.n, (size_t)REGISTRY_TOKEN_MAX));
	if (!escaped)
		die_nomem(v.n);
	buf_addf(to, "%s%s=%s", to->n ? "&" : "", name, escaped);
	curl_free(escaped);
}

static int token_refused(const struct fetcher *f, long status, struct err *e)
{
	bool has = f->auth.user.n || f->auth.identity_token.n;
	const char *why = "";
	if (status == 401 || status == 403)
		why = has ? ": the credentials are not accepted"
		          : ": no credentials are known for this registry";
	return err_set(e, ERR_IO, "says %ld%s", status, why);
}

/* Asks until there is an answer that will not be another one the next time. */
static int run_token(struct fetcher *f, struct request *first, struct buf *answer, struct err *e)
{
	struct tries t = {.max = f->is_mirror ? 2 : 0};
	for (;;) {
		AUTO_ARENA struct arena *a = arena_new();
		struct request q = *first;
		q.reply = (struct reply){.arena = a};
		buf_reset(answer);
		int rc = request_run(f, &q, e);
		long status = q.reply.status;
		if (rc == 0 && status == 200)
			return 0;
		if (rc == 0)
			token_refused(f, status, e);
		bool may_pass = rc ? q.can_again : status_may_pass(status);
		if (!may_pass || again(&q, 0, &t, e))
			return -1;
	}
}

static int ask_token(struct fetcher *f, const char *realm, const struct buf *query,
                     struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf answer, form;
	AUTO_ARENA struct arena *a = arena_new();
	buf_init(&answer, REGISTRY_TOKEN_DOC_MAX);
	buf_init(&form, 4 * REGISTRY_TOKEN_MAX); /* three bytes for one of the token */
	if (f->auth.identity_token.n > REGISTRY_TOKEN_MAX)
		return too_long(e);
	struct request q = {
		.sink = {NULL, take_piece, &answer}
        };
	if (f->auth.identity_token.n) {
		buf_add(&form, buf_bytes(query));
		add_query(f, &form, "grant_type", B("refresh_token"));
		add_query(f, &form, "client_id", B("assay"));
		add_query(f, &form, "refresh_token", f->auth.identity_token);
		q.url = realm;
		q.post = buf_cstr(&form);
	} else {
		q.url = arena_printf(a, "%s%s%.*s", realm, strchr(realm, '?') ? "&" : "?",
		                     BYTES_FMT(buf_bytes(query)));
		q.authorization = f->auth.user.n ? basic(f, e) : NULL;
		if (f->auth.user.n && !q.authorization)
			return -1;
	}
	int rc = run_token(f, &q, &answer, e);
	if (rc == 0)
		rc = registry_token_answer(f->arena, buf_bytes(&answer), ret, e);
	buf_wipe(&answer);
	buf_wipe(&form);
	return rc;
}

static int bearer(struct fetcher *f, struct registry_challenge *c, struct err *e)
{
	AUTO_BUF struct buf query;
	buf_init(&query, 16 << 10);
	struct bytes token;
	if (!c->realm.n || bytes_find(c->realm, 0) >= 0)
		return err_set(e, ERR_FORMAT,
		               "the registry asks for a token and does not say where");
	const char *realm = arena_str(f->arena, c->realm);
	if (check_realm(f, realm, e))
		return -1;
	add_query(f, &query, "service", bytes_slice(c->service, 0, 4096));
	add_query(f, &query, "scope",
	          bytes_str(f->scope ? f->scope
	                             : arena_printf(f->arena, "repository:%.*s:pull%s",
	                                            BYTES_FMT(f->setup.repository),
	                                            f->setup.is_push ? ",push" : "")));
	if (ask_token(f, realm, &query, &token, e))
		return err_wrap(e, "token server");
	return auth_set_bearer(f, token, e);
}

int auth_denied(const struct fetcher *f, struct err *e)
{
	bool has = f->auth.user.n || f->auth.identity_token.n || f->auth.registry_token.n ||
	           f->setup.token.n;
	return err_set(e, ERR_IO, "denied: %s",
	               has ? "the credentials are not accepted"
	                   : "no credentials are known for this registry (--username, or docker "
	                     "login)");
}

int auth_answer(struct fetcher *f, const struct reply *r, struct err *e)
{
	struct registry_challenge all[REGISTRY_CHALLENGES_MAX], *bearers = NULL, *basics = NULL;
	size_t n = 0;
	if (creds_find(f, e))
		return -1;
	for (size_t i = 0; i < r->n_authenticate; i++)
		n += registry_challenges(f->arena, r->authenticate[i], all + n, ARRAY_LEN(all) - n);
	for (size_t i = n; i-- > 0;) {
		if (all[i].is_bearer)
			bearers = &all[i];
		if (all[i].is_basic)
			basics = &all[i];
	}
	if (f->setup.token.n) /* given by hand: there is no other */
		return auth_denied(f, e);
	if (f->auth.registry_token.n && !f->is_bearer)
		return auth_set_bearer(f, f->auth.registry_token, e);
	if (bearers)
		return bearer(f, bearers, e);
	if (basics && f->auth.user.n && !f->authorization.n) {
		const char *text = basic(f, e);
		return text ? set(f, text, false, e) : -1;
	}
	return auth_denied(f, e);
}
