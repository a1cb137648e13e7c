/* Python and the host calling each other: callbacks, a comparator in libc, threads, and objects
 * that come and go by the million. */
#include "python_module.h"

#include <pthread.h>
#include <unistd.h>

static metaffi_module *module;

static atomic_int finalized;
static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

/* Squares a number; negative ones are refused. */
static metaffi_status square(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    int64_t number = (int64_t)frame[0];
    if (number < 0) {
        metaffi_error_new(METAFFI_STATUS_FOREIGN, "host.Negative", "no negative numbers", error);
        return METAFFI_STATUS_FOREIGN;
    }
    *(atomic_int *)userdata += 1;
    frame[1] = (metaffi_slot)(number * number);
    return METAFFI_OK;
}

static metaffi_callable *make_square(atomic_int *calls) {
    metaffi_type_info number = info_of(metaffi_int64_type);
    metaffi_callable *callable = NULL;
    CHECK_OK(
        metaffi_callable_new(square, &number, 1, &number, 1, calls, finalize, &callable, &err));
    return callable;
}

static void python_calls_the_host(void) {
    atomic_int calls = 0;
    metaffi_callable *callable = make_square(&calls);
    metaffi_value arguments[] = {callable_value(callable), int64_value(7)};
    metaffi_entity *apply = load_from(module, "callable=apply");
    CHECK(call_number(apply, arguments, 2) == 49);
    check_string(call_once(module, "callable=describe_failure", arguments, 1),
                 "Error: no negative numbers");
    arguments[1] = int64_value(-1);
    metaffi_value result = {0, {0}};
    CHECK_FAILS_WITH(metaffi_entity_call(apply, arguments, 2, &result, 1, &err),
                     METAFFI_STATUS_FOREIGN, "no negative numbers");
    arguments[1] = int64_value(100);
    metaffi_entity *on_threads = load_from(module, "callable=sum_on_threads");
    CHECK(call_number(on_threads, arguments, 2) == 328350);
    CHECK(calls == 101 && finalized == 0);
    metaffi_entity_free(on_threads);
    metaffi_entity_free(apply);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    /* Python lets go of it at its next turn. */
    evaluate(module, "eval=None", NULL, 0);
    CHECK(finalized == 1);
}

/* What a call is of, and with, and what frees them meanwhile. */
struct ending {
    metaffi_entity *entity;
    metaffi_object *object;
    int on_thread;
};

static void *free_both(void *argument) {
    struct ending *ending = argument;
    CHECK(metaffi_entity_free(ending->entity) == METAFFI_OK);
    CHECK(metaffi_object_free(ending->object) == METAFFI_OK);
    return NULL;
}

static metaffi_status free_what_runs(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)frame, (void)error;
    struct ending *ending = userdata;
    pthread_t thread;
    if (!ending->on_thread || pthread_create(&thread, NULL, free_both, ending))
        free_both(ending);
    else
        pthread_join(thread, NULL);
    evaluate(module, "eval=None", NULL, 0);
    return METAFFI_OK;
}

/* Freed by the host that it calls, on its own thread and on another, in a scope and without. */
static void an_entity_may_end_in_its_own_call(void) {
    metaffi_type_info types[] = {info_of(metaffi_handle_type), info_of(metaffi_callable_type)};
    for (int round = 0; round < 4; round++) {
        metaffi_scope *scope = NULL;
        if (round & 1)
            CHECK_OK(metaffi_scope_enter(python, &scope, &err));
        struct ending ending = {.on_thread = round & 2};
        metaffi_entity *make = load_typed(module, "eval=list(range(7))", NULL, 0, types[0]);
        metaffi_slot frame[3] = {0};
        CHECK_OK(metaffi_entity_call_frame(make, frame, &err));
        ending.object = (metaffi_object *)frame[0];
        ending.entity =
            load_typed(module, "callable=last_after", types, 2, info_of(metaffi_string8_type));
        metaffi_callable *callable = NULL;
        CHECK_OK(
            metaffi_callable_new(free_what_runs, NULL, 0, NULL, 0, &ending, NULL, &callable, &err));
        frame[0] = (metaffi_slot)ending.object;
        frame[1] = (metaffi_slot)callable;
        metaffi_slot call[4] = {frame[0], frame[1], 0, 0};
        CHECK_OK(metaffi_entity_call_frame(ending.entity, call, &err));
        CHECK(strcmp((char *)call[2], "last of 7 is 6") == 0);
        metaffi_free((void *)call[2]);
        CHECK_FAILS_WITH(metaffi_entity_call_frame(ending.entity, call, &err),
                         METAFFI_STATUS_INVALID_HANDLE, "stale");
        metaffi_callable_free(callable);
        metaffi_entity_free(make);
        if (scope)
            CHECK_OK(metaffi_scope_leave(scope, &err));
    }
}

/* A callable that C calls, and the one that gets its place when it has been freed. */
struct place {
    metaffi_callable *callable, *next;
    int64_t (*code)(int64_t);
    atomic_int next_calls, next_failures;
    int64_t result;
};

static metaffi_status count_call(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)frame, (void)error;
    ((struct place *)userdata)->next_calls++;
    return METAFFI_OK;
}

static void count_failure(void *userdata, const metaffi_error *error) {
    (void)error;
    ((struct place *)userdata)->next_failures++;
}

static void open_place(struct place *place, const char *function) {
    metaffi_type_info number = info_of(metaffi_int64_type);
    metaffi_entity *entity = load_typed(module, function, &number, 1, number);
    CHECK_OK(metaffi_callable_from_entity(entity, &place->callable, &err));
    CHECK_OK(metaffi_callable_native(place->callable, (metaffi_function *)&place->code, &err));
    metaffi_entity_free(entity);
}

/* Frees the callable, and makes others until one of them has its place. */
static metaffi_status give_place_to_another(void *userdata, metaffi_slot *frame,
                                            metaffi_error **error) {
    (void)frame, (void)error;
    struct place *place = userdata;
    metaffi_type_info number = info_of(metaffi_int64_type);
    CHECK(metaffi_callable_free(place->callable) == METAFFI_OK);
    for (int i = 0; i < 2000; i++) {
        metaffi_function code = NULL;
        CHECK_OK(metaffi_callable_new(count_call, &number, 1, &number, 1, place, NULL, &place->next,
                                      &err));
        CHECK_OK(metaffi_callable_native(place->next, &code, &err));
        CHECK_OK(metaffi_callable_set_error_handler(place->next, count_failure, place, &err));
        if ((int64_t(*)(int64_t))code == place->code)
            break;
        metaffi_callable_free(place->next);
        place->next = NULL;
    }
    return METAFFI_OK;
}

static void *call_place(void *argument) {
    struct place *place = argument;
    place->result = place->code(-42);
    return NULL;
}

static void a_call_that_waits_for_python_becomes_no_other(void) {
    struct place place = {0};
    metaffi_scope *scope = NULL;
    pthread_t thread;
    open_place(&place, "callable=magnitude");
    CHECK(place.code(-7) == 7);
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    CHECK(pthread_create(&thread, NULL, call_place, &place) == 0);
    /* It may be late, and is then told that the callable is gone. */
    usleep(200000);
    give_place_to_another(&place, NULL, NULL);
    CHECK_OK(metaffi_scope_leave(scope, &err));
    pthread_join(thread, NULL);
    CHECK(place.result == 42 || place.result == 0);
    CHECK(place.next_calls == 0);
    metaffi_callable_free(place.next);
}

static void a_failure_is_told_to_no_other(void) {
    struct place place = {0};
    metaffi_scope *scope = NULL;
    metaffi_callable *callable = NULL;
    metaffi_value silent = call_once(module, "callable=silence", NULL, 0);
    metaffi_value_clear(&silent);
    open_place(&place, "callable=fail_after_kept");
    CHECK_OK(metaffi_callable_new(give_place_to_another, NULL, 0, NULL, 0, &place, NULL, &callable,
                                  &err));
    metaffi_value argument = callable_value(callable);
    metaffi_value kept = call_once(module, "callable=keep", &argument, 1);
    metaffi_value_clear(&kept);
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    CHECK(place.code(1) == 0);
    CHECK_OK(metaffi_scope_leave(scope, &err));
    CHECK(place.next_failures == 0);
    metaffi_callable_free(place.next);
    metaffi_callable_free(callable);
    metaffi_value heard = call_once(module, "callable=unsilence", NULL, 0);
    metaffi_value_clear(&heard);
}

static void python_knows_a_callable_by_its_name(void) {
    atomic_int calls = 0;
    metaffi_callable *callable = make_square(&calls);
    metaffi_value arguments[] = {callable_value(callable), int64_value(7)};
    finalized = 0;
    CHECK_OK(metaffi_callable_set_name(callable, "square", &err));
    CHECK_OK(metaffi_callable_set_quick(callable, true, &err));
    check_string(evaluate(module, "eval=args[0].__name__", arguments, 1), "square");
    metaffi_entity *apply = load_from(module, "callable=apply");
    for (int i = 0; i < 1000; i++)
        CHECK(call_number(apply, arguments, 2) == 49);
    CHECK(calls == 1000);
    metaffi_entity_free(apply);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    CHECK(finalized == 1);
}

static void a_python_function_sorts_in_libc(void) {
    metaffi_type_info addresses[] = {info_of(metaffi_size_type), info_of(metaffi_size_type)};
    metaffi_entity *compare =
        load_typed(module, "callable=compare_doubles", addresses, 2, info_of(metaffi_int32_type));
    metaffi_function native = NULL;
    CHECK_OK(metaffi_entity_native(compare, &native, &err));
    double numbers[] = {2.5, -1, 8, 3.25, 0, 5};
    qsort(numbers, COUNT(numbers), sizeof *numbers, (int (*)(const void *, const void *))native);
    for (size_t i = 1; i < COUNT(numbers); i++)
        CHECK(numbers[i - 1] <= numbers[i]);
    CHECK(numbers[0] == -1 && numbers[5] == 8);
    CHECK(metaffi_error_take_pending() == NULL);
    metaffi_entity_free(compare);
}

static void a_lambda_is_a_callable(void) {
    metaffi_entity *make =
        load_typed(module, "eval=lambda value: value * 3", NULL, 0, info_of(metaffi_callable_type));
    metaffi_value triple = call_with(make, NULL, 0), argument = int64_value(14), result = {0, {0}};
    CHECK(triple.type == metaffi_callable_type);
    CHECK_OK(metaffi_callable_call(triple.data.callable, &argument, 1, &result, 1, &err));
    CHECK(number_in(&result) == 42);
    metaffi_entity *apply = load_from(module, "callable=apply");
    metaffi_value arguments[] = {triple, int64_value(5)};
    CHECK(call_number(apply, arguments, 2) == 15);
    metaffi_value_clear(&triple);
    metaffi_entity_free(apply);
    metaffi_entity_free(make);
}

static size_t resident_pages(void) {
    size_t total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%zu %zu", &total, &resident) == 2);
    if (file != NULL)
        fclose(file);
    return resident;
}

static void make_and_free(const metaffi_entity *constructor, int count) {
    metaffi_value zero = int64_value(0), object = {0, {0}};
    for (int i = 0; i < count; i++) {
        if (metaffi_entity_call(constructor, &zero, 1, &object, 1, NULL) != METAFFI_OK) {
            CHECK(!"an object could not be made");
            return;
        }
        metaffi_value_clear(&object);
    }
}

/* Without a scope every release is of a thread that does not hold the interpreter's lock. */
static void a_million_objects_leave_nothing(void) {
    metaffi_entity *constructor = load_from(module, "callable=Counter");
    make_and_free(constructor, 100000);
    size_t before = resident_pages();
    make_and_free(constructor, 900000);
    size_t grown = resident_pages() - before, page = (size_t)sysconf(_SC_PAGESIZE);
    CHECK(resident_pages() <= before || grown * page < (size_t)4 << 20);
    metaffi_value alive = call_once(module, "attribute=Counter.alive", NULL, 0);
    CHECK(number_in(&alive) == 0);
    metaffi_entity_free(constructor);
}

enum { THREADS = 8, ROUNDS = 500 };

static void *call_from_thread(void *shared) {
    metaffi_entity *add = load_from(module, "callable=add");
    metaffi_entity *apply = load_from(module, "callable=apply");
    metaffi_entity *constructor = load_from(module, "callable=Counter");
    metaffi_scope *scope = NULL;
    for (int i = 0; i < ROUNDS; i++) {
        metaffi_value numbers[] = {int64_value(i), int64_value(2)};
        CHECK(call_number(add, numbers, 2) == i + 2);
        metaffi_value arguments[] = {callable_value(shared), int64_value(i)};
        CHECK(call_number(apply, arguments, 2) == (double)i * i);
        if (i % 100 == 0) {
            CHECK_OK(metaffi_scope_enter(python, &scope, &err));
            make_and_free(constructor, 100);
            CHECK_OK(metaffi_scope_leave(scope, &err));
        }
    }
    metaffi_entity_free(constructor);
    metaffi_entity_free(apply);
    metaffi_entity_free(add);
    return NULL;
}

static void eight_threads_call_and_are_called(void) {
    atomic_int calls = 0;
    metaffi_callable *callable = make_square(&calls);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, call_from_thread, callable) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(calls == THREADS * ROUNDS);
    metaffi_value alive = call_once(module, "attribute=Counter.alive", NULL, 0);
    CHECK(number_in(&alive) == 0);
    metaffi_callable_free(callable);
}

int main(void) {
    open_python();
    module = import(PYTHON_GUEST);
    python_calls_the_host();
    an_entity_may_end_in_its_own_call();
    a_call_that_waits_for_python_becomes_no_other();
    a_failure_is_told_to_no_other();
    python_knows_a_callable_by_its_name();
    a_python_function_sorts_in_libc();
    a_lambda_is_a_callable();
    a_million_objects_leave_nothing();
    eight_threads_call_and_are_called();
    metaffi_module_free(module);
    close_python();
    return CHECK_RESULT;
}
