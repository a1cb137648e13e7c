#include <metaffi.h>
#include <stdio.h>

int main(void) {
    metaffi_runtime *c = NULL;
    metaffi_module *zlib = NULL;
    metaffi_entity *crc32 = NULL;
    metaffi_error *error = NULL;
    metaffi_value sum, arguments[] = {{metaffi_uint64_type, {.uint64 = 0}},
                                      {metaffi_string8_type, {.string = {"hello", 5}}},
                                      {metaffi_uint32_type, {.uint32 = 5}}};
    if (metaffi_runtime_load("c", NULL, 0, &c, &error) ||
        metaffi_module_load(c, "libz.so.1;zlib.h", &zlib, &error) ||
        metaffi_entity_load(zlib, "callable=crc32", NULL, 0, NULL, 0, &crc32, &error) ||
        metaffi_entity_call(crc32, arguments, 3, &sum, 1, &error))
        fprintf(stderr, "%s\n", metaffi_error_message(error));
    else
        printf("crc32 of \"hello\": %08lx\n", (unsigned long)sum.data.uint64);
    metaffi_entity_free(crc32);
    metaffi_module_free(zlib);
    metaffi_runtime_free(c);
    return error != NULL;
}
