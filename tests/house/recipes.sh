#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# recipes - carries out the recipes of docs/ADDING.md (its ```sh blocks, section by section) in a
# copy of the tree, builds it, then asks the checks of the house about the result.
# timeout: 900
set -u
copy=$TMPDIR/copy
mkdir "$copy"
# the objects come along, with their times, so that only what a recipe touches is built again
tar -C "$ASSAY_SRC" --exclude=./build/san --exclude=./build/cov --exclude=./build/fuzz --exclude=./build/clang \
	--exclude=./build/demo --exclude=./build/bench --exclude=./build/tests --exclude=./build/starter --exclude=./dist --exclude=.git -cf - . |
	tar -C "$copy" -xf -
cd "$copy" || exit 1
export MAKEFLAGS=-j2

# What compiles is put off until all recipes have made their edits, so that the copy is built once;
# the rest (house checks, a file from a template) is done at once.
REAL_MAKE=$(command -v make)
export REAL_MAKE
mkdir "$TMPDIR/bin"
cat >"$TMPDIR/bin/make" <<'END'
#!/bin/sh
case $* in
unit* | docs | "check T=cli/"*) echo "$*" >>"$RECIPE.make" ;;
*) exec "$REAL_MAKE" "$@" ;;
esac
END
chmod +x "$TMPDIR/bin/make"
# Unoptimised code builds in half the time, and without optimisation gcc gives two false alarms.
# Lists, and the header of versions, are included by many files that say nothing of the rows which
# a recipe adds: they are taken for unchanged, and the files that do say something for changed.
quickly() {
	# shellcheck disable=SC2046
	make -s -o src/fmt/version.h $(printf -- '-o %s ' src/*/*.def) \
		OPT='-O0 -g0 -Wno-format-truncation -Wno-maybe-uninitialized' "$@"
}

awk -v to="$TMPDIR" '
/^## / { n++; file = sprintf("%s/recipe-%02d", to, n); print substr($0, 4) >(file ".title") }
/^```sh$/ { is_in = 1; next }
/^```$/ { is_in = 0; next }
is_in { print >(file ".sh") }' docs/ADDING.md

carry_out() {
	RECIPE=$1 PATH=$TMPDIR/bin:$PATH sh -eu "$1.sh"
}

make_it() {
	[ -e "$1.make" ] || return 0
	while read -r words; do
		[ "${words#unit}" = "$words" ] || [ "$is_each" ] || continue
		# shellcheck disable=SC2086
		quickly $words || return 1
	done <"$1.make"
}

for script in "$TMPDIR"/recipe-*.sh; do
	# what builds nothing waits: a bound lies in a header of everybody's
	if grep -qE '^make (unit|docs|check T=cli/)' "$script"; then
		carry_out "${script%.sh}" >"${script%.sh}.out" 2>&1 || touch "${script%.sh}.failed"
	fi
done
# the unit tests of all recipes by one make; each by its own, to tell whose it is, when they do not pass
# shellcheck disable=SC2046
units=$(sed -n 's/^unit T=//p' $(find "$TMPDIR" -name 'recipe-*.make' | LC_ALL=C sort) | tr '\n' ' ')
grep -lE '^#include .*\.def[">]|enum version_order|\bVERSION_[A-Z_]+' src/*/*.c | xargs touch
is_each=
quickly unit T="$units" >"$TMPDIR/units.out" 2>&1 || is_each=1
for script in "$TMPDIR"/recipe-*.sh; do
	recipe=${script%.sh}
	[ -e "$recipe.make" ] || carry_out "$recipe" >"$recipe.out" 2>&1 || touch "$recipe.failed"
	if [ ! -e "$recipe.failed" ] && make_it "$recipe" >>"$recipe.out" 2>&1; then
		echo "ok - recipe: $(cat "$recipe.title")"
	else
		echo "not ok - recipe: $(cat "$recipe.title")"
		tail -n 30 "$recipe.out" "$TMPDIR/units.out" | sed 's/^/# /'
	fi
done
if make check T='house/floors house/format house/headers house/lists' >"$TMPDIR/out" 2>&1; then
	echo "ok - the house is in order afterwards"
else
	echo "not ok - the house is in order afterwards"
	sed 's/^/# /' "$TMPDIR/out"
fi
