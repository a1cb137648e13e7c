/* Calls of small Python functions, in a scope and without one. */

#include "client.h"
#include "harness.h"
#include "python.h"

static metaffi_entity *nop, *add, *multiply;
static volatile int64_t integer;
static volatile double real;

static void nop_taken(size_t count) {
    metaffi_slot frame[1];
    while (count--) {
        metaffi_entity_call_frame(nop, frame, &error);
    }
}

static void add_taken(size_t count) {
    metaffi_slot frame[3];
    while (count--) {
        frame[0] = 1000;
        frame[1] = 2000;
        metaffi_entity_call_frame(add, frame, &error);
        integer = (int64_t)frame[2];
    }
}

static void multiply_taken(size_t count) {
    metaffi_slot frame[3];
    while (count--) {
        frame[0] = slot_of(1.5);
        frame[1] = slot_of(2.5);
        metaffi_entity_call_frame(multiply, frame, &error);
        real = double_of(frame[2]);
    }
}

static void held(void (*run)(size_t), size_t count) {
    metaffi_scope *scope = enter_python();
    run(count);
    leave_python(scope);
}

static void nop_held(size_t count) {
    held(nop_taken, count);
}
static void add_held(size_t count) {
    held(add_taken, count);
}
static void multiply_held(size_t count) {
    held(multiply_taken, count);
}

static void compare(const char *what, const char *limit_name, const char *limit,
                    void (*ours)(size_t)) {
    struct contestant contestants[] = {
        {.name = limit_name, .run = python_limit(limit)},
        {.name = "frame", .run = ours},
    };
    measure(contestants, COUNT(contestants));
    row(what, &contestants[0], &contestants[1], RATIO, 1.15);
}

void python_scalars(void) {
    static const char HELD[] = "Vectorcall, GIL held", TAKEN[] = "Vectorcall, Ensure and Release";
    metaffi_type_info integers[] = {{metaffi_int64_type, NULL, 0}, {metaffi_int64_type, NULL, 0}};
    metaffi_type_info reals[] = {{metaffi_float64_type, NULL, 0}, {metaffi_float64_type, NULL, 0}};
    nop = load_python("callable=nop", NULL, 0, NULL);
    add = load_python("callable=add", integers, 2, integers);
    multiply = load_python("callable=multiply", reals, 2, reals);
    compare("Python: nop() in a scope", HELD, "nop_held", nop_held);
    compare("Python: add(int64, int64) in a scope", HELD, "add_held", add_held);
    compare("Python: f(double, double) in a scope", HELD, "multiply_held", multiply_held);
    compare("Python: nop()", TAKEN, "nop_taken", nop_taken);
    compare("Python: add(int64, int64)", TAKEN, "add_taken", add_taken);
    compare("Python: f(double, double)", TAKEN, "multiply_taken", multiply_taken);
}
