/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notes.c - what a worker could not read, and what is strange about the archive itself.
 *
 * A note about a file that the image does not show is no hole in the answer.  Notes about entries
 * ("entry.*") are findings of the archive whatever is shown: such a name was put there by somebody.
 */
#include "judge/judge.h"

static const struct {
	const char *code;
	enum severity severity;
	const char *title;
} kinds[] = {
  /* sorted by code */
	{"entry.after-end",    SEV_MEDIUM, "Content behind the end marker of the archive"      },
	{"entry.control-name", SEV_LOW,    "Control or bidirectional characters in a file name"},
	{"entry.duplicate",    SEV_LOW,    "One path several times in one layer"               },
	{"entry.link-out",     SEV_HIGH,   "Hard link that leaves the image"                   },
	{"entry.unsafe",       SEV_HIGH,   "File name that climbs out of the image"            },
};

static const char *kind_title(struct bytes code, enum severity *ret_severity)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (bytes_eq(bytes_str(kinds[i].code), code)) {
			*ret_severity = kinds[i].severity;
			return kinds[i].title;
		}
	}
	*ret_severity = SEV_LOW;
	return "Unusual archive entry";
}

static void entry_finding(struct report *r, const struct fact_note *n, size_t layer)
{
	struct finding *f = report_finding(r);
	f->check = CHECK_FILE;
	f->id = arena_dup(r->arena, n->code);
	f->title = bytes_str(kind_title(n->code, &f->severity));
	f->severity_source = B("assay");
	f->location.layer = (int32_t)layer;
	f->location.path = arena_dup(r->arena, n->head.path);
	f->reason = arena_dup(r->arena, n->text);
}

/* A hard link's bytes lie under another name: where that name was inspected, or a second look went
 * there, nothing is missing. */
static bool is_looked_up(const struct judge_input *in, const struct fact_note *n, size_t layer)
{
	if (!bytes_eq(n->code, B("file.linked")) || !in->looks[layer])
		return false;
	for (size_t i = 0; inspectors[i]; i++) {
		for (size_t a = 0; inspectors[i]->anchors && inspectors[i]->anchors[a]; a++) {
			if (bytes_eq(bytes_str(inspectors[i]->anchors[a]), n->head.path))
				return true;
		}
	}
	return false;
}

/* What is wrong with a manifest that a package of the distribution brought, or with a lock file
 * that any package did, hides nothing: the package itself is judged. */
static bool is_owned(const struct judge_input *in, const struct fact_note *n)
{
	const union map_value *whose = in->owned ? map_get(in->owned, n->head.path) : NULL;
	unsigned by = WHOSE_SYSTEM | (bytes_eq(n->head.inspector, B("locks")) ? WHOSE_LANGUAGE : 0);
	return whose && (whose->u & by);
}

/* A layer whose diff_id the config promised was not cut, end marker or not. */
static bool is_proven(const struct judge_input *in, const struct fact_note *n, size_t layer)
{
	return in->is_promised[layer] && bytes_eq(n->code, B("layer.no-end"));
}

static void note_row(const struct judge_input *in, struct report *r, const struct fact_note *n,
                     size_t layer)
{
	bool is_proof = is_proven(in, n, layer);
	/* lists of owned files are the file check's business: packages are known without them */
	bool is_owned = bytes_starts(n->code, B("owned."));
	bool is_license = bytes_starts(n->code, B("license."));
	bool is_binary = bytes_eq(n->head.inspector, B("elf"));
	bool is_user = bytes_eq(n->head.inspector, B("sudoers"));
	report_cover(r,
	             (struct coverage){.check = is_binary              ? CHECK_BINARY
	                                        : is_user              ? CHECK_USER
	                                        : is_license           ? CHECK_LICENSE
	                                        : is_owned || is_proof ? CHECK_FILE
	                                                               : CHECK_VULNERABILITY,
	                               .status = is_proof ? COVERAGE_COMPLETE : COVERAGE_INCOMPLETE,
	                               .code = arena_str(r->arena, n->code),
	                               .layer = (int32_t)layer,
	                               .path = arena_dup(r->arena, n->head.path)},
	             "%.*s", BYTES_FMT(n->text));
}

static void layer_notes(const struct judge_input *in, struct report *r, size_t layer, bool is_look)
{
	struct fact_iter it = fact_iter(is_look ? in->looks[layer] : in->layers[layer], FACT_NOTE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_note n;
		if (!fact_decode_note(cbor, &n) || bytes_starts(n.code, B("secret.")) ||
		    bytes_starts(n.code, B("malware.")))
			continue; /* judge/secrets.c and malware.c tell those, when asked */
		if (bytes_starts(n.code, B("entry."))) {
			if (!is_look)
				entry_finding(r, &n, layer);
			continue;
		}
		bool is_hidden =
			!is_look && n.head.path.n && !view_shows(in->view, layer, n.head.path);
		if (!is_hidden && !is_looked_up(in, &n, layer) && !is_owned(in, &n))
			note_row(in, r, &n, layer);
	}
}

struct duplicates {
	struct report *r;
	size_t layer, n;
};

enum { DUPLICATES_NAMED = 100 };

static bool duplicate(void *arg, const struct entry *later)
{
	struct duplicates *d = arg;
	const struct fact_note n = {
		.head.path = later->path,
		.code = B("entry.duplicate"),
		.text = B("an earlier entry of the layer has this path too; the last one counts"),
	};
	entry_finding(d->r, &n, d->layer);
	return ++d->n < DUPLICATES_NAMED;
}

/* "Layer Changesets ... MUST NOT include duplicate entries for file paths" (layer.md). */
static void duplicates(const struct judge_input *in, struct report *r, size_t layer)
{
	struct duplicates d = {r, layer, 0};
	if (factset_duplicates(in->layers[layer], duplicate, &d) && d.n < DUPLICATES_NAMED)
		return;
	report_cover(r,
	             (struct coverage){.check = CHECK_FILE,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = "entry.duplicates",
	                               .layer = (int32_t)layer},
	             "too many paths are in the layer twice; the first are named");
}

int judge_notes(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < in->n_layers; i++) {
		layer_notes(in, r, i, false);
		duplicates(in, r, i);
		if (in->looks[i])
			layer_notes(in, r, i, true);
	}
	return 0;
}
