/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classes.h - classes of container: who its process may run as and what an image of the class may
 * bring, written by hand in YAML or JSON.
 *
 * A member that a class does not have is not judged; an empty list allows nothing.
 */
#ifndef FMT_CLASSES_H
#define FMT_CLASSES_H

#include "fmt/oci.h"

/* What a class can speak of. */
enum class_member {
	CLASS_UID = 1,
	CLASS_GID = 2,
	CLASS_PRIVILEGE = 4,
	CLASS_CAPABILITIES = 8,
	CLASS_PORTS = 16,
	CLASS_WRITABLE = 32,
	CLASS_SETUID = 64,
};

struct class_range {
	uint64_t from, to;
	struct bytes protocol; /* of ports; absent: any */
};
struct class_ranges {
	struct class_range *v;
	size_t n;
};

struct class
{
	struct bytes name, description;
	struct oci_texts images; /* globs over the repository */
	struct oci_label *labels;
	size_t n_labels;
	unsigned has; /* enum class_member */
	struct class_ranges uid, gid, ports;
	int privilege;         /* the most that its user may become: index into class_privileges */
	uint64_t capabilities; /* that files may grant */
	struct oci_texts writable, setuid; /* globs over clean paths */
};

struct classes {
	struct class *v;
	size_t n;
};

/* What a user could become, in rising order; ended by NULL. */
extern const char *const class_privileges[];

/* Reads a document of at most YAML_DOC_MAX bytes with CLASSES_MAX classes and CLASS_VALUES_MAX
 * values.  What is not known by name is refused: a bound that is misspelt would hold nobody. */
int classes_parse(struct bytes text, const char *name, struct arena *a, struct classes *ret,
                  struct err *e);
/* The class of that name; NULL: there is none. */
const struct class *classes_named(const struct classes *c, struct bytes name);
/* The first class that the image belongs to: one of `images` matches its repository (absent: not
 * known, and no pattern matches), and all `labels` are the image's.  NULL: none. */
const struct class *classes_find(const struct classes *c, struct bytes repository,
                                 const struct oci_label *labels, size_t n_labels);
/* "8080/tcp", "8000-8010/udp", "8080" (any protocol). */
bool class_range_parse(struct bytes text, bool is_port, struct class_range *ret);
/* Is all of x within one of the ranges? */
bool class_range_in(const struct class_ranges *r, const struct class_range *x);
/* Is the path, or a folder above it, named by one of the globs? */
bool class_path_in(const struct oci_texts *globs, struct bytes path);

#endif
