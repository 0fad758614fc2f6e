#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hardening - assay's own programs are built to the standard that it asks of others, and its front
# is linked with a small core of libraries, so that it starts at once.
set -u
if ! [ -x "$ASSAY" ]; then
	echo "ok - hardening # SKIP there is no program yet"
	exit 0
fi

# say NAME COMMAND...: one case
say() {
	name=$1
	shift
	if "$@"; then echo "ok - $name"; else echo "not ok - $name"; fi
}
has() { grep -qE -e "$2" "$TMPDIR/$1"; }
has_not() { ! has "$@"; }

for f in "$ASSAY_BUILD"/assay "$ASSAY_BUILD"/assay-*; do
	[ -f "$f" ] && [ -x "$f" ] || continue
	p=${f##*/}
	LC_ALL=C readelf -W -h -l -d "$f" >"$TMPDIR/elf"
	LC_ALL=C readelf -W --dyn-syms "$f" >"$TMPDIR/syms"
	say "$p: position independent" has elf 'Type: +DYN \(Position-Independent'
	say "$p: relocations read-only" has elf 'GNU_RELRO'
	say "$p: bound at start" has elf 'FLAGS.*(BIND_NOW|NOW)'
	say "$p: stack not executable" has elf 'GNU_STACK .* RW '
	say "$p: no segment both writable and executable" has_not elf 'LOAD .* RWE '
	say "$p: no text relocations" has_not elf 'TEXTREL'
	say "$p: no search path of its own" has_not elf '(RPATH|RUNPATH)'
	case $ASSAY_BUILD in
	*/build)
		say "$p: stack protector" has syms '__stack_chk_fail'
		say "$p: fortified" has syms '_chk@'
		;;
	esac
	if [ "$p" = assay ]; then
		sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$TMPDIR/elf" |
			grep -vE '^(libc|libcrypto|libjansson|liblmdb|libyaml-0|libseccomp|libisal|libz|libzstd|libyajl|libhs_runtime|libpcre2-8|libm|ld-linux.*|lib[atu][bs]an|libasan|libubsan)\.so' >"$TMPDIR/extra"
		say "$p: no library outside the core ($(tr '\n' ' ' <"$TMPDIR/extra"))" test ! -s "$TMPDIR/extra"
	fi
done
