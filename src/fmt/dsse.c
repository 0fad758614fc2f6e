/* SPDX-License-Identifier: Apache-2.0 */
/* dsse.c - the DSSE envelope.  Source: DSSE v1.0 envelope.md ("JSON") and protocol.md. */
#include "fmt/dsse.h"

static int get_base64(struct arena *a, const json_t *from, const char *key, const char *name,
                      struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf raw;
	const json_t *member = json_object_get(from, key);
	struct bytes text = json_bytes(member);
	buf_init(&raw, text.n + 1);
	if (!json_is_string(member) || !base64_decode(text, &raw))
		return err_set(e, ERR_FORMAT, "%s: \"%s\" is not base64", name, key);
	*ret = arena_dup(a, buf_bytes(&raw));
	return 0;
}

static int get_signatures(struct arena *a, const json_t *root, const char *name, struct dsse *to,
                          struct err *e)
{
	const json_t *list = json_list(root, "signatures");
	size_t n = json_array_size(list);
	/* envelope.md: "signatures" is required, and an unsigned envelope proves nothing */
	if (n == 0)
		return err_set(e, ERR_FORMAT, "%s: has no signatures", name);
	if (n > (size_t)DSSE_SIGNATURES_MAX)
		return err_set(e, ERR_LIMIT, "%s: %zu signatures, at most %lld", name, n,
		               (long long)DSSE_SIGNATURES_MAX);
	to->signatures = arena_alloc(a, n * sizeof *to->signatures);
	to->n_signatures = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(list, i);
		const json_t *id = json_object_get(one, "keyid");
		if (!json_is_object(one) || (id && !json_is_string(id) && !json_is_null(id)))
			return err_set(e, ERR_FORMAT, "%s: signature %zu is malformed", name, i);
		to->signatures[i].keyid = arena_dup(a, json_text(one, "keyid"));
		if (get_base64(a, one, "sig", name, &to->signatures[i].sig, e) < 0)
			return -1;
	}
	return 0;
}

int dsse_read(struct arena *a, const json_t *root, const char *name, struct dsse *ret,
              struct err *e)
{
	struct dsse d = {.n_signatures = 0};
	if (!json_is_object(root) || !json_is_string(json_object_get(root, "payloadType")))
		return err_set(e, ERR_FORMAT, "%s: not a DSSE envelope", name);
	d.payload_type = arena_dup(a, json_text(root, "payloadType"));
	if (get_base64(a, root, "payload", name, &d.payload, e) < 0 ||
	    get_signatures(a, root, name, &d, e) < 0)
		return -1;
	*ret = d;
	return 0;
}

int dsse_parse(struct arena *a, struct bytes text, const char *name, struct dsse *ret,
               struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_data(text, name, (size_t)DSSE_ENVELOPE_MAX, &root, e) < 0)
		return -1;
	return dsse_read(a, root, name, ret, e);
}

/* protocol.md: PAE(type, body) = "DSSEv1" + SP + LEN(type) + SP + type + SP + LEN(body) + SP + body
 */
int dsse_pae(struct bytes type, struct bytes payload, struct buf *ret)
{
	if (buf_addf(ret, "DSSEv1 %zu ", type.n) < 0 || buf_add(ret, type) < 0 ||
	    buf_addf(ret, " %zu ", payload.n) < 0)
		return -1;
	return buf_add(ret, payload);
}

static void put_base64(struct json_out *j, const char *key, struct bytes raw)
{
	AUTO_BUF struct buf text;
	buf_init(&text, raw.n / 3 * 4 + 8);
	base64_encode(raw, &text);
	jout_kbytes(j, key, text.n ? buf_bytes(&text) : B(""));
}

int dsse_write(const struct dsse *d, struct buf *ret)
{
	struct json_out j;
	jout_init(&j, jout_to_buf, ret, false);
	jout_object(&j);
	jout_kbytes(&j, "payloadType", d->payload_type);
	put_base64(&j, "payload", d->payload);
	jout_key(&j, "signatures");
	jout_array(&j);
	for (size_t i = 0; i < d->n_signatures; i++) {
		jout_object(&j);
		if (d->signatures[i].keyid.n)
			jout_kbytes(&j, "keyid", d->signatures[i].keyid);
		put_base64(&j, "sig", d->signatures[i].sig);
		jout_object_end(&j);
	}
	jout_array_end(&j);
	jout_object_end(&j);
	return jout_end(&j);
}
