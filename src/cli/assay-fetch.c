/* SPDX-License-Identifier: Apache-2.0 */
/* assay-fetch.c - the program that talks to registries; started by assay, never by hand. */
#include "source/source.h"

int main(void) { return source_fetch_main(); }
