/* Objects: references, identity, type names, lifetimes. */
#include "c_data.h"

static int finalized;
static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

static void clones_refer_to_the_same_thing(void) {
    metaffi_object *point = new_data("struct guest_point", NULL), *clone = NULL;
    metaffi_object *other = new_data("struct guest_point", NULL);
    CHECK_OK(metaffi_object_clone(point, &clone, &err));
    uint64_t first = 0, second = 0, third = 0;
    CHECK_OK(metaffi_object_identity(point, &first, &err));
    CHECK_OK(metaffi_object_identity(clone, &second, &err));
    CHECK_OK(metaffi_object_identity(other, &third, &err));
    CHECK(first == second && first != third);

    write_value(clone, "y", float64_value(3));
    CHECK(metaffi_object_free(clone) == METAFFI_OK);
    CHECK(read_number(point, "y") == 3);
    metaffi_object_free(point);
    metaffi_object_free(other);
    CHECK(metaffi_object_free(NULL) == METAFFI_OK);
}

static void an_object_knows_its_runtime_and_type(void) {
    metaffi_object *point = new_data("struct guest_point", NULL);
    char *name = NULL;
    CHECK_TEXT(metaffi_object_runtime(point), "c");
    CHECK_OK(metaffi_object_type_name(point, &name, &err));
    CHECK_TEXT(name, "struct guest_point");
    metaffi_free(name);
    metaffi_object_free(point);
}

static void the_last_reference_finalizes_once(void) {
    double memory[2] = {1, 2};
    metaffi_ctype *type = parse_type(guest, "struct guest_point");
    metaffi_object *point = NULL, *clone = NULL, *pointer = NULL;
    CHECK_OK(metaffi_cdata_from_address(type, memory, NULL, finalize, &point, &err));
    CHECK_OK(metaffi_object_clone(point, &clone, &err));
    CHECK_OK(metaffi_cdata_address_of(point, "y", &pointer, &err));
    metaffi_ctype_free(type);
    metaffi_object_free(point);
    metaffi_object_free(clone);
    CHECK(finalized == 0);
    CHECK(read_number(pointer, "*") == 2);
    metaffi_object_free(pointer);
    CHECK(finalized == 1);
}

static void an_argument_may_be_freed_after_the_call(void) {
    metaffi_entity *norm = load("callable=guest_point_norm");
    metaffi_object *point = new_data("struct guest_point", NULL), *pointer = NULL;
    write_value(point, "x", float64_value(3));
    write_value(point, "y", float64_value(4));
    CHECK_OK(metaffi_cdata_address_of(point, "", &pointer, &err));
    metaffi_object_free(point);
    metaffi_value argument = object_value(pointer);
    CHECK(call_number(norm, &argument, 1) == 5);
    metaffi_object_free(pointer);
    metaffi_entity_free(norm);
}

int main(void) {
    open_guest();
    clones_refer_to_the_same_thing();
    an_object_knows_its_runtime_and_type();
    the_last_reference_finalizes_once();
    an_argument_may_be_freed_after_the_call();
    close_guest();
    return CHECK_RESULT;
}
