/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dir.c - dir:FOLDER, a root file system, given as a tar that is made as it is read.
 *
 * Names in byte order, owners and modes as they are, times zero: the same folder gives the same
 * bytes.  Links are never followed and the folder never left (openat2); devices, pipes and links
 * are headers only.  Held are the names of the folders on the way down, never the tree.  File
 * systems of the kernel (proc, sysfs, devices) and of the network are left out and named.  A file
 * with several names is given in full under each, so that every path shows its content.
 */
#include "source/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "source/tarout.h"

/* What is counted instead of being told one by one, with the first of each by name. */
enum trouble { UNREADABLE, CHANGED, TOO_LARGE, SKIPPED_KERNEL, SKIPPED_NETWORK, TROUBLE__MAX };

static const struct {
	const char *code, *text;
	bool is_incomplete;
} troubles[TROUBLE__MAX] = {
	[UNREADABLE] = {"folder.unreadable", "could not be read",                     true },
	[CHANGED] = {"folder.changed",    "changed while being read",              true },
	[TOO_LARGE] = {"folder.large",      "larger than 512 MiB, not read",         true },
	[SKIPPED_KERNEL] = {"folder.kernel",     "left out: file systems of the kernel",  false},
	[SKIPPED_NETWORK] = {"folder.network",    "left out: file systems of the network", true },
};

struct level {
	struct bytes *names; /* sorted */
	size_t n, at;
	uint64_t bytes;
	size_t path_n; /* length of the folder's path */
	dev_t dev;
};

struct tree {
	struct source *s;
	struct level *levels;
	size_t n_levels, cap_levels;
	int fd; /* of the deepest level, -1: to be opened again */
	uint64_t name_bytes;
	struct buf path; /* of the folder or entry at hand */
	/* what is being given out */
	struct buf head;
	size_t head_at;
	int file;
	uint64_t left;
	uint32_t pad;
	bool is_done;
	uint64_t count[TROUBLE__MAX];
	struct bytes first[TROUBLE__MAX];
	char why[TROUBLE__MAX][40];
};

static int open_at(int fd, const char *name, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW |
	                            flags),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	return (int)syscall(SYS_openat2, fd, name, &how, sizeof how);
}

static void tell(struct tree *t, enum trouble what, int error)
{
	if (t->count[what]++)
		return;
	t->first[what] = arena_dup(t->s->a, buf_bytes(&t->path));
	snprintf(t->why[what], sizeof t->why[what], "%s%s", error ? ": " : "",
	         error ? strerrordesc_np(error) : "");
}

static void tell_all(struct tree *t)
{
	for (int i = 0; i < TROUBLE__MAX; i++) {
		if (!t->count[i])
			continue;
		note_add(t->s, troubles[i].code, troubles[i].is_incomplete, "%llu %s (%.*s%s)",
		         (unsigned long long)t->count[i], troubles[i].text, BYTES_FMT(t->first[i]),
		         t->why[i]);
		t->count[i] = 0;
	}
}

/* ---- file systems that are no part of an image ---- */

static bool is_kernel(long type)
{
	static const long types[] = {
		PROC_SUPER_MAGIC,
		SYSFS_MAGIC,
		DEBUGFS_MAGIC,
		TRACEFS_MAGIC,
		CGROUP_SUPER_MAGIC,
		DEVPTS_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC,
		BPF_FS_MAGIC,
		SECURITYFS_MAGIC,
		PSTOREFS_MAGIC,
		EFIVARFS_MAGIC,
		HUGETLBFS_MAGIC,
		BINFMTFS_MAGIC,
		SELINUX_MAGIC,
		AUTOFS_SUPER_MAGIC,
		NSFS_MAGIC,
		0x62656570 /* configfs */,
		0x65735543 /* fusectl */,
		0x19800202 /* mqueue */,
		0x67596969 /* rpc_pipefs */,
	};
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if ((uint32_t)type == (uint32_t)types[i])
			return true;
	}
	return false;
}

static bool is_network(long type)
{
	static const uint32_t types[] = {NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC,
	                                 CIFS_SUPER_MAGIC, CEPH_SUPER_MAGIC, AFS_SUPER_MAGIC};
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if ((uint32_t)type == types[i])
			return true;
	}
	return false;
}

/* A folder on another device than the one above it: may it be entered? */
static bool may_enter(struct tree *t, int fd, dev_t above, dev_t own)
{
	struct statfs fs;
	if (above == own)
		return true;
	if (fstatfs(fd, &fs))
		return false;
	bool is_devices = fs.f_type == TMPFS_MAGIC && bytes_eq(buf_bytes(&t->path), B("dev"));
	if (is_kernel((long)fs.f_type) || is_devices) {
		tell(t, SKIPPED_KERNEL, 0);
		return false;
	}
	if (is_network((long)fs.f_type)) {
		tell(t, SKIPPED_NETWORK, 0);
		return false;
	}
	return true;
}

/* ---- the way through the tree ---- */

static int name_cmp(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static void level_fini(struct tree *t, struct level *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((void *)(uintptr_t)l->names[i].p);
	free(l->names);
	t->name_bytes -= l->bytes;
}

static int read_names(struct tree *t, int fd, struct level *l, struct err *e)
{
	size_t cap = 0;
	DIR *d = fdopendir(dup(fd));
	if (!d) {
		tell(t, UNREADABLE, errno);
		return 0;
	}
	int rc = 0;
	while (!rc) {
		errno = 0;
		const struct dirent *en = readdir(d);
		if (!en) {
			if (errno)
				tell(t, UNREADABLE, errno);
			break;
		}
		if (strcmp(en->d_name, ".") == 0 || strcmp(en->d_name, "..") == 0)
			continue;
		struct bytes name = bytes_str(mem_strdup(en->d_name));
		l->names = mem_grow(l->names, &cap, l->n + 1, sizeof *l->names);
		l->names[l->n++] = name;
		l->bytes += name.n + sizeof name;
		if (t->name_bytes + l->bytes > (uint64_t)FOLDER_NAMES_MAX)
			rc = err_set(e, ERR_LIMIT, "%.*s: more than %lld bytes of names",
			             BYTES_FMT(buf_bytes(&t->path)), (long long)FOLDER_NAMES_MAX);
	}
	closedir(d);
	t->name_bytes += l->bytes;
	if (l->n)
		qsort(l->names, l->n, sizeof *l->names, name_cmp);
	return rc;
}

/* Goes into the folder that fd is of; takes fd. */
static int descend(struct tree *t, int fd, dev_t dev, struct err *e)
{
	t->levels = mem_grow(t->levels, &t->cap_levels, t->n_levels + 1, sizeof *t->levels);
	struct level *l = &t->levels[t->n_levels++];
	*l = (struct level){.path_n = t->path.n, .dev = dev};
	if (t->fd >= 0)
		close(t->fd);
	t->fd = fd;
	return read_names(t, fd, l, e);
}

static void ascend(struct tree *t)
{
	level_fini(t, &t->levels[--t->n_levels]);
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* One descriptor at a time: coming back up, the folder is opened again by its path. */
static int open_level(struct tree *t, const struct level *l)
{
	if (t->fd >= 0)
		return 0;
	t->path.n = l->path_n;
	t->fd = l->path_n ? open_at(t->s->fd, buf_cstr(&t->path), O_DIRECTORY)
	                  : open_at(t->s->fd, ".", O_DIRECTORY);
	struct stat st;
	if (t->fd >= 0 && fstat(t->fd, &st) == 0 && st.st_dev == l->dev)
		return 0;
	tell(t, CHANGED, 0);
	return -1;
}

/* ---- one entry ---- */

static void begin_file(struct tree *t, int fd, uint64_t size)
{
	t->file = fd;
	t->left = size;
	t->pad = (uint32_t)(-size & 511);
}

static void emit_file(struct tree *t, const char *name, struct tarout *h)
{
	struct stat st;
	uint8_t caps[64];
	AUTO_FD int fd = open_at(t->fd, name, 0);
	if (fd < 0 || fstat(fd, &st)) {
		tell(t, errno == ENOENT ? CHANGED : UNREADABLE, errno);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		tell(t, CHANGED, 0);
		return;
	}
	if (st.st_size > INSPECT_FILE_MAX) {
		tell(t, TOO_LARGE, 0);
		return;
	}
	ssize_t n = fgetxattr(fd, "security.capability", caps, sizeof caps);
	h->size = (uint64_t)st.st_size;
	h->caps = bytes_of(caps, n > 0 ? (size_t)n : 0);
	h->type = '0';
	tarout_header(&t->head, h);
	begin_file(t, fd, h->size);
	fd = -1;
}

static void emit_link(struct tree *t, const char *name, struct tarout *h)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(t->fd, name, target, sizeof target);
	if (n < 0) {
		tell(t, errno == ENOENT || errno == EINVAL ? CHANGED : UNREADABLE, errno);
		return;
	}
	h->link = bytes_of(target, (size_t)n);
	h->type = '2';
	tarout_header(&t->head, h);
}

static int emit_folder(struct tree *t, const char *name, const struct stat *st, struct tarout *h,
                       struct err *e)
{
	struct level *l = &t->levels[t->n_levels - 1];
	h->type = '5';
	tarout_header(&t->head, h);
	if (t->n_levels >= (size_t)PATH_DEPTH_MAX) {
		tell(t, UNREADABLE, ENAMETOOLONG);
		return 0;
	}
	AUTO_FD int fd = open_at(t->fd, name, O_DIRECTORY);
	if (fd < 0) {
		tell(t, UNREADABLE, errno);
		return 0;
	}
	if (!may_enter(t, fd, l->dev, st->st_dev))
		return 0;
	return descend(t, TAKE_FD(fd), st->st_dev, e);
}

static int emit(struct tree *t, const char *name, struct err *e)
{
	struct stat st;
	if (t->path.n > (size_t)PATH_LEN_MAX) {
		tell(t, UNREADABLE, ENAMETOOLONG);
		return 0;
	}
	if (fstatat(t->fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT)) {
		tell(t, errno == ENOENT ? CHANGED : UNREADABLE, errno);
		return 0;
	}
	struct tarout h = {.path = buf_bytes(&t->path),
	                   .mode = st.st_mode & 07777,
	                   .uid = st.st_uid,
	                   .gid = st.st_gid,
	                   .dev_major = major(st.st_rdev),
	                   .dev_minor = minor(st.st_rdev)};
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		emit_file(t, name, &h);
		return 0;
	case S_IFLNK:
		emit_link(t, name, &h);
		return 0;
	case S_IFDIR:
		return emit_folder(t, name, &st, &h, e);
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
		h.type = S_ISCHR(st.st_mode) ? '3' : S_ISBLK(st.st_mode) ? '4' : '6';
		tarout_header(&t->head, &h);
		return 0;
	default:
		return 0; /* a socket: no archive can hold one */
	}
}

/* The next header into t->head; is_done behind the last. */
static int next(struct tree *t, struct err *e)
{
	buf_reset(&t->head);
	t->head_at = 0;
	while (!t->head.n && t->n_levels) {
		struct level *l = &t->levels[t->n_levels - 1];
		if (l->at == l->n || open_level(t, l)) {
			ascend(t);
			continue;
		}
		struct bytes name = l->names[l->at++];
		t->path.n = l->path_n;
		if (l->path_n)
			buf_addc(&t->path, '/');
		buf_add(&t->path, name);
		if (emit(t, (const char *)name.p, e))
			return -1;
	}
	if (t->head.n)
		return 0;
	t->is_done = true;
	tell_all(t);
	memset(buf_room(&t->head, 1024), 0, 1024);
	t->head.n = 1024;
	return 0;
}

/* ---- the stream ---- */

static void end_file(struct tree *t)
{
	uint8_t more;
	if (read(t->file, &more, 1) > 0)
		tell(t, CHANGED, 0);
	close(t->file);
	t->file = -1;
	buf_reset(&t->head);
	t->head_at = 0;
	memset(buf_room(&t->head, 512), 0, t->pad);
	t->head.n = t->pad;
}

static size_t read_file(struct tree *t, uint8_t *p, size_t n)
{
	n = (size_t)MIN_OF((uint64_t)n, t->left);
	ssize_t got = n ? fd_read_full(t->file, p, n) : 0;
	if (got < (ssize_t)n) { /* it shrank: the header is out, so zeros take the rest's place */
		tell(t, got < 0 ? UNREADABLE : CHANGED, got < 0 ? errno : 0);
		memset(p + MAX_OF(got, (ssize_t)0), 0, n - (size_t)MAX_OF(got, (ssize_t)0));
	}
	t->left -= n;
	if (!t->left)
		end_file(t);
	return n;
}

static ssize_t tree_read(void *arg, void *p, size_t n, struct err *e)
{
	struct tree *t = arg;
	size_t have = 0;
	while (have < n) {
		uint8_t *to = (uint8_t *)p + have;
		if (t->head_at < t->head.n) {
			size_t part = MIN_OF(n - have, t->head.n - t->head_at);
			memcpy(to, t->head.p + t->head_at, part);
			t->head_at += part;
			have += part;
		} else if (t->file >= 0) {
			have += read_file(t, to, n - have);
		} else if (t->is_done) {
			break;
		} else if (next(t, e)) {
			return -1;
		}
	}
	return (ssize_t)have;
}

static void tree_close(void *arg)
{
	struct tree *t = arg;
	while (t->n_levels)
		ascend(t);
	tell_all(t);
	if (t->file >= 0)
		close(t->file);
	free(t->levels);
	buf_fini(&t->path);
	buf_fini(&t->head);
	free(t);
}

static int layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e)
{
	(void)l;
	int fd = open_at(s->fd, ".", O_DIRECTORY);
	if (fd < 0)
		return err_set(e, ERR_IO, "open: %m");
	struct tree *t = mem_zalloc(sizeof *t);
	t->s = s;
	t->fd = t->file = -1;
	buf_init(&t->path, 2 * (size_t)PATH_LEN_MAX);
	buf_init(&t->head, 4 * (size_t)PATH_LEN_MAX + 4096);
	if (descend(t, fd, s->st.st_dev, e)) {
		tree_close(t);
		return -1;
	}
	*ret = (struct source_stream){tree_read, tree_close, t};
	return 0;
}

static int open_dir(struct source *s, struct err *e)
{
	if (!S_ISDIR(s->st.st_mode))
		return err_set(e, ERR_USAGE, "%s: a file; write tar:", s->ref.path);
	if (s->ref.which.n || s->ref.digest.algo)
		return err_set(e, ERR_USAGE, "%.*s: a root file system has no tags",
		               BYTES_FMT(s->reference));
	if (is_docker_dir(s)) /* skopeo calls that dir: too */
		note_add(s, "folder.image", true,
		         "the folder holds an image, and its layers as files: name it "
		         "docker-dir:%s to look into those",
		         s->ref.path);
	struct source_layer *l = arena_alloc(s->a, sizeof *l);
	*l = (struct source_layer){.name = bytes_str(s->ref.path), .size = -1};
	s->images = arena_alloc(s->a, sizeof *s->images);
	s->images[0] = (struct source_image){.reference = s->reference, .layers = l, .n_layers = 1};
	s->n_images = 1;
	return 0;
}

extern const struct source_kind source_dir;

const struct source_kind source_dir = {
	.prefix = "dir",
	.open = open_dir,
	.layer = layer,
	.trust = "always read",
	.may_cache = false,
};
