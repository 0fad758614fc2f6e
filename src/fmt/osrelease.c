/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osrelease.c - which operating system a root file system says it is.
 *
 * Format: os-release(5) and the files that stand in for it.
 */
#include "fmt/osrelease.h"

#include <string.h>

static const struct bytes absent = {NULL, 0};

static struct bytes drop_byte(struct bytes b, size_t n)
{
	return bytes_slice(b, 0, b.n - MIN_OF(n, b.n));
}

/* os-release(5): values may be in single or double quotes; in double quotes (and outside) a
 * backslash takes the meaning from $ " \ ` and itself. */
static struct bytes unescape(struct bytes b, struct arena *a)
{
	if (bytes_find(b, '\\') < 0)
		return b;
	uint8_t *to = arena_alloc(a, b.n);
	size_t n = 0;
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == '\\' && i + 1 < b.n && memchr("$\"\\`'", b.p[i + 1], 5))
			i++;
		to[n++] = b.p[i];
	}
	return bytes_of(to, n);
}

/* A quote that is never closed is dropped: half a file is better than no name. */
static struct bytes unquote(struct bytes b, struct arena *a)
{
	b = bytes_trim(b);
	uint8_t q = b.n ? b.p[0] : 0;
	if (q != '"' && q != '\'')
		return unescape(b, a);
	b = bytes_skip(b, 1);
	size_t i = 0;
	while (i < b.n && b.p[i] != q)
		i += b.p[i] == '\\' && q == '"' ? 2 : 1;
	b = bytes_slice(b, 0, i);
	return q == '"' ? unescape(b, a) : b;
}

static bool is_key(struct bytes b)
{
	if (b.n == 0 || is_digit(b.p[0]))
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (!is_alnum(b.p[i]) && b.p[i] != '_')
			return false;
	}
	return true;
}

int os_release_field(struct bytes *rest, struct arena *a, struct bytes *ret_key,
                     struct bytes *ret_value)
{
	struct bytes line, key, value;
	do {
		if (!bytes_line(rest, &line))
			return 0;
		line = bytes_trim(line);
	} while (line.n == 0 || line.p[0] == '#');
	bool is_pair = bytes_cut(line, '=', &key, &value);
	key = bytes_trim(key);
	if (bytes_starts(key, B("export ")))
		key = bytes_trim(bytes_skip(key, B("export ").n));
	if (!is_pair || !is_key(key))
		return -1;
	*ret_key = key;
	*ret_value = unquote(value, a);
	return 1;
}

/* Values that are words, not sentences: quotes, blanks and case are noise of a build script. */
static struct bytes plain_word(struct bytes b)
{
	while (b.n && (is_blank(b.p[0]) || memchr("\"'", b.p[0], 2)))
		b = bytes_skip(b, 1);
	while (b.n && (is_blank(b.p[b.n - 1]) || memchr("\"'", b.p[b.n - 1], 2)))
		b = drop_byte(b, 1);
	return b;
}

static struct bytes lower(struct bytes b, struct arena *a)
{
	size_t i = 0;
	while (i < b.n && !is_upper(b.p[i]))
		i++;
	if (i == b.n)
		return b;
	uint8_t *to = arena_alloc(a, b.n);
	for (i = 0; i < b.n; i++)
		to[i] = to_lower(b.p[i]);
	return bytes_of(to, b.n);
}

static struct bytes first_word(struct bytes b)
{
	struct bytes word = absent;
	return bytes_word(&b, &word) ? word : absent;
}

static const struct {
	const char *version_id, *codename;
} debian[] = {
	{"4",  "etch"    },
        {"5",  "lenny"   },
        {"6",  "squeeze" },
        {"7",  "wheezy"  },
	{"8",  "jessie"  },
        {"9",  "stretch" },
        {"10", "buster"  },
        {"11", "bullseye"},
	{"12", "bookworm"},
        {"13", "trixie"  },
        {"14", "forky"   },
        {"15", "duke"    },
};

struct bytes os_debian_codename(struct bytes version_id)
{
	for (size_t i = 0; i < ARRAY_LEN(debian); i++) {
		if (bytes_eq(version_id, bytes_str(debian[i].version_id)))
			return bytes_str(debian[i].codename);
	}
	return absent;
}

struct bytes os_debian_version_id(struct bytes codename)
{
	for (size_t i = 0; i < ARRAY_LEN(debian); i++) {
		if (bytes_eq_nocase(codename, bytes_str(debian[i].codename)))
			return bytes_str(debian[i].version_id);
	}
	return absent;
}

/* "3.0.20240624" to two parts: "3.0". */
static struct bytes number_parts(struct bytes v, unsigned parts)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '.' && --parts == 0)
			return bytes_slice(v, 0, i);
	}
	return v;
}

/* The name in "8 (jessie)", "20.04 LTS (Focal Fossa)" or "14.04, Trusty Tahr". */
static struct bytes version_name(struct bytes version)
{
	struct bytes head, name, tail;
	if (bytes_cut(version, '(', &head, &name)) {
		bytes_cut(name, ')', &name, &tail);
		return first_word(name);
	}
	if (bytes_cut(version, ',', &head, &name))
		return first_word(name);
	return absent;
}

static void normalise_debian(struct os_id *os, struct arena *a)
{
	(void)a;
	os->version_id = os->version_id.p ? number_parts(os->version_id, 1) : absent;
	if (!os->codename.p)
		os->codename = version_name(os->version);
	if (!os->codename.p)
		os->codename = os_debian_codename(os->version_id);
	/* "Debian GNU/Linux trixie/sid": testing or unstable */
	struct bytes head = os->pretty;
	if (!os->codename.p && !os->version_id.p && bytes_ends(head, B("/sid"))) {
		head = drop_byte(head, B("/sid").n);
		os->codename = bytes_skip(head, (size_t)(bytes_rfind(head, ' ') + 1));
	}
}

static void normalise_ubuntu(struct os_id *os, struct arena *a)
{
	if (!os->codename.p)
		os->codename = lower(version_name(os->version), a);
}

static void normalise_alpine(struct os_id *os, struct arena *a)
{
	(void)a;
	bool is_edge = bytes_search(os->version_id, B("_alpha")) >= 0 ||
	               bytes_search(os->version_id, B("_git")) >= 0 ||
	               bytes_ends(os->pretty, B(" edge")) || bytes_eq(os->version_id, B("edge"));
	if (!os->codename.p && is_edge)
		os->codename = B("edge");
}

static void normalise_centos(struct os_id *os, struct arena *a)
{
	(void)a;
	if (!os->variant.p && bytes_starts(os->name, B("CentOS Stream")))
		os->variant = B("stream");
}

static void normalise_azure(struct os_id *os, struct arena *a)
{
	(void)a;
	os->version_id = os->version_id.p ? number_parts(os->version_id, 2) : absent;
}

static const struct {
	const char *id;
	void (*fix)(struct os_id *os, struct arena *a);
} normalisers[] = {
	{"alpine",     normalise_alpine},
        {"azurelinux", normalise_azure },
        {"centos",     normalise_centos},
	{"debian",     normalise_debian},
        {"mariner",    normalise_azure },
        {"ubuntu",     normalise_ubuntu},
};

/* Empty values say nothing (Fedora: VERSION_CODENAME=""). */
static void drop_empty(struct os_id *os)
{
	struct bytes *const members[] = {
		&os->id,         &os->id_like,  &os->name,          &os->version,
		&os->version_id, &os->codename, &os->pretty,        &os->cpe,
		&os->variant,    &os->build_id, &os->image_version, &os->support_end,
	};
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (members[i]->n == 0)
			*members[i] = absent;
	}
}

static void normalise(struct os_id *os, struct arena *a)
{
	os->id = lower(plain_word(os->id), a);
	os->id_like = lower(plain_word(os->id_like), a);
	os->version_id = plain_word(os->version_id);
	os->codename = lower(plain_word(os->codename), a);
	drop_empty(os);
	for (size_t i = 0; i < ARRAY_LEN(normalisers); i++) {
		if (bytes_eq(os->id, bytes_str(normalisers[i].id)))
			normalisers[i].fix(os, a);
	}
	drop_empty(os);
}

#define KEY(name, member)                                                                          \
	{                                                                                          \
		name, offsetof(struct os_id, member)                                               \
	}
struct key {
	const char *name;
	size_t offset;
};

static const struct key release_keys[] = {
	KEY("BUILD_ID", build_id),
	KEY("CPE_NAME", cpe),
	KEY("ID", id),
	KEY("ID_LIKE", id_like),
	KEY("IMAGE_VERSION", image_version),
	KEY("NAME", name),
	KEY("PRETTY_NAME", pretty),
	KEY("SUPPORT_END", support_end),
	KEY("VARIANT_ID", variant),
	KEY("VERSION", version),
	KEY("VERSION_CODENAME", codename),
	KEY("VERSION_ID", version_id),
};

static const struct key lsb_keys[] = {
	KEY("DISTRIB_CODENAME", codename),
	KEY("DISTRIB_DESCRIPTION", pretty),
	KEY("DISTRIB_ID", id),
	KEY("DISTRIB_RELEASE", version_id),
};
#undef KEY

static void assignments(struct bytes text, const struct key *keys, size_t n, struct arena *a,
                        struct os_id *os)
{
	const uint8_t *from = text.p;
	struct bytes rest = text, key, value;
	for (int rc; (rc = os_release_field(&rest, a, &key, &value));) {
		if (rc < 0 && os->bad_line == 0) {
			struct bytes before = {from, rest.p ? (size_t)(rest.p - from) : text.n};
			for (struct bytes line; bytes_line(&before, &line);)
				os->bad_line++;
		}
		/* as in a shell, the last assignment counts */
		for (size_t i = 0; rc > 0 && i < n; i++) {
			if (bytes_eq(key, bytes_str(keys[i].name)))
				*(struct bytes *)(void *)((char *)os + keys[i].offset) = value;
		}
	}
}

static int parse_release(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	assignments(text, release_keys, ARRAY_LEN(release_keys), a, ret);
	if (!ret->id.p && !ret->name.p && !ret->pretty.p && !ret->version_id.p && !ret->id_like.p)
		return err_set(e, ERR_FORMAT, "no field that names a system");
	return 0;
}

static int parse_lsb(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	assignments(text, lsb_keys, ARRAY_LEN(lsb_keys), a, ret);
	/* the rpm distributions' lsb-release has LSB_VERSION alone */
	return ret->id.p ? 0 : err_set(e, ERR_FORMAT, "no DISTRIB_ID");
}

static bool is_release_number(struct bytes b) { return b.n > 0 && is_digit(b.p[0]); }

static int parse_alpine(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	(void)a;
	struct bytes word = first_word(text);
	if (!is_release_number(word) && !bytes_eq(word, B("edge")))
		return err_set(e, ERR_FORMAT, "not a release of Alpine: \"%.*s\"",
		               BYTES_FMT(bytes_slice(text, 0, 60)));
	*ret = (struct os_id){.id = B("alpine"), .name = B("Alpine Linux"), .version_id = word};
	return 0;
}

/* "12.5", or "trixie/sid" where the release to come is not numbered yet; others (Ubuntu keeps the
 * file of the Debian it came from) are overruled by os-release. */
static int parse_debian(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	(void)a;
	struct bytes word = first_word(text), head, tail;
	struct os_id os = {.id = B("debian"), .name = B("Debian GNU/Linux"), .version = word};
	if (is_release_number(word))
		os.version_id = word;
	else if (bytes_cut(word, '/', &head, &tail) && head.n && bytes_eq(tail, B("sid")))
		os.codename = head;
	else if (bytes_eq(word, B("sid")) || os_debian_version_id(word).p)
		os.codename = word;
	else
		return err_set(e, ERR_FORMAT, "not a release of Debian: \"%.*s\"",
		               BYTES_FMT(bytes_slice(text, 0, 60)));
	*ret = os;
	return 0;
}

/* How release files and etc/issue begin; a longer name stands before one that it begins with. */
static const struct {
	const char *prefix, *id;
} products[] = {
	{"AlmaLinux",			    "almalinux"          },
	{"Alpine Linux",			 "alpine"             },
	{"Amazon Linux",			 "amzn"               },
	{"Anolis OS",			    "anolis"             },
	{"CBL-Mariner",			  "mariner"            },
	{"CentOS",			       "centos"             },
	{"CloudLinux",			   "cloudlinux"         },
	{"Common Base Linux Mariner",            "mariner"            },
	{"Debian GNU/Linux",                     "debian"             },
	{"Enterprise Linux Enterprise Linux",    "ol"                 },
	{"EulerOS",			      "euleros"            },
	{"Fedora",			       "fedora"             },
	{"Mageia",			       "mageia"             },
	{"Microsoft Azure Linux",                "azurelinux"         },
	{"Oracle Linux",			 "ol"                 },
	{"Red Hat Enterprise Linux",             "rhel"               },
	{"Rocky Linux",			  "rocky"              },
	{"SUSE Linux Enterprise Desktop",        "sled"               },
	{"SUSE Linux Enterprise Server for SAP", "sles_sap"           },
	{"SUSE Linux Enterprise Server",         "sles"               },
	{"Scientific Linux",                     "scientific"         },
	{"Ubuntu",			       "ubuntu"             },
	{"VMware Photon",                        "photon"             },
	{"openEuler",			    "openeuler"          },
	{"openSUSE Leap",                        "opensuse-leap"      },
	{"openSUSE Tumbleweed",                  "opensuse-tumbleweed"},
	{"openSUSE",			     "opensuse"           },
};

static bool product_find(struct bytes line, struct bytes *ret_id)
{
	for (size_t i = 0; i < ARRAY_LEN(products); i++) {
		struct bytes prefix = bytes_str(products[i].prefix);
		if (bytes_eq_nocase(bytes_slice(line, 0, prefix.n), prefix)) {
			*ret_id = bytes_str(products[i].id);
			return true;
		}
	}
	return false;
}

/* "CentOS Linux release 7.6.1810 (Core)": name, number, nickname. */
static bool product_line(struct bytes line, struct os_id *os)
{
	if (!product_find(line, &os->id))
		return false;
	os->pretty = line;
	struct bytes rest = line, word;
	while (bytes_word(&rest, &word)) {
		bool is_number = is_release_number(word);
		if (!is_number && !bytes_eq(word, B("release")))
			continue;
		if (!os->name.p)
			os->name = bytes_trim(bytes_slice(line, 0, (size_t)(word.p - line.p)));
		if (is_number) {
			os->version_id = word;
			os->version = bytes_trim(bytes_skip(line, (size_t)(word.p - line.p)));
			return true;
		}
	}
	if (!os->name.p)
		os->name = line;
	return true;
}

static int parse_line(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	(void)a;
	struct os_id os = {.bad_line = 0};
	for (struct bytes rest = text, line; bytes_line(&rest, &line);) {
		line = bytes_trim(line);
		if (line.n == 0)
			continue;
		if (!product_line(line, &os))
			break;
		*ret = os;
		return 0;
	}
	return err_set(e, ERR_FORMAT, "not the release of a known system: \"%.*s\"",
	               BYTES_FMT(bytes_slice(bytes_trim(text), 0, 60)));
}

/* First line as others, then "VERSION = 11" and "PATCHLEVEL = 4". */
static int parse_suse(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	struct os_id os = {.bad_line = 0};
	if (parse_line(text, a, &os, e) < 0)
		return -1;
	struct bytes version = absent, level = absent, rest = text, key, value;
	for (int rc; (rc = os_release_field(&rest, a, &key, &value));) {
		if (rc > 0 && bytes_eq(key, B("VERSION")))
			version = value;
		if (rc > 0 && bytes_eq(key, B("PATCHLEVEL")))
			level = value;
	}
	if (version.n && level.n && !bytes_eq(level, B("0")))
		version = bytes_str(
			arena_printf(a, "%.*s.%.*s", BYTES_FMT(version), BYTES_FMT(level)));
	if (version.n)
		os.version_id = os.version = version;
	*ret = os;
	return 0;
}

static const struct {
	const char *vendor, *product, *id;
} cpes[] = {
	{"almalinux",       "almalinux",        "almalinux" },
	{"amazon",          "amazon_linux",     "amzn"      },
	{"amazon",          "linux",            "amzn"      },
	{"centos",          "centos",           "centos"    },
	{"centos",          "linux",            "centos"    },
	{"fedoraproject",   "fedora",           "fedora"    },
	{"oracle",          "linux",            "ol"        },
	{"redhat",          "enterprise_linux", "rhel"      },
	{"rocky",           "rocky",            "rocky"     },
	{"scientificlinux", "scientificlinux",  "scientific"},
};

/* "cpe:/o:VENDOR:PRODUCT:VERSION:..." or "cpe:2.3:o:...". */
static int parse_cpe(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	(void)a;
	struct bytes cpe = first_word(text), rest = cpe, vendor = absent, product = absent;
	struct bytes version = absent, skip;
	bytes_split(&rest, ':', &skip);
	if (bytes_starts(rest, B("2.3:")))
		bytes_split(&rest, ':', &skip);
	bytes_split(&rest, ':', &skip);
	bytes_split(&rest, ':', &vendor);
	bytes_split(&rest, ':', &product);
	bytes_split(&rest, ':', &version);
	for (size_t i = 0; i < ARRAY_LEN(cpes) && bytes_starts(cpe, B("cpe:")); i++) {
		if (!bytes_eq(vendor, bytes_str(cpes[i].vendor)) ||
		    !bytes_eq(product, bytes_str(cpes[i].product)))
			continue;
		*ret = (struct os_id){.id = bytes_str(cpes[i].id), .cpe = cpe};
		if (is_release_number(version))
			ret->version_id = version;
		return 0;
	}
	return err_set(e, ERR_FORMAT, "not the CPE name of a known system: \"%.*s\"",
	               BYTES_FMT(bytes_slice(text, 0, 60)));
}

/* What getty shows: "Welcome to Alpine Linux 3.3", "Debian GNU/Linux 8 \n \l". */
static int parse_issue(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	struct bytes trimmed = bytes_trim(text);
	if (bytes_starts(trimmed, B("Welcome to ")))
		trimmed = bytes_skip(trimmed, B("Welcome to ").n);
	ssize_t escape = bytes_find(trimmed, '\\');
	ssize_t end = bytes_find(trimmed, '\n');
	if (escape >= 0 && (end < 0 || escape < end))
		trimmed = bytes_slice(trimmed, 0, (size_t)escape);
	return parse_line(trimmed, a, ret, e);
}

static int parse_busybox(struct bytes text, struct arena *a, struct os_id *ret, struct err *e)
{
	(void)a;
	ssize_t at = bytes_search(text, B("BusyBox v"));
	size_t n = 0;
	struct bytes v = absent;
	if (at >= 0)
		v = bytes_slice(text, (size_t)at + 9, (size_t)at + 9 + 32);
	while (n < v.n && (is_digit(v.p[n]) || v.p[n] == '.'))
		n++;
	while (n && v.p[n - 1] == '.')
		n--;
	if (n == 0)
		return err_set(e, ERR_FORMAT, "no version of BusyBox in it");
	*ret = (struct os_id){
		.id = B("busybox"), .name = B("BusyBox"), .version_id = bytes_slice(v, 0, n)};
	return 0;
}

/* Oracle, Alma and Rocky ship a redhat-release beside their own file: theirs comes first. */
static const struct os_source sources[] = {
	{"etc/os-release",             0,  parse_release},
	{"usr/lib/os-release",         1,  parse_release},
	{"etc/alpine-release",         10, parse_alpine },
	{"etc/oracle-release",         11, parse_line   },
	{"etc/almalinux-release",      12, parse_line   },
	{"etc/rocky-release",          13, parse_line   },
	{"etc/centos-release",         14, parse_line   },
	{"etc/fedora-release",         15, parse_line   },
	{"usr/lib/fedora-release",     16, parse_line   },
	{"etc/enterprise-release",     17, parse_line   },
	{"etc/system-release",         18, parse_line   },
	{"etc/redhat-release",         19, parse_line   },
	{"etc/system-release-cpe",     20, parse_cpe    },
	{"usr/lib/system-release-cpe", 21, parse_cpe    },
	{"etc/SuSE-release",           22, parse_suse   },
	{"etc/photon-release",         23, parse_line   },
	{"etc/azurelinux-release",     24, parse_line   },
	{"etc/mariner-release",        25, parse_line   },
	{"etc/openEuler-release",      26, parse_line   },
	{"etc/lsb-release",            30, parse_lsb    },
	{"etc/debian_version",         31, parse_debian },
	{"etc/issue",                  40, parse_issue  },
	{"bin/busybox",                50, parse_busybox},
	{"usr/bin/busybox",            51, parse_busybox},
	{NULL,			 0,  NULL         },
};

const struct os_source *os_source_list(void) { return sources; }

const struct os_source *os_source_find(struct bytes path)
{
	for (const struct os_source *s = sources; s->path; s++) {
		if (bytes_eq(path, bytes_str(s->path)))
			return s;
	}
	return NULL;
}

int os_id_parse(const struct os_source *src, struct bytes text, struct arena *a, struct os_id *ret,
                struct err *e)
{
	struct os_id os = {.bad_line = 0};
	if (text.n > (size_t)OS_RELEASE_MAX && src->parse != parse_busybox)
		return err_set(e, ERR_LIMIT, "%s: longer than %lld bytes", src->path,
		               (long long)OS_RELEASE_MAX);
	if (src->parse(text, a, &os, e) < 0)
		return err_wrap(e, "%s", src->path);
	normalise(&os, a);
	*ret = os;
	return 0;
}

void os_id_merge(struct os_id *into, const struct os_id *other)
{
	if (!other->id.p || (into->id.p && !bytes_eq(into->id, other->id)))
		return;
	const struct {
		struct bytes *to;
		struct bytes from;
	} rows[] = {
		{&into->id,            other->id           },
		{&into->id_like,       other->id_like      },
		{&into->name,          other->name         },
		{&into->version,       other->version      },
		{&into->version_id,    other->version_id   },
		{&into->codename,      other->codename     },
		{&into->pretty,        other->pretty       },
		{&into->cpe,           other->cpe          },
		{&into->variant,       other->variant      },
		{&into->build_id,      other->build_id     },
		{&into->image_version, other->image_version},
		{&into->support_end,   other->support_end  },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!rows[i].to->p)
			*rows[i].to = rows[i].from;
	}
}

bool os_is_rolling(const struct os_id *os)
{
	static const char *const ids[] = {
		"arch",    "archarm", "chainguard",          "gentoo", "kali",
		"manjaro", "minimos", "opensuse-tumbleweed", "void",   "wolfi",
	};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (bytes_eq(os->id, bytes_str(ids[i])))
			return true;
	}
	if (bytes_eq(os->id, B("alpine")))
		return bytes_eq(os->codename, B("edge"));
	return bytes_eq(os->id, B("debian")) && !os->version_id.p;
}
