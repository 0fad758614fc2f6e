#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# dist - the source archive is the same bytes each time, and holds what is committed.
set -u
cd "$ASSAY_SRC" || exit 1
if ! git rev-parse HEAD >/dev/null 2>&1; then
	echo "ok - make dist # SKIP not a clone"
	exit 0
fi
for i in 1 2; do
	tools/dist 0 "$TMPDIR/$i" >/dev/null
	sleep 1.1 # a time that crept in would differ now
done
if cmp "$TMPDIR/1/assay-0.tar.gz" "$TMPDIR/2/assay-0.tar.gz"; then
	echo "ok - two archives of one commit are the same bytes"
else
	echo "not ok - two archives of one commit are the same bytes"
fi
git ls-tree -r --name-only HEAD | sort >"$TMPDIR/want"
tar -tzf "$TMPDIR/1/assay-0.tar.gz" | sed 's,^assay-0/,,' | grep -v '/$' | grep . | sort >"$TMPDIR/has"
if diff "$TMPDIR/want" "$TMPDIR/has"; then
	echo "ok - the archive holds every committed file"
else
	echo "not ok - the archive holds every committed file"
fi
