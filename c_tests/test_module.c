/* Modules: libraries, headers, declarations, this process, descriptions. */
#include "guest_module.h"

static const char prototype[] = "long guest_add(long a, long b);";

static void declarations_give_signatures(void) {
    metaffi_module *bare = open_module(GUEST_LIBRARY);
    metaffi_entity *entity = NULL;
    CHECK_FAILS(metaffi_entity_load(bare, "callable=guest_add", NULL, 0, NULL, 0, &entity, &err),
                METAFFI_STATUS_NOT_FOUND);
    CHECK_OK(metaffi_module_declare(bare, prototype, strlen(prototype), &err));
    CHECK_OK(metaffi_module_declare(bare, prototype, strlen(prototype), &err));
    entity = load_from(bare, "callable=guest_add");
    metaffi_value arguments[] = {int64_value(1), int64_value(2)};
    CHECK(call_number(entity, arguments, 2) == 3);
    metaffi_entity_free(entity);
    metaffi_module_free(bare);
}

static void explicit_types_need_no_declaration(void) {
    metaffi_module *bare = open_module(GUEST_LIBRARY);
    metaffi_entity *entity = NULL;
    metaffi_type_info params[] = {info_of(metaffi_int64_type), info_of(metaffi_int64_type)};
    CHECK_OK(metaffi_entity_load(bare, "callable=guest_add", params, 2, params, 1, &entity, &err));
    metaffi_value arguments[] = {int64_value(-5), int64_value(2)};
    CHECK(call_number(entity, arguments, 2) == -3);
    metaffi_entity_free(entity);
    metaffi_module_free(bare);
}

static void an_empty_path_is_this_process(void) {
    static const char text[] = "int abs(int);";
    const char *paths[] = {NULL, ""};
    for (size_t i = 0; i < COUNT(paths); i++) {
        metaffi_module *process = open_module(paths[i]);
        CHECK_OK(metaffi_module_declare(process, text, strlen(text), &err));
        metaffi_entity *absolute = load_from(process, "callable=abs");
        metaffi_value argument = int32_value(-7);
        CHECK(call_number(absolute, &argument, 1) == 7);
        metaffi_entity_free(absolute);
        metaffi_module_free(process);
    }
}

static void options_belong_to_the_module(void) {
    static const char *const expected[] = {"one", "two"};
    for (size_t i = 0; i < COUNT(expected); i++) {
        char text[32];
        snprintf(text, sizeof text, "SIDE=\"%s\"", expected[i]);
        metaffi_option options[] = {{"define", text}, {"include_dirs", GUEST_DIRECTORY}};
        metaffi_module *module = NULL;
        CHECK_OK(metaffi_module_load_with(c, "guest_options.h", options, 2, &module, &err));
        metaffi_entity *entity = load_from(module, "constant=GUEST_SIDE");
        metaffi_value value;
        CHECK_OK(metaffi_entity_call(entity, NULL, 0, &value, 1, &err));
        CHECK(value.type == metaffi_string8_type &&
              value.data.string.length == strlen(expected[i]) &&
              memcmp(value.data.string.data, expected[i], value.data.string.length) == 0);
        metaffi_value_clear(&value);
        metaffi_entity_free(entity);
        metaffi_module_free(module);
    }
    metaffi_option unknown = {"includes", "."}, twice[] = {{"compiler", "cc"}, {"compiler", "cc"}};
    metaffi_module *module = NULL;
    CHECK_FAILS_WITH(metaffi_module_load_with(c, "", &unknown, 1, &module, &err),
                     METAFFI_STATUS_NOT_FOUND, "include_dirs");
    CHECK_FAILS_WITH(metaffi_module_load_with(c, "", twice, 2, &module, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "given twice");
}

static void runtimes_have_options_of_their_own(void) {
    metaffi_option option = {"include_dirs", GUEST_DIRECTORY};
    metaffi_runtime *other = NULL;
    metaffi_module *module = NULL;
    CHECK_OK(metaffi_runtime_load("c", &option, 1, &other, &err));
    CHECK_OK(metaffi_module_load(other, "guest_options.h", &module, &err));
    CHECK(metaffi_module_free(module) == METAFFI_OK);
    module = NULL;
    CHECK_FAILS_WITH(metaffi_module_load(c, "guest_options.h", &module, &err),
                     METAFFI_STATUS_LOAD_FAILED, "include_dirs");
    CHECK(metaffi_runtime_free(other) == METAFFI_OK);
}

static void a_description_names_every_entity(void) {
    char *json = NULL;
    CHECK_OK(metaffi_module_describe(guest, &json, &err));
    static const char *const names[] = {"callable=guest_add", "callable=guest_mixed",
                                        "global=guest_counter", "constant=GUEST_BLUE",
                                        "constant=GUEST_MAGIC"};
    for (size_t i = 0; json != NULL && i < COUNT(names); i++)
        if (strstr(json, names[i]) == NULL)
            check_fail(__FILE__, __LINE__, names[i], "is not in the description");
    metaffi_free(json);
}

static void a_conflicting_declaration_names_both_places(void) {
    static const char text[] = "\nint guest_multiply(int);";
    CHECK_FAILS_WITH(metaffi_module_declare(guest, text, strlen(text), &err), METAFFI_STATUS_SYNTAX,
                     "guest.h:");
    check_usable();
}

static void a_clone_is_the_same_module(void) {
    metaffi_module *clone = NULL;
    CHECK_OK(metaffi_module_clone(guest, &clone, &err));
    metaffi_entity *entity = load_from(clone, "callable=guest_nothing");
    metaffi_module_free(clone);
    CHECK_OK(metaffi_entity_call(entity, NULL, 0, NULL, 0, &err));
    metaffi_entity_free(entity);
}

int main(void) {
    open_guest();
    declarations_give_signatures();
    explicit_types_need_no_declaration();
    an_empty_path_is_this_process();
    options_belong_to_the_module();
    runtimes_have_options_of_their_own();
    a_description_names_every_entity();
    a_conflicting_declaration_names_both_places();
    a_clone_is_the_same_module();
    close_guest();
    return CHECK_RESULT;
}
