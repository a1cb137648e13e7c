/* The guest in Python, and its limits. */

#ifndef PYTHON_H
#define PYTHON_H

#include <metaffi.h>
#include <stddef.h>

extern metaffi_runtime *python_runtime;
/* The module of the guest in Python. */
extern metaffi_module *python_guest;

/* A function of the guest in Python. */
metaffi_entity *load_python(const char *path, const metaffi_type_info *params, size_t param_count,
                            const metaffi_type_info *result);

/* What the C API does by hand; see limits/python. */
void (*python_limit(const char *name))(size_t count);
/* What pybind11 does; NULL if it is not here. */
void (*python_peer(const char *name))(size_t count);

/* Measures beside a limit or peer, and writes the row; a `bound` of 0 asks for nothing. */
void compare_python(const char *what, const char *limit_name, void (*limit)(size_t),
                    void (*ours)(size_t), double bound);

/* Enters Python for a slice, and leaves it. */
metaffi_scope *enter_python(void);
void leave_python(metaffi_scope *scope);

/* Opens Python; the directory has what was compiled for the interpreter. */
void open_python(const char *interpreter, const char *directory);

/* What begins with nothing of Python loaded: in processes of its own. */
void python_start(const char *interpreter, const char *directory);

void python_scalars(void);
void python_values(void);
void python_typed(void);
void python_objects(void);
void python_deep(void);
void python_threads(void);
void python_protocol(void);
void python_loading(void);
/* With arrays that numpy computes with, if the interpreter has it. */
void python_numpy(void);

#endif
