"""What is refused, clearly: pickling, copying, other interpreters in the process."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Callable

import pytest
from support import output_of, run_python

import metaffi


@pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
def test_pickling_and_copying_of_handles_are_refused(
    guest: metaffi.MetaFFIModule, attempt: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match=r"MetaFFIHandle.*pickled"):
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
