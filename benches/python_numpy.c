/* Memory that numpy computes with, where it is. */

#include "client.h"
#include "harness.h"
#include "python.h"

enum { LENGTH = 10000 };

static metaffi_entity *total;
static volatile double real;

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

void python_numpy(void) {
    metaffi_type_info numbers = {metaffi_float64_array_type, NULL, 1};
    metaffi_type_info result = {metaffi_float64_type, NULL, 0};
    metaffi_module *module;
    if (metaffi_module_load(python_runtime, PYTHON_NUMPY_GUEST, &module, &error) != METAFFI_OK) {
        fact("numpy missing", "it is not installed for this version");
        metaffi_error_free(error);
        error = NULL;
        return;
    }
    check(metaffi_entity_load(module, "callable=total", &numbers, 1, &result, 1, &total, &error));
    compare_python("numpy's sum of 10 000 doubles", "memoryview", python_limit("total_numpy"),
                   total_memory, 1.1);
}
