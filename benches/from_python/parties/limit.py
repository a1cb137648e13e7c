"""The limit: the extension module in ../limits, and Python's own call."""

import importlib.util

import handwritten
from ..rows import HELD, RELEASED
from ..timing import statement

from . import DOUBLES, MIXED, TEXTS, Refusal, add, array, raising, refuse


def variant(suffix):
    """The functions that hold the GIL, or release it."""

    def function(name):
        return getattr(handwritten, f"{name}_{suffix}")

    yield "nop", statement("f()", f=function("nop"))
    yield "add", statement("f(1000, 2000)", f=function("add"))
    yield "multiply", statement("f(1.5, 2.5)", f=function("multiply"))
    for what, text in TEXTS.items():
        yield what, statement("f(text)", f=function("echo"), text=text)
    if array() is not None:
        yield "sum buffer", statement("f(values)", f=function("sum_buffer"), values=array())
    yield "sum list", statement("f(values)", f=function("sum_list"), values=DOUBLES)
    yield "method", statement(f"counter.increment_{suffix}()", counter=handwritten.Counter())
    yield "callback", statement("f(callback, 1)", f=function("fold"), callback=add)


def guest(file):
    """The guest in Python, imported as a module of its own."""
    spec = importlib.util.spec_from_file_location("limit_guest", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def others(python):
    yield "field", statement("counter.value", counter=handwritten.Counter(True))
    yield "python", statement("f(1000, 2000)", f=python.add)
    yield (
        "raise",
        raising(
            "f(fail)",
            "Error",
            f=handwritten.call_guest,
            fail=python.fail,
            Error=handwritten.GuestError,
        ),
    )
    yield (
        "raise through",
        raising("f(callback, 1)", f=handwritten.fold_released, callback=refuse, Refusal=Refusal),
    )
    yield (
        "values",
        statement("f(echo, values)", f=handwritten.echo_values, echo=python.echo, values=MIXED),
    )


def statements_called(context):
    return {("nop", HELD): statement("f()", f=handwritten.Called())}


def statements(context):
    found = {(what, HELD): each for what, each in variant("held")}
    found.update(((what, RELEASED), each) for what, each in variant("released"))
    found.update(((what, None), each) for what, each in others(guest(context.python_file)))
    return found
