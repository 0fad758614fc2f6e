/* SPDX-License-Identifier: Apache-2.0 */
/*
 * license_files.c - licence files that packages of languages came with.
 *
 * Format: fmt/license_text.h.
 * Source: LICENSE, COPYING and their like in the folder of an installed package: node_modules/NAME,
 * NAME.dist-info (and licenses/ in it), gems/NAME-VERSION, vendor/NAME.
 * Emits: setting "license-text" (a licence each).
 */
#include "inspect/lang.h"

#include "fmt/fmt.h"

static int license_file(struct inspect *in, const struct entry *en, struct bytes content,
                        struct err *e)
{
	const char *ids[LICENSE_TEXTS_MAX];
	(void)e;
	if (!lang_is_in_tree(en->path))
		return 0;
	size_t n = license_text(content, ids);
	for (size_t i = 0; i < n; i++)
		inspect_setting(in, &(struct fact_setting){.what = B("license-text"),
		                                           .value = bytes_str(ids[i])});
	return 0;
}

static const char *const paths[] = {
	"**/COPYING",
	"**/COPYING.txt",
	"**/LICENCE",
	"**/LICENCE.md",
	"**/LICENCE.txt",
	"**/LICENSE",
	"**/LICENSE-MIT",
	"**/LICENSE-MIT.txt",
	"**/LICENSE.md",
	"**/LICENSE.txt",
	"**/License.txt",
	"**/MIT-LICENSE",
	"**/license",
	"**/license.md",
	"**/MIT-LICENSE.txt",
	"**/license.txt",
	NULL,
};

const struct inspector inspector_license_files = {
	.id = "license-files",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Licence files of packages of languages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LICENSE_FILE_MAX,
	.file = license_file,
};
