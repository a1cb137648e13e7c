#!/bin/sh
# `#pragma redefine_extname`, by which headers of Solaris and of large-file support rename functions, also
# renames what was declared before it, which a reader of headers that goes from top to bottom has bound
# already. The first pragma wins over a second one for the same name, and a name that has an asm label
# keeps it.
# Seen with gcc 12.2.0 on x86-64.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
command -v gcc >/dev/null || { echo "needs gcc"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >probe.c <<'C'
int before(void);
#pragma redefine_extname before renamed_afterwards
#pragma redefine_extname before renamed_twice
int labelled(void) __asm__("label");
#pragma redefine_extname labelled renamed_in_spite
int use(void) { return before() + labelled(); }
C
gcc -w -c probe.c
nm -u probe.o | sed 's/^ *U //' | sort >seen
cat seen
diff seen - <<'EXPECTED'
label
renamed_afterwards
EXPECTED
