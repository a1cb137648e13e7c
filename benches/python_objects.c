/* Objects, callbacks and exceptions of Python. */

#include <string.h>

#include "client.h"
#include "harness.h"
#include "python.h"

static metaffi_entity *increment, *count_of, *count_of_any, *set_count, *apply, *fail;
static metaffi_entity *item_at, *set_item_at, *item_of, *height_of;
static metaffi_object *counter, *numbers, *sizes;
static metaffi_callable *callback, *quick_callback;
static volatile int64_t integer;
static volatile size_t length;

static void by_frame(metaffi_entity *entity, const void *argument, size_t count) {
    metaffi_slot frame[2];
    metaffi_scope *scope = enter_python();
    while (count--) {
        frame[0] = (metaffi_slot)argument;
        metaffi_entity_call_frame(entity, frame, &error);
        integer = (int64_t)frame[1];
    }
    leave_python(scope);
}

static void method(size_t count) {
    by_frame(increment, counter, count);
}
static void attribute(size_t count) {
    by_frame(count_of, counter, count);
}
static void attribute_of_any(size_t count) {
    by_frame(count_of_any, counter, count);
}
static void item_of_path(size_t count) {
    by_frame(height_of, sizes, count);
}

static void set_attribute(size_t count) {
    metaffi_slot frame[2];
    metaffi_scope *scope = enter_python();
    while (count--) {
        frame[0] = (metaffi_slot)counter;
        frame[1] = count;
        metaffi_entity_call_frame(set_count, frame, &error);
    }
    leave_python(scope);
}

static void item_of_list(size_t count) {
    metaffi_slot frame[3];
    metaffi_scope *scope = enter_python();
    while (count--) {
        frame[0] = (metaffi_slot)numbers;
        frame[1] = count % 1000;
        metaffi_entity_call_frame(item_at, frame, &error);
        integer = (int64_t)frame[2];
    }
    leave_python(scope);
}

static void set_item_of_list(size_t count) {
    metaffi_slot frame[3];
    metaffi_scope *scope = enter_python();
    while (count--) {
        frame[0] = (metaffi_slot)numbers;
        frame[1] = count % 1000;
        frame[2] = count % 1000;
        metaffi_entity_call_frame(set_item_at, frame, &error);
    }
    leave_python(scope);
}

static void item_of_dict(size_t count) {
    metaffi_slot frame[4];
    metaffi_scope *scope = enter_python();
    while (count--) {
        frame[0] = (metaffi_slot)sizes;
        frame[1] = (metaffi_slot) "height";
        frame[2] = 6;
        metaffi_entity_call_frame(item_of, frame, &error);
        integer = (int64_t)frame[3];
    }
    leave_python(scope);
}

static void call_back(size_t count) {
    by_frame(apply, callback, count);
}
static void call_back_quickly(size_t count) {
    by_frame(apply, quick_callback, count);
}

static metaffi_status host_add(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)failure;
    frame[2] = frame[0] + frame[1];
    return METAFFI_OK;
}

static void raise_and_fetch(size_t count) {
    metaffi_slot frame[1];
    metaffi_scope *scope = enter_python();
    while (count--) {
        metaffi_entity_call_frame(fail, frame, &error);
        length = strlen(metaffi_error_message(error));
        metaffi_error_free(error);
        error = NULL;
    }
    leave_python(scope);
}

static void compare(const char *what, const char *limit_name, const char *limit,
                    void (*ours)(size_t), double bound) {
    compare_python(what, limit_name, python_limit(limit), ours, bound);
}

static metaffi_object *made(const char *path) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_slot frame[1];
    check(metaffi_entity_call_frame(load_python(path, NULL, 0, &handle), frame, &error));
    return (metaffi_object *)frame[0];
}

static void prepare(void) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_type_info function = {metaffi_callable_type, NULL, 0};
    metaffi_type_info result = {metaffi_int64_type, NULL, 0}, both[] = {result, result};
    metaffi_type_info text = {metaffi_string8_type, NULL, 0};
    metaffi_type_info by_index[] = {handle, result, result}, by_text[] = {handle, text};
    counter = made("callable=Counter");
    numbers = made("attribute=numbers");
    sizes = made("attribute=sizes");
    increment = load_python("callable=Counter.increment,instance_required", &handle, 1, &result);
    count_of = load_python("attribute=Counter.count,instance_required,getter", &handle, 1, &result);
    count_of_any = load_python("attribute=count,instance_required", &handle, 1, &result);
    set_count = load_python("attribute=count,instance_required,setter", by_index, 2, NULL);
    item_at = load_python("item", by_index, 2, &result);
    set_item_at = load_python("item,setter", by_index, 3, NULL);
    item_of = load_python("item", by_text, 2, &result);
    height_of = load_python("item=height", &handle, 1, &result);
    apply = load_python("callable=apply", &function, 1, &result);
    fail = load_python("callable=fail", NULL, 0, NULL);
    check(metaffi_callable_new(host_add, both, 2, &result, 1, NULL, NULL, &callback, &error));
    check(metaffi_callable_new(host_add, both, 2, &result, 1, NULL, NULL, &quick_callback, &error));
    check(metaffi_callable_set_quick(quick_callback, true, &error));
}

void python_objects(void) {
    prepare();
    compare("method of a kept object", "VectorcallMethod", "method", method, 1.2);
    compare("attribute", "GetAttr", "attribute", attribute, 1.2);
    compare("attribute of any object", "GetAttr", "attribute", attribute_of_any, 1.15);
    compare("set an attribute of any object", "SetAttr", "set_attribute", set_attribute, 1.15);
    compare("item of a list by index", "GetItem", "item_of_list", item_of_list, 1.15);
    compare("set an item of a list", "SetItem", "set_item_of_list", set_item_of_list, 1.15);
    compare("item of a dict by text", "GetItem", "item_of_dict", item_of_dict, 1.15);
    compare("item of a dict by a path's text", "GetItem, interned", "interned_item_of_dict",
            item_of_path, 1.15);
    compare("quick callback once per call, GIL held in it", "METH_FASTCALL", "callback",
            call_back_quickly, 1.3);
    compare("callback once per call, GIL released in it", "METH_FASTCALL, ALLOW_THREADS",
            "callback_released", call_back, 1.3);
    compare("raise and fetch the message", "PyErr_Fetch", "fail", raise_and_fetch, 1.3);
}
