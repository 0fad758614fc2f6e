/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.h - one file per form, one row each in forms.def.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include "base/base.h"
#include "model/model.h"

struct render_options {
	bool show_suppressed;
	bool color;     /* table only: the output is a terminal that wants it */
	unsigned width; /* columns of the terminal; 0: not a terminal, no limit */
	bool quiet;
	bool many;             /* --platform all: the list form even for one report */
	bool only_packages;    /* assay sbom: nothing of what is known about them */
	bool files;            /* bills of materials list the files too */
	struct bytes template; /* text of --template; absent: the form's own */
	const char *version;   /* of the form's versions; NULL: the first */
};

struct render_form {
	const char *name;            /* "json" */
	const char *const *aliases;  /* other tools' names for it; NULL-terminated or NULL */
	const char *const *versions; /* the form has several; the default first; or NULL */
	const char *title;
	const char *suffix; /* of files: ".json" */
	bool is_single;     /* has one subject: writing more than one report is ERR_USAGE */
	/* Why these reports would make no document of this form, which then is not written; NULL:
	 * they do.  Absent: they always do. */
	const char *(*lacks)(const struct report *const *r, size_t n);
	/* Writes n reports (more than one: --platform all) to out; -1 when writing failed. */
	int (*write)(const struct report *const *r, size_t n, const struct render_options *o,
	             FILE *out, struct err *e);
};
extern const struct render_form *const render_forms[]; /* NULL-terminated, sorted by name */
const struct render_form *render_by_name(struct bytes name);
/* The same for "NAME@VERSION"; *ret_version is NULL without one.  NULL: no such form or version. */
const struct render_form *render_choose(struct bytes name, const char **ret_version);
/* What changed, for people and for programs (schema assay.diff/v1). */
int render_diff_table(const struct diff *d, FILE *out, struct err *e);
int render_diff_json(const struct diff *d, FILE *out, struct err *e);
/* The JSON Schema of the report, as `assay schema` prints it. */
int render_schema(FILE *out, struct err *e);

#endif
