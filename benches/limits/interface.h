/* The limit of calls: ffi_call with an interface that was prepared before. */

#ifndef INTERFACE_H
#define INTERFACE_H

#include <ffi.h>
#include <stddef.h>

struct interface {
    ffi_cif cif;
    ffi_type *parameters[16];
};

/* Prepares calls of functions with these types. */
void prepare(struct interface *interface, ffi_type *result, const ffi_type *const *parameters,
             size_t count);

/* Three doubles, and an int64_t with a double. */
extern ffi_type vector_type, pair_type;

#endif
