/* Objects of a host: what each of them can do, Python does with them as with its own. */
#include "python_module.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

static metaffi_module *builtins;
static atomic_int living;

static metaffi_object *new_shelf(int64_t first, size_t count);

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
    else if (is(name, length, "day"))
        return metaffi_value_new_date(2020, 2, 29, value, error);
    else if (is(name, length, "broken")) {
        *value = (metaffi_value){metaffi_handle_type, {.object = new_shelf(1, 1)}};
        return METAFFI_STATUS_OUT_OF_RANGE;
    } else
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
static metaffi_status cursor_next(void *userdata, metaffi_value *values, size_t room, size_t *count,
                                  metaffi_error **error) {
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
    int length =
        snprintf(line, sizeof line, kind == METAFFI_TEXT_DEBUG ? "Shelf(%zu)" : "%zu items",
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
                                    const metaffi_value *with, bool *holds, metaffi_error **error) {
    struct shelf *other = with->type == metaffi_handle_type
                              ? metaffi_object_userdata(with->data.object, &shelf_class)
                              : NULL;
    (void)error;
    if (other == NULL)
        return METAFFI_STATUS_UNSUPPORTED;
    int64_t difference = total(userdata) - total(other);
    bool answers[] = {
        difference<0, difference <= 0, difference == 0, difference != 0, difference> 0,
        difference >= 0};
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
    says("args[0]['x']", shelf, other, "cannot have its entries read by key");
    says("args[0][2**70]", shelf, other, "IndexError: there is no item beyond int64");
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
    says("bool(args[0]), hasattr(args[0], '__call__'), hasattr(args[0], '__await__')", shelf, other,
         "(True, False, False)");
    metaffi_object_free(shelf);
    metaffi_object_free(other);
}

static void a_shelf_has_attributes(void) {
    metaffi_object *shelf = new_shelf(3, 4), *other = new_shelf(10, 2);
    says("args[0].weight, args[0].count, getattr(args[0], 'none', 7)", shelf, other, "(1.5, 4, 7)");
    /* Whatever the globals of the code that looks have for `__import__`. */
    says("eval('args[0].day', {'__builtins__': {}, 'args': args})", shelf, other,
         "datetime.date(2020, 2, 29)");
    /* What a function wrote before it failed is given back. */
    int before = living;
    says("args[0].broken", shelf, other, "OverflowError");
    CHECK(living == before);
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
    says("hash(args[0])", shelf, other, "TypeError: unhashable type: 'Shelf'");
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

/* Entries by text, in the order in which they were made. */
struct table {
    char keys[4][16];
    double values[4];
    size_t count;
};

static size_t find(const struct table *table, const metaffi_value *key) {
    size_t found = 0;
    while (found < table->count &&
           (key->type != metaffi_string8_type ||
            !is((const char *)key->data.string.data, key->data.string.length, table->keys[found])))
        found++;
    return found;
}

static metaffi_status table_get(void *userdata, const metaffi_value *key, metaffi_value *value,
                                metaffi_error **error) {
    struct table *table = userdata;
    size_t found = find(table, key);
    (void)error;
    if (found == table->count)
        return METAFFI_STATUS_NOT_FOUND;
    *value = (metaffi_value){metaffi_float64_type, {.float64 = table->values[found]}};
    return METAFFI_OK;
}

static metaffi_status table_length(void *userdata, size_t *length, metaffi_error **error) {
    (void)error;
    *length = ((struct table *)userdata)->count;
    return METAFFI_OK;
}

static metaffi_status table_contains(void *userdata, const metaffi_value *key, bool *contains,
                                     metaffi_error **error) {
    struct table *table = userdata;
    (void)error;
    *contains = find(table, key) != table->count;
    return METAFFI_OK;
}

struct keys {
    struct table table;
    size_t next;
};

static metaffi_status keys_next(void *userdata, metaffi_value *values, size_t room, size_t *count,
                                metaffi_error **error) {
    struct keys *keys = userdata;
    metaffi_status status = METAFFI_OK;
    while (status == METAFFI_OK && *count < room && keys->next < keys->table.count) {
        const char *key = keys->table.keys[keys->next++];
        status = metaffi_value_new_string8(key, strlen(key), &values[(*count)++], error);
    }
    return status;
}

static const metaffi_object_class keys_class = {
    .size = sizeof keys_class, .name = "Keys", .next = keys_next};

static metaffi_status table_iterate(void *userdata, metaffi_iteration what,
                                    metaffi_object **iterator, metaffi_error **error) {
    struct keys *keys = calloc(1, sizeof *keys);
    (void)what;
    memcpy(&keys->table, userdata, sizeof keys->table);
    living++;
    return metaffi_object_new(&keys_class, keys, free_shelf, iterator, error);
}

static const metaffi_object_class table_class = {
    .size = sizeof table_class,
    .name = "Table",
    .is = METAFFI_IS_MAPPING,
    .flags = METAFFI_CLASS_QUICK,
    .get_entry = table_get,
    .length = table_length,
    .contains = table_contains,
    .iterate = table_iterate,
};

static void a_table_is_a_mapping(void) {
    metaffi_object *objects[2];
    for (int i = 0; i < 2; i++) {
        struct table *table = calloc(1, sizeof *table);
        strcpy(table->keys[0], "one");
        strcpy(table->keys[1], "two");
        table->values[0] = 1.5, table->values[1] = 2.5;
        table->count = 2;
        objects[i] = new_object(&table_class, table);
    }
    metaffi_object *table = objects[0], *other = objects[1];
    says("__import__('json').dumps(dict(args[0]))", table, other, "'{\"one\": 1.5, \"two\": 2.5}'");
    says("args[0]['two'], args[0].get('three'), args[0].get('three', 3), 'one' in args[0], 1 in "
         "args[0]",
         table, other, "(2.5, None, 3, True, False)");
    says("list(args[0].keys()), list(args[0].values()), list(args[0].items())", table, other,
         "(['one', 'two'], [1.5, 2.5], [('one', 1.5), ('two', 2.5)])");
    says("{**args[0], 'three': 3}", table, other, "{'one': 1.5, 'two': 2.5, 'three': 3}");
    says("args[0]['three']", table, other, "KeyError: 'three'");
    says("args[0][0]", table, other, "KeyError: 0");
    says("args[0].__setitem__('one', 1)", table, other, "AttributeError");
    says("isinstance(args[0], __import__('collections.abc').abc.Mapping), isinstance(args[0], "
         "__import__('collections.abc').abc.MutableMapping), isinstance(args[0], "
         "__import__('collections.abc').abc.Sequence)",
         table, other, "(True, False, False)");
    says("args[0] == args[0], args[0] == args[1], len({args[0], args[1], args[0]})", table, other,
         "(True, False, 2)");
    metaffi_object_free(table);
    metaffi_object_free(other);
}

/* A number that is called with it added to what is given, and with `times` multiplied. */
static metaffi_status adder_call(void *userdata, const metaffi_value *arguments, size_t count,
                                 const metaffi_name *const *names, size_t named,
                                 metaffi_value *value, metaffi_error **error) {
    int64_t sum = *(int64_t *)userdata, times = 1;
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        const char *name =
            i < count - named ? NULL : metaffi_name_text(names[i - (count - named)], &length);
        if (arguments[i].type != metaffi_int64_type)
            return fail(error, METAFFI_STATUS_TYPE_MISMATCH, "give int64s");
        if (name == NULL)
            sum += arguments[i].data.int64;
        else if (is(name, length, "times"))
            times = arguments[i].data.int64;
        else
            return fail(error, METAFFI_STATUS_INVALID_ARGUMENT, name);
    }
    *value = (metaffi_value){metaffi_int64_type, {.int64 = sum * times}};
    return METAFFI_OK;
}

static metaffi_status adder_number(void *userdata, metaffi_value *number, metaffi_error **error) {
    (void)error;
    *number = (metaffi_value){metaffi_int64_type, {.int64 = *(int64_t *)userdata}};
    return METAFFI_OK;
}

static metaffi_status adder_truth(void *userdata, bool *truth, metaffi_error **error) {
    (void)error;
    *truth = *(int64_t *)userdata != 0;
    return METAFFI_OK;
}

static const metaffi_object_class adder_class = {
    .size = sizeof adder_class,
    .name = "Adder",
    .is = METAFFI_FITS_INT64,
    .call = adder_call,
    .truth = adder_truth,
    .number = adder_number,
};

static metaffi_object *new_adder(int64_t number) {
    int64_t *place = malloc(sizeof *place);
    *place = number;
    return new_object(&adder_class, place);
}

static void an_adder_is_called_and_is_a_number(void) {
    metaffi_object *adder = new_adder(3), *zero = new_adder(0);
    says("args[0](), args[0](1), args[0](1, 2), args[0](1, times=2), args[0](**{'times': 5})",
         adder, zero, "(3, 4, 6, 8, 15)");
    says("callable(args[0]), list(map(args[1], range(3)))", adder, zero, "(True, [0, 1, 2])");
    says("__import__('functools').partial(args[0], times=2)(4)", adder, zero, "14");
    says("args[0]('x')", adder, zero, "give int64s");
    says("args[0](colour=2)", adder, zero, "colour");
    says("args[0](*range(1000))", adder, zero, "499503");
    says("args[0](**{'\\ud800': 1})", adder, zero, "half of a surrogate pair");
    metaffi_value two = int64_value(2), made;
    const metaffi_name *wrong[] = {NULL, (const metaffi_name *)(uintptr_t)0x123b};
    for (size_t i = 0; i < 2; i++)
        CHECK_FAILS_WITH(metaffi_object_call(adder, &two, 1, &wrong[i], 1, &made, &err),
                         METAFFI_STATUS_INVALID_HANDLE, "name");
    says("int(args[0]), float(args[0]), [5, 6, 7, 8][args[0]], hex(args[0])", adder, zero,
         "(3, 3.0, 8, '0x3')");
    says("bool(args[0]), bool(args[1])", adder, zero, "(True, False)");
    says("args[0].weight", adder, zero, "AttributeError");
    says("len(args[0])", adder, zero, "TypeError");
    says("iter(args[0])", adder, zero, "TypeError");
    says("args[0][0]", adder, zero, "TypeError");
    says("memoryview(args[0])", adder, zero, "TypeError");
    metaffi_object_free(adder);
    metaffi_object_free(zero);
}

/* Does what its number says, all of it wrong. */
static metaffi_object *doomed;
static metaffi_status wrong_get(void *userdata, const char *name, size_t length,
                                metaffi_value *value, metaffi_error **error) {
    (void)userdata, (void)value;
    if (is(name, length, "unknown"))
        return 12345;
    if (is(name, length, "silent"))
        return METAFFI_STATUS_FOREIGN;
    if (is(name, length, "both")) {
        fail(error, METAFFI_STATUS_OUT_OF_RANGE, "with an error after all");
        return METAFFI_OK;
    }
    if (is(name, length, "type")) {
        value->type = 3;
        return METAFFI_OK;
    }
    if (is(name, length, "frees")) {
        CHECK(metaffi_object_free(doomed) == METAFFI_OK);
        CHECK(metaffi_object_free(doomed) == METAFFI_STATUS_INVALID_HANDLE);
        return METAFFI_OK;
    }
    if (is(name, length, "again"))
        return metaffi_object_get_attribute(doomed, "both", 4, value, error);
    return METAFFI_STATUS_NOT_FOUND;
}

static metaffi_status wrong_next(void *userdata, metaffi_value *values, size_t room, size_t *count,
                                 metaffi_error **error) {
    (void)userdata, (void)values, (void)error;
    *count = room + 1;
    return METAFFI_OK;
}

static const metaffi_object_class wrong_class = {
    .size = sizeof wrong_class, .name = "Wrong", .get_attribute = wrong_get, .next = wrong_next};

static void functions_that_misbehave_are_survived(void) {
    metaffi_object *other = new_shelf(1, 1);
    doomed = new_object(&wrong_class, malloc(1));
    says("args[0].unknown", doomed, other, "status 12345 (an unknown status)");
    says("args[0].silent", doomed, other,
         "get_attribute of Wrong failed for attribute \"silent\" with status 10 (foreign error)");
    says("args[0].nothing", doomed, other,
         "Wrong has no attribute \"nothing\", says its get_attribute");
    says("args[0].both", doomed, other, "with an error after all");
    says("args[0].type", doomed, other, "the value's type");
    says("args[0].again", doomed, other, "with an error after all");
    says("next(args[0])", doomed, other, "next gave 2 values of 1");
    says("args[0].frees", doomed, other, "None");
    metaffi_object_free(other);
}

static void a_class_is_checked(void) {
    metaffi_object *object = NULL;
    metaffi_object_class class = adder_class;
    CHECK_FAILS_WITH(metaffi_object_new(NULL, NULL, NULL, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "class is NULL");
    CHECK_FAILS_WITH(metaffi_object_new(&class, NULL, NULL, NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "object is NULL");
    class.size = 3;
    CHECK_FAILS_WITH(metaffi_object_new(&class, NULL, NULL, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "its size is 3");
    class.size = offsetof(metaffi_object_class, call);
    class.name = NULL;
    CHECK_FAILS_WITH(metaffi_object_new(&class, NULL, NULL, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "its name is NULL");
    class.name = "\xff";
    CHECK_FAILS_WITH(metaffi_object_new(&class, NULL, NULL, &object, &err),
                     METAFFI_STATUS_INVALID_TEXT, "not UTF-8");
    class.name = "Older";
    CHECK_OK(metaffi_object_new(&class, NULL, NULL, &object, &err));
    metaffi_capabilities capabilities = 0;
    CHECK_OK(metaffi_object_capabilities(object, &capabilities, &err));
    CHECK((capabilities & METAFFI_CAN_CALL) == 0);
    CHECK((capabilities & METAFFI_IS_HOST_OBJECT) != 0);
    metaffi_object_free(object);
}

/* Objects are made, shown, used, failed with and given up again and again. */
static void *work(void *unused) {
    static const char *const uses[] = {"eval=args[0](1\\, times\\=2)", "eval=int(args[0])",
                                       "eval=getattr(args[0]\\, 'x'\\, 3)",
                                       "eval=[args[0]\\, args[0]][1]"};
    metaffi_type_info any = info_of(metaffi_any_type);
    (void)unused;
    for (size_t use = 0; use < sizeof uses / sizeof *uses; use++) {
        metaffi_entity *entity = load_typed(builtins, uses[use], &any, 1, any);
        for (int i = 0; i < 300; i++) {
            metaffi_object *adder = new_adder(i);
            metaffi_value argument = handle_of(adder), result = call_with(entity, &argument, 1);
            CHECK(use != 0 || result.data.int64 == (i + 1) * 2);
            metaffi_value_clear(&result);
            metaffi_object_free(adder);
        }
        metaffi_entity_free(entity);
    }
    return NULL;
}

static void eight_threads_use_objects_at_once(void) {
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
}

int main(void) {
    open_python();
    builtins = import("builtins");
    a_shelf_is_a_sequence();
    a_shelf_has_attributes();
    a_shelf_is_compared_entered_and_looked_at();
    an_object_that_comes_back_is_itself();
    a_table_is_a_mapping();
    an_adder_is_called_and_is_a_number();
    functions_that_misbehave_are_survived();
    a_class_is_checked();
    eight_threads_use_objects_at_once();
    CHECK(living == 0);
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
