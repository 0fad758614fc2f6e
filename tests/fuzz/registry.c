/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.c - fuzz: references, challenges, config.json and answers of helpers and token servers,
 * headers of ranges, lists and where they go on.
 *
 * Input: a letter that says which (r c j h t g l p), then the text.
 */
#include "fmt/registry.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What parses, written in full, parses to the same. */
static void reference(struct arena *a, struct bytes text)
{
	struct registry_ref r, s;
	char digest[DIGEST_TEXT_MAX];
	registry_is_loopback(text);
	registry_is_link_local(text);
	require(!registry_vouches(text, B("")));
	if (registry_ref_parse(a, text, &r, NULL))
		return;
	const char *full =
		arena_printf(a, "%.*s/%.*s%s%.*s%s%s", BYTES_FMT(r.host), BYTES_FMT(r.repository),
	                     r.tag.n ? ":" : "", BYTES_FMT(r.tag), r.digest.algo ? "@" : "",
	                     r.digest.algo ? digest_text(&r.digest, digest) : "");
	require(registry_ref_parse(a, bytes_str(full), &s, NULL) == 0);
	require(bytes_eq(r.host, s.host) && bytes_eq(r.repository, s.repository) &&
	        bytes_eq(r.tag, s.tag) && digest_eq(&r.digest, &s.digest));
}

static void range(struct bytes text)
{
	struct registry_range r = {.offset = 40, .size = 100, .status = 206};
	uint64_t skip;
	bytes_cut(text, '\n', &r.content_range, &r.content_length);
	if (registry_range_check(&r, &skip, NULL) == 0)
		require(skip <= r.offset);
}

static void next_page(struct bytes text)
{
	struct bytes next = registry_next_link(text, B("h.io"));
	if (next.n && !registry_goes_on(text))
		abort();
	require(next.n < (size_t)REGISTRY_LINK_MAX);
	require(bytes_search(next, B("/../")) < 0 && bytes_find(next, '\n') < 0);
}

static void page(struct arena *a, struct bytes text)
{
	struct bytes *v;
	size_t n;
	if (registry_list_parse(a, text, "tags", &v, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++)
		require(v[i].n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct registry_challenge c[4];
	struct registry_auth auth;
	const struct registry_ref ref = {.host = B("h.io"), .repository = B("team/a")};
	struct bytes text = bytes_of(p, n), token;
	if (!n)
		return 0;
	text = bytes_skip(text, 1);
	switch (p[0]) {
	case 'r':
		reference(a, text);
		break;
	case 'c':
		require(registry_challenges(a, text, c, 4) <= 4);
		break;
	case 'j':
		registry_auth_find(a, text, &ref, &auth, NULL);
		break;
	case 'h':
		registry_helper_answer(a, text, &auth, NULL);
		break;
	case 't':
		registry_token_answer(a, text, &token, NULL);
		break;
	case 'g':
		range(text);
		break;
	case 'l':
		next_page(text);
		break;
	case 'p':
		page(a, text);
		break;
	default:
		break;
	}
	return 0;
}
