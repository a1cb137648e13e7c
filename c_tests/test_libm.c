/* libm as a guest, with its installed header. */
#include "guest_module.h"

#include <math.h>

int main(void) {
    open_runtime();
    guest = open_module("libm.so.6;/usr/include/math.h");
    metaffi_entity *cosine = load("callable=cos"), *power = load("callable=pow");
    metaffi_entity *root = load("callable=sqrtf"), *scale = load("callable=ldexp");
    metaffi_value arguments[] = {float64_value(2), float64_value(0.5)};
    for (int i = 0; i < 10; i++) {
        metaffi_value angle = float64_value(i);
        CHECK(call_number(cosine, &angle, 1) == cos(i));
    }
    CHECK(call_number(power, arguments, 2) == pow(2, 0.5));
    metaffi_value nine = {metaffi_float32_type, {0}};
    nine.data.float32 = 9;
    CHECK(call_number(root, &nine, 1) == 3);
    metaffi_value scaled[] = {float64_value(0.75), int32_value(4)};
    CHECK(call_number(scale, scaled, 2) == 12);
    metaffi_entity *all[] = {cosine, power, root, scale};
    for (size_t i = 0; i < COUNT(all); i++)
        metaffi_entity_free(all[i]);
    close_guest();
    return CHECK_RESULT;
}
