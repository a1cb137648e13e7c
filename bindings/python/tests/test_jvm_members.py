"""Members of Java's objects and classes as attributes, which are remembered by their names."""

from __future__ import annotations

import gc
import subprocess
import threading
from typing import Any

import pytest
from java import jdk, jvm
from support import GUESTS

import metaffi

# More than it takes until something is remembered.
ROUNDS = 20


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    to = tmp_path_factory.mktemp("members")
    compiler = [str(jdk() / "bin/javac"), "-parameters", "-d", str(to)]
    subprocess.run([*compiler, str(GUESTS / "Named.java")], check=True)
    return jvm().load_module(str(to))


@pytest.fixture
def members(module: Any) -> Any:
    return module.guests.Named()


def test_fields_are_what_they_are_now(module: Any, members: Any) -> None:
    for number in range(ROUNDS):
        assert members.number == 5 + number
        members.number += 1
        members.title = f"title {number}"
        assert members.title == members.getTitle() == f"title {number}"
        members.held = members
        assert members.held == members
        members.held = None
        assert members.held is None
    assert members.small == 2
    with pytest.raises(metaffi.MetaFFIError, match="small is short"):
        members.small = 2**20
    assert module.guests.Named.NAME == members.NAME == "members"
    module.guests.Named.count = 7
    assert (module.guests.Named.count, members.count) == (7, 7)
    with pytest.raises(metaffi.MetaFFIError, match="is final"):
        module.guests.Named.NAME = "other"


def test_fields_are_written_with_what_fits_alone(module: Any, members: Any) -> None:
    named = module.guests.Named
    for number in range(ROUNDS):
        members.number = 2**40 + number
        assert members.number == 2**40 + number
        members.number = number
        assert members.number == number
        for wrong in (1.5, "text", None, members, True):
            with pytest.raises(metaffi.MetaFFIError, match="number"):
                members.number = wrong
        for held in (number, "text", 1.5, None, members, True, [number]):
            members.held = held
            assert members.held == held
        members.both = f"text {number}"
        assert members.both == f"text {number}"
        for wrong in (5, members):
            with pytest.raises(metaffi.MetaFFIError, match=r"both is java\.lang\.String"):
                members.both = wrong
        members.count = number
        assert named.count == number
        named.count = 7
        with pytest.raises(AttributeError):
            members.absent = number
        with pytest.raises(AttributeError):
            members.narrow = number


def test_packages_and_classes_in_them_stay(module: Any) -> None:
    java = module.java
    util = java.util
    for _ in range(ROUNDS):
        assert module.java.util is util
        assert util.ArrayList is util.ArrayList
        assert util.Map.Entry is util.Map.Entry
        assert util.ArrayList([1, 2]).size() == 2
        with pytest.raises(AttributeError):
            util.Missing  # noqa: B018
        with pytest.raises((AttributeError, metaffi.MetaFFIError)):
            util.ArrayList = None
    kept = util.ArrayList
    kept.release()
    assert util.ArrayList is not kept
    assert util.ArrayList([1, 2]).size() == 2
    entry = util.Map.Entry
    util.release()
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        util.ArrayList  # noqa: B018
    assert java.util is not util
    assert java.util.Map.Entry == entry


def test_a_field_comes_before_the_method(members: Any) -> None:
    for _ in range(ROUNDS):
        assert members.both == "field"


def test_overloads_are_meant_by_what_is_given(members: Any) -> None:
    class Own:
        pass

    for _ in range(ROUNDS):
        assert members.same(1) == "int"
        assert members.same(2**40) == "long"
        assert members.same(1.5) == "double"
        assert members.same("text") == "String"
        assert members.same(members) == "Object"
        assert members.same(Own()) == "Object"
        assert members.same(True) == "Object"


def test_what_does_not_fit_is_refused_each_time(members: Any) -> None:
    for _ in range(ROUNDS):
        assert members.narrow(-5) == -5
        with pytest.raises(
            metaffi.MetaFFIError, match=r"narrow\(java.lang.Long\) is none of narrow\(int\)"
        ):
            members.narrow(2**40)
        with pytest.raises(metaffi.MetaFFIError, match="is none of"):
            members.narrow("text")
        with pytest.raises(metaffi.MetaFFIError, match="is none of"):
            members.narrow()
        assert members.wide(3) == 3.0
        assert members.wide(2**40) == 2.0**40
        with pytest.raises(metaffi.MetaFFIError, match="is none of"):
            members.wide(2**60 + 1)
        with pytest.raises(metaffi.MetaFFIError, match="is none of"):
            members.other(members.getClass())
        with pytest.raises(metaffi.MetaFFIError, match="by name"):
            members.narrow(number=1)


def test_arguments_of_all_kinds(module: Any, members: Any) -> None:
    for _ in range(ROUNDS):
        given = (1, 2**40, 1.5, True, "text", None, members)
        found = [members.any(one) for one in given]
        assert found == ["Integer", "Long", "Double", "Boolean", "String", "null", "Named"]
        assert list(members.all(True, "x", 0.5)) == [True, True, True]
        assert (members.rest("a"), members.rest("a", 1, 2)) == ("a0", "a2")
        assert members.itself() == members.other(members) == members
        assert members.other(None) is None
        assert members.unit() == "u"
        assert module.guests.Named.twice(4) == 8
        assert module.guests.Named.getName() == "guests.Named"
        assert members.setTitle("text") is None
        assert members.deep(lambda number: members.narrow(number) + 1, 3) == 4
        with pytest.raises(metaffi.MetaFFIError):
            members.deep(lambda number: members.narrow(2**40), 3)
        with pytest.raises(metaffi.MetaFFIError, match="wrong") as raised:
            members.fail("wrong")
        assert raised.value.foreign_type == "java.lang.Exception"


def test_names_that_are_not_there(members: Any) -> None:
    for _ in range(ROUNDS):
        with pytest.raises(AttributeError, match='did you mean "narrow"'):
            members.narrov  # noqa: B018
        assert not hasattr(members, "missing")
        assert members.__class__ is type(members)
        assert getattr(members, "nar" + "row".lower())(1) == 1


def test_methods_are_objects(module: Any, members: Any) -> None:
    method = members.narrow
    assert method(1) == 1
    assert type(method) is type(members.wide)
    assert method == members.narrow
    assert hash(method) == hash(members.narrow)
    assert method != members.wide
    assert issubclass(type(method), metaffi.MetaFFIHandle)
    assert method.runtime == "jvm"
    assert not method.released
    assert "narrow" in str(method)
    assert "toString" in dir(method)
    # What Java knows of it by now.
    assert method(2) == 2
    assert members.any(method) == "MethodGroup"
    assert method.toString().startswith("method narrow of ")
    method.release()
    assert method.released
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        method(1)
    fresh = members.narrow
    fresh.release()
    assert fresh.released
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        fresh(1)


def test_methods_outlive_the_handle_of_their_object(module: Any) -> None:
    live = module.load_entity("class=metaffi.guest.Objects,callable=live")
    gc.collect()
    before = live()
    members = module.guests.Named()
    methods = [members.narrow, members.unit, members.wide]
    members.release()
    assert members.released
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        members.narrow  # noqa: B018
    for _ in range(2):
        assert methods[0](1) == 1
        assert methods[1]() == "u"
    assert methods[2] != methods[1]
    assert live() > before
    del members, methods
    gc.collect()
    # Java's collector may let go of what other tests have given.
    assert live() <= before


def test_a_method_is_given_to_itself(module: Any) -> None:
    for _ in range(ROUNDS):
        method = module.guests.Named().any
        assert method(method) == "MethodGroup"
        assert method(1) == "Integer"


def test_a_method_that_cannot_be_had_now_is_had_later(module: Any) -> None:
    members = module.guests.Named()
    method = members.narrow
    failed = []

    def use() -> None:
        try:
            hash(method)
        except metaffi.MetaFFIError as error:
            failed.append(str(error))

    before = threading.stack_size(256 << 10)
    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    threading.stack_size(before)
    assert "stack" in failed[0]
    assert not method.released
    assert method(3) == 3
    assert "narrow" in str(method)


def test_nothing_is_left_behind(module: Any) -> None:
    live = module.load_entity("class=metaffi.guest.Objects,callable=live")
    members = module.guests.Named()
    for _ in range(ROUNDS):
        members.same(1), members.itself(), members.held, members.narrow
    gc.collect()
    before = live()
    for _ in range(100):
        members.any(members), members.itself().itself(), str(members.narrow), members.same(members)
    gc.collect()
    # Java's collector may let go of what other tests have given.
    assert live() <= before
