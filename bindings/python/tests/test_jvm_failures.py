"""Failures that pass through Java and Python, and text that is none."""

from __future__ import annotations

import traceback
import types
from typing import Any, Callable

import pytest
from java import compiled, jvm

import metaffi


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> metaffi.MetaFFIModule:
    return jvm().load_module(str(compiled("Failing.java", tmp_path_factory.mktemp("failing"))))


@pytest.fixture(scope="module", params=["by name", "by entity"])
def failing(request: pytest.FixtureRequest, module: Any) -> Callable[[str], Any]:
    """The functions of the guest, by their names."""
    if request.param == "by name":
        return lambda name: getattr(module.Failing, name)
    return lambda name: module.load_entity(f"class=Failing,callable={name}")


def functions(frames: traceback.StackSummary) -> list[str]:
    """The last parts of the names, without those of this file's tests."""
    names = [frame.name.rpartition("<locals>.")[2] for frame in frames]
    return [name for name in names if name != "<lambda>" and not name.startswith("test_")]


def test_a_failure_of_java_has_its_frames_in_the_order_of_calls(
    failing: Callable[[str], Any],
) -> None:
    def fails(message: str) -> None:
        failing("raise")(message)

    with pytest.raises(metaffi.MetaFFIError, match="IllegalStateException: wrong") as raised:
        failing("deep")(fails, "wrong")
    frames = traceback.extract_tb(raised.value.__traceback__)
    assert functions(frames) == ["Failing.deep", "Failing.deeper", "fails", "Failing.raise"]
    assert frames[-1].filename == "Failing.java"
    assert (frames[-1].lineno or 0) > 1
    cause = raised.value.__cause__
    assert "IllegalArgumentException: inner" in str(cause)
    assert cause is not None
    assert functions(traceback.extract_tb(cause.__traceback__)) == ["Failing.raise"]
    text = raised.value.foreign_traceback or ""
    order = ["Failing.raise", "fails", "Failing.deeper", "Failing.deep(", "Caused by"]
    assert sorted(order, key=text.index) == order
    assert "metaffi.guest" not in text
    assert "$Proxy" not in text


def test_a_failure_of_python_has_the_frames_of_java_that_it_passed(
    failing: Callable[[str], Any],
) -> None:
    def fails(_: object) -> None:
        raise ValueError("own")

    def again(_: object) -> None:
        failing("deep")(fails, 1)

    with pytest.raises(ValueError, match="own") as raised:
        failing("deep")(again, 1)
    java = ["Failing.deep", "Failing.deeper"]
    frames = traceback.extract_tb(raised.value.__traceback__)
    assert functions(frames) == [*java, "again", *java, "fails"]


def test_what_java_cannot_initialise_says_why(failing: Callable[[str], Any]) -> None:
    with pytest.raises(metaffi.MetaFFIError) as raised:
        failing("initialise")()
    if raised.value.foreign_type == "java.lang.ExceptionInInitializerError":
        assert 'NumberFormatException: For input string: "nothing"' in str(raised.value)
    else:
        assert "Could not initialize class Failing$Initialised" in str(raised.value)


@pytest.mark.parametrize(
    "name", ["halfChar", "halfCharacter", "halfText", "halfObject", "halfChars", "halfTexts"]
)
def test_half_of_a_surrogate_pair_is_refused(failing: Callable[[str], Any], name: str) -> None:
    with pytest.raises((metaffi.MetaFFIError, ValueError), match=r"(?i)d800"):
        list(failing(name)())


def test_half_of_a_pair_inside_of_objects_is_refused_where_it_is_read(
    failing: Callable[[str], Any],
) -> None:
    for read in (
        lambda: list(failing("halfItems")()),
        lambda: failing("halfItems")()[0],
        lambda: str(failing("halfSaid")()),
        lambda: failing("halfGiven")(lambda given: given),
    ):
        with pytest.raises(metaffi.MetaFFIError, match="half of a surrogate pair, U"):
            read()


def test_a_message_that_is_no_text_is_told_with_what_can_be(failing: Callable[[str], Any]) -> None:
    with pytest.raises(metaffi.MetaFFIError) as raised:
        failing("halfMessage")()
    assert str(raised.value) == "java.lang.IllegalStateException: a\ufffdb"
    assert "a\ufffdb" in (raised.value.foreign_traceback or "")


def test_a_trace_is_made_when_it_is_asked_for(failing: Callable[[str], Any]) -> None:
    before = failing("printed")()
    with pytest.raises(metaffi.MetaFFIError) as raised:
        failing("counted")()
    assert str(raised.value) == "Failing$Counted: counted"
    assert raised.value.foreign_type == "Failing$Counted"
    assert raised.value.__cause__ is None
    assert failing("printed")() == before
    assert "at c.D.call(" in (raised.value.foreign_traceback or "")
    assert failing("printed")() == before + 1


def test_frames_are_told_apart_whatever_their_names(failing: Callable[[str], Any]) -> None:
    with pytest.raises(metaffi.MetaFFIError) as raised:
        failing("counted")()
    frames = [(frame.function, frame.file, frame.line) for frame in raised.value.frames]
    assert frames == [("c.D.call", None, None), ("a b.run", "Odd Name.java", 7)]
    traced = traceback.extract_tb(raised.value.__traceback__)[-2:]
    assert [frame.name for frame in traced] == ["c.D.call", "a b.run"]


def test_an_adapter_is_an_object_of_java(module: Any) -> None:
    ran: list[int] = []
    adapters = module.metaffi.api.accessor.CallbackAdapters
    entity = module.load_entity("class=metaffi.api.accessor.CallbackAdapters,callable=asInterface")
    for adapt in (adapters.asInterface, entity):
        made = adapt(lambda: ran.append(1), "java.lang.Runnable")
        assert not isinstance(made, types.FunctionType)
        assert "run" in dir(made)
        made.run()
        thread = module.java.lang.Thread(made)
        thread.start()
        thread.join()
    assert ran == [1] * 4
    with pytest.raises(metaffi.MetaFFIError, match="is no interface"):
        adapters.asInterface(lambda: 1, "java.lang.Thread")
    same = lambda given: given
    assert module.java.util.Optional.of(same).get() is same
