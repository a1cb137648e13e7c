/* Source text that Python runs, and what C says to it. */
#include "python_module.h"

static metaffi_value run(const metaffi_module *module, const char *text,
                         const metaffi_run_options *options) {
    metaffi_value value = {0, {0}};
    CHECK_OK(metaffi_module_run(module, text, strlen(text), options, &value, &err));
    return value;
}

static void text_gives_the_value_of_its_last_expression(const metaffi_module *math) {
    metaffi_value value = run(math, "half = pi / 2\nfloor(half)", NULL);
    CHECK(value.type == metaffi_int64_type && value.data.int64 == 1);
    CHECK_OK(metaffi_module_run(math, "del half", 8, NULL, NULL, &err));
    CHECK_FAILS_WITH(metaffi_module_run(math, "half", 4, NULL, &value, &err),
                     METAFFI_STATUS_FOREIGN, "name 'half' is not defined");
    CHECK(value.type == 0);
}

static void options_say_where_and_with_what(const metaffi_module *math) {
    metaffi_run_options options = {.size = sizeof options, .file = "figures"};
    metaffi_object *globals = NULL;
    CHECK_OK(metaffi_module_new_namespace(math, &globals, &err));
    options.globals = globals;
    run(math, "def area(width, height): return width * height / 0", &options);
    options.file = NULL;
    const char *names[] = {"width", "height"};
    metaffi_value values[] = {int64_value(6), int64_value(7)};
    options.local_names = names;
    options.local_values = values;
    options.local_count = COUNT(names);
    metaffi_value value = run(math, "width * height", &options);
    CHECK(value.type == metaffi_int64_type && value.data.int64 == 42);
    CHECK(metaffi_module_run(math, "area(width, height)", 19, &options, &value, &err) ==
          METAFFI_STATUS_FOREIGN);
    CHECK(strstr(metaffi_error_trace(err), "return width * height / 0") != NULL);
    metaffi_error_free(err);
    err = NULL;
    names[1] = NULL;
    CHECK_FAILS_WITH(metaffi_module_run(math, "width", 5, &options, &value, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "local_names[1] is NULL");
    options.size = 8;
    CHECK_FAILS_WITH(metaffi_module_run(math, "width", 5, &options, &value, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "options.size is 8");
    options = (metaffi_run_options){.size = sizeof options, .globals = globals};
    CHECK(metaffi_object_free(globals) == METAFFI_OK);
    CHECK_FAILS_WITH(metaffi_module_run(math, "1", 1, &options, &value, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "stale");
}

static void malformed_text_is_refused(const metaffi_module *math) {
    metaffi_value value;
    CHECK_FAILS_WITH(metaffi_module_run(math, "1 +", 3, NULL, &value, &err), METAFFI_STATUS_SYNTAX,
                     "line 1, column");
    CHECK_FAILS_WITH(metaffi_module_run(math, "\xff", 1, NULL, &value, &err),
                     METAFFI_STATUS_INVALID_TEXT, "text");
    CHECK_FAILS_WITH(metaffi_module_run(math, NULL, 1, NULL, &value, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "text is NULL");
}

static void a_module_is_an_object(const metaffi_module *math) {
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_module_object(math, &object, &err));
    metaffi_value tau;
    CHECK_OK(metaffi_object_get_attribute(object, "tau", 3, &tau, &err));
    CHECK(tau.type == metaffi_float64_type && tau.data.float64 > 6.28);
    metaffi_object_free(object);
}

static void c_runs_no_text(void) {
    metaffi_runtime *c = NULL;
    metaffi_module *module = NULL;
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_runtime_load("c", NULL, 0, &c, &err));
    CHECK_OK(metaffi_module_load(c, "", &module, &err));
    CHECK_FAILS_WITH(metaffi_module_run(module, "1;", 2, NULL, NULL, &err),
                     METAFFI_STATUS_UNSUPPORTED, "compile it to a library");
    CHECK_FAILS_WITH(metaffi_module_new_namespace(module, &object, &err),
                     METAFFI_STATUS_UNSUPPORTED, "no source text");
    CHECK_FAILS_WITH(metaffi_module_object(module, &object, &err), METAFFI_STATUS_UNSUPPORTED,
                     "no objects");
    metaffi_module_free(module);
    metaffi_runtime_free(c);
}

static void functions_say_what_they_need(metaffi_module *shutil) {
    size_t least = 0;
    bool takes_names = false;
    metaffi_entity *entity = load_from(shutil, "callable=copyfile");
    CHECK_OK(metaffi_entity_required(entity, &least, &takes_names, &err));
    CHECK(least == 2 && takes_names);
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_from_entity(entity, &callable, &err));
    least = 0;
    CHECK_OK(metaffi_callable_required(callable, &least, NULL, &err));
    CHECK(least == 2);
    metaffi_callable_free(callable);
    metaffi_entity_free(entity);
    CHECK_FAILS_WITH(metaffi_entity_required(entity, &least, &takes_names, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "stale");
}

int main(void) {
    open_python();
    metaffi_module *math = import("math"), *shutil = import("shutil");
    text_gives_the_value_of_its_last_expression(math);
    options_say_where_and_with_what(math);
    malformed_text_is_refused(math);
    a_module_is_an_object(math);
    c_runs_no_text();
    functions_say_what_they_need(shutil);
    metaffi_module_free(math);
    metaffi_module_free(shutil);
    close_python();
    return CHECK_RESULT;
}
