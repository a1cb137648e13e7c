#!/bin/sh
# LuaJIT's ffi gives -1 to a parameter of 64 bits without a sign as 2^63, also if it is a constant of an
# enum; to one of 32 bits as 2^32-1, as C does for both.
# Seen with Debian's LuaJIT 2.1.0-beta3 (20220320) on x86-64.
set -eu
command -v luajit >/dev/null || { echo "needs luajit"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >library.c <<'C'
unsigned long long wide(unsigned long long number) { return number; }
unsigned narrow(unsigned number) { return number; }
C
gcc -shared -fPIC library.c -o library.so
cat >program.lua <<'L'
local ffi = require 'ffi'
ffi.cdef [[
    enum sign { MINUS = -1 };
    unsigned long long wide(unsigned long long number);
    unsigned narrow(unsigned number);
]]
local library = ffi.load './library.so'
print('wide(-1)', library.wide(-1))
print('wide(MINUS)', library.wide(ffi.C.MINUS))
print('wide(-1LL)', library.wide(-1LL))
print('narrow(-1)', library.narrow(-1))
L
luajit program.lua >seen
luajit -v
cat seen
printf '%s\t%s\n' 'wide(-1)' 9223372036854775808ULL 'wide(MINUS)' 9223372036854775808ULL \
    'wide(-1LL)' 18446744073709551615ULL 'narrow(-1)' 4294967295 | diff seen -
