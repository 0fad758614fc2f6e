/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm_manifest.c - packages of images that were made by rpm and left without its database.
 *
 * Format: a line for each package, what rpm -qa prints with ten fields parted by tabs: name,
 * version-release, install time, build time, vendor, (none), size, arch, epoch (0: none), source
 * package.  Source: var/lib/rpmmanifest/container-manifest-2 of distroless Azure Linux and Mariner.
 * Emits: package; a note for each line that is not one.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

enum {
	COL_NAME,
	COL_VERSION,
	COL_INSTALLED,
	COL_BUILT,
	COL_VENDOR,
	COL_UNUSED,
	COL_SIZE,
	COL_ARCH,
	COL_EPOCH,
	COL_SOURCE,
	COL__MAX
};

/* False unless there are exactly ten; "(none)" becomes absent. */
static bool columns(struct bytes line, struct bytes ret[COL__MAX])
{
	size_t n = 0;
	for (bool is_more = true; is_more; n++) {
		struct bytes head;
		if (n == COL__MAX)
			return false;
		is_more = bytes_cut(line, '\t', &head, &line);
		ret[n] = bytes_eq(head, B("(none)")) ? (struct bytes){NULL, 0} : head;
	}
	return n == COL__MAX && ret[COL_NAME].n && ret[COL_VERSION].n;
}

static void package(struct inspect *in, const struct bytes c[COL__MAX])
{
	struct bytes version = c[COL_VERSION], name = {NULL, 0}, source = {NULL, 0};
	uint64_t built = 0, epoch = 0;
	bytes_u64(c[COL_BUILT], INT64_MAX, &built);
	bytes_u64(c[COL_EPOCH], UINT32_MAX, &epoch);
	bool is_same =
		rpmhdr_source_cut(c[COL_SOURCE], &name, &source) && bytes_eq(source, version);
	if (epoch)
		version = bytes_str(arena_printf(inspect_arena(in), "%llu:%.*s",
		                                 (unsigned long long)epoch, BYTES_FMT(version)));
	inspect_package(in, &(struct fact_package){
				    .type = B("rpm"),
				    .name = c[COL_NAME],
				    .version = version,
				    .arch = c[COL_ARCH],
				    .source_name = name,
				    .source_version = is_same ? version : source,
				    .vendor = c[COL_VENDOR],
				    .build_time_s = (int64_t)built,
			    });
}

static int rpm_manifest_file(struct inspect *in, const struct entry *en, struct bytes content,
                             struct err *e)
{
	struct notes n = {.in = in, .code = "db.broken"};
	struct bytes c[COL__MAX];
	size_t no = 0;
	(void)en;
	for (struct bytes line; bytes_line(&content, &line);) {
		no++;
		if (columns(line, c)) {
			package(in, c);
		} else if (line.n) {
			err_set(e, ERR_FORMAT, "line %zu: not ten fields with a name and a version",
			        no);
			notes_add(&n, "package record", e);
		}
	}
	notes_end(&n);
	return 0;
}

const struct inspector inspector_rpm_manifest = {
	.id = "rpm_manifest",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Packages of rpm, as listed in images without its database",
	.paths = (const char *const[]){"var/lib/rpmmanifest/container-manifest-2", NULL},
	.anchors = (const char *const[]){"var/lib/rpmmanifest/container-manifest-2", NULL},
	.want = INSPECT_FILE,
	.max = RPM_MANIFEST_MAX,
	.file = rpm_manifest_file,
};
