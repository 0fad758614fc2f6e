#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# dpkg-query.sh - the package lists that dpkg-query prints are those that fmt/dpkg reads.
set -u

FORMAT='${Package}|${Architecture}|${Version}|${db:Status-Status}|${source:Package}|${source:Version}|${Maintainer}|${Essential}|${Section}\n'
list="${ASSAY_BUILD:-build}/tests/unit/dpkg"
dir=${TMPDIR:-/tmp}/dpkg-query
shared=${ASSAY_SHARED-../shared}/data

# compare NAME ADMINDIR
compare() {
	mkdir -p "$2/info" "$2/updates"
	dpkg-query --admindir="$2" -W -f "$FORMAT" 2>/dev/null | sort >"$dir/want"
	"$list" --list "$2/status" | sort >"$dir/got"
	if [ -s "$dir/want" ] && cmp -s "$dir/want" "$dir/got"; then
		echo "ok - $1: $(wc -l <"$dir/want") packages as dpkg-query has them"
	else
		diff "$dir/want" "$dir/got" | head -10 | sed 's/^/# /'
		echo "not ok - $1"
	fi
}

if ! command -v dpkg-query >/dev/null; then
	echo "ok - package lists # SKIP no dpkg-query here"
	exit 0
fi
rm -rf "$dir"
mkdir -p "$dir/made"

# every state, two architectures, sources with and without version
for status in 'install ok installed' 'hold ok installed' 'deinstall ok config-files' \
	'install ok unpacked' 'install ok half-configured' 'install reinstreq half-installed' \
	'install ok triggers-pending' 'purge ok not-installed' 'deinstall reinstreq installed'; do
	name=$(echo "$status" | tr ' ' '-')
	for arch in amd64 i386; do
		printf 'Package: p-%s\nstatus: %s\nSection: libs\nMaintainer: M <m@example>\n' "$name" "$status"
		printf 'Architecture: %s\nMulti-Arch: same\nSource: src-%s (2:1.0-1)\n' "$arch" "$name"
		printf 'VERSION: 1:2.0-3+b1\nConffiles:\n /etc/x newconffile\n'
		case $status in *pending) printf 'Triggers-Pending: t\n' ;; esac
		printf 'Description: d\n more\n .\n more\n\n'
	done
done >"$dir/made/status"
printf 'Package: plain\nEssential: yes\nStatus: install ok installed\nSection: x\nMaintainer: M\n' >>"$dir/made/status"
printf 'Architecture: all\nVersion: 0~1\nDescription: d\n' >>"$dir/made/status"
compare "made status" "$dir/made"

for slice in "$shared"/images/debian-slices/*.slice.tar.zst; do
	if [ ! -f "$slice" ]; then
		echo "ok - package lists of Debian images # SKIP no shared data here"
		break
	fi
	rm -rf "$dir/root"
	mkdir -p "$dir/root"
	zstd -dcq "$slice" | tar -x -C "$dir/root" ./var/lib/dpkg
	compare "$(basename "$slice" .slice.tar.zst)" "$dir/root/var/lib/dpkg"
done
rm -rf "$dir"
