/* SPDX-License-Identifier: Apache-2.0 */
/* pacman.c - sections of pacman's local database. */
#include "fmt/pacman.h"

#include "fmt/version.h"

/* Is the line "%NAME%"? */
static bool is_head(struct bytes line, struct bytes *ret)
{
	if (line.n < 3 || line.p[0] != '%' || line.p[line.n - 1] != '%')
		return false;
	*ret = bytes_slice(line, 1, line.n - 1);
	return true;
}

/* The next line of a section: 1; 0: the end; -1: it is too long. */
static int next(struct pacman_files *f, struct bytes *ret, struct err *e)
{
	struct bytes line;
	while (bytes_line(&f->rest, &line)) {
		f->line++;
		if (line.n > (size_t)PACMAN_LINE_MAX)
			return err_set(e, ERR_LIMIT,
			               "line %zu: %zu bytes, more than %lld "
			               "(PACMAN_LINE_MAX)",
			               f->line, line.n, (long long)PACMAN_LINE_MAX);
		if (is_head(line, &f->section))
			continue;
		if (!line.n)
			f->section = (struct bytes){NULL, 0};
		else if (f->section.n) {
			*ret = line;
			return 1;
		}
	}
	return 0;
}

static void take(struct pacman_package *p, struct arena *a, struct bytes section, struct bytes line)
{
	const struct {
		const char *section;
		struct bytes *to;
	} rows[] = {
		{"NAME",     &p->name    },
                {"VERSION",  &p->version },
                {"BASE",     &p->base    },
		{"ARCH",     &p->arch    },
                {"PACKAGER", &p->packager},
                {"URL",      &p->url     },
	};
	uint64_t n;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (bytes_eq(section, bytes_str(rows[i].section)) && !rows[i].to->n)
			*rows[i].to = line;
	if (bytes_eq(section, B("BUILDDATE")) && bytes_u64(line, INT64_MAX, &n))
		p->build_time_s = (int64_t)n;
	if (!bytes_eq(section, B("LICENSE")) || p->license.n > (size_t)PACMAN_LINE_MAX)
		return;
	p->license = p->license.n ? bytes_str(arena_printf(a, "%.*s AND %.*s",
	                                                   BYTES_FMT(p->license), BYTES_FMT(line)))
	                          : line;
}

int pacman_desc(struct bytes text, struct arena *a, struct pacman_package *ret, struct err *e)
{
	struct pacman_files f = {.rest = text};
	struct bytes line;
	int rc;
	*ret = (struct pacman_package){.build_time_s = 0};
	while ((rc = next(&f, &line, e)) > 0)
		take(ret, a, f.section, line);
	if (rc < 0)
		return -1;
	if (!ret->name.n || !ret->version.n)
		return err_set(e, ERR_FORMAT, "no %s", ret->name.n ? "%VERSION%" : "%NAME%");
	if (ret->name.n > (size_t)VERSION_LEN_MAX || ret->version.n > (size_t)VERSION_LEN_MAX)
		return err_set(e, ERR_LIMIT, "a name or version of more than %lld bytes",
		               (long long)VERSION_LEN_MAX);
	return 0;
}

int pacman_file(struct pacman_files *f, struct pacman_file *ret, struct err *e)
{
	struct bytes line, md5;
	uint8_t raw[16];
	for (int rc; (rc = next(f, &line, e)) != 0;) {
		*ret = (struct pacman_file){.path = line};
		if (rc < 0)
			return -1;
		if (bytes_eq(f->section, B("FILES")))
			return 1;
		if (!bytes_eq(f->section, B("BACKUP")))
			continue;
		ret->is_config = true;
		if (!bytes_cut(line, '\t', &ret->path, &md5) || md5.n != 32 ||
		    !hex_decode(md5, raw, sizeof raw))
			return err_set(e, ERR_FORMAT, "line %zu: no \"PATH<tab>MD5\"", f->line);
		ret->md5 = md5;
		return 1;
	}
	return 0;
}

struct bytes pacman_folder_name(struct bytes folder)
{
	for (int i = 0; i < 2; i++) {
		ssize_t dash = bytes_rfind(folder, '-');
		if (dash <= 0)
			return (struct bytes){NULL, 0};
		folder.n = (size_t)dash;
	}
	return folder;
}
