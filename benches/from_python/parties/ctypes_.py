"""ctypes, with argument types set. PyDLL holds the GIL, CDLL releases it."""

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int64, c_size_t

from ..rows import HELD, RELEASED
from ..timing import statement

from . import DOUBLES, LENGTH, TEXTS, Refusal, add, array, raising, refuse

Binary = ctypes.CFUNCTYPE(c_int64, c_int64, c_int64)
Doubles = c_double * LENGTH


class Counter(ctypes.Structure):
    _fields_ = [("value", c_int64)]


def declare(library, name, result, *parameters):
    function = getattr(library, f"guest_{name}")
    function.restype = result
    function.argtypes = parameters
    return function


def variant(library):
    yield "nop", statement("f()", f=declare(library, "nop", None))
    yield "add", statement("f(1000, 2000)", f=declare(library, "add", c_int64, c_int64, c_int64))
    yield (
        "multiply",
        statement("f(1.5, 2.5)", f=declare(library, "multiply", c_double, c_double, c_double)),
    )
    echo = declare(library, "echo", c_char_p, c_char_p)
    for what, text in TEXTS.items():
        yield what, statement("f(text.encode()).decode()", f=echo, text=text)
    total = declare(library, "sum", c_double, POINTER(c_double), c_size_t)
    if array() is not None:
        yield (
            "sum buffer",
            statement("f(view(values), 10000)", f=total, view=Doubles.from_buffer, values=array()),
        )
    yield (
        "sum list",
        statement("f(Doubles(*values), 10000)", f=total, Doubles=Doubles, values=DOUBLES),
    )
    new = declare(library, "counter_next", POINTER(Counter))
    increment = declare(library, "counter_increment", c_int64, POINTER(Counter))
    yield "method", statement("increment(counter)", increment=increment, counter=new())
    fold = declare(library, "fold", c_int64, Binary, c_size_t)
    yield "callback", statement("fold(callback, 1)", fold=fold, callback=Binary(add))


def fold_through(library):
    """fold(count): raises what the callback raised, which ctypes itself only prints."""
    raised = []

    def guarded(a, b):
        try:
            return refuse(a, b)
        except BaseException as error:
            raised.append(error)
            return 0

    function = declare(library, "fold", c_int64, Binary, c_size_t)
    callback = Binary(guarded)

    def fold(count):
        result = function(callback, count)
        if raised:
            raise raised.pop()
        return result

    return fold


def others(library):
    constant = declare(library, "counter_constant", POINTER(Counter))
    yield "field", statement("counter.value", counter=constant().contents)
    yield "raise through", raising("fold(1)", fold=fold_through(library), Refusal=Refusal)


def statements(context):
    path = context.library
    found = {(what, HELD): each for what, each in variant(ctypes.PyDLL(path))}
    found.update(((what, RELEASED), each) for what, each in variant(ctypes.CDLL(path)))
    found.update(((what, None), each) for what, each in others(ctypes.CDLL(path)))
    return found
