#include "closure.h"

#include <stdio.h>
#include <stdlib.h>

void (*closure_new(struct interface *interface, closure_body body))(void) {
    void *code = NULL;
    ffi_closure *closure = ffi_closure_alloc(sizeof *closure, &code);
    if (!closure || ffi_prep_closure_loc(closure, &interface->cif, body, NULL, code) != FFI_OK) {
        fprintf(stderr, "libffi makes no closure\n");
        exit(1);
    }
    return (void (*)(void))code;
}
