/* The static library and the system's libffi in one program: each uses its own. */
#include "check.h"

#include <dlfcn.h>
#include <ffi.h>
#include <stdint.h>
#include <stdlib.h>

static void the_system_s_libffi_is_the_program_s(void) {
    Dl_info found = {0};
    CHECK(dladdr((void *)(uintptr_t)ffi_call, &found) != 0 &&
          strstr(found.dli_fname, "libffi.so") != NULL);

    ffi_cif cif;
    ffi_type *types[] = {&ffi_type_pointer};
    CHECK(ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 1, &ffi_type_ulong, types) == FFI_OK);
    const char *text = "seven..";
    void *arguments[] = {&text};
    ffi_arg length = 0;
    ffi_call(&cif, FFI_FN(strlen), &length, arguments);
    CHECK(length == 7);
}

/* A struct by value and variadic arguments take the general path, through metaffi's own libffi. */
static void metaffi_calls_beside_it(void) {
    static const char text[] = "typedef struct { int quot, rem; } div_t; div_t div(int, int);"
                               "int snprintf(char *, size_t, const char *, ...);";
    metaffi_runtime *c = NULL;
    metaffi_module *libc = NULL;
    metaffi_entity *divide = NULL, *print = NULL;
    if (!CHECK_OK(metaffi_runtime_load("c", NULL, 0, &c, &err)) ||
        !CHECK_OK(metaffi_module_load(c, "", &libc, &err)) ||
        !CHECK_OK(metaffi_module_declare(libc, text, strlen(text), &err)) ||
        !CHECK_OK(metaffi_entity_load(libc, "callable=div", NULL, 0, NULL, 0, &divide, &err)) ||
        !CHECK_OK(metaffi_entity_load(libc, "callable=snprintf", NULL, 0, NULL, 0, &print, &err)))
        return;
    metaffi_value arguments[4] = {{metaffi_int32_type, {0}}, {metaffi_int32_type, {0}}}, result;
    arguments[0].data.int32 = 17;
    arguments[1].data.int32 = 5;
    void *quotient = NULL;
    if (CHECK_OK(metaffi_entity_call(divide, arguments, 2, &result, 1, &err)) &&
        CHECK_OK(metaffi_cdata_address(result.data.object, &quotient, NULL, &err)))
        CHECK(((div_t *)quotient)->quot == 3 && ((div_t *)quotient)->rem == 2);
    metaffi_value_clear(&result);

    char buffer[16] = "";
    metaffi_value size = {metaffi_size_type, {0}}, format = {metaffi_string8_type, {0}};
    size.data.size = (uintptr_t)buffer;
    arguments[0] = size;
    size.data.size = sizeof buffer;
    arguments[1] = size;
    format.data.string.data = "<%d>";
    format.data.string.length = 4;
    arguments[2] = format;
    arguments[3].type = metaffi_int32_type;
    arguments[3].data.int32 = -12;
    if (CHECK_OK(metaffi_entity_call(print, arguments, 4, &result, 1, &err)))
        CHECK(strcmp(buffer, "<-12>") == 0);
    metaffi_entity_free(divide);
    metaffi_entity_free(print);
    metaffi_module_free(libc);
    metaffi_runtime_free(c);
}

int main(void) {
    the_system_s_libffi_is_the_program_s();
    metaffi_calls_beside_it();
    return CHECK_RESULT;
}
