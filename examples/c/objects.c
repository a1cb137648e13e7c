/* Objects of Python, used as what they are: a path, dates, a dict; whatever language they are of,
 * the functions are the same. */
#include "helpers.h"

static metaffi_error *error;

static const metaffi_name *name(const char *text) {
    const metaffi_name *interned = NULL;
    check(metaffi_name_intern(text, &interned, &error), &error);
    return interned;
}

/* The attribute of an object, which the caller clears. */
static metaffi_value attribute(metaffi_value of, const char *which) {
    metaffi_value found;
    check(metaffi_object_get(of.data.object, name(which), &found, &error), &error);
    return found;
}

/* What a member gives, called with arguments of which the last have names. */
static metaffi_value invoke(metaffi_value of, const char *member, const metaffi_value *arguments,
                            size_t count, const char *last_name) {
    const metaffi_name *names[] = {last_name != NULL ? name(last_name) : NULL};
    metaffi_value given;
    check(metaffi_object_invoke(of.data.object, name(member), arguments, count, names,
                                last_name != NULL, &given, &error),
          &error);
    return given;
}

/* Prints what an object says of itself. */
static void print(const char *title, metaffi_value object) {
    metaffi_value said = object;
    if (object.type == metaffi_handle_type)
        check(metaffi_object_text(object.data.object, METAFFI_TEXT_DISPLAY, &said, &error), &error);
    if (said.type == metaffi_int64_type)
        printf("%s: %lld\n", title, (long long)said.data.int64);
    else
        printf("%s: %.*s\n", title, (int)said.data.string.length,
               (const char *)said.data.string.data);
    metaffi_value_clear(&said);
    if (object.type == metaffi_handle_type)
        metaffi_value_clear(&object);
}

int main(void) {
    metaffi_runtime *python = load_runtime("python3");
    metaffi_module *pathlib = load_module(python, "pathlib");
    metaffi_module *datetime = load_module(python, "datetime");
    metaffi_module *collections = load_module(python, "collections");
    metaffi_entity *new_path = load(pathlib, "callable=PurePosixPath");
    metaffi_entity *new_date = load(datetime, "callable=date");
    metaffi_entity *new_counter = load(collections, "callable=Counter");

    /* Attributes, members, and an operator by its method. */
    metaffi_value path = CALL(new_path, metaffi_text("/srv/music"));
    metaffi_value song =
        invoke(path, "joinpath", (metaffi_value[]){metaffi_text("avalon.ogg")}, 1, NULL);
    print("suffix", attribute(song, "suffix"));
    print("parent", attribute(song, "parent"));
    print("as mp3", invoke(song, "with_suffix", (metaffi_value[]){metaffi_text(".mp3")}, 1, NULL));

    /* A date with another year, given by name; dates are compared as Python does. */
    metaffi_value date = CALL(new_date, metaffi_int64(1979), metaffi_int64(2), metaffi_int64(28));
    metaffi_value later =
        invoke(date, "replace", (metaffi_value[]){metaffi_int64(1982)}, 1, "year");
    bool is_earlier = false;
    check(metaffi_object_compare(date.data.object, METAFFI_LESS, &later, &is_earlier, &error),
          &error);
    print(is_earlier ? "then came" : "before came", later);

    /* Entries: how often each letter is there. */
    metaffi_value letters = CALL(new_counter, metaffi_text("avalon"));
    metaffi_value count;
    check(metaffi_object_get_entry(letters.data.object, name("a"), &count, &error), &error);
    print("letters a", count);
    metaffi_object *keys = NULL;
    check(metaffi_object_iterate(letters.data.object, METAFFI_ITERATE_KEYS, &keys, &error), &error);
    metaffi_value some[16];
    size_t number = 0;
    check(metaffi_object_next(keys, some, 16, &number, &error), &error);
    printf("letters: ");
    for (size_t i = 0; i < number; i++) {
        printf("%s", (const char *)some[i].data.string.data);
        metaffi_value_clear(&some[i]);
    }
    printf("\n");

    /* What is not there is an error that says so. */
    metaffi_value missing;
    if (metaffi_object_get(path.data.object, name("suffiks"), &missing, &error) != METAFFI_OK)
        printf("%s\n", metaffi_error_message(error));
    metaffi_error_free(error);

    metaffi_object_free(keys);
    metaffi_value_clear(&letters);
    metaffi_value_clear(&date);
    metaffi_value_clear(&song);
    metaffi_value_clear(&path);
    metaffi_entity_free(new_counter);
    metaffi_entity_free(new_date);
    metaffi_entity_free(new_path);
    metaffi_module_free(collections);
    metaffi_module_free(datetime);
    metaffi_module_free(pathlib);
    metaffi_runtime_free(python);
    return EXIT_SUCCESS;
}
