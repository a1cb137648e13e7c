/* Callables of functions that take any values, also by name: from C, from Python, and by C's
 * function pointers. */
#include "python_module.h"

#include <stdlib.h>

static metaffi_module *builtins;
static int finalized;

struct seen {
    size_t calls, count, named;
    char names[64];
    metaffi_type last;
};

static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

/* The sum of all integers, times the argument `times`. */
static metaffi_status sum(void *userdata, const metaffi_value *arguments, size_t count,
                          const metaffi_name *const *names, size_t named, metaffi_value *value,
                          metaffi_error **error) {
    struct seen *seen = userdata;
    int64_t total = 0, times = 1;
    CHECK(value->type == metaffi_null_type);
    seen->calls++, seen->count = count, seen->named = named;
    seen->names[0] = '\0';
    seen->last = count > 0 ? arguments[count - 1].type : 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        const char *name =
            i < count - named ? "" : metaffi_name_text(names[i - (count - named)], &length);
        strncat(seen->names, name, length);
        if (arguments[i].type == metaffi_string8_type) {
            metaffi_error_new(METAFFI_STATUS_FOREIGN, "app.NoNumber", "text is no number", error);
            return METAFFI_STATUS_FOREIGN;
        }
        if (arguments[i].type == metaffi_null_type)
            return METAFFI_STATUS_OUT_OF_RANGE;
        if (arguments[i].type != metaffi_int64_type)
            continue;
        if (length == 5 && memcmp(name, "times", 5) == 0)
            times = arguments[i].data.int64;
        else
            total += arguments[i].data.int64;
    }
    *value = (metaffi_value){metaffi_int64_type, {.int64 = total * times}};
    return METAFFI_OK;
}

static metaffi_status first(void *userdata, const metaffi_value *arguments, size_t count,
                            const metaffi_name *const *names, size_t named, metaffi_value *value,
                            metaffi_error **error) {
    (void)userdata, (void)names, (void)named;
    return count == 0 ? METAFFI_OK : metaffi_value_copy(&arguments[0], value, error);
}

static metaffi_callable *new_sum(struct seen *seen) {
    static const char *const names[] = {"first", "second"};
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_new_values(sum, names, 2, 1, seen, finalize, &callable, &err));
    CHECK_OK(metaffi_callable_set_name(callable, "sum_of", &err));
    return callable;
}

static metaffi_value of_callable(metaffi_callable *callable) {
    return (metaffi_value){metaffi_callable_type, {.callable = callable}};
}

static void called_from_c_with_any_number_of_values(void) {
    struct seen seen = {0};
    metaffi_callable *callable = new_sum(&seen);
    metaffi_value given[300], returned;
    for (int i = 0; i < 300; i++)
        given[i] = int64_value(i);
    for (size_t count = 1; count <= 300; count += count < 4 ? 1 : 37) {
        CHECK_OK(metaffi_callable_call(callable, given, count, &returned, 1, &err));
        CHECK(seen.count == count && seen.named == 0);
        CHECK(returned.data.int64 == (int64_t)(count * (count - 1) / 2));
    }
    CHECK_FAILS_WITH(metaffi_callable_call(callable, given, 0, &returned, 1, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "argument 0 (first) is not given");
    CHECK_FAILS_WITH(metaffi_callable_call(callable, given, 1, &returned, 0, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "0 return values given");
    given[3].type = 12345;
    CHECK_FAILS_WITH(metaffi_callable_call(callable, given, 4, &returned, 1, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "argument 3");
    given[0] = (metaffi_value){metaffi_null_type, {0}};
    CHECK_FAILS(metaffi_callable_call(callable, given, 1, &returned, 1, &err),
                METAFFI_STATUS_OUT_OF_RANGE);
    CHECK(metaffi_callable_param_count(callable) == 2 &&
          metaffi_callable_return_count(callable) == 1);
    size_t least = 9;
    bool takes_names = false;
    CHECK_OK(metaffi_callable_required(callable, &least, &takes_names, &err));
    CHECK(least == 1 && takes_names);
    metaffi_type_info info;
    const char *name = NULL;
    CHECK_OK(metaffi_callable_param(callable, 1, &info, &name, &err));
    CHECK(info.type == metaffi_any_type);
    CHECK_TEXT(name, "second");
    metaffi_value frame[3] = {int64_value(20), int64_value(22), int64_value(0)};
    CHECK(metaffi_callable_frame_size(callable) == 9);
    CHECK_OK(metaffi_callable_call_frame(callable, (metaffi_slot *)frame, &err));
    CHECK(frame[2].data.int64 == 42);
    CHECK(finalized == 0);
    metaffi_callable_free(callable);
    CHECK(finalized == 1);
}

static int64_t evaluated(const char *path, metaffi_callable *callable) {
    metaffi_value argument = of_callable(callable), result = evaluate(builtins, path, &argument, 1);
    CHECK(result.type == metaffi_int64_type);
    return result.data.int64;
}

static void check_fails_in_python(const char *path, metaffi_callable *callable, const char *text) {
    metaffi_type_info any = info_of(metaffi_any_type);
    metaffi_entity *entity = load_typed(builtins, path, &any, 1, any);
    metaffi_value argument = of_callable(callable), result;
    CHECK_FAILS_WITH(metaffi_entity_call(entity, &argument, 1, &result, 1, &err),
                     METAFFI_STATUS_FOREIGN, text);
    metaffi_entity_free(entity);
}

static void called_from_python_as_any_function(void) {
    struct seen seen = {0};
    metaffi_callable *callable = new_sum(&seen);
    CHECK(evaluated("eval=args[0](1)", callable) == 1);
    CHECK(evaluated("eval=args[0](1\\, 2\\, 3)", callable) == 6 && seen.count == 3);
    CHECK(evaluated("eval=args[0](1\\, 2\\, times\\=7)", callable) == 21 && seen.named == 1);
    CHECK_TEXT(seen.names, "times");
    CHECK(evaluated("eval=args[0](*range(100)\\, **{'times': 2\\, 'größe': 1})", callable) == 9902);
    CHECK_TEXT(seen.names, "timesgröße");
    CHECK(evaluated("eval=args[0](second\\=3\\, first\\=4)", callable) == 7);
    CHECK(evaluated("eval=args[0](1\\, [2])", callable) == 1 && seen.last == metaffi_handle_type);
    CHECK(evaluated("eval=args[0](1\\, 2.5)", callable) == 1 && seen.last == metaffi_float64_type);
    CHECK(evaluated("eval=args[0](1\\, True)", callable) == 1 && seen.last == metaffi_bool_type);
    CHECK(evaluated("eval=sum(map(args[0]\\, [1\\, 2]\\, [3\\, 4]))", callable) == 10);
    CHECK(evaluated("eval=__import__('functools').partial(args[0]\\, 5\\, times\\=2)(1)",
                    callable) == 12);
    CHECK(evaluated("eval=sorted([3\\, 1\\, 2]\\, key\\=args[0])[0]", callable) == 1);
    check_fails_in_python("eval=args[0](second\\=3)", callable, "argument 0 (first) is not given");
    check_fails_in_python("eval=args[0]()", callable, "argument 0 (first) is not given");
    check_fails_in_python("eval=args[0]('a')", callable, "text is no number");
    check_fails_in_python("eval=args[0](None)", callable, "out of range");
    metaffi_callable_free(callable);
}

static void shown_as_what_the_host_says(void) {
    struct seen seen = {0};
    metaffi_callable *callable = new_sum(&seen), *other = NULL;
    metaffi_value argument = of_callable(callable);
    CHECK(metaffi_callable_documentation(callable) == NULL);
    CHECK_OK(metaffi_callable_set_documentation(callable, "Adds them up.", &err));
    CHECK_FAILS_WITH(metaffi_callable_set_documentation(callable, "Again.", &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "documentation");
    CHECK_TEXT(metaffi_callable_documentation(callable), "Adds them up.");
    check_string(
        evaluate(builtins, "eval=str(__import__('inspect').signature(args[0]))", &argument, 1),
        "(first, second=Ellipsis, *args, **kwargs)");
    check_string(evaluate(builtins, "eval=args[0].__name__ + ': ' + args[0].__doc__", &argument, 1),
                 "sum_of: Adds them up.");
    CHECK_OK(metaffi_callable_new_values(first, NULL, 0, 0, NULL, NULL, &other, &err));
    argument = of_callable(other);
    check_string(
        evaluate(builtins, "eval=str(__import__('inspect').signature(args[0]))", &argument, 1),
        "(*args, **kwargs)");
    check_string(evaluate(builtins, "eval=args[0]('ä\\, ö'\\, 1)", &argument, 1), "ä, ö");
    metaffi_value none = evaluate(builtins, "eval=args[0]()", &argument, 1);
    CHECK(none.type == metaffi_null_type);
    CHECK(evaluated("eval=int((lambda f\\, l: f(l) is l)(args[0]\\, []))", other) == 1);
    metaffi_callable_free(other);
    metaffi_callable_free(callable);
}

static void one_that_comes_back_is_itself(void) {
    struct seen seen = {0}, another = {0};
    metaffi_callable *callable = new_sum(&seen), *other = new_sum(&another);
    metaffi_value argument = of_callable(callable);
    metaffi_value list = evaluate(builtins,
                                  "eval=__import__('collections').deque([args[0]\\, args[0]])",
                                  &argument, 1),
                  item = {0, {0}};
    CHECK(metaffi_callable_userdata(callable, (metaffi_function)sum) == &seen);
    CHECK(metaffi_callable_userdata(other, (metaffi_function)sum) == &another);
    CHECK(metaffi_callable_userdata(callable, (metaffi_function)first) == NULL);
    CHECK(metaffi_callable_userdata(callable, NULL) == NULL);
    CHECK(metaffi_callable_userdata(NULL, (metaffi_function)sum) == NULL);
    int before = finalized;
    metaffi_callable_free(callable);
    CHECK(finalized == before);
    CHECK_OK(metaffi_object_get_index(list.data.object, 1, &item, &err));
    CHECK(item.type == metaffi_callable_type);
    CHECK(metaffi_callable_userdata(item.data.callable, (metaffi_function)sum) == &seen);
    metaffi_value given[2] = {int64_value(4), int64_value(5)}, returned;
    CHECK_OK(metaffi_callable_call(item.data.callable, given, 2, &returned, 1, &err));
    CHECK(returned.data.int64 == 9);
    metaffi_value_clear(&list);
    CHECK(finalized == before);
    metaffi_value_clear(&item);
    /* What Python had of it is given back when somebody has the GIL. */
    CHECK(evaluated("eval=args[0](5)", other) == 5);
    CHECK(finalized == before + 1);
    metaffi_callable_free(other);
}

/* What stands for a callable in a runtime is an object there, which the protocol calls. */
static void called_by_the_protocol_with_names(void) {
    struct seen seen = {0};
    metaffi_callable *callable = new_sum(&seen);
    metaffi_value argument = of_callable(callable), returned;
    metaffi_value partial =
        evaluate(builtins, "eval=__import__('functools').partial(args[0]\\, 1)", &argument, 1);
    metaffi_value given[2] = {int64_value(2), int64_value(3)};
    const metaffi_name *times = NULL;
    CHECK_OK(metaffi_name_intern("times", &times, &err));
    CHECK_OK(metaffi_object_call(partial.data.object, given, 2, &times, 1, &returned, &err));
    CHECK(returned.data.int64 == 9 && seen.count == 3 && seen.named == 1);
    CHECK_TEXT(seen.names, "times");
    metaffi_value_clear(&partial);
    metaffi_callable_free(callable);
}

static metaffi_status subtract(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata, (void)error;
    frame[2] = frame[0] - frame[1];
    return METAFFI_OK;
}

static void called_from_c_with_names(void) {
    struct seen seen = {0};
    metaffi_callable *callable = new_sum(&seen), *typed = NULL;
    metaffi_value given[3] = {int64_value(2), int64_value(3), int64_value(4)}, returned;
    const metaffi_name *names[2] = {NULL};
    CHECK_OK(metaffi_name_intern("times", &names[0], &err));
    CHECK_OK(metaffi_name_intern("first", &names[1], &err));
    CHECK_OK(metaffi_callable_call_named(callable, given, 3, names, 1, &returned, &err));
    CHECK(returned.data.int64 == 20);
    CHECK_OK(metaffi_callable_call_named(callable, given, 2, names, 2, &returned, &err));
    CHECK(returned.data.int64 == 6);
    CHECK_FAILS_WITH(metaffi_callable_call_named(callable, given, 1, names, 1, &returned, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "argument 0 (first) is not given");
    CHECK_FAILS_WITH(metaffi_callable_call_named(callable, given, 1, names, 2, &returned, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "2 names are given for 1 arguments");
    const metaffi_name *none = NULL;
    CHECK_FAILS_WITH(metaffi_callable_call_named(callable, given, 2, &none, 1, &returned, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "name");
    CHECK(returned.type == 0);
    metaffi_type_info integer = info_of(metaffi_int64_type), integers[] = {integer, integer};
    CHECK_OK(metaffi_callable_new(subtract, integers, 2, &integer, 1, NULL, NULL, &typed, &err));
    CHECK(metaffi_callable_userdata(typed, (metaffi_function)subtract) == NULL);
    CHECK_OK(metaffi_callable_call_named(typed, given, 2, NULL, 0, &returned, &err));
    CHECK(returned.data.int64 == -1);
    CHECK_FAILS_WITH(metaffi_callable_call_named(typed, given, 2, names, 1, &returned, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "there is no parameter named times");
    metaffi_callable_free(typed);
    metaffi_value function = {metaffi_callable_type, {0}};
    metaffi_type_info result = info_of(metaffi_callable_type);
    metaffi_entity *entity =
        load_typed(builtins, "eval=lambda first\\, times: first - times", NULL, 0, result);
    function = call_with(entity, NULL, 0);
    CHECK_OK(
        metaffi_callable_call_named(function.data.callable, given, 2, names, 2, &returned, &err));
    CHECK(returned.type == metaffi_int64_type && returned.data.int64 == 1);
    CHECK_OK(
        metaffi_callable_call_named(function.data.callable, given, 2, names, 1, &returned, &err));
    CHECK(returned.data.int64 == -1);
    CHECK_FAILS_WITH(
        metaffi_callable_call_named(function.data.callable, given, 1, names, 1, &returned, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "argument 0 (first) is not given");
    metaffi_entity_free(entity);
    metaffi_value_clear(&function);
    metaffi_callable_free(callable);
}

static metaffi_status member(void *userdata, const char *name, size_t length, metaffi_value *value,
                             metaffi_error **error) {
    (void)name, (void)length;
    *value = (metaffi_value){metaffi_callable_type, {0}};
    return metaffi_callable_clone(userdata, &value->data.callable, error);
}

static void invoked_as_a_member_of_an_object_of_the_host(void) {
    static const metaffi_object_class box = {
        .size = sizeof box, .name = "Box", .get_attribute = member};
    struct seen seen = {0};
    metaffi_callable *callable = new_sum(&seen);
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new(&box, callable, NULL, &object, &err));
    metaffi_value given[2] = {int64_value(2), int64_value(3)}, returned,
                  argument = {metaffi_handle_type, {.object = object}};
    const metaffi_name *times = NULL, *add = NULL;
    CHECK_OK(metaffi_name_intern("times", &times, &err));
    CHECK_OK(metaffi_name_intern("add", &add, &err));
    CHECK_OK(metaffi_object_invoke(object, add, given, 2, &times, 1, &returned, &err));
    CHECK(returned.data.int64 == 6);
    metaffi_value sum_in_python =
        evaluate(builtins, "eval=args[0].add(2\\, 5\\, times\\=3)", &argument, 1);
    CHECK(sum_in_python.data.int64 == 21);
    metaffi_object_free(object);
    metaffi_callable_free(callable);
}

/* What C gives through a function pointer arrives in the types that C has. */
static metaffi_status visit(void *userdata, const metaffi_value *arguments, size_t count,
                            const metaffi_name *const *names, size_t named, metaffi_value *value,
                            metaffi_error **error) {
    (void)names, (void)value, (void)error;
    CHECK(count == 2 && named == 0);
    CHECK(arguments[0].type == metaffi_int32_type);
    *(int64_t *)userdata += arguments[0].data.int32;
    return METAFFI_OK;
}

static void called_by_c_through_a_function_pointer(void) {
    metaffi_callable *callable = NULL;
    int64_t total = 0;
    int numbers[] = {3, 4, 5};
    open_guest();
    CHECK_OK(metaffi_callable_new_values(visit, NULL, 0, 0, &total, NULL, &callable, &err));
    metaffi_entity *each = load("callable=guest_each");
    metaffi_value arguments[] = {{metaffi_size_type, {.size = (size_t)numbers}},
                                 {metaffi_size_type, {.size = 3}},
                                 of_callable(callable),
                                 {metaffi_null_type, {0}}};
    CHECK_OK(metaffi_entity_call(each, arguments, 4, NULL, 0, &err));
    CHECK(total == 12);
    metaffi_entity_free(each);
    metaffi_callable_free(callable);
    close_guest();
}

static void what_is_wrong_is_refused(void) {
    static const char *const twice[] = {"a", "b", "a"}, *const none[] = {NULL},
                             *const bad[] = {"\xff"};
    metaffi_callable *callable = NULL;
    int before = finalized;
    CHECK_FAILS_WITH(
        metaffi_callable_new_values(sum, twice, 3, 0, &before, finalize, &callable, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "names[2]: \"a\" is there twice");
    CHECK_FAILS_WITH(
        metaffi_callable_new_values(sum, none, 1, 0, &before, finalize, &callable, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "names[0] is NULL");
    CHECK_FAILS_WITH(
        metaffi_callable_new_values(sum, bad, 1, 0, &before, finalize, &callable, &err),
        METAFFI_STATUS_INVALID_TEXT, "names[0]");
    CHECK_FAILS_WITH(
        metaffi_callable_new_values(sum, twice, 2, 3, &before, finalize, &callable, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "required is 3, but there are 2 names");
    CHECK_FAILS_WITH(
        metaffi_callable_new_values(NULL, NULL, 0, 0, &before, finalize, &callable, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "callback is NULL");
    CHECK(callable == NULL && finalized == before);
}

int main(void) {
    open_python();
    builtins = import("builtins");
    called_from_c_with_any_number_of_values();
    called_from_python_as_any_function();
    shown_as_what_the_host_says();
    one_that_comes_back_is_itself();
    called_from_c_with_names();
    called_by_the_protocol_with_names();
    invoked_as_a_member_of_an_object_of_the_host();
    called_by_c_through_a_function_pointer();
    what_is_wrong_is_refused();
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
