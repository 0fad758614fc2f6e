/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_names.c - functions whose names say something of the program that calls them.
 *
 * Source: glibc 2.36, the functions with a checking twin "__NAME_chk"; gets(3), mktemp(3),
 * tmpnam(3), system(3).
 */
#include "fmt/elf.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const char *const fortifiable[] = { /* sorted */
	"asprintf", "confstr", "dprintf", "explicit_bzero", "fdelt", "fgets", "fgets_unlocked",
	"fgetws", "fgetws_unlocked", "fprintf", "fread", "fread_unlocked", "fwprintf", "getcwd",
	"getdomainname", "getgroups", "gethostname", "getlogin_r", "gets", "getwd", "longjmp",
	"mbsnrtowcs", "mbsrtowcs", "mbstowcs", "memcpy", "memmove", "mempcpy", "memset",
	"obstack_printf", "obstack_vprintf", "poll", "ppoll", "pread", "pread64", "printf",
	"ptsname_r", "read", "readlink", "readlinkat", "realpath", "recv", "recvfrom", "snprintf",
	"sprintf", "stpcpy", "stpncpy", "strcat", "strcpy", "strncat", "strncpy", "swprintf",
	"syslog", "ttyname_r", "vasprintf", "vdprintf", "vfprintf", "vfwprintf", "vprintf",
	"vsnprintf", "vsprintf", "vswprintf", "vsyslog", "vwprintf", "wcpcpy", "wcpncpy",
	"wcrtomb", "wcscat", "wcscpy", "wcsncat", "wcsncpy", "wcsnrtombs", "wcsrtombs",
	"wcstombs", "wctomb", "wmemcpy", "wmemmove", "wmempcpy", "wmemset", "wprintf",
};

static const struct { const char *name; enum elf_name what; } others[] = {
	{"__stack_chk_fail", ELF_NAME_CANARY}, {"__stack_chk_fail_local", ELF_NAME_CANARY},
	{"__stack_chk_guard", ELF_NAME_CANARY}, {"__intel_security_cookie", ELF_NAME_CANARY},
	{"gets", ELF_NAME_UNSAFE}, {"mktemp", ELF_NAME_RACY}, {"tempnam", ELF_NAME_RACY},
	{"tmpnam", ELF_NAME_RACY}, {"tmpnam_r", ELF_NAME_RACY},
	{"execlp", ELF_NAME_SHELL}, {"execvp", ELF_NAME_SHELL}, {"execvpe", ELF_NAME_SHELL},
	{"popen", ELF_NAME_SHELL}, {"posix_spawnp", ELF_NAME_SHELL}, {"system", ELF_NAME_SHELL}, {"wordexp", ELF_NAME_SHELL},
	{"accept", ELF_NAME_LISTEN}, {"accept4", ELF_NAME_LISTEN}, {"listen", ELF_NAME_LISTEN},
	{"connect", ELF_NAME_TALK}, {"recvmsg", ELF_NAME_TALK}, {"recvfrom", ELF_NAME_TALK},
	{"recv", ELF_NAME_TALK}, {"__recv_chk", ELF_NAME_TALK}, {"__recvfrom_chk", ELF_NAME_TALK},
};
/* clang-format on */

static int cmp(const void *key, const void *row)
{
	return bytes_cmp(*(const struct bytes *)key, bytes_str(*(const char *const *)row));
}

static bool is_fortifiable(struct bytes name)
{
	return bsearch(&name, fortifiable, ARRAY_LEN(fortifiable), sizeof *fortifiable, cmp);
}

unsigned elf_name(struct bytes name)
{
	unsigned what = 0;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (name.n && name.p[0] == (uint8_t)others[i].name[0] &&
		    bytes_eq(name, bytes_str(others[i].name)))
			what |= others[i].what;
	}
	if (is_fortifiable(name))
		what |= ELF_NAME_FORTIFIABLE;
	if (bytes_starts(name, B("__")) && bytes_ends(name, B("_chk")) && name.n > 6 &&
	    is_fortifiable(bytes_slice(name, 2, name.n - 4)))
		what |= ELF_NAME_FORTIFIED;
	return what;
}
