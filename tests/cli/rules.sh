#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules - assay rules lists what images are judged by, and tells of one.
has() {
	name=$1
	shift
	if "$@"; then echo "ok - $name"; else echo "not ok - $name"; fi
}
list=$("$ASSAY" rules)
has "rules for secrets are listed" test "$(echo "$list" | grep -c '^secret\.')" -ge 200
has "rules for accounts are listed" test "$(echo "$list" | grep -c '^user\.')" -ge 1
has "rules for malware are listed" test "$(echo "$list" | grep -cE '^(yara|malware)\.')" -ge 40
has "none is listed twice" test -z "$(echo "$list" | cut -d' ' -f1 | sort | uniq -d)"
one=$("$ASSAY" rules secret.github-pat)
has "one is told with what to do" test "$(echo "$one" | grep -cE '^(Why|To do|Source): .')" = 3
one=$("$ASSAY" rules yara.meterpreter)
has "so is one of YARA" test "$(echo "$one" | grep -cE '^(Why|To do|Source): .')" = 3
"$ASSAY" rules secret.none >/dev/null 2>&1
has "one that is not there is wrong usage" test $? = 2
