/* zlib and SQLite, called through metaffi with nothing but their installed headers: a file is
 * checksummed, compressed and restored, and its words are counted in a database.
 *
 *     demo [file] */
#include "helpers.h"

#include <ctype.h>

struct buffer {
    unsigned char *bytes;
    size_t length;
};

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static struct buffer allocate(size_t length) {
    struct buffer buffer = {malloc(length + 1), length};
    if (buffer.bytes == NULL)
        fail("demo", "out of memory");
    buffer.bytes[length] = 0;
    return buffer;
}

static struct buffer read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail(path, "cannot be read; name a file as the argument");
    struct buffer content = allocate((size_t)ftell(file));
    rewind(file);
    if (fread(content.bytes, 1, content.length, file) != content.length)
        fail(path, "cannot be read to its end");
    fclose(file);
    return content;
}

/* The bytes themselves, not a copy of them. */
#define BYTES(buffer) METAFFI_LEND(metaffi_uint8_type, (buffer).bytes, (buffer).length)

/* compress and uncompress have the same parameters, and both report the length they wrote. */
static struct buffer convert(const metaffi_module *zlib, const char *path, struct buffer from,
                             size_t room) {
    metaffi_entity *function = load(zlib, path);
    struct buffer to = allocate(room);
    unsigned long written = room;
    metaffi_value status = CALL(function, BYTES(to), METAFFI_LEND(metaffi_uint64_type, &written, 1),
                                BYTES(from), metaffi_size(from.length));
    if (status.data.int32 != 0)
        fail(path, "zlib refused the data");
    to.length = written;
    metaffi_entity_free(function);
    return to;
}

static unsigned long checksum(const metaffi_module *zlib, struct buffer data) {
    metaffi_entity *crc32 = load(zlib, "callable=crc32");
    metaffi_value sum = CALL(crc32, metaffi_int32(0), BYTES(data), metaffi_size(data.length));
    metaffi_entity_free(crc32);
    return sum.data.uint64;
}

static void compress_file(const metaffi_runtime *c, struct buffer file) {
    metaffi_module *zlib = load_module(c, "libz.so.1;zlib.h");
    metaffi_entity *version = load(zlib, "callable=zlibVersion");
    metaffi_value name = call(version, 0, NULL);
    printf("zlib %s\n", (const char *)name.data.string.data);

    struct buffer packed = convert(zlib, "callable=compress", file, file.length + 1024);
    struct buffer restored = convert(zlib, "callable=uncompress", packed, file.length);
    if (restored.length != file.length || memcmp(restored.bytes, file.bytes, file.length) != 0)
        fail("uncompress", "the file came back changed");
    printf("  crc32       %08lx\n", checksum(zlib, file));
    printf("  compressed  %zu bytes to %zu\n", file.length, packed.length);
    printf("  restored    %zu bytes, crc32 %08lx\n", restored.length, checksum(zlib, restored));

    free(packed.bytes);
    free(restored.bytes);
    metaffi_value_clear(&name);
    metaffi_entity_free(version);
    metaffi_module_free(zlib);
}

struct database {
    metaffi_entity *exec;
    void *handle;
};

static void execute(struct database database, const char *sql, metaffi_callable *on_row) {
    metaffi_value status =
        CALL(database.exec, metaffi_address(database.handle), metaffi_text(sql),
             metaffi_function_of(on_row), metaffi_address(NULL), metaffi_address(NULL));
    if (status.data.int32 != 0)
        fail(sql, "SQLite refused the statement");
}

static void count_words(struct database database, const char *characters) {
    char word[32], sql[160];
    execute(database, "create table words(word text primary key, count integer); begin", NULL);
    while (*characters != 0) {
        size_t length = 0;
        for (; isalpha((unsigned char)*characters); characters++)
            if (length < sizeof word - 1)
                word[length++] = (char)tolower((unsigned char)*characters);
        if (length == 0) {
            characters++;
            continue;
        }
        word[length] = 0;
        snprintf(sql, sizeof sql,
                 "insert into words values('%s', 1) on conflict do update set count = count + 1",
                 word);
        execute(database, sql, NULL);
    }
    execute(database, "commit", NULL);
}

/* int on_row(void *context, int columns, char **values, char **names), as SQLite calls it: four
 * arguments in the frame, and then the return value. */
static metaffi_status on_row(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    char **values = (char **)(uintptr_t)frame[2];
    int *rows = userdata;
    if (values[0] == NULL) {
        metaffi_error_new(METAFFI_STATUS_FOREIGN, "demo", "a word is null", error);
        return METAFFI_STATUS_FOREIGN;
    }
    printf("  %-11s %s times\n", values[0], values[1]);
    ++*rows;
    frame[4] = 0;
    return METAFFI_OK;
}

/* Errors in a callback have no caller to return to. */
static void on_row_failed(void *userdata, const metaffi_error *error) {
    (void)userdata;
    fail("row", metaffi_error_message(error));
}

static metaffi_callable *row_callback(int *rows) {
    const metaffi_type_info parameters[] = {{metaffi_size_type, NULL, 0},
                                            {metaffi_int32_type, NULL, 0},
                                            {metaffi_size_type, NULL, 0},
                                            {metaffi_size_type, NULL, 0}};
    const metaffi_type_info result = {metaffi_int32_type, NULL, 0};
    metaffi_callable *callable = NULL;
    metaffi_error *error = NULL;
    check(metaffi_callable_new(on_row, parameters, 4, &result, 1, rows, NULL, &callable, &error),
          &error);
    check(metaffi_callable_set_error_handler(callable, on_row_failed, NULL, &error), &error);
    return callable;
}

static void query_words(const metaffi_runtime *c, struct buffer file) {
    metaffi_module *sqlite = load_module(c, "libsqlite3.so.0;sqlite3.h");
    metaffi_entity *open = load(sqlite, "callable=sqlite3_open");
    metaffi_entity *close = load(sqlite, "callable=sqlite3_close");
    metaffi_entity *version = load(sqlite, "constant=SQLITE_VERSION");
    metaffi_value name = call(version, 0, NULL);
    struct database database = {load(sqlite, "callable=sqlite3_exec"), NULL};
    int rows = 0;
    metaffi_callable *callback = row_callback(&rows);
    printf("SQLite %s\n", (const char *)name.data.string.data);

    if (CALL(open, metaffi_text(":memory:"), metaffi_address(&database.handle)).data.int32 != 0)
        fail("sqlite3_open", "no database");
    count_words(database, (const char *)file.bytes);
    execute(
        database,
        "select word, count from words where length(word) > 4 order by count desc, word limit 5",
        callback);
    printf("  %d rows, each a call from C back into this program\n", rows);
    CALL(close, metaffi_address(database.handle));

    metaffi_value_clear(&name);
    metaffi_callable_free(callback);
    metaffi_entity *entities[] = {open, close, version, database.exec};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        metaffi_entity_free(entities[i]);
    metaffi_module_free(sqlite);
}

int main(int count, char **arguments) {
    const char *path = count > 1 ? arguments[1] : "README.md";
    struct buffer file = read_file(path);
    metaffi_runtime *c = load_runtime("c");
    printf("%s, %zu bytes\n", path, file.length);
    compress_file(c, file);
    query_words(c, file);
    metaffi_runtime_free(c);
    free(file.bytes);
    return EXIT_SUCCESS;
}
