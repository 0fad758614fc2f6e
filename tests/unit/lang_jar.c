/* SPDX-License-Identifier: Apache-2.0 */
/* lang_jar.c - pom.properties, and jars without one. */
#include "lib/lang.h"

static const struct lang_row properties[] = {
	{"pom.properties",      "#Generated\nversion=1.2\r\ngroupId=org.x\nartifactId = y \n",
         "org.x:y|1.2|"									      },
	{"a template",          "version=${project.version}\ngroupId=g\nartifactId=a\n",       "none"},
	{"no group",            "version=1\nartifactId=a\n",                                   "none"},
	{"empty",               "",							    "none"},
	{"a control character", "version=1\ngroupId=g\nartifactId=a\033[1m\n",
         "a control character in the name"							   },
};

static const struct {
	const char *file, *manifest, *want, *classes;
} jars[] = {
	{"commons-io-2.4.jar",					      "",										 "commons-io:commons-io|2.4|"									   },
	{"a.jar",							   "",										 "none"												 },
	{"a.jar",							   "Implementation-Version: 1.0\n",						    "a:a|1.0|"											     },
	{"a-b-3.0-SNAPSHOT.war",					    "Bundle-SymbolicName: org.x.a-b;singleton:=true\n",
         "org.x:a-b|3.0-SNAPSHOT|"																												     },
	{"y.jar",							   "Bundle-SymbolicName: org.very.\r\n long.z\r\nBundle-Version: 1.2\r\n",
         "org.very.long.z:y|1.2|"																												      },
	{"y.jar",							   "Implementation-Vendor-Id: org.x\nSpecification-Version: 7\n",                      "org.x:y|7|"                                                                                           },
	{"y.jar",							   "\nImplementation-Version: 1\n",						    "none"												 }, /* not the main section */
	{"y.jar",							   "Implementation-Version: ${v}\n",                                                   "none"												 },
	{"-1.jar",							  "",										 "none"												 },
 /* what Maven Central calls them */
	{"kafka_2.13-3.1.0.jar",					    "",										 "org.apache.kafka:kafka_2.13|3.1.0|",                                                                    ""},
	{"micrometer-registry-prometheus-1.6.12.jar",								 "",
         "io.micrometer:micrometer-registry-prometheus|1.6.12|",																	      "io/micrometer/prometheus"},
	{"spring-beans-5.3.18.jar",				       "",															 "org.springframework:spring-beans|5.3.18|",
         "org/springframework/beans"},
	{"spring-jcl-5.3.18.jar",                       "",															   "org.springframework:spring-jcl|5.3.18|",
         "org/apache/commons/logging"},
	{"spring-boot-starter-web-2.6.6.jar",                                         "",
         "org.springframework.boot:spring-boot-starter-web|2.6.6|",																												   ""},
	{"spring-boot-2.6.6.jar",                               "",								       "org.springframework.boot:spring-boot|2.6.6|",
         "org/springframework/boot"},
	{"spring-kafka-2.8.4.jar",								 "",															     "org.springframework.kafka:spring-kafka|2.8.4|",
         "org/springframework/kafka"},
	{"kafka-clients-3.1.0.jar",					"",															  "org.apache.kafka:kafka-clients|3.1.0|",
         "org/apache/kafka"},
	{"lucene-core-8.11.1.jar",                  "",															   "org.apache.lucene:lucene-core|8.11.1|",
         "org/apache/lucene"},
	{"micrometer-core-1.6.12.jar",                        "","io.micrometer:micrometer-core|1.6.12|",
         "io/micrometer/core/instrument"},
	{"tomcat-embed-core-9.0.60.jar",					  "Bundle-SymbolicName: org.apache.tomcat-embed-core\n",
         "org.apache.tomcat.embed:tomcat-embed-core|9.0.60|",                                               ""},
	{"gson-2.2.4.jar",								 "Bundle-SymbolicName: com.google.gson\n",
         "com.google.code.gson:gson|2.2.4|",																								      "com/google/gson"},
	{"commons-collections-3.1.jar",                                   "",														     "commons-collections:commons-collections|3.1|",
         "org/apache/commons/collections"},
	{"spring-beans-1.0.jar",               "",											       "com.example.beans:spring-beans|1.0|",
         "com/example/beans/own"}, /* not the project's */
	{"util-1.0.jar","",														    "util:util|1.0|",     "org/apache"},
	{"util-1.0.jar",				     "",										   "util:util|1.0|",                        "///"},
	{"elasticsearch-7.14.0.jar",								 "Implementation-Title: org.elasticsearch#server;7.14.0\n",
         "org.elasticsearch:elasticsearch|7.14.0|",																										     "org"},
	{"elasticsearch-geo-7.14.0.jar",					   "",															     "org.elasticsearch:elasticsearch-geo|7.14.0|",
         "org/elasticsearch/geometry"},
	{"groovy-json-3.0.8.jar",
         "Bundle-SymbolicName: groovy-json\nAutomatic-Module-Name: org.codehaus.groovy.json\n",    "org.codehaus.groovy:groovy-json|3.0.8|",												       "org"},
	{"groovy-4.0.1.jar",                           "Automatic-Module-Name: org.apache.groovy\n",
         "org.apache.groovy:groovy|4.0.1|",										      "org/codehaus/groovy"},
	{"groovy-2.4.21.jar",					"", "org.codehaus.groovy:groovy|2.4.21|",																										      "org/codehaus/groovy"},
	{"micronaut-http-netty-2.5.0.jar",								 "Automatic-Module-Name: io.micronaut.http_netty\n",
         "io.micronaut:micronaut-http-netty|2.5.0|",																						 "io/micronaut/http/netty"},
	{"ktor-utils-jvm-1.6.0.jar",				      "",															"io.ktor:ktor-utils-jvm|1.6.0|",																									 "io/ktor/util"},
	{"tomcat-annotations-api-9.0.50.jar",
         "Bundle-SymbolicName: org.apache.tomcat-annotations-api\n",                                                                                                   "org.apache.tomcat:tomcat-annotations-api|9.0.50|",												    "javax/annotation"},
	{"opentest4j-1.2.0.jar","Bundle-SymbolicName: org.opentest4j\n",
         "org.opentest4j:opentest4j|1.2.0|",														  "org/opentest4j"},
	{"scala-xml_2.13-1.2.0.jar",					       "Bundle-SymbolicName: org.scala-lang.modules.scala-xml\n",
         "org.scala-lang.modules:scala-xml_2.13|1.2.0|",																			   "scala/xml"},
	{"jackson-module-scala_2.13-2.11.4.jar",
         "Bundle-SymbolicName: com.fasterxml.jackson.module.jackson.module.scala\n",                                                                                                                    "com.fasterxml.jackson.module:jackson-module-scala_2.13|2.11.4|",
         "com/fasterxml/jackson/module/scala"},
	{"lucene-analyzers-common-8.9.0.jar",                                        "Extension-Name: org.apache.lucene\n",
         "org.apache.lucene:lucene-analyzers-common|8.9.0|",                        "org/apache/lucene"},
	{"dom4j-1.6.1.jar",				  "","dom4j:dom4j|1.6.1|","org/dom4j"},
	{"dom4j-2.1.1.jar",        "","org.dom4j:dom4j|2.1.1|","org/dom4j"},
	{"kotlin-reflect-1.5.10.jar",					    "",											     "org.jetbrains.kotlin:kotlin-reflect|1.5.10|",
         "kotlin/reflect"},
	{"picocli-4.5.2.jar",								 "Bundle-SymbolicName: picocli\n",															  "info.picocli:picocli|4.5.2|",
         "picocli"},
	{"org.eclipse.core.jobs-3.15.900.jar",
         "Bundle-SymbolicName: org.eclipse.core.jobs; singleton:=true\n",                                                                                                                                        "org.eclipse.platform:org.eclipse.core.jobs|3.15.900|",                                                "org/eclipse/core"},
	{"z-1.jar", "Implementation-Title: a b#c\n",														  "z:z|1|",																											 ""},
	{"z-1.jar","Automatic-Module-Name: z\n",												    "z:z|1|",																				 ""},
	{"z-1.jar",						 "Automatic-Module-Name: .z\n",												"z:z|1|",																								     ""},
	{"a--1.jar",								 "Automatic-Module-Name: a.b\n",																   "a-:a-|1|",																												 ""},
	{"jetty-all-9.4.43.v20210629-uber.jar",
         "Bundle-SymbolicName: org.eclipse.jetty.aggregate.jetty-all\n",                                                                                                                                        "org.eclipse.jetty.aggregate:jetty-all|9.4.43.v20210629|",																																			      ""},
	{"h2-1.4.200-all.jar",                    "",																      "com.h2database:h2|1.4.200|",																													     "org/h2"},
	{"commons-logging-1.0.4.jar","Extension-Name: org.apache.commons.logging\n",
         "commons-logging:commons-logging|1.0.4|",																														      "org/apache/commons/logging"},
	{"junit-jupiter-api-5.7.0.jar",                              "Bundle-SymbolicName: junit-jupiter-api\n",
         "org.junit.jupiter:junit-jupiter-api|5.7.0|", "org/junit/jupiter/api"},
	{"junit-4.13.2.jar",								 "",																	   "junit:junit|4.13.2|",																										   "org/junit"},
	{"org.codehaus.groovy.groovy-xml-3.0.8.jar",
         "Bundle-SymbolicName: groovy-xml\nAutomatic-Module-Name: org.codehaus.groovy.xml\n",                                                                                                                                                 "org.codehaus.groovy:groovy-xml|3.0.8|",                        "groovy"},
	{"com.typesafe.akka.akka-stream_2.13-2.6.14.jar",
         "Bundle-SymbolicName: com.typesafe.akka.stream\n",                                      "com.typesafe.akka:akka-stream_2.13|2.6.14|","akka/stream"},
	{"javax.inject.javax.inject-1.jar","","javax.inject:javax.inject|1|","javax/inject"},
	{"javax.inject-1.jar",							"",					    "javax.inject:javax.inject|1|",       "javax/inject"},
	{"dom4j.dom4j-1.6.1.jar",								 "",													       "dom4j:dom4j|1.6.1|",																								 "org/dom4j"},
	{"org.eclipse.platform.org.eclipse.core.jobs-3.15.900.jar",
         "Bundle-SymbolicName: org.eclipse.core.jobs; singleton:=true\n",                                                                                                                                                 "org.eclipse.platform:org.eclipse.core.jobs|3.15.900|","org/eclipse/core"},
	{"org.apache.felix.framework-7.0.5.jar",
         "Bundle-SymbolicName: org.apache.felix.framework\n","org.apache.felix.framework:org.apache.felix.framework|7.0.5|","org/apache/felix"},
	{"a.b-1.jar",						   "",													      "a.b:a.b|1|",""},
	{"..-1.jar",				     "",						"..:..|1|",																										   ""},
	{"org.scala-lang.scala-library-2.13.3.jar",
         "Bundle-SymbolicName: org.scala-lang.scala-library\n",                                                                                                                                  "org.scala-lang:scala-library|2.13.3|",																				       "scala"},
	{"org.graalvm.sdk.graal-sdk-21.2.0.jar",						      "",																	"org.graalvm.sdk:graal-sdk|21.2.0|",
         "org/graalvm"},
	{"catalina.jar",
         "Bundle-SymbolicName: org.apache.tomcat-catalina\nBundle-Version: 9.0.50\n","org.apache.tomcat:tomcat-catalina|9.0.50|",                                    "org/apache/catalina"},
	{"catalina-ssi.jar",                 "Bundle-SymbolicName: org.apache.tomcat-ssi\nBundle-Version: 9.0.50\n",
         "org.apache.tomcat:tomcat-ssi|9.0.50|",																"org/apache/catalina/ssi"},
	{"tomcat-i18n-de.jar",				 "Implementation-Version: 9.0.50\n",
         "org.apache.tomcat:tomcat-i18n-de|9.0.50|",																													 ""},
	{"renamed.jar",
         "Bundle-SymbolicName: org.x.shop-web; singleton:=true\nBundle-Version: 1.0\n",                                                                                                                                "org.x:shop-web|1.0|",																					      "com/x"},
	{"renamed.jar",						   "Bundle-SymbolicName: shop-web\nBundle-Version: 1.0\n",
         "com.x.shop:renamed|1.0|",																										"com/x/shop"},
	{".jar",					     "Implementation-Version: 1\n",      "none"},
};

/* Bundle-License of manifests of Maven Central, and what it may not do. */
static const struct {
	const char *header, *want;
} licenses[] = {
	{"Apache-2.0",							      "Apache-2.0"					  },
	{"http://www.apache.org/licenses/LICENSE-2.0.txt",                          "Apache-2.0"                                          },
	{"https://www.apache.org/licenses/LICENSE-2.0;description=Apache-2.0",      "Apache-2.0"                                          },
	{"\"Apache-2.0\";link=\"https://www.apache.org/licenses/LICENSE-2.0.txt\"", "Apache-2.0"                                          },
	{"BSD-3-Clause;link=https://asm.ow2.io/LICENSE.txt",                        "BSD-3-Clause"                                        },
	{"The Apache Software License, Version 2.0",                                "The Apache Software License, Version 2.0"            },
	{"http://www.eclipse.org/legal/epl-v10.html, http://www.gnu.org/licenses/old-licenses/"
         "lgpl-2.1.html",                                                  "EPL-1.0 OR LGPL-2.1-only"                            },
	{"http://www.eclipse.org/legal/epl-2.0, "
         "https://www.gnu.org/software/classpath/license.html",            "EPL-2.0 OR GPL-2.0-only WITH Classpath-exception-2.0"},
	{"https://h.example/our-own-terms",                                         ""						    },
	{"LICENSE.txt",							     ""						    },
	{"https://jquery.org/license/",					     "MIT"						 },
	{"https://h2database.com/html/license.html",                                "MPL-2.0 OR EPL-1.0"                                  },
	{"<<EXTERNAL>>",							    ""						    },
	{"${license}",							      ""						    },
	{",,;,\"",								  "\""						  },
	{"",									""						    },
};

static void bundle_licenses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(licenses); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		buf_addf(&b, "Manifest-Version: 1.0\r\nBundle-License: %s\r\n", licenses[i].header);
		struct bytes got = lang_jar_license(buf_bytes(&b), a);
		test_case(bytes_eq(got, bytes_str(licenses[i].want)), "Bundle-License: %s: %.*s",
		          licenses[i].header, BYTES_FMT(got));
	}
}

/* The POM's own element; what its parent says stands elsewhere. */
static const struct {
	const char *name, *xml, *want;
} poms[] = {
	{"an address",
         "<project><licenses><license><name>Apache "
         "2</name><url>https://www.apache.org/licenses/LICENSE-2.0.txt</url>"
         "</license></licenses></project>",                                                   "Apache-2.0"             },
	{"a name, for an address that nobody knows",
         "<project><licenses><license><name>MIT License</name><url>http://x.example/l</url>"
         "</license></licenses></project>",                                                   "MIT License"            },
	{"two",
         "<project "
         "xmlns='http://maven.apache.org/POM/4.0.0'><licenses><license><name>EPL-2.0</name></"
         "license><license>"
         "<name>GPL-2.0-only</name></license></licenses></project>",                          "EPL-2.0 OR GPL-2.0-only"},
	{"none",				     "<project><dependencies/></project>",    ""                       },
	{"those of a plugin",
         "<project><build><licenses><license><name>MIT</name></license></licenses></build></"
         "project>",                                                                          ""		       },
	{"cut short",				"<project><licenses><license><name>MIT", ""                       },
	{"empty",				    "",				      ""                       },
	{"no XML",				   "\x01",				  ""                       },
};

static void pom_licenses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(poms); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct bytes got = lang_pom_license(bytes_str(poms[i].xml), a);
		test_case(bytes_eq(got, bytes_str(poms[i].want)), "pom.xml: %s: %.*s", poms[i].name,
		          BYTES_FMT(got));
	}
}

int main(void)
{
	pom_licenses();
	lang_rows(lang_pom_properties, properties, ARRAY_LEN(properties));
	for (size_t i = 0; i < ARRAY_LEN(jars); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct lang_package p;
		const char *got = "none";
		if (lang_jar(bytes_str(jars[i].file), bytes_str(jars[i].manifest),
		             bytes_str(jars[i].classes), a, &p) > 0)
			got = arena_printf(a, "%.*s|%.*s|", BYTES_FMT(p.name),
			                   BYTES_FMT(p.version));
		if (!test_case(bytes_eq(bytes_str(got), bytes_str(jars[i].want)), "jar: %s, %s",
		               jars[i].file, jars[i].want))
			printf("# %s\n", got);
	}
	bundle_licenses();
	return TEST_END();
}
