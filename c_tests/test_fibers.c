/* Calls on several stacks of one thread end in any order, and each keeps what it uses. */
#include "guest_module.h"

#include <uchar.h>
#include <ucontext.h>

enum { FIBERS = 6, STACK = 256 * 1024, LENGTH = 3000 };

static ucontext_t scheduler, fibers[FIBERS];
static int running;

static void yield_to_scheduler(void) {
    swapcontext(&fibers[running], &scheduler);
}

static void resume(int index) {
    running = index;
    swapcontext(&scheduler, &fibers[index]);
}

static metaffi_status switch_stacks(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)error;
    CHECK(*(int *)userdata == running);
    yield_to_scheduler();
    CHECK(*(int *)userdata == running);
    frame[1] = frame[0] + 1;
    return METAFFI_OK;
}

static metaffi_callable *callables[FIBERS];
static int finalized[FIBERS], finished[FIBERS];
static metaffi_entity *apply_to_text, *length;

static void finalize(void *userdata) {
    finalized[*(int *)userdata]++;
}

/* A text that has to be converted for the call, and a callback in whose middle others run. */
static void call_on_fiber(void) {
    int self = running;
    static char16_t text[LENGTH];
    for (int i = 0; i < LENGTH; i++)
        text[i] = u'a';
    metaffi_value arguments[] = {int64_value(0), callable_value(callables[self])}, result = {0};
    arguments[0].type = metaffi_string16_type;
    arguments[0].data.string.data = text;
    arguments[0].data.string.length = LENGTH - (size_t)self;
    metaffi_error *error = NULL;
    CHECK(metaffi_entity_call(apply_to_text, arguments, 2, &result, 1, &error) == METAFFI_OK);
    CHECK(result.data.int32 == LENGTH - self + 1);
    finished[self] = 1;
    yield_to_scheduler();
}

static __attribute__((noinline)) void prepare(int index) {
    static char stacks[FIBERS][STACK];
    CHECK(getcontext(&fibers[index]) == 0);
    fibers[index].uc_stack.ss_sp = stacks[index];
    fibers[index].uc_stack.ss_size = STACK;
    fibers[index].uc_link = &scheduler;
    makecontext(&fibers[index], call_on_fiber, 0);
}

static void run_in_order(const int *order) {
    static int numbers[FIBERS];
    metaffi_type_info number = info_of(metaffi_int32_type);
    for (int i = 0; i < FIBERS; i++) {
        numbers[i] = i;
        finalized[i] = finished[i] = 0;
        CHECK_OK(metaffi_callable_new(switch_stacks, &number, 1, &number, 1, &numbers[i], finalize,
                                      &callables[i], &err));
        prepare(i);
        resume(i);
    }
    for (int i = 0; i < FIBERS; i++) {
        CHECK(metaffi_callable_free(callables[i]) == METAFFI_OK);
        CHECK(finalized[i] == 0);
    }
    for (int i = 0; i < FIBERS; i++) {
        /* Calls between, and memory that is taken again, must disturb none that is under way. */
        metaffi_value argument = string_value("short");
        CHECK(call_number(length, &argument, 1) == 5);
        char *memory = malloc(LENGTH + 1);
        memset(memory, 0, LENGTH + 1);
        resume(order[i]);
        free(memory);
        for (int other = 0; other < FIBERS; other++)
            CHECK(finalized[other] == finished[other]);
        CHECK(finished[order[i]]);
    }
}

int main(void) {
    open_guest();
    apply_to_text = load("callable=guest_apply_to_text");
    length = load("callable=guest_length");
    run_in_order((const int[]){0, 1, 2, 3, 4, 5});
    run_in_order((const int[]){5, 4, 3, 2, 1, 0});
    run_in_order((const int[]){2, 5, 0, 4, 1, 3});
    metaffi_entity_free(apply_to_text);
    metaffi_entity_free(length);
    check_usable();
    close_guest();
    return CHECK_RESULT;
}
