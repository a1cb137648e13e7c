/* What any object has, by entities that name no class: Python's objects and those of C. */
#include "python_module.h"

static metaffi_module *builtins;

static metaffi_value expression(const char *text) {
    metaffi_value value = {0, {0}};
    CHECK_OK(metaffi_module_run(builtins, text, strlen(text), NULL, &value, &err));
    return value;
}

static void attributes_methods_and_items_of_python(void) {
    metaffi_value slice = expression("slice(1, 5, 2)");
    metaffi_value stop = call_once(builtins, "attribute=stop,instance_required", &slice, 1);
    CHECK(stop.type == metaffi_int64_type && stop.data.int64 == 5);
    metaffi_value list = expression("[1, 2, 3]");
    metaffi_value arguments[] = {list, int64_value(-1), int64_value(9)};
    metaffi_entity *set = load_from(builtins, "item,setter");
    CHECK_OK(metaffi_entity_call(set, arguments, 3, NULL, 0, &err));
    metaffi_value last = call_once(builtins, "item", arguments, 2);
    CHECK(last.type == metaffi_int64_type && last.data.int64 == 9);
    arguments[1] = int64_value(9);
    metaffi_value index = call_once(builtins, "callable=index,instance_required", arguments, 2);
    CHECK(index.type == metaffi_int64_type && index.data.int64 == 2);
    arguments[1] = int64_value(3);
    CHECK_FAILS_WITH(metaffi_entity_call(set, arguments, 3, NULL, 0, &err),
                     METAFFI_STATUS_NOT_FOUND, "list assignment index out of range");
    metaffi_entity_free(set);
    metaffi_value_clear(&slice);
    metaffi_value_clear(&list);
}

static void missing_attributes_have_close_names(void) {
    metaffi_value slice = expression("slice(1, 5, 2)"), value = {0, {0}};
    metaffi_entity *get = load_from(builtins, "attribute=stopp,instance_required");
    CHECK_FAILS_WITH(metaffi_entity_call(get, &slice, 1, &value, 1, &err), METAFFI_STATUS_NOT_FOUND,
                     "did you mean \"stop\"?");
    metaffi_entity_free(get);
    metaffi_value_clear(&slice);
}

static void members_and_elements_of_c(void) {
    metaffi_runtime *c = NULL;
    metaffi_module *module = NULL;
    metaffi_ctype *pair = NULL;
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_runtime_load("c", NULL, 0, &c, &err));
    CHECK_OK(metaffi_module_load(c, "", &module, &err));
    CHECK_OK(metaffi_ctype_parse(module, "struct { int first; double rest[3]; }", &pair, &err));
    CHECK_OK(metaffi_cdata_new(pair, NULL, &object, &err));
    metaffi_value arguments[3];
    arguments[0].type = metaffi_handle_type;
    arguments[0].data.object = object;
    arguments[1] = int64_value(11);
    metaffi_entity *set = load_from(module, "attribute=first,instance_required,setter");
    CHECK_OK(metaffi_entity_call(set, arguments, 2, NULL, 0, &err));
    metaffi_entity_free(set);
    metaffi_value first = call_once(module, "attribute=first,instance_required", arguments, 1);
    CHECK(first.type == metaffi_int32_type && first.data.int32 == 11);
    metaffi_value rest = call_once(module, "attribute=rest,instance_required", arguments, 1);
    arguments[0] = rest;
    arguments[1] = int64_value(2);
    arguments[2] = float64_value(0.5);
    metaffi_entity *put = load_from(module, "item,setter");
    CHECK_OK(metaffi_entity_call(put, arguments, 3, NULL, 0, &err));
    arguments[1] = int64_value(3);
    CHECK_FAILS_WITH(metaffi_entity_call(put, arguments, 3, NULL, 0, &err),
                     METAFFI_STATUS_NOT_FOUND, "index [3]");
    metaffi_entity_free(put);
    arguments[1] = int64_value(2);
    metaffi_value third = call_once(module, "item", arguments, 2);
    CHECK(third.type == metaffi_float64_type && third.data.float64 == 0.5);
    metaffi_value_clear(&rest);
    metaffi_object_free(object);
    metaffi_ctype_free(pair);
    metaffi_module_free(module);
    metaffi_runtime_free(c);
}

int main(void) {
    open_python();
    builtins = import("builtins");
    attributes_methods_and_items_of_python();
    missing_attributes_have_close_names();
    members_and_elements_of_c();
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
