/* Every operation on C's data of every kind, very often, and by eight threads: nothing is left. */
#include "c_data.h"
#include "leaks.h"

static const char *const TYPES[] = {
    "struct { int present; int at[3]; struct { double x; } in; }",
    "const struct { int present; }",
    "union { int present; double real; }",
    "struct { unsigned present : 3; }",
    "int [4]",
    "char [8]",
    "struct { int x; } [3]",
    "int",
    "_Bool",
    "double",
    "long double",
    "unsigned __int128",
    "enum guest_color",
    "int *",
    "void *",
    "guest_function",
    "struct guest_point *",
};

int main(void) {
    open_guest();
    struct subject subjects[COUNT(TYPES) + 3];
    size_t count = 0;
    for (; count < COUNT(TYPES); count++)
        subjects[count] = (struct subject){TYPES[count], new_data(TYPES[count], NULL)};
    /* A pointer that points somewhere, an iterator, and a type. */
    metaffi_object *iterator = NULL, *type = NULL,
                   *pointer = new_data("struct guest_point *", NULL);
    static double point[2] = {1, 2};
    metaffi_value address = size_value(point);
    CHECK_OK(metaffi_cdata_write(pointer, "", &address, &err));
    CHECK_OK(metaffi_object_iterate(subjects[4].object, METAFFI_ITERATE_ITSELF, &iterator, &err));
    CHECK_OK(metaffi_object_type(subjects[0].object, &type, &err));
    metaffi_object *const more[] = {pointer, iterator, type};
    for (size_t i = 0; i < COUNT(more); i++)
        subjects[count++] = (struct subject){"more", more[i]};
    size_t rounds = rounds_or(100);
    nothing_is_left(subjects, count, rounds);
    threads_leave_nothing(subjects, count, rounds / 10 + 1, NULL);
    for (size_t i = 0; i < count; i++)
        CHECK(metaffi_object_free(subjects[i].object) == METAFFI_OK);
    close_guest();
    return CHECK_RESULT;
}
