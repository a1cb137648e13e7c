#!/bin/sh
# `long _Complex` is no short spelling of a complex floating type: it is a complex integer of two
# longs, 16 bytes where `long double _Complex` has 32, and real and imaginary part are integers. clang
# takes it from GNU C as it is, but refuses the one of __int128 that gcc has. CFFI's cdef takes
# `double _Complex` and refuses every complex integer, so a header that has one needs another way.
# Seen with gcc 12.2.0, clang of ziglang 0.15.1 and CFFI 2.1.1.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cffi==2.1.1 ziglang==0.15.1
cat >sizes.c <<'C'
#include <stdio.h>
#define SHOW(type) printf("%s: %zu bytes, half of 3 is %g\n", #type, sizeof(type), (double)half((type)3))
#define half(value) __real__((value) / 2)
int main(void) {
    SHOW(long _Complex);
    SHOW(double _Complex);
    SHOW(long double _Complex);
    return 0;
}
C
echo '__int128 _Complex wide;' >wide.c
{
    for compiler in gcc 'venv/bin/python -m ziglang cc'; do
        name=${compiler##* }
        [ "$name" = gcc ] || name=clang
        $compiler sizes.c -o sizes 2>/dev/null
        ./sizes | sed "s/^/$name, /"
        if $compiler -c wide.c -o wide.o 2>/dev/null; then
            echo "$name, __int128 _Complex: taken"
        else
            echo "$name, __int128 _Complex: refused"
        fi
    done
    venv/bin/python - <<'PY'
import cffi

for name in ("double _Complex", "int _Complex", "long _Complex", "long double _Complex"):
    try:
        cffi.FFI().cdef(f"{name} f(void);")
        print(f"cffi, {name}: taken")
    except cffi.FFIError:
        print(f"cffi, {name}: refused")
PY
} >seen
gcc --version | head -n 1
cat seen
diff seen - <<'EXPECTED'
gcc, long _Complex: 16 bytes, half of 3 is 1
gcc, double _Complex: 16 bytes, half of 3 is 1.5
gcc, long double _Complex: 32 bytes, half of 3 is 1.5
gcc, __int128 _Complex: taken
clang, long _Complex: 16 bytes, half of 3 is 1
clang, double _Complex: 16 bytes, half of 3 is 1.5
clang, long double _Complex: 32 bytes, half of 3 is 1.5
clang, __int128 _Complex: refused
cffi, double _Complex: taken
cffi, int _Complex: refused
cffi, long _Complex: refused
cffi, long double _Complex: refused
EXPECTED
