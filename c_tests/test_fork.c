/* A child that was forked while other threads made, freed, declared and loaded uses everything. */
#include "guest_module.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, FORKS = 150 };

static atomic_int stop, names;
static metaffi_entity *apply, *length;
static metaffi_error *failure;

static metaffi_status next(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata, (void)error;
    frame[1] = frame[0] + 1;
    return METAFFI_OK;
}

static void use_everything(void) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *made[3];
    for (int i = 0; i < 3; i++)
        CHECK_OK(metaffi_callable_new(next, &number, 1, &number, 1, NULL, NULL, &made[i], &err));
    metaffi_value arguments[] = {callable_value(made[0]), int32_value(5)};
    CHECK(call_number(apply, arguments, 2) == 6);
    for (int i = 0; i < 3; i++)
        CHECK(metaffi_callable_free(made[i]) == METAFFI_OK);
    metaffi_value text = string_value("text");
    CHECK(call_number(length, &text, 1) == 4);

    metaffi_entity *loaded[] = {load("callable=guest_add"), load("constant=GUEST_BLUE")};
    for (size_t i = 0; i < COUNT(loaded); i++)
        CHECK(metaffi_entity_free(loaded[i]) == METAFFI_OK);
    char declaration[64];
    snprintf(declaration, sizeof declaration, "struct fork_%d { int a; };", names++ % 50);
    CHECK_OK(metaffi_module_declare(guest, declaration, strlen(declaration), &err));
    metaffi_runtime *runtime = NULL;
    CHECK_OK(metaffi_runtime_load("c", NULL, 0, &runtime, &err));
    CHECK(metaffi_runtime_free(runtime) == METAFFI_OK);
    metaffi_ctype *type = NULL;
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_ctype_parse(guest, "int[7]", &type, &err));
    CHECK_OK(metaffi_cdata_new(type, NULL, &object, &err));
    CHECK(metaffi_object_free(object) == METAFFI_OK);
    CHECK(metaffi_ctype_free(type) == METAFFI_OK);
}

/* What is made when it is first asked for, and asked of a failure that others ask as well. */
static void ask_everything(void) {
    CHECK_TEXT(metaffi_type_name(metaffi_int32_type), "int32");
    CHECK(metaffi_runtime_name_at(0) != NULL);
    CHECK(strstr(metaffi_error_message(failure), "no_such_function") != NULL);
    CHECK_TEXT(metaffi_error_runtime(failure), "c");
    CHECK_TEXT(metaffi_error_trace(failure), "");
    metaffi_error *own = NULL;
    const char *wrong = "\nint a b;";
    CHECK(metaffi_module_declare(guest, wrong, strlen(wrong), &own) != METAFFI_OK);
    CHECK(strstr(metaffi_error_message(own), ":2:") != NULL);
    metaffi_error_free(own);

    metaffi_ctype *number = NULL, *pointer = NULL, *array = NULL;
    CHECK_OK(metaffi_ctype_primitive(METAFFI_PRIMITIVE_INT, &number, &err));
    CHECK_OK(metaffi_ctype_pointer(number, &pointer, &err));
    CHECK_OK(metaffi_ctype_array(pointer, 3, &array, &err));
    CHECK(metaffi_ctype_free(number) == METAFFI_OK);
    CHECK(metaffi_ctype_free(pointer) == METAFFI_OK);
    CHECK(metaffi_ctype_free(array) == METAFFI_OK);

    metaffi_type_info info = info_of(metaffi_int32_type);
    metaffi_callable *made = NULL;
    metaffi_function code = NULL;
    CHECK_OK(metaffi_callable_new(next, &info, 1, &info, 1, NULL, NULL, &made, &err));
    CHECK_OK(metaffi_callable_native(made, &code, &err));
    CHECK(((int32_t(*)(int32_t))code)(1) == 2);
    CHECK(metaffi_callable_free(made) == METAFFI_OK);
}

static void *churn(void *shared) {
    (void)shared;
    while (!stop) {
        use_everything();
        ask_everything();
    }
    return NULL;
}

static void *use_on_thread(void *shared) {
    (void)shared;
    use_everything();
    ask_everything();
    return NULL;
}

int main(void) {
    open_guest();
    apply = load("callable=guest_apply");
    length = load("callable=guest_length");
    metaffi_entity *none = NULL;
    CHECK(metaffi_entity_load(guest, "callable=no_such_function", NULL, 0, NULL, 0, &none,
                              &failure) != METAFFI_OK);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, churn, NULL) == 0);
    int failed = 0;
    for (int i = 0; i < FORKS && failed == 0; i++) {
        pid_t child = fork();
        if (child == 0) {
            /* A child that hangs is ended by this signal. */
            alarm(20);
            pthread_t thread;
            use_everything();
            ask_everything();
            CHECK(pthread_create(&thread, NULL, use_on_thread, NULL) == 0);
            pthread_join(thread, NULL);
            _exit(CHECK_RESULT);
        }
        int status = -1;
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        failed += status != 0;
    }
    CHECK(failed == 0);
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    metaffi_entity_free(apply);
    metaffi_entity_free(length);
    metaffi_error_free(failure);
    check_usable();
    close_guest();
    return CHECK_RESULT;
}
