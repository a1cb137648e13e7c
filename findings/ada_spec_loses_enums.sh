#!/bin/sh
# gcc -fdump-ada-spec leaves out an enum that has neither a tag nor a typedef name, without a word:
# constants of C's most common form. A macro with a cast it leaves out as a comment.
# Seen with gcc 12.2.0.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >given.h <<'C'
enum { LOOSE = 5 };
enum tagged { MEMBER = 6 };
#define PLAIN 7
#define CAST ((int)8)
C
gcc -fdump-ada-spec -c given.h -o given.o
for name in LOOSE MEMBER PLAIN CAST; do
    if grep -q "^ *[A-Za-z_]*$name : constant" given_h.ads; then
        echo "$name: a constant"
    elif grep -q "$name" given_h.ads; then
        echo "$name: a comment"
    else
        echo "$name: nothing"
    fi
done >seen
gcc --version | head -n 1
cat seen
diff seen - <<'EXPECTED'
LOOSE: nothing
MEMBER: a constant
PLAIN: a constant
CAST: a comment
EXPECTED
