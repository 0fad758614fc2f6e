/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h - the ground floor: what every room stands on.
 *
 * Other rooms include this header and no other of base/.  It gives errors as values (err.h), byte
 * slices, buffers and arenas (bytes.h), hash tables (map.h), JSON and CBOR in and out (json.h,
 * cbor.h, yaml.h), digests (digest.h), files (io.h), child processes and confinement (proc.h,
 * confine.h), times (clock.h), the log and progress (log.h), and every bound that assay
 * keeps (limits.h).
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "base/err.h"
#include "base/limits.h"
#include "base/bytes.h"
#include "base/cbor.h"
#include "base/clock.h"
#include "base/confine.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/jdoc.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/proc.h"
#include "base/yaml.h"
/* last: it poisons names that the headers above still declare */
#include "base/banned.h"

#endif
