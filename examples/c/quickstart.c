#include <metaffi/values.h>
#include <stdio.h>

int main(void) {
    metaffi_error *error = NULL;
    metaffi_entity *crc32 = metaffi_open("c", "libz.so.1;zlib.h", "callable=crc32", &error);
    metaffi_value sum =
        METAFFI_CALL(crc32, &error, metaffi_uint64(0), metaffi_text("hello"), metaffi_uint32(5));
    if (error == NULL)
        printf("crc32 of \"hello\": %08lx\n", (unsigned long)sum.data.uint64);
    else
        fprintf(stderr, "%s\n", metaffi_error_message(error));
    metaffi_entity_free(crc32);
    return error != NULL;
}
