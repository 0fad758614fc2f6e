/* SPDX-License-Identifier: Apache-2.0 */
/* jar_digests.h - where the index keeps the names of jars.  Private to advise/. */
#ifndef ADVISE_JAR_DIGESTS_H
#define ADVISE_JAR_DIGESTS_H

#include "advise/advise.h"

#define JAR_DIGESTS_FEED "jar-digests"
/* The package is the SHA-1 in hex digits, the id "GROUP:ARTIFACT", the detail the version. */
#define JAR_DIGESTS_NS "maven-sha1"
enum { JAR_SHA1_HEX = 40 };

#endif
