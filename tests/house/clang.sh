#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang - the second compiler has nothing to say about the sources that gcc compiles.
# timeout: 600
set -u
cd "$ASSAY_SRC" || exit 1
if ! command -v clang-14 >/dev/null; then
	echo "ok - clang-14 # SKIP clang-14 is missing"
elif make -s -k clang-syntax; then
	echo "ok - clang-14"
else
	echo "not ok - clang-14"
fi
