/* Neutral values: made, read, converted, copied, refused, and to Python and back. */
#include "python_module.h"

static metaffi_module *builtins;

/* The text that a value converts to. */
static void is_written(const metaffi_value *value, const char *expected) {
    metaffi_value text = {0, {0}};
    if (CHECK_OK(metaffi_value_convert(value, metaffi_string8_type, &text, &err)))
        check_string(text, expected);
}

static metaffi_value parsed(metaffi_type type, const char *text) {
    metaffi_value value = {0, {0}};
    CHECK_OK(metaffi_value_new_parsed(type, text, strlen(text), &value, &err));
    CHECK(value.type == type);
    return value;
}

/* Each is made of its text, which it gives back, as do its copies. */
static void texts_are_given_back(void) {
    static const struct {
        metaffi_type type;
        const char *text;
    } texts[] = {
        {metaffi_bigint_type, "-340282366920938463463374607431768211456"},
        {metaffi_bigint_type, "0"},
        {metaffi_decimal_type, "-12.50"},
        {metaffi_decimal_type, "NaN"},
        {metaffi_complex_type, "1.5-2.0i"},
        {metaffi_date_type, "2024-02-29"},
        {metaffi_time_type, "12:30:00.5"},
        {metaffi_datetime_type, "2024-02-29T12:30:00+02:00[Europe/Paris]"},
        {metaffi_duration_type, "PT90.5S"},
        {metaffi_zone_type, "Europe/Paris"},
        {metaffi_uuid_type, "00112233-4455-6677-8899-aabbccddeeff"},
        {metaffi_range_type, "10:0:-3"},
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        metaffi_value value = parsed(texts[i].type, texts[i].text), copy;
        is_written(&value, texts[i].text);
        CHECK_OK(metaffi_value_copy(&value, &copy, &err));
        metaffi_value_clear(&value);
        CHECK(copy.type == texts[i].type);
        is_written(&copy, texts[i].text);
        metaffi_value_clear(&copy);
    }
}

static void members_are_read(void) {
    static const uint8_t magnitude[] = {0, 0, 1, 0, 0}, bytes[16] = {1, [15] = 16};
    metaffi_value value;
    CHECK_OK(metaffi_value_new_bigint(true, magnitude, sizeof magnitude, &value, &err));
    CHECK(value.data.bigint->negative && value.data.bigint->length == 3);
    is_written(&value, "-65536");
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_bigint(false, NULL, 0, &value, &err));
    CHECK(value.data.bigint->length == 0);
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_complex(1.5, -2, &value, &err));
    CHECK(value.data.complex_number->real == 1.5 && value.data.complex_number->imaginary == -2);
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_date(-44, 3, 15, &value, &err));
    CHECK(value.data.date->year == -44 && value.data.date->month == 3);
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_duration(-1, 500000000, &value, &err));
    is_written(&value, "-PT0.5S");
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_uuid(bytes, &value, &err));
    CHECK(memcmp(value.data.uuid->bytes, bytes, sizeof bytes) == 0);
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_range(0, 10, 3, &value, &err));
    CHECK(value.data.range->stop == 10 && value.data.range->step == 3);
    metaffi_value_clear(&value);
    metaffi_datetime datetime = {{2024, 2, 29}, {.hour = 23, .fold = 1, .has_offset = true}};
    datetime.time.nanosecond = 1;
    CHECK_OK(metaffi_value_new_datetime(&datetime, &value, &err));
    CHECK(value.data.datetime->time.fold == 1 && value.data.datetime->time.nanosecond == 1);
    metaffi_value text;
    CHECK_FAILS_WITH(metaffi_value_convert(&value, metaffi_string8_type, &text, &err),
                     METAFFI_STATUS_OUT_OF_RANGE, "fold");
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_time(&datetime.time, &value, &err));
    CHECK(value.data.time->nanosecond == 1);
    metaffi_value_clear(&value);
    CHECK_OK(metaffi_value_new_zone("UTC", 3, &value, &err));
    CHECK_TEXT(value.data.zone->name.data, "UTC");
    metaffi_value_clear(&value);
}

static void what_there_is_not_is_refused(void) {
    static const uint8_t byte = 1;
    metaffi_value value;
    CHECK_FAILS(metaffi_value_new_date(2023, 2, 29, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    CHECK(value.type == 0);
    CHECK_FAILS(metaffi_value_new_date(2023, 13, 1, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    CHECK_FAILS(metaffi_value_new_duration(0, 1000000000, &value, &err),
                METAFFI_STATUS_OUT_OF_RANGE);
    CHECK_FAILS(metaffi_value_new_range(0, 1, 0, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    metaffi_time time = {.hour = 24};
    CHECK_FAILS(metaffi_value_new_time(&time, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    time = (metaffi_time){.has_offset = true, .offset = 86400};
    CHECK_FAILS(metaffi_value_new_time(&time, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    CHECK_FAILS(metaffi_value_new_decimal("1.2.3", 5, &value, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_zone("\xff", 1, &value, &err), METAFFI_STATUS_INVALID_TEXT);
    CHECK_FAILS(metaffi_value_new_parsed(metaffi_int64_type, "1", 1, &value, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_bigint(false, NULL, 1, &value, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_bigint(false, &byte, 1, NULL, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_uuid(NULL, &value, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_time(NULL, &value, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_datetime(NULL, &value, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_map(NULL, NULL, 1, &value, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_value_new_tuple(NULL, 1, &value, &err), METAFFI_STATUS_INVALID_ARGUMENT);
}

static void conversions_are_exact_or_refused(void) {
    metaffi_value big = parsed(metaffi_bigint_type, "255"),
                  half = parsed(metaffi_decimal_type, "0.5"), converted;
    CHECK_OK(metaffi_value_convert(&big, metaffi_uint8_type, &converted, &err));
    CHECK(converted.data.uint8 == 255);
    CHECK_FAILS(metaffi_value_convert(&big, metaffi_int8_type, &converted, &err),
                METAFFI_STATUS_OUT_OF_RANGE);
    CHECK_OK(metaffi_value_convert(&half, metaffi_float64_type, &converted, &err));
    CHECK(converted.data.float64 == 0.5);
    metaffi_status status = metaffi_value_convert(&half, metaffi_int64_type, &converted, &err);
    CHECK(status != METAFFI_OK && converted.type == 0);
    metaffi_error_free(err);
    err = NULL;
    CHECK_OK(metaffi_value_convert(&big, metaffi_decimal_type, &converted, &err));
    is_written(&converted, "255");
    metaffi_value_clear(&converted);
    metaffi_value_clear(&big);
    metaffi_value_clear(&half);
}

static void collections_have_copies(void) {
    metaffi_value key = string_value("key"), value = parsed(metaffi_decimal_type, "1.50"), map;
    CHECK_OK(metaffi_value_new_map(&key, &value, 1, &map, &err));
    metaffi_value_clear(&value);
    CHECK(map.type == metaffi_map_type && map.data.array->rank == 2);
    CHECK(map.data.array->shape[0] == 1 && map.data.array->shape[1] == 2);
    const metaffi_value *entry = map.data.array->data;
    CHECK(entry[0].data.string.data != key.data.string.data);
    is_written(&entry[1], "1.50");
    /* Nested as deep as values are, and no deeper. */
    metaffi_value inner = map, outer;
    int depth = 1;
    while (metaffi_value_new_tuple(&inner, 1, &outer, &err) == METAFFI_OK) {
        CHECK(outer.type == metaffi_tuple_type && ++depth <= 64);
        metaffi_value_clear(&inner);
        inner = outer;
    }
    CHECK(depth == 64 && metaffi_error_status(err) == METAFFI_STATUS_INVALID_ARGUMENT);
    metaffi_error_free(err);
    err = NULL;
    metaffi_value_clear(&inner);
    metaffi_value items[] = {int64_value(1), float64_value(1)};
    CHECK_OK(metaffi_value_new_set(items, 2, &outer, &err));
    CHECK(outer.type == metaffi_set_type && outer.data.array->shape[0] == 2);
    metaffi_value_clear(&outer);
}

/* What Python has for a value, and that it comes back as it was where its type is asked for. */
static void has(metaffi_value value, const char *expected) {
    metaffi_type_info any = info_of(metaffi_any_type);
    metaffi_value shown = evaluate(builtins, "eval=repr(args[0])", &value, 1);
    check_string(shown, expected);
    metaffi_entity *same = load_typed(builtins, "eval=args[0]", &any, 1, info_of(value.type));
    metaffi_value back = call_with(same, &value, 1);
    CHECK(back.type == value.type);
    check_string(evaluate(builtins, "eval=repr(args[0])", &back, 1), expected);
    metaffi_value_clear(&back);
    metaffi_entity_free(same);
}

/* A value of one piece comes back without being asked for its type, too. */
static void travels(metaffi_value value, const char *expected) {
    has(value, expected);
    metaffi_value back = evaluate(builtins, "eval=args[0]", &value, 1);
    if (back.type != value.type)
        check_fail(__FILE__, __LINE__, expected, metaffi_type_name(back.type));
    metaffi_value_clear(&back);
    metaffi_value_clear(&value);
}

/* What is changed, or is more than its items, stays what it is in Python unless it is asked for. */
static void stays(metaffi_value value, const char *expected, metaffi_type as) {
    has(value, expected);
    metaffi_value back = evaluate(builtins, "eval=args[0]", &value, 1);
    if (back.type != as)
        check_fail(__FILE__, __LINE__, expected, metaffi_type_name(back.type));
    metaffi_value_clear(&back);
    metaffi_value_clear(&value);
}

static void python_has_each_as_its_own(void) {
    travels(parsed(metaffi_bigint_type, "-18446744073709551616"), "-18446744073709551616");
    travels(parsed(metaffi_decimal_type, "1.50"), "Decimal('1.50')");
    travels(parsed(metaffi_complex_type, "1.5-2.0i"), "(1.5-2j)");
    travels(parsed(metaffi_date_type, "2024-02-29"), "datetime.date(2024, 2, 29)");
    travels(parsed(metaffi_time_type, "12:30:00.5"), "datetime.time(12, 30, 0, 500000)");
    travels(parsed(metaffi_datetime_type, "2024-02-29T12:30:00"),
            "datetime.datetime(2024, 2, 29, 12, 30)");
    travels(parsed(metaffi_duration_type, "PT90.5S"),
            "datetime.timedelta(seconds=90, microseconds=500000)");
    travels(parsed(metaffi_uuid_type, "00112233-4455-6677-8899-aabbccddeeff"),
            "UUID('00112233-4455-6677-8899-aabbccddeeff')");
    stays(parsed(metaffi_range_type, "10:0:-3"), "range(10, 0, -3)", metaffi_handle_type);
    metaffi_value keys[] = {int64_value(1), string_value("two")},
                  values[] = {parsed(metaffi_decimal_type, "0.1"), {metaffi_null_type, {0}}}, made;
    CHECK_OK(metaffi_value_new_map(keys, values, 2, &made, &err));
    stays(made, "{1: Decimal('0.1'), 'two': None}", metaffi_handle_type);
    CHECK_OK(metaffi_value_new_tuple(values, 2, &made, &err));
    stays(made, "(Decimal('0.1'), None)", metaffi_any_array_type);
    CHECK_OK(metaffi_value_new_set(keys, 1, &made, &err));
    stays(made, "{1}", metaffi_handle_type);
    metaffi_value_clear(&values[0]);
}

/* What Python's own have no place for is an error, which says what. */
static void what_python_has_not_is_refused(void) {
    metaffi_type_info any = info_of(metaffi_any_type);
    metaffi_entity *repr = load_typed(builtins, "callable=repr", &any, 1, any);
    metaffi_value shown, early = parsed(metaffi_date_type, "-0044-03-15"),
                         fine = parsed(metaffi_time_type, "12:00:00.000000001");
    CHECK_FAILS_WITH(metaffi_entity_call(repr, &early, 1, &shown, 1, &err), METAFFI_STATUS_FOREIGN,
                     "year -44 is out of range");
    CHECK_FAILS_WITH(metaffi_entity_call(repr, &fine, 1, &shown, 1, &err),
                     METAFFI_STATUS_OUT_OF_RANGE, "argument 0 (obj)");
    metaffi_value_clear(&early);
    metaffi_value_clear(&fine);
    metaffi_entity_free(repr);
}

int main(void) {
    open_python();
    builtins = import("builtins");
    texts_are_given_back();
    members_are_read();
    what_there_is_not_is_refused();
    conversions_are_exact_or_refused();
    collections_have_copies();
    python_has_each_as_its_own();
    what_python_has_not_is_refused();
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
