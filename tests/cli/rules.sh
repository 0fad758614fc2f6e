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
mkdir -p "$TMPDIR/own"
cat >"$TMPDIR/own/a.yar" <<'END'
rule of_the_house {
	meta:
		title = "A mark of the house"
		severity = "low"
	strings:
		$a = "mark of the house"
	condition:
		$a
}
END
own=$("$ASSAY" rules --yara "$TMPDIR/own")
has "those of a folder of one's own are listed" test "$(echo "$own" | grep -c '^yara\.of_the_house .*low .*A mark of the house')" = 1
has "beside those that ship" test "$(echo "$own" | grep -c '^yara\.')" -gt "$(echo "$list" | grep -c '^yara\.')"
has "one of them is told" test "$("$ASSAY" rules --yara "$TMPDIR/own" yara.of_the_house | head -1)" = yara.of_the_house
echo 'rule broken {' >"$TMPDIR/own/b.yar"
"$ASSAY" rules --yara "$TMPDIR/own" >/dev/null 2>"$TMPDIR/err"
has "one that is broken is wrong usage, with its file" test "$? $(grep -c b.yar "$TMPDIR/err")" = "2 1"
"$ASSAY" rules secret.none >/dev/null 2>&1
has "one that is not there is wrong usage" test $? = 2
