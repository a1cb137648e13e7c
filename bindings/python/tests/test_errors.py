"""`MetaFFIError`: all that is known of a failure."""

from __future__ import annotations

import pickle
import traceback
from typing import Any, Callable

import pytest
from support import infos

import metaffi
from metaffi import MetaFFIError


def caught(function: Callable[..., Any], *arguments: Any) -> MetaFFIError:
    with pytest.raises(MetaFFIError) as info:
        function(*arguments)
    return info.value


def test_every_attribute_of_a_foreign_error(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=fail"), "no good")
    assert isinstance(error, RuntimeError)
    assert str(error).startswith("ValueError: no good")
    assert error.foreign_type == "ValueError"
    assert error.message == "no good"
    assert error.runtime == "python3"
    assert error.cause is None
    assert isinstance(error.original, ValueError)
    assert error.original.args == ("no good",)
    assert error.__cause__ is error.original
    assert error.foreign_traceback is not None
    assert "ValueError: no good" in error.foreign_traceback
    assert "in fail" in error.foreign_traceback
    frame = error.frames[0]
    assert frame.function == "fail"
    assert frame.file is not None and frame.file.endswith("metaffi_guest.py")
    assert frame.line is not None and frame.line > 0


def test_the_original_keeps_its_own_data(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=fail_custom"), 42)
    assert (error.foreign_type or "").endswith("Custom")
    assert error.original.code == 42


def test_frames_are_innermost_last(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=fail_deep"), 3)
    assert [frame.function for frame in error.frames] == ["fail_deep"] * 4
    lines = [frame.line for frame in error.frames]
    raised = error.original.__traceback__
    while raised.tb_next:
        raised = raised.tb_next
    assert lines[0] == lines[1] == lines[2] != lines[3] == raised.tb_lineno


def test_foreign_frames_are_in_pythons_traceback(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=fail"), "no good")
    names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    assert names[-1] == "fail"
    assert files[-1].endswith("metaffi_guest.py")
    assert "in fail" in "".join(traceback.format_exception(type(error), error, error.__traceback__))


def test_the_cause_of_a_foreign_error(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=fail_with_cause"))
    assert error.foreign_type == "RuntimeError"
    cause = error.cause
    assert cause is not None
    assert "inner" in str(cause)


def test_an_error_without_text(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=fail_without_text"))
    assert str(error).splitlines()[0] == "ValueError"
    assert (error.foreign_type, error.message) == ("ValueError", "ValueError")


def test_an_exit_of_the_guest_is_an_error(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=leave"))
    assert isinstance(error.original, SystemExit)


def test_a_refused_argument_has_no_foreign_error(guest: metaffi.MetaFFIModule) -> None:
    error = caught(guest.load_entity("callable=add"), 1, "two")
    assert (error.foreign_type, error.foreign_traceback, error.frames) == (None, None, ())
    assert (error.cause, error.original) == (None, None)
    assert error.message == str(error)
    assert isinstance(error.status, int) and error.status != 0


def test_failures_of_loading_have_a_status(c: metaffi.MetaFFIRuntime) -> None:
    missing = caught(c.load_module("libnowhere.so").load_entity, "callable=f", [], [])
    malformed = caught(c.load_module("").load_entity, "=", [], [])
    assert missing.status != malformed.status


class OwnError(Exception):
    pass


@pytest.mark.parametrize("kind", [ValueError, OwnError, KeyboardInterrupt, SystemExit])
def test_an_exception_that_crosses_c_is_raised_as_itself(
    guest: metaffi.MetaFFIModule, kind: type[BaseException]
) -> None:
    raised = kind("from the callback")

    def fail(left: int, right: int) -> int:
        raise raised

    with pytest.raises(kind) as info:
        guest.load_entity("callable=apply")(fail, 1, 2)
    assert info.value is raised
    names = [frame.name for frame in traceback.extract_tb(info.value.__traceback__)]
    assert names[-1] == "fail"


def test_an_exception_crosses_c_twice(guest: metaffi.MetaFFIModule) -> None:
    apply, raised = guest.load_entity("callable=apply"), OwnError("deep")

    def inner(left: int, right: int) -> int:
        raise raised

    def outer(left: int, right: int) -> int:
        return apply(inner, left, right)  # type: ignore[no-any-return]

    with pytest.raises(OwnError) as info:
        apply(outer, 1, 2)
    assert info.value is raised


def test_the_guest_works_after_an_error(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    for _ in range(100):
        caught(python_guest.load_entity("callable=fail"), "again")
        caught(guest.load_entity("callable=add"), "again", 1)
    assert python_guest.load_entity("callable=add")(1, 2) == 3
    assert guest.load_entity("callable=add")(1, 2) == 3


def test_a_metaffi_error_passes_through_the_guest(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    add = guest.load_entity("callable=add")

    def refused(left: int, right: int) -> int:
        return add("one", right)  # type: ignore[no-any-return]

    error = caught(guest.load_entity("callable=apply"), refused, 1, 2)
    assert "left" in str(error)


def test_an_error_is_pickled_as_what_it_says(python_guest: metaffi.MetaFFIModule) -> None:
    error = caught(python_guest.load_entity("callable=fail"), "no good")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is MetaFFIError
    for name in ("foreign_type", "message", "foreign_traceback", "frames", "runtime", "status"):
        assert getattr(again, name) == getattr(error, name)
    assert str(again) == str(error)
    assert again.original is None


def test_an_error_may_be_made_by_hand() -> None:
    error = MetaFFIError("by hand")
    assert (str(error), error.message) == ("by hand", "by hand")
    assert (error.foreign_type, error.frames, error.original, error.cause) == (None, (), None, None)
    assert (error.runtime, error.status, error.foreign_traceback) == (None, None, None)


def test_an_error_lets_go_of_the_frames(python_guest: metaffi.MetaFFIModule) -> None:
    import gc
    import weakref

    class Held:
        pass

    held = Held()
    gone = weakref.ref(held)
    kind = python_guest.load_entity("callable=length", infos("any"), infos("int64"))
    error = caught(kind, held)
    assert "len()" in str(error)
    del held, error
    gc.collect()
    assert gone() is None
