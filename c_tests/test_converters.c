/* Visits of objects of several runtimes: what converters make of them, and what is refused alike.
 */
#include "c_data.h"
#include "python_module.h"
#include "recorder.h"

static metaffi_module *builtins;

static metaffi_object *new_object(const metaffi_object_class *class, void *userdata) {
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new(class, userdata, NULL, &object, &err));
    return object;
}

/* The object that an expression gives; its argument is args[0]. */
static metaffi_object *made(const char *expression, metaffi_object *argument) {
    char path[256];
    snprintf(path, sizeof path, "eval=%s", expression);
    metaffi_value given = object_value(argument);
    return evaluate(builtins, path, &given, argument != NULL).data.object;
}

static struct record record;

static metaffi_status visited(metaffi_object *object, const metaffi_visit_options *options) {
    memset(&record, 0, sizeof record);
    metaffi_value root = object_value(object);
    return metaffi_object_visit(&root, options, &recorder, &record, &err);
}

static void check_visit(metaffi_object *object, metaffi_visit_options options,
                        const char *expected) {
    CHECK_OK(visited(object, &options));
    CHECK_TEXT(record.text, expected);
}

/* A pair of objects, or of numbers. */
static metaffi_status pair_get(void *userdata, int64_t index, metaffi_value *value,
                               metaffi_error **error) {
    metaffi_object **items = userdata, *item = NULL;
    metaffi_status status = metaffi_object_clone(items[index], &item, error);
    *value = object_value(item);
    return status;
}
static metaffi_status pair_length(void *userdata, size_t *length, metaffi_error **error) {
    (void)userdata, (void)error;
    *length = 2;
    return METAFFI_OK;
}
static const metaffi_object_class pair_class = {.size = sizeof pair_class,
                                                .name = "Pair",
                                                .is = METAFFI_IS_SEQUENCE,
                                                .get_item = pair_get,
                                                .length = pair_length};
static const metaffi_object_class thing_class = {.size = sizeof thing_class, .name = "Thing"};

/* Puts another object in the place of each that it is asked about. */
struct put {
    metaffi_object *instead;
    int asked;
};

static metaffi_status put_instead(void *userdata, const metaffi_object *object,
                                  metaffi_conversion *conversion, metaffi_value *instead,
                                  metaffi_error **error) {
    (void)object;
    struct put *put = userdata;
    put->asked++;
    metaffi_object *clone = NULL;
    if (put->asked > 9)
        return METAFFI_STATUS_OUT_OF_RANGE;
    metaffi_status status = metaffi_object_clone(put->instead, &clone, error);
    *instead = object_value(clone);
    *conversion = METAFFI_CONVERSION_REPLACED;
    return status;
}

static void nobody_is_asked_about_what_a_converter_made(void) {
    metaffi_object *thing = new_object(&thing_class, NULL), *promise = NULL;
    CHECK_OK(metaffi_promise_new(&promise, &err));
    metaffi_object *all[] = {thing, made("object()", NULL), new_data("struct guest_point", NULL),
                             promise};
    const char *names[] = {"<Thing> ", "<object> ", "<struct guest_point> ", "<Promise> "};
    for (size_t i = 0; i < COUNT(all) * COUNT(all) * 2; i++) {
        metaffi_object *asked_about = all[i / 2 % COUNT(all)];
        size_t instead = i / 2 / COUNT(all);
        struct put put = {all[instead], 0};
        metaffi_converter converter = {NULL, i % 2, put_instead, &put};
        metaffi_visit_options options = options_of(0);
        options.converters = &converter;
        options.converter_count = 1;
        check_visit(asked_about, options, names[instead]);
        CHECK(put.asked == 1);
    }
    /* About what is in it they are. */
    metaffi_object *items[] = {all[0], all[1]}, *pair = new_object(&pair_class, items);
    metaffi_object *outer[] = {pair, pair}, *whole = new_object(&pair_class, outer);
    struct put put = {pair, 0};
    metaffi_converter converter = {NULL, METAFFI_CONVERTER_FIRST, put_instead, &put};
    metaffi_visit_options options = options_of(0);
    options.converters = &converter;
    options.converter_count = 1;
    check_visit(whole, options, "Pair2[ #1 #1 ] ");
    CHECK(put.asked == 3);
    converter.order = METAFFI_CONVERTER_LAST;
    put = (struct put){all[3], 0};
    check_visit(whole, options, "Pair2[ Pair2[ <Promise> <Promise> ] #2 ] ");
    CHECK(put.asked == 2);
    metaffi_object_free(whole);
    metaffi_object_free(pair);
    for (size_t i = 0; i < COUNT(all); i++)
        metaffi_object_free(all[i]);
}

static metaffi_status has_any(void *userdata, const metaffi_object *object, bool *has,
                              metaffi_error **error) {
    (void)userdata, (void)object, (void)error;
    *has = true;
    return METAFFI_OK;
}
static const metaffi_object_class type_class = {
    .size = sizeof type_class, .name = "Type", .is = METAFFI_IS_TYPE, .has_instance = has_any};

static void a_type_of_another_runtime_has_no_instances_here(void) {
    metaffi_object *data = new_data("struct guest_point", NULL), *of_data = NULL;
    metaffi_object *object = made("object()", NULL), *of_object = NULL;
    metaffi_object *thing = new_object(&thing_class, NULL), *of_things = NULL;
    CHECK_OK(metaffi_object_type(data, &of_data, &err));
    CHECK_OK(metaffi_object_type(object, &of_object, &err));
    of_things = new_object(&type_class, NULL);
    metaffi_object *all[] = {data, object, thing}, *types[] = {of_data, of_object, of_things};
    const char *names[] = {"<struct guest_point> ", "<object> ", "<Thing> "};
    metaffi_object *promise = NULL;
    CHECK_OK(metaffi_promise_new(&promise, &err));
    struct put put = {promise, 0};
    for (size_t i = 0; i < COUNT(all); i++) {
        for (size_t j = 0; j < COUNT(types); j++) {
            metaffi_converter converter = {types[j], METAFFI_CONVERTER_FIRST, put_instead, &put};
            metaffi_visit_options options = options_of(0);
            options.converters = &converter;
            options.converter_count = 1;
            put.asked = 0;
            check_visit(all[i], options, i == j ? "<Promise> " : names[i]);
        }
    }
    metaffi_object *stale = made("int", NULL);
    metaffi_object_free(stale);
    metaffi_converter converter = {stale, METAFFI_CONVERTER_FIRST, put_instead, &put};
    metaffi_visit_options options = options_of(0);
    options.converters = &converter;
    options.converter_count = 1;
    for (size_t i = 0; i < COUNT(all); i++) {
        CHECK_FAILS(visited(all[i], &options), METAFFI_STATUS_INVALID_HANDLE);
        metaffi_object_free(all[i]);
        metaffi_object_free(types[i]);
    }
    metaffi_object_free(promise);
}

/* A class that tells of itself: as `what` says, and overlooks what its visitor says. */
static metaffi_status overlook(void *userdata, const metaffi_visitor *visitor, void *to,
                               metaffi_error **error) {
    (void)error;
    const char *what = userdata;
    static const char text[] = "text";
    metaffi_container map = {METAFFI_CONTAINER_MAP, 1, 0, {NULL, 0}};
    metaffi_container list = {METAFFI_CONTAINER_LIST, 0, 7, {NULL, 0}};
    visitor->open(to, &map, NULL);
    if (*what == 'b')
        visitor->bytes(to, (const uint8_t *)text, 4, NULL);
    else if (*what == 'l')
        visitor->open(to, &list, NULL), visitor->close(to, NULL);
    else if (*what == 'a') {
        metaffi_array *array = NULL;
        const size_t shape[] = {1};
        CHECK_OK(metaffi_array_new(metaffi_int64_type, shape, 1, &array, &err));
        visitor->array(to, array, NULL);
    } else
        visitor->text(to, text, 4, NULL);
    visitor->integer(to, 1, NULL);
    visitor->close(to, NULL);
    return METAFFI_OK;
}
static const metaffi_object_class telling_class = {
    .size = sizeof telling_class, .name = "Telling", .visit = overlook};

static void what_is_no_name_is_refused_also_if_that_is_overlooked(void) {
    metaffi_visit_options options = options_of(METAFFI_VISIT_MAPS_AS_OBJECTS);
    const char *wrong[] = {"bytes", "list", "array"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        metaffi_object *telling = new_object(&telling_class, (void *)wrong[i]);
        CHECK_FAILS_WITH(visited(telling, &options), METAFFI_STATUS_TYPE_MISMATCH, "is no text");
        CHECK_OK(visited(telling, NULL));
        metaffi_object_free(telling);
    }
    metaffi_object *telling = new_object(&telling_class, (void *)"text");
    check_visit(telling, options, "1| 'text' 1 | ");
    metaffi_object_free(telling);
}

/* Tells of a map with a key that has no hash, and overlooks that. */
static metaffi_status produce(void *userdata, const metaffi_visitor *visitor, void *to,
                              metaffi_error **error) {
    (void)error;
    metaffi_container map = {METAFFI_CONTAINER_MAP, 1, 0, {NULL, 0}};
    metaffi_container list = {METAFFI_CONTAINER_LIST, 1, 0, {NULL, 0}};
    visitor->open(to, &list, NULL);
    visitor->open(to, &map, NULL);
    if (*(bool *)userdata)
        visitor->open(to, &list, NULL), visitor->close(to, NULL);
    else
        visitor->integer(to, 1, NULL);
    CHECK(visitor->integer(to, 2, NULL) ==
          (*(bool *)userdata ? METAFFI_STATUS_FOREIGN : METAFFI_OK));
    visitor->close(to, NULL);
    visitor->close(to, NULL);
    return METAFFI_OK;
}

static void nothing_is_built_of_a_part(void) {
    bool fails = true;
    metaffi_value value;
    CHECK_FAILS_WITH(metaffi_runtime_build(python, produce, &fails, &value, &err),
                     METAFFI_STATUS_FOREIGN, "unhashable");
    fails = false;
    CHECK_OK(metaffi_runtime_build(python, produce, &fails, &value, &err));
    metaffi_value_clear(&value);
}

static void what_has_no_conversion_has_one_status(void) {
    metaffi_object *all[] = {new_object(&thing_class, NULL), made("object()", NULL),
                             new_data("struct guest_point", NULL)};
    metaffi_visit_options options = options_of(METAFFI_VISIT_NO_OBJECTS);
    for (size_t i = 0; i < COUNT(all); i++) {
        CHECK_FAILS_WITH(visited(all[i], &options), METAFFI_STATUS_UNSUPPORTED,
                         "has no conversion");
        metaffi_object_free(all[i]);
    }
}

static void whatever_is_told_as_null_is_left_out(void) {
    metaffi_value entries[8] = {string_value("a"), {0, {0}}, string_value("b"), object_value(NULL),
                                string_value("c"), {0, {0}}, string_value("d"), int64_value(1)};
    entries[1].type = metaffi_string8_type;
    entries[1].data.string.data = NULL;
    entries[1].data.string.length = 0;
    entries[5].type = metaffi_callable_type;
    entries[5].data.callable = NULL;
    const size_t shape[] = {4, 2};
    metaffi_array array = {entries, metaffi_any_type, 2, shape, NULL, NULL, NULL};
    metaffi_value map = {metaffi_map_type, {.array = &array}};
    metaffi_visit_options options = options_of(METAFFI_VISIT_WITHOUT_NULLS);
    memset(&record, 0, sizeof record);
    CHECK_OK(metaffi_object_visit(&map, NULL, &recorder, &record, &err));
    CHECK_TEXT(record.text, "4< 'a' null 'b' null 'c' null 'd' 1 > ");
    memset(&record, 0, sizeof record);
    CHECK_OK(metaffi_object_visit(&map, &options, &recorder, &record, &err));
    CHECK_TEXT(record.text, "4< 'd' 1 > ");
}

int main(void) {
    open_python();
    open_guest();
    builtins = import("builtins");
    nobody_is_asked_about_what_a_converter_made();
    a_type_of_another_runtime_has_no_instances_here();
    what_is_no_name_is_refused_also_if_that_is_overlooked();
    nothing_is_built_of_a_part();
    what_has_no_conversion_has_one_status();
    whatever_is_told_as_null_is_left_out();
    metaffi_module_free(builtins);
    close_guest();
    close_python();
    return CHECK_RESULT;
}
