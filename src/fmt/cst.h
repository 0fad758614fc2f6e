/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cst.h - tests of an image as container-structure-test writes them: YAML or JSON, schemaVersion
 * 2.0.0 (of 1.0.0 the tests of files and licences, which are written alike).
 *
 * Source: container-structure-test, README.md, the section on each kind of test.
 */
#ifndef FMT_CST_H
#define FMT_CST_H

#include "fmt/oci.h"

enum cst_kind {
	CST_COMMAND, /* only its name is read */
	CST_CONTENT,
	CST_EXISTS,
	CST_LICENSE,
	CST_METADATA,
	CST_ATTACK, /* the same as of a command */
	CST__MAX
};
/* "Command Test", "File Content Test", ...: what that tool calls it. */
const char *cst_kind_name(enum cst_kind kind);

/* What the config is expected to say. */
enum cst_member {
	CST_ENV,
	CST_NO_ENV,
	CST_LABEL,
	CST_PORT,
	CST_NO_PORT,
	CST_VOLUME,
	CST_NO_VOLUME,
	CST_ENTRYPOINT,
	CST_CMD,
	CST_WORKDIR,
	CST_USER
};
struct cst_expect {
	enum cst_member member;
	struct bytes key, value; /* ENV, LABEL; of the others value alone */
	bool is_regex;
	struct oci_texts list; /* ENTRYPOINT, CMD: exactly these, which may be none */
};

struct cst_test {
	enum cst_kind kind;
	struct bytes name; /* absent where the kind has none: LICENSE, METADATA */
	struct bytes path; /* CONTENT, EXISTS */
	/* EXISTS */
	bool should_exist;
	struct bytes permissions, executable_by; /* absent: any */
	int64_t uid, gid;                        /* -1: any */
	/* CONTENT: regular expressions */
	struct oci_texts expected, excluded;
	/* LICENSE */
	bool is_debian;
	struct oci_texts files;
	/* METADATA */
	struct cst_expect *expects;
	size_t n_expects, cap_expects;
};

struct cst {
	struct bytes file; /* name */
	struct cst_test *v;
	size_t n, cap;
	struct oci_label *env; /* globalEnvVars, which names of paths may use */
	size_t n_env;
};

/* Reads a document of at most YAML_DOC_MAX bytes with CST_TESTS_MAX tests and as many
 * expectations.  What is not known by name is refused: a test that is not run must not look as if
 * it had passed; so is a regular expression that cannot be compiled. */
int cst_parse(struct bytes text, const char *name, struct arena *a, struct cst *ret, struct err *e);

#endif
