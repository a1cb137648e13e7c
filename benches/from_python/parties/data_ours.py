"""metaffi's way with C data: each function makes the statement of the row it is named after."""

import metaffi

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

HEADERS = "stdlib.h;stdio.h;string.h;unistd.h;wchar.h;pthread.h;signal.h;sys/socket.h;sys/stat.h"


def load(context):
    return metaffi.MetaFFIRuntime("c").load_module(f"{context.library};{context.header}")


@makers("read nested", text="bodies[3].position.x")
@makers("write nested", text="bodies[3].position.x = 1.5")
def bodies(m, text):
    return statement(text, bodies=m.new("guest_body[10]"))


@makers("read member", text="p.x")
@makers("write member", text="p.x = 1.5")
def member(m, text):
    return statement(text, p=m.new("guest_vector", XYZ))


@makers("read pointer", text="p[0]")
@makers("write pointer", text="p[0] = 7")
def pointer(m, text):
    return statement(text, p=m.guest_ints())


@makers("read item", text="a[500]")
@makers("write item", text="a[500] = 500")
def item(m, text):
    return statement(text, a=m.new("int[1000]", INTS))


@makers("read returned")
def returned(m):
    return statement("s.y", s=m.guest_scaled(1.0, 2.0, 3.0))


@makers("new list", kind="guest_vector", value=XYZ)
@makers("new dict", kind="guest_vector", value=DICTS[0])
@makers("new ten", kind="guest_vector[10]", value=DICTS)
@makers("new matrix filled", kind="int[10][10]", value=MATRIX)
@makers("new ints filled", kind="int[1000]", value=INTS)
def filled(m, kind, value):
    return statement(f"new('{kind}', value)", new=m.new, value=value)


@makers("new matrix", kind="int[10][10]")
@makers("new ints", kind="int[1000]")
def zeroed(m, kind):
    return statement(f"new('{kind}')", new=m.new)


@makers("sizeof")
def sizeof(m):
    return statement("sizeof('guest_body')", sizeof=m.sizeof)


@makers("cast")
def cast(m):
    return statement("cast('unsigned char *', p)", cast=m.cast, p=m.guest_vector_constant())


@makers("address")
def address(m):
    return statement("address(body, 'position')", address=m.address, body=m.new("guest_body"))


@makers("call pointers")
def call_pointers(m):
    a, b = m.new("guest_vector", XYZ), m.new("guest_vector", XYZ)
    return statement("f(a, b)", f=m.guest_dot, a=a, b=b)


@makers("call arrays")
def call_arrays(m):
    a, b = m.new("int[4]"), m.new("int[8]")
    return statement("f(a, 1) + f(b, 1)", f=m.guest_sum_ints, a=a, b=b)


@makers("call attribute", text="m.guest_add(1000, 2000)")
@makers("constant", text="m.GUEST_LIMIT")
@makers("enum", text="m.GUEST_GREEN")
def attribute(m, text):
    return statement(text, m=m)


@makers("struct by value")
def by_value(m):
    a, b = m.new("guest_vector", XYZ), m.new("guest_vector", XYZ)
    return statement("f(a, b)", f=m.guest_moved, a=a, b=b)


@makers("struct of 8", kind="guest_point", name="guest_point_swapped")
@makers("struct of floats", kind="guest_spot", name="guest_spot_swapped")
@makers("struct of 16", kind="guest_pair", name="guest_pair_swapped")
def in_registers(m, kind, name):
    return statement("f(a)", f=getattr(m, name), a=m.new(kind, [1, 2]))


@makers("struct result", name="guest_scaled", text="f(1.0, 2.0, 3.0).y")
@makers("float", name="guest_half", text="f(1.5)")
@makers("char", name="guest_next_char", text="f('a')")
@makers("seven", name="guest_seven", text="f(1, 2, 3, 4, 5, 6, 7)")
@makers("mixed", name="guest_four", text="f(1, 2.5, 3.5, 4)")
@makers("int for double", name="guest_multiply", text="f(3, 4)")
@makers("list const int", name="guest_sum_ints", text="f(values, 1000)", values=INTS)
@makers("list double", name="guest_total", text="f(values, 1000)", values=FLOATS)
@makers("list double ints", name="guest_total", text="f(values, 1000)", values=INTS)
@makers("text result", name="guest_label", text="f()")
@makers("text bytes", name="guest_label", text="f().encode()")
@makers("bytes", name="guest_bytes", text="f(data, 10)", data=b"ten bytes.")
def call(m, name, text, **names):
    return statement(text, f=getattr(m, name), **names)


@makers("pointer")
def void(m):
    return statement("f(p)", f=m.guest_same, p=m.guest_same(m.guest_ints()))


@makers("numpy int", name="guest_sum_ints", kind="int32")
@makers("numpy double", name="guest_total", kind="float64")
def numpy_array(m, name, kind):
    import numpy

    return statement("f(values, 1)", f=getattr(m, name), values=numpy.arange(1000, dtype=kind))


def callback(m, name, function, text="f(callback, 1)", **names):
    """C's calls of a function that was made a callable before."""
    made = metaffi.make_metaffi_callable(function)
    return statement(text, f=getattr(m, name), callback=made, **names)


@makers("callback int")
def callback_int(m):
    def count(number):
        return number + 1

    return callback(m, "guest_each_int", count)


@makers("callback text")
def callback_text(m):
    def one(text):
        return 1

    return callback(m, "guest_each_text", one)


@makers("callback pointer")
def callback_pointer(m):
    def value(counter):
        return counter.value

    return callback(m, "guest_each_counter", value)


@makers("callback void")
def callback_void(m):
    def one(pointer):
        return 1

    return callback(m, "guest_each_pointer", one, "f(callback, p, 1)", p=m.new("guest_vector"))


@makers("callback double")
def callback_double(m):
    return callback(m, "guest_fold_real", lambda a, b: a + b)


@makers("callback float")
def callback_float(m):
    return callback(m, "guest_each_float", lambda number: number)


@makers("callback struct")
def callback_struct(m):
    return callback(m, "guest_each_vector", lambda vector: int(vector.y))


@makers("callback nothing")
def callback_nothing(m):
    return callback(m, "guest_notify_times", lambda: None)


@makers("callback raise")
def callback_raise(m):
    made = metaffi.make_metaffi_callable(refuse)
    return raising("f(callback, 1)", f=m.guest_each_int, callback=made, Refusal=Refusal)


@makers("sort")
def sort(m):
    def compare(a, b):
        return a[0] - b[0]

    values = m.new("int[1000]", SHUFFLED)
    return callback(m, "guest_sort", compare, "f(values, 1000, callback)", values=values)


@makers("pass function")
def pass_function(m):
    def count(number):
        return number + 1

    return statement("f(count, 1)", f=m.guest_each_int, count=count)


@makers("make callable")
def make_callable(m):
    def count(number):
        return number + 1

    return statement("make(count)", make=metaffi.make_metaffi_callable, count=count)


def functions(m, text):
    return statement(text, f=m.guest_each_int, make=metaffi.make_metaffi_callable, **NAMES)


for kind, function in FUNCTIONS.items():
    makers(f"pass {kind}", text=f"f({function}, 1)")(functions)
    makers(f"make {kind}", text=f"make({function})")(functions)


OUT = """
place = new("int32_t")
f(21, place)
if place.value != 42:
    raise AssertionError
"""
AGAIN = """
f(21, place)
if place.value != 42:
    raise AssertionError
"""


@makers("out")
def out(m):
    return statement(OUT, new=m.new, f=m.guest_double)


@makers("out again")
def out_again(m):
    return statement(AGAIN, place=m.new("int32_t"), f=m.guest_double)


@makers("raise")
def wrong(m):
    return raising("f('text', 1)", "Error", f=m.guest_add, Error=metaffi.MetaFFIError)


@makers("raise pointer")
def wrong_pointer(m):
    a = m.new("guest_vector", XYZ)
    return raising("f(a, 'text')", "Error", f=m.guest_dot, a=a, Error=metaffi.MetaFFIError)


def statements(context):
    return makers.of(load(context))


objects = Makers()


@objects("struct")
def structs(m):
    return lambda: [m.new("guest_vector") for _ in range(COUNTS["struct"])]


@objects("view")
def views(m):
    body = m.new("guest_body")
    return lambda: [body.position for _ in range(COUNTS["view"])]


@objects("entity libc", path=HEADERS)
@objects("entity libm", path="libm.so.6;math.h;complex.h")
@objects("entity sqlite", path="libsqlite3.so.0;sqlite3.h")
def entities(m, path):
    """All functions that the headers declare and the library has, each loaded for the first time."""
    c = metaffi.MetaFFIRuntime("c")
    names = list(loadable(c.load_module(path)))
    # A header that is declared once more has types of its own, of which nothing is known yet.
    module = c.load_module(path)
    module.declare("typedef int from_here_on;")

    def make(kept):
        for place, name in enumerate(names):
            kept[place] = module.load_entity(name)

    return make, len(names)


def loadable(module):
    """The paths of the functions that have a declaration."""
    for entity in module.describe()["entities"]:
        path = entity["path"]
        if path.startswith("callable=") and entity.get("declaration"):
            yield path


@objects("callable", annotated=False)
@objects("callable annotated", annotated=True)
def callables(m, annotated):
    functions = made(COUNTS["callable"], annotated)
    metaffi.make_metaffi_callable(functions[0])
    return lambda: [metaffi.make_metaffi_callable(function) for function in functions]


@objects("callable pointer")
def callable_pointers(m):
    functions, each = made(COUNTS["callable"]), m.guest_each_int

    def make():
        callables = [metaffi.make_metaffi_callable(function) for function in functions]
        for one in callables:
            each(one, 0)
        return callables

    each(metaffi.make_metaffi_callable(functions[0]), 0)
    return make


def memory(context):
    return objects.of(load(context))
