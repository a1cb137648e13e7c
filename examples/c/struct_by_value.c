/* Structs by value: one given to libc, one taken from it. */
#include "helpers.h"

#include <arpa/inet.h>

static metaffi_value read(const metaffi_object *data, const char *path) {
    metaffi_value value = {metaffi_null_type, {0}};
    metaffi_error *error = NULL;
    check(metaffi_cdata_read(data, path, &value, &error), &error);
    return value;
}

static void taken(const metaffi_module *process) {
    metaffi_entity *div = load(process, "callable=div");
    metaffi_value result = CALL(div, metaffi_int32(47), metaffi_int32(10));
    printf("47 / 10 is %d, remainder %d\n", read(result.data.object, "quot").data.int32,
           read(result.data.object, "rem").data.int32);
    metaffi_value_clear(&result);
    metaffi_entity_free(div);
}

static void given(const metaffi_module *process) {
    metaffi_ctype *in_addr = NULL;
    metaffi_object *address = NULL;
    metaffi_error *error = NULL;
    check(metaffi_ctype_parse(process, "struct in_addr", &in_addr, &error), &error);
    check(metaffi_cdata_new(in_addr, NULL, &address, &error), &error);
    metaffi_value number = {metaffi_uint32_type, {.uint32 = htonl(INADDR_LOOPBACK)}};
    check(metaffi_cdata_write(address, "s_addr", &number, &error), &error);

    metaffi_entity *inet_ntoa = load(process, "callable=inet_ntoa");
    metaffi_value text = CALL(inet_ntoa, (metaffi_value){metaffi_handle_type, {.object = address}});
    printf("the loopback address is %s\n", (const char *)text.data.string.data);

    metaffi_value_clear(&text);
    metaffi_entity_free(inet_ntoa);
    metaffi_object_free(address);
    metaffi_ctype_free(in_addr);
}

int main(void) {
    metaffi_runtime *c = load_runtime("c");
    metaffi_module *process = load_module(c, "stdlib.h;arpa/inet.h");
    taken(process);
    given(process);
    metaffi_module_free(process);
    metaffi_runtime_free(c);
    return EXIT_SUCCESS;
}
