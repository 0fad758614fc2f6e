/* SPDX-License-Identifier: Apache-2.0 */
/* yara_engine.c - libyara over one file, held whole, in a confined worker. */
#include "inspect/yara_parts.h"

#include <stdlib.h>
#include <string.h>
#include <yara.h>

struct engine {
	YR_RULES *rules;
	YR_SCANNER *scanner;
	const struct yara_sink *sink;
	size_t n; /* rules that the file met */
};

static int prepare(struct err *e)
{
	return yr_initialize() == ERROR_SUCCESS ? 0
	                                        : err_set(e, ERR_CONFINE, "libyara does not start");
}

static size_t read_some(void *p, size_t size, size_t count, void *arg)
{
	struct bytes *rest = arg;
	if (size * count > rest->n)
		return 0;
	if (size && count)
		memcpy(p, rest->p, size * count);
	*rest = bytes_skip(*rest, size * count);
	return count;
}

/* The first match of a string; false: it has none but private ones.  libyara does not align them.
 */
static bool first_match(const YR_SCAN_CONTEXT *context, const YR_STRING *string, YR_MATCH *ret)
{
	for (const void *at = context->matches[string->idx].head; at; at = ret->next) {
		memcpy(ret, at, sizeof *ret);
		if (!ret->is_private)
			return true;
	}
	return false;
}

static void matched(struct engine *y, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
	char name[600];
	struct yara_hit hit = {.at = 0};
	YR_STRING *string;
	snprintf(name, sizeof name, "%s:%s", rule->ns->name, rule->identifier);
	hit.name = bytes_str(name);
	yr_rule_strings_foreach(rule, string)
	{
		YR_MATCH match;
		if (!hit.string.n && first_match(context, string, &match)) {
			hit.string = bytes_str(string->identifier);
			hit.at = (uint64_t)(match.base + match.offset);
		}
	}
	if (y->n++ < (size_t)MALWARE_HITS_MAX)
		y->sink->found(y->sink->arg, &hit);
}

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data, void *arg)
{
	if (message == CALLBACK_MSG_RULE_MATCHING)
		matched(arg, context, data);
	return CALLBACK_CONTINUE;
}

static void finish(void *arg)
{
	struct engine *y = arg;
	if (!y)
		return;
	if (y->scanner)
		yr_scanner_destroy(y->scanner);
	if (y->rules)
		yr_rules_destroy(y->rules);
	free(y);
}

static int start(struct bytes compiled, void **ret, struct err *e)
{
	struct engine *y = mem_zalloc(sizeof *y);
	YR_STREAM from = {.user_data = &compiled, .read = read_some};
	if (yr_rules_load_stream(&from, &y->rules) != ERROR_SUCCESS ||
	    yr_scanner_create(y->rules, &y->scanner) != ERROR_SUCCESS) {
		y->scanner = NULL;
		finish(y);
		return err_set(e, ERR_FORMAT, "libyara does not take the compiled rules");
	}
	yr_scanner_set_callback(y->scanner, on_message, y);
	yr_scanner_set_timeout(y->scanner, (int)YARA_SECONDS_MAX);
	yr_scanner_set_flags(y->scanner, SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
	*ret = y;
	return 0;
}

static void name_it(struct engine *y, const char *variable, const char *before, struct bytes text)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 2 * (size_t)PATH_LEN_MAX);
	buf_addf(&b, "%s%.*s", before, BYTES_FMT(text));
	yr_scanner_define_string_variable(y->scanner, variable, buf_cstr(&b));
}

/* A rule that asks for a name gets what scanners of its world give it. */
static void name_file(struct engine *y, struct bytes path)
{
	struct bytes base = path_base(path);
	ssize_t dot = bytes_rfind(base, '.');
	name_it(y, "filepath", "/", path);
	name_it(y, "filename", "", base);
	name_it(y, "extension", "", bytes_skip(base, dot < 0 ? base.n : (size_t)dot));
}

static int scan(void *arg, struct bytes path, struct bytes content, const struct yara_sink *sink,
                struct err *e)
{
	struct engine *y = arg;
	y->sink = sink;
	y->n = 0;
	name_file(y, path);
	int rc = yr_scanner_scan_mem(y->scanner, content.p, content.n);
	if (rc == ERROR_SCAN_TIMEOUT)
		return err_set(e, ERR_LIMIT, "YARA took more than %lld seconds",
		               (long long)YARA_SECONDS_MAX);
	if (rc != ERROR_SUCCESS)
		return err_set(e, ERR_FORMAT, "YARA gave up (error %d)", rc);
	if (y->n > (size_t)MALWARE_HITS_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld rules match",
		               (long long)MALWARE_HITS_MAX);
	return 0;
}

const struct yara_engine yara_engine = {prepare, start, scan, finish};
