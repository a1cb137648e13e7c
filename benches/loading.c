/* Loading entities, with the types declared by the client or taken from the header. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

enum { SYMBOLS = 64 };

static char paths[SYMBOLS][32];
static metaffi_entity *entities[SYMBOLS];

static void by_hand(size_t count) {
    const ffi_type *types[] = {&ffi_type_sint64, &ffi_type_sint64};
    static struct interface interfaces[SYMBOLS];
    static void *symbols[SYMBOLS];
    for (size_t i = 0; i < count; i++) {
        symbols[i] = dlsym(RTLD_DEFAULT, paths[i] + sizeof "callable=" - 1);
        if (!symbols[i]) {
            exit(1);
        }
        prepare(&interfaces[i], &ffi_type_sint64, types, COUNT(types));
    }
}

static void declared(size_t count) {
    metaffi_type_info infos[] = {{metaffi_int64_type, NULL, 0}, {metaffi_int64_type, NULL, 0}};
    for (size_t i = 0; i < count; i++) {
        check(metaffi_entity_load(guest, paths[i], infos, 2, infos, 1, &entities[i], &error));
    }
}

static void inferred(size_t count) {
    for (size_t i = 0; i < count; i++) {
        check(metaffi_entity_load(guest, paths[i], NULL, 0, NULL, 0, &entities[i], &error));
    }
}

static void unload(void) {
    for (size_t i = 0; i < SYMBOLS; i++) {
        check(metaffi_entity_free(entities[i]));
        entities[i] = NULL;
    }
}

void loading(void) {
    for (int i = 0; i < SYMBOLS; i++) {
        snprintf(paths[i], sizeof paths[i], "callable=guest_symbol_%02x", i);
    }
    struct contestant contestants[] = {
        {.name = "dlsym and ffi_prep_cif", .run = by_hand, .most = SYMBOLS},
        {.name = "types declared", .run = declared, .reset = unload, .most = SYMBOLS},
        {.name = "types from the header", .run = inferred, .reset = unload, .most = SYMBOLS},
    };
    measure(contestants, COUNT(contestants));
    row("load an entity, types declared", &contestants[0], &contestants[1], NANOSECONDS, 20e3);
    row("load an entity, types from the header", &contestants[0], &contestants[2], NANOSECONDS,
        20e3);
}
