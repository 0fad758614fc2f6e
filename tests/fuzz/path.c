/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.c - fuzz: a cleaned path is clean, cleaning it again changes nothing, and no link leads out
 * of the root.
 */
#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_clean(struct bytes path)
{
	AUTO_BUF struct buf again;
	buf_init(&again, (size_t)PATH_LEN_MAX);
	require(path.n <= (size_t)PATH_LEN_MAX && bytes_find(path, 0) < 0);
	require(!bytes_starts(path, B("/")) && !bytes_ends(path, B("/")));
	int64_t depth = 0;
	for (struct bytes rest = path, part; bytes_split(&rest, '/', &part); depth++)
		require(part.n && !bytes_eq(part, B(".")) && !bytes_eq(part, B("..")));
	require(depth <= PATH_DEPTH_MAX);
	require(image_path(path, &again, NULL) == 0 && bytes_eq(buf_bytes(&again), path));
	struct bytes dir = path_dir(path), base = path_base(path);
	require(dir.n + base.n + (dir.n > 0) == path.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_BUF struct buf link, target;
	buf_init(&link, (size_t)PATH_LEN_MAX);
	buf_init(&target, (size_t)PATH_LEN_MAX);
	struct bytes head, tail;
	bytes_cut((struct bytes){p, n}, '\n', &head, &tail);
	if (image_path(head, &link, NULL))
		return 0;
	check_clean(buf_bytes(&link));
	if (image_path_link(buf_bytes(&link), tail, &target, NULL) == 0)
		check_clean(buf_bytes(&target));
	return 0;
}
