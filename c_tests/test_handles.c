/* NULL, stale, doubly freed, wrong-kind and foreign handles: a clear error, never a crash. */
#include "c_data.h"

static metaffi_status try_entity(metaffi_entity *entity) {
    metaffi_value arguments[] = {int64_value(1), int64_value(2)}, result;
    return metaffi_entity_call(entity, arguments, 2, &result, 1, &err);
}

static void null_is_refused_by_name(void) {
    metaffi_module *module = NULL;
    metaffi_entity *entity = NULL;
    metaffi_object *object = NULL;
    char *text = NULL;
    CHECK_FAILS_WITH(metaffi_module_load(NULL, "", &module, &err), METAFFI_STATUS_INVALID_HANDLE,
                     "runtime");
    CHECK_FAILS_WITH(metaffi_entity_load(NULL, "callable=x", NULL, 0, NULL, 0, &entity, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "module");
    CHECK_FAILS_WITH(try_entity(NULL), METAFFI_STATUS_INVALID_HANDLE, "entity");
    CHECK_FAILS(metaffi_entity_call_frame(NULL, NULL, &err), METAFFI_STATUS_INVALID_HANDLE);
    CHECK_FAILS_WITH(metaffi_object_clone(NULL, &object, &err), METAFFI_STATUS_INVALID_HANDLE,
                     "object");
    CHECK_FAILS(metaffi_module_describe(NULL, &text, &err), METAFFI_STATUS_INVALID_HANDLE);
    metaffi_runtime *runtime = NULL;
    CHECK_FAILS_WITH(metaffi_runtime_load(NULL, NULL, 0, &runtime, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "name");
    CHECK_FAILS_WITH(metaffi_entity_load(guest, "callable=guest_add", NULL, 0, NULL, 0, NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "entity");
    CHECK(metaffi_entity_free(NULL) == METAFFI_OK && metaffi_callable_free(NULL) == METAFFI_OK);
    CHECK(metaffi_module_free(NULL) == METAFFI_OK && metaffi_runtime_free(NULL) == METAFFI_OK);
    CHECK(metaffi_ctype_free(NULL) == METAFFI_OK);
}

static void queries_of_null_give_nothing(void) {
    CHECK(metaffi_entity_param_count(NULL) == 0 && metaffi_entity_frame_size(NULL) == 0);
    CHECK(metaffi_callable_return_count(NULL) == 0 && metaffi_ctype_field_count(NULL) == 0);
    metaffi_error_message(NULL);
    metaffi_entity_path(NULL);
    metaffi_runtime_name(NULL);
    metaffi_object_runtime(NULL);
    CHECK(metaffi_error_cause(NULL) == NULL && metaffi_error_clone(NULL) == NULL);
}

static void a_freed_handle_is_stale(void) {
    metaffi_entity *entity = load("callable=guest_add");
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
    CHECK_FAILS(try_entity(entity), METAFFI_STATUS_INVALID_HANDLE);
    CHECK(metaffi_entity_free(entity) == METAFFI_STATUS_INVALID_HANDLE);
    /* Its place is taken again: the old key stays invalid. */
    metaffi_entity *next = load("callable=guest_add");
    CHECK_FAILS(try_entity(entity), METAFFI_STATUS_INVALID_HANDLE);
    CHECK_OK(try_entity(next));
    CHECK(metaffi_entity_free(entity) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK_OK(try_entity(next));
    metaffi_entity_free(next);

    metaffi_object *object = new_data("int", NULL), *clone = NULL;
    CHECK(metaffi_object_free(object) == METAFFI_OK);
    CHECK(metaffi_object_free(object) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK_FAILS(metaffi_object_clone(object, &clone, &err), METAFFI_STATUS_INVALID_HANDLE);
}

static void another_kind_is_refused(void) {
    metaffi_entity *entity = load("callable=guest_add");
    metaffi_value argument = object_value((metaffi_object *)entity), result;
    CHECK_FAILS(try_entity((metaffi_entity *)guest), METAFFI_STATUS_INVALID_HANDLE);
    CHECK(metaffi_object_free((metaffi_object *)entity) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK(metaffi_module_free((metaffi_module *)c) == METAFFI_STATUS_INVALID_HANDLE);
    metaffi_entity *norm = load("callable=guest_point_norm");
    CHECK_FAILS(metaffi_entity_call(norm, &argument, 1, &result, 1, &err),
                METAFFI_STATUS_INVALID_HANDLE);
    metaffi_entity_free(norm);
    CHECK_OK(try_entity(entity));
    metaffi_entity_free(entity);
}

static void foreign_pointers_are_refused(void) {
    int local = 0;
    void *heap = malloc(64);
    memset(heap, 0x5a, 64);
    void *const foreign[] = {&local,
                             heap,
                             (void *)1,
                             (void *)UINTPTR_MAX,
                             (void *)(uintptr_t)4096,
                             (void *)(uintptr_t)UINT64_C(0x8000000000000000)};
    for (size_t i = 0; i < COUNT(foreign); i++) {
        CHECK_FAILS(try_entity(foreign[i]), METAFFI_STATUS_INVALID_HANDLE);
        CHECK(metaffi_object_free(foreign[i]) == METAFFI_STATUS_INVALID_HANDLE);
        CHECK(metaffi_runtime_free(foreign[i]) == METAFFI_STATUS_INVALID_HANDLE);
    }
    free(heap);
}

int main(void) {
    open_guest();
    null_is_refused_by_name();
    queries_of_null_give_nothing();
    a_freed_handle_is_stale();
    another_kind_is_refused();
    foreign_pointers_are_refused();
    check_usable();
    close_guest();
    return CHECK_RESULT;
}
