/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fmt.h - pure parsers: bytes to struct, no I/O, no globals.
 *
 * Other rooms include this header and no other of fmt/; each chapter is a header of its own.
 */
#ifndef FMT_FMT_H
#define FMT_FMT_H

#include "fmt/apkdb.h"
#include "fmt/bdb.h"
#include "fmt/boltdb.h"
#include "fmt/caps.h"
#include "fmt/cel.h"
#include "fmt/classes.h"
#include "fmt/contentsets.h"
#include "fmt/copyright.h"
#include "fmt/crypt.h"
#include "fmt/cpe.h"
#include "fmt/cst.h"
#include "fmt/cvss.h"
#include "fmt/deb822.h"
#include "fmt/dpkg.h"
#include "fmt/dsse.h"
#include "fmt/elf.h"
#include "fmt/hashlist.h"
#include "fmt/history.h"
#include "fmt/jws.h"
#include "fmt/knownfiles.h"
#include "fmt/lang.h"
#include "fmt/lock.h"
#include "fmt/ndb.h"
#include "fmt/oci.h"
#include "fmt/osrelease.h"
#include "fmt/purl.h"
#include "fmt/regex.h"
#include "fmt/registries_conf.h"
#include "fmt/registry.h"
#include "fmt/results.h"
#include "fmt/rpmdb.h"
#include "fmt/rpmhdr.h"
#include "fmt/sbom.h"
#include "fmt/spdx_license.h"
#include "fmt/sqlitedb.h"
#include "fmt/storage.h"
#include "fmt/tar.h"
#include "fmt/toml.h"
#include "fmt/tzif.h"
#include "fmt/token.h"
#include "fmt/vers.h"
#include "fmt/version.h"
#include "fmt/vex.h"
#include "fmt/xmltree.h"
#include "fmt/yaratext.h"
#include "fmt/zip.h"

#endif
