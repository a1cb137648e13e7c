/* Three ways to call one entity: by values, by frame, and through its native pointer. */
#include "helpers.h"

static double by_frame(const metaffi_entity *entity, double base, double exponent) {
    metaffi_slot frame[3];
    metaffi_error *error = NULL;
    memcpy(&frame[0], &base, sizeof base);
    memcpy(&frame[1], &exponent, sizeof exponent);
    check(metaffi_entity_call_frame(entity, frame, &error), &error);
    double result;
    memcpy(&result, &frame[metaffi_entity_frame_return(entity, 0)], sizeof result);
    return result;
}

int main(void) {
    metaffi_runtime *c = load_runtime("c");
    metaffi_module *libm = load_module(c, "libm.so.6");
    declare(libm, "double pow(double base, double exponent);");
    metaffi_entity *pow = load(libm, "callable=pow");

    metaffi_function native = NULL;
    metaffi_error *error = NULL;
    check(metaffi_entity_native(pow, &native, &error), &error);
    double (*typed)(double, double) = (double (*)(double, double))native;

    printf("by values: %g\n", CALL(pow, metaffi_float64(2), metaffi_float64(10)).data.float64);
    printf("by frame:  %g\n", by_frame(pow, 2, 10));
    printf("natively:  %g\n", typed(2, 10));

    metaffi_entity_free(pow);
    metaffi_module_free(libm);
    metaffi_runtime_free(c);
    return EXIT_SUCCESS;
}
