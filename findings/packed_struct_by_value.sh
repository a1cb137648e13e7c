#!/bin/sh
# Bridges that describe a packed struct to libffi by its members pass it wrong, and report success:
# libffi finds the members where they would be without packing and takes registers for them, where
# gcc has the struct in memory. CPython's ctypes crashes when one is returned; PHP's FFI reads what
# was never written.
# Seen with Debian's Python 3.11.2, PHP 8.2 and gcc 12.2.0 on x86-64; also with CPython 3.13.0.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
for tool in gcc python3 php; do command -v $tool >/dev/null || { echo "needs $tool"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >library.c <<'C'
struct packed { char a; double b; } __attribute__((packed));
double second(struct packed value) { return value.b; }
struct packed make(void) { struct packed value = {1, 2.5}; return value; }
C
gcc -O1 -shared -fPIC library.c -o library.so
cat >program.py <<'P'
import ctypes, os, sys
class packed(ctypes.Structure):
    _pack_ = 1
    _fields_ = [('a', ctypes.c_char), ('b', ctypes.c_double)]
library = ctypes.CDLL('./library.so')
library.second.argtypes, library.second.restype = [packed], ctypes.c_double
library.make.restype = packed
print('argument', 'right' if library.second(packed(b'a', 2.5)) == 2.5 else 'wrong', flush=True)
if os.fork() == 0:
    os._exit(0 if library.make().b == 2.5 else 1)
status = os.wait()[1]
print('result', 'crashed' if os.WIFSIGNALED(status) else 'right' if status == 0 else 'wrong')
P
cat >program.php <<'P'
<?php
$library = FFI::cdef('
    struct packed { char a; double b; } __attribute__((packed));
    double second(struct packed value);
    struct packed make(void);', './library.so');
$value = $library->new('struct packed');
$value->b = 2.5;
echo 'argument ', $library->second($value) == 2.5 ? 'right' : 'wrong', "\n";
echo 'result ', $library->make()->b == 2.5 ? 'right' : 'wrong', "\n";
P
python3 --version
php --version | head -n 1
gcc --version | head -n 1
python3 program.py >ctypes
php -d ffi.enable=1 program.php >php
echo "ctypes:"; cat ctypes
echo "PHP:"; cat php
printf 'argument wrong\nresult crashed\n' | diff ctypes -
printf 'argument wrong\nresult wrong\n' | diff php -
