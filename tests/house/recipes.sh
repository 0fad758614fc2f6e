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
# unoptimised code builds in half the time, and without optimisation gcc gives two false alarms
quick='OPT=-O0 -Wno-format-truncation -Wno-maybe-uninitialized'
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
		# shellcheck disable=SC2086
		make -s "$quick" $words || return 1
	done <"$1.make"
}

for script in "$TMPDIR"/recipe-*.sh; do
	carry_out "${script%.sh}" >"${script%.sh}.out" 2>&1 || touch "${script%.sh}.failed"
done
for script in "$TMPDIR"/recipe-*.sh; do
	recipe=${script%.sh}
	if [ ! -e "$recipe.failed" ] && make_it "$recipe" >>"$recipe.out" 2>&1; then
		echo "ok - recipe: $(cat "$recipe.title")"
	else
		echo "not ok - recipe: $(cat "$recipe.title")"
		tail -n 30 "$recipe.out" | sed 's/^/# /'
	fi
done
if make check T='house/floors house/format house/headers house/lists' >"$TMPDIR/out" 2>&1; then
	echo "ok - the house is in order afterwards"
else
	echo "not ok - the house is in order afterwards"
	sed 's/^/# /' "$TMPDIR/out"
fi
