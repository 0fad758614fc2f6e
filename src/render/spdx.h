/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx.h - what the forms of SPDX share.  Private to render/.
 */
#ifndef RENDER_SPDX_H
#define RENDER_SPDX_H

#include "render/bom.h"

#define SPDX_TOOL         "assay-" ASSAY_VERSION
#define SPDX_LIST_VERSION "3.28"
#define SPDX_IMAGE_ID     "SPDXRef-Image"
#define SPDX_OS_ID        "SPDXRef-OperatingSystem"

/* SPDX 2.3, 7.2: "SPDXRef-" and letters, digits, "." and "-". */
const char *spdx_package_id(const struct bom *b, const struct bom_package *p);
/* SPDX requires a time: the beginning of time where none is known. */
const char *spdx_file_id(const struct bom *b, const struct bom_file *f);
/* SPDX 2.3, 8.1: relative to the root, "./" before it. */
struct bytes spdx_file_name(const struct bom *b, const struct bom_file *f);
/* SPDX 2.3, 7.9: of n files by their SHA-1; NULL: there are none, or one has no SHA-1. */
const char *spdx_verification(const struct bom *b, const struct bom_file *const *files, size_t n);
const char *spdx_time(const struct bom *b);
const char *spdx_namespace(const struct bom *b);
struct bytes spdx_name(struct bytes name);               /* "unknown" for none */
struct bytes spdx_declared(const struct bom_package *p); /* "NOASSERTION" for none */
/* The hex digits of a sha256 digest, or absent. */
struct bytes spdx_sha256(struct bytes digest);

#endif
