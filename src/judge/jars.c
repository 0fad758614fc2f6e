/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jars.c - names of Java archives by their digest.
 *
 * A pom.properties is the word of who built the jar.  A manifest, or the name of the file, is a
 * guess at group and version; a list of digests knows better, and knows those that say nothing.
 */
#include "judge/jars.h"

static bool ask(const struct judge_input *in, struct arena *a, struct bytes sha1,
                struct fact_package *f)
{
	struct bytes artifact, version, name[2];
	lang_jar_name(path_base(f->head.path), &artifact, &version);
	if (!in->names || !in->names->find(in->names->arg, sha1, artifact, name))
		return false;
	f->name = name[0];
	f->version = name[1];
	f->proof = bytes_str(arena_printf(a, "its SHA-1, %.*s", BYTES_FMT(sha1)));
	return true;
}

void jars_rename(const struct judge_input *in, struct arena *a, struct fact_package *f)
{
	AUTO_BUF struct buf hex;
	if (!bytes_eq(f->type, B("maven")) || !bytes_eq(f->proof, B(LANG_JAR_GUESSED)))
		return;
	buf_init(&hex, 64);
	for (size_t i = 0; i < f->digest.n; i++)
		buf_addf(&hex, "%02x", f->digest.p[i]);
	ask(in, a, buf_bytes(&hex), f);
}

bool jars_name(const struct judge_input *in, struct arena *a, const struct fact_setting *s,
               struct fact_package *ret)
{
	uint8_t *raw = arena_alloc(a, 20);
	struct fact_package f = {.head.path = s->name, .type = B("maven")};
	uint64_t one;
	for (size_t i = 0; i < 20; i++) {
		if (!bytes_hex(bytes_slice(s->value, 2 * i, 2 * i + 2), 0xff, &one))
			return false;
		raw[i] = (uint8_t)one;
	}
	f.digest = bytes_of(raw, 20);
	if (!ask(in, a, s->value, &f))
		return false;
	*ret = f;
	return true;
}
