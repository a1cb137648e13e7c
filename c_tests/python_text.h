/* What tests begin with that ask Python by text what it makes of objects. */
#ifndef PYTHON_TEXT_H
#define PYTHON_TEXT_H

#include "python_module.h"

#include <dlfcn.h>
#include <unistd.h>

/* How often something is done after which nothing is left, and what may be left all the same: more
 * than one thing of each time would be. */
#define TIMES 20000
#ifdef __SANITIZE_ADDRESS__
#define ALLOWED ((size_t)8 << 20)
#else
#define ALLOWED ((size_t)TIMES * 16)
#endif

static metaffi_module *builtins;
/* The namespace that text runs in. */
static metaffi_object *names;

static inline metaffi_value run(const char *text, const char *local, metaffi_object *object) {
    metaffi_value given = object_value(object), value = {0, {0}};
    metaffi_run_options options = {.size = sizeof options, .globals = names};
    options.local_names = &local;
    options.local_values = &given;
    options.local_count = local != NULL;
    CHECK_OK(metaffi_module_run(builtins, text, strlen(text), &options, &value, &err));
    return value;
}

static inline metaffi_object *object_of(const char *text) {
    metaffi_value value = run(text, NULL, NULL);
    CHECK(value.type == metaffi_handle_type);
    return value.type == metaffi_handle_type ? value.data.object : NULL;
}

/* Whether what Python says of an object is true. */
static inline int says(const char *text, metaffi_object *of) {
    metaffi_value value = run(text, "given", of);
    return value.type == metaffi_bool_type && value.data.boolean;
}

/* Whether Python has a module. */
static inline int has(const char *module) {
    char text[200];
    snprintf(text, sizeof text, "import importlib.util\nimportlib.util.find_spec('%s') is not None",
             module);
    return says(text, NULL);
}

static inline int can(const metaffi_object *object, metaffi_capabilities wanted) {
    metaffi_capabilities found = 0;
    CHECK_OK(metaffi_object_capabilities(object, &found, &err));
    return (found & wanted) == wanted;
}

static inline void open_text(void) {
    open_python();
    builtins = import("builtins");
    CHECK_OK(metaffi_module_new_namespace(builtins, &names, &err));
}

static inline void close_text(void) {
    metaffi_object_free(names);
    metaffi_module_free(builtins);
    close_python();
}

/* Ends the interpreter that the runtime has started on this thread. */
static inline void end_interpreter(void) {
    int (*ensure)(void), (*end)(void);
    *(void **)&ensure = dlsym(RTLD_DEFAULT, "PyGILState_Ensure");
    *(void **)&end = dlsym(RTLD_DEFAULT, "Py_FinalizeEx");
    if (ensure == NULL || end == NULL) {
        CHECK(!"the interpreter is found");
        return;
    }
    ensure();
    CHECK(end() == 0);
}

static inline size_t resident(void) {
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*u %zu", &pages) != 1)
        abort();
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

#endif
