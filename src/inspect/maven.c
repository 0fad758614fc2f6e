/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maven.c - Java archives.
 *
 * Format: ZIP (fmt/zip.h); pom.properties, manifest and name of a jar (fmt/lang_jar.c).
 * Source: files named as Java archives are, and such archives within them.
 * Emits: package (maven) for each pom.properties, and for the jar as its manifest, name and the
 * folder of its classes tell where none of them is its own (a shaded jar holds those of others);
 * the distribution that a library is of; its licence by the manifest or the pom.xml beside, and the
 * SHA-1 of the archive; the path of what lies in an inner archive is "outer!/inner".  Count
 * "unnamed" of archives with classes that say neither name nor version, and setting "unnamed-jar"
 * (name: path, value: SHA-1). Setting "license-text" (name: path, a licence each) of licence files
 * in META-INF and at the top. A note for what cannot be read.
 */
#include "inspect/inspect.h"

#include <string.h>

#include "fmt/fmt.h"
#include "inspect/lang.h"
#include "inspect/owned.h"

static const char *const kinds[] = {".aar", ".jar", ".war", ".ear", ".kar", ".par",
                                    ".sar", ".nar", ".jpi", ".hpi", ".lpkg"};

struct jar {
	struct inspect *in;
	struct notes notes;
	uint64_t held; /* bytes inflated that are in memory now */
	uint64_t work; /* bytes inflated so far */
};

static bool is_archive(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (bytes_ends(name, bytes_str(kinds[i])))
			return true;
	}
	return false;
}

/* Maven packs them at META-INF/maven/GROUP/ARTIFACT/; tools that pack anew put them elsewhere. */
static bool is_properties(struct bytes name)
{
	return bytes_eq(path_base(name), B("pom.properties"));
}

static void state(struct jar *j, struct bytes path, const struct lang_package *p,
                  struct bytes digest, struct bytes proof)
{
	inspect_package(j->in, &(struct fact_package){
				       .head.path = path,
				       .type = B("maven"),
				       .name = p->name,
				       .version = p->version,
				       .license = p->license,
				       .digest = digest,
				       .proof = proof,
			       });
}

/* Reads a member into b, made here; what is wrong becomes a note. */
static int fetch(struct jar *j, const struct zip *z, const struct zip_member *m, struct buf *b)
{
	struct err e = {.kind = ERR_NONE};
	uint64_t most =
		MIN_OF((uint64_t)JAR_NESTED_MAX - j->held, (uint64_t)JAR_WORK_MAX - j->work);
	buf_init(b, (size_t)most);
	if (zip_read(z, m, b, &e) == 0) {
		j->work += b->n;
		return 0;
	}
	char what[120];
	snprintf(what, sizeof what, "member %.*s", BYTES_FMT(bytes_slice(m->name, 0, 100)));
	notes_add(&j->notes, what, &e);
	buf_fini(b);
	return -1;
}

struct level {
	struct bytes path;
	struct bytes artifact, version;     /* as the file is called */
	enum { OTHER, ALIKE, SAME } called; /* how the held one's artifact is */
	struct lang_package held; /* of those that a pom.properties names: the archive's own, or the
	                           * first */
	struct lang_package
		last; /* of the pom.properties seen last, until the next folder begins */
	struct bytes last_dir, pom_dir, pom_license; /* its folder; that of the pom.xml seen last */
	unsigned depth;
	size_t n_stated;
	struct buf manifest;
	bool has_classes;
};

static void open_jar(struct jar *j, struct bytes file, struct level *l);

static void nested(struct jar *j, struct bytes name, struct bytes file, const struct level *outer)
{
	struct err e;
	struct level l = {.depth = outer->depth + 1};
	AUTO_BUF struct buf path;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_add(&path, outer->path);
	buf_adds(&path, "!/");
	buf_add(&path, name);
	l.path = buf_bytes(&path);
	err_set(&e, ERR_LIMIT, "nested deeper than %d levels, or its path is too long",
	        (int)JAR_DEPTH_MAX);
	if (path.overflow || l.depth > (unsigned)JAR_DEPTH_MAX) {
		notes_add(&j->notes, "archive within", &e);
		return;
	}
	j->held += file.n;
	open_jar(j, file, &l);
	j->held -= file.n;
}

/* "netty-all" begins with netty, "all" not with "a". */
static bool begins_with(struct bytes name, struct bytes word)
{
	return bytes_starts(name, word) && (name.n == word.n || !is_alpha(name.p[word.n]));
}

static unsigned called(const struct level *l, const struct lang_package *p)
{
	struct bytes group, artifact;
	bytes_cut(p->name, ':', &group, &artifact);
	struct bytes end = bytes_skip(l->artifact, group.n);
	bool has_group = bytes_starts(l->artifact, group) && bytes_starts(end, B(".")) &&
	                 bytes_eq(bytes_skip(end, 1), artifact);
	if (bytes_eq(l->artifact, artifact) || has_group)
		return SAME;
	return begins_with(l->artifact, artifact) || begins_with(artifact, l->artifact) ? ALIKE
	                                                                                : OTHER;
}

/* One that is alone is the archive's own, whatever the file is called, unless both the name and the
 * version speak against it. */
static bool is_told(const struct level *l)
{
	return l->called != OTHER || (l->n_stated == 1 && bytes_eq(l->held.version, l->version));
}

static const struct bytes none = {NULL, 0};

/* Its folder is over: it is stated, or held. */
static void release(struct jar *j, struct level *l)
{
	struct lang_package p = l->last;
	if (!p.name.n)
		return;
	l->last.name.n = 0;
	unsigned how = called(l, &p);
	if (l->held.name.n && how <= l->called) {
		state(j, l->path, &p, none, none);
		return;
	}
	if (l->held.name.n)
		state(j, l->path, &l->held, none, none);
	l->held = p;
	l->called = how;
}

static void properties(struct jar *j, struct bytes dir, struct bytes text, struct level *l)
{
	struct lang_package p;
	struct err e = {.kind = ERR_NONE};
	int rc = lang_pom_properties(text, inspect_arena(j->in), &p, &e);
	if (rc < 0)
		notes_add(&j->notes, "pom.properties", &e);
	if (rc <= 0)
		return;
	release(j, l);
	if (bytes_eq(l->pom_dir, dir))
		p.license = l->pom_license;
	l->last = p;
	l->last_dir = dir;
	l->n_stated++;
}

static void pom(struct jar *j, struct bytes dir, struct bytes text, struct level *l)
{
	l->pom_dir = dir;
	l->pom_license = lang_pom_license(text, inspect_arena(j->in));
	if (l->last.name.n && !l->last.license.n && bytes_eq(l->last_dir, dir))
		l->last.license = l->pom_license;
}

/* Its digest may tell. */
static void unnamed(struct jar *j, const struct level *l, const struct digest *sha1)
{
	char hex[2 * 20 + 1];
	for (size_t i = 0; i < digest_size(DIGEST_SHA1); i++)
		snprintf(hex + 2 * i, 3, "%02x", sha1->b[i]);
	inspect_count(j->in, B("unnamed"), 1);
	inspect_setting(j->in, &(struct fact_setting){.what = B("unnamed-jar"),
	                                              .name = l->path,
	                                              .value = bytes_str(hex)});
}

/* Is it a class of the archive's own?  *ret_dir: its folder.  Builds for newer Java, descriptors of
 * modules and the loader of Spring Boot are no part. */
static bool is_class(struct bytes name, struct bytes *ret_dir)
{
	static const char *const tops[] = {"BOOT-INF/classes/", "WEB-INF/classes/"};
	for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
		if (bytes_starts(name, bytes_str(tops[i])))
			name = bytes_skip(name, strlen(tops[i]));
	}
	if (!bytes_ends(name, B(".class")) || bytes_starts(name, B("META-INF/")) ||
	    bytes_starts(name, B("org/springframework/boot/loader/")) || bytes_find(name, '/') < 0)
		return false;
	*ret_dir = path_dir(name);
	return true;
}

/* How long what both folders share is, in whole components. */
static size_t shared(struct bytes a, struct bytes b)
{
	size_t n = 0, whole = 0, most = MIN_OF(a.n, b.n);
	while (n < most && a.p[n] == b.p[n]) {
		if (a.p[n] == '/')
			whole = n;
		n++;
	}
	bool ends = (n == a.n || a.p[n] == '/') && (n == b.n || b.p[n] == '/');
	return ends ? n : whole;
}

/* "org/apache" of "org/apache/kafka/common" */
static struct bytes top_of(struct bytes dir)
{
	struct bytes first, rest, second;
	if (!bytes_cut(dir, '/', &first, &rest))
		return dir;
	bytes_cut(rest, '/', &second, &rest);
	return bytes_slice(dir, 0, first.n + 1 + second.n);
}

/* The folder that the classes share of which most archives are made: those that begin with the same
 * two components as more than half of all do.  Absent: there are none. */
static struct bytes main_classes(struct bytes file)
{
	struct zip z;
	struct zip_member m;
	struct err ignored;
	struct bytes dir, top = {NULL, 0}, found = {NULL, 0};
	size_t lead = 0, n = 0, n_top = 0;
	if (zip_open(file, &z, &ignored) < 0)
		return top;
	while (zip_next(&z, &m, &ignored) > 0) { /* the only one that can lead in the end */
		if (!is_class(m.name, &dir))
			continue;
		if (lead == 0)
			top = top_of(dir);
		if (bytes_eq(top_of(dir), top))
			lead++;
		else
			lead--;
	}
	zip_open(file, &z, &ignored);
	while (zip_next(&z, &m, &ignored) > 0) {
		if (!is_class(m.name, &dir))
			continue;
		n++;
		if (!bytes_eq(top_of(dir), top))
			continue;
		found.n = n_top++ ? shared(found, dir) : dir.n;
		found.p = dir.p;
	}
	return n_top * 2 > n ? found : (struct bytes){NULL, 0};
}

static void see_class(struct bytes name, struct level *l)
{
	struct bytes dir;
	l->has_classes |= is_class(name, &dir);
}

/* Distributions that are packages at Maven Central of their own, by which advisories go, and the
 * library that they alone call so. */
static const struct {
	const char *file, *library, *distribution;
} distributions[] = {
	{"catalina.jar", "org.apache.tomcat:tomcat-catalina", "org.apache.tomcat:tomcat"},
};

static void distribution(struct jar *j, const struct level *l, const struct lang_package *library)
{
	for (size_t i = 0; i < ARRAY_LEN(distributions); i++) {
		struct lang_package p = *library;
		p.name = bytes_str(distributions[i].distribution);
		if (bytes_eq(path_base(l->path), bytes_str(distributions[i].file)) &&
		    bytes_eq(library->name, bytes_str(distributions[i].library)))
			state(j, l->path, &p, none, B("a library as its distribution calls it"));
	}
}

/* What the archive is, beside what it holds of others. */
static void settle(struct jar *j, struct bytes file, struct level *l)
{
	struct lang_package p;
	struct digester *d = digester_new(DIGEST_SHA1);
	digester_add(d, file);
	struct digest sum = digester_end(d);
	struct bytes sha1 = bytes_of(sum.b, digest_size(DIGEST_SHA1));
	digester_free(d);
	release(j, l);
	bool is_shaded = l->n_stated && !is_told(l) && l->version.n;
	bool is_own = !is_shaded && (l->n_stated == 1 || l->called != OTHER);
	struct bytes license = lang_jar_license(buf_bytes(&l->manifest), inspect_arena(j->in));
	if (is_own && license.n)
		l->held.license = license;
	if (l->n_stated)
		state(j, l->path, &l->held, is_own ? sha1 : none, none);
	if (l->n_stated && !is_shaded)
		return;
	if (lang_jar(path_base(l->path), buf_bytes(&l->manifest), main_classes(file),
	             inspect_arena(j->in), &p) > 0) {
		p.license = license;
		state(j, l->path, &p, sha1, B(LANG_JAR_GUESSED));
		distribution(j, l, &p);
	} else if (l->has_classes) {
		unnamed(j, l, &sum);
	}
}

/* META-INF/LICENSE, or at the top as older ones have it; those deeper down are of what it holds. */
static bool is_license(struct bytes name)
{
	static const char *const names[] = {"COPYING",    "LICENCE",     "LICENCE.txt", "LICENSE",
	                                    "LICENSE.md", "LICENSE.txt", "License.txt", "NOTICE",
	                                    "NOTICE.txt", "license.txt", "notice.txt"};
	if (bytes_starts(name, B("META-INF/")))
		name = bytes_skip(name, B("META-INF/").n);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq(name, bytes_str(names[i])))
			return true;
	}
	return false;
}

static void license(struct jar *j, struct bytes text, const struct level *l)
{
	const char *ids[LICENSE_TEXTS_MAX];
	size_t n = license_text(text, ids);
	for (size_t i = 0; i < n; i++)
		inspect_setting(j->in, &(struct fact_setting){.what = B("license-text"),
		                                              .name = l->path,
		                                              .value = bytes_str(ids[i])});
}

/* Of a long manifest its first lines: the main section, which tells what the archive is, comes
 * first.  That not all of it was seen is said. */
static void manifest(struct jar *j, struct bytes text, struct level *l)
{
	struct bytes part = bytes_slice(text, 0, (size_t)JAR_MANIFEST_MAX);
	struct err e = {.kind = ERR_NONE};
	if (part.n < text.n) {
		while (part.n && part.p[part.n - 1] != '\n')
			part.n--;
		if (bytes_search(part, B("\n\n")) < 0 && bytes_search(part, B("\n\r\n")) < 0) {
			err_set(&e, ERR_LIMIT, "a main section of more than %lld bytes",
			        (long long)JAR_MANIFEST_MAX);
			notes_add(&j->notes, "manifest", &e);
		}
	}
	buf_reset(&l->manifest);
	buf_add(&l->manifest, part);
}

static void member(struct jar *j, const struct zip *z, const struct zip_member *m, struct level *l)
{
	bool is_manifest = bytes_eq_nocase(m->name, B("META-INF/MANIFEST.MF"));
	bool is_inner = is_archive(m->name), has_license = is_license(m->name);
	bool is_pom = bytes_starts(m->name, B("META-INF/maven/")) &&
	              bytes_eq(path_base(m->name), B("pom.xml"));
	AUTO_BUF struct buf b;
	buf_init(&b, 0);
	see_class(m->name, l);
	if (!is_manifest && !is_inner && !has_license && !is_pom && !is_properties(m->name))
		return;
	if (fetch(j, z, m, &b) < 0)
		return;
	if (is_inner) {
		nested(j, m->name, buf_bytes(&b), l);
	} else if (has_license) {
		license(j, buf_bytes(&b), l);
	} else if (is_manifest) {
		manifest(j, buf_bytes(&b), l);
	} else if (is_pom) {
		pom(j, path_dir(m->name), buf_bytes(&b), l);
	} else {
		properties(j, path_dir(m->name), buf_bytes(&b), l);
	}
}

static void open_jar(struct jar *j, struct bytes file, struct level *l)
{
	struct zip z;
	struct zip_member m;
	struct err e = {.kind = ERR_NONE};
	int rc = zip_open(file, &z, &e);
	buf_init(&l->manifest, (size_t)JAR_MANIFEST_MAX);
	lang_jar_name(path_base(l->path), &l->artifact, &l->version);
	while (rc == 0 && (rc = zip_next(&z, &m, &e)) > 0) {
		member(j, &z, &m, l);
		rc = 0;
	}
	if (rc < 0)
		notes_add(&j->notes, l->depth ? "archive within" : "archive", &e);
	if (rc >= 0 || l->n_stated)
		settle(j, file, l);
	buf_fini(&l->manifest);
}

static int maven_file(struct inspect *in, const struct entry *en, struct bytes content,
                      struct err *e)
{
	(void)e;
	struct jar j = {
		.in = in, .notes = {.in = in, .code = "db.broken"}
        };
	struct level l = {.path = en->path};
	open_jar(&j, content, &l);
	notes_end(&j.notes);
	return 0;
}

static const char *const paths[] = {
	"**.aar", "**.jar", "**.war", "**.ear", "**.kar",  "**.par",
	"**.sar", "**.nar", "**.jpi", "**.hpi", "**.lpkg", NULL,
};

const struct inspector inspector_maven = {
	.id = "maven",
	.version = 11, /* bump when output changes: it is part of the cache key */
	.title = "Java archives",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX, /* the directory stands at the end */
	.file = maven_file,
};
