/* What OCaml calls. Handles are boxed as nativeint. */
#define CAML_NAME_SPACE
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>
#include <metaffi.h>
#include <stdlib.h>
#include <string.h>

#define HANDLE(type, value) ((type *)Nativeint_val(value))
#define BOXED(handle) caml_copy_nativeint((intnat)(handle))

/* What a function reports, and raising it. */
static _Thread_local metaffi_error *error;
static void check(metaffi_status status) {
    if (status == METAFFI_OK)
        return;
    value message = caml_copy_string(metaffi_error_message(error));
    metaffi_error_free(error);
    caml_failwith_value(message);
}

value client_runtime_load(value name) {
    metaffi_runtime *runtime;
    check(metaffi_runtime_load(String_val(name), NULL, 0, &runtime, &error));
    return BOXED(runtime);
}

value client_module_load(value runtime, value path) {
    metaffi_module *module;
    check(metaffi_module_load(HANDLE(metaffi_runtime, runtime), String_val(path), &module, &error));
    return BOXED(module);
}

value client_declare(value module, value text) {
    check(metaffi_module_declare(HANDLE(metaffi_module, module), String_val(text),
                                 caml_string_length(text), &error));
    return Val_unit;
}

value client_entity_load(value module, value path) {
    metaffi_entity *entity;
    check(metaffi_entity_load(HANDLE(metaffi_module, module), String_val(path), NULL,
                              METAFFI_UNSPECIFIED, NULL, METAFFI_UNSPECIFIED, &entity, &error));
    return BOXED(entity);
}

value client_crc32(value entity, value text) {
    size_t length = caml_string_length(text);
    metaffi_value arguments[] = {{metaffi_uint64_type, {.uint64 = 0}},
                                 {metaffi_string8_type, {.string = {String_val(text), length}}},
                                 {metaffi_uint32_type, {.uint32 = (uint32_t)length}}},
                  result;
    check(metaffi_entity_call(HANDLE(metaffi_entity, entity), arguments, 3, &result, 1, &error));
    return Val_long(result.data.uint64);
}

/* The exception of a callback is raised by the call: nobody else needs to be told. */
static void quiet(void *userdata, const metaffi_error *failure) {
    (void)userdata, (void)failure;
}

/* The comparison, and the exception that it was left by; both known to the collector. */
struct comparison {
    value function, exception;
};

static metaffi_status compare(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    struct comparison *comparison = userdata;
    value answer = caml_callback2_exn(comparison->function, Val_int(*(const int *)frame[0]),
                                      Val_int(*(const int *)frame[1]));
    if (Is_exception_result(answer)) {
        caml_modify_generational_global_root(&comparison->exception, Extract_exception(answer));
        metaffi_error_new(METAFFI_STATUS_FOREIGN, "exn", "an exception of OCaml's", failure);
        return METAFFI_STATUS_FOREIGN;
    }
    frame[2] = (metaffi_slot)(int64_t)Long_val(answer);
    return METAFFI_OK;
}

value client_sort(value qsort, value function, value numbers) {
    CAMLparam3(qsort, function, numbers);
    CAMLlocal1(sorted);
    struct comparison comparison = {function, Val_unit};
    caml_register_generational_global_root(&comparison.function);
    caml_register_generational_global_root(&comparison.exception);
    size_t count = Wosize_val(numbers);
    int *copy = malloc(count * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = Int_val(Field(numbers, i));

    metaffi_type_info addresses[] = {{metaffi_size_type, NULL, 0}, {metaffi_size_type, NULL, 0}},
                      order = {metaffi_int32_type, NULL, 0};
    metaffi_callable *callable = NULL;
    metaffi_status status = metaffi_callable_new(compare, addresses, 2, &order, 1, &comparison,
                                                 NULL, &callable, &error);
    if (status == METAFFI_OK) {
        metaffi_callable_set_error_handler(callable, quiet, NULL, NULL);
        metaffi_value arguments[] = {{metaffi_size_type, {.size = (size_t)copy}},
                                     {metaffi_size_type, {.size = count}},
                                     {metaffi_size_type, {.size = sizeof *copy}},
                                     {metaffi_callable_type, {.callable = callable}}};
        status = metaffi_entity_call(HANDLE(metaffi_entity, qsort), arguments, 4, NULL, 0, &error);
        metaffi_callable_free(callable);
    }
    sorted = caml_alloc(count, 0);
    for (size_t i = 0; i < count; i++)
        Store_field(sorted, i, Val_int(copy[i]));
    free(copy);
    caml_remove_generational_global_root(&comparison.function);
    caml_remove_generational_global_root(&comparison.exception);
    if (comparison.exception != Val_unit) {
        if (status != METAFFI_OK)
            metaffi_error_free(error);
        caml_raise(comparison.exception);
    }
    check(status);
    CAMLreturn(sorted);
}

value client_free(value entity, value module, value runtime) {
    metaffi_entity_free(HANDLE(metaffi_entity, entity));
    metaffi_module_free(HANDLE(metaffi_module, module));
    metaffi_runtime_free(HANDLE(metaffi_runtime, runtime));
    return Val_unit;
}
