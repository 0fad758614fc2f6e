/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers_native.c - ranges as each ecosystem writes them: ">=1.2 <2 || ~3.1", "~> 2.0.8",
 * "[1.0,2.0)".
 *
 * Format: conditions parted by commas or blanks that must all hold; "||" parts alternatives. What a
 * sign stands for, the ecosystem says.  Maven and NuGet have intervals in brackets; nginx and
 * OpenSSL lists.  GitHub's advisories write all ecosystems with the six plain comparisons.
 *
 * Source: node-semver's README; Gem::Requirement; PEP 440, "Version specifiers"; NuGet's "Package
 * versioning"; Maven's POM Reference, "Dependency Version Requirement Specification"; Composer's
 * "Versions and constraints"; Conan's "Version ranges"; Hex's Version; nginx's "security
 * advisories".
 */
#include "fmt/version.h"

#include "fmt/vers_native.h"

static const char *const signs[NATIVE__MAX] = {
	[NATIVE_NONE] = "", [NATIVE_EQ] = "=",   [NATIVE_NE] = "!=",
	[NATIVE_LT] = "<",  [NATIVE_LE] = "<=",  [NATIVE_GT] = ">",
	[NATIVE_GE] = ">=", [NATIVE_NEAR] = "~", [NATIVE_CARET] = "^",
};

int native_refuse(enum native_op op, struct bytes v, struct err *e)
{
	return err_set(e, ERR_FORMAT, "\"%s%.*s\" is no condition on versions of this kind",
	               signs[op], BYTES_FMT(bytes_slice(v, 0, 60)));
}

static bool is_version(const struct native *t, struct bytes v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < 0x21 || v.p[i] > 0x7e || bytes_find(B("<>=|,*()[]\"'"), v.p[i]) >= 0)
			return false;
	}
	return v.n && is_alnum(v.p[0]) && vers_valid(t->how, v);
}

int native_compare(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	if (!is_version(t, v))
		return native_refuse(op, v, e);
	switch (op) {
	case NATIVE_NONE:
	case NATIVE_EQ:
		native_only(t, v);
		return 0;
	case NATIVE_NE:
		native_without(t, (struct vers_end){v, false}, (struct vers_end){v, true});
		return 0;
	case NATIVE_LT:
	case NATIVE_LE:
		native_to(t, v, op == NATIVE_LE);
		return 0;
	case NATIVE_GT:
	case NATIVE_GE:
		native_from(t, v, op == NATIVE_GT);
		return 0;
	default:
		return native_refuse(op, v, e);
	}
}

struct native_numbers native_numbers(struct bytes v)
{
	struct native_numbers n = {.rest = v};
	while (n.count < NATIVE_NUMBERS_MAX) {
		size_t len = 0;
		while (len < n.rest.n && is_digit(n.rest.p[len]))
			len++;
		if (!bytes_u64(bytes_slice(n.rest, 0, len), UINT64_MAX - 1, &n.n[n.count]))
			break;
		n.count++;
		n.rest = bytes_skip(n.rest, len);
		if (n.rest.n < 2 || n.rest.p[0] != '.' || !is_digit(n.rest.p[1]))
			break;
		n.rest = bytes_skip(n.rest, 1);
	}
	return n;
}

struct bytes native_next(struct native *t, const struct native_numbers *n, size_t at,
                         const char *tail)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)VERSION_LEN_MAX);
	for (size_t i = 0; i <= at; i++)
		buf_addf(&b, "%s%llu", i ? "." : "", (unsigned long long)n->n[i] + (i == at));
	buf_adds(&b, tail);
	return arena_dup(t->a, buf_bytes(&b));
}

size_t native_caret(const struct native_numbers *n)
{
	size_t i = 0;
	while (i + 1 < n->count && !n->n[i])
		i++;
	return i;
}

static int count(struct native *t, struct err *e)
{
	if (++t->n_conditions > (size_t)VERS_CONSTRAINTS_MAX)
		return err_set(e, ERR_LIMIT, "a range has more than %lld conditions",
		               (long long)VERS_CONSTRAINTS_MAX);
	return 0;
}

/* From v up to the next of its number `at`. */
static int near(struct native *t, struct bytes v, size_t at, const char *tail, struct err *e)
{
	struct native_numbers n = native_numbers(v);
	if (at >= n.count || !is_version(t, v))
		return native_refuse(NATIVE_NEAR, v, e);
	native_from(t, v, false);
	native_to(t, native_next(t, &n, at, tail), false);
	return 0;
}

static size_t last_but_one(struct bytes v)
{
	struct native_numbers n = native_numbers(v);
	return n.count > 1 ? n.count - 2 : 0;
}

/* "~> 2.0.8": at least that, below 2.1. */
static int apply_gem(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	return op == NATIVE_NEAR ? near(t, v, last_but_one(v), "", e) : native_compare(t, op, v, e);
}

/* ---- PEP 440 ---- */

/* "1.2.*": what begins with those numbers, from the first development release on. */
static int pep440_prefix(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	struct bytes epoch = B(""), tail;
	struct bytes head = bytes_slice(v, 0, v.n - 2);
	if (bytes_cut(head, '!', &epoch, &tail))
		head = tail;
	else
		epoch = B("");
	struct native_numbers n = native_numbers(head);
	if (!n.count || n.rest.n || !(op == NATIVE_EQ || op == NATIVE_NE))
		return native_refuse(op, v, e);
	const char *mark = epoch.n ? "!" : "";
	struct bytes next = native_next(t, &n, n.count - 1, ".dev0");
	struct vers_end from = {bytes_str(arena_printf(t->a, "%.*s%s%.*s.dev0", BYTES_FMT(epoch),
	                                               mark, BYTES_FMT(head))),
	                        false};
	struct vers_end to = {bytes_str(arena_printf(t->a, "%.*s%s%.*s", BYTES_FMT(epoch), mark,
	                                             BYTES_FMT(next))),
	                      false};
	if (op == NATIVE_NE) {
		native_without(t, from, to);
		return 0;
	}
	native_from(t, from.v, false);
	native_to(t, to.v, false);
	return 0;
}

static int apply_pypi(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	if (bytes_ends(v, B(".*")))
		return pep440_prefix(t, op, v, e);
	if (op != NATIVE_NEAR)
		return native_compare(t, op, v, e);
	/* "~=1.4.5" is ">=1.4.5, ==1.4.*"; "~=1" is not allowed */
	struct bytes epoch, tail;
	struct native_numbers n = native_numbers(bytes_cut(v, '!', &epoch, &tail) ? tail : v);
	if (n.count < 2 || !is_version(t, v))
		return native_refuse(op, v, e);
	size_t len = (size_t)(n.rest.p - v.p);
	while (v.p[len - 1] != '.')
		len--;
	native_from(t, v, false);
	return pep440_prefix(
		t, NATIVE_EQ,
		bytes_str(arena_printf(t->a, "%.*s*", BYTES_FMT(bytes_slice(v, 0, len)))), e);
}

/* ---- Composer, Conan, Hex ---- */

static struct bytes without_v(struct bytes v)
{
	return v.n > 1 && (v.p[0] == 'v' || v.p[0] == 'V') && is_digit(v.p[1]) ? bytes_skip(v, 1)
	                                                                       : v;
}

static int apply_composer(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	struct bytes tail;
	bytes_cut(v, '@', &v, &tail); /* "1.2@beta": the stability one would take */
	v = without_v(v);
	bool is_wild = bytes_ends(v, B(".*")) || bytes_ends(v, B(".x"));
	if (is_wild && op == NATIVE_NONE) {
		v = bytes_slice(v, 0, v.n - 2);
		struct native_numbers n = native_numbers(v);
		return n.rest.n ? native_refuse(op, v, e) : near(t, v, n.count - 1, "", e);
	}
	if (op == NATIVE_NEAR)
		return near(t, v, last_but_one(v), "", e);
	if (op == NATIVE_CARET) {
		struct native_numbers n = native_numbers(v);
		return near(t, v, native_caret(&n), "", e);
	}
	return native_compare(t, op, v, e);
}

/* What "~" and "^" end before is written with a "-" behind: before its pre-releases too. */
static int apply_conan(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	if (bytes_ends(v, B("-")))
		v.n--;
	if (bytes_eq(v, B("*")) && op == NATIVE_NONE) {
		native_from(t, B("0.0.0"), false);
		return 0;
	}
	struct native_numbers n = native_numbers(v);
	if (op == NATIVE_NEAR)
		return near(t, v, n.count > 1, "-", e);
	if (op == NATIVE_CARET)
		return near(t, v, native_caret(&n), "-", e);
	return native_compare(t, op, v, e);
}

/* ---- intervals: Maven and NuGet ---- */

static int interval(struct native *t, struct bytes in, bool is_open, bool is_to_open, struct err *e)
{
	struct bytes from, to;
	bool is_pair = bytes_cut(in, ',', &from, &to);
	from = bytes_trim(from);
	to = bytes_trim(to);
	if (!is_pair)
		return is_open || is_to_open ? native_refuse(NATIVE_NONE, in, e)
		                             : native_compare(t, NATIVE_EQ, from, e);
	if (from.n && native_compare(t, is_open ? NATIVE_GT : NATIVE_GE, from, e) < 0)
		return -1;
	if (to.n && native_compare(t, is_to_open ? NATIVE_LT : NATIVE_LE, to, e) < 0)
		return -1;
	return 0;
}

/* "(,1.0],[1.2,)": one of them. */
static int read_intervals(struct native *t, struct bytes text, struct err *e)
{
	for (;;) {
		size_t end = 1;
		while (end < text.n && bytes_find(B("[]()"), text.p[end]) < 0)
			end++;
		bool is_open = text.p[0] == '(', is_closed = end < text.n && text.p[end] == ']';
		bool is_one = (is_open || text.p[0] == '[') && end < text.n &&
		              (is_closed || text.p[end] == ')');
		if (!is_one)
			return native_refuse(NATIVE_NONE, text, e);
		if (count(t, e) < 0 ||
		    interval(t, bytes_slice(text, 1, end), is_open, !is_closed, e) < 0)
			return -1;
		native_or(t);
		text = bytes_trim(bytes_skip(text, end + 1));
		if (!text.n)
			return 0;
		text = bytes_trim(bytes_skip(text, text.p[0] == ','));
		if (!text.n)
			return native_refuse(NATIVE_NONE, text, e);
	}
}

/* "1.0" alone is the least that will do. */
static int apply_nuget(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	return native_compare(t, op == NATIVE_NONE ? NATIVE_GE : op, v, e);
}

/* ---- nginx ---- */

/* "1.4.1+": from there to the end of the stable branch (its second number is even), or on and on.
 * "0.6.18-1.20.0": both ends are in it. */
static int apply_nginx(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	struct bytes from, to;
	if (bytes_ends(v, B("+"))) {
		v.n--;
		struct native_numbers n = native_numbers(v);
		if (n.count != 3 || n.rest.n || op != NATIVE_NONE)
			return native_refuse(op, v, e);
		n.n[2] = 0;
		native_from(t, v, false);
		if (n.n[1] % 2 == 0)
			native_to(t,
			          bytes_str(arena_printf(t->a, "%.*s.0",
			                                 BYTES_FMT(native_next(t, &n, 1, "")))),
			          false);
		return 0;
	}
	if (bytes_cut(v, '-', &from, &to) && op == NATIVE_NONE)
		return native_compare(t, NATIVE_GE, from, e) < 0 ||
		                       native_compare(t, NATIVE_LE, to, e) < 0
		               ? -1
		               : 0;
	return native_compare(t, op, v, e);
}

/* ---- the whole ---- */

static const struct grammar {
	const char *type;
	native_apply_fn *apply;
	bool is_list;       /* commas part alternatives */
	bool has_intervals; /* in brackets */
	bool has_hyphen;    /* "1.2 - 2.3" */
	bool may_be_empty;  /* nothing is any version */
} grammars[] = {
	{"cargo",    native_apply_cargo, false, false, false, false},
	{"composer", apply_composer,     false, false, true,  false},
	{"conan",    apply_conan,        false, false, false, false},
	{"dart",     native_apply_npm,   false, false, false, true },
	{"gem",      apply_gem,          false, false, false, false},
	{"hex",      apply_gem,          false, false, false, false},
	{"maven",    native_compare,     false, true,  false, false},
	{"nginx",    apply_nginx,        true,  false, false, false},
	{"npm",      native_apply_npm,   false, false, true,  true },
	{"nuget",    apply_nuget,        false, true,  false, false},
	{"openssl",  native_compare,     true,  false, false, false},
	{"pub",      native_apply_npm,   false, false, false, true },
	{"pypi",     apply_pypi,         false, false, false, true },
	{"",         native_compare,     false, false, false, false},
};

static const struct grammar *grammar_of(struct bytes type)
{
	const struct grammar *g = grammars;
	while (g->type[0] && !bytes_eq(type, bytes_str(g->type)))
		g++;
	return g;
}

static bool op_of(struct bytes text, enum native_op *ret)
{
	static const struct {
		const char *text;
		enum native_op op;
	} ops[] = {
		{"",    NATIVE_NONE },
                {"=",   NATIVE_EQ   },
                {"==",  NATIVE_EQ   },
                {"===", NATIVE_EQ   },
		{"!=",  NATIVE_NE   },
                {"<>",  NATIVE_NE   },
                {"!",   NATIVE_NE   },
                {"<",   NATIVE_LT   },
		{"<<",  NATIVE_LT   },
                {"<=",  NATIVE_LE   },
                {">",   NATIVE_GT   },
                {">>",  NATIVE_GT   },
		{">=",  NATIVE_GE   },
                {"~",   NATIVE_NEAR },
                {"~>",  NATIVE_NEAR },
                {"~=",  NATIVE_NEAR },
		{"^",   NATIVE_CARET},
	};
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		if (bytes_eq(text, bytes_str(ops[i].text))) {
			*ret = ops[i].op;
			return true;
		}
	}
	return false;
}

/* Takes what c's bytes (not: but blanks) reach off *rest. */
static struct bytes take(struct bytes *rest, struct bytes set, bool is_in)
{
	size_t n = 0;
	while (n < rest->n && (bytes_find(set, rest->p[n]) >= 0) == is_in)
		n++;
	struct bytes ret = bytes_slice(*rest, 0, n);
	*rest = bytes_skip(*rest, n);
	return ret;
}

static int one_condition(struct native *t, const struct grammar *g, struct bytes *rest,
                         struct err *e)
{
	enum native_op op;
	struct bytes sign = take(rest, B("<>=!~^"), true);
	take(rest, B(" \t\r\n"), true);
	struct bytes v = take(rest, B(" \t\r\n,<>=|"), false), ahead = *rest;
	take(&ahead, B(" \t\r\n"), true);
	if (!op_of(sign, &op))
		return native_refuse(NATIVE_NONE, sign, e);
	/* "v 1.2.3" of npm */
	if (bytes_eq(v, B("v")) && g->apply == native_apply_npm) {
		*rest = ahead;
		v = take(rest, B(" \t\r\n,<>=|"), false);
	}
	if (bytes_eq(v, B("and")) && op == NATIVE_NONE)
		return 0; /* Hex */
	if (count(t, e) < 0)
		return -1;
	bool is_any = op == NATIVE_NONE &&
	              (bytes_eq(v, B("*")) || bytes_eq(v, B("any")) || bytes_eq(v, B("all")));
	return is_any && g->apply != apply_conan ? 0 : g->apply(t, op, v, e);
}

static int one_alternative(struct native *t, const struct grammar *g, struct bytes text,
                           struct err *e)
{
	struct bytes rest = bytes_trim(text);
	ssize_t hyphen = g->has_hyphen ? bytes_search(rest, B(" - ")) : -1;
	if (hyphen > 0) {
		return count(t, e) < 0 ||
		                       g->apply(t, NATIVE_GE,
		                                bytes_trim(bytes_slice(rest, 0, (size_t)hyphen)),
		                                e) < 0 ||
		                       g->apply(t, NATIVE_LE,
		                                bytes_trim(bytes_skip(rest, (size_t)hyphen + 3)),
		                                e) < 0
		               ? -1
		               : 0;
	}
	if (!rest.n && !g->may_be_empty)
		return err_set(e, ERR_FORMAT, "a range without conditions");
	while (rest.n) {
		if (one_condition(t, g, &rest, e) < 0)
			return -1;
		take(&rest, B(" \t\r\n,"), true);
	}
	return 0;
}

/* Cuts *rest behind the next alternative. */
static struct bytes next_alternative(const struct grammar *g, struct bytes *rest)
{
	struct bytes or = B(" or ");
	size_t n = 0, len = 1;
	for (; n < rest->n; n++) {
		if (rest->p[n] == '|' || (g->is_list && rest->p[n] == ',')) {
			len += n + 1 < rest->n && rest->p[n] == '|' && rest->p[n + 1] == '|';
			break;
		}
		if (bytes_starts(bytes_skip(*rest, n), or)) {
			len = or.n;
			break;
		}
	}
	struct bytes ret = bytes_slice(*rest, 0, n);
	*rest = n < rest->n ? bytes_skip(*rest, n + len) : (struct bytes){NULL, 0};
	return ret;
}

int vers_native_set(struct bytes type, struct bytes text, struct arena *a, struct vers_set *ret,
                    struct err *e)
{
	struct native t = {.how = vers_type_find(type), .a = a};
	const struct grammar *g = grammar_of(type);
	struct bytes rest = bytes_trim(text);
	if (text.n > (size_t)VERS_LEN_MAX)
		return err_set(e, ERR_LIMIT, "a range of versions has %zu bytes, more than %lld",
		               text.n, (long long)VERS_LEN_MAX);
	if (!t.how)
		return err_set(e, ERR_FORMAT, "no order of versions is known for type '%.*s'",
		               BYTES_FMT(type));
	if (g->apply == apply_conan && bytes_starts(rest, B("[")) && bytes_ends(rest, B("]")))
		rest = bytes_slice(rest, 1, rest.n - 1);
	bool is_intervals = g->has_intervals && rest.n && (rest.p[0] == '[' || rest.p[0] == '(');
	if (is_intervals && read_intervals(&t, rest, e) < 0)
		return -1;
	while (!is_intervals) {
		if (one_alternative(&t, g, next_alternative(g, &rest), e) < 0)
			return -1;
		native_or(&t);
		if (!rest.p)
			break;
	}
	native_join(&t);
	*ret = (struct vers_set){t.all.v, t.all.n};
	return 0;
}

int vers_from_native(struct bytes type, struct bytes text, struct arena *a, struct vers *ret,
                     struct err *e)
{
	struct vers_set s;
	if (vers_native_set(type, text, a, &s, e) < 0)
		return -1;
	*ret = vers_of_set(type, s, a);
	return 0;
}
