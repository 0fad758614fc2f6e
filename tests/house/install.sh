#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install - make install puts the programs where they find each other, and nothing outside DESTDIR.
set -u
cd "$ASSAY_SRC" || exit 1
if ! [ -x "$ASSAY" ]; then
	echo "ok - make install # SKIP there is no program yet"
	exit 0
fi
to=$TMPDIR/to/usr
DESTDIR=$TMPDIR/to PREFIX=/usr tools/install "$ASSAY_BUILD" || echo "not ok - tools/install"
for f in bin/assay libexec/assay/assay-inspect libexec/assay/assay-db share/doc/assay/LICENSE; do
	if [ -e "$to/$f" ]; then echo "ok - installs $f"; else echo "not ok - installs $f"; fi
done
mkdir -p "$TMPDIR/root/etc"
echo 'ID=debian' >"$TMPDIR/root/etc/os-release"
if "$to/bin/assay" scan "dir:$TMPDIR/root" -f json --cache-dir "$TMPDIR/cache" >"$TMPDIR/report" 2>"$TMPDIR/err" &&
	grep -q '"assay.report/v1"' "$TMPDIR/report"; then
	echo "ok - what is installed scans a folder with its worker"
else
	echo "not ok - what is installed scans a folder with its worker"
	head -n 20 "$TMPDIR/report" "$TMPDIR/err"
fi
