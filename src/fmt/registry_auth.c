/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_auth.c - challenges of registries, and credentials that answer them.
 *
 * Messages say where something is wrong, never what stands there: it may be a secret.
 */
#include "fmt/registry.h"

#include <string.h>

/* ---- WWW-Authenticate ---- */

static bool is_token_char(uint8_t c)
{
	return is_alnum(c) || (c && memchr("!#$%&'*+-.^_`|~", c, 15));
}

static struct bytes token(struct bytes *rest)
{
	size_t n = 0;
	while (n < rest->n && is_token_char(rest->p[n]))
		n++;
	struct bytes t = bytes_slice(*rest, 0, n);
	*rest = bytes_skip(*rest, n);
	return t;
}

static void blanks(struct bytes *rest)
{
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		*rest = bytes_skip(*rest, 1);
}

static void commas(struct bytes *rest)
{
	for (blanks(rest); rest->n && rest->p[0] == ','; blanks(rest))
		*rest = bytes_skip(*rest, 1);
}

/* A quoted string or a token. */
static bool value(struct arena *a, struct bytes *rest, struct bytes *ret)
{
	if (!rest->n || rest->p[0] != '"') {
		*ret = token(rest);
		return ret->n > 0;
	}
	uint8_t *to = arena_alloc(a, rest->n);
	size_t n = 0;
	for (size_t i = 1; i < rest->n; i++) {
		uint8_t c = rest->p[i];
		if (c == '"') {
			*ret = bytes_of(to, n);
			*rest = bytes_skip(*rest, i + 1);
			return true;
		}
		if (c == '\\' && ++i == rest->n)
			return false;
		to[n++] = rest->p[i];
	}
	return false; /* the quote stays open */
}

static void set_parameter(struct registry_challenge *c, struct bytes name, struct bytes v)
{
	const struct {
		const char *name;
		struct bytes *to;
	} known[] = {
		{"realm",   &c->realm  },
		{"service", &c->service},
		{"scope",   &c->scope  },
		{"error",   &c->error  },
	};
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		/* said twice: the first counts */
		if (bytes_eq_nocase(name, bytes_str(known[i].name)) && !known[i].to->p)
			*known[i].to = v;
	}
}

/* Takes one "name=value" off *rest; false when the next thing is no parameter, or broken (then
 * *is_broken). */
static bool parameter(struct arena *a, struct bytes *rest, struct registry_challenge *c,
                      bool *is_broken)
{
	struct bytes at = *rest;
	commas(&at);
	struct bytes name = token(&at), v;
	blanks(&at);
	if (!name.n || !at.n || at.p[0] != '=')
		return false;
	at = bytes_skip(at, 1);
	blanks(&at);
	if (!value(a, &at, &v)) {
		*is_broken = true;
		return false;
	}
	set_parameter(c, name, v);
	*rest = at;
	return true;
}

/* token68: what Negotiate and its like say instead of parameters. */
static void skip_token68(struct bytes *rest)
{
	struct bytes at = *rest;
	blanks(&at);
	while (at.n && (is_alnum(at.p[0]) || memchr("-._~+/", at.p[0], 6)))
		at = bytes_skip(at, 1);
	while (at.n && at.p[0] == '=')
		at = bytes_skip(at, 1);
	blanks(&at);
	if (!at.n || at.p[0] == ',')
		*rest = at;
}

size_t registry_challenges(struct arena *a, struct bytes header, struct registry_challenge *ret,
                           size_t max)
{
	size_t n = 0;
	bool is_broken = false;
	for (commas(&header); header.n && n < max; commas(&header)) {
		struct registry_challenge c = {.is_bearer = false};
		struct bytes scheme = token(&header);
		if (!scheme.n || (header.n && !memchr(" \t,", header.p[0], 3)))
			return n;
		c.is_bearer = bytes_eq_nocase(scheme, B("Bearer"));
		c.is_basic = bytes_eq_nocase(scheme, B("Basic"));
		skip_token68(&header);
		while (parameter(a, &header, &c, &is_broken))
			;
		if (is_broken)
			return n;
		ret[n++] = c;
	}
	return n;
}

/* ---- config.json ---- */

static bool unpack(struct arena *a, struct bytes text, struct bytes *ret)
{
	AUTO_BUF struct buf raw;
	buf_init(&raw, text.n + 1);
	if (!base64_decode(text, &raw))
		return false;
	*ret = arena_dup(a, buf_bytes(&raw));
	return true;
}

/* How well a key of "auths" fits: 0 not at all, else the longer the better.  A key is a host, a
 * host and the beginning of a repository, or the URL of an API ("https://index.docker.io/v1/"). */
static size_t fit(struct bytes key, const struct registry_ref *ref)
{
	struct bytes host, path = {NULL, 0};
	static const struct bytes schemes[] = {
		{(const uint8_t *)"https://", 8},
                {(const uint8_t *)"http://",  7}
        };
	bool is_url = false;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (bytes_starts(key, schemes[i])) {
			key = bytes_skip(key, schemes[i].n);
			is_url = true;
		}
	}
	bytes_cut(key, '/', &host, &path);
	if (bytes_eq(host, B("index.docker.io")) || bytes_eq(host, B("registry-1.docker.io")))
		host = B("docker.io");
	if (!bytes_eq_nocase(host, ref->host))
		return 0;
	if (is_url || !path.n)
		return 1;
	if (!bytes_starts(ref->repository, path) ||
	    (path.n < ref->repository.n && ref->repository.p[path.n] != '/'))
		return 0;
	return 1 + path.n;
}

static const json_t *best_entry(const json_t *all, const struct registry_ref *ref)
{
	/* jansson's iterators take no const */
	union {
		const json_t *in;
		json_t *out;
	} u = {all};
	const json_t *best = NULL;
	size_t most = 0;
	const char *key;
	json_t *v;
	json_object_foreach(u.out, key, v)
	{
		size_t f = fit(bytes_str(key), ref);
		if (f > most) {
			most = f;
			best = v;
		}
	}
	return best;
}

static int entry_auth(struct arena *a, const json_t *entry, struct registry_auth *ret,
                      struct err *e)
{
	struct bytes packed = json_text(entry, "auth"), plain;
	ret->user = arena_dup(a, json_text(entry, "username"));
	ret->password = arena_dup(a, json_text(entry, "password"));
	ret->identity_token = arena_dup(a, json_text(entry, "identitytoken"));
	ret->registry_token = arena_dup(a, json_text(entry, "registrytoken"));
	if (!packed.n)
		return 0;
	if (!unpack(a, packed, &plain) || !bytes_cut(plain, ':', &ret->user, &ret->password))
		return err_set(e, ERR_FORMAT, "\"auth\" is not base64 of USER:PASSWORD");
	/* Docker pads what it writes with NUL bytes */
	while (ret->password.n && ret->password.p[ret->password.n - 1] == 0)
		ret->password.n--;
	return 0;
}

static struct bytes helper_name(struct arena *a, struct bytes name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!is_alnum(name.p[i]) && !memchr("._-", name.p[i], 3))
			return (struct bytes){NULL, 0};
	}
	return name.n ? arena_dup(a, name) : (struct bytes){NULL, 0};
}

/* Messages of the JSON reader name lines and columns, and the word it stumbled over. */
static int load(struct bytes text, size_t max, json_t **ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	struct err own;
	if (json_load_data(text, "", max, &root, &own) == 0 && json_is_object(root)) {
		*ret = TAKE(root);
		return 0;
	}
	return err_set(e, ERR_FORMAT, "is not a JSON object");
}

int registry_auth_find(struct arena *a, struct bytes json, const struct registry_ref *ref,
                       struct registry_auth *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	struct registry_auth found = {.is_store = false};
	if (load(json, REGISTRY_AUTH_MAX, &root, e))
		return -1;
	const json_t *helpers = json_obj(root, "credHelpers"), *auths = json_obj(root, "auths");
	const json_t *helper = helpers ? best_entry(helpers, ref) : NULL;
	const json_t *entry = auths ? best_entry(auths, ref) : NULL;
	struct bytes named = helper ? json_bytes(helper) : (struct bytes){NULL, 0};
	if (!named.n) {
		named = json_text(root, "credsStore");
		found.is_store = named.n > 0;
	}
	if (named.n) {
		found.helper = helper_name(a, named);
		if (!found.helper.n)
			return err_set(e, ERR_FORMAT, "names a credential helper that is no word");
	}
	if (json_is_object(entry) && entry_auth(a, entry, &found, e))
		return -1;
	*ret = found;
	return 0;
}

int registry_helper_answer(struct arena *a, struct bytes json, struct registry_auth *ret,
                           struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (load(json, REGISTRY_TOKEN_DOC_MAX, &root, e))
		return -1;
	struct bytes user = arena_dup(a, json_text(root, "Username"));
	struct bytes secret = arena_dup(a, json_text(root, "Secret"));
	if (!secret.n)
		return err_set(e, ERR_FORMAT, "gave no secret");
	*ret = (struct registry_auth){.is_store = false};
	if (bytes_eq(user, B("<token>"))) {
		ret->identity_token = secret;
		return 0;
	}
	ret->user = user;
	ret->password = secret;
	return 0;
}

int registry_token_answer(struct arena *a, struct bytes json, struct bytes *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (load(json, REGISTRY_TOKEN_DOC_MAX, &root, e))
		return -1;
	struct bytes t = json_text(root, "token");
	if (!t.n)
		t = json_text(root, "access_token");
	if (!t.n)
		return err_set(e, ERR_FORMAT, "holds no token");
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] <= ' ' || t.p[i] >= 0x7f)
			return err_set(e, ERR_FORMAT,
			               "holds a token with bytes that no header takes");
	}
	*ret = arena_dup(a, t);
	return 0;
}
