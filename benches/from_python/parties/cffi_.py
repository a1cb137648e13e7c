"""CFFI in both modes, which always releases the GIL."""

from ..timing import statement

from . import DOUBLES, TEXTS, Refusal, add, array, raising, refuse

DECLARATIONS = """
typedef struct { int64_t value; } guest_counter;
void guest_nop(void);
int64_t guest_add(int64_t a, int64_t b);
double guest_multiply(double a, double b);
const char *guest_echo(const char *text);
double guest_sum(const double *values, size_t count);
guest_counter *guest_counter_next(void);
guest_counter *guest_counter_constant(void);
int64_t guest_counter_increment(guest_counter *self);
int64_t guest_fold(int64_t (*function)(int64_t a, int64_t b), size_t count);
"""
CALLBACKS = """
extern "Python" int64_t call_add(int64_t a, int64_t b);
extern "Python" int64_t call_refuse(int64_t a, int64_t b);
"""


def common(ffi, library):
    yield "nop", statement("f()", f=library.guest_nop)
    yield "add", statement("f(1000, 2000)", f=library.guest_add)
    yield "multiply", statement("f(1.5, 2.5)", f=library.guest_multiply)
    for what, text in TEXTS.items():
        yield (
            what,
            statement(
                "string(f(text.encode())).decode()",
                f=library.guest_echo,
                string=ffi.string,
                text=text,
            ),
        )
    if array() is not None:
        yield (
            "sum buffer",
            statement(
                "f(view(doubles, values), 10000)",
                f=library.guest_sum,
                view=ffi.from_buffer,
                doubles=ffi.typeof("double[]"),
                values=array(),
            ),
        )
    yield "sum list", statement("f(values, 10000)", f=library.guest_sum, values=DOUBLES)
    counter = library.guest_counter_next()
    yield (
        "method",
        statement("increment(counter)", increment=library.guest_counter_increment, counter=counter),
    )
    yield "field", statement("counter.value", counter=library.guest_counter_constant())


def fold_through(function, callback, raised):
    """fold(count): raises what the callback raised, which CFFI itself only hands to `onerror`."""

    def fold(count):
        result = function(callback, count)
        if raised:
            raise raised.pop()
        return result

    return fold


def callbacks(library, call_add, make_refuse):
    yield "callback", statement("fold(callback, 1)", fold=library.guest_fold, callback=call_add)
    raised = []
    call_refuse = make_refuse(lambda kind, error, traceback: raised.append(error))
    fold = fold_through(library.guest_fold, call_refuse, raised)
    yield "raise through", raising("fold(1)", fold=fold, Refusal=Refusal)


def abi(context):
    import cffi

    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    library = ffi.dlopen(context.library)
    kind = "int64_t(int64_t, int64_t)"
    yield from common(ffi, library)
    yield from callbacks(
        library,
        ffi.callback(kind, add),
        lambda onerror: ffi.callback(kind, refuse, onerror=onerror),
    )


def api(context):
    from compiled_guest import ffi, lib

    ffi.def_extern("call_add")(add)

    def make_refuse(onerror):
        ffi.def_extern("call_refuse", onerror=onerror)(refuse)
        return lib.call_refuse

    yield from common(ffi, lib)
    yield from callbacks(lib, lib.call_add, make_refuse)


def keyed(found):
    return {(what, None): each for what, each in found}


def statements_abi(context):
    return keyed(abi(context))


def statements_api(context):
    return keyed(api(context))
