#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# apk-awk.sh - packages and files of real Alpine images, counted a second way with awk.
set -u

facts="${ASSAY_BUILD:-build}/tests/unit/inspect_text"
dir=${TMPDIR:-/tmp}/apk-awk
shared=${ASSAY_SHARED-../shared}/data

# what the inspector states, in the form of want()
got() {
	"$facts" --facts "$1" lib/apk/db/installed | awk '
		$1 == "package" { print "package", $3, $4, $5, $6, $NF }
		$1 == "owned" && $5 ~ /^4$/ { print "dir", $2, $3, $6 }
		$1 == "owned" && $5 !~ /^4$/ { print "file", $2, $3, $6 }
		$1 == "note" { print }' | sort
}

# the same from the database itself: one field a line, folders and files below their package
want() {
	awk -F: '
		function flush() {
			if (kind != "") print kind, p, path, mode
			kind = ""
		}
		/^P:/ { p = $2 } /^V:/ { v = $2 } /^A:/ { a = $2 } /^o:/ { o = $2 } /^t:/ { t = $2 }
		/^F:/ { flush(); d = $2; kind = d == "" ? "" : "dir"; path = d; mode = 755 }
		/^R:/ { flush(); kind = "file"; path = d == "" ? $2 : d "/" $2; mode = 644 }
		/^[Ma]:/ { mode = $4 }
		/^$/ { flush(); if (p != "") print "package", p, v, a, o, t; p = "" }' "$1" | sort
}

rm -rf "$dir"
mkdir -p "$dir"
for image in "$shared"/images/alpine/*.tar.gz; do
	if [ ! -f "$image" ]; then
		echo "ok - packages of Alpine images # SKIP no shared data here"
		break
	fi
	tar -xzOf "$image" ./lib/apk/db/installed >"$dir/installed"
	got "$dir/installed" >"$dir/got"
	want "$dir/installed" >"$dir/want"
	name=$(basename "$image" .tar.gz)
	if [ -s "$dir/want" ] && cmp -s "$dir/want" "$dir/got"; then
		echo "ok - $name: $(grep -c ^package "$dir/want") packages, $(grep -c ^file "$dir/want") files"
	else
		diff "$dir/want" "$dir/got" | head -10 | sed 's/^/# /'
		echo "not ok - $name"
	fi
done
rm -rf "$dir"
