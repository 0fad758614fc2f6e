/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_jar_group.c - the group of a jar that no pom.properties tells.
 *
 * Builds without Maven leave less behind: Implementation-Title "GROUP#MODULE;VERSION" (Ivy, and
 * Gradle's info plugin), Bundle-SymbolicName and Automatic-Module-Name, which are made of group and
 * artifact, Extension-Name, and the folder that the classes lie in.
 */
#include "fmt/lang_jar_parts.h"

/* Groups that neither manifest nor classes tell.  Source: the coordinates under which Maven Central
 * has them. */
static const struct {
	const char *artifact, *classes, *group; /* glob; a folder that the classes lie in */
	unsigned last;                          /* major version with this group; 0: all */
} groups[] = {
	{"activation",                    "javax/activation",               "javax.activation",               0},
	{"ant",			   "org/apache/tools/ant",           "org.apache.ant",                 0},
	{"ant-*",			 "org/apache/tools/ant",           "org.apache.ant",                 0},
	{"asm",			   "org/objectweb/asm",              "org.ow2.asm",                    0},
	{"asm-*",			 "org/objectweb/asm",              "org.ow2.asm",                    0},
	{"aspectj*",		      "org/aspectj",                    "org.aspectj",                    0},
	{"axis",			  "org/apache/axis",                "axis",                           0},
	{"axis-jaxrpc",                   "javax/xml",                      "org.apache.axis",                0},
	{"axis-saaj",                     "javax/xml",                      "org.apache.axis",                0},
	{"axis-wsdl4j",                   "com/ibm/wsdl",                   "axis",                           0},
	{"brave*",			"brave",                          "io.zipkin.brave",                0},
	{"caffeine",		      "com/github/benmanes/caffeine",   "com.github.ben-manes.caffeine",  0},
	{"catalina-ant",                  "org/apache/catalina",            "org.apache.tomcat",              0},
	{"checker-qual",                  "org/checkerframework",           "org.checkerframework",           0},
	{"concurrency-limits-*",          "com/netflix/concurrency/limits", "com.netflix.concurrency-limits",
         0												     },
	{"dom4j",			 "org/dom4j",                      "dom4j",                          1},
	{"ecj",			   "org/eclipse/jdt",                "org.eclipse.jdt",                0},
	{"graal-sdk",                     "org/graalvm",                    "org.graalvm.sdk",                0},
	{"groovy",			"groovy",                         "org.codehaus.groovy",            3},
	{"groovy",			"org/codehaus/groovy",            "org.codehaus.groovy",            3},
	{"groovy-*",		      "groovy",                         "org.codehaus.groovy",            3},
	{"groovy-*",		      "org/codehaus/groovy",            "org.codehaus.groovy",            3},
	{"grpc-*",			"io/grpc",                        "io.grpc",                        0},
	{"gson",			  "com/google/gson",                "com.google.code.gson",           0},
	{"h2",			    "org/h2",			 "com.h2database",                 0},
	{"hibernate-commons-annotations", "org/hibernate",                  "org.hibernate.common",           0},
	{"hibernate-core",                "org/hibernate",                  "org.hibernate",                  5},
	{"jcommander",                    "com/beust/jcommander",           "com.beust",                      0},
	{"jna",			   "com/sun/jna",                    "net.java.dev.jna",               0},
	{"jna-platform",                  "com/sun/jna",                    "net.java.dev.jna",               0},
	{"jsch",			  "com/jcraft/jsch",                "com.jcraft",                     0},
	{"json-simple",                   "org/json/simple",                "com.googlecode.json-simple",     0},
	{"jsr305",			"javax/annotation",               "com.google.code.findbugs",       0},
	{"junit",			 "",			       "junit",                          0},
	{"junit-jupiter*",                "org/junit/jupiter",              "org.junit.jupiter",              0},
	{"junit-platform-*",              "org/junit/platform",             "org.junit.platform",             0},
	{"junit-vintage-*",               "org/junit/vintage",              "org.junit.vintage",              0},
	{"kafka_2.*",                     "kafka",                          "org.apache.kafka",               0},
	{"kotlin-*",		      "kotlin",                         "org.jetbrains.kotlin",           0},
	{"kotlinx-*",                     "kotlinx",                        "org.jetbrains.kotlinx",          0},
	{"lombok",			"lombok",                         "org.projectlombok",              0},
	{"lz4-java",		      "net/jpountz",                    "org.lz4",                        0},
	{"mail",			  "javax/mail",                     "javax.mail",                     0},
	{"micrometer-*",                  "io/micrometer",                  "io.micrometer",                  0},
	{"mysql-connector-j",             "com/mysql",                      "com.mysql",                      0},
	{"mysql-connector-java",          "com/mysql",                      "mysql",                          0},
	{"ojdbc*",			"oracle",                         "com.oracle.database.jdbc",       0},
	{"okhttp",			"okhttp3",                        "com.squareup.okhttp3",           0},
	{"okio*",			 "okio",			   "com.squareup.okio",              0},
	{"org.eclipse.core.*",            "org/eclipse/core",               "org.eclipse.platform",           0},
	{"org.eclipse.equinox.*",         "org/eclipse",                    "org.eclipse.platform",           0},
	{"org.eclipse.osgi*",             "org",                            "org.eclipse.platform",           0},
	{"picocli*",		      "picocli",                        "info.picocli",                   0},
	{"quartz*",		       "org/quartz",                     "org.quartz-scheduler",           0},
	{"reactor-netty*",                "reactor/netty",                  "io.projectreactor.netty",        0},
	{"retrofit",		      "retrofit2",                      "com.squareup.retrofit2",         0},
	{"serializer",                    "org/apache/xml/serializer",      "xalan",                          0},
	{"spotbugs-annotations",          "edu/umd/cs/findbugs",            "com.github.spotbugs",            0},
	{"spring-aop",                    "org/springframework",            "org.springframework",            0},
	{"spring-aspects",                "org/springframework",            "org.springframework",            0},
	{"spring-beans",                  "org/springframework",            "org.springframework",            0},
	{"spring-boot*",                  "org/springframework/boot",       "org.springframework.boot",       0},
	{"spring-context*",               "org/springframework",            "org.springframework",            0},
	{"spring-core",                   "org/springframework",            "org.springframework",            0},
	{"spring-expression",             "org/springframework",            "org.springframework",            0},
	{"spring-instrument",             "org/springframework",            "org.springframework",            0},
	{"spring-jcl",                    "org/apache/commons/logging",     "org.springframework",            0},
	{"spring-jdbc",                   "org/springframework",            "org.springframework",            0},
	{"spring-jms",                    "org/springframework",            "org.springframework",            0},
	{"spring-messaging",              "org/springframework",            "org.springframework",            0},
	{"spring-orm",                    "org/springframework",            "org.springframework",            0},
	{"spring-oxm",                    "org/springframework",            "org.springframework",            0},
	{"spring-r2dbc",                  "org/springframework",            "org.springframework",            0},
	{"spring-test",                   "org/springframework",            "org.springframework",            0},
	{"spring-tx",                     "org/springframework",            "org.springframework",            0},
	{"spring-web",                    "org/springframework",            "org.springframework",            0},
	{"spring-webflux",                "org/springframework",            "org.springframework",            0},
	{"spring-webmvc*",                "org/springframework",            "org.springframework",            0},
	{"spring-websocket",              "org/springframework",            "org.springframework",            0},
	{"tomcat-embed-*",                "org/apache",                     "org.apache.tomcat.embed",        0},
	{"tomcat-*",		      "org/apache",                     "org.apache.tomcat",              0},
	{"wiremock*",                     "com/github/tomakehurst",         "com.github.tomakehurst",         0},
	{"xalan",			 "org/apache",                     "xalan",                          0},
	{"xercesImpl",                    "org",                            "xerces",                         0},
	{"xml-apis",		      "",			       "xml-apis",                       0},
	{"xpp3*",			 "org/xmlpull",                    "xpp3",                           0},
};

/* Could classes that share one of these folders lie in the other?  A jar without classes, or with
 * those of others beside its own, shares none. */
static bool is_within(struct bytes shared, struct bytes folder)
{
	return bytes_starts(shared, folder) || bytes_starts(folder, shared);
}

static bool is_of_major(struct bytes version, unsigned last)
{
	unsigned major = 0;
	for (size_t i = 0; i < version.n && is_digit(version.p[i]) && major <= last; i++)
		major = major * 10 + (unsigned)(version.p[i] - '0');
	return !last || major <= last;
}

static struct bytes known_group(const struct jar_hints *h)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		if (bytes_glob(bytes_str(groups[i].artifact), h->artifact) &&
		    is_within(h->classes, bytes_str(groups[i].classes)) &&
		    is_of_major(h->version, groups[i].last))
			return bytes_str(groups[i].group);
	}
	return (struct bytes){NULL, 0};
}

/* "org.apache" holds the groups of many projects and is none. */
static bool is_shared(struct bytes group)
{
	static const char *const names[] = {"org.apache", "org.codehaus", "org.eclipse",
	                                    "com.google", "com.github",   "io.github"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq(group, bytes_str(names[i])))
			return true;
	}
	return bytes_find(group, '.') < 1 || bytes_search(group, B("..")) >= 0;
}

/* Old ones are commons-io:commons-io. */
#define OLD_COMMONS "org.apache.commons"

static bool is_mark(uint8_t c) { return c == '.' || c == '-' || c == '_'; }

/* "scala-xml_2.13" is scala-xml for that Scala. */
static struct bytes without_scala(struct bytes artifact)
{
	ssize_t at = bytes_rfind(artifact, '_');
	struct bytes end = bytes_skip(artifact, at < 0 ? artifact.n : (size_t)at);
	bool is_scala = bytes_starts(end, B("_2.1")) || bytes_eq(end, B("_3"));
	return bytes_slice(artifact, 0, artifact.n - (is_scala ? end.n : 0));
}

/* Where the dot stands before these words at the end of a name, whatever marks part them there; -1:
 * it ends otherwise. */
static ssize_t before_words(struct bytes name, struct bytes words)
{
	if (!words.n || name.n <= words.n)
		return -1;
	size_t at = name.n - words.n;
	for (size_t i = 0; i < words.n; i++) {
		bool is_same = to_lower(name.p[at + i]) == to_lower(words.p[i]) ||
		               (is_mark(name.p[at + i]) && is_mark(words.p[i]));
		if (!is_same)
			return -1;
	}
	return name.p[at - 1] == '.' ? (ssize_t)at - 1 : -1;
}

/* How long the name is up to its first component that is the word; 0: none behind the first is. */
static size_t up_to_word(struct bytes name, struct bytes word)
{
	size_t from = 0;
	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '.')
			continue;
		if (from && bytes_eq_nocase(bytes_slice(name, from, i), word))
			return i;
		from = i + 1;
	}
	return 0;
}

static struct bytes first_word(struct bytes artifact)
{
	size_t n = 0;
	while (n < artifact.n && !is_mark(artifact.p[n]))
		n++;
	return bytes_slice(artifact, 0, n);
}

/* The group in a name that ends with the artifact's words: org.x of "org.x.a-b", whose artifact is
 * "a-b"; io.micronaut of "io.micronaut.http_netty" and "micronaut-http-netty", for what both share
 * stands once; org.apache.tomcat of "org.apache.tomcat-api" and "tomcat-api". */
static struct bytes group_in(struct bytes name, struct bytes artifact)
{
	artifact = without_scala(artifact);
	struct bytes word = first_word(artifact);
	ssize_t at = before_words(name, artifact);
	if (at < 0) {
		at = before_words(name, bytes_skip(artifact, word.n + 1));
		struct bytes group = bytes_slice(name, 0, at < 0 ? 0 : (size_t)at);
		return group.n && up_to_word(group, word) == group.n ? group
		                                                     : (struct bytes){NULL, 0};
	}
	struct bytes group = bytes_slice(name, 0, (size_t)at);
	struct bytes last = bytes_skip(name, (size_t)bytes_rfind(name, '.') + 1);
	bool is_one = bytes_eq_nocase(last, artifact);
	if (is_shared(group) || (!is_one && !up_to_word(group, word)))
		group.n += 1 + word.n;
	return group;
}

/* "org/apache/kafka/common" is org.apache.kafka; io/micrometer/core of micrometer-core, which is
 * called as a folder, io.micrometer. */
static struct bytes group_of_classes(struct bytes artifact, struct bytes classes, struct arena *a)
{
	uint8_t *p = arena_alloc(a, classes.n + 1);
	size_t n = 0;
	for (unsigned words = 0; n < classes.n && (classes.p[n] != '/' || words < 2); n++) {
		words += classes.p[n] == '/';
		if (classes.p[n] != '/' && !is_alnum(classes.p[n]) && classes.p[n] != '_')
			return (struct bytes){NULL, 0};
		p[n] = classes.p[n] == '/' ? '.' : classes.p[n];
	}
	struct bytes all = bytes_of(p, n);
	if (is_shared(all) || bytes_eq(all, B(OLD_COMMONS)))
		return (struct bytes){NULL, 0};
	size_t named = up_to_word(all, first_word(artifact));
	return named ? bytes_slice(all, 0, named) : all;
}

static bool is_name(struct bytes text)
{
	return bytes_find(text, '.') > 0 && bytes_find(text, '$') < 0 && bytes_find(text, ' ') < 0;
}

/* "org.elasticsearch#server;7.14.0" */
static struct bytes group_of_title(struct bytes title)
{
	struct bytes group, rest;
	bool is_ivy = bytes_cut(title, '#', &group, &rest) && is_name(group);
	return is_ivy ? group : (struct bytes){NULL, 0};
}

/* "org.apache.lucene", where the classes lie in that folder. */
static struct bytes group_of_extension(struct bytes name, struct bytes classes, struct arena *a)
{
	uint8_t *p = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		p[i] = name.p[i] == '.' ? '/' : name.p[i];
	bool is_there = is_name(name) && bytes_starts(classes, bytes_of(p, name.n)) &&
	                !bytes_starts(name, B(OLD_COMMONS));
	return is_there ? name : (struct bytes){NULL, 0};
}

/* "org.apache.commons.lang3;singleton:=true" */
static struct bytes group_of_symbolic(struct bytes symbolic, struct bytes artifact)
{
	struct bytes name, rest;
	bytes_cut(symbolic, ';', &name, &rest);
	name = bytes_trim(name);
	if (!is_name(name))
		return (struct bytes){NULL, 0};
	struct bytes group = group_in(name, artifact);
	return bytes_find(group, '.') > 0 ? group : name;
}

static struct bytes group_told(const struct jar_hints *h, struct arena *a)
{
	const struct bytes told[] = {
		group_of_title(h->title),
		known_group(h),
		is_name(h->vendor_id) ? h->vendor_id : (struct bytes){NULL, 0},
		group_of_symbolic(h->symbolic, h->artifact),
		is_name(h->module) ? group_in(h->module, h->artifact) : (struct bytes){NULL, 0},
		group_of_extension(h->extension, h->classes, a),
		group_of_classes(h->artifact, h->classes, a),
	};
	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		if (told[i].n)
			return told[i];
	}
	return h->artifact; /* as the groups of old ones are: junit:junit */
}

/* sbt and Quarkus call the file GROUP.ARTIFACT.  Where the dot between them is, other hints must
 * confirm, for artifacts have dots too: a bundle is often called by its whole symbolic name, but
 * has a "-" in it only if Maven's plugin made it of both. */
static void split(const struct jar_hints *h, struct arena *a, struct bytes *ret_artifact)
{
	struct bytes symbolic, rest;
	struct bytes last = bytes_skip(h->artifact, (size_t)(bytes_rfind(h->artifact, '.') + 1));
	bytes_cut(h->symbolic, ';', &symbolic, &rest);
	bool is_symbolic = bytes_eq(bytes_trim(symbolic), h->artifact);
	if (is_symbolic && bytes_find(last, '-') >= 0)
		*ret_artifact = last;
	if (is_symbolic || known_group(h).n)
		return;
	enum { DOTS = 8 }; /* no artifact has as many */
	for (size_t i = h->artifact.n, dots = 0; i-- > 1 && dots < DOTS;) {
		struct jar_hints part = *h;
		if (h->artifact.p[i] != '.')
			continue;
		dots++;
		part.artifact = bytes_skip(h->artifact, i + 1);
		if (part.artifact.n &&
		    bytes_eq(group_told(&part, a), bytes_slice(h->artifact, 0, i))) {
			*ret_artifact = part.artifact;
			return;
		}
	}
}

struct bytes lang_jar_group(struct jar_hints *h, struct arena *a)
{
	split(h, a, &h->artifact);
	return group_told(h, a);
}
