/* SPDX-License-Identifier: Apache-2.0 */
/* inspect_settings.c - what passwd, shadow, sudoers and doas.conf say of accounts. */
#include "inspect/inspect.h"

#include "lib/facts.h"
#include "test.h"

#include <string.h>

static const struct {
	const char *name, *path, *in, *out;
} cases[] = {
	{"passwd: shadow says",                            "etc/passwd",            "a:x:1:1::/:/bin/sh\n",
         "setting shell a /bin/sh 1\n"														    },
	{"passwd: no password",                            "etc/passwd",            "#\nroot::0:0::/:\n",
         "setting password root empty 2\n"														},
	{"passwd: a hash",				 "etc/passwd",            "a:$1$x$y:1:1::/:\n",                     "setting password a md5 1\n"},
	{"passwd: cut after gid",                          "etc/passwd",            "a:x:1:1\n",                              ""                          },
	{"group: members",				 "etc/group",             "wheel:x:10:root,,app\nx:y:z:a\n",
         "setting member root wheel 1\nsetting member app wheel 1\n"										      },
	{"shadow: kinds",				  "etc/shadow",
         "root::1::::::\nbin:*:1::::::\na:$6$s$h:1::::::\nb:!$y$x:1:\n",                                                      "setting password root empty 1\nsetting password bin locked 2\n"
         "setting password a sha512 3\nsetting password b locked 4\n"             },
	{"shadow: no hash is kept",                        "etc/shadow",            "a:ab01./ABCxyz9:1:\n",
         "setting password a des 1\n"														     },
	{"shadow: what is no line",                        "etc/shadow",            "root\n:x:\n# a:b\n",                     ""                          },
	{"shadow: empty",				  "etc/shadow",            "",                                       ""                          },
	{"sudoers: all without a password",                "etc/sudoers",           "%wheel ALL=(ALL:ALL) NOPASSWD: ALL\n",
         "setting sudo %wheel (ALL:ALL) NOPASSWD: ALL 1\n"												},
	{"sudoers: continued",                             "etc/sudoers.d/app",     "app ALL = \\\n NOPASSWD: /bin/x\n",
         "setting sudo app NOPASSWD: /bin/x 2\n"													  },
	{"sudoers: comments, Defaults, aliases, includes", "etc/sudoers",
         "# x ALL=ALL\nDefaults!X env_reset\nUser_Alias A = b\n@includedir /x=y\n#include z=\n",                              ""			  },
	{"sudoers: names that sudo skips",                 "etc/sudoers.d/app.bak", "app ALL=ALL\n",                          ""                          },
	{"sudoers: no newline, no rule",                   "etc/sudoers",           "app ALL",                                ""                          },
	{"sudoers: a line continued for ever",             "etc/sudoers",           "app ALL=ALL\\\n\\\n\\",
         "setting sudo app ALL 3\n"														       },
	{"doas: without a password",                       "etc/doas.conf",         "permit nopass keepenv :wheel as root\n",
         "setting doas :wheel permit nopass keepenv :wheel as root 1\n"										   },
	{"doas: deny and comments",                        "etc/doas.d/x.conf",     "deny a\n# permit b\n",                   ""                          },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(64));
		facts_text(cases[i].path, bytes_str(cases[i].in), &b);
		if (!test_case(strcmp(buf_cstr(&b), cases[i].out) == 0, "%s", cases[i].name))
			printf("# %s", buf_cstr(&b));
	}
	return TEST_END();
}
