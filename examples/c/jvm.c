/* Java: a method, a field, an enum, an array, a list that is sorted by a function of this program,
 * and an exception. */
#include "helpers.h"

/* A Comparator of texts: the shorter ones first. */
static metaffi_status shorter(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata, (void)error;
    /* Each text is an address and a length. */
    frame[4] = (metaffi_slot)((int64_t)frame[1] - (int64_t)frame[3]);
    return METAFFI_OK;
}

/* An entity whose overload the types choose. */
static metaffi_entity *load_typed(const metaffi_module *module, const char *path,
                                  const metaffi_type_info *params, size_t count) {
    metaffi_entity *entity = NULL;
    metaffi_error *error = NULL;
    check(metaffi_entity_load(module, path, params, count, NULL, 0, &entity, &error), &error);
    return entity;
}

/* What fields have, and an array of this program's. */
static void show_values(const metaffi_module *jdk) {
    metaffi_entity *largest = load(jdk, "class=java.lang.Integer,field=MAX_VALUE");
    printf("largest int: %d\n", call(largest, 0, NULL).data.int32);

    /* A constant of an enum is an object in a field. */
    metaffi_entity *hours = load(jdk, "class=java.util.concurrent.TimeUnit,field=HOURS");
    metaffi_entity *to_minutes =
        load(jdk, "class=java.util.concurrent.TimeUnit,callable=toMinutes,instance_required");
    metaffi_value unit = call(hours, 0, NULL);
    metaffi_value minutes = CALL(to_minutes, unit, metaffi_int64(2));
    printf("2 hours: %lld minutes\n", (long long)minutes.data.int64);

    double heights[] = {1.84, 1.65, 1.71};
    metaffi_entity *spell = load(jdk, "class=java.util.Arrays,callable=toString(double[])");
    metaffi_value spelled = CALL(spell, METAFFI_LEND(metaffi_float64_type, heights, 3));
    printf("heights: %s\n", (const char *)spelled.data.string.data);

    metaffi_value_clear(&spelled);
    metaffi_value_clear(&unit);
    metaffi_entity *entities[] = {largest, hours, to_minutes, spell};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        metaffi_entity_free(entities[i]);
}

int main(void) {
    metaffi_error *error = NULL;
    metaffi_runtime *java = load_runtime("jvm");
    metaffi_module *jdk = load_module(java, "");

    metaffi_entity *hypot = load(jdk, "class=java.lang.Math,callable=hypot");
    printf("hypot: %g\n", CALL(hypot, metaffi_float64(3), metaffi_float64(4)).data.float64);
    show_values(jdk);

    metaffi_entity *new_list = load(jdk, "class=java.util.ArrayList,callable=<init>()");
    metaffi_entity *add = load(jdk, "class=java.util.List,callable=add(Object),instance_required");
    metaffi_entity *show = load(jdk, "class=java.lang.Object,callable=toString,instance_required");
    metaffi_value list = call(new_list, 0, NULL);
    const char *words[] = {"sieben", "acht", "zwölf", "elf"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        CALL(add, list, metaffi_text(words[i]));

    metaffi_type_info texts[] = {{metaffi_string8_type, NULL, 0}, {metaffi_string8_type, NULL, 0}};
    metaffi_type_info order = {metaffi_int32_type, NULL, 0};
    metaffi_callable *comparator = NULL;
    check(metaffi_callable_new(shorter, texts, 2, &order, 1, NULL, NULL, &comparator, &error),
          &error);
    metaffi_type_info sorted[] = {{metaffi_handle_type, "java.util.List", 0},
                                  {metaffi_callable_type, NULL, 0}};
    metaffi_entity *sort =
        load_typed(jdk, "class=java.util.List,callable=sort,instance_required", sorted, 2);
    CALL(sort, list, metaffi_function_of(comparator));
    metaffi_value shown = CALL(show, list);
    printf("sorted: %s\n", (const char *)shown.data.string.data);

    metaffi_entity *parse = load(jdk, "class=java.lang.Integer,callable=parseInt(String)");
    metaffi_value word = metaffi_text("twelve");
    metaffi_call(parse, &word, 1, &error);
    printf("refused: %s\n", metaffi_error_message(error));

    metaffi_error_free(error);
    metaffi_value_clear(&shown);
    metaffi_value_clear(&list);
    metaffi_callable_free(comparator);
    metaffi_entity *entities[] = {hypot, new_list, add, show, sort, parse};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        metaffi_entity_free(entities[i]);
    metaffi_module_free(jdk);
    metaffi_runtime_free(java);
    return EXIT_SUCCESS;
}
