/* SQLite's prepared statements: pointers held by the host, text in both directions. */
#include "helpers.h"

enum { OK = 0, ROW = 100 };

struct sqlite {
    metaffi_module *module;
    void *database;
};

/* One call of a function that is used once. */
#define ONCE(sqlite, path, ...)                                                                    \
    once((sqlite).module, path, sizeof((metaffi_value[]){__VA_ARGS__}) / sizeof(metaffi_value),    \
         (metaffi_value[]){__VA_ARGS__})

static metaffi_value once(const metaffi_module *module, const char *path, size_t count,
                          const metaffi_value *arguments) {
    metaffi_entity *entity = load(module, path);
    metaffi_value result = call(entity, count, arguments);
    metaffi_entity_free(entity);
    return result;
}

static void expect(struct sqlite sqlite, metaffi_value status, int expected) {
    if (status.data.int32 == expected)
        return;
    metaffi_value message =
        ONCE(sqlite, "callable=sqlite3_errmsg", metaffi_address(sqlite.database));
    fprintf(stderr, "SQLite: %s\n", (const char *)message.data.string.data);
    exit(EXIT_FAILURE);
}

static void *prepare(struct sqlite sqlite, const char *sql) {
    void *statement = NULL;
    expect(sqlite,
           ONCE(sqlite, "callable=sqlite3_prepare_v2", metaffi_address(sqlite.database),
                metaffi_text(sql), metaffi_int32(-1), metaffi_address(&statement),
                metaffi_address(NULL)),
           OK);
    return statement;
}

static void insert(struct sqlite sqlite) {
    void *statement = prepare(sqlite, "create table moons(name text, planet text, km real)");
    ONCE(sqlite, "callable=sqlite3_step", metaffi_address(statement));
    ONCE(sqlite, "callable=sqlite3_finalize", metaffi_address(statement));

    statement = prepare(sqlite, "insert into moons values ('Titan', 'Saturn', ?), "
                                "('Europa', 'Jupiter', ?), ('Io', 'Jupiter', ?)");
    const double diameters[] = {5149.5, 3121.6, 3643.2};
    metaffi_entity *bind = load(sqlite.module, "callable=sqlite3_bind_double");
    for (int i = 0; i < 3; i++)
        expect(sqlite,
               CALL(bind, metaffi_address(statement), metaffi_int32(i + 1),
                    metaffi_float64(diameters[i])),
               OK);
    metaffi_entity_free(bind);
    ONCE(sqlite, "callable=sqlite3_step", metaffi_address(statement));
    expect(sqlite, ONCE(sqlite, "callable=sqlite3_finalize", metaffi_address(statement)), OK);
}

static void select_rows(struct sqlite sqlite) {
    void *statement = prepare(sqlite, "select name, km from moons order by km desc");
    metaffi_entity *step = load(sqlite.module, "callable=sqlite3_step");
    metaffi_entity *number = load(sqlite.module, "callable=sqlite3_column_double");
    /* It returns `const unsigned char *`: say that this is text. */
    const metaffi_type_info as_text = {metaffi_string8_type, NULL, 0};
    metaffi_entity *column = NULL;
    metaffi_error *error = NULL;
    check(metaffi_entity_load(sqlite.module, "callable=sqlite3_column_text", NULL, 0, &as_text, 1,
                              &column, &error),
          &error);
    while (CALL(step, metaffi_address(statement)).data.int32 == ROW) {
        metaffi_value name = CALL(column, metaffi_address(statement), metaffi_int32(0));
        metaffi_value km = CALL(number, metaffi_address(statement), metaffi_int32(1));
        printf("%-8s %.1f km\n", (const char *)name.data.string.data, km.data.float64);
        metaffi_value_clear(&name);
    }
    ONCE(sqlite, "callable=sqlite3_finalize", metaffi_address(statement));
    metaffi_entity_free(step);
    metaffi_entity_free(number);
    metaffi_entity_free(column);
}

int main(void) {
    metaffi_runtime *c = load_runtime("c");
    struct sqlite sqlite = {load_module(c, "libsqlite3.so.0;sqlite3.h"), NULL};
    expect(sqlite,
           ONCE(sqlite, "callable=sqlite3_open", metaffi_text(":memory:"),
                metaffi_address(&sqlite.database)),
           OK);
    insert(sqlite);
    select_rows(sqlite);
    expect(sqlite, ONCE(sqlite, "callable=sqlite3_close", metaffi_address(sqlite.database)), OK);
    metaffi_module_free(sqlite.module);
    metaffi_runtime_free(c);
    return EXIT_SUCCESS;
}
