/* The library loads, and is called, when nothing is left of the static thread-local area. */
#include "opened.h"

#include <pthread.h>

static struct opened library;
static struct adder adder;

static void *call(void *unused) {
    for (int i = 0; i < 1000; i++)
        CHECK(add(&library, adder.add, NULL) == METAFFI_OK);
    return unused;
}

int main(void) {
    int taken = 0;
    while (taken < 1000 && open_copy(TLS_HOG) != NULL)
        taken++;
    const char *why = dlerror();
    CHECK(taken > 0 && taken < 1000);
    CHECK(why != NULL && strstr(why, "static TLS") != NULL);

    /* A thread from before knows of the library only what it asks for. */
    library = functions_of(dlopen(METAFFI_LIBRARY, RTLD_NOW | RTLD_LOCAL));
    adder = load_adder(&library);
    call(NULL);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, call, NULL) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    free_adder(&library, adder);
    return CHECK_RESULT;
}
