"""Values between Python and Java."""

from __future__ import annotations

import datetime
import decimal
import functools
import subprocess
import uuid
from pathlib import Path
from typing import Any, Callable

import pytest
from java import jdk
from support import infos

import metaffi

GUEST = Path(__file__).resolve().parents[3] / "tests/guests/Types.java"

Function = Callable[..., Any]


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> Function:
    """The functions of the guest, by their names."""
    home = jdk()
    to = tmp_path_factory.mktemp("classes")
    compiler = [str(home / "bin/javac"), "-encoding", "UTF-8", "-parameters", "-d", str(to)]
    subprocess.run([*compiler, str(GUEST)], check=True)
    module = metaffi.MetaFFIRuntime("jvm", home=str(home)).load_module(str(to))

    @functools.cache
    def load(name: str, *types: tuple[str, ...]) -> Any:
        path = f"class=Types,callable={name}"
        return module.load_entity(path, *(infos(*each) for each in types))

    return load


NOW = datetime.datetime(2024, 7, 1, 12, 30, 0, 5, datetime.timezone.utc)

ECHOED: list[tuple[str, Any]] = [
    ("boolean", True),
    ("long", -(2**63)),
    ("char", "x"),
    ("double", 0.1),
    ("java.lang.String", "a\0ß\U00010348"),
    ("java.lang.String", None),
    ("java.lang.CharSequence", "text"),
    ("java.lang.Integer", 5),
    ("java.lang.Integer", None),
    ("java.math.BigInteger", 2**200),
    ("java.math.BigInteger", 5),
    ("java.math.BigDecimal", decimal.Decimal("-1.50")),
    ("java.time.LocalDate", datetime.date(2024, 2, 29)),
    ("java.time.LocalTime", datetime.time(12, 30, 0, 5)),
    ("java.time.OffsetDateTime", NOW),
    ("java.time.Duration", datetime.timedelta(days=-1, microseconds=5)),
    ("java.util.UUID", uuid.UUID("12345678-1234-5678-1234-567812345678")),
    ("java.lang.Object", 2**70),
    ("java.lang.Object", datetime.date(2024, 2, 29)),
    ("java.lang.Object", None),
]


@pytest.mark.parametrize(("java_type", "value"), ECHOED, ids=lambda one: str(one)[:30])
def test_a_value_comes_back(java: Function, java_type: str, value: Any) -> None:
    back = java(f"echo({java_type})")(value)
    assert back == value
    assert type(back) is type(value)


def test_lists_become_arrays_and_collections(java: Function) -> None:
    assert list(java("echo(int[])")([1, 2])) == [1, 2]
    assert bytes(java("echo(byte[])")(b"\xff\0")) == b"\xff\0"
    assert [list(row) for row in java("echo(int[][])")([[1], [2, 3]])] == [[1], [2, 3]]
    assert list(java("echo(java.lang.String[])")(["a", None])) == ["a", None]
    longs = java("longs")([1, 2**40])
    assert list(longs) == [1, 2**40]
    # Integers of the class that the list is of: a Long is none of a List<Integer>.
    assert longs.contains(2**40)
    with pytest.raises(
        metaffi.MetaFFIError, match=r"argument 0 \(given\)\[1\]: 1099511627776 does not fit int"
    ):
        java("integers")([1, 2**40])


def test_refusals_say_which_argument(java: Function) -> None:
    with pytest.raises(metaffi.MetaFFIError, match=r"argument 0 \(given\)"):
        java("echo(int)")("5")
    with pytest.raises(metaffi.MetaFFIError, match=r"given|argument"):
        java("echo(int)")(2**40)
    with pytest.raises(metaffi.MetaFFIError, match=r"argument 2 \(third\): true"):
        java("three")(1, "-", True)


def test_direct_buffers_show_their_memory(java: Function) -> None:
    held = java("direct", ("int32",), ("handle",))(3)
    with memoryview(held) as memory:
        assert bytes(memory) == b"\1\2"
        assert not memory.readonly
        memory[0] = 7
    assert bytes(memoryview(held)) == b"\7\2"


def test_arrays_show_a_copy(java: Function) -> None:
    held = java("echo(int[][])", ("int32_array",), ("handle",))([[1, 2], [3, 4]])
    with memoryview(held) as memory:
        assert memory.readonly
        rows: object = memory.tolist()
        assert rows == [[1, 2], [3, 4]]
    assert list(held[1]) == [3, 4]
