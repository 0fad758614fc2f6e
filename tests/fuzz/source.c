/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.c - fuzz: an archive of images, opened as what it looks like and as each kind.
 *
 * Input: the file.  Compressed ones are refused for want of an inflater.
 */
#include "source/source.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

bool cache_get_blob(struct cache *c, struct bytes key, struct buf *ret)
{
	(void)c;
	(void)key;
	(void)ret;
	return false;
}

int cache_put_blob(struct cache *c, struct bytes key, struct bytes value, struct err *e)
{
	(void)c;
	(void)key;
	(void)value;
	(void)e;
	return 0;
}

static void read_layers(struct source *s, const struct source_image *im)
{
	uint8_t piece[4096];
	struct err e;
	for (size_t i = 0; i < im->n_layers; i++) {
		struct source_stream st;
		if (source_layer(s, &im->layers[i], &st, &e))
			continue;
		for (int k = 0; k < 16 && st.read(st.arg, piece, sizeof piece, &e) > 0; k++)
			;
		st.close(st.arg);
	}
}

static void look(const char *ref, const char *platform)
{
	struct source_options o = {.platform = bytes_str(platform)};
	const struct source_image *im;
	struct source *s;
	struct bytes note;
	struct err e;
	size_t n;
	if (source_open(ref, &o, &s, &e))
		return;
	if (!source_images(s, &im, &n, &note, &e)) {
		for (size_t i = 0; i < n; i++)
			read_layers(s, &im[i]);
	}
	source_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const kinds[] = {"", "docker-archive:", "oci-archive:", "tar:"};
	char ref[64];
	int fd = memfd_create("archive", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fd_write_full(fd, p, n) == 0) {
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
			snprintf(ref, sizeof ref, "%s/proc/self/fd/%d", kinds[i], fd);
			look(ref, "all");
			look(ref, NULL);
		}
	}
	close(fd);
	return 0;
}
