/* Memory that is touched, each kind in a process of its own: how much of what is no file's is in
 * memory. */

#include <stdio.h>

#include "client.h"
#include "guest/signatures.h"
#include "harness.h"
#include "process.h"
#include "scenarios.h"

enum { MANY = 20000 };

static double of_runtime(void) {
    double before = resident();
    check(metaffi_runtime_load("c", NULL, 0, &runtime, &error));
    return resident() - before;
}

static metaffi_type_info infos[16];

static double of_entities(size_t parameters) {
    client_open();
    char path[32];
    snprintf(path, sizeof path, "callable=guest_int64_%zu", parameters);
    double before = 0;
    metaffi_entity *entity;
    /* The first few prepare what all others use. */
    for (int i = -MANY / 10; i < MANY; i++) {
        if (i == 0) {
            before = resident();
        }
        check(metaffi_entity_load(guest, path, infos, parameters, infos, 1, &entity, &error));
    }
    return (resident() - before) / MANY;
}

static double of_entities_of_1(void) {
    return of_entities(1);
}
static double of_entities_of_7(void) {
    return of_entities(7);
}
static double of_entities_of_16(void) {
    return of_entities(16);
}

static metaffi_status host(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)frame, (void)failure;
    return METAFFI_OK;
}

static double of_callables(void) {
    client_open();
    double before = 0;
    metaffi_callable *callable;
    metaffi_function pointer;
    for (int i = -MANY / 10; i < MANY; i++) {
        if (i == 0) {
            before = resident();
        }
        check(metaffi_callable_new(host, infos, 2, infos, 1, NULL, NULL, &callable, &error));
        check(metaffi_callable_native(callable, &pointer, &error));
    }
    return (resident() - before) / MANY;
}

static void compare(const char *what, double (*measured)(void), double bound) {
    row_of(what, "", 0, "bytes", in_a_process(what, measured), BYTES, bound);
}

void memory(void) {
    for (size_t i = 0; i < COUNT(infos); i++) {
        infos[i].type = metaffi_int64_type;
    }
    compare("memory of an entity of 1 argument", of_entities_of_1, 400);
    compare("memory of an entity of 7 arguments", of_entities_of_7, 600);
    compare("memory of an entity of 16 arguments", of_entities_of_16, 900);
    compare("memory of a callable with its pointer", of_callables, 300);
    compare("memory of the runtime c", of_runtime, 100e3);
}
