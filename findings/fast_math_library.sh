#!/bin/sh
# Loading a shared library that gcc 12 linked with -ffast-math makes the loading thread, and threads
# that it starts later, flush denormal numbers to zero. Threads that run already do not.
# Seen with gcc 12.2.0 and glibc 2.36 on x86-64; gcc 13 is said not to do it for -shared.
set -eu
case $(gcc -dumpfullversion) in 12.*) ;; *) echo "this is about gcc 12"; exit 77 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'int nothing;' >library.c
cat >program.c <<'C'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <semaphore.h>
static volatile double smallest = 2.2250738585072014e-308;
static sem_t loaded;
static void *report(void *name) {
    printf("%s: %s\n", (char *)name, smallest / 2 == 0 ? "zero" : "denormal");
    return NULL;
}
static void *earlier(void *name) { sem_wait(&loaded); return report(name); }
int main(void) {
    pthread_t before, after;
    sem_init(&loaded, 0, 0);
    pthread_create(&before, NULL, earlier, "thread started before");
    report("before");
    if (!dlopen("./library.so", RTLD_NOW)) return 1;
    report("loading thread");
    pthread_create(&after, NULL, report, "thread started after");
    pthread_join(after, NULL);
    sem_post(&loaded);
    pthread_join(before, NULL);
    return 0;
}
C
gcc -O2 -shared -fPIC -ffast-math library.c -o library.so
gcc -O2 program.c -o program -ldl -lpthread
./program >seen
gcc --version | head -n 1
cat seen
diff seen - <<'EXPECTED'
before: denormal
loading thread: zero
thread started after: zero
thread started before: denormal
EXPECTED
