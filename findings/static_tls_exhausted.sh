#!/bin/sh
# A library that is loaded when the program runs and has initial-exec thread-local words fails to load
# once they are larger than the static TLS that is left over. The default model of -fPIC, and TLS
# descriptors, load. Seen with glibc 2.36.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '__thread char words[4096] = {1}; char *use(void) { return words; }' >library.c
cat >program.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
int main(int count, char **arguments) {
    (void)count;
    puts(dlopen(arguments[1], RTLD_NOW) ? "loaded" : dlerror());
    return 0;
}
C
gcc -shared -fPIC -ftls-model=initial-exec library.c -o static.so
gcc -shared -fPIC library.c -o dynamic.so
gcc -shared -fPIC -mtls-dialect=gnu2 library.c -o descriptors.so
gcc program.c -o program -ldl
for library in static dynamic descriptors; do
    echo "$library: $(./program "./$library.so")"
done >seen
getconf GNU_LIBC_VERSION
cat seen
diff seen - <<'EXPECTED'
static: ./static.so: cannot allocate memory in static TLS block
dynamic: loaded
descriptors: loaded
EXPECTED
