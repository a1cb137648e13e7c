/* Arrays: owned, borrowed, strided, ragged, and lent to calls. */
#include "guest_module.h"

static void an_owned_array_is_zeroed_and_contiguous(void) {
    metaffi_array *array = NULL;
    size_t shape[] = {2, 3};
    CHECK_OK(metaffi_array_new(metaffi_int32_type, shape, 2, &array, &err));
    CHECK(array->rank == 2 && array->shape[1] == 3 && metaffi_array_length(array) == 6);
    size_t at[] = {1, 2};
    metaffi_value value = int64_value(9);
    CHECK_OK(metaffi_array_set(array, at, 2, &value, &err));
    CHECK(((int32_t *)array->data)[5] == 9 && ((int32_t *)array->data)[0] == 0);
    CHECK_OK(metaffi_array_get(array, at, 2, &value, &err));
    CHECK(value.type == metaffi_int32_type && value.data.int32 == 9);
    CHECK_OK(metaffi_array_get(array, at, 1, &value, &err));
    CHECK(value.type == metaffi_int32_array_type && value.data.array->rank == 1);
    CHECK(((int32_t *)value.data.array->data)[2] == 9);
    metaffi_value_clear(&value);
    metaffi_array_free(array);
    metaffi_array_free(NULL);
}

static int finalized;
static void finalize(void *userdata) {
    finalized += *(int *)userdata;
}

static void a_borrowed_array_is_finalized_once(void) {
    double numbers[] = {1, 2, 3, 4, 5, 6};
    size_t shape[] = {3};
    ptrdiff_t strides[] = {2 * sizeof(double)};
    int one = 1;
    metaffi_array *array = NULL, *copy = NULL;
    CHECK_OK(metaffi_array_borrow(numbers, metaffi_float64_type, shape, strides, 1, finalize, &one,
                                  &array, &err));
    CHECK(array->data == numbers);
    size_t at = 2;
    metaffi_value value;
    CHECK_OK(metaffi_array_get(array, &at, 1, &value, &err));
    CHECK(value.data.float64 == 5);
    CHECK_OK(metaffi_array_copy(array, &copy, &err));
    CHECK(finalized == 0);
    metaffi_array_free(array);
    CHECK(finalized == 1);
    CHECK(((double *)copy->data)[1] == 3);
    metaffi_array_free(copy);
    CHECK(finalized == 1);
}

static void arrays_of_arrays_are_ragged(void) {
    metaffi_array *outer = NULL;
    size_t two = 2;
    CHECK_OK(metaffi_array_new(metaffi_int64_array_type, &two, 1, &outer, &err));
    for (size_t i = 0; i < 2; i++) {
        size_t length = i + 1;
        metaffi_value inner = {metaffi_int64_array_type, {0}};
        CHECK_OK(metaffi_array_new(metaffi_int64_type, &length, 1, &inner.data.array, &err));
        ((int64_t *)inner.data.array->data)[i] = 10;
        CHECK_OK(metaffi_array_set(outer, &i, 1, &inner, &err));
        metaffi_value_clear(&inner);
    }
    size_t at[] = {1, 1};
    metaffi_value value;
    CHECK_OK(metaffi_array_get(outer, at, 2, &value, &err));
    CHECK(value.data.int64 == 10);
    size_t beyond[] = {0, 1};
    CHECK_FAILS(metaffi_array_get(outer, beyond, 2, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    metaffi_array_free(outer);
}

static void arrays_of_text(void) {
    metaffi_array *words = NULL;
    size_t two = 2, second = 1;
    CHECK_OK(metaffi_array_new(metaffi_string8_type, &two, 1, &words, &err));
    metaffi_value word = string_value("word"), found;
    CHECK_OK(metaffi_array_set(words, &second, 1, &word, &err));
    CHECK_OK(metaffi_array_set(words, &second, 1, &word, &err));
    CHECK_OK(metaffi_array_get(words, &second, 1, &found, &err));
    CHECK(found.data.string.length == 4);
    metaffi_value_clear(&found);
    metaffi_array_free(words);
}

static metaffi_value lent(metaffi_array *array, void *data, metaffi_type element, size_t *shape) {
    metaffi_array made = {data, element, 1, shape, NULL, NULL, NULL};
    *array = made;
    metaffi_value value = {element | metaffi_array_type, {0}};
    value.data.array = array;
    return value;
}

static metaffi_entity *load_with_array(const char *path, metaffi_type element) {
    metaffi_entity *entity = load(path);
    metaffi_type_info params[3] = {{element | metaffi_array_type, NULL, 1}};
    size_t count = metaffi_entity_param_count(entity);
    for (size_t i = 1; i < count; i++)
        CHECK_OK(metaffi_entity_param(entity, i, &params[i], NULL, &err));
    metaffi_entity *typed = NULL;
    CHECK_OK(metaffi_entity_load(guest, path, params, count, NULL, 0, &typed, &err));
    metaffi_entity_free(entity);
    return typed;
}

static void a_pointer_parameter_takes_an_array_without_a_copy(void) {
    double numbers[] = {1, 2, 3.5};
    int32_t filled[4] = {0};
    size_t three = 3, four = 4;
    metaffi_array array;
    metaffi_entity *sum = load_with_array("callable=guest_sum", metaffi_float64_type);
    metaffi_value arguments[3] = {lent(&array, numbers, metaffi_float64_type, &three),
                                  int64_value(3)};
    CHECK(call_number(sum, arguments, 2) == 6.5);
    metaffi_entity_free(sum);

    metaffi_entity *fill = load_with_array("callable=guest_fill", metaffi_int32_type);
    arguments[0] = lent(&array, filled, metaffi_int32_type, &four);
    arguments[1] = int64_value(4);
    arguments[2] = int64_value(8);
    CHECK_OK(metaffi_entity_call(fill, arguments, 3, NULL, 0, &err));
    CHECK(filled[0] == 8 && filled[3] == 8);
    metaffi_entity_free(fill);
}

int main(void) {
    open_guest();
    an_owned_array_is_zeroed_and_contiguous();
    a_borrowed_array_is_finalized_once();
    arrays_of_arrays_are_ragged();
    arrays_of_text();
    a_pointer_parameter_takes_an_array_without_a_copy();
    close_guest();
    return CHECK_RESULT;
}
