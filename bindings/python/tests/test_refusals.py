"""What is refused, clearly: pickling, copying, other interpreters in the process."""

from __future__ import annotations

import copy
import pickle
import re
import sys
from typing import Any, Callable, cast

import pytest
from support import output_of, run_python

import metaffi


@pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
def test_pickling_and_copying_of_handles_are_refused(
    guest: metaffi.MetaFFIModule, attempt: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match=r"struct point.*pickled"):
        attempt(guest.new("struct point"))


SUBINTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        raise SystemExit("no subinterpreters")
import metaffi

CODE = '''
try:
    import metaffi
except ImportError as error:
    assert "interpreter" in str(error), error
    print("refused", flush=True)
else:
    print("imported", flush=True)
'''
for isolated in ARGUMENTS:
    one = interpreters.create(**isolated)
    failure = interpreters.run_string(one, CODE)
    assert failure is None, failure
    interpreters.destroy(one)
print(metaffi.MetaFFIRuntime("c").load_module("stdlib.h").load_entity("callable=abs")(-3))
"""


def test_subinterpreters_are_refused_and_harm_nothing() -> None:
    arguments = "[{}]"
    if sys.version_info < (3, 13):
        arguments = "[{'isolated': False}, {'isolated': True}]"
    assert output_of(SUBINTERPRETER.replace("ARGUMENTS", arguments)).split()[-2:] == [
        "refused",
        "3",
    ]


def test_the_library_that_the_variable_names_must_be_there() -> None:
    done = run_python("import metaffi", METAFFI_LIBRARY="/nowhere/libmetaffi.so")
    assert done.returncode == 1
    assert "METAFFI_LIBRARY names /nowhere/libmetaffi.so" in done.stderr


def test_the_library_that_the_variable_names_is_loaded() -> None:
    code = "import metaffi; print(metaffi.library_path())"
    path = metaffi.library_path()
    assert output_of(code, METAFFI_LIBRARY=path) == path


REFUSED = {
    "text": (r"^argument 0 \(__x\): str 'x' cannot be given for int: give an int$", 5),
    "a float": ("float 1.5 cannot be given for int: a float is not rounded", 5),
    "None": ("None cannot be given for int: give an int", 5),
    "a large int": (r"int 1099511627776 does not fit int32 \(-2147483648", 6),
}


@pytest.mark.parametrize(
    ("argument", "said"),
    list(zip(("x", 1.5, None, 1 << 40), REFUSED.values())),
    ids=REFUSED,
)
def test_what_is_said_of_an_argument_is_made_when_asked(
    c: metaffi.MetaFFIRuntime, argument: object, said: tuple[str, int]
) -> None:
    absolute = c.load_module("stdlib.h").load_entity("callable=abs")
    message, status = said

    def refused() -> metaffi.MetaFFIError:
        with pytest.raises(metaffi.MetaFFIError) as caught:
            absolute(argument)
        return caught.value

    def pickled() -> metaffi.MetaFFIError:
        return cast(metaffi.MetaFFIError, pickle.loads(pickle.dumps(refused())))

    for error in (refused(), copy.copy(refused()), pickled()):
        assert (error.status, error.runtime, error.cause) == (status, "c", None)
        assert re.search(message, error.message)
        assert error.args == (error.message,) and str(error) == error.message
        assert repr(error) == f"MetaFFIError({error.message!r})"
    for error in (refused(), pickled()):
        assert re.search(message, str(error)) and type(error.args[0]) is str
    own = refused()
    own.args = ("other", 1)
    assert own.args == ("other", 1) and "other" in str(own)


@pytest.mark.parametrize(
    ("function", "before", "argument", "message"),
    [
        ("visit_points", [None], "x", "str 'x' cannot be given for struct point *: give C data"),
        ("visit_points", [None], 1.5, "float 1.5 cannot be given for struct point *: give C data"),
        ("visit_points", [None], True, "bool True cannot be given for struct point *: a bool is"),
        ("visit_points", [], "x", "str 'x' cannot be given for void (*)(struct point *): give a"),
        ("visit_points", [], 1j, "complex cannot be given for void (*)(struct point *): give"),
        ("norm", [], "x", "str 'x' cannot be given for struct point: give C data of the type"),
        ("norm", [], None, "None cannot be given for struct point: give C data of the type"),
        ("norm", [], 5, "int 5 cannot be given for struct point: give C data of the type"),
    ],
)
def test_so_is_what_is_said_where_an_address_or_a_struct_is_wanted(
    guest: metaffi.MetaFFIModule,
    function: str,
    before: list[object],
    argument: object,
    message: str,
) -> None:
    called = guest.load_entity(f"callable={function}")
    missing = [0] * (len(called.params) - len(before) - 1)
    with pytest.raises(metaffi.MetaFFIError) as caught:
        called(*before, argument, *missing)
    (made_later,) = cast(Any, RuntimeError.args).__get__(caught.value)
    assert type(made_later) is metaffi.libmetaffi.Refusal
    assert message in str(caught.value) and f"argument {len(before)} (" in str(caught.value)
    assert caught.value.status == 5
