#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs - what `make docs` writes is what is in the repository.
set -u
cd "$ASSAY_SRC" || exit 1
tools/docs "$ASSAY" "$TMPDIR" || echo "not ok - make docs"
if [ -x "$ASSAY" ] && ! "$ASSAY" help --format names >/dev/null 2>&1; then
	echo "not ok - the program prints its reference (help --format names)"
fi
if ! [ -e docs/reference/limits.md ]; then
	echo "ok - docs/reference/limits.md # SKIP not written yet"
	rm "$TMPDIR/docs/reference/limits.md"
fi
# each generated page is there and the same; none is left over
for f in $(cd "$TMPDIR" && find docs completions -type f | LC_ALL=C sort); do
	if diff -u "$f" "$TMPDIR/$f" >"$TMPDIR/diff" 2>&1; then
		echo "ok - $f is in sync"
	else
		echo "not ok - $f is in sync (make docs)"
		head -n 20 "$TMPDIR/diff"
	fi
done
for f in docs/man/*.1 docs/reference/*.md; do
	[ ! -e "$f" ] || [ -e "$TMPDIR/$f" ] || echo "not ok - $f is written by make docs"
done
[ -x "$ASSAY" ] || echo "ok - man pages and completion # SKIP there is no program yet"
