/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_link.c - the Link header of a list that goes on: </v2/_catalog?last=x&n=5>; rel="next".
 *
 * Sources: RFC 8288, section 3; OCI distribution-spec, "Listing Tags".
 */
#include "fmt/registry.h"

static const struct bytes none = {NULL, 0};

/* Is "rel" one of the parameters, with the value next? */
static bool is_next(struct bytes params)
{
	struct bytes one, name, value;
	while (bytes_split(&params, ';', &one)) {
		if (!bytes_cut(bytes_trim(one), '=', &name, &value) ||
		    !bytes_eq_nocase(bytes_trim(name), B("rel")))
			continue;
		value = bytes_trim(value);
		return bytes_eq_nocase(value, B("\"next\"")) || bytes_eq_nocase(value, B("next"));
	}
	return false;
}

/* The path of an address of the registry itself; absent for another's. */
static struct bytes own_path(struct bytes url, struct bytes host)
{
	static const struct bytes schemes[] = {
		{(const uint8_t *)"https://", 8},
		{(const uint8_t *)"http://",  7},
	};
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (!bytes_starts(url, schemes[i]))
			continue;
		url = bytes_skip(url, schemes[i].n);
		if (!bytes_eq_nocase(bytes_slice(url, 0, host.n), host))
			return none;
		return bytes_skip(url, host.n);
	}
	return url;
}

/* What may stand behind /v2/: nothing that leads out of it. */
static bool is_plain(struct bytes rest)
{
	struct bytes path, query, part;
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] <= ' ' || rest.p[i] >= 0x7f || rest.p[i] == '#' || rest.p[i] == '\\')
			return false;
	}
	bytes_cut(rest, '?', &path, &query);
	while (bytes_split(&path, '/', &part)) {
		if (bytes_eq(part, B("..")) || bytes_eq(part, B(".")))
			return false;
	}
	return rest.n > 0;
}

/* The address of the link that is next; false: there is none. */
static bool find_next(struct bytes header, struct bytes *ret)
{
	while (header.n) {
		struct bytes url, params, before;
		if (!bytes_cut(header, '<', &before, &url) || !bytes_cut(url, '>', &url, &params))
			return false;
		ssize_t end = bytes_find(params, ','); /* of this link: another may follow */
		header = end < 0 ? none : bytes_skip(params, (size_t)end + 1);
		params = end < 0 ? params : bytes_slice(params, 0, (size_t)end);
		*ret = url;
		if (is_next(params))
			return true;
	}
	return false;
}

struct bytes registry_next_link(struct bytes header, struct bytes host)
{
	struct bytes url;
	if (!find_next(header, &url))
		return none;
	struct bytes path = own_path(url, host);
	if (url.n > (size_t)REGISTRY_LINK_MAX || !bytes_starts(path, B("/v2/")))
		return none;
	path = bytes_skip(path, 4);
	return is_plain(path) ? path : none;
}

bool registry_goes_on(struct bytes header)
{
	struct bytes url;
	return find_next(header, &url);
}
