#!/bin/sh
# A bit-field of no bits makes the first eight bytes of a union travel in an integer register with gcc,
# and changes nothing with clang; in a struct gcc skips it since 12.1 (-Wpsabi says so there, and is
# silent of unions). Code of the two reads each other's double from the wrong register.
# Seen with gcc 12.2.0 and the clang 18.1.6 of ziglang 0.13.0 (PyPI) on x86-64.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
for tool in gcc python3; do command -v $tool >/dev/null || { echo "needs $tool"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check ziglang==0.13.0
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"
clang() { environment/bin/python -m ziglang cc -target x86_64-linux-gnu "$@"; }
cat >types.h <<'C'
union one { int : 0; double real; };
struct two { int : 0; double real; };
double of_union(union one value);
double of_struct(struct two value);
C
cat >callee.c <<'C'
#include "types.h"
double of_union(union one value) { return value.real; }
double of_struct(struct two value) { return value.real; }
C
cat >caller.c <<'C'
#include "types.h"
#include <stdio.h>
int main(void) {
    union one first = {2.5};
    struct two second = {2.5};
    /* Leaves 1.5 in the register where a double would be. */
    __asm__ volatile("movsd %0, %%xmm0" : : "m"((double){1.5}) : "xmm0");
    printf("union %s\n", of_union(first) == 2.5 ? "right" : "wrong");
    printf("struct %s\n", of_struct(second) == 2.5 ? "right" : "wrong");
    return 0;
}
C
gcc -O1 -Wpsabi -c caller.c -o caller.o 2>warnings
gcc -O1 -c callee.c -o by_gcc.o 2>/dev/null
clang -O1 -w -c callee.c -o by_clang.o
gcc caller.o by_gcc.o -o same
gcc caller.o by_clang.o -o mixed
gcc --version | head -n 1
clang --version | head -n 1
./same >seen_same
./mixed >seen_mixed
echo "gcc calls gcc:"; cat seen_same
echo "gcc calls clang:"; cat seen_mixed
printf 'union right\nstruct right\n' | diff seen_same -
printf 'union wrong\nstruct right\n' | diff seen_mixed -
if grep 'union.*zero-width' warnings; then exit 1; fi
