#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 1200
# arm64 - built for that machine, with Vectorscan, and run under qemu-user.  It takes minutes, so it is
# for CI (ASSAY_SLOW=1); `make check-arm64 SYSROOT=DIR` does the same by hand.
[ "${ASSAY_SLOW:-}" = 1 ] || { echo "ok - arm64 # SKIP make check-arm64 does it"; exit 0; }
for tool in mmdebstrap qemu-aarch64-static aarch64-linux-gnu-gcc; do
	command -v "$tool" >/dev/null || { echo "ok - arm64 # SKIP there is no $tool"; exit 0; }
done
root=$ASSAY_BUILD/arm64-root
log=$TMPDIR/log
step() { # NAME COMMAND...
	name=$1
	shift
	if "$@" >"$log" 2>&1; then echo "ok - $name"; return 0; fi
	echo "not ok - $name"
	sed 's/^/# /' "$log" | tail -n 20
	exit 1
}
[ -e "$root/usr/lib/aarch64-linux-gnu" ] || step "a sysroot for arm64" tools/cross-root arm64 "$root"
step "it builds for arm64" make -s ARCH=arm64 SYSROOT="$root" arm64-build
exec deploy/test-arm64 build/arm64 "$root"
