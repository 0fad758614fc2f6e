/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_swift.c - Package.resolved and Podfile.lock.
 *
 * Format: swift.org, "Resolving versions": "pins", below "object" in version 1; a package is its
 * address without scheme and ".git".  guides.cocoapods.org, "Podfile.lock": "PODS" lists
 * "Name (version)", or such a text with what it needs; "Name/Part" is a part of Name.
 */
#include "fmt/lock.h"

static struct bytes plain_address(struct bytes url)
{
	ssize_t scheme = bytes_search(url, B("://"));
	if (scheme >= 0)
		url = bytes_skip(url, (size_t)scheme + 3);
	ssize_t user = bytes_find(url, '@');
	if (user >= 0)
		url = bytes_skip(url, (size_t)user + 1);
	while (bytes_ends(url, B("/")))
		url.n--;
	return bytes_slice(url, 0, url.n - (bytes_ends(url, B(".git")) ? 4 : 0));
}

/* "git@host:owner/name": a slash stands for the colon of other addresses. */
static struct bytes name_of(struct lock_out *o, struct bytes url)
{
	url = plain_address(url);
	buf_reset(&o->text);
	for (size_t i = 0; i < url.n; i++)
		buf_addc(&o->text, url.p[i] == ':' ? '/' : url.p[i]);
	return buf_bytes(&o->text);
}

int lock_swift(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "Package.resolved", &root, e) < 0)
		return -1;
	const json_t *pins = lock_part(o, root, "pins", JSON_ARRAY);
	pins = pins ? pins : json_list(json_object_get(root, "object"), "pins");
	for (size_t i = 0; i < json_array_size(pins); i++) {
		const json_t *at = json_array_get(pins, i), *state = json_object_get(at, "state");
		struct bytes url = json_text(at, "location");
		struct lang_package p = {.version = json_text(state, "version")};
		url = url.n ? url : json_text(at, "repositoryURL");
		if (!p.version.n)
			p.version = json_text(state, "revision");
		p.name = url.n ? name_of(o, url) : json_text(at, "identity");
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* ---- CocoaPods ---- */

static bool cut_pod(struct bytes pod, struct bytes *ret_name, struct bytes *ret_version)
{
	struct bytes tail;
	if (!bytes_cut(pod, '(', ret_name, ret_version) ||
	    !bytes_cut(*ret_version, ')', ret_version, &tail))
		return false;
	*ret_name = bytes_trim(*ret_name);
	return true;
}

static int pod(struct lock_out *o, const json_t *at, struct err *e)
{
	struct lang_package p = {.scope = LANG_RUN};
	struct lock_members m = lock_members(at);
	struct bytes head = json_is_object(at) && lock_next(&m) ? m.key : json_bytes(at);
	if (!cut_pod(head, &p.name, &p.version)) {
		lock_odd(o, head, "not a name and a version");
		return 0;
	}
	for (size_t i = 0; json_is_object(at) && i < json_array_size(m.value); i++) {
		struct bytes need = json_bytes(json_array_get(m.value, i)), name;
		if (bytes_word(&need, &name))
			lock_need(o, name, (struct bytes){NULL, 0});
	}
	return lock_put(o, &p, e);
}

int lock_podfile(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_yaml(text, "Podfile.lock", &root, e) < 0)
		return -1;
	const json_t *pods = lock_part(o, root, "PODS", JSON_ARRAY);
	for (size_t i = 0; i < json_array_size(pods); i++) {
		if (pod(o, json_array_get(pods, i), e) < 0)
			return -1;
	}
	return lock_end(o, e);
}
