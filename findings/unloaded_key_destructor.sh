#!/bin/sh
# glibc calls the destructor of a pthread key in a library that was unloaded meanwhile: the thread that
# ends later jumps to where nothing is mapped. Linked with -z nodelete it does not.
# Seen with glibc 2.36.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >library.c <<'C'
#include <pthread.h>
static void destroy(void *value) { (void)value; }
void keep(void) {
    static pthread_key_t key;
    pthread_key_create(&key, destroy);
    pthread_setspecific(key, &key);
}
C
cat >program.c <<'C'
#include <dlfcn.h>
#include <pthread.h>
static void *use(void *path) {
    void *library = dlopen(path, RTLD_NOW);
    ((void (*)(void))dlsym(library, "keep"))();
    dlclose(library);
    return NULL;
}
int main(int count, char **arguments) {
    pthread_t thread;
    (void)count;
    pthread_create(&thread, NULL, use, arguments[1]);
    return pthread_join(thread, NULL);
}
C
gcc -shared -fPIC library.c -o plain.so
gcc -shared -fPIC library.c -o kept.so -Wl,-z,nodelete
gcc program.c -o program -ldl -lpthread
plain=0 kept=0
./program ./plain.so 2>/dev/null || plain=$?
./program ./kept.so || kept=$?
echo "$(getconf GNU_LIBC_VERSION): unloaded: $plain, with -z nodelete: $kept"
# 139: ended by SIGSEGV.
[ "$plain" -eq 139 ] && [ "$kept" -eq 0 ]
