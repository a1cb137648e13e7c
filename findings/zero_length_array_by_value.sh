#!/bin/sh
# A struct with a zero-length array of int behind a float travels in an integer register with gcc, and
# in a floating-point register with clang: by value, code of the two does not understand each other.
# Seen with gcc 12.2.0 and the clang 18.1.6 of ziglang 0.13.0 (PyPI) on x86-64.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check ziglang==0.13.0
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"
clang() { environment/bin/python -m ziglang cc "$@"; }
cat >callee.c <<'C'
struct s { float number; int none[0]; };
float get(struct s s) { return s.number; }
C
cat >caller.c <<'C'
#include <stdio.h>
struct s { float number; int none[0]; };
float get(struct s s);
int main(void) {
    struct s s = {1.5f};
    puts(get(s) == 1.5f ? "1.5" : "something else");
    return 0;
}
C
for file in callee caller; do
    gcc -O1 -c $file.c -o gcc-$file.o
    clang -O1 -fno-sanitize=all -fPIC -c $file.c -o clang-$file.o
done
for caller in gcc clang; do
    for callee in gcc clang; do
        gcc $caller-caller.o $callee-callee.o -o program
        echo "$caller calls $callee: $(./program)"
    done
done >seen
gcc --version | head -n 1
clang --version 2>/dev/null | head -n 1
cat seen
diff seen - <<'EXPECTED'
gcc calls gcc: 1.5
gcc calls clang: something else
clang calls gcc: something else
clang calls clang: 1.5
EXPECTED
