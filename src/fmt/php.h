/* SPDX-License-Identifier: Apache-2.0 */
/*
 * php.h - values that PHP programs leave in files, as JSON trees.  Nothing is ever carried out.
 *
 * An array is an object by its keys ("0", "1" where it is a list).  At most LANG_LIST_MAX bytes,
 * JSON_DEPTH_MAX levels and PHP_VALUES_MAX values; ERR_LIMIT past them, ERR_FORMAT for what is no
 * such value.  The caller frees the tree (AUTO_JSON).
 */
#ifndef FMT_PHP_H
#define FMT_PHP_H

#include "base/base.h"

/* "<?php return array('a' => array(1, true), 'b' => __DIR__ . '/x');", as var_export() and Composer
 * write it: arrays, texts, numbers, constants, and texts joined by dots (a constant in them is
 * empty).  name is for messages. */
int php_load_literal(struct bytes text, const char *name, json_t **ret, struct err *e);
/* serialize()'s text: arrays, texts, numbers, booleans, null; what stands behind it is not read. */
int php_load_serialized(struct bytes text, const char *name, json_t **ret, struct err *e);

#endif
