"""ctypes' way of making callbacks."""

import ctypes
from ctypes import CFUNCTYPE, c_int, c_int64, c_size_t

from ..timing import statement
from .data_values import FUNCTIONS, NAMES, Makers

makers = Makers()
Count = CFUNCTYPE(c_int, c_int)


@makers("pass function", text="f(Count(count), 1)")
@makers("make callable", text="Count(count)")
def pass_function(library, text):
    each = library.guest_each_int
    each.restype = c_int64
    each.argtypes = (Count, c_size_t)
    names = {"f": each} if "f(" in text else {}
    return statement(text, Count=Count, count=lambda number: number + 1, **names)


def functions(library, text):
    each = library.guest_each_int
    each.restype = c_int64
    each.argtypes = (Count, c_size_t)
    return statement(text, f=each, Count=Count, **NAMES)


for kind, function in FUNCTIONS.items():
    makers(f"pass {kind}", text=f"f(Count({function}), 1)")(functions)
    makers(f"make {kind}", text=f"Count({function})")(functions)


def statements(context):
    return makers.of(ctypes.CDLL(context.library))
