/* C types made at run time, without declarations: a record, a variadic call, closures. */
#include "helpers.h"

static metaffi_ctype *primitive(uint32_t number) {
    metaffi_ctype *type = NULL;
    metaffi_error *error = NULL;
    check(metaffi_ctype_primitive(number, &type, &error), &error);
    return type;
}

static metaffi_ctype *pointer(const metaffi_ctype *target) {
    metaffi_ctype *type = NULL;
    metaffi_error *error = NULL;
    check(metaffi_ctype_pointer(target, &type, &error), &error);
    return type;
}

static metaffi_ctype *function(const metaffi_ctype *returns, const metaffi_ctype *const *params,
                               size_t count, bool variadic) {
    metaffi_ctype *type = NULL;
    metaffi_error *error = NULL;
    check(metaffi_ctype_function(returns, params, count, variadic, METAFFI_CONVENTION_DEFAULT,
                                 &type, &error),
          &error);
    return type;
}

/* div_t div(int, int): the members of a record that is only passed need no names. */
static void record(const metaffi_module *module, const metaffi_ctype *number) {
    metaffi_ctype_field fields[] = {{NULL, number, 0, 0}, {NULL, number, 0, 0}};
    const metaffi_ctype *params[] = {number, number};
    metaffi_ctype *pair = NULL;
    metaffi_error *error = NULL;
    check(metaffi_ctype_struct(module, NULL, fields, 2, 0, 0, &pair, &error), &error);
    metaffi_ctype *type = function(pair, params, 2, false);
    int numerator = 47, denominator = 10;
    void *arguments[] = {&numerator, &denominator};
    div_t quotient;
    check(metaffi_ctype_call(type, (metaffi_function)div, &quotient, arguments, 2, NULL, 0, &error),
          &error);
    printf("47 / 10 is %d, remainder %d\n", quotient.quot, quotient.rem);
    metaffi_ctype_free(type);
    metaffi_ctype_free(pair);
}

/* int printf(const char *, ...), as far as it is called with an int and a double. */
static void variadic(const metaffi_ctype *number, const metaffi_ctype *text) {
    metaffi_ctype *real = primitive(METAFFI_PRIMITIVE_DOUBLE);
    metaffi_ctype *type = function(number, &text, 1, true);
    const metaffi_ctype *extra[] = {number, real};
    metaffi_error *error = NULL;
    check(metaffi_ctype_prepare(type, extra, 2, &error), &error);
    const char *format = "%d and %.1f\n";
    int whole = 3, written = 0;
    double half = 0.5;
    void *arguments[] = {&format, &whole, &half};
    check(metaffi_ctype_call(type, (metaffi_function)printf, &written, arguments, 3, extra, 2,
                             &error),
          &error);
    metaffi_ctype_free(type);
    metaffi_ctype_free(real);
}

static void compare(void *returned, void **arguments, void *userdata) {
    int a = **(int **)arguments[0], b = **(int **)arguments[1];
    *(int *)returned = (a > b) - (a < b);
    ++*(int *)userdata;
}

/* A function pointer for qsort. */
static void closure(const metaffi_ctype *number, const metaffi_ctype *address) {
    const metaffi_ctype *params[] = {address, address};
    metaffi_ctype *type = function(number, params, 2, false);
    metaffi_callable *callable = NULL;
    metaffi_function code = NULL;
    metaffi_error *error = NULL;
    int compared = 0, numbers[] = {3, 1, 2};
    check(metaffi_ctype_closure(type, NULL, 0, compare, &compared, NULL, &callable, &error),
          &error);
    check(metaffi_callable_native(callable, &code, &error), &error);
    qsort(numbers, 3, sizeof *numbers, (int (*)(const void *, const void *))code);
    printf("%d %d %d, %s\n", numbers[0], numbers[1], numbers[2], compared > 1 ? "compared" : "not");
    metaffi_callable_free(callable);
    metaffi_ctype_free(type);
}

static void add_up(void *returned, void **arguments, void *userdata) {
    (void)userdata;
    *(double *)returned = *(int *)arguments[0] + *(double *)arguments[1];
}

/* A double (*)(int, ...) that C calls with a double behind the dots. */
static void variadic_closure(const metaffi_ctype *number) {
    metaffi_ctype *real = primitive(METAFFI_PRIMITIVE_DOUBLE);
    metaffi_ctype *type = function(real, &number, 1, true);
    const metaffi_ctype *extra[] = {real};
    metaffi_callable *callable = NULL;
    metaffi_function code = NULL;
    metaffi_error *error = NULL;
    check(metaffi_ctype_closure(type, extra, 1, add_up, NULL, NULL, &callable, &error), &error);
    check(metaffi_callable_native(callable, &code, &error), &error);
    printf("2 + 0.5 is %.1f\n", ((double (*)(int, ...))code)(2, 0.5));
    metaffi_callable_free(callable);
    metaffi_ctype_free(type);
    metaffi_ctype_free(real);
}

/* What a function says of 0, and whom it asks about every other number. */
struct answer {
    int at_zero;
    metaffi_function other;
};

static void ask_the_other(void *returned, void **arguments, void *userdata) {
    const struct answer *answer = userdata;
    int n = *(int *)arguments[0];
    *(int *)returned = n == 0 ? answer->at_zero : ((int (*)(int))answer->other)(n - 1);
}

/* Two functions that call each other: each needs the other's address before that is a function. */
static void addresses_first(const metaffi_ctype *number) {
    metaffi_error *error = NULL;
    metaffi_closure *even = NULL, *odd = NULL;
    metaffi_function is_even = NULL, is_odd = NULL;
    check(metaffi_closure_new(&even, &error), &error);
    check(metaffi_closure_new(&odd, &error), &error);
    check(metaffi_closure_native(even, &is_even, &error), &error);
    check(metaffi_closure_native(odd, &is_odd, &error), &error);
    struct answer of_even = {1, is_odd}, of_odd = {0, is_even};

    metaffi_ctype *type = function(number, &number, 1, false);
    check(metaffi_closure_prepare(even, type, NULL, 0, ask_the_other, &of_even, NULL, &error),
          &error);
    check(metaffi_closure_prepare(odd, type, NULL, 0, ask_the_other, &of_odd, NULL, &error),
          &error);
    metaffi_ctype_free(type);
    printf("10 is %s, 7 is %s\n", ((int (*)(int))is_even)(10) ? "even" : "odd",
           ((int (*)(int))is_even)(7) ? "even" : "odd");
    metaffi_closure_free(even);
    metaffi_closure_free(odd);
}

int main(void) {
    metaffi_runtime *c = load_runtime("c");
    metaffi_module *module = load_module(c, "");
    metaffi_ctype *number = primitive(METAFFI_PRIMITIVE_INT);
    metaffi_ctype *character = primitive(METAFFI_PRIMITIVE_CHAR), *text = pointer(character);
    record(module, number);
    variadic(number, text);
    closure(number, text);
    variadic_closure(number);
    addresses_first(number);
    metaffi_ctype_free(text);
    metaffi_ctype_free(character);
    metaffi_ctype_free(number);
    metaffi_module_free(module);
    metaffi_runtime_free(c);
    return EXIT_SUCCESS;
}
