/* Python's statistics and json, and numpy where it is installed, on the words of a file: a C
 * program that was built without any Python.
 *
 *     demo_python [file] */
#include "helpers.h"

#include <ctype.h>

/* What ctest and make take for: not here. */
enum { SKIPPED = 77 };

struct words {
    char *characters;
    metaffi_string *words;
    double *lengths;
    size_t count;
};

static void *checked(void *memory, const char *what) {
    if (memory == NULL) {
        fprintf(stderr, "%s: cannot be read, or out of memory; name a file as the argument\n",
                what);
        exit(EXIT_FAILURE);
    }
    return memory;
}

static char *read_file(const char *path, size_t *length) {
    FILE *file = checked(fopen(path, "rb"), path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *characters = checked(malloc(*length + 1), path);
    *length = fread(characters, 1, *length, file);
    fclose(file);
    return characters;
}

/* Every word in lower case, where it is in the file, and its length. */
static struct words split(const char *path) {
    size_t length;
    struct words found = {read_file(path, &length), NULL, NULL, 0};
    found.words = checked(malloc((length + 1) * sizeof *found.words), path);
    found.lengths = checked(malloc((length + 1) * sizeof *found.lengths), path);
    for (size_t i = 0; i < length;) {
        size_t start = i;
        for (; i < length && isalpha((unsigned char)found.characters[i]); i++)
            found.characters[i] = (char)tolower((unsigned char)found.characters[i]);
        if (i == start) {
            i++;
            continue;
        }
        found.words[found.count] = (metaffi_string){found.characters + start, i - start};
        found.lengths[found.count++] = (double)(i - start);
    }
    return found;
}

/* Exits where there is no Python, and says how to get one. */
static metaffi_runtime *load_python(void) {
    metaffi_runtime *python = NULL;
    metaffi_error *error = NULL;
    metaffi_status status = metaffi_runtime_load("python3", NULL, 0, &python, &error);
    if (status == METAFFI_STATUS_NOT_FOUND) {
        printf("skipped: %s\n", metaffi_error_message(error));
        metaffi_error_free(error);
        exit(SKIPPED);
    }
    check(status, &error);
    return python;
}

/* Calls a function of one module, and frees it. */
static metaffi_value call_once(const metaffi_module *module, const char *path, size_t count,
                               const metaffi_value *arguments) {
    metaffi_entity *entity = load(module, path);
    metaffi_value result = call(entity, count, arguments);
    metaffi_entity_free(entity);
    return result;
}
#define CALL_ONCE(module, path, ...)                                                               \
    call_once(module, path, sizeof((metaffi_value[]){__VA_ARGS__}) / sizeof(metaffi_value),        \
              (metaffi_value[]){__VA_ARGS__})

static double number(metaffi_value value) {
    metaffi_value converted;
    metaffi_error *error = NULL;
    check(metaffi_value_convert(&value, metaffi_float64_type, &converted, &error), &error);
    return converted.data.float64;
}

/* The lengths are read where they are: Python sees this program's memory. */
#define LENGTHS(words) METAFFI_LEND(metaffi_float64_type, (words).lengths, (words).count)

static void describe_lengths(const metaffi_runtime *python, struct words words) {
    metaffi_module *statistics = load_module(python, "statistics");
    printf("statistics\n");
    printf("  mean        %.3f letters\n",
           number(CALL_ONCE(statistics, "callable=mean", LENGTHS(words))));
    printf("  median      %g letters\n",
           number(CALL_ONCE(statistics, "callable=median", LENGTHS(words))));
    metaffi_module_free(statistics);
}

/* What Counter and most_common give are objects that stay in Python until json writes them. */
static void count_words(const metaffi_runtime *python, struct words words) {
    metaffi_module *collections = load_module(python, "collections");
    metaffi_module *json = load_module(python, "json");
    metaffi_value counter = CALL_ONCE(collections, "callable=Counter",
                                      METAFFI_LEND(metaffi_string8_type, words.words, words.count));
    metaffi_type_info types[] = {{metaffi_handle_type, NULL, 0}, {metaffi_int64_type, NULL, 0}};
    metaffi_entity *most_common = NULL;
    metaffi_error *error = NULL;
    check(metaffi_entity_load(collections, "callable=Counter.most_common,instance_required", types,
                              2, types, 1, &most_common, &error),
          &error);
    metaffi_value common = CALL(most_common, counter, metaffi_int64(3));
    metaffi_value written = CALL_ONCE(json, "callable=dumps", common);
    printf("json\n  %s\n", (const char *)written.data.string.data);

    metaffi_value *owned[] = {&written, &common, &counter};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        metaffi_value_clear(owned[i]);
    metaffi_entity_free(most_common);
    metaffi_module_free(json);
    metaffi_module_free(collections);
}

static void measure_with_numpy(const metaffi_runtime *python, struct words words) {
    metaffi_module *numpy = NULL;
    if (metaffi_module_load(python, "numpy", &numpy, NULL) != METAFFI_OK) {
        printf("numpy is not installed for this Python: left out\n");
        return;
    }
    metaffi_value version = call_once(numpy, "attribute=__version__", 0, NULL);
    printf("numpy %s\n", (const char *)version.data.string.data);
    printf("  deviation   %.3f letters\n",
           number(CALL_ONCE(numpy, "callable=std", LENGTHS(words))));
    printf("  longest     %g letters\n", number(CALL_ONCE(numpy, "callable=max", LENGTHS(words))));
    metaffi_value_clear(&version);
    metaffi_module_free(numpy);
}

int main(int count, char **arguments) {
    const char *path = count > 1 ? arguments[1] : "README.md";
    struct words words = split(path);
    metaffi_runtime *python = load_python();
    metaffi_module *platform = load_module(python, "platform");
    metaffi_value version = call_once(platform, "callable=python_version", 0, NULL);
    printf("%s, %zu words, Python %s\n", path, words.count, (const char *)version.data.string.data);
    describe_lengths(python, words);
    count_words(python, words);
    measure_with_numpy(python, words);

    metaffi_value_clear(&version);
    metaffi_module_free(platform);
    metaffi_runtime_free(python);
    free(words.lengths);
    free(words.words);
    free(words.characters);
    return EXIT_SUCCESS;
}
