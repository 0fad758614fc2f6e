#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# recipes - carries out the recipes of docs/ADDING.md (its ```sh blocks, section by section) in a
# copy of the tree, then asks the checks of the house about the result.
# timeout: 900
set -u
copy=$TMPDIR/copy
mkdir "$copy"
# the objects come along, with their times, so that only what a recipe touches is built again
tar -C "$ASSAY_SRC" --exclude=./build/san --exclude=./build/cov --exclude=./build/fuzz --exclude=./build/clang \
	--exclude=./build/demo --exclude=./build/bench --exclude=./build/tests --exclude=./dist --exclude=.git -cf - . |
	tar -C "$copy" -xf -
cd "$copy" || exit 1
export MAKEFLAGS=-j2
awk -v to="$TMPDIR" '
/^## / { n++; file = sprintf("%s/recipe-%02d", to, n); print substr($0, 4) >(file ".title") }
/^```sh$/ { is_in = 1; next }
/^```$/ { is_in = 0; next }
is_in { print >(file ".sh") }' docs/ADDING.md

for script in "$TMPDIR"/recipe-*.sh; do
	title=$(cat "${script%.sh}.title")
	if sh -eu "$script" >"$TMPDIR/out" 2>&1; then
		echo "ok - recipe: $title"
	else
		echo "not ok - recipe: $title"
		tail -n 30 "$TMPDIR/out" | sed 's/^/# /'
	fi
done
if make check T='house/floors house/format house/headers house/lists' >"$TMPDIR/out" 2>&1; then
	echo "ok - the house is in order afterwards"
else
	echo "not ok - the house is in order afterwards"
	sed 's/^/# /' "$TMPDIR/out"
fi
