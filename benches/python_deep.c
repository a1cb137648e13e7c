/* Deep conversion: all that is in a list or a dict, told to functions of C, and built of what C
 * tells. */

#include <string.h>

#include "client.h"
#include "harness.h"
#include "python.h"

static metaffi_value mixed, entries, records, numbers;
static struct {
    int64_t integers;
    double numbers;
    size_t texts, nulls, truths, containers;
} sums;

static metaffi_status on_null(void *userdata, metaffi_error **failure) {
    (void)userdata, (void)failure;
    sums.nulls++;
    return METAFFI_OK;
}
static metaffi_status on_boolean(void *userdata, bool boolean, metaffi_error **failure) {
    (void)userdata, (void)failure;
    sums.truths += boolean;
    return METAFFI_OK;
}
static metaffi_status on_integer(void *userdata, int64_t integer, metaffi_error **failure) {
    (void)userdata, (void)failure;
    sums.integers += integer;
    return METAFFI_OK;
}
static metaffi_status on_number(void *userdata, double number, metaffi_error **failure) {
    (void)userdata, (void)failure;
    sums.numbers += number;
    return METAFFI_OK;
}
static metaffi_status on_text(void *userdata, const char *text, size_t length,
                              metaffi_error **failure) {
    (void)userdata, (void)failure;
    sums.texts += length + (size_t)text[0];
    return METAFFI_OK;
}
static metaffi_status on_open(void *userdata, const metaffi_container *container,
                              metaffi_error **failure) {
    (void)userdata, (void)failure;
    sums.containers += container->length;
    return METAFFI_OK;
}
static metaffi_status on_close(void *userdata, metaffi_error **failure) {
    (void)userdata, (void)failure;
    sums.containers++;
    return METAFFI_OK;
}

static const metaffi_visitor visitor = {
    .size = sizeof visitor,
    .null_value = on_null,
    .boolean = on_boolean,
    .integer = on_integer,
    .number = on_number,
    .text = on_text,
    .open = on_open,
    .close = on_close,
};

static void visit(const metaffi_value *root, size_t count) {
    metaffi_scope *scope = enter_python();
    while (count--) {
        metaffi_object_visit(root, NULL, &visitor, NULL, &error);
    }
    leave_python(scope);
}

static void visit_mixed(size_t count) {
    visit(&mixed, count);
}
static void visit_entries(size_t count) {
    visit(&entries, count);
}
static void visit_records(size_t count) {
    visit(&records, count);
}
static void visit_numbers(size_t count) {
    visit(&numbers, count);
}

static metaffi_status produce(void *userdata, const metaffi_visitor *to, void *told,
                              metaffi_error **failure) {
    (void)userdata;
    metaffi_container list = {METAFFI_CONTAINER_LIST, 10000, 0, {NULL, 0}};
    metaffi_status status = to->open(told, &list, failure);
    for (int i = 0; i < 5000 && status == METAFFI_OK; i++) {
        status = to->integer(told, i * 1000, failure);
        if (status == METAFFI_OK) {
            status = to->text(told, "some text", 9, failure);
        }
    }
    return status == METAFFI_OK ? to->close(told, failure) : status;
}

static void build(size_t count) {
    metaffi_scope *scope = enter_python();
    while (count--) {
        metaffi_value made;
        metaffi_runtime_build(python_runtime, produce, NULL, &made, &error);
        metaffi_value_clear(&made);
    }
    leave_python(scope);
}

static metaffi_value given_by(const char *path) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_value given;
    metaffi_entity *entity = load_python(path, NULL, 0, &handle);
    check(metaffi_entity_call(entity, NULL, 0, &given, 1, &error));
    check(metaffi_entity_free(entity));
    return given;
}

void python_deep(void) {
    mixed = given_by("callable=mixed_list");
    entries = given_by("callable=large_dict");
    records = given_by("callable=records");
    numbers = given_by("callable=many_numbers");
    const char *hand = "type checks, GET_ITEM, Next";
    compare_python("convert a list of 10 000 mixed values", hand, python_limit("visit_mixed"),
                   visit_mixed, 1.2);
    compare_python("convert a list of 10 000 ints", hand, python_limit("visit_numbers"),
                   visit_numbers, 1.2);
    compare_python("convert a dict of 1 000", hand, python_limit("visit_entries"), visit_entries,
                   1.2);
    compare_python("convert a list of 1 000 records of JSON", hand, python_limit("visit_records"),
                   visit_records, 0);
    compare_python("build a list of 10 000 ints and texts", "List_New, SET_ITEM",
                   python_limit("build_list"), build, 0);
}
