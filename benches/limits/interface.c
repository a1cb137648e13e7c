#include "interface.h"

#include <stdio.h>
#include <stdlib.h>

static ffi_type *vector_elements[] = {&ffi_type_double, &ffi_type_double, &ffi_type_double, NULL};
ffi_type vector_type = {0, 0, FFI_TYPE_STRUCT, vector_elements};
static ffi_type *pair_elements[] = {&ffi_type_sint64, &ffi_type_double, NULL};
ffi_type pair_type = {0, 0, FFI_TYPE_STRUCT, pair_elements};

void prepare(struct interface *interface, ffi_type *result, const ffi_type *const *parameters,
             size_t count) {
    for (size_t i = 0; i < count; i++) {
        interface->parameters[i] = (ffi_type *)parameters[i];
    }
    ffi_status status = ffi_prep_cif(&interface->cif, FFI_DEFAULT_ABI, (unsigned)count, result,
                                     interface->parameters);
    if (status != FFI_OK) {
        fprintf(stderr, "ffi_prep_cif: %d\n", status);
        exit(1);
    }
}
