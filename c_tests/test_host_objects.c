/* Objects of a host: what each of them can do, Python does with them as with its own. */
#include "python_module.h"

#include <stdlib.h>

static metaffi_module *builtins;
static atomic_int living;

/* A list of numbers that has everything a list has, and some names. */
struct shelf {
    int64_t items[16];
    size_t count;
    double weight;
    int entered;
    int64_t seen;
};

static void free_shelf(void *userdata) {
    free(userdata);
    living--;
}

static metaffi_status fail(metaffi_error **error, metaffi_status status, const char *message) {
    metaffi_error_new(status, "", message, error);
    return status;
}

static int is(const char *name, size_t length, const char *text) {
    return length == strlen(text) && memcmp(name, text, length) == 0;
}

static metaffi_status shelf_get(void *userdata, const char *name, size_t length,
                                metaffi_value *value, metaffi_error **error) {
    struct shelf *shelf = userdata;
    (void)error;
    if (is(name, length, "weight"))
        *value = (metaffi_value){metaffi_float64_type, {.float64 = shelf->weight}};
    else if (is(name, length, "count"))
        *value = (metaffi_value){metaffi_int64_type, {.int64 = (int64_t)shelf->count}};
    else
        return METAFFI_STATUS_NOT_FOUND;
    return METAFFI_OK;
}

static metaffi_status shelf_set(void *userdata, const char *name, size_t length,
                                const metaffi_value *value, metaffi_error **error) {
    struct shelf *shelf = userdata;
    if (!is(name, length, "weight"))
        return METAFFI_STATUS_NOT_FOUND;
    if (value->type != metaffi_float64_type)
        return fail(error, METAFFI_STATUS_TYPE_MISMATCH, "a weight is a float64");
    shelf->weight = value->data.float64;
    return METAFFI_OK;
}

static metaffi_status shelf_members(void *userdata, metaffi_member_sink add, void *sink,
                                    metaffi_error **error) {
    (void)userdata, (void)error;
    metaffi_status status = add(sink, "weight", 6, METAFFI_MEMBER_ATTRIBUTE);
    return status != METAFFI_OK ? status : add(sink, "count", 5, METAFFI_MEMBER_PROPERTY);
}

static metaffi_status shelf_item(void *userdata, int64_t index, metaffi_value *value,
                                 metaffi_error **error) {
    struct shelf *shelf = userdata;
    (void)error;
    if (index < 0 || index >= (int64_t)shelf->count)
        return METAFFI_STATUS_NOT_FOUND;
    *value = (metaffi_value){metaffi_int64_type, {.int64 = shelf->items[index]}};
    return METAFFI_OK;
}

static metaffi_status shelf_set_item(void *userdata, int64_t index, const metaffi_value *value,
                                     metaffi_error **error) {
    struct shelf *shelf = userdata;
    if (index < 0 || index >= (int64_t)shelf->count)
        return METAFFI_STATUS_NOT_FOUND;
    if (value->type != metaffi_int64_type)
        return fail(error, METAFFI_STATUS_TYPE_MISMATCH, "an item is an int64");
    shelf->items[index] = value->data.int64;
    return METAFFI_OK;
}

static metaffi_status shelf_delete_item(void *userdata, int64_t index, metaffi_error **error) {
    struct shelf *shelf = userdata;
    (void)error;
    if (index < 0 || index >= (int64_t)shelf->count)
        return METAFFI_STATUS_NOT_FOUND;
    shelf->count--;
    memmove(shelf->items + index, shelf->items + index + 1,
            (shelf->count - (size_t)index) * sizeof *shelf->items);
    return METAFFI_OK;
}

static metaffi_status shelf_length(void *userdata, size_t *length, metaffi_error **error) {
    (void)error;
    *length = ((struct shelf *)userdata)->count;
    return METAFFI_OK;
}

static metaffi_status shelf_contains(void *userdata, const metaffi_value *value, bool *contains,
                                     metaffi_error **error) {
    struct shelf *shelf = userdata;
    (void)error;
    for (size_t i = 0; i < shelf->count; i++)
        *contains |= value->type == metaffi_int64_type && value->data.int64 == shelf->items[i];
    return METAFFI_OK;
}

/* Iterates backwards by `seen`, which is its own iterator. */
static metaffi_status cursor_next(void *userdata, metaffi_value *values, size_t room,
                                  size_t *count, metaffi_error **error) {
    struct shelf *shelf = userdata;
    (void)error;
    while (*count < room && shelf->seen < (int64_t)shelf->count)
        values[(*count)++] =
            (metaffi_value){metaffi_int64_type, {.int64 = shelf->items[shelf->seen++]}};
    return METAFFI_OK;
}

static const metaffi_object_class cursor_class = {
    .size = sizeof cursor_class, .name = "Cursor", .next = cursor_next};

static metaffi_status shelf_iterate(void *userdata, metaffi_iteration what,
                                    metaffi_object **iterator, metaffi_error **error) {
    if (what != METAFFI_ITERATE_ITSELF)
        return METAFFI_STATUS_UNSUPPORTED;
    struct shelf *copy = malloc(sizeof *copy);
    memcpy(copy, userdata, sizeof *copy);
    copy->seen = 0;
    living++;
    return metaffi_object_new(&cursor_class, copy, free_shelf, iterator, error);
}

static metaffi_status shelf_compare(void *userdata, metaffi_comparison how,
                                    const metaffi_value *with, bool *holds, metaffi_error **error);

static metaffi_status shelf_enter(void *userdata, metaffi_value *entered, metaffi_error **error) {
    struct shelf *shelf = userdata;
    (void)error;
    shelf->entered++;
    *entered = (metaffi_value){metaffi_int64_type, {.int64 = shelf->entered}};
    return METAFFI_OK;
}

/* Deals with a ValueError. */
static metaffi_status shelf_exit(void *userdata, const metaffi_error *failure, bool *handled,
                                 metaffi_error **error) {
    (void)error;
    ((struct shelf *)userdata)->entered--;
    *handled = failure != NULL && strcmp(metaffi_error_foreign_type(failure), "ValueError") == 0;
    return METAFFI_OK;
}

static metaffi_status shelf_text(void *userdata, metaffi_text_kind kind, metaffi_value *text,
                                 metaffi_error **error) {
    char line[64];
    int length = snprintf(line, sizeof line, kind == METAFFI_TEXT_DEBUG ? "Shelf(%zu)" : "%zu items",
                          ((struct shelf *)userdata)->count);
    return metaffi_value_new_string8(line, (size_t)length, text, error);
}

static metaffi_status shelf_buffer(void *userdata, bool writable, metaffi_array **array,
                                   metaffi_error **error) {
    struct shelf *shelf = userdata;
    (void)writable;
    return metaffi_array_borrow(shelf->items, metaffi_int64_type, &shelf->count, NULL, 1, NULL,
                                NULL, array, error);
}

static const metaffi_object_class shelf_class = {
    .size = sizeof shelf_class,
    .name = "Shelf",
    .is = METAFFI_IS_SEQUENCE | METAFFI_CAN_WRITE_BUFFER | METAFFI_CAN_ORDER,
    .get_attribute = shelf_get,
    .set_attribute = shelf_set,
    .members = shelf_members,
    .get_item = shelf_item,
    .set_item = shelf_set_item,
    .delete_item = shelf_delete_item,
    .length = shelf_length,
    .contains = shelf_contains,
    .iterate = shelf_iterate,
    .compare = shelf_compare,
    .enter = shelf_enter,
    .exit = shelf_exit,
    .text = shelf_text,
    .buffer = shelf_buffer,
};

/* By the sum of what is on them. */
static int64_t total(const struct shelf *shelf) {
    int64_t total = 0;
    for (size_t i = 0; i < shelf->count; i++)
        total += shelf->items[i];
    return total;
}

static metaffi_status shelf_compare(void *userdata, metaffi_comparison how,
                                    const metaffi_value *with, bool *holds,
                                    metaffi_error **error) {
    struct shelf *other = with->type == metaffi_handle_type
                              ? metaffi_object_userdata(with->data.object, &shelf_class)
                              : NULL;
    (void)error;
    if (other == NULL)
        return METAFFI_STATUS_UNSUPPORTED;
    int64_t difference = total(userdata) - total(other);
    bool answers[] = {difference < 0,  difference <= 0, difference == 0,
                      difference != 0, difference > 0,  difference >= 0};
    *holds = answers[how];
    return METAFFI_OK;
}

static metaffi_object *new_object(const metaffi_object_class *class, void *userdata) {
    metaffi_object *object = NULL;
    living++;
    CHECK_OK(metaffi_object_new(class, userdata, free_shelf, &object, &err));
    return object;
}

static metaffi_object *new_shelf(int64_t first, size_t count) {
    struct shelf *shelf = calloc(1, sizeof *shelf);
    for (shelf->count = 0; shelf->count < count; shelf->count++)
        shelf->items[shelf->count] = first + (int64_t)shelf->count;
    shelf->weight = 1.5;
    return new_object(&shelf_class, shelf);
}

static metaffi_value handle_of(metaffi_object *object) {
    return (metaffi_value){metaffi_handle_type, {.object = object}};
}

/* `repr` of what an expression is with args[0] and args[1]; or what it raises. */
static void says(const char *expression, metaffi_object *one, metaffi_object *other,
                 const char *expected) {
    metaffi_value arguments[] = {handle_of(one), handle_of(other)};
    metaffi_type_info any = info_of(metaffi_any_type), anys[] = {any, any};
    char path[1024], *to = path + sprintf(path, "eval=repr((");
    for (const char *from = expression; *from != '\0'; from++) {
        if (strchr(",=\\", *from) != NULL)
            *to++ = '\\';
        *to++ = *from;
    }
    strcpy(to, "))");
    metaffi_entity *entity = load_typed(builtins, path, anys, 2, any);
    metaffi_value said = {0, {0}};
    if (metaffi_entity_call(entity, arguments, 2, &said, 1, &err) != METAFFI_OK) {
        char failure[1024];
        snprintf(failure, sizeof failure, "%s: %s", metaffi_error_foreign_type(err),
                 metaffi_error_message(err));
        check_text(__FILE__, __LINE__, strstr(failure, expected) ? expected : failure, expected);
        metaffi_error_free(err);
        err = NULL;
    } else {
        if (said.type != metaffi_string8_type || said.data.string.length != strlen(expected) ||
            memcmp(said.data.string.data, expected, strlen(expected)) != 0)
            fprintf(stderr, "%s: %.*s\n", expression, (int)said.data.string.length,
                    (const char *)said.data.string.data);
        check_string(said, expected);
    }
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
}

static void a_shelf_is_a_sequence(void) {
    metaffi_object *shelf = new_shelf(3, 4), *other = new_shelf(10, 2);
    says("len(args[0]), args[0][0], args[0][-1], list(args[0])", shelf, other,
         "(4, 3, 6, [3, 4, 5, 6])");
    says("sum(args[0]), sorted(args[0], reverse=True), max(args[0])", shelf, other,
         "(18, [6, 5, 4, 3], 6)");
    says("args[0][1:3], args[0][::-2], args[0][5:]", shelf, other, "([4, 5], [6, 4], [])");
    says("5 in args[0], 7 in args[0], 'x' in args[0]", shelf, other, "(True, False, False)");
    says("args[0][4]", shelf, other, "IndexError");
    says("args[0][-5]", shelf, other, "IndexError");
    says("args[0]['x']", shelf, other, "string8 given for the position of an item");
    says("args[0][2**70]", shelf, other, "given for the position");
    says("args[0].__setitem__(0, 30), args[0][0], args[0].__delitem__(1), list(args[0])", shelf,
         other, "(None, 30, None, [30, 5, 6])");
    says("args[0].__setitem__(0, 'x')", shelf, other, "an item is an int64");
    says("(lambda shelf, abc: [isinstance(shelf, getattr(abc, name)) for name in ('Sequence', "
         "'Sized', 'Iterable', 'Container', 'Mapping', 'Callable', 'Hashable')])(args[0], "
         "__import__('collections.abc').abc)",
         shelf, other, "[True, True, True, True, False, False, False]");
    says("args[0].index(5), list(reversed(args[0]))", shelf, other, "(1, [6, 5, 30])");
    says("[*zip(args[0], args[1])]", shelf, other, "[(30, 10), (5, 11)]");
    says("iter(iter(args[1])) is not None, next(iter(args[1]))", shelf, other, "(True, 10)");
    says("bool(args[0]), hasattr(args[0], '__call__'), hasattr(args[0], '__await__')", shelf,
         other, "(True, False, False)");
    metaffi_object_free(shelf);
    metaffi_object_free(other);
}

static void a_shelf_has_attributes(void) {
    metaffi_object *shelf = new_shelf(3, 4), *other = new_shelf(10, 2);
    says("args[0].weight, args[0].count, getattr(args[0], 'none', 7)", shelf, other, "(1.5, 4, 7)");
    says("setattr(args[0], 'weight', 2.5), args[0].weight", shelf, other, "(None, 2.5)");
    says("args[0].wait", shelf, other, "AttributeError");
    says("setattr(args[0], 'weight', 'x')", shelf, other, "a weight is a float64");
    says("setattr(args[0], 'other', 1.5)", shelf, other, "AttributeError");
    says("delattr(args[0], 'weight')", shelf, other, "AttributeError");
    says("[name for name in dir(args[0]) if name in ('weight', 'count', 'release')]", shelf, other,
         "['count', 'release', 'weight']");
    says("args[0].type_name, args[0].runtime, args[0].released", shelf, other,
         "('Shelf', 'host', False)");
    says("str(args[0]), repr(args[0])", shelf, other, "('4 items', 'Shelf(4)')");
    metaffi_object_free(shelf);
    metaffi_object_free(other);
}

static void a_shelf_is_compared_entered_and_looked_at(void) {
    metaffi_object *shelf = new_shelf(3, 4), *other = new_shelf(10, 2);
    says("args[0] == args[0], args[0] == args[1], args[0] != args[1], args[0] < args[1], "
         "args[0] >= args[1], args[0] == 18",
         shelf, other, "(True, False, True, True, False, False)");
    says("args[0] < 18", shelf, other, "TypeError");
    says("sorted([args[1], args[0]])", shelf, other, "[Shelf(4), Shelf(2)]");
    says("hash(args[0])", shelf, other, "TypeError: unhashable type: 'metaffi.MetaFFIObject'");
    says("args[0].__enter__(), args[0].__exit__(None, None, None)", shelf, other, "(1, False)");
    says("memoryview(args[0]).tolist(), memoryview(args[0]).format", shelf, other,
         "([3, 4, 5, 6], 'q')");
    says("memoryview(args[0]).__setitem__(0, 9), list(args[0])", shelf, other,
         "(None, [9, 4, 5, 6])");
    metaffi_object_free(shelf);
    metaffi_object_free(other);
}

static void an_object_that_comes_back_is_itself(void) {
    metaffi_object *shelf = new_shelf(3, 4), *other = new_shelf(10, 2);
    void *userdata = metaffi_object_userdata(shelf, &shelf_class);
    CHECK(userdata != NULL);
    CHECK(metaffi_object_userdata(shelf, &cursor_class) == NULL);
    CHECK(metaffi_object_userdata(NULL, &shelf_class) == NULL);
    metaffi_value arguments[] = {handle_of(shelf), handle_of(other)};
    metaffi_value back = evaluate(builtins, "eval=[args[0]][0]", arguments, 2);
    CHECK(back.type == metaffi_handle_type);
    CHECK(metaffi_object_userdata(back.data.object, &shelf_class) == userdata);
    CHECK_TEXT(metaffi_object_runtime(back.data.object), "host");
    metaffi_value same[] = {handle_of(shelf), back};
    metaffi_value is_same = evaluate(builtins, "eval=args[0] is args[1]", same, 2);
    CHECK(is_same.type == metaffi_bool_type && is_same.data.boolean);
    metaffi_value_clear(&back);
    says("__import__('pickle').dumps(args[0])", shelf, other, "cannot be pickled");
    says("__import__('copy').copy(args[0]) is args[0], __import__('copy').deepcopy(args[0]) is "
         "args[0], __import__('weakref').ref(args[0])() is args[0]",
         shelf, other, "(True, True, True)");
    says("args[0].release(), args[0].released, repr(args[0])", shelf, other,
         "(None, True, '<MetaFFIHandle, released>')");
    says("args[0].weight", shelf, other, "1.5");
    metaffi_object_free(shelf);
    metaffi_object_free(other);
}

int main(void) {
    open_python();
    builtins = import("builtins");
    a_shelf_is_a_sequence();
    a_shelf_has_attributes();
    a_shelf_is_compared_entered_and_looked_at();
    an_object_that_comes_back_is_itself();
    CHECK(living == 0);
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
