/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_sbom.c - assay sbom: what an image is made of. */
#include "cli/cli.h"

static int sbom_run(const struct settings *s, const char *const *args, size_t n)
{
	return cli_scan(s, args, n, SCAN_LIST);
}

static const char *const sbom_examples[] = {
	"assay sbom alpine:3.20",
	"assay sbom image.tar -f spdx-json -o image.spdx.json",
	"assay sbom oci:layout -o cyclonedx@1.5=image.cdx.json -o spdx-tag-value=image.spdx",
	"assay sbom sbom:theirs.cdx.xml -f spdx3-json",
	NULL,
};

const struct command command_sbom = {
	.name = "sbom",
	.args = "REF",
	.title = "Write the bill of materials of an image",
	.text = "Lists the packages that the merged image shows, with package URL, licence, "
		"supplier, "
		"source package, layer and the files that say it is installed, and what of the "
		"image "
		"could not be read. No advisories are needed.\n\n"
		"REF is what `assay scan` takes; sbom:FILE reads a bill of materials, so that one "
		"form "
		"becomes another.\n\n"
		"The same image gives the same bytes: times are the image's, or SOURCE_DATE_EPOCH, "
		"and "
		"serial numbers are made of the content.",
	.examples = sbom_examples,
	.groups = GROUP_IMAGE | GROUP_TEMPLATE | GROUP_SBOM,
	.min_args = 1,
	.max_args = 1,
	.run = sbom_run,
};
