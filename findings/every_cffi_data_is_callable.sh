#!/bin/sh
# Every data object of CFFI says that it can be called, though calling all but function pointers fails.
# A bridge that asks `callable` before it makes a C callback of an object therefore takes an array, a
# number or a struct, and fails when C calls. Data of ctypes tells the truth.
# Seen with CFFI 2.1.1 on CPython 3.11.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cffi==2.1.1
venv/bin/python - <<'PY' >seen
import collections.abc, ctypes, cffi

ffi = cffi.FFI()
ffi.cdef("struct pair { int a, b; };")
for name, data in {
    "int[2] of cffi": ffi.new("int[2]"),
    "struct of cffi": ffi.new("struct pair *")[0],
    "number of cffi": ffi.cast("int", 3),
    "int[2] of ctypes": (ctypes.c_int * 2)(),
    "number of ctypes": ctypes.c_int(3),
}.items():
    try:
        data()
        outcome = "called"
    except TypeError:
        outcome = "TypeError"
    print(f"{name}: callable {callable(data)}, Callable {isinstance(data, collections.abc.Callable)}, {outcome}")
PY
cat seen
diff seen - <<'EXPECTED'
int[2] of cffi: callable True, Callable True, TypeError
struct of cffi: callable True, Callable True, TypeError
number of cffi: callable True, Callable True, TypeError
int[2] of ctypes: callable False, Callable False, TypeError
number of ctypes: callable False, Callable False, TypeError
EXPECTED
