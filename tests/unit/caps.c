/* SPDX-License-Identifier: Apache-2.0 */
/* caps.c - file capabilities, as linux/capability.h lays them out. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *name, *hex;
	const char *text; /* NULL: refused */
	bool is_rooting;
	uint32_t root_id;
} cases[] = {
	{"revision 2, net_raw",           "0100000200200000000000000000000000000000",         "cap_net_raw",                false,
         0															     },
	{"revision 2, above 32",          "0100000200000000000000008000000000000000",         "cap_bpf",                    true,  0   },
	{"revision 1",                    "010000018000000000000000",                         "cap_setuid",                 true,  0   },
	{"revision 3 of a namespace",     "0100000380000000000000000000000000000000e8030000",
         "cap_setuid",												      true,  1000},
	{"two",			   "0100000203000000000000000000000000000000",         "cap_chown,cap_dac_override", true,  0   },
	{"one without a name",            "0100000200000000000000000000008000000000",         "cap_63",                     false, 0   },
	{"revision 4",                    "0100000400200000000000000000000000000000",         NULL,                         false, 0   },
	{"revision 0",                    "0100000000200000000000000000000000000000",         NULL,                         false, 0   },
	{"revision 2, one byte short",    "01000002002000000000000000000000000000",           NULL,                         false, 0   },
	{"revision 2, one byte too long", "010000020020000000000000000000000000000000",       NULL,                         false,
         0															     },
	{"three bytes",                   "010000",					   NULL,                         false, 0   },
	{"empty",			 "",						 NULL,                         false, 0   },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t raw[64];
		size_t n = strlen(cases[i].hex) / 2;
		struct caps c = {.permitted = 0};
		struct err e = {.kind = ERR_NONE};
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		if (n)
			hex_decode(bytes_str(cases[i].hex), raw, n);
		bool is_read = caps_parse(bytes_of(raw, n), &c, &e) == 0;
		caps_text(c.permitted, &b);
		if (!test_case(is_read == (cases[i].text != NULL) &&
		                       (!is_read ||
		                        (strcmp(buf_cstr(&b), cases[i].text) == 0 &&
		                         (caps_rooting(c.permitted) != 0) == cases[i].is_rooting &&
		                         c.root_id == cases[i].root_id)),
		               "%s", cases[i].name))
			printf("# %s %s\n", buf_cstr(&b), e.msg);
	}
	return TEST_END();
}
