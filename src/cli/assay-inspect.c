/* SPDX-License-Identifier: Apache-2.0 */
/* assay-inspect.c - the program that reads one layer, confined; started by assay, never by hand. */
#include "inspect/inspect.h"

int main(int argc, char **argv) { return inspect_worker_main(argc, argv, NULL); }
