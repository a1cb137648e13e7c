#!/bin/sh
# A buffer need not hold the elements that its object stands for. A pointer of ctypes exports its own
# eight bytes, the address, in the format "&" of what it points to, and a function the address of its
# code in the format "X{}": the format alone tells them from arrays. NumPy exports a datetime64 scalar as
# eight plain bytes, and refuses to export an array of them. Who takes "any buffer" for a C pointer gives
# addresses and dates as data.
# Seen with CPython 3.11, 3.13 and NumPy 2.4.6 (2.5.5 too).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
version=$(venv/bin/python -c 'import sys; print("2.4.6" if sys.version_info < (3, 12) else "2.5.5")')
venv/bin/pip install --quiet --disable-pip-version-check "numpy==$version"
venv/bin/python - <<'PY' >seen
import ctypes

import numpy

number = ctypes.c_int(1)
pointer = ctypes.pointer(number)
function = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1)
day = numpy.datetime64("2020-01-01")
for name, exporter in ("int", number), ("pointer", pointer), ("function", function), ("day", day):
    view = memoryview(exporter)
    print(name, view.format, view.nbytes, view.shape)
address = ctypes.addressof(number)
print("the pointer's bytes are the address:", int.from_bytes(memoryview(pointer), "little") == address)
try:
    memoryview(numpy.array([day]))
except ValueError as error:
    print("days:", error)
PY
cat seen
diff seen - <<'EXPECTED'
int <i 4 ()
pointer &<i 8 ()
function X{} 8 ()
day B 8 (8,)
the pointer's bytes are the address: True
days: cannot include dtype 'M' in a buffer
EXPECTED
