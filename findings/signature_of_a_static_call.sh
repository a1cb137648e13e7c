#!/bin/sh
# An object whose class has a static `__call__` takes the arguments that the function names, but
# `inspect.signature` of the object leaves the first one out. A bridge that counts the parameters of a
# Python callback by it makes a C callback of too few. `inspect.signature` of the function itself is right.
# Seen with CPython 3.9 and 3.11 (not with 3.13, which counts rightly).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 - <<'PY' >seen
import inspect, sys


class Compare:
    @staticmethod
    def __call__(left, right):
        return left - right


compare = Compare()
print("called with two:", compare(3, 1))
print("signature of the object:", inspect.signature(compare))
print("signature of its __call__:", inspect.signature(compare.__call__))
print("before 3.13:", sys.version_info < (3, 13))
PY
cat seen
diff seen - <<'EXPECTED'
called with two: 2
signature of the object: (right)
signature of its __call__: (left, right)
before 3.13: True
EXPECTED
