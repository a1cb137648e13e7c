/* Copies of shared libraries, and the functions that the tests of opened ones need. */
#ifndef OPENED_H
#define OPENED_H

#include "check.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

/* A file that is a copy of another, by a name of its own; it is removed when it is loaded. */
static inline void *open_copy(const char *path) {
    char name[] = "/tmp/metaffi_copy_XXXXXX", bytes[1 << 16];
    int file = mkstemp(name);
    FILE *from = fopen(path, "rb"), *to = file >= 0 ? fdopen(file, "wb") : NULL;
    if (from == NULL || to == NULL) {
        perror(path);
        exit(1);
    }
    size_t count = 0;
    while ((count = fread(bytes, 1, sizeof bytes, from)) > 0)
        CHECK(fwrite(bytes, 1, count, to) == count);
    CHECK(fclose(from) == 0 && fclose(to) == 0);
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    unlink(name);
    return library;
}

/* The library's functions, found by name. */
struct opened {
    __typeof__(&metaffi_runtime_load) runtime_load;
    __typeof__(&metaffi_runtime_free) runtime_free;
    __typeof__(&metaffi_module_load) module_load;
    __typeof__(&metaffi_module_free) module_free;
    __typeof__(&metaffi_entity_load) entity_load;
    __typeof__(&metaffi_entity_call) entity_call;
    __typeof__(&metaffi_entity_free) entity_free;
    __typeof__(&metaffi_error_message) error_message;
    __typeof__(&metaffi_error_free) error_free;
};

static inline struct opened functions_of(void *library) {
    struct opened opened;
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
#define FIND(name)                                                                                 \
    *(void **)&opened.name = dlsym(library, "metaffi_" #name);                                     \
    CHECK(*(void **)&opened.name != NULL)
    FIND(runtime_load);
    FIND(runtime_free);
    FIND(module_load);
    FIND(module_free);
    FIND(entity_load);
    FIND(entity_call);
    FIND(entity_free);
    FIND(error_message);
    FIND(error_free);
#undef FIND
    return opened;
}

/* The guest's function that adds. */
struct adder {
    metaffi_runtime *runtime;
    metaffi_module *module;
    metaffi_entity *add;
};

static inline struct adder load_adder(const struct opened *in) {
    struct adder adder = {NULL, NULL, NULL};
    CHECK(in->runtime_load("c", NULL, 0, &adder.runtime, NULL) == METAFFI_OK);
    CHECK(in->module_load(adder.runtime, GUEST_LIBRARY ";" GUEST_HEADER, &adder.module, NULL) ==
          METAFFI_OK);
    CHECK(in->entity_load(adder.module, "callable=guest_add", NULL, 0, NULL, 0, &adder.add, NULL) ==
          METAFFI_OK);
    return adder;
}

static inline metaffi_status add(const struct opened *in, const metaffi_entity *entity,
                                 metaffi_error **error) {
    metaffi_value arguments[2] = {{.type = metaffi_int64_type}, {.type = metaffi_int64_type}};
    arguments[0].data.int64 = 40;
    arguments[1].data.int64 = 2;
    metaffi_value result = {.type = metaffi_null_type};
    metaffi_status status = in->entity_call(entity, arguments, 2, &result, 1, error);
    CHECK(status != METAFFI_OK || result.data.int64 == 42);
    return status;
}

static inline void free_adder(const struct opened *in, struct adder adder) {
    CHECK(in->entity_free(adder.add) == METAFFI_OK);
    CHECK(in->module_free(adder.module) == METAFFI_OK);
    CHECK(in->runtime_free(adder.runtime) == METAFFI_OK);
}

#endif
