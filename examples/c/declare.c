/* C declarations as text: functions, variadic ones, globals, constants, and what errors say. */
#include "helpers.h"

#include <errno.h>

static const char declarations[] = "enum level { LOW = 1, HIGH = 1 << 4 };\n"
                                   "#define BASE (sizeof(long) * 2)\n"
                                   "long strtol(const char *text, char **end, int base);\n"
                                   "int snprintf(char *to, size_t size, const char *format, ...);\n"
                                   "extern int opterr;\n";

static void numbers(const metaffi_module *process) {
    metaffi_entity *base = load(process, "constant=BASE"), *high = load(process, "constant=HIGH");
    metaffi_entity *parse = load(process, "callable=strtol");
    metaffi_value radix = call(base, 0, NULL);
    printf("BASE is %lu, HIGH is %lu\n", (unsigned long)radix.data.size,
           (unsigned long)call(high, 0, NULL).data.uint32);
    printf("strtol: %ld\n",
           (long)CALL(parse, metaffi_text("ff"), metaffi_address(NULL), radix).data.int64);
    metaffi_set_errno(0);
    CALL(parse, metaffi_text("99999999999999999999"), metaffi_address(NULL), metaffi_int32(10));
    printf("errno:  %s\n", metaffi_errno() == ERANGE ? "ERANGE" : "not set");
    metaffi_entity_free(base);
    metaffi_entity_free(high);
    metaffi_entity_free(parse);
}

static void variadic(const metaffi_module *process) {
    metaffi_entity *print = load(process, "callable=snprintf");
    char line[32];
    CALL(print, metaffi_address(line), metaffi_size(sizeof line), metaffi_text("%s: %.2f"),
         metaffi_text("pi"), metaffi_float64(3.14159));
    printf("%s\n", line);
    metaffi_entity_free(print);
}

static void global(const metaffi_module *process) {
    metaffi_entity *get = load(process, "global=opterr");
    metaffi_entity *set = load(process, "global=opterr,setter");
    printf("opterr: %d", call(get, 0, NULL).data.int32);
    CALL(set, metaffi_int32(0));
    printf(", then %d\n", call(get, 0, NULL).data.int32);
    metaffi_entity_free(get);
    metaffi_entity_free(set);
}

static void refused(const metaffi_module *process, const char *path) {
    metaffi_entity *entity = NULL;
    metaffi_error *error = NULL;
    metaffi_entity_load(process, path, NULL, 0, NULL, 0, &entity, &error);
    printf("refused: %s\n", metaffi_error_message(error));
    metaffi_error_free(error);
}

static void misspelt(const metaffi_module *process) {
    static const char mistake[] = "int f(int a,\n      flot b);";
    metaffi_error *error = NULL;
    metaffi_module_declare(process, mistake, sizeof mistake - 1, &error);
    printf("refused: %s\n", metaffi_error_message(error));
    metaffi_error_free(error);
}

int main(void) {
    metaffi_runtime *c = load_runtime("c");
    metaffi_module *process = load_module(c, "");
    declare(process, declarations);
    numbers(process);
    variadic(process);
    global(process);
    refused(process, "callable=strtoll");
    refused(process, "callable=");
    misspelt(process);
    metaffi_module_free(process);
    metaffi_runtime_free(c);
    return EXIT_SUCCESS;
}
