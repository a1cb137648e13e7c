/* Every operation on objects of Python, of C and of a host: one whose bit is off is refused, and
 * says what the object can do; a handle that was freed is refused; what fails is an error. */
#include "operations.h"
#include "python_module.h"

static int is_refused(const struct operation *operation, const metaffi_object *object,
                      metaffi_status expected, const char *part) {
    metaffi_error *failure = NULL;
    metaffi_status status = operation->run(object, &failure);
    const char *message = failure != NULL ? metaffi_error_message(failure) : "no error";
    int is = status == expected && strstr(message, part) != NULL;
    if (!is) {
        char *type = NULL;
        metaffi_object_type_name(object, &type, NULL);
        fprintf(stderr, "%s of %s: %s: %s\n", operation->name, type != NULL ? type : "?",
                metaffi_status_name(status), message);
        metaffi_free(type);
        check_failures++;
    }
    metaffi_error_free(failure);
    return is;
}

static void off_bits_refuse_and_others_do_not(const metaffi_object *object) {
    for (size_t i = 0; i < COUNT(OPERATIONS); i++) {
        const struct operation *operation = &OPERATIONS[i];
        metaffi_capabilities can = 0;
        CHECK_OK(metaffi_object_capabilities(object, &can, &err));
        if (operation->wanted != 0 && (can & operation->wanted) == 0) {
            is_refused(operation, object, METAFFI_STATUS_UNSUPPORTED,
                       operation->wanted >= METAFFI_IS_SEQUENCE ? " is not a " : " cannot ");
            continue;
        }
        metaffi_error *failure = NULL;
        metaffi_status status = operation->run(object, &failure);
        /* A key may be of another kind than an object has, and keys are not all that is iterated.
         */
        int may_refuse = strstr(operation->name, "item") || strstr(operation->name, "index") ||
                         strstr(operation->name, "keys") || strstr(operation->name, "values") ||
                         strstr(operation->name, "entries") || strstr(operation->name, "invoke") ||
                         strstr(operation->name, "slice") || operation->wanted == 0;
        if ((status == METAFFI_OK) != (failure == NULL) ||
            (status == METAFFI_STATUS_UNSUPPORTED && !may_refuse)) {
            fprintf(stderr, "%s: %s: %s\n", operation->name, metaffi_status_name(status),
                    failure != NULL ? metaffi_error_message(failure) : "no error");
            check_failures++;
        }
        metaffi_error_free(failure);
    }
}

static void freed_handles_are_refused(metaffi_object *object) {
    CHECK(metaffi_object_free(object) == METAFFI_OK);
    for (size_t i = 0; i < COUNT(OPERATIONS); i++) {
        is_refused(&OPERATIONS[i], object, METAFFI_STATUS_INVALID_HANDLE, "");
        /* As a value, none is null. */
        if (OPERATIONS[i].run != op_convert)
            is_refused(&OPERATIONS[i], NULL, METAFFI_STATUS_INVALID_HANDLE, "");
    }
    CHECK(metaffi_object_free(object) == METAFFI_STATUS_INVALID_HANDLE);
}

static void all_is_as_it_is_said(metaffi_object *object) {
    off_bits_refuse_and_others_do_not(object);
    freed_handles_are_refused(object);
}

static const char *const C_TYPES[] = {
    "struct guest_point",
    "const struct { int x; }",
    "union guest_number",
    "struct guest_bits",
    "int [4]",
    "char [8]",
    "struct guest_point [3]",
    "int",
    "_Bool",
    "double",
    "long double",
    "enum guest_color",
    "int *",
    "void *",
    "guest_function",
    "struct guest_point *",
    "double _Complex",
    "unsigned __int128",
};

static void data_of_c(void) {
    for (size_t i = 0; i < COUNT(C_TYPES); i++) {
        metaffi_ctype *type = NULL;
        metaffi_object *data = NULL;
        CHECK_OK(metaffi_ctype_parse(guest, C_TYPES[i], &type, &err));
        CHECK_OK(metaffi_cdata_new(type, NULL, &data, &err));
        metaffi_ctype_free(type);
        metaffi_object *of = NULL;
        CHECK_OK(metaffi_object_type(data, &of, &err));
        all_is_as_it_is_said(of);
        all_is_as_it_is_said(data);
    }
}

static metaffi_status fail(metaffi_error **error) {
    metaffi_error_new(METAFFI_STATUS_FOREIGN, "Failure", "on purpose", error);
    return METAFFI_STATUS_FOREIGN;
}

static metaffi_status call(void *userdata, const metaffi_value *arguments, size_t count,
                           const metaffi_name *const *names, size_t named, metaffi_value *value,
                           metaffi_error **error) {
    (void)userdata, (void)arguments, (void)count, (void)names, (void)named, (void)value;
    return fail(error);
}

static metaffi_status item(void *userdata, int64_t index, metaffi_value *value,
                           metaffi_error **error) {
    (void)userdata, (void)index, (void)value;
    return fail(error);
}

static metaffi_status length(void *userdata, size_t *length, metaffi_error **error) {
    (void)userdata, (void)error;
    *length = 3;
    return METAFFI_OK;
}

static metaffi_status text(void *userdata, metaffi_text_kind kind, metaffi_value *value,
                           metaffi_error **error) {
    (void)userdata, (void)kind, (void)value;
    return fail(error);
}

/* One class for each of what objects of a host are refused without. */
static const metaffi_object_class CLASSES[] = {
    {.size = sizeof(metaffi_object_class), .name = "Nothing"},
    {.size = sizeof(metaffi_object_class), .name = "Function", .call = call},
    {.size = sizeof(metaffi_object_class),
     .name = "Sequence",
     .is = METAFFI_IS_SEQUENCE,
     .get_item = item,
     .length = length},
    {.size = sizeof(metaffi_object_class), .name = "Text", .text = text},
};

static void objects_of_hosts(void) {
    for (size_t i = 0; i < COUNT(CLASSES); i++) {
        metaffi_object *object = NULL;
        CHECK_OK(metaffi_object_new(&CLASSES[i], NULL, NULL, &object, &err));
        all_is_as_it_is_said(object);
    }
}

static void objects_of_python(void) {
    metaffi_module *module = import(GUEST_DIRECTORY "/hostile.py");
    metaffi_type_info handle = info_of(metaffi_handle_type), index = info_of(metaffi_int64_type);
    metaffi_entity *subject = load_typed(module, "callable=subject", &index, 1, handle);
    for (size_t i = 0;; i++) {
        metaffi_slot frame[2] = {i, 0};
        CHECK_OK(metaffi_entity_call_frame(subject, frame, &err));
        metaffi_object *object = (metaffi_object *)(uintptr_t)frame[1];
        if (object == NULL) {
            CHECK(i > 20);
            break;
        }
        all_is_as_it_is_said(object);
    }
    metaffi_entity_free(subject);
    metaffi_module_free(module);
}

int main(void) {
    open_python();
    open_guest();
    data_of_c();
    objects_of_hosts();
    objects_of_python();
    close_guest();
    close_python();
    return CHECK_RESULT;
}
