/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests.c - structure tests: what people expect of an image, held against its config and its tree.
 *
 * A test that fails is a finding, one that passes a row of coverage that is complete, one that
 * cannot be run here a row that is skipped, one that could not be finished an incomplete row.
 * What a file holds is never repeated.
 *
 * Source: container-structure-test, README.md; where that is vague, what the tool does.
 */
#include "judge/tests.h"

#include <string.h>

struct test_run {
	const struct judge_input *in;
	const struct judge_questions *q;
	const struct cst *file;
	struct report *r;
	struct map *names; /* how many tests had the name */
	struct arena *a;
	/* of the test at hand */
	struct buf faults; /* parted by "; " */
	const char *hole;  /* why it could not be finished; NULL: it was */
	struct bytes path;
	int32_t layer;
	size_t n_run;
};

enum { FAULTS_LEN = 2000 };

static void fault(struct test_run *t, const char *text)
{
	if (t->faults.n + strlen(text) + 2 > FAULTS_LEN) {
		if (!bytes_ends(buf_bytes(&t->faults), B("...")))
			buf_adds(&t->faults, "; ...");
		return;
	}
	if (t->faults.n)
		buf_adds(&t->faults, "; ");
	buf_adds(&t->faults, text);
}

#define FAULT(t, ...) fault(t, arena_printf((t)->a, __VA_ARGS__))

/* What a message repeats of a test file, cut short. */
static struct bytes brief(struct bytes b) { return bytes_slice(b, 0, 100); }

/* ---- fileExistenceTests ---- */

static bool env_get(const struct test_run *t, struct bytes key, struct bytes *ret)
{
	const struct oci_config *c = t->in->config;
	struct bytes name, value;
	for (size_t i = t->file->n_env; i-- > 0;) {
		if (bytes_eq(t->file->env[i].key, key)) {
			*ret = t->file->env[i].value;
			return true;
		}
	}
	for (size_t i = c ? c->env.n : 0; i-- > 0;) {
		bytes_cut(c->env.v[i], '=', &name, &value);
		if (bytes_eq(name, key)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* The name behind a "$" at p, and how much of the text it takes; 0: it is no name. */
static size_t env_name(struct bytes p, struct bytes *ret)
{
	size_t n = 0;
	*ret = (struct bytes){NULL, 0};
	if (p.n && p.p[0] == '{') {
		ssize_t end = bytes_find(p, '}');
		*ret = end > 1 ? bytes_slice(p, 1, (size_t)end) : *ret;
		return end > 0 ? (size_t)end + 1 : 1;
	}
	if (p.n && memchr("*#$@!?-0123456789", p.p[0], 17))
		return 1; /* of a shell: nothing here */
	while (n < p.n && (is_alnum(p.p[n]) || p.p[n] == '_'))
		n++;
	*ret = bytes_slice(p, 0, n);
	return n;
}

/* "$NAME" and "${NAME}" stand for the environment of the image and of the test file. */
static struct bytes expand(const struct test_run *t, struct bytes path)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX);
	while (path.n) {
		ssize_t at = bytes_find(path, '$');
		struct bytes name, value = {NULL, 0};
		buf_add(&b, bytes_slice(path, 0, at < 0 ? path.n : (size_t)at));
		path = at < 0 ? bytes_slice(path, 0, 0) : bytes_skip(path, (size_t)at + 1);
		size_t n = at < 0 ? 0 : env_name(path, &name);
		if (at >= 0 && n == 0)
			buf_addc(&b, '$');
		if (n && name.n && env_get(t, name, &value))
			buf_add(&b, value);
		path = bytes_skip(path, n);
	}
	return arena_dup(t->a, buf_bytes(&b));
}

/* As Go writes a mode: "-rw-r--r--", "drwxr-xr-x", "urwxr-xr-x" of a setuid program. */
static const char *mode_text(const struct test_run *t, const struct test_place *p)
{
	static const char bits[] = "rwxrwxrwx";
	static const char *const types[ENTRY__MAX] = {[ENTRY_DIR] = "d",
	                                              [ENTRY_SYMLINK] = "L",
	                                              [ENTRY_BLOCK] = "D",
	                                              [ENTRY_FIFO] = "p",
	                                              [ENTRY_CHAR] = "D"};
	bool is_entry = p->found == FOUND_ENTRY;
	uint32_t mode = is_entry ? p->en.mode : 0755;
	const char *type = is_entry ? types[p->en.type] : "d";
	char text[10] = "";
	for (size_t i = 0; i < 9; i++)
		text[i] = mode >> (8 - i) & 1 ? bits[i] : '-';
	const char *head = arena_printf(t->a, "%s%s%s%s%s", type ? type : "",
	                                mode & 04000 ? "u" : "", mode & 02000 ? "g" : "",
	                                is_entry && p->en.type == ENTRY_CHAR ? "c" : "",
	                                mode & 01000 ? "t" : "");
	return arena_printf(t->a, "%s%s", head[0] ? head : "-", text);
}

static void check_executable(struct test_run *t, const struct cst_test *c,
                             const struct test_place *p)
{
	static const struct {
		const char *by;
		uint32_t bits;
	} rows[] = {
		{"any",   0111},
                {"owner", 0100},
                {"group", 0010},
                {"other", 0001}
        };
	uint32_t mode = p->found == FOUND_ENTRY ? p->en.mode : 0755;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (bytes_eq(c->executable_by, bytes_str(rows[i].by)) && !(mode & rows[i].bits))
			FAULT(t, "it is not executable by %s: its mode is %s", rows[i].by,
			      mode_text(t, p));
	}
}

static void check_owner(struct test_run *t, const char *what, int64_t want, uint32_t have)
{
	if (want >= 0 && want != (int64_t)have)
		FAULT(t, "its %s is %lu, not %lld", what, (unsigned long)have, (long long)want);
}

static void run_exists(struct test_run *t, const struct cst_test *c)
{
	struct test_place p = test_find(t->in, t->a, expand(t, c->path), false);
	bool is_there = p.found != FOUND_NOTHING;
	bool is_entry = p.found == FOUND_ENTRY;
	t->path = p.path;
	t->layer = is_entry ? (int32_t)p.layer : -1;
	if (is_there != c->should_exist)
		FAULT(t, c->should_exist ? "%.*s is not there" : "%.*s is there",
		      BYTES_FMT(brief(c->path)));
	if (!is_there || !c->should_exist)
		return;
	if (c->permissions.n && !bytes_eq(c->permissions, bytes_str(mode_text(t, &p))))
		FAULT(t, "its mode is %s, not %.*s", mode_text(t, &p),
		      BYTES_FMT(brief(c->permissions)));
	check_executable(t, c, &p);
	check_owner(t, "uid", c->uid, is_entry ? p.en.uid : 0);
	check_owner(t, "gid", c->gid, is_entry ? p.en.gid : 0);
}

/* ---- fileContentTests, licenseTests ---- */

/* false, and the fault said: there is no such file to read. */
static bool find_file(struct test_run *t, struct bytes path, struct test_place *ret)
{
	*ret = test_find(t->in, t->a, path, true);
	bool is_file = ret->found == FOUND_ENTRY &&
	               (ret->en.type == ENTRY_FILE || ret->en.type == ENTRY_HARDLINK);
	if (ret->found == FOUND_NOTHING)
		FAULT(t, "%.*s is not there", BYTES_FMT(brief(path)));
	else if (!is_file)
		FAULT(t, "%.*s is not a file", BYTES_FMT(brief(path)));
	return is_file;
}

static void unknown(struct test_run *t, struct bytes path)
{
	t->hole = arena_printf(t->a, "the content of %.*s could not be searched",
	                       BYTES_FMT(brief(path)));
}

static void run_content(struct test_run *t, const struct cst_test *c)
{
	struct test_place p;
	bool is_file = find_file(t, c->path, &p);
	t->path = p.path;
	if (!is_file)
		return;
	t->layer = (int32_t)p.layer;
	for (size_t i = 0; i < c->expected.n + c->excluded.n; i++) {
		bool is_wanted = i < c->expected.n;
		struct bytes pattern =
			is_wanted ? c->expected.v[i] : c->excluded.v[i - c->expected.n];
		enum answer a = test_answer(t->q, &p, pattern);
		if (a == ANSWER_UNKNOWN)
			unknown(t, c->path);
		else if (is_wanted && a == ANSWER_NO)
			FAULT(t, "it does not hold \"%.*s\"", BYTES_FMT(brief(pattern)));
		else if (!is_wanted && a == ANSWER_YES)
			FAULT(t, "it holds \"%.*s\"", BYTES_FMT(brief(pattern)));
	}
}

static void check_license(void *arg, struct bytes path)
{
	struct test_run *t = arg;
	struct test_place p;
	if (!find_file(t, path, &p))
		return;
	for (size_t i = 0; i < TEST_LICENSES; i++) {
		enum answer a = test_answer(t->q, &p, bytes_str(test_licenses[i]));
		if (a == ANSWER_UNKNOWN)
			unknown(t, path);
		else if (a == ANSWER_YES)
			FAULT(t, "%.*s names %s", BYTES_FMT(brief(path)), test_licenses[i] + 4);
	}
}

static void run_license(struct test_run *t, const struct cst_test *c)
{
	if (c->is_debian) {
		if (test_find(t->in, t->a, B("usr/share/doc"), true).found == FOUND_NOTHING)
			FAULT(t, "usr/share/doc is not there");
		test_copyrights(t->in, t->a, check_license, t);
	}
	for (size_t i = 0; i < c->files.n; i++)
		check_license(t, c->files.v[i]);
}

/* ---- metadataTest ---- */

static bool env_of_config(const struct oci_config *c, struct bytes key, struct bytes *ret)
{
	struct bytes name, value;
	for (size_t i = c->env.n; i-- > 0;) {
		bool has_value = bytes_cut(c->env.v[i], '=', &name, &value);
		if (bytes_eq(name, key)) {
			*ret = has_value ? value : B("");
			return true;
		}
	}
	return false;
}

static bool label_of_config(const struct oci_config *c, struct bytes key, struct bytes *ret)
{
	for (size_t i = 0; i < c->n_labels; i++) {
		if (bytes_eq(c->labels[i].key, key)) {
			*ret = c->labels[i].value;
			return true;
		}
	}
	return false;
}

static void check_value(struct test_run *t, const struct cst_expect *x, const char *what,
                        struct bytes have)
{
	struct err e;
	struct regex *re;
	uint64_t steps = (uint64_t)ASKED_STEPS_MAX;
	bool is_same = bytes_eq(have, x->value);
	if (x->is_regex) {
		if (regex_compile(x->value, &re, &e) < 0) {
			t->hole = arena_printf(t->a, "%s", e.msg);
			return;
		}
		int found = regex_search(re, have, &steps);
		regex_free(re);
		if (found < 0)
			t->hole = "a regular expression took too long";
		is_same = found > 0;
	}
	if (!is_same)
		FAULT(t, "the value of %s %.*s %s \"%.*s\"", what, BYTES_FMT(brief(x->key)),
		      x->is_regex ? "does not match" : "is not", BYTES_FMT(brief(x->value)));
}

static void check_pair(struct test_run *t, const struct cst_expect *x)
{
	const struct oci_config *c = t->in->config;
	bool is_label = x->member == CST_LABEL;
	const char *what = is_label ? "the label" : "the variable";
	struct bytes have;
	bool is_there =
		is_label ? label_of_config(c, x->key, &have) : env_of_config(c, x->key, &have);
	if (x->member == CST_NO_ENV) {
		if (is_there)
			FAULT(t, "the variable %.*s is set", BYTES_FMT(brief(x->key)));
	} else if (!is_there) {
		FAULT(t, "%s %.*s is not set", what, BYTES_FMT(brief(x->key)));
	} else {
		check_value(t, x, what, have);
	}
}

/* "8080" is the port of any protocol, "8080/udp" of that one. */
static bool has_port(const struct oci_config *c, struct bytes want)
{
	for (size_t i = 0; i < c->exposed_ports.n; i++) {
		struct bytes port, protocol, have = c->exposed_ports.v[i];
		bytes_cut(have, '/', &port, &protocol);
		if (bytes_eq(port, want) || bytes_eq(have, want))
			return true;
	}
	return false;
}

static bool has_text(const struct oci_texts *list, struct bytes want)
{
	size_t i = 0;
	while (i < list->n && !bytes_eq(list->v[i], want))
		i++;
	return i < list->n;
}

static void check_listed(struct test_run *t, const struct cst_expect *x)
{
	const struct oci_config *c = t->in->config;
	bool is_port = x->member == CST_PORT || x->member == CST_NO_PORT;
	bool is_wanted = x->member == CST_PORT || x->member == CST_VOLUME;
	bool is_there = is_port ? has_port(c, x->value) : has_text(&c->volumes, x->value);
	if (is_there != is_wanted)
		FAULT(t, "%s %.*s is %s", is_port ? "port" : "volume", BYTES_FMT(brief(x->value)),
		      is_wanted ? "not declared" : "declared");
}

static void check_words(struct test_run *t, const struct cst_expect *x)
{
	const struct oci_config *c = t->in->config;
	bool is_cmd = x->member == CST_CMD;
	const struct oci_texts *have = is_cmd ? &c->cmd : &c->entrypoint;
	bool is_same = have->n == x->list.n;
	for (size_t i = 0; is_same && i < have->n; i++)
		is_same = bytes_eq(have->v[i], x->list.v[i]);
	if (!is_same)
		FAULT(t, "the %s is another: it has %zu words, %zu are expected",
		      is_cmd ? "command" : "entrypoint", have->n, x->list.n);
}

static void check_one(struct test_run *t, const struct cst_expect *x)
{
	const struct oci_config *c = t->in->config;
	bool is_user = x->member == CST_USER;
	struct bytes have = is_user ? c->user : c->working_dir;
	if (!bytes_eq(have, x->value))
		FAULT(t, "the %s is \"%.*s\", not \"%.*s\"", is_user ? "user" : "working folder",
		      BYTES_FMT(brief(have)), BYTES_FMT(brief(x->value)));
}

static void run_metadata(struct test_run *t, const struct cst_test *c)
{
	static void (*const checks[])(struct test_run * t, const struct cst_expect *x) = {
		[CST_ENV] = check_pair,         [CST_NO_ENV] = check_pair,
		[CST_LABEL] = check_pair,       [CST_PORT] = check_listed,
		[CST_NO_PORT] = check_listed,   [CST_VOLUME] = check_listed,
		[CST_NO_VOLUME] = check_listed, [CST_ENTRYPOINT] = check_words,
		[CST_CMD] = check_words,        [CST_WORKDIR] = check_one,
		[CST_USER] = check_one,
	};
	if (!t->in->config) {
		t->hole = "a root file system has no config";
		return;
	}
	for (size_t i = 0; i < c->n_expects; i++)
		checks[c->expects[i].member](t, &c->expects[i]);
}

/* ---- one test ---- */

static void (*const runs[CST__MAX])(struct test_run *t, const struct cst_test *c) = {
	[CST_CONTENT] = run_content,
	[CST_EXISTS] = run_exists,
	[CST_LICENSE] = run_license,
	[CST_METADATA] = run_metadata,
};

/* "File Content Test: NAME"; equal ones are told apart. */
static struct bytes name_of(struct test_run *t, const struct cst_test *c)
{
	struct bytes name = bytes_str(arena_printf(t->r->arena, "%s%s%.*s", cst_kind_name(c->kind),
	                                           c->name.n ? ": " : "", BYTES_FMT(c->name)));
	uint64_t nth = ++map_put(t->names, name, NULL)->u;
	return nth == 1 ? name
	                : bytes_str(arena_printf(t->r->arena, "%.*s (%ju)", BYTES_FMT(name),
	                                         (uintmax_t)nth));
}

static void row(struct test_run *t, enum coverage_status status, const char *code,
                struct bytes name, const char *why)
{
	report_cover(t->r,
	             (struct coverage){.check = CHECK_TEST,
	                               .status = status,
	                               .code = code,
	                               .layer = -1,
	                               .path = arena_dup(t->r->arena, t->path)},
	             "%.*s%s%s", BYTES_FMT(name), why ? ": " : "", why ? why : "");
}

static void fail(struct test_run *t, struct bytes name)
{
	struct finding *f = report_finding(t->r);
	f->check = CHECK_TEST;
	f->id = name;
	f->severity = SEV_HIGH;
	f->severity_source = B("assay");
	f->title = B("A test of the image failed");
	f->reason = bytes_str(arena_printf(t->r->arena, "%.*s: %.*s", BYTES_FMT(t->file->file),
	                                   BYTES_FMT(buf_bytes(&t->faults))));
	f->location.path = arena_dup(t->r->arena, t->path);
	f->location.layer = t->layer;
	f->source.feed = arena_dup(t->r->arena, t->file->file);
}

static void run_one(struct test_run *t, const struct cst_test *c)
{
	struct bytes name = name_of(t, c);
	buf_reset(&t->faults);
	t->hole = NULL;
	t->path = (struct bytes){NULL, 0};
	t->layer = -1;
	if (!runs[c->kind]) {
		row(t, COVERAGE_SKIPPED, "test.skipped", name,
		    "commands are not run: there is no sandbox yet");
		return;
	}
	runs[c->kind](t, c);
	t->n_run++;
	if (t->faults.n)
		fail(t, name);
	else if (t->hole)
		row(t, COVERAGE_INCOMPLETE, "test.incomplete", name, t->hole);
	else
		row(t, COVERAGE_COMPLETE, "test.passed", name, NULL);
}

void judge_tests(const struct judge_input *in, const struct judge_questions *q,
                 const struct cst *tests, size_t n, struct report *r)
{
	AUTO_MAP struct map *names = map_new();
	struct test_run t = {.in = in, .q = q, .r = r, .names = names};
	buf_init(&t.faults, FAULTS_LEN + 16);
	for (size_t i = 0; i < n; i++) {
		t.file = &tests[i];
		t.a = arena_new(); /* what was said of one file of tests */
		for (size_t k = 0; k < tests[i].n; k++)
			run_one(&t, &tests[i].v[k]);
		arena_free(t.a);
	}
	buf_fini(&t.faults);
	if (n && !t.n_run)
		report_cover(r,
		             (struct coverage){.check = CHECK_TEST,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "test.none",
		                               .layer = -1},
		             "not one test could be run: nothing was tested");
}
