/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_jar.c - what a jar says of itself.
 *
 * Format: pom.properties that Maven packs (version, groupId, artifactId as lines KEY=VALUE);
 * META-INF/MANIFEST.MF, main section (JAR File Specification: "NAME: VALUE", a line that begins
 * with a blank continues the one before); the name ARTIFACT-VERSION.jar; the folder that all
 * classes share.
 */
#include "fmt/lang_jar_parts.h"

#include <string.h>

#include "fmt/xmltree.h"

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
	struct bytes title, version, specification, vendor_id, symbolic, bundle_version, license;
	struct bytes module, extension;
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
		{B("Bundle-License"),           &m->license       },
		{B("Automatic-Module-Name"),    &m->module        },
		{B("Extension-Name"),           &m->extension     },
	};
	for (struct bytes name, value; attribute(&text, a, &name, &value);) {
		for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
			if (bytes_eq_nocase(name, fields[i].name))
				*fields[i].to = value;
		}
	}
}

/* Maven's classifiers: which of the files of a version it is, no part of the version. */
static struct bytes without_classifier(struct bytes version)
{
	static const char *const ends[] = {
		"-all",
		"-exec",
		"-fat",
		"-jar-with-dependencies",
		"-javadoc",
		"-no-deps",
		"-runner",
		"-shaded",
		"-sources",
		"-standalone",
		"-tests",
		"-uber",
		"-with-dependencies",
	};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (bytes_ends(version, bytes_str(ends[i])))
			return bytes_slice(version, 0, version.n - strlen(ends[i]));
	}
	return version;
}

/* "commons-io-2.4.jar": the version begins behind the first '-' that a digit follows. */
void lang_jar_name(struct bytes file, struct bytes *ret_artifact, struct bytes *ret_version)
{
	ssize_t dot = bytes_rfind(file, '.');
	*ret_artifact = bytes_slice(file, 0, dot < 0 ? file.n : (size_t)dot);
	*ret_version = (struct bytes){NULL, 0};
	struct bytes whole = *ret_artifact;
	for (size_t i = 1; i + 1 < whole.n; i++) {
		if (whole.p[i] != '-' || !is_digit(whole.p[i + 1]))
			continue;
		*ret_artifact = bytes_slice(whole, 0, i);
		*ret_version = without_classifier(bytes_skip(whole, i + 1));
		return;
	}
}

/* Addresses that stand for a licence, behind scheme and "www."; a text of the GNU family cannot say
 * "or later".  Source: SPDX licence list, "seeAlso". */
static const struct {
	const char *begins, *id;
} addresses[] = {
	{"apache.org/licenses/license-1.1",           "Apache-1.1"                               },
	{"apache.org/licenses/license-2.0",           "Apache-2.0"                               },
	{"asm.ow2.io/license",                        "BSD-3-Clause"                             },
	{"creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"                                  },
	{"eclipse.org/legal/epl-2.0",                 "EPL-2.0"                                  },
	{"eclipse.org/legal/epl-v10",                 "EPL-1.0"                                  },
	{"eclipse.org/legal/epl-v20",                 "EPL-2.0"                                  },
	{"eclipse.org/org/documents/edl-v10",         "BSD-3-Clause"                             },
	{"eclipse.org/org/documents/epl-2.0",         "EPL-2.0"                                  },
	{"eclipse.org/org/documents/epl-v10",         "EPL-1.0"                                  },
	{"gnu.org/licenses/gpl-2.0",                  "GPL-2.0-only"                             },
	{"gnu.org/licenses/gpl-3.0",                  "GPL-3.0-only"                             },
	{"gnu.org/licenses/lgpl-2.1",                 "LGPL-2.1-only"                            },
	{"gnu.org/licenses/lgpl-3.0",                 "LGPL-3.0-only"                            },
	{"gnu.org/licenses/old-licenses/gpl-2.0",     "GPL-2.0-only"                             },
	{"gnu.org/licenses/old-licenses/lgpl-2.1",    "LGPL-2.1-only"                            },
	{"gnu.org/software/classpath/license",        "GPL-2.0-only WITH Classpath-exception-2.0"},
	{"h2database.com/html/license",               "MPL-2.0 OR EPL-1.0"                       },
	{"jquery.org/license",                        "MIT"				      },
	{"mozilla.org/en-us/mpl/2.0",                 "MPL-2.0"                                  },
	{"mozilla.org/mpl/2.0",                       "MPL-2.0"                                  },
	{"mozilla.org/mpl/mpl-1.1",                   "MPL-1.1"                                  },
	{"opensource.org/licenses/apache-2.0",        "Apache-2.0"                               },
	{"opensource.org/licenses/bsd-2-clause",      "BSD-2-Clause"                             },
	{"opensource.org/licenses/bsd-3-clause",      "BSD-3-Clause"                             },
	{"opensource.org/licenses/mit",               "MIT"                                      },
	{"oss.oracle.com/licenses/cddl+gpl-1.1",
         "CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0"                                 },
	{"unlicense.org",			     "Unlicense"                                },
};

/* "LICENSE.txt": where the licence stands, not which it is. */
static bool is_file(struct bytes text)
{
	static const char *const ends[] = {".html", ".md", ".txt"};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (bytes_ends(text, bytes_str(ends[i])))
			return bytes_find(text, ' ') < 0;
	}
	return false;
}

/* A name stays; an address becomes what it stands for, or absent. */
static struct bytes license_named(struct bytes text)
{
	static const char *const schemes[] = {"https://", "http://"};
	struct bytes rest = text;
	for (size_t i = 0; i < ARRAY_LEN(schemes) && rest.n == text.n; i++) {
		if (bytes_starts(text, bytes_str(schemes[i])))
			rest = bytes_skip(text, strlen(schemes[i]));
	}
	if (rest.n == text.n)
		return is_filled(text) && !bytes_eq(text, B("<<EXTERNAL>>")) && !is_file(text)
		               ? text
		               : (struct bytes){NULL, 0};
	if (bytes_starts(rest, B("www.")))
		rest = bytes_skip(rest, 4);
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		struct bytes begins = bytes_str(addresses[i].begins);
		if (bytes_eq_nocase(bytes_slice(rest, 0, begins.n), begins))
			return bytes_str(addresses[i].id);
	}
	return (struct bytes){NULL, 0};
}

/* The next licence of Bundle-License, without its attributes: up to a comma, but for one before a
 * version: "Apache License, Version 2.0". */
static struct bytes license_next(struct bytes *rest)
{
	size_t n = 0;
	bool is_quoted = false;
	for (; n < rest->n; n++) {
		is_quoted ^= rest->p[n] == '"';
		struct bytes behind = bytes_trim(bytes_skip(*rest, n + 1));
		if (rest->p[n] == ',' && !is_quoted &&
		    !bytes_eq_nocase(bytes_slice(behind, 0, 7), B("version")))
			break;
	}
	struct bytes one = bytes_slice(*rest, 0, n), name, attributes;
	*rest = bytes_skip(*rest, n + 1);
	bytes_cut(one, ';', &name, &attributes);
	name = bytes_trim(name);
	if (name.n > 1 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = bytes_slice(name, 1, name.n - 1);
	return name;
}

struct bytes lang_jar_license(struct bytes manifest, struct arena *a)
{
	struct manifest m = {
		.title = {NULL, 0}
        };
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	read_manifest(manifest, a, &m);
	for (struct bytes rest = m.license; rest.n;) {
		struct bytes one = license_named(license_next(&rest));
		if (one.n)
			buf_addf(&b, "%s%.*s", b.n ? " OR " : "", BYTES_FMT(one));
	}
	return arena_dup(a, buf_bytes(&b));
}

struct bytes lang_pom_license(struct bytes text, struct arena *a)
{
	const struct xml_node *root, *one;
	struct err ignored;
	AUTO_ARENA struct arena *tree = arena_new();
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	if (xml_load(text, "pom.xml", (size_t)LANG_MANIFEST_MAX, tree, &root, &ignored) < 0)
		return (struct bytes){NULL, 0};
	const struct xml_node *all = xml_child(root, "licenses");
	for (one = all ? xml_named(all->child, "license") : NULL; one;
	     one = xml_named(one->next, "license")) {
		struct bytes url = xml_text(one, "url"), name = {NULL, 0};
		if (bytes_starts(url, B("http")))
			name = license_named(url);
		if (!name.n)
			name = license_named(xml_text(one, "name"));
		if (name.n)
			buf_addf(&b, "%s%.*s", b.n ? " OR " : "", BYTES_FMT(name));
	}
	return b.overflow ? (struct bytes){NULL, 0} : arena_dup(a, buf_bytes(&b));
}

/* "tomcat-catalina" of org.apache.tomcat-catalina, which a distribution has as catalina.jar: what
 * Maven makes of group and artifact has a "-" in its last component. */
static struct bytes bundle_artifact(struct bytes symbolic)
{
	struct bytes name, rest;
	bytes_cut(symbolic, ';', &name, &rest);
	name = bytes_trim(name);
	struct bytes last = bytes_skip(name, (size_t)(bytes_rfind(name, '.') + 1));
	return last.n < name.n && is_filled(name) && bytes_find(last, '-') > 0
	               ? last
	               : (struct bytes){NULL, 0};
}

int lang_jar(struct bytes file, struct bytes manifest, struct bytes classes, struct arena *a,
             struct lang_package *ret)
{
	struct manifest m = {
		.title = {NULL, 0}
        };
	struct bytes artifact, version;
	struct err ignored;
	read_manifest(manifest, a, &m);
	lang_jar_name(file, &artifact, &version);
	const struct bytes said[] = {version, m.version, m.bundle_version, m.specification};
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(said) && !is_filled(said[i]))
		i++;
	if (!is_filled(said[i]) || !is_filled(artifact))
		return 0;
	struct bytes bundle = bundle_artifact(m.symbolic);
	struct jar_hints hints = {
		.artifact = !version.n && bundle.n ? bundle : artifact,
		.version = said[i],
		.classes = classes,
		.title = m.title,
		.vendor_id = m.vendor_id,
		.symbolic = m.symbolic,
		.module = m.module,
		.extension = m.extension,
	};
	struct bytes group = lang_jar_group(&hints, a);
	struct lang_package p = {.name = joined(group, hints.artifact, a),
	                         .version = arena_dup(a, said[i])};
	if (lang_check(&p, &ignored) < 0)
		return 0;
	*ret = p;
	return 1;
}
