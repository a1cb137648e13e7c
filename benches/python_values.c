/* Text, memory and lists to Python and back. */

#include <string.h>

#include "client.h"
#include "harness.h"
#include "python.h"

enum { LENGTH = 10000 };

static metaffi_entity *echo, *total, *echo_list;
static char text[1000];
static volatile double real;

static void echo_of(size_t count, size_t length) {
    metaffi_slot frame[4];
    metaffi_scope *scope = enter_python();
    while (count--) {
        frame[0] = (metaffi_slot)text;
        frame[1] = length;
        metaffi_entity_call_frame(echo, frame, &error);
        metaffi_free((void *)frame[2]);
    }
    leave_python(scope);
}

static void echo_short(size_t count) {
    echo_of(count, 10);
}
static void echo_long(size_t count) {
    echo_of(count, 1000);
}

static void total_memory(size_t count) {
    static double numbers[LENGTH];
    size_t shape[] = {LENGTH};
    metaffi_slot frame[2];
    metaffi_scope *scope = enter_python();
    while (count--) {
        metaffi_array array = {
            .data = numbers, .element = metaffi_float64_type, .rank = 1, .shape = shape};
        frame[0] = (metaffi_slot)&array;
        metaffi_entity_call_frame(total, frame, &error);
        real = double_of(frame[1]);
    }
    leave_python(scope);
}

static void list_both_ways(size_t count) {
    static int64_t numbers[LENGTH];
    for (int64_t i = 0; i < LENGTH; i++) {
        numbers[i] = i;
    }
    size_t shape[] = {LENGTH};
    metaffi_slot frame[2];
    metaffi_scope *scope = enter_python();
    while (count--) {
        metaffi_array array = {
            .data = numbers, .element = metaffi_int64_type, .rank = 1, .shape = shape};
        frame[0] = (metaffi_slot)&array;
        metaffi_entity_call_frame(echo_list, frame, &error);
        metaffi_array_free((metaffi_array *)frame[1]);
    }
    leave_python(scope);
}

static void compare(const char *what, const char *limit_name, const char *limit,
                    void (*ours)(size_t), double bound) {
    compare_python(what, limit_name, python_limit(limit), ours, bound);
}

void python_values(void) {
    metaffi_type_info string = {metaffi_string8_type, NULL, 0};
    metaffi_type_info reals = {metaffi_float64_array_type, NULL, 1};
    metaffi_type_info real_info = {metaffi_float64_type, NULL, 0};
    metaffi_type_info list = {metaffi_int64_array_type, "list", 1};
    metaffi_type_info integers = {metaffi_int64_array_type, NULL, 1};
    memset(text, 'x', sizeof text);
    echo = load_python("callable=echo", &string, 1, &string);
    total = load_python("callable=total", &reals, 1, &real_info);
    echo_list = load_python("callable=echo", &list, 1, &integers);
    compare("echo of 10 bytes", "PyUnicode", "echo_short", echo_short, 1.3);
    compare("echo of 1000 bytes", "PyUnicode", "echo_long", echo_long, 1.15);
    compare("sum of 10 000 doubles", "memoryview", "total_memory", total_memory, 1.1);
    compare("list of 10 000 in, list out", "PyList", "echo_list", list_both_ways, 1.15);
}
