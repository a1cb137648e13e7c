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
    compare_python(what, limit_name, python_limit(limit), ours, 1.15);
}

static void compare_with_pybind11(void) {
    void (*held)(size_t) = python_peer("pybind11_add_held");
    void (*taken)(size_t) = python_peer("pybind11_add_taken");
    if (held && taken) {
        compare_python("add(int64, int64) in a scope", "pybind11, GIL held", held, add_held, 0.8);
        compare_python("add(int64, int64)", "pybind11, gil_scoped_acquire", taken, add_taken, 0.8);
    }
}

void python_scalars(void) {
    static const char HELD[] = "Vectorcall, GIL held", TAKEN[] = "Vectorcall, Ensure and Release";
    metaffi_type_info integers[] = {{metaffi_int64_type, NULL, 0}, {metaffi_int64_type, NULL, 0}};
    metaffi_type_info reals[] = {{metaffi_float64_type, NULL, 0}, {metaffi_float64_type, NULL, 0}};
    nop = load_python("callable=nop", NULL, 0, NULL);
    add = load_python("callable=add", integers, 2, integers);
    multiply = load_python("callable=multiply", reals, 2, reals);
    compare("nop() in a scope", HELD, "nop_held", nop_held);
    compare("add(int64, int64) in a scope", HELD, "add_held", add_held);
    compare("f(double, double) in a scope", HELD, "multiply_held", multiply_held);
    compare("nop()", TAKEN, "nop_taken", nop_taken);
    compare("add(int64, int64)", TAKEN, "add_taken", add_taken);
    compare("f(double, double)", TAKEN, "multiply_taken", multiply_taken);
    compare_with_pybind11();
}
