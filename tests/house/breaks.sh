#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# breaks - breaks each rule of the house on purpose, in a copy of the tree, and expects
# `make check` to fail and to name what was broken.  Rules that do not meet are broken together, in
# rounds: each check of a round must fail, and name each thing that was broken for it and no other.
# timeout: 600
set -u
copy=$TMPDIR/copy
mkdir "$copy"
tar -C "$ASSAY_SRC" --exclude=./build --exclude=./dist --exclude=.git -cf - . | tar -C "$copy" -xf -
cd "$copy" || exit 1
# the copies have the times of their originals: what was asked of those need not be asked again
mkdir build
cp -pr "$ASSAY_BUILD"/check-* build/ 2>/dev/null

# expect NAME CHECK WHAT FILE: FILE has just been broken; in this round CHECK must fail and say WHAT.
expect() {
	printf '%s\t%s\t%s\n' "$2" "$1" "$3" >>"$TMPDIR/expected"
	echo "$4" >>"$TMPDIR/broken"
}

# Runs the checks of what was broken since the last round; afterwards all files are as they were.
round() {
	cut -f 1 "$TMPDIR/expected" | sort -u >"$TMPDIR/checks"
	if make check T="$(sed 's,^,house/,' "$TMPDIR/checks" | tr '\n' ' ')" >"$TMPDIR/out" 2>&1; then
		echo "not ok - make check fails"
	fi
	while IFS="$tab" read -r check name what; do
		if ! grep -q "^FAIL house/$check:" "$TMPDIR/out"; then
			echo "not ok - $name: house/$check passes"
		elif ! grep -qF -e "$what" "build/tests/log/house/$check.log"; then
			echo "not ok - $name: does not say: $what"
			sed 's/^/# /' "build/tests/log/house/$check.log"
		else
			echo "ok - $name"
		fi
	done <"$TMPDIR/expected"
	while read -r file; do
		if [ -e "$ASSAY_SRC/$file" ]; then
			cp -p "$ASSAY_SRC/$file" "$file"
		else
			rm -f "$file"
		fi
	done <"$TMPDIR/broken"
	rm "$TMPDIR/expected" "$TMPDIR/broken"
}
tab=$(printf '\t')

# lines N TEXT: TEXT on N lines
lines() {
	awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

# source FILE: standard input becomes FILE, behind a licence line
source_file() {
	mkdir -p "${1%/*}"
	{ echo '/* SPDX-License-Identifier: Apache-2.0 */'; cat; } >"$1"
}

echo '#include "model/model.h"' | source_file src/base/zz_up.c
expect "an include upwards" floors 'src/base/zz_up.c:2: include "model/model.h": upward' src/base/zz_up.c
echo '#include "model/model.h"' | source_file src/fmt/zz.c
expect "an include of a neighbour" floors 'src/fmt/zz.c:2: include "model/model.h": fmt and model are neighbours' src/fmt/zz.c
echo '#include "base/err.h"' | source_file src/model/zz.c
expect "an include of a private header" floors 'src/model/zz.c:2: include "base/err.h": private to base' src/model/zz.c
echo '#include "err.h"' | source_file src/base/zz_bare.c
expect "an include without its room" floors 'src/base/zz_bare.c:2: include "err.h" is not ROOM/HEADER' src/base/zz_bare.c
echo '#include "base/base.h"' | source_file src/attic/zz.c
expect "a folder that is no room" floors 'src/attic is not a room' src/attic/zz.c

printf '#ifndef BASE_ZZ_LONE_H\n#define BASE_ZZ_LONE_H\n\nsize_t zz(void);\n\n#endif\n' | source_file src/base/zz_lone.h
expect "a header that does not compile alone" headers 'src/base/zz_lone.h: does not compile alone' src/base/zz_lone.h
printf '#ifndef ZZ\n#define ZZ\n\n#endif\n' | source_file src/base/zz_guard.h
expect "a header whose guard is not its path" headers 'src/base/zz_guard.h: guard is not BASE_ZZ_GUARD_H' src/base/zz_guard.h
printf '#include "base/base.h"\n\n#include <string.h>\n#include <stdlib.h>\n' | source_file src/base/zz_order.c
expect "includes that are not sorted" headers 'src/base/zz_order.c:5: <stdlib.h> is not sorted' src/base/zz_order.c

first=$(grep -m 1 -n '^	LIMIT(' src/base/limits.h)
name=$(echo "$first" | sed 's/.*LIMIT(//; s/,.*//')
sed -i "${first%%:*}s/LIMIT($name/LIMIT(ZZ_MAX/" src/base/limits.h
expect "a bound that is not sorted" lists 'is not sorted: it stands after ZZ_MAX' src/base/limits.h
printf 'ROW(b, 1)\nROW(a, 2)\n' | source_file src/base/zz_order.def
expect "a list that is not sorted" lists 'src/base/zz_order.def:3: a is not sorted: it stands after b' src/base/zz_order.def
printf 'ROW(a, 1)\nROW(a, 2)\n' | source_file src/base/zz_twice.def
expect "a list with a duplicate" lists 'src/base/zz_twice.def:3: a is listed twice' src/base/zz_twice.def
echo 'const struct inspector inspector_zz = {0};' | source_file src/inspect/zz.c
expect "an inspector that is not in the list" lists 'inspector_zz is missing in src/inspect/inspectors.def' src/inspect/zz.c
echo 'INSPECTOR(zz_gone)' >>src/inspect/inspectors.def
expect "a list that names what is not there" lists 'inspector_zz_gone is not defined' src/inspect/inspectors.def

{ echo 'void zz(void)'; echo '{'; lines 79 '	;'; echo '}'; } | source_file src/base/zz_long.c
expect "a function of 82 lines" size 'zz: function has 82 lines, at most 80' src/base/zz_long.c
{ echo 'int zz(int n)'; echo '{'; lines 15 '	if (n++) return n;'; echo '	return 0;'; echo '}'; } | source_file src/base/zz_branches.c
expect "a function of complexity 16" size 'zz: complexity is 16, at most 15' src/base/zz_branches.c
printf 'void zz(int a, int b, int c, int d, int e, int f)\n{\n}\n' | source_file src/base/zz_six.c
expect "a function of 6 parameters" size 'zz: function has 6 parameters, at most 5' src/base/zz_six.c
lines 800 'extern int zz;' | source_file src/base/zz_file.c
expect "a file of 801 lines" size 'src/base/zz_file.c: file has 801 lines, at most 800' src/base/zz_file.c

echo 'int  zz;' | source_file src/base/zz_blanks.c
expect "a file that is not formatted" format 'src/base/zz_blanks.c:2: not formatted' src/base/zz_blanks.c
echo 'See `src/base/gone.c`.' >>docs/ARCHITECTURE.md
expect "a page that names a file which is not there" paths 'docs/ARCHITECTURE.md: names src/base/gone.c' docs/ARCHITECTURE.md
sed -i '/^| 0 | .src.base/d' docs/ARCHITECTURE.md
expect "a room without its row" paths 'docs/ARCHITECTURE.md: no row "| 0 | `src/base/` |"' docs/ARCHITECTURE.md
echo 'int zz;' >src/base/zz_free.c
expect "a source without its licence line" text 'src/base/zz_free.c: no SPDX line' src/base/zz_free.c
echo "/* see /""work/zz */" | source_file src/base/zz_here.c
expect "a path of one machine" text 'src/base/zz_here.c:2:' src/base/zz_here.c
# shellcheck disable=SC2016
printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\ncd $1\n' >tools/zz
expect "a careless script" shell 'SC2164' tools/zz
round

sed -i "${first%%:*}s/LIMIT($name.*/&\n	LIMIT(${name}_ZZ, 1, \"bytes\", \"no reason\") \\\\/" src/base/limits.h
echo 'enum { ENTRIES_HELD_MAX = 7 };' >>src/fmt/ar.c
expect "a bound in a source" limits 'ENTRIES_HELD_MAX is a bound that does not stand in' src/fmt/ar.c
expect "a bound that nothing keeps" limits "nothing keeps ${name}_ZZ" src/base/limits.h
sed -i "${first%%:*}p" src/base/limits.h
expect "a bound that is listed twice" lists "$name is listed twice" src/base/limits.h
round

rmdir src/attic
if make check T='house/floors house/format house/limits house/lists house/paths house/size house/text' >"$TMPDIR/out" 2>&1; then
	echo "ok - the copy itself passes"
else
	echo "not ok - the copy itself passes"
	sed 's/^/# /' "$TMPDIR/out"
fi
