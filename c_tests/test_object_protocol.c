/* Objects of Python by what they can do. */
#include "python_module.h"

static metaffi_module *types, *counting;

static metaffi_object *call_object(const metaffi_module *module, const char *path) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_entity *entity = load_typed(module, path, &handle, 0, handle);
    metaffi_slot frame[1] = {0};
    CHECK_OK(metaffi_entity_call_frame(entity, frame, &err));
    metaffi_entity_free(entity);
    return (metaffi_object *)(uintptr_t)frame[0];
}

static const metaffi_name *name_of(const char *text) {
    const metaffi_name *name = NULL;
    CHECK_OK(metaffi_name_intern(text, &name, &err));
    return name;
}

static void attributes_are_written_read_and_deleted(void) {
    metaffi_object *namespace = call_object(types, "callable=SimpleNamespace");
    const metaffi_name *count = name_of("count");
    metaffi_value value = {metaffi_int64_type, {.int64 = 7}}, read;
    CHECK_OK(metaffi_object_set(namespace, count, &value, &err));
    CHECK_OK(metaffi_object_get(namespace, count, &read, &err));
    CHECK(read.type == metaffi_int64_type && read.data.int64 == 7);
    CHECK_OK(metaffi_object_get_attribute(namespace, "count", 5, &read, &err));
    CHECK(read.type == metaffi_int64_type && read.data.int64 == 7);
    CHECK_OK(metaffi_object_set_attribute(namespace, "count", 5, NULL, &err));
    CHECK_FAILS_WITH(metaffi_object_get(namespace, count, &read, &err), METAFFI_STATUS_NOT_FOUND,
                     "count");
    CHECK(read.type == 0);
    metaffi_object_free(namespace);
    CHECK_FAILS_WITH(metaffi_object_get(namespace, count, &read, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "stale");
}

static void what_is_missing_has_a_close_name(void) {
    metaffi_object *counter = call_object(counting, "callable=Counter");
    metaffi_value read;
    CHECK_FAILS_WITH(metaffi_object_get(counter, name_of("most_comon"), &read, &err),
                     METAFFI_STATUS_NOT_FOUND, "did you mean \"most_common\"?");
    CHECK_FAILS_WITH(metaffi_object_get(counter, NULL, &read, &err), METAFFI_STATUS_INVALID_HANDLE,
                     "name is NULL");
    CHECK_FAILS_WITH(metaffi_object_get(counter, name_of("get"), NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "value is NULL");
    metaffi_object_free(counter);
}

int main(void) {
    open_python();
    types = import("types");
    counting = import("collections");
    attributes_are_written_read_and_deleted();
    what_is_missing_has_a_close_name();
    metaffi_module_free(types);
    metaffi_module_free(counting);
    close_python();
    return CHECK_RESULT;
}
