/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binary.c - how the image's programs and libraries were built, and what that leaves open.
 *
 * What is wrong with many files is one finding for each rule and severity: the first path, and how
 * many there are.  A file that lends its starter power (setuid, setgid, capabilities) is judged
 * first, then what the image starts with the libraries of that, then what takes in what others send
 * over the network, then the rest.  Each language is
 * judged by its own rules: neither Go nor Rust has canaries or checked calls, and a program of Go
 * needs no PIE.
 *
 * Source: gcc(1), "Program Instrumentation Options"; ld(1), -z; ld.so(8); CWE.
 */
#include "judge/loader.h"

#include <stdlib.h>

enum exposure { EXPOSED_POWER, EXPOSED_START, EXPOSED_NETWORK, EXPOSED_REST, EXPOSED__MAX };

/* How much worse a rule's severity gets, and what the finding says of it. */
static const struct {
	unsigned steps;
	const char *whose;
} exposures[EXPOSED__MAX] = {
	[EXPOSED_POWER] = {2, "it lends its starter power (setuid, setgid or capabilities)"                },
	[EXPOSED_START] = {1, "the image starts it, or what it starts is linked with it"                   },
	[EXPOSED_NETWORK] = {1, "it takes in what others send over the network"                              },
	[EXPOSED_REST] =
		{0, "it is neither started with another's power nor with the image, nor a server"},
};

struct binary {
	struct fact_binary f;
	size_t layer;
	enum exposure exposure;
	bool is_started;
};

/* clang-format off */
enum { RULE_STACK, RULE_WX, RULE_TEXTREL, RULE_PIE, RULE_RELRO, RULE_CANARY, RULE_FORTIFY, RULE_RPATH,
       RULE_UNSAFE, RULE_SHELL, RULE_INTERP, RULE_LIBRARY, RULE__MAX };

static const struct check_rule rules[] = {
	[RULE_STACK] = {"binary.executable-stack", CHECK_BINARY, SEV_LOW, "stack that may be run",
		.why = "what an attacker writes into a buffer on the stack can be run at once",
		.repair = "link with -z noexecstack; give assembler files a .note.GNU-stack section",
		.source = "CWE-693"},
	[RULE_WX] = {"binary.writable-code", CHECK_BINARY, SEV_LOW, "memory that may be written and run",
		.why = "what an attacker writes there can be run at once",
		.repair = "link without -N and without a linker script that joins code and data",
		.source = "CWE-693"},
	[RULE_TEXTREL] = {"binary.text-relocations", CHECK_BINARY, SEV_NEGLIGIBLE, "code that is written while it is loaded",
		.why = "its pages are writable for a while, and are not shared between processes",
		.repair = "compile with -fPIC or -fPIE",
		.source = "CWE-693"},
	[RULE_PIE] = {"binary.no-pie", CHECK_BINARY, SEV_NEGLIGIBLE, "program at a fixed address",
		.why = "an attacker knows where its code lies",
		.repair = "compile with -fPIE and link with -pie",
		.source = "CWE-1188"},
	[RULE_RELRO] = {"binary.no-relro", CHECK_BINARY, SEV_NEGLIGIBLE, "table of functions that stays writable",
		.why = "who can write one address in memory can choose what is called next",
		.repair = "link with -z relro -z now",
		.source = "CWE-1188"},
	[RULE_CANARY] = {"binary.no-canary", CHECK_BINARY, SEV_NEGLIGIBLE, "no stack canary",
		.why = "a buffer that runs over on the stack is not noticed; a file without such buffers has none either",
		.repair = "compile with -fstack-protector-strong",
		.source = "CWE-121"},
	[RULE_FORTIFY] = {"binary.no-fortify", CHECK_BINARY, SEV_NEGLIGIBLE, "no checked calls of the C library",
		.why = "copies past the end of a buffer are not noticed",
		.repair = "compile with -O2 -D_FORTIFY_SOURCE=2",
		.source = "CWE-120"},
	[RULE_RPATH] = {"binary.unsafe-rpath", CHECK_BINARY, SEV_MEDIUM, "libraries searched where others may put them",
		.why = "who can write there, or choose the working folder, has code of theirs run",
		.repair = "link with an absolute -rpath that root alone writes, or without one (chrpath -d)",
		.source = "CWE-426, CWE-427"},
	[RULE_UNSAFE] = {"binary.unsafe-call", CHECK_BINARY, SEV_MEDIUM, "calls gets, which cannot be used safely",
		.why = "it writes as much as the input has, past any buffer",
		.repair = "use fgets or getline",
		.source = "CWE-242"},
	[RULE_SHELL] = {"binary.privileged-shell", CHECK_BINARY, SEV_LOW, "program with power that starts others by name or by a shell",
		.why = "environment and PATH of whoever starts it may decide what runs with its power",
		.repair = "start programs by absolute path with execve, or take the bit off",
		.source = "CWE-78, CWE-426"},
	[RULE_INTERP] = {"binary.no-loader", CHECK_BINARY, SEV_LOW, "its loader is not in the image",
		.why = "the program cannot be started: it was built for another C library",
		.repair = "build it for this image, or link it statically",
		.source = "ld.so(8)"},
	[RULE_LIBRARY] = {"binary.missing-library", CHECK_BINARY, SEV_LOW, "a library that it needs is not in the image",
		.why = "it cannot be started or loaded, or takes the library from wherever somebody else puts it",
		.repair = "install the package that has the library, or take the file out",
		.source = "ld.so(8)"},
};
/* clang-format on */

static bool has_power(const struct entry *en)
{
	return (en->mode & 04000) || (en->mode & 02010) == 02010 || en->caps.n;
}

/* ---- what is judged of one file ---- */

static bool is_code(const struct binary *b)
{
	return b->f.kind == ELF_PROGRAM || b->f.kind == ELF_LIBRARY;
}

static bool is_c(const struct binary *b) { return b->f.language == ELF_C; }

static bool has_relro(const struct binary *b)
{
	return b->f.flags & (ELF_HAS_RELRO | ELF_IS_STATIC);
}

static bool has_word(struct bytes words, struct bytes word)
{
	for (struct bytes w; bytes_split(&words, ' ', &w);) {
		if (bytes_eq(w, word))
			return true;
	}
	return false;
}

static bool is_shell(struct bytes words)
{
	for (struct bytes w; bytes_split(&words, ' ', &w);) {
		if (elf_name(w) & ELF_NAME_SHELL)
			return true;
	}
	return false;
}

/* A folder of the search path that somebody else than root chooses or fills. */
static bool is_unsafe_folder(const struct judge_input *in, const struct actor *nobody,
                             const struct binary *b, struct bytes folder)
{
	AUTO_BUF struct buf where, clean;
	struct err ignored;
	bool is_origin = bytes_starts(folder, B("$ORIGIN")) || bytes_starts(folder, B("${ORIGIN}"));
	if (is_origin)
		return b->exposure == EXPOSED_POWER;
	if (!folder.n || folder.p[0] != '/')
		return true; /* of the working folder */
	buf_init(&where, (size_t)PATH_LEN_MAX);
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	if (image_path(folder, &clean, &ignored) < 0)
		return false;
	return bytes_starts(folder, B("/tmp/")) || bytes_eq(folder, B("/tmp")) ||
	       bytes_starts(folder, B("/var/tmp")) ||
	       actor_may_replace(in, nobody, buf_bytes(&clean), &where);
}

static bool has_unsafe_rpath(const struct judge_input *in, const struct actor *nobody,
                             const struct binary *b)
{
	struct bytes lists[] = {b->f.rpath, b->f.runpath};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (struct bytes folder; lists[i].n && bytes_split(&lists[i], ':', &folder);) {
			if (is_unsafe_folder(in, nobody, b, folder))
				return true;
		}
	}
	return false;
}

static bool lacks_loader(const struct judge_input *in, const struct binary *b)
{
	AUTO_BUF struct buf clean, real;
	struct entry en;
	size_t layer;
	struct err ignored;
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	buf_init(&real, (size_t)PATH_LEN_MAX);
	return b->f.kind == ELF_PROGRAM && b->f.interp.n &&
	       image_path(b->f.interp, &clean, &ignored) == 0 &&
	       !actor_look(in, buf_bytes(&clean), &real, &en, &layer);
}

/* The first library that the loader will not find; absent: it has all. */
static struct bytes lacks_library(struct loader *l, const struct binary *b)
{
	struct bytes rest = b->f.needed;
	for (struct bytes name; rest.n && bytes_split(&rest, '\n', &name);) {
		if (name.n && !loader_has(l, &b->f, name))
			return name;
	}
	return (struct bytes){NULL, 0};
}

/* musl has no checking functions: what its users fortify is checked inline. */
static bool is_of_musl(const struct binary *b)
{
	return bytes_search(b->f.interp, B("ld-musl-")) >= 0 ||
	       bytes_search(b->f.needed, B("libc.musl-")) >= 0;
}

/* Does it call what could check the sizes of buffers, and nothing that does? */
static bool is_unfortified(const struct binary *b)
{
	return is_c(b) && !is_of_musl(b) && !(b->f.flags & ELF_IS_STATIC) && !b->f.fortified &&
	       b->f.fortifiable;
}

static bool lacks_canary(const struct binary *b)
{
	return is_c(b) && !(b->f.flags & ELF_HAS_CANARY) && b->f.fortifiable + b->f.fortified > 0;
}

/* Bits of the rules that hold; these look beyond the file itself: RPATH, INTERP, LIBRARY. */
static unsigned judge_one(const struct binary *b)
{
	uint64_t fl = b->f.flags;
	bool is_blind = fl & (ELF_NO_IMPORTS | ELF_IS_BROKEN);
	const bool holds[RULE__MAX] = {
		[RULE_STACK] = !(fl & ELF_HAS_STACK) || (fl & ELF_STACK_RUNS),
		[RULE_WX] = fl & ELF_HAS_WX,
		[RULE_TEXTREL] = fl & ELF_HAS_TEXTREL,
		[RULE_PIE] =
			b->f.kind == ELF_PROGRAM && !(fl & ELF_IS_PIE) && b->f.language != ELF_GO,
		[RULE_RELRO] = !has_relro(b),
		[RULE_CANARY] = !is_blind && lacks_canary(b),
		[RULE_FORTIFY] = !is_blind && is_unfortified(b),
		[RULE_UNSAFE] = has_word(b->f.unsafe, B("gets")) && !(fl & ELF_IS_STATIC),
		[RULE_SHELL] = b->exposure == EXPOSED_POWER && is_shell(b->f.unsafe) &&
	                       !(fl & ELF_IS_STATIC),
	};
	unsigned bits = 0;
	for (size_t i = 0; i < RULE__MAX; i++)
		bits |= holds[i] ? 1U << i : 0U;
	return bits;
}

/* ---- findings ---- */

struct group {
	const struct binary *first;
	size_t n;
};

struct shares {
	uint64_t x86, cet, arm, bti, fortified, fortifiable, unstripped, extra;
};

struct judging {
	const struct judge_input *in;
	struct shares shares;
	struct report *r;
	struct arena *a;
	struct actor nobody;
	struct group groups[RULE__MAX][EXPOSED__MAX];
	struct loader loader;
	struct binary **v; /* all, as they were stated */
	size_t n_v, cap_v;
	struct map *paths; /* of v */
	size_t n_started;
	uint64_t n[ELF_MACHO + 1], n_blind;
};

/* How much of the image is built with what no rule asks for. */
static void count(struct shares *n, const struct binary *b)
{
	enum { CET = ELF_HAS_IBT | ELF_HAS_SHSTK, ARM = ELF_HAS_BTI | ELF_HAS_PAC };
	enum { X86_64 = 62, AARCH64 = 183 }; /* EM_ */
	if (b->f.machine == X86_64) {
		n->x86++;
		n->cet += (b->f.flags & CET) == CET;
	}
	if (b->f.machine == AARCH64) {
		n->arm++;
		n->bti += (b->f.flags & ARM) == ARM;
	}
	if (is_c(b)) {
		n->fortified += b->f.fortified;
		n->fortifiable += b->f.fortifiable;
	}
	n->unstripped += b->f.extra > 0;
	n->extra += b->f.extra;
}

static void see(struct judging *j, const struct binary *b)
{
	if (!is_code(b))
		return;
	count(&j->shares, b);
	j->n_blind += is_c(b) && b->f.flags & ELF_NO_IMPORTS;
	unsigned bits = judge_one(b);
	bits |= has_unsafe_rpath(j->in, &j->nobody, b) ? 1U << RULE_RPATH : 0U;
	bool has_no_loader = lacks_loader(j->in, b);
	bits |= has_no_loader ? 1U << RULE_INTERP : 0U;
	bits |= !has_no_loader && lacks_library(&j->loader, b).n ? 1U << RULE_LIBRARY : 0U;
	for (size_t i = 0; i < RULE__MAX; i++) {
		struct group *g = &j->groups[i][b->exposure];
		if (!(bits & 1U << i))
			continue;
		if (!g->n++ || bytes_cmp(b->f.head.path, g->first->f.head.path) < 0)
			g->first = b;
	}
}

static enum severity raised(enum severity s, enum exposure x)
{
	return (enum severity)MIN_OF((unsigned)s + exposures[x].steps, (unsigned)SEV_HIGH);
}

static void tell(struct judging *j, size_t rule, enum exposure x)
{
	const struct group *g = &j->groups[rule][x];
	char more[64] = "", what[300] = "";
	if (!g->n)
		return;
	if (g->n > 1)
		snprintf(more, sizeof more, "; so it is with %zu files, this one first", g->n);
	if (rule == RULE_LIBRARY)
		snprintf(what, sizeof what, "%.*s is not found; ",
		         BYTES_FMT(lacks_library(&j->loader, g->first)));
	struct finding *f =
		rule_found(j->r, &rules[rule], "%s%s%s", what, exposures[x].whose, more);
	f->severity = raised(rules[rule].severity, x);
	f->location.path = arena_dup(j->r->arena, g->first->f.head.path);
	f->location.layer = (int32_t)g->first->layer;
}

/* ---- what the image starts ---- */

static void start(struct judging *j, struct bytes path);

/* The libraries of what is started are as exposed as it is itself. */
static void start_libraries(struct judging *j, const struct binary *b)
{
	struct bytes rest = b->f.needed;
	for (struct bytes name; rest.n && bytes_split(&rest, '\n', &name);)
		start(j, loader_find(&j->loader, &b->f, name));
}

/* Each is taken once: the depth is that of libraries that need one another. */
static void start(struct judging *j, struct bytes path)
{
	const union map_value *v = path.n ? map_get(j->paths, path) : NULL;
	struct binary *b = v ? v->p : NULL;
	if (!b || b->is_started || j->n_started >= STARTED_MAX)
		return;
	b->is_started = true;
	j->n_started++;
	if (b->exposure > EXPOSED_START)
		b->exposure = EXPOSED_START;
	start_libraries(j, b);
}

/* Entrypoints are often scripts that start what the command names. */
static void start_all(struct judging *j)
{
	const struct bytes_list *lists[] = {&j->r->image.config.entrypoint,
	                                    &j->r->image.config.cmd};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		AUTO_BUF struct buf path, real;
		struct entry en;
		size_t layer;
		buf_init(&path, (size_t)PATH_LEN_MAX);
		buf_init(&real, (size_t)PATH_LEN_MAX);
		if (!j->in->config || !lists[i]->n || !lists[i]->v[0].n ||
		    !start_find(j->in, j->r, lists[i]->v[0], &path) ||
		    !actor_look(j->in, buf_bytes(&path), &real, &en, &layer))
			continue;
		start(j, buf_bytes(real.n ? &real : &path));
	}
}

static void read_binaries(struct judging *j)
{
	struct seen s = seen_begin(j->in, FACT_BINARY);
	for (struct bytes cbor; seen_next(&s, &cbor);) {
		struct entry en;
		size_t layer;
		struct binary *b = arena_alloc(j->a, sizeof *b);
		if (!fact_decode_binary(cbor, &b->f) || b->f.format > ELF_MACHO)
			continue;
		bool is_there = view_find(j->in->view, b->f.head.path, &en, &layer);
		b->layer = s.layer;
		b->exposure = is_there && has_power(&en) ? EXPOSED_POWER
		              : b->f.flags & ELF_LISTENS ? EXPOSED_NETWORK
		                                         : EXPOSED_REST;
		j->n[b->f.format]++;
		j->v = mem_grow(j->v, &j->cap_v, j->n_v + 1, sizeof *j->v);
		j->v[j->n_v++] = b;
		map_put(j->paths, b->f.head.path, NULL)->p = b;
		loader_add(&j->loader, &b->f);
	}
}

static void cover_shares(const struct judging *j)
{
	const struct shares *n = &j->shares;
	report_cover(
		j->r,
		(struct coverage){.check = CHECK_BINARY,
	                          .status = COVERAGE_COMPLETE,
	                          .code = "binary.shares",
	                          .layer = -1},
		"CET (branches and shadow stack) in %ju of %ju files of x86-64, BTI and PAC in %ju "
		"of %ju of arm64; %ju of %ju imported functions of C that could check sizes do; "
		"symbols and debug information in %ju files, %ju bytes",
		(uintmax_t)n->cet, (uintmax_t)n->x86, (uintmax_t)n->bti, (uintmax_t)n->arm,
		(uintmax_t)n->fortified, (uintmax_t)(n->fortified + n->fortifiable),
		(uintmax_t)n->unstripped, (uintmax_t)n->extra);
}

int judge_binary(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	enum { NOBODY = 65534 };
	AUTO_ARENA struct arena *a = arena_new();
	struct judging *j = arena_alloc(a, sizeof *j);
	j->in = in;
	j->r = r;
	j->a = a;
	actor_init(in, NOBODY, NOBODY, &j->nobody);
	loader_init(&j->loader, in, a);
	j->paths = map_new();
	read_binaries(j);
	start_all(j);
	for (size_t i = 0; i < j->n_v; i++)
		see(j, j->v[i]);
	for (size_t i = 0; i < RULE__MAX; i++) {
		for (enum exposure x = EXPOSED_POWER; x < EXPOSED__MAX; x++)
			tell(j, i, x);
	}
	cover_shares(j);
	loader_fini(&j->loader);
	map_free(j->paths);
	free(j->v);
	report_cover(r,
	             (struct coverage){.check = CHECK_BINARY,
	                               .status = COVERAGE_COMPLETE,
	                               .code = "binary.judged",
	                               .layer = -1},
	             "%ju ELF files, of %ju of them it is not known what they call (no symbols); "
	             "%ju PE and "
	             "%ju Mach-O files are recognised and not judged",
	             (uintmax_t)j->n[ELF_FILE], (uintmax_t)j->n_blind, (uintmax_t)j->n[ELF_PE],
	             (uintmax_t)j->n[ELF_MACHO]);
	return 0;
}

const struct judge_rules judge_rules_binary = {rules, ARRAY_LEN(rules)};
