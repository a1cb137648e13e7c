"""Objects that fail in every way, what uses objects in every way, and some that are used well."""

import collections
import contextlib
import datetime
import decimal
import fractions
import operator


class Failure(Exception):
    """Of an object that fails."""


class Ending(BaseException):
    """What nobody who handles errors handles."""


NAMES = """
    getattribute setattr delattr dir getitem setitem delitem len contains iter next reversed call
    eq ne lt le gt ge hash bool str repr format int float index complex enter exit await aiter anext
    aenter aexit length_hint instancecheck subclasscheck
"""


def hostile(failure, base=object):
    """A class of which every special method raises."""

    def fail(*arguments, **named):
        raise failure("on purpose")

    members = {f"__{name}__": fail for name in NAMES.split()}
    members.update(send=fail, throw=fail, close=fail, keys=fail, values=fail, items=fail)
    return type("Hostile", (base,), members)


def failing_iterator():
    yield 1
    raise Failure("after one")


class Failing:
    """Iterators that fail after they gave a value."""

    def __iter__(self):
        return failing_iterator()


class Endless:
    """Generators that go on whatever they are told."""

    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def send(self, value):
        return value

    def throw(self, *failure):
        return 2

    def close(self):
        pass


class Everything(collections.UserDict):
    """Has and can nearly everything."""

    present = 7
    __call__ = staticmethod(lambda *arguments, **named: 7)
    __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = object.__hash__
    __enter__ = lambda self: self
    __exit__ = lambda self, *failure: True
    __float__ = lambda self: 1.5


class Method:
    def present(self, *arguments):
        return 7


def generator():
    while True:
        try:
            yield 1
        except Exception:
            pass


def cycle():
    made = [1]
    made.append(made)
    return made


SUBJECTS = [
    [1, 2.5, "three", None, []],
    {"one": 1, 2: "two"},
    Everything(one=1),
    Method(),
    lambda *arguments, **named: [arguments, named],
    object,
    bytearray(b"bytes"),
    "text",
    frozenset([1, 2]),
    fractions.Fraction(1, 3),
    decimal.Decimal("0.1"),
    datetime.datetime(2024, 2, 29),
    contextlib.nullcontext(),
    range(10),
    Failing(),
    Endless(),
    generator(),
    cycle(),
    hostile(Failure)(),
    hostile(Ending)(),
    hostile(Failure, list)(),
    hostile(Failure, dict)(),
    hostile(Failure, type)("Made", (), {}),
    Failure("of its own"),
]


def subject(index):
    return SUBJECTS[index] if index < len(SUBJECTS) else None


USES = [
    lambda o: o.present,
    lambda o: setattr(o, "present", 1),
    lambda o: delattr(o, "absent"),
    dir,
    lambda o: o.present(1),
    lambda o: o[1],
    lambda o: o["present"],
    lambda o: o[2**70],
    lambda o: o[:1],
    lambda o: operator.setitem(o, 1, 1),
    lambda o: operator.setitem(o, "present", 1),
    lambda o: operator.delitem(o, 1000),
    lambda o: operator.delitem(o, "absent"),
    len,
    lambda o: 1 in o,
    lambda o: o(),
    lambda o: o(1, present=2),
    list,
    lambda o: next(iter(o)),
    next,
    lambda o: o.send(1),
    lambda o: o.throw(Failure("thrown")),
    lambda o: o.close(),
    lambda o: o == 1,
    lambda o: o < 1,
    hash,
    bool,
    str,
    repr,
    int,
    float,
    memoryview,
    lambda o: contextlib.ExitStack().enter_context(o),
    lambda o: o.__exit__(None, None, None),
    lambda o: o.__await__(),
    lambda o: o.__aiter__(),
    lambda o: isinstance(1, o),
    dict,
]


def use(o):
    """How much of what may be done works."""
    done = 0
    for each in USES:
        try:
            each(o)
            done += 1
        except Exception:
            pass
    return done
