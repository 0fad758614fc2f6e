/* SPDX-License-Identifier: Apache-2.0 */
/* knownfiles.c - fuzz: lists of known files. */
#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct known_files *k = known_files_new();
	struct err e;
	known_files_add(k, (struct bytes){p, n}, "t", &e);
	known_files_find(k, KNOWN_SIGNED,
	                 &(struct known_place){
				 {p, n    },
                                 {p, n    },
                                 {p, n / 2},
                                 {p, n / 2}
        });
	known_files_free(k);
	return 0;
}
