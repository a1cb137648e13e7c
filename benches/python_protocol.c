/* Objects of Python used by what they can do. */

#include <stdint.h>
#include <stdio.h>

#include "client.h"
#include "harness.h"
#include "python.h"

#define LENGTH 10000
#define BATCH 100

static metaffi_object *counter, *list, *dict, *many, *named, *bytes;
static const metaffi_name *count_name, *width, *names[2];
static volatile int64_t integer;

/* The parts of a benchmark: in a scope, or without one. */
#define IN_SCOPE(name)                                                                             \
    static void name##_in_scope(size_t count) {                                                    \
        metaffi_scope *scope = enter_python();                                                     \
        name(count);                                                                               \
        leave_python(scope);                                                                       \
    }

static void get_attribute(size_t count) {
    metaffi_value value;
    while (count--) {
        metaffi_object_get(counter, count_name, &value, &error);
        integer = value.data.int64;
    }
}
IN_SCOPE(get_attribute)

static void set_attribute(size_t count) {
    metaffi_value value = {metaffi_int64_type, {.int64 = 1000}};
    while (count--) {
        metaffi_object_set(counter, count_name, &value, &error);
    }
}
IN_SCOPE(set_attribute)

static void get_index(size_t count) {
    metaffi_value value;
    while (count--) {
        metaffi_object_get_index(list, 500, &value, &error);
        integer = value.data.int64;
    }
}
IN_SCOPE(get_index)

static void get_entry(size_t count) {
    metaffi_value value;
    while (count--) {
        metaffi_object_get_entry(dict, width, &value, &error);
        integer = value.data.int64;
    }
}
IN_SCOPE(get_entry)

static void iterate(size_t count) {
    metaffi_value values[BATCH];
    while (count--) {
        metaffi_object *iterator;
        size_t given;
        metaffi_object_iterate(many, METAFFI_ITERATE_ITSELF, &iterator, &error);
        do {
            metaffi_object_next(iterator, values, BATCH, &given, &error);
            for (size_t i = 0; i < given; i++) {
                integer = values[i].data.int64;
            }
        } while (given == BATCH);
        metaffi_object_free(iterator);
    }
}
IN_SCOPE(iterate)

static void call_named(size_t count) {
    metaffi_value returned, arguments[4];
    for (int64_t i = 0; i < 4; i++) {
        arguments[i] = (metaffi_value){metaffi_int64_type, {.int64 = 1000 + i}};
    }
    while (count--) {
        metaffi_object_call(named, arguments, 4, names, 2, &returned, &error);
        integer = returned.data.int64;
    }
}
IN_SCOPE(call_named)

static void view(size_t count) {
    metaffi_array *array;
    while (count--) {
        metaffi_object_buffer(bytes, true, &array, &error);
        integer = (int64_t)array->shape[0];
        metaffi_array_free(array);
    }
}
IN_SCOPE(view)

static metaffi_object *found(const char *path) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_slot frame[1];
    check(metaffi_entity_call_frame(load_python(path, NULL, 0, &handle), frame, &error));
    return (metaffi_object *)frame[0];
}

static void prepare(void) {
    counter = found("callable=Counter");
    list = found("attribute=numbers,getter");
    dict = found("attribute=sizes,getter");
    many = found("attribute=MANY_NUMBERS,getter");
    named = found("attribute=two_and_two,getter");
    bytes = found("attribute=memory,getter");
    check(metaffi_name_intern("count", &count_name, &error));
    check(metaffi_name_intern("width", &width, &error));
    check(metaffi_name_intern("c", &names[0], &error));
    check(metaffi_name_intern("d", &names[1], &error));
}

void python_protocol(void) {
    static const struct {
        const char *what, *limit_name, *limit;
        void (*in_scope)(size_t), (*alone)(size_t);
        double bound;
    } ROWS[] = {
        {"attribute by interned name", "GetAttr", "protocol_attribute", get_attribute_in_scope,
         get_attribute, 1.15},
        {"attribute written by interned name", "SetAttr", "protocol_set", set_attribute_in_scope,
         set_attribute, 1.15},
        {"item of a list by index", "PyList_GetItem", "list_item", get_index_in_scope, get_index,
         1.15},
        {"entry of a dict by interned text", "PyDict_GetItemWithError", "dict_entry",
         get_entry_in_scope, get_entry, 1.15},
        {"iterate 10,000 ints, 100 at once", "PyIter_Next", "iterate_many", iterate_in_scope,
         iterate, 1.1},
        {"object called with 2 arguments and 2 named ones", "Vectorcall", "call_named",
         call_named_in_scope, call_named, 1.15},
        {"memory seen as an array, and given back", "GetBuffer", "view", view_in_scope, view, 1.3},
    };
    prepare();
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        char name[128];
        compare_python(ROWS[i].what, ROWS[i].limit_name, python_limit(ROWS[i].limit),
                       ROWS[i].in_scope, ROWS[i].bound);
        snprintf(name, sizeof name, "%s_alone", ROWS[i].limit);
        char what[128];
        snprintf(what, sizeof what, "%s, without a scope", ROWS[i].what);
        compare_python(what, "Ensure and Release", python_limit(name), ROWS[i].alone, 1.2);
    }
}
