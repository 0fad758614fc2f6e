/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ldconf.c - folders that the dynamic loader searches beside its own.
 *
 * Format: glibc's ld.so.conf: a folder a line (blanks, commas and colons part several), "#" begins
 * a comment, "include" names files, which are read wherever they are as Debian, Fedora and SUSE
 * have them; musl's ld-musl-ARCH.path: folders parted by lines or colons. Source: ldconfig(8);
 * musl's dynlink.c. Emits: setting "library-folder" (value: the folder).
 */
#include "inspect/inspect.h"

static void state_line(struct inspect *in, struct bytes line, uint64_t at)
{
	struct bytes word = {line.p, 0};
	for (size_t i = 0; i <= line.n; i++) {
		bool is_end =
			i == line.n || is_blank(line.p[i]) || line.p[i] == ':' || line.p[i] == ',';
		if (!is_end) {
			word.n++;
			continue;
		}
		if (word.n && word.p[0] == '/')
			inspect_setting(in, &(struct fact_setting){.what = B("library-folder"),
			                                           .value = word,
			                                           .line = at});
		word = (struct bytes){line.p + i + 1, 0};
	}
}

static int ldconf_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	uint64_t at = 0;
	(void)en, (void)e;
	for (struct bytes line; bytes_line(&content, &line);) {
		ssize_t comment = bytes_find(line, '#');
		at++;
		line = bytes_trim(bytes_slice(line, 0, comment < 0 ? line.n : (size_t)comment));
		if (!bytes_starts(line, B("include")) && !bytes_starts(line, B("hwcap")))
			state_line(in, line, at);
	}
	return 0;
}

static const char *const paths[] = {
	"etc/ld-musl-*.path",
	"etc/ld.so.conf",
	"etc/ld.so.conf.d/*.conf",
	NULL,
};

const struct inspector inspector_ldconf = {
	.id = "ldconf",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Folders of libraries",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LDCONF_MAX,
	.file = ldconf_file,
};
