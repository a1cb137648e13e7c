/* The sanitizer is compiled into the programs and runs in this process. */
#include <dlfcn.h>
#include <stdio.h>

#ifndef __SANITIZE_ADDRESS__
#define __SANITIZE_ADDRESS__ 0
#endif

int main(void) {
    int compiled = __SANITIZE_ADDRESS__;
    int loaded = dlsym(RTLD_DEFAULT, "__asan_init") != NULL;
    if (!compiled || !loaded)
        fprintf(stderr, "compiled with AddressSanitizer: %d, loaded: %d\n", compiled, loaded);
    return !(compiled && loaded);
}
