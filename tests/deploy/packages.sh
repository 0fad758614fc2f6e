#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 900
# packages - the Debian package in a bare Debian 12 and assay's image under runc.  It takes two minutes,
# so it is for CI (ASSAY_SLOW=1); `make check-packages` does the same by hand.
[ "${ASSAY_SLOW:-}" = 1 ] || { echo "ok - packages # SKIP make check-packages does it"; exit 0; }
exec deploy/test-packages "$ASSAY_BUILD" "$("$ASSAY" --version | sed -n 's/^assay //p')"
