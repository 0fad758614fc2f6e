/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results_cppcheck.c - the XML of cppcheck, whose versions before 2.15 write no SARIF.
 *
 * Source: cppcheck's manual, "XML output"; results version="2".  The first location of an error is
 * where it is, the others are the way there.
 */
#include "fmt/results_parts.h"

/* What cppcheck says of a file that it could not analyse; it goes on with the next. */
static bool is_unread(struct bytes id)
{
	static const char *const ids[] = {
		"cppcheckError",  "internalAstError",
		"internalError",  "preprocessorErrorDirective",
		"syntaxError",    "tooManyConfigs",
		"toomanyconfigs", "unknownMacro",
		"unhandledChar",  "noValidConfiguration",
	};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (bytes_eq(id, bytes_str(ids[i])))
			return true;
	}
	return false;
}

static struct bytes severity_of(struct bytes word)
{
	static const struct {
		const char *word, *severity;
	} rows[] = {
		{"error",       "high"      },
                {"warning",     "medium"    },
                {"style",       "low"       },
		{"performance", "low"       },
                {"portability", "low"       },
                {"information", "negligible"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (bytes_eq(word, bytes_str(rows[i].word)))
			return bytes_str(rows[i].severity);
	}
	return (struct bytes){NULL, 0};
}

static int read_error(struct results_reader *r, struct results *of, const struct xml_node *n,
                      struct err *e)
{
	struct bytes id = xml_value(n, "id"), text = xml_value(n, "msg"), cwe = xml_value(n, "cwe");
	const struct xml_node *at = xml_child(n, "location");
	struct result *to;
	uint64_t number;
	struct bytes file = at ? xml_value(at, "file") : xml_value(n, "file0");
	if (is_unread(id))
		results_fault(r, of, "cppcheck could not read all of %.*s: %.*s",
		              BYTES_FMT(bytes_slice(file, 0, 200)),
		              BYTES_FMT(bytes_slice(text, 0, 200)));
	if (results_add(r, of, &to, e) < 0)
		return -1;
	to->id = results_text(r, id.n ? id : B("result"));
	to->title = results_text(r, text);
	to->text = results_text(r, xml_value(n, "verbose").n ? xml_value(n, "verbose") : text);
	to->severity = severity_of(xml_value(n, "severity"));
	to->path = results_path(r, file, false);
	if (!at || !bytes_u64(xml_value(at, "line"), INT32_MAX, &to->line))
		to->line = 0;
	if (bytes_u64(cwe, 99999, &number))
		results_list(r, &to->refs, &to->n_refs,
		             bytes_str(arena_printf(r->a, "CWE-%llu", (unsigned long long)number)),
		             RESULT_REFS_MAX);
	return 0;
}

int results_cppcheck(struct results_reader *r, const struct xml_node *root, struct err *e)
{
	struct results *of;
	const struct xml_node *errors = xml_child(root, "errors");
	if (!bytes_eq(xml_value(root, "version"), B("2")) &&
	    !bytes_eq(xml_value(root, "version"), B("3")))
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: cppcheck's XML of version \"%.*s\" is not read, 2 is", r->name,
		               BYTES_FMT(bytes_slice(xml_value(root, "version"), 0, 20)));
	if (results_run(r, "cppcheck", &of, e) < 0)
		return -1;
	of->tool = B("Cppcheck"); /* as its SARIF calls it */
	of->version = results_text(r, xml_value(xml_child(root, "cppcheck"), "version"));
	if (!errors)
		results_fault(r, of, "there is no list of errors");
	for (const struct xml_node *n = xml_child(errors, "error"); n;
	     n = xml_named(n->next, "error")) {
		if (read_error(r, of, n, e) < 0)
			return -1;
	}
	return 0;
}
