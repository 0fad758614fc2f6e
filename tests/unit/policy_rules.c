/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_rules.c - policies: verdicts, inheritance, bounds, and every way to fail open that we
 * could think of: each must refuse, be incomplete, or be an error when the policy is loaded.
 */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "render/render.h"
#include "test.h"

#define DIGEST "sha256:4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a0001"
#define NOW    INT64_C(1800000000) /* 2027-01-15T08:00:00Z */

/* A report that every sane policy admits; what is different is written over it. */
static const char clean[] =
	"{'schema':'assay.report/v1','tool':{'name':'assay','version':'0.1.0','confinement':null},"
	"'image':{'reference':'registry:registry.internal/shop/web:1.2','digest':'" DIGEST "',"
	"'config_digest':null,'platform':'linux/"
	"amd64','user':{'declared':'10001','uid':10001,'gid':10001,"
	"'privilege':'confined'},'layers':[{'digest':'sha256:1','diff_id':'sha256:2','size':10,"
	"'created_by':'COPY . "
	"/','origin':'app'}],'config':{'user':'10001','entrypoint':['/web'],'cmd':[],"
	"'env':[],'exposed_ports':['8080/tcp'],'labels':{'team':'shop'}}},"
	"'os':{'id':'debian','version':'12','name':'Debian "
	"12','eol':'2028-06-30','content_sets':null},"
	"'lineage':[{'reference':'registry.internal/approved/"
	"debian:12','digest':null,'layers':1,'by':'layers'}],"
	"'packages':[{'purl':'pkg:deb/debian/"
	"zlib1g@1.2','type':'deb','name':'zlib1g','version':'1.2',"
	"'arch':'amd64','source':null,'licenses':['Zlib'],'vendor':null,'maintainer':null,'"
	"repository':null,"
	"'module':null,'third_party':false,'layer':0,'paths':[]}],'findings':[],"
	"'coverage':[{'check':'vulnerability','status':'complete','code':'','layer':null,'path':"
	"null,'detail':''},"
	"{'check':'user','status':'complete','code':'','layer':null,'path':null,'detail':''}],"
	"'verdict':null}";

#define FINDING(check, severity, more)                                                             \
	"{'check':'" check "','id':'CVE-2027-1','severity':'" severity "','title':null,"           \
	"'package':'pkg:deb/debian/zlib1g@1.2','installed':'1.2','fixed':'1.3','status':'fixed',"  \
	"'location':{'layer':0,'path':'usr/lib/z','line':null,'deleted':false},'reason':'r',"      \
	"'epss':null,'kev':false,'cvss':null,'references':[],"                                     \
	"'fingerprint':'0123456789abcdef0123456789abcdef','waived':null" more "}"

static const char needs[] = "version: 1\nname: p\nneeds: [vulnerability, user]\nrules:\n";

/* The clean report with `from` replaced by `to`, ' for ". */
static struct report *report_of(const char *from, const char *to, struct err *e)
{
	AUTO_BUF struct buf b;
	struct report *r = NULL;
	const char *at = from ? strstr(clean, from) : NULL;
	buf_init(&b, 1 << 20);
	if (from && !at) {
		err_set(e, ERR_INTERNAL, "no %s in the report", from);
		return NULL;
	}
	if (at) {
		buf_add(&b, bytes_of(clean, (size_t)(at - clean)));
		buf_adds(&b, to);
		buf_adds(&b, at + strlen(from));
	} else {
		buf_adds(&b, clean);
	}
	for (size_t i = 0; i < b.n; i++)
		b.p[i] = b.p[i] == '\'' ? '"' : b.p[i];
	report_read(buf_bytes(&b), "report.json", &r, e);
	return r;
}

struct asked {
	const char *rules, *from, *to, *waivers;
	struct policy_scope scope;
};

/* "admit", "refuse", "incomplete", or "error: ...". */
static const char *verdict_of(const struct asked *a, char *text, size_t size)
{
	AUTO_BUF struct buf doc;
	struct err e = {.msg = ""};
	struct policy *p = NULL;
	struct waivers *w = waivers_new();
	struct report *r = NULL;
	struct policy_scope scope = a->scope;
	struct policy_judgement j;
	scope.now_s = scope.now_s ? scope.now_s : NOW;
	buf_init(&doc, 1 << 20);
	bool is_whole = strncmp(a->rules, "version", 7) == 0;
	buf_adds(&doc, is_whole ? "" : needs);
	buf_adds(&doc, a->rules);
	if (policy_parse(buf_bytes(&doc), "p.yaml", NULL, &p, &e) < 0 ||
	    (a->waivers && waivers_parse_yaml(w, bytes_str(a->waivers), "w.yaml", &e) < 0) ||
	    policy_waivers(p, w, scope.now_s, &e) < 0 || !(r = report_of(a->from, a->to, &e))) {
		snprintf(text, size, "error: %s", e.msg);
	} else {
		report_sort(r);
		waivers_apply(w, r, scope.now_s);
		policy_judge(p, &scope, r, &j);
		snprintf(text, size, "%s", verdict_name(j.result));
		for (size_t i = 0; i < r->verdict.reasons.n; i++)
			snprintf(text + strlen(text), size - strlen(text), "|%.*s",
			         BYTES_FMT(r->verdict.reasons.v[i]));
	}
	report_free(r);
	policy_free(p);
	waivers_free(w);
	return text;
}

#define ROOT     "- {id: r, require: image.user.uid > 0}\n"
#define CRITICAL "- {id: r, refuse: finding.severity == \"critical\"}\n"
#define BASES                                                                                      \
	"- id: r\n  require: lineage.size() > 0 && lineage.all(b, b.by in [\"provenance\", "       \
	"\"layers\"] && b.reference.startsWith(\"registry.internal/approved/\"))\n"
#define TESTED                                                                                     \
	"- {id: r, require: 'evidence.exists(e, e.phase == \"test\" && e.result == "               \
	"\"passed\")'}\n"
#define WAIVER(more) "waivers:\n- {id: CVE-2027-1, owner: a@x, reason: r, " more "}\n"

/* clang-format off */
static const struct {
	const char *name, *rules, *from, *to, *waivers, *starts;
} cases[] = {
	{"the clean report", ROOT, NULL, NULL, NULL, "admit"},
	{"a critical finding", CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", NULL, "refuse|r: CVE-2027-1 in pkg"},
	{"one that is not", CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "high", "") "]", NULL, "admit"},
	{"a waived one", CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", WAIVER("until: 2027-01-31"), "admit"},
	/* users: the uid decides, however the name is written */
	{"user root", ROOT, "'declared':'10001','uid':10001", "'declared':'root','uid':0", NULL, "refuse"},
	{"user root:root", ROOT, "'declared':'10001','uid':10001", "'declared':'root:root','uid':0", NULL, "refuse"},
	{"user 0:0", ROOT, "'declared':'10001','uid':10001", "'declared':'0:0','uid':0", NULL, "refuse"},
	{"user 00", ROOT, "'declared':'10001','uid':10001", "'declared':'00','uid':0", NULL, "refuse"},
	{"a name that maps to uid 0", ROOT, "'declared':'10001','uid':10001", "'declared':'toor','uid':0", NULL, "refuse"},
	{"no user at all", ROOT, "'declared':'10001','uid':10001", "'declared':'','uid':0", NULL, "refuse"},
	{"a user that is not known", ROOT, "'uid':10001", "'uid':-1", NULL, "refuse"},
	{"a uid that is a text", ROOT, "'uid':10001", "'uid':'10001'", NULL, "refuse"},
	{"a uid that is missing", ROOT, "'uid':10001,", "", NULL, "refuse"},
	{"no config", "- {id: r, require: 'image.config.user != \"root\"'}\n", "'config':{", "'config':null,'other':{", NULL, "incomplete"},
	/* lineage */
	{"an empty lineage", BASES, "'lineage':[{'reference':'registry.internal/approved/debian:12','digest':null,'layers':1,'by':'layers'}]", "'lineage':[]", NULL, "refuse"},
	{"a base known by a label only", BASES, "'by':'layers'", "'by':'label'", NULL, "refuse"},
	{"a base that only begins like one", BASES, "registry.internal/approved/", "registry.internal/approved.evil/", NULL, "refuse"},
	{"a base of another case", BASES, "registry.internal/approved/", "Registry.internal/approved/", NULL, "refuse"},
	/* checks */
	{"a check that is incomplete", CRITICAL, "'vulnerability','status':'complete'", "'vulnerability','status':'incomplete'", NULL, "incomplete"},
	{"a check that was skipped", CRITICAL, "'vulnerability','status':'complete'", "'vulnerability','status':'skipped'", NULL, "incomplete"},
	{"a check without a row", CRITICAL, "{'check':'vulnerability','status':'complete','code':'','layer':null,'path':null,'detail':''},", "", NULL, "incomplete"},
	{"no coverage at all", CRITICAL, "'coverage':[{", "'coverage':[],'x':[{", NULL, "incomplete"},
	{"a policy that names no check needs all", "version: 1\nname: p\nrules:\n" CRITICAL, NULL, NULL, NULL, "incomplete"},
	{"a check that a rule needs", "- {id: r, refuse: finding.kev, needs: secret}\n", NULL, NULL, NULL, "incomplete"},
	{"a check that was left out in part", CRITICAL, "'coverage':[", "'coverage':[{'check':'vulnerability','status':'skipped','code':'packages.library','layer':null,'path':null,'detail':'left out by --pkg-types'},", NULL, "incomplete|the check vulnerability is needed and was left out: left out by --pkg-types"},
	{"files of which the digests alone were verified", "- {id: r, refuse: finding.kev, needs: file}\n", "'coverage':[", "'coverage':[{'check':'file','status':'complete','code':'layers.verified','layer':null,'path':null,'detail':''},", NULL, "incomplete|the check file is needed and was not made"},
	{"findings that filters left out", CRITICAL, "'verdict':null", "'summary':{'suppressed':5,'filtered':2},'verdict':null", NULL, "incomplete|2 findings are not in the report"},
	{"findings that an older assay left out", CRITICAL, "'verdict':null", "'summary':{'suppressed':5},'verdict':null", NULL, "incomplete|5 findings are not in the report"},
	{"findings that VEX took out", CRITICAL, "'verdict':null", "'summary':{'suppressed':5,'filtered':0},'verdict':null", NULL, "admit"},
	{"a refusal wins over incomplete", ROOT, "'declared':'10001','uid':10001", "'declared':'','uid':0", NULL, "refuse"},
	/* expressions */
	{"a misspelt field", "- {id: r, refuse: finding.severty == \"critical\"}\n", NULL, NULL, NULL, "error: p.yaml:5:27: finding has no field severty: is severity meant?"},
	{"a misspelt variable", "- {id: r, require: imag.user.uid > 0}\n", NULL, NULL, NULL, "error: p.yaml:5:20: there is no variable imag: is image meant?"},
	{"a misspelt field in a folded text", "- id: r\n  require: >-\n    image.user.uid > 0 &&\n    image.usr.gid > 0\n", NULL, NULL, NULL, "error: p.yaml:8:11: image has no field usr: is user meant?"},
	{"a misspelt field in the message", "- {id: r, refuse: finding.kev, message: \"{finding.idd}\"}\n", NULL, NULL, NULL, "error: p.yaml:5:42: \"{finding.idd}\": finding has no field idd: is id meant?"},
	{"a misspelt key", "- {id: r, refuze: finding.kev}\n", NULL, NULL, NULL, "error: p.yaml:5:19: unknown key \"refuze\": is \"refuse\" meant?"},
	{"an expression that gives no bool", "- {id: r, require: image.user.uid}\n", NULL, NULL, NULL, "error: p.yaml:5:20: the expression gives no bool"},
	{"an empty expression", "- {id: r, require: ''}\n", NULL, NULL, NULL, "error: p.yaml:5:21: an expression is wanted"},
	{"an error while it is evaluated", "- {id: r, require: 10 / (image.user.uid - 10001) > 0}\n", NULL, NULL, NULL, "incomplete|r: could not be decided: division by zero"},
	{"a refuse that cannot be evaluated", "- {id: r, refuse: finding.epss > 0.9}\n", "'findings':[]", "'findings':[" FINDING("vulnerability", "low", "") "]", NULL, "incomplete"},
	{"a list of the policy that it does not have", "- {id: r, require: '\"a\" in values.bases'}\n", NULL, NULL, NULL, "error: p.yaml:5:35: the policy has no list bases"},
	{"a list that is misspelt", "version: 1\nname: p\nvalues: {bases: [a]}\nrules:\n- {id: r, require: '\"a\" in values.basses'}\n", NULL, NULL, NULL, "error: p.yaml:5:35: the policy has no list basses: is bases meant?"},
	{"a list that is asked for first", "- {id: r, require: '!has(values.bases) || \"a\" in values.?bases.orValue([])'}\n", NULL, NULL, NULL, "admit"},
	{"a word that is misspelt", "- {id: r, refuse: finding.severity == \"hihg\"}\n", NULL, NULL, NULL, "error: p.yaml:5:36: severity is never \"hihg\": is \"high\" meant?"},
	{"a word in capitals", "- {id: r, refuse: 'finding.severity in [\"critical\", \"HIGH\"]'}\n", NULL, NULL, NULL, "error: p.yaml:5:37: severity is never \"HIGH\": is \"high\" meant?"},
	{"a word in another alphabet", "- {id: r, refuse: finding.severity == \"\xd1\x81ritical\"}\n", NULL, NULL, NULL, "error: p.yaml:5:36: severity is never"},
	{"a check that is none", "- {id: r, refuse: '\"vuln\" == finding.check'}\n", NULL, NULL, NULL, "error: p.yaml:5:27: check is never \"vuln\""},
	{"a status of coverage is another set", "- {id: r, refuse: 'coverage.exists(c, c.status == \"incomplete\" && c.check == \"user\")'}\n", NULL, NULL, NULL, "admit"},
	{"a word within another", "- {id: r, refuse: 'finding.severity.startsWith(\"crit\")'}\n", NULL, NULL, NULL, "admit"},
	{"a class that there is not", "version: 1\nname: p\nclasses: [{name: web, when: 'true'}]\nrules:\n- {id: r, refuse: finding.kev, classes: wep}\n", NULL, NULL, NULL, "error: p.yaml:5:41: there is no class wep: is web meant?"},
	{"a class that is a text", "version: 1\nname: p\nclasses: [web]\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:3:10: a class is a mapping"},
	{"a key that begins like those of the reader", "- {id: r, refuse: finding.kev, '@waivable': false}\n", NULL, NULL, NULL, "error: p.yaml:5:45: unknown key \"@waivable\""},
	{"a message that is a list", "- {id: r, refuse: finding.kev, message: [x]}\n", NULL, NULL, NULL, "error: p.yaml:5:41: \"message\" is a text"},
	{"a source that is a mapping", "- {id: r, refuse: finding.kev, source: {a: b}}\n", NULL, NULL, NULL, "error: p.yaml:5:40: \"source\" is a text"},
	{"waivers of a policy that are a list", "version: 1\nname: p\nwaivers: [w.yaml]\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:3:10: \"waivers\" is a mapping"},
	{"a value that is not there", "version: 1\nname: p\nextends:\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:3:8: the path of a policy is wanted"},
	{"a tag", "- {id: r, refuse: !!bool false}\n", NULL, NULL, NULL, "error: p.yaml:5:19: tags are not read"},
	{"an evaluation without end", "- {id: r, require: 'lists.range(4000).all(x, lists.range(4000).all(y, x + y >= 0)) || true'}\n", NULL, NULL, NULL, "incomplete"},
	{"a pattern that is none", "- {id: r, refuse: 'finding.id.matches(\"(\")'}\n", NULL, NULL, NULL, "error: p.yaml:5:"},
	/* policies */
	{"no rules", "version: 1\nname: p\nrules: []\n", NULL, NULL, NULL, "error: p.yaml:3:8: the policy has no rules"},
	{"an empty document", "version: 1\n", NULL, NULL, NULL, "error: p.yaml:1:1: a policy needs a name"},
	{"another version", "version: 2\nname: p\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:1:10: the version of policies"},
	{"a rule twice", ROOT ROOT, NULL, NULL, NULL, "error: p.yaml:6:8: a rule of this id stands above"},
	{"a key twice", "- id: r\n  require: image.user.uid > 0\n  require: true\n", NULL, NULL, NULL, "error: p.yaml:7:3: the key stands here twice"},
	{"an anchor", "- &a {id: r, require: image.user.uid > 0}\n", NULL, NULL, NULL, "error: p.yaml:5:3: anchors are not read"},
	{"a merge", "- {id: r, <<: {require: image.user.uid > 0}}\n", NULL, NULL, NULL, "error: p.yaml:5:11: merge keys are not read"},
	{"two in one rule", "- {id: r, require: image.user.uid > 0, refuse: finding.kev}\n", NULL, NULL, NULL, "error: p.yaml:5:20: a rule has one of"},
	{"a check that there is not", "version: 1\nname: p\nneeds: [bogus]\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:3:8: there is no check"},
	{"require of a finding", "- {id: r, require: '!finding.kev'}\n", NULL, NULL, NULL, "error: p.yaml:5:21: require is asked of the image"},
	{"rules that are no list", "version: 1\nname: p\nrules: {id: r}\n", NULL, NULL, NULL, "error: p.yaml:3:8: \"rules\" must be a list"},
	{"an id of two lines", "- {id: \"r\\nadmit\", require: 'true'}\n", NULL, NULL, NULL, "error: p.yaml:5:9: \"id\" is one line"},
	{"an id with a bell", "- {id: \"r\\a\", require: 'true'}\n", NULL, NULL, NULL, "error: p.yaml:5:9: \"id\" is one line"},
	{"an id that is blank", "- {id: ' ', require: 'true'}\n", NULL, NULL, NULL, "error: p.yaml:5:10: \"id\" is one line"},
	{"an id that is a list", "- {id: [r], require: 'true'}\n", NULL, NULL, NULL, "error: p.yaml:5:8: \"id\" is a text"},
	{"a name of two lines", "version: 1\nname: \"p\\nq\"\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:2:8: \"name\" is one line"},
	/* waivers */
	{"one that ended yesterday", CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", WAIVER("until: 2027-01-14"), "refuse"},
	{"one that ended in another time zone", CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", WAIVER("until: \"2027-01-15T09:59:59+02:00\""), "refuse"},
	{"one without end", CRITICAL, NULL, NULL, "waivers:\n- {id: CVE-2027-1, owner: a, reason: r}\n", "error: w.yaml:2:3: a waiver needs an end"},
	{"one without owner", CRITICAL, NULL, NULL, "waivers:\n- {id: CVE-2027-1, until: 2027-02-01, reason: r}\n", "error: w.yaml:2:3: a waiver needs an owner"},
	{"one whose end is no day", CRITICAL, NULL, NULL, WAIVER("until: soon"), "error: w.yaml:2:50: \"soon\" is not a date"},
	{"one with a misspelt condition", CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01, pakage: x"), "error: w.yaml:2:70: unknown key \"pakage\"; did you mean \"package\"?"},
	{"one whose condition is a list", CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01, path: [x]"), "error: w.yaml:2:68: \"path\" must be a text"},
	{"a waiver twice over", CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01, owner: b"), "error: w.yaml:2:62: the key stands here twice"},
	{"an anchor among waivers", CRITICAL, NULL, NULL, "waivers:\n- &a {id: x, owner: o, reason: r, until: 2027-02-01}\n- *a\n", "error: w.yaml:2:3: anchors are not read"},
	{"a merge among waivers", CRITICAL, NULL, NULL, "waivers:\n- {<<: {id: x}, owner: o, reason: r, until: 2027-02-01}\n", "error: w.yaml:2:4: merge keys are not read"},
	{"waivers that are none", CRITICAL, NULL, NULL, "waivers: all\n", "error: w.yaml:1:10: holds no list"},
	{"waivers where the policy takes none", "version: 1\nname: p\nwaivers: {sealed: true}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01"), "error: w.yaml:2:3: the policy takes no waivers but its own"},
	{"needs of another type", "version: 1\nname: p\nneeds: {user: true}\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:3:8: \"needs\" must be a list of texts"},
	{"needs that are empty", "version: 1\nname: p\nneeds: []\nrules:\n" ROOT, NULL, NULL, NULL, "error: p.yaml:3:8: \"needs\" is empty"},
	{"places that are empty", "- {id: r, refuse: finding.kev, environments: []}\n", NULL, NULL, NULL, "error: p.yaml:5:46: \"environments\" is empty"},
	{"waivable that is neither", "- {id: r, refuse: finding.kev, waivable: perhaps}\n", NULL, NULL, NULL, "error: p.yaml:5:42: \"waivable\" is true or false"},
	{"a rule that is a text", "- never\n", NULL, NULL, NULL, "error: p.yaml:5:1: a rule is a mapping"},
	{"one for everything, where none may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, "waivers:\n- {id: '*', owner: a, reason: r, until: 2027-02-01}\n", "error: w.yaml:2:3: the policy wants waivers that name"},
	{"one for every CVE, where none may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, "waivers:\n- {id: 'CVE-*', owner: a, reason: r, until: 2027-02-01}\n", "error: w.yaml:2:3: the policy wants waivers that name"},
	{"one for every package, where none may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, "waivers:\n- {package: 'pkg:*/**', owner: a, reason: r, until: 2027-02-01}\n", "error: w.yaml:2:3: the policy wants waivers that name"},
	{"one for every path, where none may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, "waivers:\n- {path: '/**', owner: a, reason: r, until: 2027-02-01}\n", "error: w.yaml:2:3: the policy wants waivers that name"},
	{"one for every path but one letter, where none may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, "waivers:\n- {path: '**/?*', check: vulnerability, owner: a, reason: r, until: 2027-02-01}\n", "error: w.yaml:2:3: the policy wants waivers that name"},
	{"one for a whole check, where none may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, "waivers:\n- {check: vulnerability, owner: a, reason: r, until: 2027-02-01}\n", "error: w.yaml:2:3: the policy wants waivers that name"},
	{"one that names an id, with a pattern for the path, where no wildcards may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", "waivers:\n- {id: CVE-2027-1, path: 'usr/**', owner: a, reason: r, until: 2027-02-01}\n", "admit"},
	{"one that names a package, with a pattern for the id, where no wildcards may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", "waivers:\n- {package: pkg:deb/debian/zlib1g, id: 'CVE-*', owner: a, reason: r, until: 2027-02-01}\n", "admit"},
	{"one that names a path, where no wildcards may be", "version: 1\nname: p\nwaivers: {wildcards: false}\nneeds: [vulnerability]\nrules:\n" CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", "waivers:\n- {path: usr/lib/z, owner: a, reason: r, until: 2027-02-01}\n", "admit"},
	{"one that is approved by blank", "version: 1\nname: p\nwaivers: {four_eyes: true}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01, approved_by: ' '"), "error: w.yaml:2:76: \"approved_by\" must be a text without"},
	{"one that is approved by its owner with a blank behind", "version: 1\nname: p\nwaivers: {four_eyes: true}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01, approved_by: 'a@x '"), "error: w.yaml:2:76: \"approved_by\" must be a text without"},
	{"one that is approved by its owner with a mark that nobody sees", "version: 1\nname: p\nwaivers: {four_eyes: true}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01, approved_by: \"a@x\\u200b\""), "error: w.yaml:2:76: \"approved_by\" must be a text without"},
	{"one whose owner is blank", CRITICAL, NULL, NULL, "waivers:\n- {id: CVE-2027-1, owner: ' ', reason: r, until: 2027-02-01}\n", "error: w.yaml:2:"},
	{"one whose reason is blank", CRITICAL, NULL, NULL, "waivers:\n- {id: CVE-2027-1, owner: a, reason: ' ', until: 2027-02-01}\n", "error: w.yaml:2:"},
	{"one that nobody approved", "version: 1\nname: p\nwaivers: {four_eyes: true}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01"), "error: w.yaml:2:3: the policy wants four eyes"},
	{"one that its owner approved", "version: 1\nname: p\nwaivers: {four_eyes: true}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, WAIVER("until: 2027-02-01, approved_by: A@x"), "error: w.yaml:2:3: the policy wants four eyes"},
	{"one that holds too long", "version: 1\nname: p\nwaivers: {max_days: 30}\nneeds: [vulnerability]\nrules:\n" CRITICAL, NULL, NULL, WAIVER("until: 2027-06-01"), "error: w.yaml:2:3: the policy lets a waiver hold"},
	{"one for what may not be waived", "- {id: r, refuse: finding.severity == \"critical\", waivable: false}\n", "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", WAIVER("until: 2027-02-01"), "refuse"},
	{"the report's own word that it is waived, in require", "- {id: r, require: 'findings.all(f, f.severity != \"critical\")'}\n", "'findings':[]", "'findings':[" FINDING("vulnerability", "critical", "") "]", WAIVER("until: 2027-02-01"), "refuse"},
	/* evidence and reports */
	{"no evidence", TESTED, NULL, NULL, NULL, "refuse"},
	{"evidence that all of nothing is", "- {id: r, require: 'evidence.all(e, e.result == \"passed\") && evidence.size() > 0'}\n", NULL, NULL, NULL, "refuse"},
	{"a report of nobody", ROOT, "'name':'assay'", "'name':'other'", NULL, "error: report.json: made by \"other\", not by assay"},
	{"a report of a newer assay", ROOT, "assay.report/v1", "assay.report/v9", NULL, "error: report.json: schema assay.report/v9, made by a newer assay"},
	{"a document of another schema", ROOT, "assay.report/v1", "cyclonedx", NULL, "error: report.json: schema \"cyclonedx\" is not"},
	{"a report without findings", ROOT, "'findings':[],", "", NULL, "error: report.json: holds no list \"findings\""},
	{"findings that are null", ROOT, "'findings':[]", "'findings':null", NULL, "error: report.json: holds no list \"findings\""},
	{"a severity that is none", CRITICAL, "'findings':[]", "'findings':[" FINDING("vulnerability", "critikal", "") "]", NULL, "error: report.json: finding CVE-2027-1 has no check, severity"},
	{"a status of coverage that is none", CRITICAL, "'vulnerability','status':'complete'", "'vulnerability','status':'fine'", NULL, "error: report.json: a row of coverage"},
	{"a verdict that is none", CRITICAL, "'verdict':null", "'verdict':{'result':'ok','policy':null,'reasons':[]}", NULL, "error: report.json: the verdict \"ok\" is none"},
	{"a uid that is 0 to a kernel", ROOT, "'uid':10001", "'uid':4294967296", NULL, "refuse"},
	{"the uid that is none", ROOT, "'uid':10001", "'uid':4294967295", NULL, "refuse"},
	{"the last uid there is", ROOT, "'uid':10001", "'uid':4294967294", NULL, "admit"},
	/* where */
	{"a rule of an environment that is not said", "- {id: r, require: image.user.uid == 0, environments: production}\n", NULL, NULL, NULL, "refuse"},
	{"a rule of another repository", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/pay/**'}\n", NULL, NULL, NULL, "admit"},
	{"a rule of its repository", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/shop/**'}\n", NULL, NULL, NULL, "refuse"},
	{"a repository that is not known", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/pay/**'}\n", "registry:registry.internal/shop/web:1.2", "/tmp/web.tar", NULL, "refuse"},
	{"the repository of an archive without a folder", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/pay/**'}\n", "registry:registry.internal/shop/web:1.2", "docker-archive:web.tar", NULL, "refuse"},
	{"that of a layout with a tag", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/pay/**'}\n", "registry:registry.internal/shop/web:1.2", "oci:layout:1.2", NULL, "refuse"},
	{"that of a bare path", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/pay/**'}\n", "registry:registry.internal/shop/web:1.2", "web.tar", NULL, "refuse"},
	{"that of an image known by its id alone", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/pay/**'}\n", "registry:registry.internal/shop/web:1.2", "docker:4f8ac1c7b1d2", NULL, "refuse"},
	{"a repository in another case", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/Shop/**'}\n", "registry:registry.internal/shop/web:1.2", "registry:Registry.Internal/shop/web:1.2", NULL, "refuse"},
	{"one of containers-storage", "- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/shop/**'}\n", "registry:registry.internal/shop/web:1.2", "containers-storage:registry.internal/shop/web:1.2", NULL, "refuse"},
	{"a short name of Docker Hub", "- {id: r, require: image.user.uid == 0, repositories: 'docker.io/library/**'}\n", "registry:registry.internal/shop/web:1.2", "nginx:1.2", NULL, "refuse"},
	{"one of its users", "- {id: r, require: image.user.uid == 0, repositories: 'docker.io/shop/web'}\n", "registry:registry.internal/shop/web:1.2", "registry:index.docker.io/shop/web@sha256:12", NULL, "refuse"},
	{"the short name as a pattern", "- {id: r, require: image.user.uid == 0, repositories: nginx}\n", "registry:registry.internal/shop/web:1.2", "registry:nginx:1.2", NULL, "refuse"},
	{"a rule's own place in a policy that has others", "version: 1\nname: p\nneeds: [vulnerability]\nrepositories: ['a/**', 'b/**', 'c/**']\nrules:\n- {id: r, require: image.user.uid == 0, repositories: 'registry.internal/shop/**'}\n", NULL, NULL, NULL, "refuse"},
	{"a place that is blank", "- {id: r, refuse: finding.kev, environments: ' '}\n", NULL, NULL, NULL, "error: p.yaml:5:48: \"environments\" names nothing"},
	{"a class that cannot be told", "version: 1\nname: p\nneeds: [vulnerability]\nclasses: [{name: web, when: os.ended}]\nrules:\n- {id: r, require: image.user.uid == 0, classes: web}\n", "'eol':'2028-06-30'", "'eol':null", NULL, "refuse"},
	{"a class it is in", "version: 1\nname: p\nneeds: [vulnerability]\nclasses: [{name: web, when: image.config.exposed_ports.size() > 0}]\nrules:\n- {id: r, require: 'class == \"web\" && image.user.uid == 0', classes: web}\n", NULL, NULL, NULL, "refuse"},
	{"break-glass that nobody may", "version: 1\nname: p\nneeds: [vulnerability]\nrules:\n" ROOT, "'uid':10001", "'uid':0", NULL, "refuse"},
};
/* clang-format on */

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[4096];
		struct asked a = {.rules = cases[i].rules,
		                  .from = cases[i].from,
		                  .to = cases[i].to,
		                  .waivers = cases[i].waivers};
		verdict_of(&a, text, sizeof text);
		test_case(!strncmp(text, cases[i].starts, strlen(cases[i].starts)), "%s: %s",
		          cases[i].name, text);
	}
}

static void test_scope(void)
{
	char text[4096];
	struct asked a = {.rules = "- {id: r, require: false, environments: prod*}\n"};
	a.scope.environment = B("staging");
	CHECK(!strcmp(verdict_of(&a, text, sizeof text), "admit"));
	a.scope.environment = B("production");
	CHECK(!strncmp(verdict_of(&a, text, sizeof text), "refuse", 6));
	/* names of environments have no case, and blanks around them mean nothing */
	a.scope.environment = B(" Production\n");
	CHECK(!strncmp(verdict_of(&a, text, sizeof text), "refuse", 6));
	a.rules = "- {id: r, require: false, namespaces: [Pay]}\n";
	a.scope = (struct policy_scope){.namespace = B("pay")};
	CHECK(!strncmp(verdict_of(&a, text, sizeof text), "refuse", 6));
	a = (struct asked){.rules = ROOT, .scope.digest = B(DIGEST)};
	CHECK(!strcmp(verdict_of(&a, text, sizeof text), "admit"));
	a.scope.digest = B("sha256:00");
	CHECK(strstr(verdict_of(&a, text, sizeof text), "refuse|the report is of another image"));
	a = (struct asked){
		.rules = "version: 1\nname: p\nneeds: [user]\nbreak_glass: [duty@x]\nrules:\n" ROOT,
		.from = "'uid':10001",
		.to = "'uid':0",
		.scope = {.break_glass_by = B("duty@x"), .break_glass_reason = B("fire")}
        };
	CHECK(strstr(verdict_of(&a, text, sizeof text), "admit|r: ") &&
	      strstr(text, "break-glass: duty@x admits what is refuse otherwise: fire"));
	a.scope.break_glass_by = B("other@x");
	CHECK(strstr(verdict_of(&a, text, sizeof text), "refuse") &&
	      strstr(text, "the glass stays whole"));
	a.scope.break_glass_by = B("duty@x");
	a.scope.break_glass_reason = B(" \t");
	CHECK(strstr(verdict_of(&a, text, sizeof text), "refuse") &&
	      strstr(text, "no reason is given"));
	a.scope = (struct policy_scope){.break_glass_by = B("duty@x")};
	CHECK(strstr(verdict_of(&a, text, sizeof text), "no reason is given"));
}

#define ORG                                                                                        \
	"version: 1\nname: org\nneeds: [user]\nvalues: {bases: [scratch]}\nwaivers: {four_eyes: "  \
	"true, max_days: 30, wildcards: false, sealed: true}\nbreak_glass: "                       \
	"[duty@x]\nrules:\n" ROOT

/* What extends the organisation's policy: it can tighten, not loosen. */
static void test_inheritance(void)
{
	static const struct {
		const char *team, *starts;
	} rows[] = {
		{"rules:\n- {id: t, require: 'true'}\n", "refuse|r: "         },
		{"rules:\n- {id: r, require: 'true'}\n", "error: "            },
		{"waivers: {four_eyes: false}\n",        "error: "            },
		{"waivers: {max_days: 31}\n",            "error: "            },
		{"waivers: {wildcards: true}\n",         "error: "            },
		{"waivers: {max_days: 7}\n",             "refuse"             },
		{"waivers: {sealed: false}\n",
	         "error: team.yaml:4:19: the policy that is extended takes no"},
		{"waivers: {files: [own.yaml]}\n",
	         "error: team.yaml:4:18: the policy that is extended takes no"},
		{"classes: [{name: c, when: 'true'}]\nrules:\n- {id: t, require: 'true', classes: "
	         "c}\n",                "refuse|r: "         },
		{"namespaces: ['**']\n",                 "refuse|r: "         },
		{"extends: team.yaml\n",                 "error: "            },
		{"needs: []\n",                          "error: "            },
		{"values: {bases: ['**']}\n",            "error: "            },
		{"break_glass: [me]\n",                  "error: "            },
		{"disable: [r]\n",                       "error: "            },
		{"needs: [vulnerability]\n",             "refuse"             },
		{"environments: [nowhere]\n",            "refuse|r: "         },
	};
	AUTO_BUF struct buf org, team;
	const char *folder = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	struct err e;
	buf_init(&org, 4096);
	buf_addf(&org, "%s/org.yaml", folder);
	CHECK(file_write(buf_cstr(&org), bytes_str(ORG), 0600, &e) == 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[1000] = "";
		struct policy *p = NULL;
		struct policy_judgement j;
		struct policy_scope scope = {.now_s = NOW};
		buf_init(&team, 4096);
		buf_addf(&team, "version: 1\nname: team\nextends: org.yaml\n%s", rows[i].team);
		if (policy_parse(buf_bytes(&team), "team.yaml", folder, &p, &e) < 0) {
			snprintf(text, sizeof text, "error: %s", e.msg);
		} else {
			struct report *r = report_of("'uid':10001", "'uid':0", &e);
			policy_judge(p, &scope, r, &j);
			snprintf(text, sizeof text, "%s|%.*s", verdict_name(j.result),
			         BYTES_FMT(r->verdict.reasons.n ? r->verdict.reasons.v[0] : B("")));
			report_free(r);
			policy_free(p);
		}
		test_case(!strncmp(text, rows[i].starts, strlen(rows[i].starts)), "team says %s%s",
		          rows[i].team, text);
		buf_fini(&team);
	}
	buf_init(&team, 1);
}

/* Writes TMPDIR/NAME. */
static const char *put(struct buf *path, const char *name, const char *text)
{
	struct err e;
	buf_init(path, 4096);
	buf_addf(path, "%s/%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", name);
	CHECK(!text || file_write(buf_cstr(path), bytes_str(text), 0600, &e) == 0);
	return buf_cstr(path);
}

/* A chain of POLICY_CHAIN_MAX policies, and of one more; circles, and files that are none. */
static void test_chain(void)
{
	static const struct {
		const char *name, *extends, *says;
	} bad[] = {
		{"self.yaml",    "self.yaml",    "self.yaml:3:10: too many policies extend"       },
		{"one.yaml",     "two.yaml",     "yaml:3:10: too many policies extend"            },
		{"two.yaml",     "one.yaml",     "yaml:3:10: too many policies extend"            },
		{"missing.yaml", "nowhere.yaml", "missing.yaml:3:10: open "                       },
		{"folder.yaml",  ".",            "folder.yaml:3:10: "                             },
		{"pipe.yaml",    "pipe",         "pipe is no file"                                },
		{"blank.yaml",   "''",           "blank.yaml:3:11: the path of a policy is wanted"},
		{"list.yaml",    "[a]",          "list.yaml:3:10: the path of a policy is wanted" },
	};
	AUTO_BUF struct buf path = {.p = NULL};
	struct policy *p = NULL;
	struct err e = {.msg = ""};
	mkfifo(put(&path, "pipe", NULL), 0600);
	buf_fini(&path);
	for (int i = 1; i <= POLICY_CHAIN_MAX + 1; i++) {
		char name[20], text[100];
		snprintf(name, sizeof name, "chain%d.yaml", i);
		snprintf(text, sizeof text, "version: 1\nname: s%d\nextends: chain%d.yaml\n", i,
		         i - 1);
		put(&path, name,
		    i > 1 ? text : "version: 1\nname: s\nrules: [{id: r, refuse: 'true'}]\n");
		int rc = policy_load(buf_cstr(&path), &p, &e);
		test_case(i <= POLICY_CHAIN_MAX ? rc == 0 && p->n_rules == 1
		                                : rc < 0 && e.kind == ERR_LIMIT &&
		                                          strstr(e.msg, "chain2.yaml:3:10: "),
		          "a chain of %d: %s", i, e.msg);
		if (rc == 0)
			policy_free(p);
		buf_fini(&path);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[100];
		snprintf(text, sizeof text, "version: 1\nname: s\nextends: %s\n", bad[i].extends);
		put(&path, bad[i].name, text);
		buf_fini(&path);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		put(&path, bad[i].name, NULL);
		test_case(policy_load(buf_cstr(&path), &p, &e) < 0 && strstr(e.msg, bad[i].says),
		          "%s: %s", bad[i].name, e.msg);
		buf_fini(&path);
	}
	put(&path, "waived.yaml",
	    "version: 1\nname: s\nwaivers: {files: pipe}\nrules: [{id: r, refuse: 'true'}]\n");
	struct waivers *w = waivers_new();
	CHECK(policy_load(buf_cstr(&path), &p, &e) == 0 && policy_waivers(p, w, NOW, &e) < 0 &&
	      strstr(e.msg, "waived.yaml:3:18: ") && strstr(e.msg, "pipe is no file"));
	waivers_free(w);
	policy_free(p);
}

static void test_bounds(void)
{
	AUTO_BUF struct buf b;
	struct policy *p = NULL;
	struct err e = {.msg = ""};
	buf_init(&b, 1 << 20);
	buf_adds(&b, "version: 1\nname: p\nneeds: [user]\nrules:\n");
	for (int i = 0; i < POLICY_RULES_MAX; i++)
		buf_addf(&b, "- {id: r%d, require: image.user.uid == %d}\n", i, i);
	CHECK(policy_parse(buf_bytes(&b), "p.yaml", NULL, &p, &e) == 0);
	/* POLICY_REASONS_MAX: as many, and one more, of 10001 */
	struct report *r = report_of(NULL, NULL, &e);
	struct policy_scope scope = {.now_s = NOW};
	struct policy_judgement j;
	policy_judge(p, &scope, r, &j);
	CHECK(r->verdict.reasons.n == (size_t)POLICY_REASONS_MAX && j.result == VERDICT_REFUSE);
	report_free(r);
	policy_free(p);
	buf_adds(&b, "- {id: more, require: image.user.uid > 0}\n");
	CHECK(policy_parse(buf_bytes(&b), "p.yaml", NULL, &p, &e) < 0 && e.kind == ERR_LIMIT);
}

/* Half a million hits: what is said of them is bounded, and nothing is lost from the count. */
static void test_many_hits(void)
{
	enum { FINDINGS = 5000, RULES = 100 };
	AUTO_BUF struct buf b;
	struct policy *p = NULL;
	struct err e = {.msg = ""};
	struct policy_scope scope = {.now_s = NOW};
	struct policy_judgement j;
	buf_init(&b, 1 << 20);
	buf_adds(&b, "version: 1\nname: p\nneeds: [user]\nrules:\n");
	for (int i = 0; i < RULES; i++)
		buf_addf(&b, "- {id: r%d, %s: finding.kev == false}\n", i,
		         i % 2 ? "warn" : "refuse");
	CHECK(policy_parse(buf_bytes(&b), "p.yaml", NULL, &p, &e) == 0);
	struct report *r = report_of(NULL, NULL, &e);
	for (int i = 0; i < FINDINGS; i++)
		report_finding(r)->id = B("X");
	policy_judge(p, &scope, r, &j);
	CHECK(j.result == VERDICT_REFUSE && j.outcomes[0].n_hits == FINDINGS &&
	      j.outcomes[0].messages.n == 20 && j.outcomes[98].messages.n == 20);
	CHECK(r->verdict.reasons.n == (size_t)POLICY_REASONS_MAX + 1 &&
	      bytes_eq(r->verdict.reasons.v[1000], B("and 249000 reasons more")));
	CHECK(j.warnings.n == (size_t)POLICY_REASONS_MAX + 1 &&
	      bytes_eq(j.warnings.v[1000], B("and 249000 warnings more")));
	report_free(r);
	policy_free(p);
}

/* POLICY_COST_MAX: each evaluation is within its own bound, all together are not.  What the first
 * rule costs is enough for the second to be asked; one step less is not. */
static void test_cost(void)
{
	struct policy *p = NULL;
	struct err e = {.msg = ""};
	struct policy_scope scope = {.now_s = NOW};
	struct policy_judgement j;
	struct report *r = report_of(NULL, NULL, &e);
#define SLOW "- {id: slow, refuse: 'lists.range(3000).all(x, x < 0)'}\n"
	CHECK(policy_parse(B("version: 1\nname: p\nneeds: [user]\nrules:\n" SLOW), "p.yaml", NULL,
	                   &p, &e) == 0);
	policy_judge(p, &scope, r, &j);
	uint64_t cost = j.cost;
	policy_free(p);
	CHECK(cost > 3000 && j.result == VERDICT_ADMIT);
	CHECK(policy_parse(B("version: 1\nname: p\nneeds: [user]\nrules:\n" SLOW
	                     "- {id: last, refuse: 'false'}\n"),
	                   "p.yaml", NULL, &p, &e) == 0);
	scope.cost_max = cost;
	policy_judge(p, &scope, r, &j);
	CHECK(j.result == VERDICT_ADMIT && j.outcomes[1].answer == POLICY_PASSED);
	scope.cost_max = cost - 1;
	policy_judge(p, &scope, r, &j);
	CHECK(j.result == VERDICT_INCOMPLETE && j.outcomes[1].answer == POLICY_UNDECIDED &&
	      bytes_search(r->verdict.reasons.v[0], B("POLICY_COST_MAX")) > 0);
	policy_free(p);
	report_free(r);
}

#define STATEMENT(hex)                                                                             \
	B("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"i\","           \
	  "\"digest\":{\"sha256\":\"" hex "\"}}],\"predicateType\":"                               \
	  "\"https://in-toto.io/attestation/test-result/v0.1\",\"predicate\":"                     \
	  "{\"result\":\"PASSED\",\"tool\":{\"name\":\"goss\",\"version\":\"1\"},"                 \
	  "\"created\":\"2027-01-10T00:00:00Z\"}}")
#define HEX "4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a"

static void test_evidence(void)
{
	struct err e = {.msg = ""};
	size_t n;
	struct report *r = report_of(NULL, NULL, &e);
	CHECK(policy_evidence(r, STATEMENT(HEX "0001"), "e.json", &n, &e) == 0 && n == 1);
	CHECK(bytes_eq(r->evidence[0].result, B("passed")) &&
	      bytes_eq(r->evidence[0].phase, B("test")) &&
	      bytes_eq(r->evidence[0].tool, B("goss")) && !r->evidence[0].signer.n);
	struct policy *p = NULL;
	struct policy_judgement j;
	struct policy_scope scope = {.now_s = NOW};
	CHECK(policy_parse(B("version: 1\nname: p\nneeds: [user]\nrules:\n- {id: a, require: "
	                     "'evidence.exists(e, "
	                     "e.tool == \"goss\" && e.result == \"passed\" && e.age < "
	                     "duration(\"240h\") && "
	                     "e.digest == image.digest)'}\n- {id: b, require: 'evidence.exists(e, "
	                     "e.signer == "
	                     "\"test-phase\")'}\n- {id: c, require: 'evidence.exists(e, e.age < "
	                     "duration(\"24h\"))'}\n"),
	                   "p.yaml", NULL, &p, &e) == 0);
	policy_judge(p, &scope, r, &j);
	CHECK(j.outcomes[0].answer == POLICY_PASSED && j.outcomes[1].answer == POLICY_HIT &&
	      j.outcomes[2].answer == POLICY_HIT);
	/* made tomorrow: not fresh, unknown */
	r->evidence[0].created_s = NOW + 86400;
	policy_judge(p, &scope, r, &j);
	CHECK(j.outcomes[0].answer == POLICY_UNDECIDED);
	policy_free(p);
	report_free(r);
	r = report_of(NULL, NULL, &e);
	CHECK(policy_evidence(r, STATEMENT(HEX "0002"), "e.json", &n, &e) == 0 && n == 0 &&
	      !r->n_evidence);
	CHECK(policy_evidence(r, B("{\"x\":1}"), "e.json", &n, &e) < 0);
	report_free(r);
}

/* What render/json.c writes is read back whole: it is written again as the same bytes. */
static void test_round_trip(void)
{
	char *a = NULL, *b = NULL;
	size_t n = 0, m = 0;
	struct err e = {.msg = ""};
	struct report *r = report_of(
		"'findings':[]",
		"'findings':[" FINDING("secret", "high", ",'repair':'rotate it'") "]", &e);
	const struct report *one = r;
	CHECK(r != NULL);
	r->verdict.is_present = true;
	r->verdict.result = VERDICT_REFUSE;
	list_add(r, &r->verdict.reasons, B("why"));
	FILE *f = open_memstream(&a, &n);
	render_by_name(B("json"))->write(&one, 1, &(struct render_options){.many = false}, f, &e);
	fclose(f);
	struct report *again = NULL;
	CHECK(report_read(bytes_of(a, n), "a.json", &again, &e) == 0);
	one = again;
	f = open_memstream(&b, &m);
	render_by_name(B("json"))->write(&one, 1, &(struct render_options){.many = false}, f, &e);
	fclose(f);
	CHECK(n == m && !memcmp(a, b, n));
	report_free(r);
	report_free(again);
	free(a);
	free(b);
}

int main(void)
{
	test_cases();
	test_scope();
	test_inheritance();
	test_chain();
	test_bounds();
	test_many_hits();
	test_cost();
	test_evidence();
	test_round_trip();
	return TEST_END();
}
