/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c - fuzz: the first byte chooses the reader; what it gives keeps its promises. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static lock_reader *const readers[] = {
	lock_npm,          lock_yarn,         lock_pnpm,          lock_bun,
	lock_deno,         lock_pipfile,      lock_python_toml,   lock_requirements,
	lock_gomod,        lock_gosum,        lock_cargo,         lock_julia,
	lock_pom,          lock_gradle,       lock_gradle_verify, lock_gradle_catalog,
	lock_sbt,          lock_gemfile,      lock_composer,      lock_nuget,
	lock_nuget_assets, lock_nuget_config, lock_nuget_project, lock_paket,
	lock_pub,          lock_mix,          lock_rebar,         lock_swift,
	lock_podfile,      lock_conan,        lock_renv,          lock_cabal,
	lock_stack,        lock_conda,
};

static void package(void *arg, const struct lang_package *p)
{
	size_t *given = arg;
	if (!p->name.n || !p->version.n || !bytes_is_utf8(p->name) || !bytes_is_utf8(p->version) ||
	    p->name.n > (size_t)LANG_FIELD_MAX || p->depends.n > (size_t)LOCK_DEPENDS_MAX)
		abort();
	++*given;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	struct lock_out o;
	size_t given = 0;
	if (n == 0)
		return 0;
	lock_out_init(&o, package, &given);
	int rc = readers[(p[0] - ' ') % ARRAY_LEN(readers)](bytes_of(p + 1, n - 1), &o, &e);
	if (given != o.n || (rc < 0 && !e.msg[0]))
		abort();
	lock_out_fini(&o);
	return 0;
}
