/* Python's statistics, on numbers that stay this program's. */
#include "helpers.h"

int main(void) {
    double heights[] = {1.84, 1.65, 1.71};
    metaffi_runtime *python = load_runtime("python3");
    metaffi_module *statistics = load_module(python, "statistics");
    metaffi_entity *median = load(statistics, "callable=median");
    metaffi_value result = CALL(median, METAFFI_LEND(metaffi_float64_type, heights, 3));
    printf("median: %g\n", result.data.float64);

    metaffi_entity_free(median);
    metaffi_module_free(statistics);
    metaffi_runtime_free(python);
    return EXIT_SUCCESS;
}
