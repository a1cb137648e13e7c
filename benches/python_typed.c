/* Values of every kind to Python and back, in a scope and without one. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "python.h"

/* What a frame has: an argument, and behind it a return, of which `any` takes three slots. */
enum { ANY = 3 };

static metaffi_entity *entity;
static metaffi_object *kept;
static volatile int64_t integer;
static volatile double real;

static void call(metaffi_slot *frame) {
    metaffi_entity_call_frame(entity, frame, &error);
}

/* The two ways of calling a thing `count` times. */
#define BOTH(name)                                                                                 \
    static void name##_taken(size_t count) {                                                       \
        while (count--) {                                                                          \
            name();                                                                                \
        }                                                                                          \
    }                                                                                              \
    static void name##_held(size_t count) {                                                        \
        metaffi_scope *scope = enter_python();                                                     \
        name##_taken(count);                                                                       \
        leave_python(scope);                                                                       \
    }

static void take(metaffi_slot *slots) {
    metaffi_value *value = (metaffi_value *)slots;
    integer = (int64_t)value->type;
    metaffi_value_clear(value);
}

static inline void echo_any(metaffi_value value) {
    metaffi_slot frame[2 * ANY];
    memcpy(frame, &value, sizeof value);
    call(frame);
    take(frame + ANY);
}

static inline void any_int(void) {
    echo_any((metaffi_value){metaffi_int64_type, {.int64 = 1000}});
}
static inline void any_float(void) {
    echo_any((metaffi_value){metaffi_float64_type, {.float64 = 1.5}});
}
static inline void any_bool(void) {
    echo_any((metaffi_value){metaffi_bool_type, {.boolean = true}});
}
static inline void any_none(void) {
    echo_any((metaffi_value){metaffi_null_type, {.int64 = 0}});
}
static inline void any_text(void) {
    echo_any((metaffi_value){metaffi_string8_type, {.string = {"xxxxxxxxxx", 10}}});
}
static inline void any_returned(void) {
    metaffi_slot frame[ANY];
    call(frame);
    take(frame);
}
static inline void any_attribute(void) {
    metaffi_slot frame[1 + ANY] = {(metaffi_slot)kept};
    call(frame);
    take(frame + 1);
}

BOTH(any_int)
BOTH(any_float)
BOTH(any_bool)
BOTH(any_none)
BOTH(any_text)
BOTH(any_returned)
BOTH(any_attribute)

static inline void lend(double *numbers, size_t rank, size_t *shape) {
    metaffi_array array = {
        .data = numbers, .element = metaffi_float64_type, .rank = rank, .shape = shape};
    metaffi_slot frame[] = {(metaffi_slot)&array};
    call(frame);
}

static inline void lend_3(void) {
    static double numbers[3];
    size_t shape[] = {3};
    lend(numbers, 1, shape);
}
static inline void lend_square(void) {
    static double numbers[100 * 100];
    size_t shape[] = {100, 100};
    lend(numbers, 2, shape);
}

BOTH(lend_3)
BOTH(lend_square)

static inline void bytes(void) {
    static uint8_t data[1000];
    size_t shape[] = {sizeof data};
    metaffi_array array = {.data = data, .element = metaffi_uint8_type, .rank = 1, .shape = shape};
    metaffi_slot frame[2] = {(metaffi_slot)&array};
    call(frame);
    metaffi_array_free((metaffi_array *)frame[1]);
}

static inline void three(void) {
    metaffi_slot frame[3];
    call(frame);
    for (int i = 0; i < 3; i++) {
        integer = (int64_t)frame[i];
    }
}

/* Two positional arguments, and two by names that are the same each time. */
static inline void named(void) {
    static const metaffi_string NAMES[] = {{"c", 1}, {"d", 1}};
    metaffi_value positional[] = {{metaffi_int64_type, {.int64 = 1000}},
                                  {metaffi_int64_type, {.int64 = 2000}}};
    metaffi_value by_name[] = {{metaffi_int64_type, {.int64 = 3000}},
                               {metaffi_int64_type, {.int64 = 4000}}};
    size_t shape[] = {2};
    metaffi_array arguments[] = {
        {.data = positional, .element = metaffi_any_type, .rank = 1, .shape = shape},
        {.data = (void *)NAMES, .element = metaffi_string8_type, .rank = 1, .shape = shape},
        {.data = by_name, .element = metaffi_any_type, .rank = 1, .shape = shape}};
    metaffi_slot frame[3 + ANY] = {(metaffi_slot)&arguments[0], (metaffi_slot)&arguments[1],
                                   (metaffi_slot)&arguments[2]};
    call(frame);
    take(frame + 3);
}

static inline void handle(void) {
    metaffi_slot frame[2] = {(metaffi_slot)kept};
    call(frame);
    metaffi_object_free((metaffi_object *)frame[1]);
}

static inline void float32(void) {
    float number = 1.5f;
    metaffi_slot frame[2] = {0};
    memcpy(frame, &number, sizeof number);
    call(frame);
    memcpy(&number, frame + 1, sizeof number);
    real = number;
}

static inline void uint64(void) {
    metaffi_slot frame[2] = {UINT64_MAX - 1};
    call(frame);
    integer = (int64_t)frame[1];
}

static inline void char32(void) {
    metaffi_slot frame[2] = {0x20ac};
    call(frame);
    integer = (int64_t)frame[1];
}

BOTH(bytes)
BOTH(three)
BOTH(named)
BOTH(handle)
BOTH(float32)
BOTH(uint64)
BOTH(char32)

/* In a scope and without one; the bound without is the same number of times what is asked in one.
 */
static void compare(const char *what, const char *limit, void (*held)(size_t),
                    void (*taken)(size_t), double bound) {
    char name[128];
    snprintf(name, sizeof name, "%s_held", limit);
    compare_python(what, "GIL held", python_limit(name), held, bound);
    snprintf(name, sizeof name, "%s_taken", limit);
    char alone[256];
    snprintf(alone, sizeof alone, "%s, without a scope", what);
    compare_python(alone, "Ensure and Release", python_limit(name), taken, 1.2);
}

static void load_echo(const char *path, metaffi_type type, const char *alias) {
    metaffi_type_info info = {type, alias, 0};
    entity = load_python(path, &info, 1, &info);
}

static void compare_any(void) {
    metaffi_type_info any = {metaffi_any_type, NULL, 0};
    load_echo("callable=echo", metaffi_any_type, NULL);
    compare("any → any: int", "any_int", any_int_held, any_int_taken, 1.3);
    compare("any → any: float", "any_float", any_float_held, any_float_taken, 1.3);
    compare("any → any: bool", "any_bool", any_bool_held, any_bool_taken, 1.3);
    compare("any → any: None", "any_none", any_none_held, any_none_taken, 1.3);
    compare("any → any: text of 10 bytes", "any_text", any_text_held, any_text_taken, 1.3);
    entity = load_python("callable=small_list", NULL, 0, &any);
    compare("→ any: a list of 3 ints", "any_list", any_returned_held, any_returned_taken, 1.3);
    entity = load_python("callable=small_dict", NULL, 0, &any);
    compare("→ any: a dict, freed", "any_dict", any_returned_held, any_returned_taken, 1.3);
}

static void compare_arrays(void) {
    metaffi_type_info line = {metaffi_float64_array_type, NULL, 1};
    metaffi_type_info square = {metaffi_float64_array_type, NULL, 2};
    entity = load_python("callable=take", &line, 1, NULL);
    compare("array of 3 lent", "lend_3", lend_3_held, lend_3_taken, 1.3);
    entity = load_python("callable=take", &square, 1, NULL);
    compare("array of 100 × 100 lent", "lend_square", lend_square_held, lend_square_taken, 1.3);
    metaffi_type_info data = {metaffi_uint8_array_type, "bytes", 1};
    entity = load_python("callable=echo", &data, 1, &data);
    compare("bytes of 1 kB in and out", "bytes", bytes_held, bytes_taken, 1.2);
}

static metaffi_entity *load_types(const char *path, const metaffi_type_info *params, size_t count,
                                  const metaffi_type_info *returns, size_t return_count) {
    metaffi_entity *loaded;
    check(metaffi_entity_load(python_guest, path, params, count, returns, return_count, &loaded,
                              &error));
    return loaded;
}

static void compare_calls(void) {
    metaffi_type_info integer_info = {metaffi_int64_type, NULL, 0};
    metaffi_type_info three_of_them[] = {integer_info, integer_info, integer_info};
    entity = load_types("callable=three", NULL, 0, three_of_them, 3);
    compare("three returns", "three", three_held, three_taken, 1.2);
    metaffi_type_info any = {metaffi_any_type, NULL, 0}, anys = {metaffi_any_array_type, NULL, 1};
    metaffi_type_info spread[] = {anys, {metaffi_string8_array_type, NULL, 1}, anys};
    entity = load_types("callable=four,varargs,named_args", spread, 3, &any, 1);
    compare("2 varargs and 2 named", "named", named_held, named_taken, 1.3);
    metaffi_type_info handle_info = {metaffi_handle_type, NULL, 0};
    metaffi_slot frame[1];
    entity = load_python("attribute=COUNTER,getter", NULL, 0, &handle_info);
    check(metaffi_entity_call_frame(entity, frame, &error));
    kept = (metaffi_object *)frame[0];
    load_echo("callable=echo", metaffi_handle_type, NULL);
    compare("handle in and out, freed", "handle", handle_held, handle_taken, 1.3);
    check(metaffi_entity_load(python_guest, "attribute=Counter.count,instance_required,getter",
                              NULL, 0, NULL, 0, &entity, &error));
    compare("attribute by an inferred entity", "any_attribute", any_attribute_held,
            any_attribute_taken, 1.2);
}

static void compare_scalars(void) {
    load_echo("callable=echo", metaffi_float32_type, NULL);
    compare("echo of a float32", "float32", float32_held, float32_taken, 1.15);
    load_echo("callable=echo", metaffi_uint64_type, NULL);
    compare("echo of a uint64 above 2⁶³", "uint64", uint64_held, uint64_taken, 1.15);
    load_echo("callable=echo", metaffi_char32_type, NULL);
    compare("echo of a char32", "char32", char32_held, char32_taken, 1.15);
}

static void compare_next(void) {
    metaffi_type_info handle_info = {metaffi_handle_type, NULL, 0};
    metaffi_type_info any = {metaffi_any_type, NULL, 0};
    metaffi_slot frame[1];
    entity = load_python("attribute=NUMBERS,getter", NULL, 0, &handle_info);
    check(metaffi_entity_call_frame(entity, frame, &error));
    kept = (metaffi_object *)frame[0];
    metaffi_module *builtins;
    check(metaffi_module_load(python_runtime, "builtins", &builtins, &error));
    check(
        metaffi_entity_load(builtins, "callable=next", &handle_info, 1, &any, 1, &entity, &error));
    compare("next of an iterator", "next", any_attribute_held, any_attribute_taken, 1.2);
}

enum { ERRORS = 64 };

static metaffi_error *errors[ERRORS];

static void raise_anew(void) {
    metaffi_scope *scope = enter_python();
    for (size_t i = 0; i < ERRORS; i++) {
        metaffi_error_free(errors[i]);
        metaffi_slot frame[] = {10};
        metaffi_entity_call_frame(entity, frame, &errors[i]);
    }
    leave_python(scope);
}

static void list_frames(size_t count) {
    metaffi_scope *scope = enter_python();
    for (size_t i = 0; i < count; i++) {
        size_t frames = metaffi_error_frame_count(errors[i]);
        for (size_t j = 0; j < frames; j++) {
            metaffi_stack_frame frame;
            check(metaffi_error_frame(errors[i], j, &frame));
            integer = frame.line;
        }
    }
    leave_python(scope);
}

static void compare_frames(void) {
    metaffi_type_info info = {metaffi_int64_type, NULL, 0};
    entity = load_python("callable=fail_deep", &info, 1, NULL);
    raise_anew();
    struct contestant contestants[] = {
        {.name = "traceback walked", .run = python_limit("frames"), .most = ERRORS},
        {.name = "error", .run = list_frames, .reset = raise_anew, .most = ERRORS},
    };
    measure(contestants, COUNT(contestants));
    row("frames of an exception 10 deep", &contestants[0], &contestants[1], RATIO, 1.5);
}

void python_typed(void) {
    compare_any();
    compare_arrays();
    compare_calls();
    compare_scalars();
    compare_next();
    compare_frames();
}
