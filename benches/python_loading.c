/* Loading entities of Python, with the types declared or inferred. */

#include "client.h"
#include "harness.h"
#include "python.h"

enum { MOST = 64 };

static metaffi_entity *entities[MOST];

static void load_each(size_t count, const metaffi_type_info *types, size_t params, size_t returns) {
    for (size_t i = 0; i < count; i++) {
        check(metaffi_entity_load(python_guest, "callable=add", types, params, types, returns,
                                  &entities[i], &error));
    }
}

static void declared(size_t count) {
    metaffi_type_info integers[] = {{metaffi_int64_type, NULL, 0}, {metaffi_int64_type, NULL, 0}};
    load_each(count, integers, 2, 1);
}

static void inferred(size_t count) {
    load_each(count, NULL, 0, 0);
}

static void unload(void) {
    for (size_t i = 0; i < MOST; i++) {
        check(metaffi_entity_free(entities[i]));
        entities[i] = NULL;
    }
}

void python_loading(void) {
    struct contestant contestants[] = {
        {.name = "GetAttrString", .run = python_limit("look_up"), .most = MOST},
        {.name = "types declared", .run = declared, .reset = unload, .most = MOST},
        {.name = "types inferred", .run = inferred, .reset = unload, .most = MOST},
    };
    measure(contestants, COUNT(contestants));
    row("load an entity, types declared", &contestants[0], &contestants[1], NANOSECONDS, 4800);
    row("load an entity, types inferred", &contestants[0], &contestants[2], NANOSECONDS, 4800);
}
