/* SQLite as a guest, with its installed header: open, exec with a callback per row, close. */
#include "guest_module.h"

#include <sqlite3.h>

struct rows {
    int count;
    int64_t sum;
};

/* int callback(void *context, int columns, char **texts, char **names) */
static metaffi_status on_row(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)error;
    struct rows *rows = userdata;
    CHECK(frame[0] == (uintptr_t)rows && (int32_t)frame[1] == 2);
    char **texts = (char **)(uintptr_t)frame[2], **names = (char **)(uintptr_t)frame[3];
    CHECK_TEXT(names[1], "square");
    rows->count++;
    rows->sum += atoll(texts[1]);
    frame[4] = 0;
    return METAFFI_OK;
}

static metaffi_callable *row_callback(struct rows *rows) {
    metaffi_type_info params[] = {info_of(metaffi_size_type), info_of(metaffi_int32_type),
                                  info_of(metaffi_size_type), info_of(metaffi_size_type)};
    metaffi_type_info result = info_of(metaffi_int32_type);
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_new(on_row, params, 4, &result, 1, rows, NULL, &callable, &err));
    return callable;
}

int main(void) {
    open_runtime();
    guest = open_module("libsqlite3.so.0;/usr/include/sqlite3.h");
    metaffi_entity *open = load("callable=sqlite3_open"), *close = load("callable=sqlite3_close");
    metaffi_entity *exec = load("callable=sqlite3_exec");
    sqlite3 *database = NULL;
    metaffi_value opening[] = {string_value(":memory:"), size_value(&database)};
    CHECK(call_number(open, opening, 2) == SQLITE_OK);
    CHECK(database != NULL);

    struct rows rows = {0, 0};
    metaffi_callable *callback = row_callback(&rows);
    metaffi_value none = {metaffi_callable_type, {0}};
    char *message = NULL;
    metaffi_value filling[] = {
        size_value(database),
        string_value("create table numbers(number integer);"
                     "with recursive n(i) as (select 1 union all select i + 1"
                     " from n where i < 100) insert into numbers"
                     " select i from n"),
        none, size_value(NULL), size_value(&message)};
    CHECK(call_number(exec, filling, 5) == SQLITE_OK);
    metaffi_value asking[] = {size_value(database),
                              string_value("select number, number * number as square from numbers"),
                              callable_value(callback), size_value(&rows), size_value(&message)};
    CHECK(call_number(exec, asking, 5) == SQLITE_OK);
    CHECK(rows.count == 100 && rows.sum == 338350);
    asking[1] = string_value("select * from nowhere");
    CHECK(call_number(exec, asking, 5) == SQLITE_ERROR);
    CHECK(message != NULL && strstr(message, "nowhere") != NULL);
    sqlite3_free(message);

    metaffi_value closing = size_value(database);
    CHECK(call_number(close, &closing, 1) == SQLITE_OK);
    metaffi_callable_free(callback);
    metaffi_entity *all[] = {open, close, exec};
    for (size_t i = 0; i < COUNT(all); i++)
        metaffi_entity_free(all[i]);
    close_guest();
    return CHECK_RESULT;
}
