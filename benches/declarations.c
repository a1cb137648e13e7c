/* Parsing declarations: a new module each time, as nothing is parsed twice for one. */

#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

static char *text;
static size_t length;
static metaffi_module *module;

static void read_text(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        perror(path);
        exit(1);
    }
    length = (size_t)ftell(file);
    rewind(file);
    text = malloc(length);
    if (!text || fread(text, 1, length, file) != length) {
        perror(path);
        exit(1);
    }
    fclose(file);
}

static void declare(size_t count) {
    (void)count;
    check(metaffi_module_load(runtime, "", &module, &error));
    check(metaffi_module_declare(module, text, length, &error));
}

static void unload(void) {
    check(metaffi_module_free(module));
}

void declarations(const char *path) {
    read_text(path);
    struct contestant contestant = {.name = "", .run = declare, .reset = unload, .most = 1};
    measure(&contestant, 1);
    row("parse declarations", NULL, &contestant, RATIO, 0.1);
    free(text);
}
