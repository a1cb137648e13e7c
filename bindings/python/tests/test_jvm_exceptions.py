"""Classes of what Java throws, as classes of exceptions."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gc
import pickle
import sys
import threading
import traceback
import types
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from java import jvm

import metaffi


@pytest.fixture(scope="module")
def java() -> Any:
    return jvm().load_module("").java


def test_what_java_throws_is_caught_by_its_class(java: Any) -> None:
    thrown = java.lang.NumberFormatException
    for above in (thrown, java.lang.IllegalArgumentException, java.lang.Throwable):
        with pytest.raises(above, match="NumberFormatException: For input string") as raised:
            java.lang.Integer.parseInt("five")
        assert type(raised.value) is thrown
    error = raised.value
    assert isinstance(error, metaffi.MetaFFIError)
    assert isinstance(error, java.lang.IllegalArgumentException)
    assert isinstance(error, java.io.Serializable)
    assert not isinstance(error, (java.lang.Error, java.util.List))
    assert isinstance(error.original, thrown)
    assert error.getMessage() == error.message == 'For input string: "five"'
    with pytest.raises(AttributeError, match="nothing"):
        _ = error.nothing
    text = "".join(traceback.format_exception_only(type(error), error))
    assert text == f"metaffi.MetaFFIError: {error}\n"
    loaded = pickle.loads(pickle.dumps(error))
    assert (type(loaded), str(loaded)) == (metaffi.MetaFFIError, str(error))


def test_another_class_does_not_catch_it(java: Any) -> None:
    with pytest.raises(metaffi.MetaFFIError):
        try:
            java.lang.Integer.parseInt("five")
        except java.lang.IllegalStateException:
            pytest.fail("caught by another class")


def test_a_class_is_one_object_whoever_asks(java: Any) -> None:
    thrown = java.lang.IllegalStateException
    assert thrown is java.lang.IllegalStateException
    assert thrown is java.lang.IllegalStateException("x").original.getClass()
    assert issubclass(thrown, java.lang.RuntimeException)
    assert thrown.getName() == "java.lang.IllegalStateException"
    assert repr(thrown) == "class java.lang.IllegalStateException"
    assert java.util.List.of(thrown)[0] is thrown
    assert "type" in metaffi.capabilities(thrown)


def test_what_python_raises_of_javas_is_that_for_java(java: Any, tmp_path: Path) -> None:
    (tmp_path / "Catching.java").write_text(
        """
        public class Catching {
            public static Throwable caught(Runnable run) {
                try { run.run(); } catch (Throwable thrown) { return thrown; }
                return null;
            }
        }
        """
    )
    caught = jvm().load_module(str(tmp_path / "Catching.java")).Catching.caught
    mine = java.lang.IllegalStateException("mine")

    def fails() -> None:
        raise mine

    found = caught(fails)
    assert found.equals(mine.original)
    assert found.getClass() is java.lang.IllegalStateException

    def fails_without() -> None:
        raise java.util.NoSuchElementException

    assert caught(fails_without).getMessage() is None
    with pytest.raises(java.lang.IllegalStateException, match="mine") as raised:
        java.util.Optional.empty().orElseGet(fails)
    assert raised.value.original.equals(mine.original)
    with pytest.raises(java.lang.RuntimeException) as raised:
        raise metaffi.exception(found)
    assert raised.value.original.equals(found)


def test_it_is_given_where_java_takes_what_is_thrown(java: Any) -> None:
    inner = java.lang.IllegalStateException("inner")
    outer = java.lang.RuntimeException("outer", inner)
    assert outer.getCause().equals(inner.original)
    assert "inner" in str(outer.__cause__)
    assert java.util.Optional.of(inner).get() == inner.original
    with pytest.raises(metaffi.MetaFFIError):
        java.lang.RuntimeException("outer", ValueError("no Throwable"))


def test_classes_of_other_languages_are_not_derived_from(java: Any) -> None:
    with pytest.raises(TypeError, match="write that class there"):
        type("Own", (java.lang.RuntimeException,), {})
    with pytest.raises(TypeError, match="interface"):
        types.resolve_bases((java.util.ArrayList,))
    for other in (3, ValueError("own"), java.util.ArrayList()):
        with pytest.raises(metaffi.MetaFFIError, match="an error of another language"):
            metaffi.exception(other)


def test_classes_have_instances(java: Any) -> None:
    assert isinstance(java.util.ArrayList(), java.util.Collection)
    assert not isinstance(java.util.ArrayList(), java.util.Map)
    assert not isinstance(3, java.lang.Integer)


@pytest.mark.parametrize("late", [True, False])
def test_what_is_awaited_fails_as_a_call_does(java: Any, late: bool) -> None:
    future = java.util.concurrent.CompletableFuture()
    cause = java.lang.IllegalArgumentException("why")

    async def wait() -> Any:
        if late:
            asyncio.get_running_loop().call_later(0.01, fail)
        else:
            fail()
        return await future

    def fail() -> None:
        future.completeExceptionally(java.lang.IllegalStateException("late", cause))

    with pytest.raises(
        java.lang.IllegalStateException, match="IllegalStateException: late"
    ) as raised:
        asyncio.run(wait())
    assert raised.value.foreign_type == "java.lang.IllegalStateException"
    assert "why" in str(raised.value.__cause__)


def test_the_failure_of_a_block_is_not_lost_where_its_end_fails(java: Any, tmp_path: Path) -> None:
    (tmp_path / "Closing.java").write_text(
        """
        public class Closing implements AutoCloseable {
            public void close() { throw new IllegalStateException("close"); }
        }
        """
    )
    closing = jvm().load_module(str(tmp_path / "Closing.java")).Closing
    own = KeyError("body")
    with pytest.raises(java.lang.IllegalStateException, match="close") as raised, closing():
        raise own
    assert raised.value.__context__ is own
    with pytest.raises(java.lang.IllegalStateException) as raised, closing():
        pass
    assert raised.value.__context__ is None


def test_classes_of_modules_that_are_gone_go(tmp_path: Path) -> None:
    from metaffi._foreign_class import classes

    for number in range(80):
        source = tmp_path / f"Own{number}.java"
        source.write_text(f"public class Own{number} extends RuntimeException {{}}")
        own = getattr(jvm().load_module(str(source)), source.stem)
        with pytest.raises(own):
            raise own
    del own
    gc.collect()
    assert sum("Own" in made.__name__ for one in classes.values() if (made := one())) <= 1


def test_classes_within_classes_of_modules_that_are_gone_go(tmp_path: Path) -> None:
    from metaffi._foreign_class import classes

    source = tmp_path / "Above.java"
    source.write_text(
        """
        public class Above extends RuntimeException {
            public static class Below extends Above {}
            public static class Plain { public static class Under extends Above {} }
        }
        """
    )
    above = jvm().load_module(str(source)).Above
    assert above.Below is above.Below
    assert issubclass(above.Below, above)
    assert issubclass(above.Plain.Under, above)
    del above
    gc.collect()
    left = [made.__name__ for one in list(classes.values()) if (made := one())]
    assert not [name for name in left if name.startswith("Above")]


def test_a_class_is_not_made_anew_with_each_error(tmp_path: Path) -> None:
    source = tmp_path / "Again.java"
    source.write_text(
        """
        public class Again extends RuntimeException {
            public static void run() { throw new Again(); }
        }
        """
    )
    run = jvm().load_module(str(source)).load_entity("class=Again,callable=run")

    def thrown() -> weakref.ref[type]:
        with pytest.raises(metaffi.MetaFFIError) as raised:
            run()
        assert raised.value.foreign_type == "Again"
        return weakref.ref(type(raised.value))

    gc.collect()
    gc.disable()
    try:
        first = thrown()
        assert thrown()() is first() is not None
    finally:
        gc.enable()


def test_threads_make_a_class_once() -> None:
    from metaffi._foreign_class import classes, make

    together = threading.Barrier(4)

    def run(key: tuple[str, int]) -> type:
        together.wait()
        return make(key, "class some.Where", (metaffi.MetaFFIError,))

    keys = [("jvm", -number) for number in range(1, 50)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            for key in keys:
                assert len(set(pool.map(run, [key] * 4))) == 1
    finally:
        sys.setswitchinterval(before)
    gc.collect()
    assert not classes.keys() & set(keys)


def test_what_is_raised_through_java_is_the_same_exception(java: Any) -> None:
    mine = java.lang.IllegalStateException("mine")
    mine.extra = 1
    mine.__notes__ = ["noted"]
    mine.__context__ = context = KeyError("context")

    def fails() -> None:
        raise mine from cause

    for raised_before, cause in enumerate((ValueError("first"), ValueError("second"))):
        with pytest.raises(java.lang.IllegalStateException) as raised:
            java.util.Optional.empty().orElseGet(fails)
        assert raised.value is mine
        assert (mine.extra, mine.__notes__) == (1, ["noted"])
        assert (mine.__cause__, mine.__context__) == (cause, context)
        assert metaffi.exception(mine.original) is mine
        trace = traceback.extract_tb(mine.__traceback__)
        # Python itself may keep the frames that one had when it was raised before.
        assert [frame.name for frame in trace].count("fails") <= 1 + raised_before
    # What another is caused by is that exception, as it was left.
    with pytest.raises(java.lang.RuntimeException) as raised:
        raise java.lang.RuntimeException("outer", mine)
    assert raised.value.__cause__ is mine


def test_what_an_exception_does_not_have_is_missing(java: Any) -> None:
    mine = java.lang.IllegalStateException("mine")
    with pytest.raises(AttributeError, match="no public member get") as raised:
        mine.get()
    if sys.version_info >= (3, 10):
        assert (raised.value.name, raised.value.obj) == ("get", mine)
    # Asked whether it is a Supplier, too.
    assert java.util.Objects.requireNonNullElse(mine, "none") == mine.original
    with pytest.raises(metaffi.MetaFFIError, match="none of requireNonNullElseGet"):
        java.util.Objects.requireNonNullElseGet(None, mine)


def test_it_does_not_live_longer_for_that(java: Any) -> None:
    mine = java.lang.IllegalStateException("mine")
    thrown = mine.original
    gone = weakref.ref(mine)
    del mine
    gc.collect()
    assert gone() is None
    assert type(metaffi.exception(thrown)) is java.lang.IllegalStateException


def test_what_python_names_as_the_cause_is_that_for_java(java: Any, tmp_path: Path) -> None:
    (tmp_path / "Caught.java").write_text(
        """
        public class Caught {
            public static Throwable of(Runnable run) {
                try { run.run(); } catch (Throwable thrown) { return thrown; }
                return null;
            }
        }
        """
    )
    caught = jvm().load_module(str(tmp_path / "Caught.java")).Caught.of
    error = ValueError("why")

    def fails(*arguments: Any) -> Any:
        def run() -> None:
            raise java.lang.IllegalStateException(*arguments) from error

        return run

    with pytest.raises(java.lang.IllegalStateException, match="j") as raised:
        java.util.Optional.empty().orElseGet(fails("j"))
    assert raised.value.__cause__ is error
    cause = caught(fails("j")).getCause()
    assert cause.getClass().getSuperclass().getName() == "metaffi.ForeignException"
    assert cause.typeName() == "ValueError"
    # One that has a cause, or is made without one for good, keeps that.
    own = java.lang.RuntimeException("own")
    assert caught(fails("j", own)).getCause().equals(own.original)
    assert caught(fails("j", None)).getCause() is None
    circle = java.lang.IllegalStateException("circle")
    other = java.lang.RuntimeException("other", circle)

    def turns() -> None:
        raise circle from other

    assert caught(turns).getCause() is None


def test_copies_keep_class_and_original(java: Any) -> None:
    mine = java.lang.IllegalStateException("mine")
    mine.extra = [1]
    for make in (copy.copy, copy.deepcopy):
        copied = make(mine)
        assert copied is not mine
        assert type(copied) is java.lang.IllegalStateException
        assert copied.original.equals(mine.original)
        assert (str(copied), copied.message, copied.extra) == (str(mine), "mine", [1])
        assert (copied.extra is mine.extra) == (make is copy.copy)
    with pytest.raises(metaffi.MetaFFIError) as raised:
        metaffi.exception(3)
    copied = copy.copy(raised.value)
    assert (str(copied), copied.status) == (str(raised.value), raised.value.status)


def test_what_is_interrupted_is_caught_by_its_class(java: Any) -> None:
    waiting = threading.get_ident()
    done = threading.Event()

    def interrupt() -> None:
        while not done.wait(0.05):
            with contextlib.suppress(metaffi.MetaFFIError):
                return jvm().interrupt(waiting)

    other = threading.Thread(target=interrupt)
    other.start()
    try:
        with pytest.raises(java.lang.InterruptedException) as raised:
            java.lang.Thread.sleep(20_000)
    finally:
        done.set()
        other.join()
    assert type(raised.value) is java.lang.InterruptedException
    with pytest.raises(metaffi.MetaFFITimeoutError) as late, jvm().scope(deadline=0.1):
        java.lang.Thread.sleep(20_000)
    assert late.value.foreign_type == "java.lang.InterruptedException"
    assert not isinstance(late.value, java.lang.InterruptedException)
    assert not issubclass(type(late.value), java.lang.InterruptedException)
