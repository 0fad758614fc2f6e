/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h - the nouns: entry, fact, factset, report and what it is made of.
 *
 * Plain data, no I/O.  entry.h and fact.h are what a worker states about a layer; factset.h holds
 * the facts of one layer; advisory.h is what the world knows; report.h is what a user reads.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/advisory.h"
#include "model/carry.h"
#include "model/diff.h"
#include "model/ecosystem.h"
#include "model/entry.h"
#include "model/fact.h"
#include "model/factset.h"
#include "model/report.h"
#include "model/rule.h"
#include "model/words.h"

#endif
