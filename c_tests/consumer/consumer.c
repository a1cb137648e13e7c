/* Calls zlib's crc32 through an installed metaffi. */
#include <metaffi.h>
#include <stdio.h>
#include <string.h>

static int fail(metaffi_error *error) {
    fprintf(stderr, "%s\n", metaffi_error_message(error));
    metaffi_error_free(error);
    return 1;
}

int main(void) {
    static const char text[] = "123456789";
    metaffi_error *error = NULL;
    metaffi_runtime *c = NULL;
    metaffi_module *z = NULL;
    metaffi_entity *crc32 = NULL;
    if (metaffi_runtime_load("c", NULL, 0, &c, &error) ||
        metaffi_module_load(c, "libz.so.1", &z, &error) ||
        metaffi_module_declare(
            z, "unsigned long crc32(unsigned long, const void *, unsigned);",
            strlen("unsigned long crc32(unsigned long, const void *, unsigned);"), &error) ||
        metaffi_entity_load(z, "callable=crc32", NULL, 0, NULL, 0, &crc32, &error))
        return fail(error);

    metaffi_value arguments[3] = {
        {metaffi_uint64_type, {0}}, {metaffi_size_type, {0}}, {metaffi_uint32_type, {0}}};
    arguments[1].data.size = (size_t)text;
    arguments[2].data.uint32 = 9;
    metaffi_value sum;
    if (metaffi_entity_call(crc32, arguments, 3, &sum, 1, &error))
        return fail(error);
    int right = sum.data.uint64 == 0xcbf43926;
    metaffi_value_clear(&sum);
    metaffi_entity_free(crc32);
    metaffi_module_free(z);
    metaffi_runtime_free(c);
    return !right;
}
