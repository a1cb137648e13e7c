#!/bin/sh
# CPython's PyImport_ImportModule, the plain way to import a module from C, asks the globals of whatever
# Python code happens to run for `__import__`. A bridge that imports a helper of its own at its first use
# therefore runs a hook of a stranger's, or fails where the code has no builtins, even for a module that is
# loaded. PyImport_ImportModuleLevel without globals does not ask.
# Seen with CPython 3.11 and 3.13.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 - <<'PY' >seen
import ctypes, json

api = ctypes.pythonapi
plain, level = api.PyImport_ImportModule, api.PyImport_ImportModuleLevel
plain.restype = level.restype = ctypes.py_object
level.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
asked = []


def hook(name, *others):
    asked.append(name)
    return "the hook's"


for what, builtins in {"no builtins": {}, "a hook": {"__import__": hook}}.items():
    for way, text in {"plain": "plain(b'json')", "level": "level(b'json', None, None, None, 0)"}.items():
        asked.clear()
        try:
            eval(text, {"__builtins__": builtins, "plain": plain, "level": level})
            outcome = "imported"
        except KeyError as failure:
            outcome = f"KeyError {failure}"
        print(f"{what}, {way}: {outcome}, asked the hook: {bool(asked)}")
PY
cat seen
diff seen - <<'EXPECTED'
no builtins, plain: KeyError '__import__', asked the hook: False
no builtins, level: imported, asked the hook: False
a hook, plain: imported, asked the hook: True
a hook, level: imported, asked the hook: False
EXPECTED
