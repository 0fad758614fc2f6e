/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose.c - of the images found, those of the platform asked for.
 *
 * Without a wish: linux on this machine; where it is missing and only one image exists, that one.
 */
#include "source/parts.h"

#include <string.h>
#include <sys/utsname.h>

static struct oci_platform host(struct source *s)
{
	struct utsname u;
	if (uname(&u))
		return oci_platform_host(B(""));
	return oci_platform_host(arena_dup(s->a, bytes_str(u.machine)));
}

static struct bytes platform_of(struct source *s, const struct candidate *c)
{
	struct bytes p = oci_platform_text(s->a, &c->platform);
	return p.n ? p : B("unknown platform");
}

static int no_platform(struct source *s, struct bytes want, struct err *e)
{
	AUTO_BUF struct buf list;
	buf_init(&list, 160);
	s->lacks_platform = true;
	for (size_t i = 0; i < s->n_found; i++)
		buf_addf(&list, "%s%.*s%s", i ? ", " : "", BYTES_FMT(platform_of(s, &s->found[i])),
		         s->found[i].is_missing ? " (not in here)" : "");
	return err_set(e, ERR_USAGE, "no image for %.*s; there: %.*s", BYTES_FMT(want),
	               BYTES_FMT(buf_bytes(&list)));
}

/* Several names without one being asked for: which is meant cannot be guessed. */
static int check_names(struct source *s, struct err *e)
{
	AUTO_BUF struct buf list;
	buf_init(&list, 160);
	size_t n = 0;
	for (size_t i = 0; i < s->n_found; i++) {
		bool is_new = true;
		for (size_t k = 0; k < i; k++)
			is_new &= !bytes_eq(s->found[i].name, s->found[k].name);
		if (!is_new)
			continue;
		struct bytes name = s->found[i].name;
		buf_addf(&list, "%s%.*s", n++ ? ", " : "",
		         BYTES_FMT(name.n ? name : B("one without a name")));
	}
	if (n <= 1)
		return 0;
	return err_set(e, ERR_USAGE, "holds several images, name one behind \":\": %.*s",
	               BYTES_FMT(buf_bytes(&list)));
}

static int take(struct source *s, const struct candidate *c, struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	if (c->is_missing)
		return err_set(e, ERR_NOTFOUND, "manifest %s (%.*s) is not in here",
		               digest_text(&c->manifest.digest, text),
		               BYTES_FMT(platform_of(s, c)));
	struct source_image *im = &s->images[s->n_images];
	size_t first = s->n_notes;
	*im = (struct source_image){.reference = s->reference};
	if (s->ref.kind->fill(s, c, im, e))
		return -1;
	im->n_notes = s->n_notes - first;
	struct source_note *notes = arena_alloc(s->a, (im->n_notes + 1) * sizeof *notes);
	for (size_t i = 0; i < im->n_notes; i++)
		notes[i] = s->notes[first + i];
	im->notes = notes;
	s->n_notes = first;
	s->n_images++;
	return 0;
}

static int take_all(struct source *s, struct err *e)
{
	size_t n_missing = 0;
	for (size_t i = 0; i < s->n_found; i++) {
		if (s->found[i].is_missing) {
			n_missing++;
			continue;
		}
		if (take(s, &s->found[i], e))
			return err_wrap(e, "%.*s", BYTES_FMT(platform_of(s, &s->found[i])));
	}
	if (n_missing)
		s->note = bytes_str(
			arena_printf(s->a, "%zu of %zu images that the index names are not in here",
		                     n_missing, s->n_found));
	if (s->n_images)
		return 0;
	return err_set(e, ERR_NOTFOUND, "none of the images that the index names is in here");
}

/* The best match in *ret, NULL when there is none.  Of several that are alike in one index the
 * first, as docker and containerd take it; in two entries of the same name that would be a guess.
 */
static int best(const struct source *s, const struct oci_platform *want, bool with_missing,
                const struct candidate **ret, struct err *e)
{
	int most = 0;
	bool is_clear = true;
	*ret = NULL;
	for (size_t i = 0; i < s->n_found; i++) {
		const struct candidate *c = &s->found[i];
		int score = oci_platform_match(want, &c->platform);
		if (!score || score < most || (c->is_missing && !with_missing))
			continue;
		is_clear = score > most || (is_clear && c->top == (*ret)->top);
		*ret = score > most ? c : *ret;
		most = score;
	}
	if (is_clear)
		return 0;
	return err_set(e, ERR_USAGE,
	               "holds several images of that name and platform: name one by \"@\" and its "
	               "digest");
}

/* The only image that is here, or NULL. */
static const struct candidate *lone(const struct source *s)
{
	const struct candidate *one = NULL;
	for (size_t i = 0; i < s->n_found; i++) {
		if (s->found[i].is_missing)
			continue;
		if (one)
			return NULL;
		one = &s->found[i];
	}
	return one;
}

static int take_default(struct source *s, struct err *e)
{
	const struct oci_platform want = host(s);
	const struct candidate *c;
	if (best(s, &want, false, &c, e))
		return -1;
	if (c)
		return take(s, c, e);
	c = lone(s);
	if (!c && s->n_found == 1)
		return take(s, &s->found[0], e); /* says that it is missing */
	if (!c)
		return no_platform(s, oci_platform_text(s->a, &want), e);
	s->note = bytes_str(arena_printf(s->a, "%.*s is taken: there is no image for %.*s",
	                                 BYTES_FMT(platform_of(s, c)),
	                                 BYTES_FMT(oci_platform_text(s->a, &want))));
	return take(s, c, e);
}

static int take_wanted(struct source *s, struct err *e)
{
	struct oci_platform want;
	if (oci_platform_parse(s->o.platform, &want, e))
		return -1;
	const struct candidate *c;
	if (best(s, &want, false, &c, e) || (!c && best(s, &want, true, &c, e)))
		return -1;
	return c ? take(s, c, e) : no_platform(s, s->o.platform, e);
}

int choose(struct source *s, struct err *e)
{
	s->images = arena_alloc(s->a, (s->n_found + 1) * sizeof *s->images);
	if (check_names(s, e))
		return -1;
	if (!s->o.platform.n)
		return take_default(s, e);
	if (bytes_eq(s->o.platform, B("all")))
		return take_all(s, e);
	return take_wanted(s, e);
}
