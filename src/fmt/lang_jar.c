/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_jar.c - what a jar says of itself.
 *
 * Format: pom.properties that Maven packs (version, groupId, artifactId as lines KEY=VALUE);
 * META-INF/MANIFEST.MF, main section (JAR File Specification: "NAME: VALUE", a line that begins
 * with a blank continues the one before); the name ARTIFACT-VERSION.jar.
 */
#include "fmt/lang.h"

static bool is_filled(struct bytes v) { return v.n && bytes_find(v, '$') < 0; }

static struct bytes joined(struct bytes group, struct bytes artifact, struct arena *a)
{
	return bytes_str(arena_printf(a, "%.*s:%.*s", BYTES_FMT(group), BYTES_FMT(artifact)));
}

int lang_pom_properties(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct bytes group = {NULL, 0}, artifact = {NULL, 0}, version = {NULL, 0};
	for (struct bytes line, key, value; bytes_line(&text, &line);) {
		if (bytes_starts(line, B("#")) || !bytes_cut(line, '=', &key, &value))
			continue;
		key = bytes_trim(key);
		value = bytes_trim(value);
		if (bytes_eq(key, B("groupId")))
			group = value;
		if (bytes_eq(key, B("artifactId")))
			artifact = value;
		if (bytes_eq(key, B("version")))
			version = value;
	}
	if (!is_filled(group) || !is_filled(artifact) || !is_filled(version))
		return 0; /* a template that nobody filled in */
	struct lang_package p = {.name = joined(group, artifact, a),
	                         .version = arena_dup(a, version)};
	if (lang_check(&p, e) < 0)
		return -1;
	*ret = p;
	return 1;
}

struct manifest {
	struct bytes title, version, specification, vendor_id, symbolic, bundle_version;
};

/* Takes the next attribute off *rest, its lines joined; false at the end of the section. */
static bool attribute(struct bytes *rest, struct arena *a, struct bytes *ret_name,
                      struct bytes *ret_value)
{
	struct bytes line;
	if (!bytes_line(rest, &line) || line.n == 0)
		return false;
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	buf_add(&b, line);
	while (rest->n && rest->p[0] == ' ') {
		bytes_line(rest, &line);
		buf_add(&b, bytes_skip(line, 1));
	}
	struct bytes value;
	if (bytes_cut(buf_bytes(&b), ':', ret_name, &value)) {
		*ret_name = arena_dup(a, *ret_name);
		*ret_value = arena_dup(a, bytes_trim(value));
	} else {
		*ret_name = *ret_value = (struct bytes){NULL, 0};
	}
	return true;
}

static void read_manifest(struct bytes text, struct arena *a, struct manifest *m)
{
	const struct {
		struct bytes name, *to;
	} fields[] = {
		{B("Implementation-Title"),     &m->title         },
		{B("Implementation-Version"),   &m->version       },
		{B("Implementation-Vendor-Id"), &m->vendor_id     },
		{B("Specification-Version"),    &m->specification },
		{B("Bundle-SymbolicName"),      &m->symbolic      },
		{B("Bundle-Version"),           &m->bundle_version},
	};
	for (struct bytes name, value; attribute(&text, a, &name, &value);) {
		for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
			if (bytes_eq_nocase(name, fields[i].name))
				*fields[i].to = value;
		}
	}
}

/* "commons-io-2.4.jar": the version begins behind the first '-' that a digit follows. */
static void cut_name(struct bytes file, struct bytes *ret_artifact, struct bytes *ret_version)
{
	ssize_t dot = bytes_rfind(file, '.');
	*ret_artifact = bytes_slice(file, 0, dot < 0 ? file.n : (size_t)dot);
	*ret_version = (struct bytes){NULL, 0};
	struct bytes whole = *ret_artifact;
	for (size_t i = 1; i + 1 < whole.n; i++) {
		if (whole.p[i] != '-' || !is_digit(whole.p[i + 1]))
			continue;
		*ret_artifact = bytes_slice(whole, 0, i);
		*ret_version = bytes_skip(whole, i + 1);
		return;
	}
}

/* "org.apache.commons.lang3;singleton:=true" is a group where more than a word is left.  Nothing
 * known: the artifact itself, as the groups of old ones are (junit:junit, commons-io:commons-io).
 */
static struct bytes group_of(const struct manifest *m, struct bytes artifact)
{
	struct bytes name, rest;
	if (is_filled(m->vendor_id) && bytes_find(m->vendor_id, ' ') < 0 &&
	    bytes_find(m->vendor_id, '.') > 0)
		return m->vendor_id;
	bytes_cut(m->symbolic, ';', &name, &rest);
	name = bytes_trim(name);
	if (!is_filled(name) || bytes_find(name, '.') < 0)
		return artifact;
	ssize_t dot = bytes_rfind(name, '.');
	struct bytes last = bytes_skip(name, (size_t)dot + 1);
	return bytes_eq(last, artifact) ? bytes_slice(name, 0, (size_t)dot) : name;
}

int lang_jar(struct bytes file, struct bytes manifest, struct arena *a, struct lang_package *ret)
{
	struct manifest m = {
		.title = {NULL, 0}
        };
	struct bytes artifact, version;
	struct err ignored;
	read_manifest(manifest, a, &m);
	cut_name(file, &artifact, &version);
	const struct bytes said[] = {version, m.version, m.bundle_version, m.specification};
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(said) && !is_filled(said[i]))
		i++;
	if (!is_filled(said[i]) || !is_filled(artifact))
		return 0;
	struct lang_package p = {.name = joined(group_of(&m, artifact), artifact, a),
	                         .version = arena_dup(a, said[i])};
	if (lang_check(&p, &ignored) < 0)
		return 0;
	*ret = p;
	return 1;
}
