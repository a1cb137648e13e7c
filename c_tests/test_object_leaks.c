/* Objects of Python used very often, on eight threads, also where that fails: nothing is left. */
#include "python_module.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS 8
#define TIMES 40000
/* What is left of one use in each run would be more. */
#ifdef __SANITIZE_ADDRESS__
/* The sanitizer has memory of its own, and keeps some back from reuse. */
#define ALLOWED ((size_t)8 << 20)
#else
#define ALLOWED ((size_t)TIMES * 24)
#endif

static metaffi_object *list, *dict, *namespace, *function, *text, *type, *bytes, *context;
static const metaffi_name *present, *absent, *keyword, *upper;

static metaffi_object *found(metaffi_module *module, const char *path) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_entity *entity = load_typed(module, path, NULL, 0, handle);
    metaffi_slot frame[1] = {0};
    CHECK_OK(metaffi_entity_call_frame(entity, frame, &err));
    metaffi_entity_free(entity);
    return (metaffi_object *)(uintptr_t)frame[0];
}

static metaffi_value number(int64_t is) {
    return (metaffi_value){metaffi_int64_type, {.int64 = is}};
}

/* The status is the expected one, and nothing is left of value and error. */
#define expect(...) expect_at(__LINE__, __VA_ARGS__)
static void expect_at(int line, metaffi_status status, metaffi_status expected,
                      metaffi_value *value, metaffi_error *failure) {
    if (status != expected || (failure == NULL) != (status == METAFFI_OK))
        check_fail(__FILE__, line, "another status", metaffi_status_name(status));
    metaffi_error_free(failure);
    if (value != NULL)
        metaffi_value_clear(value);
}

static void attributes(metaffi_error **e) {
    metaffi_value value = number(1 << 20), read;
    metaffi_status status = metaffi_object_set(namespace, present, &value, e);
    expect(status, METAFFI_OK, NULL, *e);
    status = metaffi_object_get(namespace, present, &read, e);
    expect(status, METAFFI_OK, &read, *e);
    status = metaffi_object_get_attribute(text, "upper", 5, &read, e);
    expect(status, METAFFI_OK, &read, *e);
    status = metaffi_object_get(namespace, absent, &read, e);
    expect(status, METAFFI_STATUS_NOT_FOUND, &read, *e);
    status = metaffi_object_set(list, present, &value, e);
    expect(status, METAFFI_STATUS_UNSUPPORTED, NULL, *e);
}

static void items(metaffi_error **e) {
    metaffi_value value = number(1 << 20), read;
    metaffi_status status = metaffi_object_get_index(list, 1, &read, e);
    expect(status, METAFFI_OK, &read, *e);
    status = metaffi_object_set_index(list, 0, &value, e);
    expect(status, METAFFI_OK, NULL, *e);
    status = metaffi_object_get_index(list, 9, &read, e);
    expect(status, METAFFI_STATUS_NOT_FOUND, &read, *e);
    status = metaffi_object_set_entry(dict, present, &value, e);
    expect(status, METAFFI_OK, NULL, *e);
    status = metaffi_object_get_entry(dict, present, &read, e);
    expect(status, METAFFI_OK, &read, *e);
    status = metaffi_object_get_item(dict, &value, &read, e);
    expect(status, METAFFI_STATUS_NOT_FOUND, &read, *e);
    status = metaffi_object_get_index(dict, 0, &read, e);
    expect(status, METAFFI_STATUS_UNSUPPORTED, &read, *e);
    metaffi_object *part;
    status = metaffi_object_slice(list, NULL, NULL, NULL, &part, e);
    expect(status, METAFFI_OK, NULL, *e);
    metaffi_object_free(part);
}

static void calls(metaffi_error **e) {
    metaffi_value arguments[] = {number(1 << 20), number(1 << 21)}, returned;
    metaffi_status status = metaffi_object_call(function, arguments, 2, &keyword, 1, &returned, e);
    expect(status, METAFFI_OK, &returned, *e);
    status = metaffi_object_call(function, arguments, 2, &absent, 1, &returned, e);
    expect(status, METAFFI_STATUS_FOREIGN, &returned, *e);
    status = metaffi_object_invoke(text, upper, NULL, 0, NULL, 0, &returned, e);
    expect(status, METAFFI_OK, &returned, *e);
    status = metaffi_object_invoke(text, upper, arguments, 1, NULL, 0, &returned, e);
    expect(status, METAFFI_STATUS_FOREIGN, &returned, *e);
    status = metaffi_object_construct(type, arguments, 1, NULL, 0, &returned, e);
    expect(status, METAFFI_STATUS_FOREIGN, &returned, *e);
    status = metaffi_object_construct(type, NULL, 0, NULL, 0, &returned, e);
    expect(status, METAFFI_OK, &returned, *e);
}

static void iterations(metaffi_error **e) {
    metaffi_object *iterator;
    metaffi_value values[8];
    size_t count;
    metaffi_status status = metaffi_object_iterate(list, METAFFI_ITERATE_ITSELF, &iterator, e);
    expect(status, METAFFI_OK, NULL, *e);
    status = metaffi_object_next(iterator, values, 8, &count, e);
    expect(status, METAFFI_OK, NULL, *e);
    for (size_t i = 0; i < count; i++)
        metaffi_value_clear(&values[i]);
    metaffi_object_free(iterator);
    status = metaffi_object_next(list, values, 8, &count, e);
    expect(status, METAFFI_STATUS_UNSUPPORTED, NULL, *e);
}

static void others(metaffi_error **e) {
    metaffi_value read, with = number(1);
    metaffi_array *array;
    metaffi_object *of;
    bool answer;
    metaffi_status status = metaffi_object_buffer(bytes, false, &array, e);
    expect(status, METAFFI_OK, NULL, *e);
    metaffi_array_free(array);
    status = metaffi_object_buffer(bytes, true, &array, e);
    expect(status, METAFFI_STATUS_UNSUPPORTED, NULL, *e);
    status = metaffi_object_compare(text, METAFFI_EQUAL, &with, &answer, e);
    expect(status, METAFFI_OK, NULL, *e);
    status = metaffi_object_compare(text, METAFFI_LESS, &with, &answer, e);
    expect(status, METAFFI_STATUS_FOREIGN, NULL, *e);
    status = metaffi_object_text(list, METAFFI_TEXT_DEBUG, &read, e);
    expect(status, METAFFI_OK, &read, *e);
    status = metaffi_object_type(list, &of, e);
    expect(status, METAFFI_OK, NULL, *e);
    metaffi_object_free(of);
    status = metaffi_object_parents(type, &array, e);
    expect(status, METAFFI_OK, NULL, *e);
    metaffi_array_free(array);
    status = metaffi_object_enter(context, &read, e);
    expect(status, METAFFI_OK, &read, *e);
    status = metaffi_object_exit(context, NULL, &answer, e);
    expect(status, METAFFI_OK, NULL, *e);
}

static void (*const USES[])(metaffi_error **) = {attributes, items, calls, iterations, others};

static void *use(void *times) {
    for (size_t i = 0; i < *(size_t *)times / THREADS; i++) {
        metaffi_error *failure = NULL;
        for (size_t j = 0; j < COUNT(USES); j++)
            USES[(i + j) % COUNT(USES)](&failure);
    }
    return NULL;
}

static void on_all_threads(size_t times) {
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, use, &times);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static size_t resident(void) {
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*u %zu", &pages) != 1)
        abort();
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

int main(void) {
    open_python();
    metaffi_module *builtins = import("builtins"), *types = import("types");
    list = found(builtins, "eval=[1\\, 2.5\\, 'three'\\, None\\, []]");
    dict = found(builtins, "callable=dict");
    namespace = found(types, "eval=SimpleNamespace()");
    function = found(builtins, "eval=lambda a\\, *\\, b: [a\\, b]");
    text = found(builtins, "eval='text'");
    type = found(builtins, "eval=object");
    bytes = found(builtins, "eval=b'bytes'");
    context = found(builtins, "eval=__import__('contextlib').nullcontext()");
    CHECK_OK(metaffi_name_intern("present", &present, &err));
    CHECK_OK(metaffi_name_intern("absent", &absent, &err));
    CHECK_OK(metaffi_name_intern("b", &keyword, &err));
    CHECK_OK(metaffi_name_intern("upper", &upper, &err));
    on_all_threads(TIMES / 10);
    size_t before = resident();
    on_all_threads(TIMES);
    size_t after = resident();
    if (after > before + ALLOWED) {
        fprintf(stderr, "%zu bytes are left\n", after - before);
        CHECK(!"nothing is left");
    }
    metaffi_object *const objects[] = {list, dict, namespace, function, text, type, bytes, context};
    for (size_t i = 0; i < COUNT(objects); i++)
        CHECK(metaffi_object_free(objects[i]) == METAFFI_OK);
    metaffi_module_free(builtins);
    metaffi_module_free(types);
    close_python();
    return CHECK_RESULT;
}
