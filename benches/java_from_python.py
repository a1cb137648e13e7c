"""Measures calls of Java from this interpreter beside JPype, in one process with one JVM, and prints
rows as the benchmark program does: java_from_python.py <JDK> <directory of classes> [<path>...]

JPype starts the JVM, and metaffi joins it. Both give Python values: text as `str`, a list as `list`.
"""

import array
import os
import sys
import time

from from_python.timing import Contestant, measure, statement

MIXED = [1, 2.5, "text", True, None] * 20
WARM_UP_SECONDS = 1

ERROR = """
try:
    f()
except Exception as failure:
    text = str(failure)
else:
    raise AssertionError
"""

# Each has its own objects for classes, which are not compared.
PACKAGE = """
found = packages.java.util.ArrayList
del found
"""


def plus(a: int, b: int) -> int:
    return a + b


def untyped(a, b):
    return a + b


def numbers():
    values = [float(number) for number in range(10_000)]
    try:
        import numpy
    except ImportError:
        return array.array("d", values)
    return numpy.array(values)


DOUBLES = numbers()
LIST = DOUBLES.tolist()

# What is measured, and what was asked of ours beside JPype's.
ASKED = {
    "add(long, long)": 0.12,
    "text of 10 characters in and out": 0.15,
    "text of 1000 characters in and out": 0.15,
    "10 000 doubles of an array": 0.05,
    "10 000 doubles of a list": 0.05,
    "method of a kept object": 0.2,
    "the same as its attribute": 0.2,
    "callback, once per call": 0.2,
    "exception with its message": 0.5,
    "list of 100 mixed values, in and out": 0.2,
    "field of a kept object, read": 1,
    "field of a kept object, written": 1,
    "function without types as callback": 0.2,
    "object made by its class": 1,
    "class of a package": 1,
}


def jpype_statements(guest, operation, packages):
    kept = guest.make(5)
    echo = guest.echo
    return [
        statement("f(1000, 2000)", f=guest.add),
        statement("str(f(text))", f=echo, text="x" * 10, str=str),
        statement("str(f(text))", f=echo, text="x" * 1000, str=str),
        statement("f(values)", f=guest.total, values=DOUBLES),
        statement("f(values)", f=guest.total, values=LIST),
        statement("kept.plus(1000)", kept=kept),
        statement("kept.plus(1000)", kept=kept),
        statement("f(operation, 1, 2)", f=guest.apply, operation=operation),
        statement(ERROR, f=guest.raise_, str=str),
        statement("list(f(values))", f=guest.copy, values=MIXED, list=list),
        *same_statements(guest, kept, packages),
    ]


def same_statements(guest, kept, packages):
    """What is written alike for both."""
    return [
        statement("kept.number", kept=kept),
        statement("kept.number = 5", kept=kept),
        statement("guest.apply(operation, 1, 2)", guest=guest, operation=untyped),
        statement("guest(5).number", guest=guest),
        statement(PACKAGE, packages=packages),
    ]


def our_statements(module, metaffi):
    def load(name, kind="callable"):
        return module.load_entity(f"class=Guest,{kind}={name}")

    kept = load("make")(5)
    echo = load("echo")
    return [
        statement("f(1000, 2000)", f=load("add")),
        statement("f(text)", f=echo, text="x" * 10),
        statement("f(text)", f=echo, text="x" * 1000),
        statement("f(values)", f=load("total"), values=DOUBLES),
        statement("f(values)", f=load("total"), values=LIST),
        statement("f(kept, 1000)", f=load("plus,instance_required"), kept=kept),
        statement("kept.plus(1000)", kept=kept),
        statement(
            "f(operation, 1, 2)", f=load("apply"), operation=metaffi.make_metaffi_callable(plus)
        ),
        statement(ERROR, f=load("raise"), str=str),
        statement("list(f(values))", f=load("copy"), values=MIXED, list=list),
        *same_statements(module.Guest, kept, module),
    ]


def pairs(home, classes):
    """Of what each does, JPype's and ours."""
    import jpype
    import metaffi

    jpype.startJVM(os.path.join(home, "lib/server/libjvm.so"), classpath=[classes])
    module = metaffi.MetaFFIRuntime("jvm").load_module(classes)
    operation = jpype.JObject(plus, jpype.JClass("java.util.function.LongBinaryOperator"))
    theirs = jpype_statements(jpype.JClass("Guest"), operation, jpype)
    ours = our_statements(module, metaffi)
    for what, one, other in zip(ASKED, theirs, ours):
        yield what, Contestant("JPype", one), Contestant("metaffi", other)


def check(what, group):
    results = [contestant.result() for contestant in group]
    if results[0] != results[1]:
        raise SystemExit(f"{what}: the results differ: {results}")


def warm_up(group):
    """Until the JVM has compiled it: it does that aside."""
    end = time.monotonic() + WARM_UP_SECONDS
    while time.monotonic() < end:
        for contestant in group:
            contestant.once()


def main(home, classes, *paths):
    sys.path[:0] = paths
    for what, *group in pairs(home, classes):
        check(what, group)
        warm_up(group)
        measure(group)
        theirs, ours = (contestant.best for contestant in group)
        print(
            "row",
            what,
            "JPype",
            theirs,
            "metaffi",
            ours,
            "ratio",
            ASKED[what],
            sep="\t",
            flush=True,
        )


main(*sys.argv[1:])
