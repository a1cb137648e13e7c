#!/bin/sh
# A module that CFFI compiled or emitted reads types with a parser of its own, which is not that of
# `cdef`: in a function type without "(*)", as `callback` takes it, it refuses a qualifier in front of
# the first parameter and nowhere else. The same text works inline, behind the type, in front of the
# second parameter, and in a pointer to the function.
# Seen with CFFI 2.1.1 on CPython 3.11.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cffi==2.1.1
venv/bin/python - <<'PY' >seen
import cffi

inline = cffi.FFI()
inline.cdef("int f(const char *);")
inline.set_source("emitted", None)
inline.emit_python_code("emitted.py")
from emitted import ffi as emitted

for text in (
    "int(const char *)",
    "int(volatile int)",
    "int(char const *)",
    "int(int, const char *)",
    "int(*)(const char *)",
):
    for name, ffi in ("inline", inline), ("emitted", emitted):
        try:
            ffi.callback(text, lambda *given: 0)
            print(f"{name}, {text}: taken")
        except ffi.error as error:
            print(f"{name}, {text}: {str(error).splitlines()[0]}")
PY
grep -v generating seen >said
cat said
diff said - <<'EXPECTED'
inline, int(const char *): taken
emitted, int(const char *): expected ')'
inline, int(volatile int): taken
emitted, int(volatile int): expected ')'
inline, int(char const *): taken
emitted, int(char const *): taken
inline, int(int, const char *): taken
emitted, int(int, const char *): taken
inline, int(*)(const char *): taken
emitted, int(*)(const char *): taken
EXPECTED
