/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.h - one member of a layer, as the tar says it.
 */
#ifndef MODEL_ENTRY_H
#define MODEL_ENTRY_H

#include "base/base.h"

enum entry_type {
	ENTRY_FILE,
	ENTRY_DIR,
	ENTRY_SYMLINK,
	ENTRY_HARDLINK,
	ENTRY_CHAR,
	ENTRY_BLOCK,
	ENTRY_FIFO,
	ENTRY_WHITEOUT, /* hides path and all below it in lower layers */
	ENTRY_OPAQUE,   /* hides all below path in lower layers */
	ENTRY__MAX
};

struct entry {
	struct bytes path; /* clean: no leading "/", no "." or ".."; whiteouts without ".wh." */
	enum entry_type type;
	uint32_t mode; /* permission bits, setuid, setgid, sticky: 07777 */
	uint32_t uid, gid;
	uint64_t size;     /* bytes; logical size of a sparse file */
	struct bytes link; /* symlink: the raw target; hard link: a clean path of the layer */
	uint32_t dev_major, dev_minor;
	struct bytes caps; /* raw security.capability, absent when none */
	uint32_t oddities; /* enum entry_oddity bits */
};

/* What is strange about an entry: each is named in a finding or a coverage row later. */
enum entry_oddity {
	ENTRY_ODD_ABSOLUTE = 1,  /* the name began with "/" */
	ENTRY_ODD_DOTDOT = 2,    /* the name had ".." that stayed inside */
	ENTRY_ODD_DUPLICATE = 4, /* an earlier entry of this layer had the same path */
	ENTRY_ODD_NOT_UTF8 = 8,
	ENTRY_ODD_CONTROL = 16, /* control or bidirectional characters in the name */
	ENTRY_ODD_SPARSE = 32,
	ENTRY_ODD_AFTER_END = 64, /* found behind the end marker of the archive */
	ENTRY_ODD_LINK_OUT = 128, /* hard link to a path outside the layer's root */
};

const char *entry_type_name(enum entry_type t);

#endif
