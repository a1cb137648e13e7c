/* What the JDK and Apache Commons CSV say of a file and of a table: a C program that was built
 * without any Java. The latter is fetched by Maven's client, where that is installed.
 *
 *     demo_jvm [file] */
#include "helpers.h"

/* What ctest and make take for: not here. */
enum { SKIPPED = 77 };

static metaffi_error *error;

/* Exits where there is no Java, and says how to get it. */
static metaffi_runtime *load_java(void) {
    metaffi_runtime *java = NULL;
    metaffi_status status = metaffi_runtime_load("jvm", NULL, 0, &java, &error);
    if (status == METAFFI_STATUS_NOT_FOUND) {
        printf("skipped: %s\n", metaffi_error_message(error));
        metaffi_error_free(error);
        exit(SKIPPED);
    }
    check(status, &error);
    return java;
}

/* Calls an entity of a module once. */
static metaffi_value once(const metaffi_module *module, const char *path, size_t count,
                          const metaffi_value *arguments) {
    metaffi_entity *entity = load(module, path);
    metaffi_value result = call(entity, count, arguments);
    metaffi_entity_free(entity);
    return result;
}

#define ONCE(module, path, ...)                                                                    \
    once(module, path, sizeof((metaffi_value[]){__VA_ARGS__}) / sizeof(metaffi_value),             \
         (metaffi_value[]){__VA_ARGS__})

static void print(const char *title, metaffi_value text) {
    printf("  %-11s %.*s\n", title, (int)text.data.string.length,
           (const char *)text.data.string.data);
    metaffi_value_clear(&text);
}

/* The checksum of a file's bytes, which Java reads. */
static void check_file(const metaffi_module *jdk, const char *path) {
    metaffi_value file =
        ONCE(jdk, "class=java.io.File,callable=<init>(String)", metaffi_text(path));
    metaffi_value place = ONCE(jdk, "class=java.io.File,callable=toPath,instance_required", file);
    metaffi_value bytes = ONCE(jdk, "class=java.nio.file.Files,callable=readAllBytes", place);
    metaffi_value sum = once(jdk, "class=java.util.zip.CRC32,callable=<init>", 0, NULL);
    ONCE(jdk, "class=java.util.zip.CRC32,callable=update(byte[]),instance_required", sum, bytes);
    metaffi_value crc32 =
        ONCE(jdk, "class=java.util.zip.CRC32,callable=getValue,instance_required", sum);
    printf("  crc32       %08llx\n", (unsigned long long)crc32.data.int64);
    metaffi_value all[] = {file, place, bytes, sum};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        metaffi_value_clear(&all[i]);
}

/* A table in text, by a library. */
static void read_table(const metaffi_runtime *java) {
    metaffi_module *csv = NULL;
    const char *artifact = "maven:org.apache.commons:commons-csv:1.11.0";
    if (metaffi_module_load(java, artifact, &csv, &error) != METAFFI_OK) {
        printf("  csv         not here: %s\n", metaffi_error_message(error));
        metaffi_error_free(error);
        error = NULL;
        return;
    }
    metaffi_value form = once(csv, "class=org.apache.commons.csv.CSVFormat,field=RFC4180", 0, NULL);
    metaffi_value text = ONCE(csv, "class=java.io.StringReader,callable=<init>",
                              metaffi_text("name,size\r\n\"a, b\",1\r\n"));
    metaffi_value parser = ONCE(
        csv, "class=org.apache.commons.csv.CSVFormat,callable=parse,instance_required", form, text);
    metaffi_value records =
        ONCE(csv, "class=org.apache.commons.csv.CSVParser,callable=getRecords,instance_required",
             parser);
    metaffi_value last = ONCE(csv, "class=java.util.List,callable=get(int),instance_required",
                              records, metaffi_int32(1));
    print("csv",
          ONCE(csv, "class=org.apache.commons.csv.CSVRecord,callable=get(int),instance_required",
               last, metaffi_int32(0)));
    metaffi_value all[] = {form, text, parser, records, last};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        metaffi_value_clear(&all[i]);
    metaffi_module_free(csv);
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "README.md";
    metaffi_runtime *java = load_java();
    metaffi_module *jdk = load_module(java, "");
    metaffi_value version = ONCE(jdk, "class=java.lang.System,callable=getProperty(String)",
                                 metaffi_text("java.version"));
    printf("%s, Java %.*s\n", path, (int)version.data.string.length,
           (const char *)version.data.string.data);
    metaffi_value_clear(&version);
    check_file(jdk, path);
    read_table(java);
    metaffi_module_free(jdk);
    metaffi_runtime_free(java);
    return EXIT_SUCCESS;
}
