/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_conda.c - environment.yml of conda.
 *
 * Format: docs.conda.io, "Managing environments" and "Package match specifications":
 * "CHANNEL::NAME=VERSION=BUILD", "NAME VERSION BUILD", "NAME==VERSION"; a mapping "pip" holds
 * requirements of Python.  "conda env export" writes "NAME=VERSION=BUILD", without builds
 * "NAME=VERSION", so that one "=" counts as exact; comparisons, choices and "*" name no version.
 * Other programs have files of this name too: one without the list is none of conda's.
 */
#include "fmt/lock.h"

static bool is_version_char(uint8_t c)
{
	return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+' || c == '!';
}

/* "=1.2=build", "==1.2", " 1.2 build": the version; absent where none is exact. */
static struct bytes exact(struct bytes spec)
{
	struct bytes version;
	size_t n = 0;
	spec = bytes_trim(spec);
	while (n < spec.n && n < 2 && spec.p[n] == '=')
		n++;
	spec = bytes_trim(bytes_skip(spec, n));
	for (n = 0; n < spec.n && is_version_char(spec.p[n]);)
		n++;
	version = bytes_slice(spec, 0, n);
	bool is_end = n == spec.n || is_blank(spec.p[n]) || spec.p[n] == '=';
	return is_end && n && is_digit(version.p[0]) ? version : (struct bytes){NULL, 0};
}

static int from_conda(struct lock_out *o, struct bytes spec, struct err *e)
{
	ssize_t channel = bytes_search(spec, B("::"));
	size_t n = 0;
	spec = bytes_trim(bytes_skip(spec, channel >= 0 ? (size_t)channel + 2 : 0));
	while (n < spec.n && !is_blank(spec.p[n]) && bytes_find(B("=<>!~["), spec.p[n]) < 0)
		n++;
	struct lang_package p = {.name = bytes_slice(spec, 0, n),
	                         .version = exact(bytes_skip(spec, n))};
	uint64_t number;
	if (bytes_u64(p.name, UINT64_MAX, &number)) { /* texts and numbers are the same here */
		lock_odd(o, B("dependencies"), "neither a package nor a list of pip's");
		return 0;
	}
	return p.name.n ? lock_put(o, &p, e) : 0;
}

static int from_pip(struct lock_out *o, const json_t *at, struct err *e)
{
	const json_t *list = json_object_get(at, "pip");
	if (!json_is_array(list))
		lock_odd(o, B("dependencies"), "neither a package nor a list of pip's");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		if (!json_is_string(one))
			lock_odd(o, B("pip"), "a requirement that is no text");
		else if (lock_requirement(o, bytes_trim(json_bytes(one)), e) < 0)
			return -1;
	}
	return 0;
}

/* Templates and documents of other programs need not be YAML. */
static bool is_of_conda(struct bytes text)
{
	for (struct bytes line; bytes_line(&text, &line);) {
		if (bytes_starts(line, B("dependencies:")))
			return true;
	}
	return false;
}

int lock_conda(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (!is_of_conda(text))
		return lock_end(o, e);
	if (lock_yaml(text, "environment.yml", &root, e) < 0)
		return -1;
	const json_t *list = json_object_get(root, "dependencies");
	if (!json_is_array(list))
		return err_set(e, ERR_FORMAT, "environment.yml: dependencies are no list");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *at = json_array_get(list, i);
		int rc = json_is_string(at) ? from_conda(o, bytes_trim(json_bytes(at)), e)
		                            : from_pip(o, at, e);
		if (rc < 0)
			return -1;
	}
	return lock_end(o, e);
}
