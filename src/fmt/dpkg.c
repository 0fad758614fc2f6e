/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg.c - what dpkg knows about packages and their files.
 *
 * Format: dpkg(1), deb-control(5), deb-conffiles(5), dpkg-divert(1), dpkg-statoverride(1).
 */
#include "fmt/dpkg.h"

#include <stdio.h>
#include <string.h>

#include "fmt/deb822.h"

static int __attribute__((format(printf, 3, 4)))
err_at(struct err *e, size_t line, const char *fmt, ...)
{
	char msg[160];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	return err_set(e, ERR_FORMAT, "line %zu: %s", line, msg);
}

/* What goes into messages of a text that may be anything. */
static struct bytes shown(struct bytes b) { return bytes_slice(b, 0, 60); }

struct word {
	const char *name;
	int value;
};

static const struct word wants[] = {
	{"unknown",   DPKG_WANT_UNKNOWN  },
        {"install",   DPKG_WANT_INSTALL  },
	{"hold",      DPKG_WANT_HOLD     },
        {"deinstall", DPKG_WANT_DEINSTALL},
	{"purge",     DPKG_WANT_PURGE    },
};

static const struct word statuses[] = {
	{"not-installed",    DPKG_NOT_INSTALLED   },
	{"config-files",     DPKG_CONFIG_FILES    },
	{"half-installed",   DPKG_HALF_INSTALLED  },
	{"unpacked",         DPKG_UNPACKED        },
	{"half-configured",  DPKG_HALF_CONFIGURED },
	{"triggers-awaited", DPKG_TRIGGERS_AWAITED},
	{"triggers-pending", DPKG_TRIGGERS_PENDING},
	{"installed",        DPKG_INSTALLED       },
 /* names of dpkg before 1.1; it still reads them */
	{"postinst-failed",  DPKG_HALF_CONFIGURED },
	{"removal-failed",   DPKG_HALF_INSTALLED  },
};

static bool word_find(const struct word *rows, size_t n, struct bytes name, int *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq_nocase(name, bytes_str(rows[i].name))) {
			*ret = rows[i].value;
			return true;
		}
	}
	return false;
}

const char *dpkg_status_name(enum dpkg_status status)
{
	return (size_t)status <= DPKG_INSTALLED ? statuses[status].name : "unknown";
}

/* The fields of a paragraph before they are judged: slices by row of fields[]. */
struct raw {
	struct bytes package, version, architecture, multi_arch, source, maintainer, section;
	struct bytes origin, vendor, homepage, bugs, license, conffiles, built_using;
	struct bytes static_built_using, essential, status;
};

#define FIELD(name, member)                                                                        \
	{                                                                                          \
		name, offsetof(struct raw, member)                                                 \
	}
static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	FIELD("Architecture", architecture),
	FIELD("Bugs", bugs),
	FIELD("Built-Using", built_using),
	FIELD("Conffiles", conffiles),
	FIELD("Essential", essential),
	FIELD("Homepage", homepage),
	FIELD("License", license),
	FIELD("Maintainer", maintainer),
	FIELD("Multi-Arch", multi_arch),
	FIELD("Origin", origin),
	FIELD("Package", package),
	FIELD("Section", section),
	FIELD("Source", source),
	FIELD("Static-Built-Using", static_built_using),
	FIELD("Status", status),
	FIELD("Vendor", vendor),
	FIELD("Version", version),
};
#undef FIELD

static struct bytes *raw_slot(struct raw *raw, struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (bytes_eq_nocase(name, bytes_str(fields[i].name)))
			return (struct bytes *)(void *)((char *)raw + fields[i].offset);
	}
	return NULL;
}

/* A paragraph and what was found wrong in it so far. */
struct para {
	const uint8_t *from;
	size_t line; /* of from */
	const char *defect;
	size_t defect_line;
};

static size_t line_of(const struct para *pa, const uint8_t *at)
{
	return pa->line + deb822_newlines(pa->from, at);
}

/* Only the first defect is kept, so lines are counted once a paragraph. */
static void defect(struct para *pa, const char *why, const uint8_t *at)
{
	if (pa->defect)
		return;
	pa->defect = why;
	pa->defect_line = line_of(pa, at);
}

static int raw_read(struct bytes paragraph, struct para *pa, struct raw *ret, struct err *e)
{
	for (struct bytes name, value; deb822_field(&paragraph, &name, &value);) {
		if (!name.p) {
			defect(pa, "a line that is no field", value.p);
			continue;
		}
		struct bytes *slot = raw_slot(ret, name);
		if (!slot)
			continue;
		bool is_identity = slot == &ret->package || slot == &ret->version;
		if (value.n > (size_t)DPKG_FIELD_MAX) {
			if (is_identity)
				return err_set(e, ERR_LIMIT,
				               "line %zu: field longer than %lld bytes",
				               line_of(pa, name.p), (long long)DPKG_FIELD_MAX);
			defect(pa, "a field longer than DPKG_FIELD_MAX", name.p);
			continue;
		}
		if (!slot->p) {
			*slot = value;
			continue;
		}
		if (is_identity && !bytes_eq(*slot, value))
			return err_at(e, line_of(pa, name.p), "%.*s is given twice: %.*s and %.*s",
			              BYTES_FMT(shown(name)), BYTES_FMT(shown(*slot)),
			              BYTES_FMT(shown(value)));
		defect(pa, "a field is given twice", name.p);
	}
	return 0;
}

/* libdpkg: a name starts with a letter or digit and goes on with those and "-+._". */
static bool is_package_name(struct bytes name)
{
	if (name.n == 0 || name.n > (size_t)VERSION_LEN_MAX || !is_alnum(name.p[0]))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (!is_alnum(name.p[i]) && !memchr("-+._", name.p[i], 4))
			return false;
	}
	return true;
}

/* deb-version(7) allows "[0-9A-Za-z.+:~-]"; dpkg warns about others in its database and goes on,
 * and so do we as long as it is one printable word. */
static bool is_version(struct bytes v)
{
	if (v.n == 0 || v.n > (size_t)VERSION_LEN_MAX)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] <= ' ' || v.p[i] == 127)
			return false;
	}
	return true;
}

/* Status: "want flag status". */
static int status_read(struct bytes text, size_t line, struct dpkg_package *p, struct err *e)
{
	struct bytes rest = text, want, flag, status, more;
	int w, s;
	if (!bytes_word(&rest, &want) || !bytes_word(&rest, &flag) || !bytes_word(&rest, &status) ||
	    bytes_word(&rest, &more) || !word_find(wants, ARRAY_LEN(wants), want, &w) ||
	    !word_find(statuses, ARRAY_LEN(statuses), status, &s))
		return err_at(e, line, "package %.*s: unknown Status \"%.*s\"",
		              BYTES_FMT(shown(p->package)), BYTES_FMT(shown(text)));
	p->want = (enum dpkg_want)w;
	p->flag = flag;
	p->status = (enum dpkg_status)s;
	return 0;
}

/* deb-control(5): "Source: source-name [(source-version)]". */
static void source_read(struct bytes text, struct para *pa, struct dpkg_package *p)
{
	p->source = p->package;
	p->source_version = p->version;
	if (text.n == 0)
		return;
	struct bytes name, version;
	bool has_version = bytes_cut(text, '(', &name, &version);
	name = bytes_trim(name);
	if (!is_package_name(name)) {
		defect(pa, "a Source field that names no package", text.p);
		return;
	}
	p->source = name;
	if (!has_version)
		return;
	struct bytes tail;
	bool is_closed = bytes_cut(version, ')', &version, &tail);
	version = bytes_trim(version);
	if (!is_closed || bytes_trim(tail).n || !is_version(version))
		defect(pa, "a Source field with a broken version", text.p);
	else
		p->source_version = version;
}

static int identity_check(const struct dpkg_package *p, bool has_version, struct err *e)
{
	if (!p->package.p || p->package.n == 0)
		return err_at(e, p->line, "a paragraph without Package");
	if (!is_package_name(p->package))
		return err_at(e, p->line, "\"%.*s\" cannot be the name of a package",
		              BYTES_FMT(shown(p->package)));
	if (has_version ? is_version(p->version) : p->status <= DPKG_CONFIG_FILES)
		return 0;
	return err_at(e, p->line, "package %.*s: %s Version", BYTES_FMT(shown(p->package)),
	              has_version ? "not a" : "no");
}

static int package_read(struct bytes paragraph, struct para *pa, bool is_status_d,
                        struct dpkg_package *ret, struct err *e)
{
	struct raw raw = {
		.package = {NULL, 0}
        };
	if (raw_read(paragraph, pa, &raw, e) < 0)
		return -1;
	struct dpkg_package p = {
		.package = raw.package,
		.version = raw.version,
		.architecture = raw.architecture,
		.multi_arch = raw.multi_arch,
		.maintainer = raw.maintainer,
		.section = raw.section,
		.origin = raw.origin,
		.vendor = raw.vendor,
		.homepage = raw.homepage,
		.bugs = raw.bugs,
		.license = raw.license,
		.conffiles = raw.conffiles,
		.built_using = raw.built_using,
		.static_built_using = raw.static_built_using,
		.status = is_status_d ? DPKG_INSTALLED : DPKG_NOT_INSTALLED,
		.is_essential = bytes_eq_nocase(raw.essential, B("yes")),
		.line = pa->line,
	};
	if (raw.status.p && status_read(raw.status, line_of(pa, raw.status.p), &p, e) < 0)
		return -1;
	if (identity_check(&p, raw.version.p != NULL, e) < 0)
		return -1;
	if (!raw.status.p && !is_status_d)
		defect(pa, "no Status field: not installed, says dpkg", pa->from);
	source_read(raw.source, pa, &p);
	p.defect = pa->defect;
	p.defect_line = pa->defect_line;
	*ret = p;
	return 1;
}

void dpkg_open(struct dpkg_reader *r, struct bytes text, bool is_status_d)
{
	*r = (struct dpkg_reader){
		.rest = text, .seen = text.p, .line = 1, .is_status_d = is_status_d};
}

int dpkg_next(struct dpkg_reader *r, struct dpkg_package *ret, struct err *e)
{
	struct bytes paragraph;
	if (!deb822_paragraph(&r->rest, &paragraph))
		return 0;
	r->line += deb822_newlines(r->seen, paragraph.p);
	r->seen = paragraph.p;
	struct para pa = {.from = paragraph.p, .line = r->line};
	return package_read(paragraph, &pa, r->is_status_d, ret, e);
}

bool dpkg_is_installed(const struct dpkg_package *p) { return p->status >= DPKG_UNPACKED; }

bool dpkg_is_partial(const struct dpkg_package *p) { return p->status == DPKG_HALF_INSTALLED; }

static bool is_md5(struct bytes b)
{
	if (b.n != 32)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i]; /* dpkg writes lower case, and compares texts */
		if (!is_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return true;
}

/* Without slashes in front: "/." is how dpkg writes the root. */
static bool path_read(struct bytes text, struct bytes *ret)
{
	while (text.n && text.p[0] == '/')
		text = bytes_skip(text, 1);
	if (bytes_eq(text, B(".")))
		text.n = 0;
	if (text.n > (size_t)PATH_LEN_MAX || memchr(text.p, 0, text.n))
		return false;
	*ret = text;
	return true;
}

/* Cuts the last word off b: a path in front may hold blanks. */
static bool last_word(struct bytes *b, struct bytes *ret_word)
{
	ssize_t i = bytes_rfind(*b, ' ');
	if (i < 0)
		return false;
	*ret_word = bytes_skip(*b, (size_t)i + 1);
	*b = bytes_trim(bytes_slice(*b, 0, (size_t)i));
	return true;
}

int dpkg_conffile(struct bytes *rest, struct dpkg_conffile *ret, struct err *e)
{
	struct bytes line;
	do {
		if (!bytes_line(rest, &line))
			return 0;
		line = bytes_trim(line);
	} while (line.n == 0);
	struct dpkg_conffile c = {.is_obsolete = false};
	struct bytes text = line, word = {NULL, 0};
	while (last_word(&text, &word)) {
		if (bytes_eq(word, B("obsolete")))
			c.is_obsolete = true;
		else if (bytes_eq(word, B("remove-on-upgrade")))
			c.is_remove_on_upgrade = true;
		else
			break;
	}
	bool is_new = bytes_eq(word, B("newconffile"));
	if ((!is_new && !is_md5(word)) || text.n < 2 || text.p[0] != '/' ||
	    !path_read(text, &c.path))
		return err_set(e, ERR_FORMAT, "not a row of Conffiles: \"%.*s\"",
		               BYTES_FMT(shown(line)));
	if (!is_new)
		c.md5 = word;
	*ret = c;
	return 1;
}

/* The next line that is not empty. */
static bool next_line(struct dpkg_lines *r, struct bytes *ret_line)
{
	while (bytes_line(&r->rest, ret_line)) {
		r->line++;
		if (ret_line->n)
			return true;
	}
	return false;
}

int dpkg_list_line(struct dpkg_lines *r, struct bytes *ret_path, struct err *e)
{
	struct bytes line;
	if (!next_line(r, &line))
		return 0;
	if (line.p[0] != '/' || !path_read(line, ret_path))
		return err_at(e, r->line, "not an absolute path: \"%.*s\"", BYTES_FMT(shown(line)));
	return 1;
}

int dpkg_md5sums_line(struct dpkg_lines *r, struct bytes *ret_md5, struct bytes *ret_path,
                      struct err *e)
{
	struct bytes line, md5, path;
	if (!next_line(r, &line))
		return 0;
	/* md5sum(1): digest, a blank, a blank or '*' for binary, name; dpkg writes two blanks */
	bool is_row = line.n > 34 && line.p[32] == ' ' && (line.p[33] == ' ' || line.p[33] == '*');
	md5 = bytes_slice(line, 0, 32);
	struct bytes name = bytes_skip(line, 34);
	if (bytes_starts(name, B("./")))
		name = bytes_skip(name, 2);
	if (!is_row || !is_md5(md5) || !path_read(name, &path) || path.n == 0)
		return err_at(e, r->line, "not \"md5  path\": \"%.*s\"", BYTES_FMT(shown(line)));
	*ret_md5 = md5;
	*ret_path = path;
	return 1;
}

int dpkg_conffiles_line(struct dpkg_lines *r, struct dpkg_conffile *ret, struct err *e)
{
	struct bytes line;
	do {
		if (!next_line(r, &line))
			return 0;
	} while (bytes_trim(line).n == 0);
	struct dpkg_conffile c = {.is_obsolete = false};
	struct bytes text = bytes_trim(line);
	if (bytes_starts(text, B("remove-on-upgrade "))) {
		c.is_remove_on_upgrade = true;
		text = bytes_trim(bytes_skip(text, B("remove-on-upgrade ").n));
	}
	if (text.n < 2 || text.p[0] != '/' || !path_read(text, &c.path))
		return err_at(e, r->line, "not a path: \"%.*s\"", BYTES_FMT(shown(line)));
	*ret = c;
	return 1;
}

int dpkg_diversion(struct dpkg_lines *r, struct dpkg_diversion *ret, struct err *e)
{
	struct bytes from, to, package;
	if (!next_line(r, &from))
		return 0;
	size_t line = r->line;
	if (!next_line(r, &to) || !next_line(r, &package))
		return err_at(e, line, "a diversion that is cut: \"%.*s\"", BYTES_FMT(shown(from)));
	struct dpkg_diversion d = {.line = line};
	bool is_local = bytes_eq(package, B(":"));
	if (from.p[0] != '/' || to.p[0] != '/' || !path_read(from, &d.from) ||
	    !path_read(to, &d.to) || (!is_local && !is_package_name(package)))
		return err_at(e, line, "not a diversion: \"%.*s\"", BYTES_FMT(shown(from)));
	if (!is_local)
		d.package = package;
	*ret = d;
	return 1;
}

int dpkg_statoverride(struct dpkg_lines *r, struct dpkg_statoverride *ret, struct err *e)
{
	struct bytes line;
	if (!next_line(r, &line))
		return 0;
	struct dpkg_statoverride s = {.mode = 0};
	struct bytes rest = line, mode, path;
	uint64_t m;
	if (!bytes_word(&rest, &s.user) || !bytes_word(&rest, &s.group) ||
	    !bytes_word(&rest, &mode) || !bytes_octal(mode, 07777, &m))
		return err_at(e, r->line, "not \"user group mode path\": \"%.*s\"",
		              BYTES_FMT(shown(line)));
	path = bytes_skip(rest, 1);
	if (path.n == 0 || path.p[0] != '/' || !path_read(path, &s.path))
		return err_at(e, r->line, "not an absolute path: \"%.*s\"", BYTES_FMT(shown(path)));
	s.mode = (uint32_t)m;
	*ret = s;
	return 1;
}
