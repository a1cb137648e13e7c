/* The guest in Python, and its limits. */

#ifndef PYTHON_H
#define PYTHON_H

#include <metaffi.h>
#include <stddef.h>

extern metaffi_runtime *python_runtime;

/* A function of the guest in Python. */
metaffi_entity *load_python(const char *path, const metaffi_type_info *params, size_t param_count,
                            const metaffi_type_info *result);

/* What the C API does by hand; see limits/python. */
void (*python_limit(const char *name))(size_t count);

/* Enters Python for a slice, and leaves it. */
metaffi_scope *enter_python(void);
void leave_python(metaffi_scope *scope);

void python_scalars(void);
void python_values(void);
void python_objects(void);

#endif
