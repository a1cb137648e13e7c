/* libc's qsort, ordered by a function of this program. */
#include "helpers.h"

/* int compare(const void *a, const void *b): two arguments in the frame, then the return value. */
static metaffi_status compare(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)error;
    const double *a = (const double *)(uintptr_t)frame[0];
    const double *b = (const double *)(uintptr_t)frame[1];
    int order = (*a > *b) - (*a < *b);
    frame[2] = (metaffi_slot)(int64_t)order;
    ++*(size_t *)userdata;
    return METAFFI_OK;
}

int main(void) {
    double numbers[] = {2.5, -1, 8, 3.25, 0, 5};
    size_t length = sizeof numbers / sizeof *numbers, compared = 0;
    metaffi_runtime *c = load_runtime("c");
    metaffi_module *process = load_module(c, "");
    declare(process, "void qsort(void *base, size_t count, size_t size,"
                     "           int (*compare)(const void *, const void *));");
    metaffi_entity *sort = load(process, "callable=qsort");

    metaffi_type_info addresses[] = {{metaffi_size_type, NULL, 0}, {metaffi_size_type, NULL, 0}};
    metaffi_type_info order = {metaffi_int32_type, NULL, 0};
    metaffi_callable *callable = NULL;
    metaffi_error *error = NULL;
    check(
        metaffi_callable_new(compare, addresses, 2, &order, 1, &compared, NULL, &callable, &error),
        &error);
    CALL(sort, METAFFI_LEND(metaffi_float64_type, numbers, length), metaffi_size(length),
         metaffi_size(sizeof *numbers), metaffi_function_of(callable));

    for (size_t i = 0; i < length; i++)
        printf("%g ", numbers[i]);
    printf("\n");
    if (compared < length - 1)
        return EXIT_FAILURE;

    metaffi_callable_free(callable);
    metaffi_entity_free(sort);
    metaffi_module_free(process);
    metaffi_runtime_free(c);
    return EXIT_SUCCESS;
}
