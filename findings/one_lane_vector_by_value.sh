#!/bin/sh
# A GNU vector of one float or double travels in memory with gcc on x86-64, as an argument and as a
# result; clang has the float in edi and eax, and returns the double in xmm0: code of the two crashes,
# or reads another value. Vectors of integers of these sizes travel alike.
# Seen with gcc 12.2.0 and the clang 18.1.6 of ziglang 0.13.0 (PyPI).
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
for tool in gcc python3; do command -v $tool >/dev/null || { echo "needs $tool"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check ziglang==0.13.0
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"
clang() { environment/bin/python -m ziglang cc -target x86_64-linux-gnu "$@"; }
cat >vectors.h <<'C'
#define EACH(DO) DO(float, 4) DO(double, 8) DO(short, 4) DO(int, 8)
#define DECLARE(lane, bytes)                                                                       \
    typedef lane lane##s __attribute__((vector_size(bytes)));                                      \
    lane##s give_##lane(const void *from);                                                         \
    void take_##lane(lane##s value, void *to);
EACH(DECLARE)
C
cat >callee.c <<'C'
#include "vectors.h"
#include <string.h>
#define DEFINE(lane, bytes)                                                                        \
    lane##s give_##lane(const void *from) { lane##s value; memcpy(&value, from, bytes); return value; }\
    void take_##lane(lane##s value, void *to) { memcpy(to, &value, bytes); }
EACH(DEFINE)
C
cat >caller.c <<'C'
#include "vectors.h"
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static const char given[8] = "1234567";
/* In a process each, since they may crash. */
#define CHECK(lane, bytes)                                                                         \
    if (fork() == 0) {                                                                             \
        char taken[8];                                                                             \
        lane##s value;                                                                             \
        memset(&value, 0, bytes);                                                                  \
        value = give_##lane(given);                                                                \
        int returned = memcmp(&value, given, bytes) == 0;                                          \
        memcpy(&value, given, bytes);                                                              \
        take_##lane(value, taken);                                                                 \
        _exit(returned + 2 * (memcmp(taken, given, bytes) == 0));                                  \
    } else {                                                                                       \
        int status;                                                                                \
        wait(&status);                                                                             \
        if (WIFSIGNALED(status))                                                                   \
            printf("%s: crashed\n", #lane);                                                        \
        else                                                                                       \
            printf("%s: returned %s, passed %s\n", #lane,                                          \
                   WEXITSTATUS(status) & 1 ? "right" : "wrong",                                    \
                   WEXITSTATUS(status) & 2 ? "right" : "wrong");                                   \
    }
int main(void) { EACH(CHECK) return 0; }
C
gcc -O1 -w -c caller.c -o caller.o
clang -O1 -w -c callee.c -o by_clang.o
gcc -O1 -w -c callee.c -o by_gcc.o
gcc caller.o by_clang.o -o mixed
gcc caller.o by_gcc.o -o same
gcc --version | head -n 1
clang --version | head -n 1
./same >seen_same
./mixed >seen_mixed
echo "gcc calls gcc:"; cat seen_same
echo "gcc calls clang:"; cat seen_mixed
if grep -v 'returned right, passed right' seen_same; then exit 1; fi
diff seen_mixed - <<'EXPECTED'
float: crashed
double: returned wrong, passed right
short: returned right, passed right
int: returned right, passed right
EXPECTED
