/* Sizes that a host chooses: where memory does not suffice for them, a call fails and says so. */
#include "guest_module.h"

#include <sys/resource.h>
#include <unistd.h>

enum { ROOM = 16 << 20 };

/* What the process may still allocate from now on, in all. */
static void limit(size_t room) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld", &pages) != 1)
        exit(77);
    fclose(file);
    rlim_t all = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + room;
    struct rlimit most = {all, RLIM_INFINITY};
    CHECK(setrlimit(RLIMIT_AS, &most) == 0);
}

static void unlimit(void) {
    struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
    CHECK(setrlimit(RLIMIT_AS, &most) == 0);
}

/* Text of a length, with `middle` repeated between its ends. */
static char *text_of(size_t length, const char *begin, const char *middle, const char *end) {
    char *text = malloc(length + 1);
    size_t front = strlen(begin), back = strlen(end), step = strlen(middle);
    for (size_t i = 0; i < length; i++)
        text[i] = middle[i % step];
    memcpy(text, begin, front);
    memcpy(text + length - back, end, back);
    text[length] = 0;
    return text;
}

static void fails(int line, const char *call, metaffi_status status) {
    bool memory = status == METAFFI_STATUS_OUT_OF_MEMORY || status == METAFFI_STATUS_OUT_OF_RANGE;
    if (!memory || err == NULL || strlen(metaffi_error_message(err)) > 4096)
        check_fail(__FILE__, line, call, err == NULL ? "no error" : metaffi_error_message(err));
    metaffi_error_free(err);
    err = NULL;
}
#define FAILS(call) fails(__LINE__, #call, call)

static void names_and_texts(size_t length) {
    char *name = text_of(length, "", "n", "");
    char *path = text_of(length, "callable=", "n", "");
    char *array = text_of(length, "int", "[2]", "");
    char *declared = text_of(length, "int x", "y", ";");
    char *members = text_of(length, "struct{", "int:3;", ";}");
    char *commented = text_of(length, "int/*", " ", "*/");
    char *functions = text_of(length, "int n;", " int f(int *a[2]);", ";");
    metaffi_ctype *type = NULL;
    metaffi_entity *entity = NULL;
    metaffi_module *module = NULL;
    metaffi_runtime *runtime = NULL;
    metaffi_error *made = NULL;
    metaffi_option option = {name, name};

    limit(ROOM);
    FAILS(metaffi_entity_load(guest, name, NULL, 0, NULL, 0, &entity, &err));
    FAILS(metaffi_entity_load(guest, path, NULL, 0, NULL, 0, &entity, &err));
    FAILS(metaffi_ctype_parse(guest, name, &type, &err));
    FAILS(metaffi_ctype_parse(guest, array, &type, &err));
    FAILS(metaffi_ctype_parse(guest, members, &type, &err));
    FAILS(metaffi_ctype_parse(guest, commented, &type, &err));
    FAILS(metaffi_module_declare(guest, declared, length, &err));
    FAILS(metaffi_module_declare(guest, functions, length, &err));
    FAILS(metaffi_module_load(c, name, &module, &err));
    FAILS(metaffi_runtime_load(name, NULL, 0, &runtime, &err));
    FAILS(metaffi_runtime_load("c", &option, 1, &runtime, &err));
    FAILS(metaffi_ctype_struct(guest, name, NULL, 0, 0, 0, &type, &err));
    metaffi_type_info info = {metaffi_int64_type, name, 0};
    FAILS(metaffi_entity_load(guest, "callable=guest_add", &info, 1, NULL, 0, &entity, &err));
    CHECK(metaffi_error_new(METAFFI_STATUS_FOREIGN, "type", name, &made) ==
          METAFFI_STATUS_OUT_OF_RANGE);
    unlimit();
    metaffi_error_free(made);
    CHECK(type == NULL && entity == NULL && module == NULL && runtime == NULL);

    free(name), free(path), free(array), free(declared), free(members), free(commented);
    free(functions);
}

/* Values that are there already, and are copied, converted, or passed to C and back. */
static void values(size_t length) {
    char *text = text_of(length, "", "t", "");
    uint32_t *nothing = calloc(length / 4, 4);
    metaffi_value given = {0}, got = {0};
    given.type = metaffi_string8_type;
    given.data.string.data = text;
    given.data.string.length = length;
    metaffi_entity *echo = load("callable=guest_echo"), *measure = load("callable=guest_length");
    metaffi_entity *greeting = load("global=guest_greeting,getter");
    metaffi_entity *place = load("global=guest_greeting,address");
    CHECK_OK(metaffi_entity_call(place, NULL, 0, &got, 1, &err));
    void *address = NULL;
    CHECK_OK(metaffi_cdata_pointer(got.data.object, &address, &err));
    metaffi_value_clear(&got);
    const char **global = address, *before = *global;
    metaffi_array *texts = NULL, *same = NULL, *bytes = NULL;
    size_t shape[] = {length}, few[] = {2}, first[] = {0};
    CHECK_OK(
        metaffi_array_borrow(text, metaffi_uint8_type, shape, NULL, 1, NULL, NULL, &bytes, &err));
    CHECK_OK(metaffi_array_new(metaffi_string8_type, few, 1, &texts, &err));
    metaffi_ctype *number = NULL, *row = NULL, *open = NULL;
    CHECK_OK(metaffi_ctype_primitive(METAFFI_PRIMITIVE_CHAR, &number, &err));
    CHECK_OK(metaffi_ctype_array(number, length, &row, &err));
    CHECK_OK(metaffi_ctype_array(number, SIZE_MAX, &open, &err));
    metaffi_object *shared = NULL, *made = NULL;
    CHECK_OK(metaffi_cdata_from_address(row, text, NULL, NULL, &shared, &err));

    limit(ROOM);
    FAILS(metaffi_value_new_string8(text, length, &got, &err));
    FAILS(metaffi_value_new_string16((const uint16_t *)text, length / 2, &got, &err));
    FAILS(metaffi_value_new_string32(nothing, length / 4, &got, &err));
    FAILS(metaffi_value_copy(&given, &got, &err));
    FAILS(metaffi_value_convert(&given, metaffi_string16_type, &got, &err));
    FAILS(metaffi_value_convert(&given, metaffi_string32_type, &got, &err));
    FAILS(metaffi_entity_call(echo, &given, 1, &got, 1, &err));
    FAILS(metaffi_entity_call(measure, &given, 1, &got, 1, &err));
    metaffi_slot frame[2];
    frame[0] = (uintptr_t)text;
    frame[1] = length;
    FAILS(metaffi_entity_call_frame(measure, frame, &err));
    *global = text;
    FAILS(metaffi_entity_call(greeting, NULL, 0, &got, 1, &err));
    *global = before;
    FAILS(metaffi_array_set(texts, first, 1, &given, &err));
    FAILS(metaffi_array_copy(bytes, &same, &err));
    FAILS(metaffi_cdata_string(shared, SIZE_MAX, &got, &err));
    FAILS(metaffi_cdata_new(row, &given, &made, &err));
    FAILS(metaffi_cdata_new(open, &given, &made, &err));
    unlimit();
    CHECK(same == NULL && made == NULL);
    CHECK_OK(metaffi_cdata_string(shared, 3, &got, &err));
    metaffi_value_clear(&got);

    metaffi_object_free(shared);
    metaffi_array_free(texts), metaffi_array_free(bytes);
    metaffi_ctype_free(number), metaffi_ctype_free(row), metaffi_ctype_free(open);
    metaffi_entity_free(echo), metaffi_entity_free(measure);
    metaffi_entity_free(greeting), metaffi_entity_free(place);
    free(text), free(nothing);
}

/* Arrays that say that they are large: every element is the same one, at a stride of 0. */
static void arrays(size_t count) {
    static metaffi_string word = {"word", 4};
    static int64_t one = 1;
    static double half = 0.5;
    static metaffi_value anything;
    anything = int64_value(1);
    static const ptrdiff_t still[] = {0, 0};
    size_t shape[] = {count, 2};
    metaffi_array *words = NULL, *ones = NULL, *halves = NULL, *any = NULL, *copy = NULL;
    CHECK_OK(metaffi_array_borrow(&word, metaffi_string8_type, shape, still, 1, NULL, NULL, &words,
                                  &err));
    CHECK_OK(
        metaffi_array_borrow(&one, metaffi_int64_type, shape, still, 1, NULL, NULL, &ones, &err));
    CHECK_OK(metaffi_array_borrow(&half, metaffi_float64_type, shape, still, 2, NULL, NULL, &halves,
                                  &err));
    CHECK_OK(
        metaffi_array_borrow(&anything, metaffi_any_type, shape, still, 1, NULL, NULL, &any, &err));
    metaffi_module *libc = open_module("");
    const char *declared = "int puts(const char *const *);";
    CHECK_OK(metaffi_module_declare(libc, declared, strlen(declared), &err));
    metaffi_entity *of_texts = load_from(libc, "callable=puts");
    metaffi_ctype *number = NULL, *open = NULL;
    CHECK_OK(metaffi_ctype_primitive(METAFFI_PRIMITIVE_SHORT, &number, &err));
    CHECK_OK(metaffi_ctype_array(number, SIZE_MAX, &open, &err));
    metaffi_object *made = NULL;
    metaffi_value given = {0}, got = {0};

    limit(ROOM);
#define GIVE(elements, what) given.type = metaffi_array_type | (what), given.data.array = (elements)
    FAILS(metaffi_array_copy(words, &copy, &err));
    FAILS(metaffi_array_copy(ones, &copy, &err));
    FAILS(metaffi_array_copy(halves, &copy, &err));
    FAILS(metaffi_array_copy(any, &copy, &err));
    GIVE(words, metaffi_string8_type);
    FAILS(metaffi_value_copy(&given, &got, &err));
    FAILS(metaffi_entity_call(of_texts, &given, 1, &got, 1, &err));
    GIVE(ones, metaffi_int64_type);
    FAILS(metaffi_cdata_new(open, &given, &made, &err));
    unlimit();
    CHECK(copy == NULL && made == NULL);

    metaffi_entity_free(of_texts);
    metaffi_ctype_free(number), metaffi_ctype_free(open);
    metaffi_module_free(libc);
    metaffi_array_free(words), metaffi_array_free(ones), metaffi_array_free(halves);
    metaffi_array_free(any);
}

/* As many as there may be, and sums and products that no word holds. */
static void counts(void) {
    static const size_t many[] = {1 << 17, SIZE_MAX / 64, SIZE_MAX / 2, SIZE_MAX - 1};
    static metaffi_type_info infos[1 << 17];
    static metaffi_ctype_field fields[1 << 17];
    static const metaffi_ctype *params[1 << 17];
    static metaffi_option options[1 << 17];
    metaffi_ctype *type = NULL, *number = NULL;
    metaffi_entity *entity = NULL;
    metaffi_object *object = NULL;
    metaffi_array *array = NULL;
    metaffi_runtime *runtime = NULL;
    CHECK_OK(metaffi_ctype_primitive(METAFFI_PRIMITIVE_LONG, &number, &err));
    for (size_t i = 0; i < COUNT(many); i++) {
        size_t count = many[i];
#define REFUSED(call)                                                                              \
    (CHECK((call) != METAFFI_OK && err != NULL), metaffi_error_free(err), err = NULL)
        REFUSED(metaffi_entity_load(guest, "callable=guest_add", infos, count, infos, 1, &entity,
                                    &err));
        REFUSED(metaffi_ctype_struct(guest, NULL, fields, count, 0, 0, &type, &err));
        REFUSED(metaffi_ctype_function(number, params, count, false, 0, &type, &err));
        REFUSED(metaffi_runtime_load("c", options, count, &runtime, &err));
        size_t shape[] = {count, count};
        REFUSED(metaffi_array_new(metaffi_any_type, shape, 2, &array, &err));
        REFUSED(metaffi_array_new(metaffi_int64_type, shape, count, &array, &err));
        if (i > 1)
            REFUSED(metaffi_ctype_array(number, count, &type, &err));
        if (i > 0) {
            REFUSED(metaffi_cdata_new_array(number, count, &object, &err));
            REFUSED(metaffi_array_new(metaffi_string8_type, shape, 1, &array, &err));
            CHECK(metaffi_alloc(count) == NULL);
        }
    }
    CHECK(metaffi_ctype_free(number) == METAFFI_OK);
}

int main(void) {
    open_guest();
    counts();
    for (size_t length = ROOM / 4; length < 4 * (size_t)ROOM; length *= 2)
        names_and_texts(length);
    values(2 * (size_t)ROOM);
    arrays(ROOM);
    arrays((size_t)1 << 40);
    check_usable();
    close_guest();
    return CHECK_RESULT;
}
