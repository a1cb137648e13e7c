"""CFFI's way with C data, in API mode: each function makes the statement of the row it is named after."""

from ..timing import statement
from . import raising
from .data_values import (
    COUNTS,
    DICTS,
    FLOATS,
    FUNCTIONS,
    INTS,
    MATRIX,
    NAMES,
    SHUFFLED,
    XYZ,
    Makers,
    Refusal,
    made,
    refuse,
)

makers = Makers()

DECLARATIONS = """
#define GUEST_LIMIT 4096
typedef enum { GUEST_RED, GUEST_GREEN = 5, GUEST_BLUE } guest_colour;
typedef struct { double x, y, z; } guest_vector;
typedef struct { guest_vector position; double mass; } guest_body;
typedef struct { int64_t value; } guest_counter;
typedef struct { int32_t x, y; } guest_point;
typedef struct { float x, y; } guest_spot;
typedef struct { int64_t first; double second; } guest_pair;

int64_t guest_add(int64_t a, int64_t b);
double guest_multiply(double a, double b);
guest_vector guest_scaled(double x, double y, double z);
int64_t guest_each_int(int (*function)(int), size_t count);
int64_t guest_each_text(int64_t (*function)(const char *), size_t count);
int64_t guest_each_counter(int64_t (*function)(guest_counter *), size_t count);
int64_t guest_each_vector(int64_t (*function)(guest_vector), size_t count);
int64_t guest_each_float(float (*function)(float), size_t count);
double guest_fold_real(double (*function)(double, double), size_t count);
void guest_notify_times(void (*function)(void), size_t count);

int *guest_ints(void);
guest_vector *guest_vector_constant(void);
double guest_dot(const guest_vector *a, const guest_vector *b);
guest_vector guest_moved(guest_vector v, guest_vector by);
guest_point guest_point_swapped(guest_point p);
guest_spot guest_spot_swapped(guest_spot s);
guest_pair guest_pair_swapped(guest_pair p);
float guest_half(float value);
void *guest_same(void *pointer);
char guest_next_char(char letter);
int guest_seven(int a, int b, int c, int d, int e, int f, int g);
double guest_four(int a, double b, float c, long d);
int64_t guest_each_pointer(int64_t (*function)(void *), void *pointer, size_t count);
int64_t guest_sort(const int *values, size_t count, int (*compare)(const int *, const int *));
int64_t guest_sum_ints(const int *values, size_t count);
double guest_total(double *values, size_t count);
char *guest_label(void);
void guest_double(int32_t value, int32_t *result);
int64_t guest_bytes(char *data, size_t size);
"""
CALLBACKS = """
extern "Python" int call_int(int);
extern "Python" int64_t call_text(const char *);
extern "Python" int64_t call_counter(guest_counter *);
extern "Python" int64_t call_pointer(void *);
extern "Python" double call_double(double, double);
extern "Python" float call_float(float);
extern "Python" int64_t call_vector(guest_vector);
extern "Python" void call_nothing(void);
extern "Python" int call_refuse(int);
extern "Python" int call_compare(const int *, const int *);
"""


@makers("read nested", text="bodies[3].position.x")
@makers("write nested", text="bodies[3].position.x = 1.5")
def bodies(ffi, lib, text):
    return statement(text, bodies=ffi.new("guest_body[10]"))


@makers("read member", text="p.x")
@makers("write member", text="p.x = 1.5")
def member(ffi, lib, text):
    return statement(text, p=ffi.new("guest_vector *", XYZ))


@makers("read pointer", text="p[0]")
@makers("write pointer", text="p[0] = 7")
def pointer(ffi, lib, text):
    return statement(text, p=lib.guest_ints())


@makers("read item", text="a[500]")
@makers("write item", text="a[500] = 500")
def item(ffi, lib, text):
    return statement(text, a=ffi.new("int[1000]", INTS))


@makers("read returned")
def returned(ffi, lib):
    return statement("s.y", s=lib.guest_scaled(1.0, 2.0, 3.0))


@makers("new list", kind="guest_vector *", value=XYZ)
@makers("new dict", kind="guest_vector *", value=DICTS[0])
@makers("new ten", kind="guest_vector[10]", value=DICTS)
@makers("new matrix filled", kind="int[10][10]", value=MATRIX)
@makers("new ints filled", kind="int[1000]", value=INTS)
def filled(ffi, lib, kind, value):
    return statement(f"new('{kind}', value)", new=ffi.new, value=value)


@makers("new matrix", kind="int[10][10]")
@makers("new ints", kind="int[1000]")
def zeroed(ffi, lib, kind):
    return statement(f"new('{kind}')", new=ffi.new)


@makers("sizeof")
def sizeof(ffi, lib):
    return statement("sizeof('guest_body')", sizeof=ffi.sizeof)


@makers("cast")
def cast(ffi, lib):
    return statement("cast('unsigned char *', p)", cast=ffi.cast, p=lib.guest_vector_constant())


@makers("address")
def address(ffi, lib):
    body = ffi.new("guest_body *")
    return statement("address(body, 'position')", address=ffi.addressof, body=body)


@makers("call pointers")
def call_pointers(ffi, lib):
    a, b = ffi.new("guest_vector *", XYZ), ffi.new("guest_vector *", XYZ)
    return statement("f(a, b)", f=lib.guest_dot, a=a, b=b)


@makers("call arrays")
def call_arrays(ffi, lib):
    a, b = ffi.new("int[4]"), ffi.new("int[8]")
    return statement("f(a, 1) + f(b, 1)", f=lib.guest_sum_ints, a=a, b=b)


@makers("call attribute", text="m.guest_add(1000, 2000)")
@makers("constant", text="m.GUEST_LIMIT")
@makers("enum", text="m.GUEST_GREEN")
def attribute(ffi, lib, text):
    return statement(text, m=lib)


@makers("struct by value")
def by_value(ffi, lib):
    a, b = ffi.new("guest_vector *", XYZ)[0], ffi.new("guest_vector *", XYZ)[0]
    return statement("f(a, b)", f=lib.guest_moved, a=a, b=b)


@makers("struct of 8", kind="guest_point *", name="guest_point_swapped")
@makers("struct of floats", kind="guest_spot *", name="guest_spot_swapped")
@makers("struct of 16", kind="guest_pair *", name="guest_pair_swapped")
def in_registers(ffi, lib, kind, name):
    return statement("f(a)", f=getattr(lib, name), a=ffi.new(kind, [1, 2])[0])


@makers("struct result", name="guest_scaled", text="f(1.0, 2.0, 3.0).y")
@makers("float", name="guest_half", text="f(1.5)")
@makers("char", name="guest_next_char", text="f(b'a')")
@makers("seven", name="guest_seven", text="f(1, 2, 3, 4, 5, 6, 7)")
@makers("mixed", name="guest_four", text="f(1, 2.5, 3.5, 4)")
@makers("int for double", name="guest_multiply", text="f(3, 4)")
@makers("list const int", name="guest_sum_ints", text="f(values, 1000)", values=INTS)
@makers("list double", name="guest_total", text="f(values, 1000)", values=FLOATS)
@makers("list double ints", name="guest_total", text="f(values, 1000)", values=INTS)
@makers("text result", name="guest_label", text="f()")
@makers("bytes", name="guest_bytes", text="f(data, 10)", data=b"ten bytes.")
def call(ffi, lib, name, text, **names):
    return statement(text, f=getattr(lib, name), **names)


@makers("text bytes")
def text_bytes(ffi, lib):
    return statement("string(f())", f=lib.guest_label, string=ffi.string)


@makers("pointer")
def void(ffi, lib):
    return statement("f(p)", f=lib.guest_same, p=lib.guest_same(lib.guest_ints()))


@makers("numpy int", name="guest_sum_ints", kind="int32", elements="int[]")
@makers("numpy double", name="guest_total", kind="float64", elements="double[]")
def numpy_array(ffi, lib, name, kind, elements):
    import numpy

    return statement(
        "f(view(kind, values), 1)",
        f=getattr(lib, name),
        view=ffi.from_buffer,
        kind=ffi.typeof(elements),
        values=numpy.arange(1000, dtype=kind),
    )


def callback(ffi, lib, name, defined, function, text="f(callback, 1)", **names):
    ffi.def_extern(defined)(function)
    return statement(text, f=getattr(lib, name), callback=getattr(lib, defined), **names)


@makers("callback int")
def callback_int(ffi, lib):
    return callback(ffi, lib, "guest_each_int", "call_int", lambda number: number + 1)


@makers("callback text")
def callback_text(ffi, lib):
    return callback(ffi, lib, "guest_each_text", "call_text", lambda text: 1)


@makers("callback pointer")
def callback_pointer(ffi, lib):
    name = "call_counter"
    return callback(ffi, lib, "guest_each_counter", name, lambda counter: counter.value)


@makers("callback void")
def callback_void(ffi, lib):
    p, text = ffi.new("guest_vector *"), "f(callback, p, 1)"
    return callback(ffi, lib, "guest_each_pointer", "call_pointer", lambda p: 1, text, p=p)


@makers("callback double")
def callback_double(ffi, lib):
    return callback(ffi, lib, "guest_fold_real", "call_double", lambda a, b: a + b)


@makers("callback float")
def callback_float(ffi, lib):
    return callback(ffi, lib, "guest_each_float", "call_float", lambda number: number)


@makers("callback struct")
def callback_struct(ffi, lib):
    return callback(ffi, lib, "guest_each_vector", "call_vector", lambda vector: int(vector.y))


@makers("callback nothing")
def callback_nothing(ffi, lib):
    return callback(ffi, lib, "guest_notify_times", "call_nothing", lambda: None)


@makers("callback raise")
def callback_raise(ffi, lib):
    raised = []
    ffi.def_extern("call_refuse", onerror=lambda kind, error, traceback: raised.append(error))(refuse)

    def each(count):
        result = lib.guest_each_int(lib.call_refuse, count)
        if raised:
            raise raised.pop()
        return result

    return raising("f(1)", f=each, Refusal=Refusal)


@makers("sort")
def sort(ffi, lib):
    values, text = ffi.new("int[1000]", SHUFFLED), "f(values, 1000, callback)"
    compare = lambda a, b: a[0] - b[0]
    return callback(ffi, lib, "guest_sort", "call_compare", compare, text, values=values)


@makers("pass function", text="f(make('int(int)', count), 1)")
@makers("make callable", text="make('int(int)', count)")
def pass_function(ffi, lib, text):
    names = {"f": lib.guest_each_int} if "f(" in text else {}
    return statement(text, make=ffi.callback, count=lambda number: number + 1, **names)


def functions(ffi, lib, text):
    return statement(text, f=lib.guest_each_int, make=ffi.callback, **NAMES)


for kind, function in FUNCTIONS.items():
    makers(f"pass {kind}", text=f"f(make('int(int)', {function}), 1)")(functions)
    makers(f"make {kind}", text=f"make('int(int)', {function})")(functions)


OUT = """
place = new("int32_t *")
f(21, place)
if place[0] != 42:
    raise AssertionError
"""
AGAIN = """
f(21, place)
if place[0] != 42:
    raise AssertionError
"""


@makers("out")
def out(ffi, lib):
    return statement(OUT, new=ffi.new, f=lib.guest_double)


@makers("out again")
def out_again(ffi, lib):
    return statement(AGAIN, place=ffi.new("int32_t *"), f=lib.guest_double)


@makers("raise")
def wrong(ffi, lib):
    return raising("f('text', 1)", "TypeError", f=lib.guest_add)


@makers("raise pointer")
def wrong_pointer(ffi, lib):
    a = ffi.new("guest_vector *", XYZ)
    return raising("f(a, 'text')", "TypeError", f=lib.guest_dot, a=a)


def library():
    from compiled_data import ffi, lib

    return ffi, lib


def statements(context):
    return makers.of(*library())


objects = Makers()


@objects("struct")
def structs(ffi, lib):
    return lambda: [ffi.new("guest_vector *") for _ in range(COUNTS["struct"])]


@objects("view")
def views(ffi, lib):
    body = ffi.new("guest_body *")
    return lambda: [body.position for _ in range(COUNTS["view"])]


@objects("callable")
@objects("callable annotated")
@objects("callable pointer")
def callables(ffi, lib):
    functions = made(COUNTS["callable"])
    ffi.callback("int(int)", functions[0])
    return lambda: [ffi.callback("int(int)", function) for function in functions]


def memory(context):
    return objects.of(*library())
