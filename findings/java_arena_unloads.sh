#!/bin/sh
# Java's SymbolLookup.libraryLookup(path, arena) unloads the library when the arena is closed: what a
# library leaves in the process (keys of threads, handlers) then points to nothing. A library that is
# to stay is looked up in the global arena, or linked with -z nodelete.
# Seen with Java 25.
set -eu
for java in /usr/lib/jvm/*/bin/java; do
    version=$("$java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
    [ "${version:-0}" -lt 22 ] || found=$java
done
[ -n "${found:-}" ] || { echo 'needs Java 22 or newer'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >library.c <<'C'
#include <stdio.h>
__attribute__((destructor)) static void unloaded(void) { puts("unloaded"); fflush(stdout); }
int number = 5;
C
gcc -shared -fPIC library.c -o library.so
cat >Program.java <<'JAVA'
import java.lang.foreign.*;
public class Program {
    public static void main(String[] arguments) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(arguments[0], arena).find("number").orElseThrow();
        }
        System.out.println("still running");
    }
}
JAVA
"$found" --enable-native-access=ALL-UNNAMED Program.java "$work/library.so" >seen
"$found" -version 2>&1 | head -n 1
cat seen
diff seen - <<'EXPECTED'
unloaded
still running
EXPECTED
