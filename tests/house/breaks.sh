#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# breaks - breaks each rule of the house on purpose, in a copy of the tree, and expects
# `make check` to fail and to name what was broken.
# timeout: 600
set -u
copy=$TMPDIR/copy
mkdir "$copy"
tar -C "$ASSAY_SRC" --exclude=./build --exclude=./dist --exclude=.git -cf - . | tar -C "$copy" -xf -
cd "$copy" || exit 1

# try NAME CHECK WHAT FILE: runs the check on the copy as it stands now; it must fail and say WHAT.
# Afterwards FILE is as it was.
try() {
	if make check T="house/$2" >"$TMPDIR/out" 2>&1; then
		echo "not ok - $1: make check passes"
	elif grep -qF -e "$3" build/tests/log/house/"$2".log; then
		echo "ok - $1"
	else
		echo "not ok - $1: does not say: $3"
		sed 's/^/# /' "$TMPDIR/out"
	fi
	if [ -e "$ASSAY_SRC/$4" ]; then
		cp -p "$ASSAY_SRC/$4" "$4"
	else
		rm "$4"
	fi
}

# lines N TEXT: TEXT on N lines
lines() {
	awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

# source FILE: standard input becomes FILE, behind a licence line
source_file() {
	mkdir -p "${1%/*}"
	{ echo '/* SPDX-License-Identifier: Apache-2.0 */'; cat; } >"$1"
}

echo '#include "model/model.h"' | source_file src/base/zz.c
try "an include upwards" floors 'src/base/zz.c:2: include "model/model.h": upward' src/base/zz.c
echo '#include "model/model.h"' | source_file src/fmt/zz.c
try "an include of a neighbour" floors 'src/fmt/zz.c:2: include "model/model.h": fmt and model are neighbours' src/fmt/zz.c
echo '#include "base/err.h"' | source_file src/model/zz.c
try "an include of a private header" floors 'src/model/zz.c:2: include "base/err.h": private to base' src/model/zz.c
echo '#include "err.h"' | source_file src/base/zz.c
try "an include without its room" floors 'src/base/zz.c:2: include "err.h" is not ROOM/HEADER' src/base/zz.c
echo '#include "base/base.h"' | source_file src/attic/zz.c
try "a folder that is no room" floors 'src/attic is not a room' src/attic/zz.c

printf '#ifndef BASE_ZZ_H\n#define BASE_ZZ_H\n\nsize_t zz(void);\n\n#endif\n' | source_file src/base/zz.h
try "a header that does not compile alone" headers 'src/base/zz.h: does not compile alone' src/base/zz.h
printf '#ifndef ZZ\n#define ZZ\n\n#endif\n' | source_file src/base/zz.h
try "a header whose guard is not its path" headers 'src/base/zz.h: guard is not BASE_ZZ_H' src/base/zz.h
printf '#include "base/base.h"\n\n#include <string.h>\n#include <stdlib.h>\n' | source_file src/base/zz.c
try "includes that are not sorted" headers 'src/base/zz.c:5: <stdlib.h> is not sorted' src/base/zz.c

first=$(grep -m 1 -n '^	LIMIT(' src/base/limits.h)
name=$(echo "$first" | sed 's/.*LIMIT(//; s/,.*//')
sed -i "${first%%:*}s/LIMIT($name/LIMIT(ZZ_MAX/" src/base/limits.h
try "a bound that is not sorted" lists 'is not sorted: it stands after ZZ_MAX' src/base/limits.h
sed -i "${first%%:*}s/LIMIT($name.*/&\n	LIMIT(${name}_ZZ, 1, \"bytes\", \"no reason\") \\\\/" src/base/limits.h
try "a bound that nothing keeps" limits "nothing keeps ${name}_ZZ" src/base/limits.h
sed -i "${first%%:*}p" src/base/limits.h
try "a bound that is listed twice" lists "$name is listed twice" src/base/limits.h
printf 'ROW(b, 1)\nROW(a, 2)\n' | source_file src/base/zz.def
try "a list that is not sorted" lists 'src/base/zz.def:3: a is not sorted: it stands after b' src/base/zz.def
printf 'ROW(a, 1)\nROW(a, 2)\n' | source_file src/base/zz.def
try "a list with a duplicate" lists 'src/base/zz.def:3: a is listed twice' src/base/zz.def
if [ -e src/inspect/inspectors.def ]; then
	echo 'const struct inspector inspector_zz = {0};' | source_file src/inspect/zz.c
	try "an inspector that is not in the list" lists 'inspector_zz is missing in src/inspect/inspectors.def' src/inspect/zz.c
	echo 'INSPECTOR(zz)' >>src/inspect/inspectors.def
	try "a list that names what is not there" lists 'inspector_zz is not defined' src/inspect/inspectors.def
fi

{ echo 'void zz(void)'; echo '{'; lines 79 '	;'; echo '}'; } | source_file src/base/zz.c
try "a function of 82 lines" size 'zz: function has 82 lines, at most 80' src/base/zz.c
{ echo 'int zz(int n)'; echo '{'; lines 15 '	if (n++) return n;'; echo '	return 0;'; echo '}'; } | source_file src/base/zz.c
try "a function of complexity 16" size 'zz: complexity is 16, at most 15' src/base/zz.c
printf 'void zz(int a, int b, int c, int d, int e, int f)\n{\n}\n' | source_file src/base/zz.c
try "a function of 6 parameters" size 'zz: function has 6 parameters, at most 5' src/base/zz.c
lines 800 'extern int zz;' | source_file src/base/zz.c
try "a file of 801 lines" size 'src/base/zz.c: file has 801 lines, at most 800' src/base/zz.c

echo 'int  zz;' | source_file src/base/zz.c
try "a file that is not formatted" format 'src/base/zz.c:2: not formatted' src/base/zz.c
echo 'See `src/base/gone.c`.' >>docs/ARCHITECTURE.md
try "a page that names a file which is not there" paths 'docs/ARCHITECTURE.md: names src/base/gone.c' docs/ARCHITECTURE.md
sed -i '/^| 0 | .src.base/d' docs/ARCHITECTURE.md
try "a room without its row" paths 'docs/ARCHITECTURE.md: no row "| 0 | `src/base/` |"' docs/ARCHITECTURE.md
echo 'int zz;' >src/base/zz.c
try "a source without its licence line" text 'src/base/zz.c: no SPDX line' src/base/zz.c
echo "/* see /""work/zz */" | source_file src/base/zz.c
try "a path of one machine" text 'src/base/zz.c:2:' src/base/zz.c
# shellcheck disable=SC2016
printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\ncd $1\n' >tools/zz
try "a careless script" shell 'SC2164' tools/zz

if make check T=house/floors >"$TMPDIR/out" 2>&1; then
	echo "ok - the copy itself passes"
else
	echo "not ok - the copy itself passes"
	sed 's/^/# /' "$TMPDIR/out"
fi
