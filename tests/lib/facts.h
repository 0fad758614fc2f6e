/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - runs one inspector over texts and shows the facts as lines, members that are absent as
 * "-".
 */
#ifndef TESTS_FACTS_H
#define TESTS_FACTS_H

#include "inspect/inspect.h"

struct facts_file {
	const char *path, *text;
};

static inline void facts_add(struct buf *b, struct bytes s)
{
	buf_addc(b, ' ');
	buf_add(b, s.p ? s : B("-"));
}

static inline void facts_digest(struct buf *b, struct bytes d)
{
	char hex[129] = "-";
	if (d.n && d.n <= 64)
		hex_encode(d.p, d.n, hex);
	buf_addf(b, " %s", hex);
}

static inline void facts_os(struct buf *b, struct bytes cbor)
{
	struct fact_os f;
	if (!fact_decode_os(cbor, &f))
		return;
	buf_adds(b, "os");
	facts_add(b, f.head.path);
	facts_add(b, f.id);
	facts_add(b, f.version_id);
	facts_add(b, f.codename);
	buf_addf(b, " %llu\n", (unsigned long long)f.rank);
}

static inline void facts_package(struct buf *b, struct bytes cbor)
{
	struct fact_package f;
	if (!fact_decode_package(cbor, &f))
		return;
	buf_adds(b, "package");
	facts_add(b, f.type);
	facts_add(b, f.name);
	facts_add(b, f.version);
	facts_add(b, f.arch);
	facts_add(b, f.source_name);
	facts_add(b, f.source_version);
	facts_add(b, f.license);
	facts_add(b, f.vendor);
	facts_add(b, f.repository);
	facts_add(b, f.status);
	buf_addf(b, " %lld\n", (long long)f.build_time_s);
}

static inline void facts_owned(struct buf *b, struct bytes cbor)
{
	struct fact_owned f;
	if (!fact_decode_owned(cbor, &f))
		return;
	buf_adds(b, "owned");
	facts_add(b, f.package);
	facts_add(b, f.file);
	facts_digest(b, f.digest);
	buf_addf(b, " %llx %llo\n", (unsigned long long)f.flags, (unsigned long long)f.mode);
}

static inline void facts_divert(struct buf *b, struct bytes cbor)
{
	struct fact_divert f;
	if (!fact_decode_divert(cbor, &f))
		return;
	buf_adds(b, "divert");
	facts_add(b, f.from);
	facts_add(b, f.to);
	facts_add(b, f.package);
	buf_adds(b, "\n");
}

static inline void facts_note(struct buf *b, struct bytes cbor)
{
	struct fact_note f;
	if (!fact_decode_note(cbor, &f))
		return;
	buf_adds(b, "note");
	facts_add(b, f.head.path);
	facts_add(b, f.code);
	facts_add(b, f.text);
	buf_adds(b, "\n");
}

static inline void facts_setting(struct buf *b, struct bytes cbor)
{
	struct fact_setting f;
	if (!fact_decode_setting(cbor, &f))
		return;
	buf_adds(b, "setting");
	facts_add(b, f.what);
	facts_add(b, f.name);
	facts_add(b, f.value);
	buf_addf(b, " %llu\n", (unsigned long long)f.line);
}

/* All facts of one file, kind by kind; -1 when the inspector could not be run. */
static inline int facts_of(const struct inspector *i, const struct inspect_file *file,
                           struct buf *b)
{
	static const struct {
		enum fact_kind kind;
		void (*show)(struct buf *b, struct bytes cbor);
	} kinds[] = {
		{FACT_OS,      facts_os     },
                {FACT_PACKAGE, facts_package},
		{FACT_OWNED,   facts_owned  },
                {FACT_DIVERT,  facts_divert },
		{FACT_NOTE,    facts_note   },
                {FACT_SETTING, facts_setting},
	};
	struct factset *fs = factset_new();
	struct err e = {.kind = ERR_NONE};
	int rc = inspect_once(i, file, 1, fs, &e);
	if (rc < 0)
		buf_addf(b, "error %s\n", e.msg);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct fact_iter it = fact_iter(fs, kinds[k].kind);
		for (struct bytes cbor; fact_next(&it, &cbor);)
			kinds[k].show(b, cbor);
	}
	factset_free(fs);
	return rc;
}

static inline const struct inspector *facts_inspector(const char *id)
{
	for (size_t i = 0; inspectors[i]; i++) {
		if (bytes_eq(bytes_str(inspectors[i]->id), bytes_str(id)))
			return inspectors[i];
	}
	return NULL;
}

/* Every inspector that one of whose paths matches runs over the file, as the worker does. */
static inline void facts_text(const char *path, struct bytes text, struct buf *b)
{
	struct inspect_file file = {
		.en = {.path = bytes_str(path), .type = ENTRY_FILE, .size = text.n},
		.content = text,
	};
	for (size_t i = 0; inspectors[i]; i++) {
		bool is_wanted = false;
		for (size_t p = 0; inspectors[i]->paths[p]; p++)
			is_wanted |= bytes_glob(bytes_str(inspectors[i]->paths[p]), file.en.path);
		if (is_wanted)
			facts_of(inspectors[i], &file, b);
	}
}

#endif
