/* SPDX-License-Identifier: Apache-2.0 */
/* index_install.c - an index that was built elsewhere takes the place of the present one. */
#include "store/index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int index_open_file(const char *path, int *ret_fd, uint64_t *ret_size, struct err *e)
{
	struct stat st;
	AUTO_FREE char *file = index_path(path);
	AUTO_FD int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO,
		               "open %s: %m", file);
	*ret_size = (uint64_t)st.st_size;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int index_identify(const char *path, struct index_identity *ret, struct err *e)
{
	struct index *ix;
	const struct index_feed *f;
	uint8_t sum[16];
	struct index_identity id = {.built_s = 0};
	int fd = -1;
	if (index_open(path, &ix, e) < 0)
		return -1;
	for (size_t i = 0, n = index_feeds(ix, &f); i < n; i++)
		id.built_s = MAX_OF(id.built_s, MAX_OF(f[i].imported_s, f[i].checked_s));
	index_close(ix);
	if (index_open_file(path, &fd, &id.size, e) < 0)
		return -1;
	int rc = index_footer_sum(fd, path, sum, e);
	close(fd);
	if (rc < 0)
		return -1;
	hex_encode(sum, sizeof sum, id.sum);
	*ret = id;
	return 0;
}

int index_stage_file(const char *path, struct file_new *ret, struct err *e)
{
	AUTO_FREE char *file = index_path(path);
	return index_make_folder(file, e) || file_create(file, 0644, ret, e) ? -1 : 0;
}

static bool is_same(const struct index_identity *a, const struct index_identity *b)
{
	return a->built_s == b->built_s && a->size == b->size && strcmp(a->sum, b->sum) == 0;
}

/* A present index that is damaged, or of another schema, gives way. */
static int compare(const char *file, const struct index_identity *want, bool *ret_same,
                   struct err *e)
{
	struct index_identity have;
	struct err own = {.kind = ERR_NONE};
	char ours[21], theirs[21];
	*ret_same = false;
	if (index_identify(file, &have, &own) < 0) {
		bool gives_way = own.kind == ERR_NOTFOUND || own.kind == ERR_FORMAT ||
		                 own.kind == ERR_UNSUPPORTED;
		if (!gives_way && e)
			*e = own;
		return gives_way ? 0 : -1;
	}
	*ret_same = is_same(&have, want);
	if (have.built_s <= want->built_s)
		return 0;
	clock_format(have.built_s, ours);
	clock_format(want->built_s, theirs);
	return err_set(e, ERR_USAGE, "is of %s, older than the present index of %s", theirs, ours);
}

static int check_staged(const struct file_new *f, const struct index_identity *want, struct err *e)
{
	char path[40];
	struct index_identity have;
	snprintf(path, sizeof path, "/proc/self/fd/%d", f->fd);
	if (index_identify(path, &have, e) < 0)
		return -1;
	if (is_same(&have, want))
		return 0;
	return err_set(e, ERR_DIGEST, "is not the index that its statement speaks of");
}

int index_install(const char *path, struct file_new *f, const struct index_identity *want,
                  bool *ret_unchanged, struct err *e)
{
	AUTO_FREE char *file = index_path(path);
	AUTO_FD int lock = -1;
	int rc = check_staged(f, want, e);
	if (rc == 0)
		rc = index_lock(file, true, &lock, e);
	if (rc == 0)
		rc = compare(file, want, ret_unchanged, e);
	if (rc < 0 || *ret_unchanged) {
		file_abort(f);
		return rc;
	}
	if (file_commit(f, e) < 0)
		return -1;
	index_note(file);
	return 0;
}
