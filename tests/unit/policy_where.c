/* SPDX-License-Identifier: Apache-2.0 */
/* policy_where.c - where rules hold: repositories of references, environments, classes. */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static void test_repositories(void)
{
	static const struct {
		const char *reference, *repository; /* NULL: none is known */
	} rows[] = {
		{"registry:registry.internal/shop/web:1",      "registry.internal/shop/web"},
		{"registry:registry.internal:5000/web:1",      "registry.internal:5000/web"},
		{"registry:registry.internal:5000/web",        "registry.internal:5000/web"},
		{"registry.internal/shop/web@sha256:12",       "registry.internal/shop/web"},
		{"docker://registry.internal/web:1@sha256:12", "registry.internal/web"     },
		{"podman:localhost/web:1",                     "localhost/web"             },
		{"containerd:docker.io/library/nginx:1",       "docker.io/library/nginx"   },
		{"containers-storage:quay.io/a/b",             "quay.io/a/b"               },
		{"nginx",				      "nginx"                     },
		{"nginx:1.27",				 "nginx"                     },
		{"docker:facade",                              "facade"                    },
		{"registry:4f8ac1c7b1d2",                      "4f8ac1c7b1d2"              },
		{"docker:4f8ac1c7b1d2",                        NULL                        },
		{"docker:sha256:4f8a",                         NULL                        },
		{"docker-archive:f.tar:shop/web:1",            NULL                        },
		{"oci:layout:1",                               NULL                        },
		{"oci-archive:shop/web.tar",                   NULL                        },
		{"dir:/",				      NULL                        },
		{"tar:f.tar.gz",                               NULL                        },
		{"sbom:f.json",				NULL                        },
		{"web.tar",				    NULL                        },
		{"shop/web.tar.zst",                           NULL                        },
		{"./web",				      NULL                        },
		{"/srv/web",				   NULL                        },
		{"registry:",				  NULL                        },
		{"",					   NULL                        },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes got = policy_repository(bytes_str(rows[i].reference));
		test_case(rows[i].repository ? bytes_eq(got, bytes_str(rows[i].repository))
		                             : !got.n,
		          "%s is in %.*s", rows[i].reference, BYTES_FMT(got));
	}
}

/* The environment that was probably meant. */
static void test_meant(void)
{
	static const struct {
		struct bytes said;
		const char *meant;
	} rows[] = {
		{B("prodution"),  "production"},
                {B("Production"), NULL        },
                {B("staging"),    NULL        },
		{B("live-eu"),    NULL        },
                {B(""),           NULL        },
                {{NULL, 0},       NULL        },
	};
	struct policy *p = NULL;
	struct err e = {.msg = ""};
	CHECK(policy_parse(B("version: 1\nname: p\nneeds: [user]\nrules:\n- {id: a, require: "
	                     "'true', environments: [production, live*]}\n"),
	                   "p.yaml", NULL, &p, &e) == 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *meant = policy_meant(p, rows[i].said);
		test_case(meant ? rows[i].meant && !strcmp(meant, rows[i].meant) : !rows[i].meant,
		          "%.*s: %s is meant", BYTES_FMT(rows[i].said), meant ? meant : "nothing");
	}
	policy_free(p);
}

/* A class that a team adds is none to the rules of the organisation: "every image is of a class"
 * cannot be met by making one up. */
static void test_class_of_team(void)
{
	struct err e = {.msg = ""};
	AUTO_BUF struct buf path;
	struct policy *p = NULL;
	struct policy_judgement j;
	struct policy_scope scope = {.now_s = 1800000000};
	const char *folder = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	buf_init(&path, 4096);
	buf_addf(&path, "%s/classes.yaml", folder);
	CHECK(file_write(buf_cstr(&path),
	                 B("version: 1\nname: org\nneeds: [user]\nclasses: [{name: web, when: "
	                   "'image.config.exposed_ports.size() > 0'}]\nrules: [{id: classed, "
	                   "require: 'class != \"\"'}, {id: web, refuse: 'true', classes: web}]\n"),
	                 0600, &e) == 0);
	CHECK(policy_parse(B("version: 1\nname: team\nextends: classes.yaml\nclasses: [{name: own, "
	                     "when: 'true'}]\nrules: [{id: own, refuse: 'class == \"own\"', "
	                     "classes: own}]\n"),
	                   "team.yaml", folder, &p, &e) == 0);
	struct report *r = report_new();
	r->image.config.is_present = true;
	policy_judge(p, &scope, r, &j);
	CHECK(j.outcomes[0].answer == POLICY_HIT && j.outcomes[1].answer == POLICY_ELSEWHERE &&
	      j.outcomes[2].answer == POLICY_HIT && bytes_eq(j.class, B("own")));
	list_add(r, &r->image.config.exposed_ports, B("80/tcp"));
	policy_judge(p, &scope, r, &j);
	CHECK(j.outcomes[0].answer == POLICY_PASSED && j.outcomes[1].answer == POLICY_HIT &&
	      j.outcomes[2].answer == POLICY_ELSEWHERE && bytes_eq(j.class, B("web")));
	report_free(r);
	policy_free(p);
}

int main(void)
{
	test_repositories();
	test_meant();
	test_class_of_team();
	return TEST_END();
}
