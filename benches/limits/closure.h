/* The limit of callbacks: a closure of libffi's, and no more. */

#ifndef CLOSURE_H
#define CLOSURE_H

#include "interface.h"

typedef void (*closure_body)(ffi_cif *cif, void *result, void **arguments, void *userdata);

/* The code address of a new closure. */
void (*closure_new(struct interface *interface, closure_body body))(void);

#endif
