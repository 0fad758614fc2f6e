/* SPDX-License-Identifier: Apache-2.0 */
/* history.c - the forms that created_by has in real images, and what a shell would run. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *name, *in, *instruction, *text;
} steps[] = {
	{"classic CMD",			 "/bin/sh -c #(nop)  CMD [\"bash\"]",             "CMD",  "[\"bash\"]"                     },
	{"classic ADD",			 "/bin/sh -c #(nop) ADD file:5d6 in / ",          "ADD",  "file:5d6 in /"                  },
	{"classic RUN",			 "/bin/sh -c apt-get update",                     "RUN",  "apt-get update"                 },
	{"classic RUN with arguments",          "|2 A=b C=d /bin/sh -c make all",                "RUN",  "make all"                       },
	{"another shell",                       "/bin/bash -o pipefail -c curl x | sh",          "RUN",  "curl x | sh"                    },
	{"options in one word",                 "/bin/bash -euxc true",                          "RUN",  "true"                           },
	{"BuildKit RUN",                        "RUN /bin/sh -c apk add curl # buildkit",        "RUN",  "apk add curl"                   },
	{"BuildKit RUN with arguments",         "RUN |1 V=1 /bin/sh -c apk add curl # buildkit", "RUN",
         "apk add curl"														   },
	{"BuildKit COPY",                       "COPY a b /c/ # buildkit",                       "COPY", "a b /c/"                        },
	{"BuildKit ENV",                        "ENV PATH=/bin",                                 "ENV",  "PATH=/bin"                      },
	{"exec form",			   "RUN [\"/bin/true\"]",                           "RUN",  "[\"/bin/true\"]"                },
	{"no known form",                       "bazel build //x",                               "",     "bazel build //x"                },
	{"a comment",			   "# debian.sh --arch 'amd64' out/",               "",     "# debian.sh --arch 'amd64' out/"},
	{"empty",			       "",					      "",     ""			       },
	{"cut after -c",                        "/bin/sh -c",                                    "RUN",  ""                               },
	{"arguments that never end",            "|99 A=b",                                       "",     "|99 A=b"                        },
	{"more arguments than a builder takes", "|1025 A=b /bin/sh -c x",                        "",
         "|1025 A=b /bin/sh -c x"													 },
};

static const struct {
	const char *name, *in;
	const char *out; /* PROGRAM:WORDS of it, "|" before one that reads a pipe */
} shells[] = {
	{"one",		     "apt-get update",                         "apt-get:update;"                     },
	{"and",		     "apt-get update && apt-get install -y x", "apt-get:update;apt-get:install,-y,x;"},
	{"semicolons and newlines", "set -eux;\n\tmake;\n",                   "set:-eux;make:;"                     },
	{"a pipe",                  "curl -s u | sh",                         "curl:-s,u;|sh:;"                     },
	{"or is no pipe",           "a || b",                                 "a:;b:;"                              },
	{"continued lines",         "apk add \\\n  a \\\n b",                 "apk:add,a,b;"                        },
	{"quoted ends",             "echo 'a;b' \"c|d\"",                     "echo:a;b,c|d;"                       },
	{"an escaped blank",        "echo a\\ b",                             "echo:a\\ b;"                         },
	{"steering words",          "if ! true; then rm x; fi",               "true:;rm:x;"                         },
	{"assignments",             "A=b C='d e' make",                       "make:;"                              },
	{"a folder before it",      "/usr/bin/make x",                        "make:x;"                             },
	{"what sudo starts",        "sudo -E A=b /bin/apt install x",         "apt:install,x;"                      },
	{"sudo alone",              "sudo",				   "sudo:;"                              },
	{"groups",                  "(cd x && make) && { ls; }",              "cd:x;make:;ls:;"                     },
	{"nothing",                 "",				       ""				    },
	{"ends only",               ";;||&&\n",                               ""				    },
	{"an open quote",           "echo 'a;b",                              "echo:'a;b;"                          },
	{"empty quotes",            "echo '' \"\"",                           "echo:,;"                             },
};

static void show(struct bytes text, struct buf *b)
{
	for (struct shell_command c; shell_next(&text, &c);) {
		size_t at;
		buf_adds(b, c.is_piped ? "|" : "");
		buf_add(b, shell_program(&c, &at));
		for (size_t i = at + 1; i < c.n; i++) {
			buf_adds(b, i == at + 1 ? ":" : ",");
			buf_add(b, c.words[i]);
		}
		buf_adds(b, at + 1 == c.n ? ":;" : ";");
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct history_step s = history_step(bytes_str(steps[i].in));
		if (!test_case(bytes_eq(s.instruction, bytes_str(steps[i].instruction)) &&
		                       bytes_eq(s.text, bytes_str(steps[i].text)),
		               "%s", steps[i].name))
			printf("# %.*s: %.*s\n", BYTES_FMT(s.instruction), BYTES_FMT(s.text));
	}
	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		show(bytes_str(shells[i].in), &b);
		if (!test_case(strcmp(buf_cstr(&b), shells[i].out) == 0, "shell: %s",
		               shells[i].name))
			printf("# %s\n", buf_cstr(&b));
	}
	/* at the bound, and one past it */
	for (size_t n = SHELL_WORDS_MAX; n <= SHELL_WORDS_MAX + 1; n++) {
		AUTO_BUF struct buf b;
		struct shell_command c;
		buf_init(&b, KIB(4));
		for (size_t i = 0; i < n; i++)
			buf_adds(&b, "w ");
		struct bytes rest = buf_bytes(&b);
		CHECK(shell_next(&rest, &c) && c.n == SHELL_WORDS_MAX && !shell_next(&rest, &c));
	}
	static const struct {
		const char *field, *kind;
		bool is_weak, is_hash;
	} fields[] = {
		{"",              "empty",    false, false},
		{"x",             "shadow",   false, false},
		{"!",             "locked",   false, false},
		{"*",             "locked",   false, false},
		{"!$6$a$b",       "locked",   false, false},
		{"$1$a$b",        "md5",      true,  true },
		{"$6$a$b",        "sha512",   false, true },
		{"$2b$10$a",      "bcrypt",   false, true },
		{"$y$j9T$a$b",    "yescrypt", false, true },
		{"ab01./ABCxyz9", "des",      true,  true },
		{"ab01./ABCxyz",  "locked",   false, false},
		{"$99$x",         "other",    false, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct bytes kind = bytes_str(crypt_kind(bytes_str(fields[i].field)));
		test_case(bytes_eq(kind, bytes_str(fields[i].kind)) &&
		                  crypt_is_weak(kind) == fields[i].is_weak &&
		                  crypt_is_hash(kind) == fields[i].is_hash,
		          "password \"%s\" is %s", fields[i].field, fields[i].kind);
	}
	return TEST_END();
}
