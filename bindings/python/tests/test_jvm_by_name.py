"""The JDK's own classes by name: items, numbers, arrays, and failures that come out of callbacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from java import jvm

import metaffi


@pytest.fixture(scope="module")
def jdk_alone() -> Any:
    return jvm().load_module("")


def test_keys_are_found_whatever_their_width(jdk_alone: Any) -> None:
    entries = jdk_alone.java.util.HashMap()
    for key, value in (5, "a"), (2**40, "b"), (5, "c"):
        entries[key] = value
    assert len(entries) == 2
    assert entries[5] == "c"
    assert 5 in entries and 2**40 in entries and 6 not in entries
    assert 5 in jdk_alone.java.util.ArrayList([2**40, 5])


def test_decimals_are_numbers(jdk_alone: Any) -> None:
    decimal = jdk_alone.java.math.BigDecimal
    assert float(decimal("1.5")) == 1.5
    assert int(decimal("3")) == 3
    assert float(decimal("0.1")) == 0.1


def test_sequences_and_bytes_become_arrays(jdk_alone: Any) -> None:
    assert jdk_alone.java.util.stream.IntStream.of([1, 2, 3]).sum() == 6
    assert str(jdk_alone.java.math.BigInteger(b"\x01\xff")) == "511"
    assert jdk_alone.java.util.Arrays.deepToString([[1], [2]]) == "[[1], [2]]"


def test_a_checked_exception_comes_out_of_a_callback_as_itself(
    jdk_alone: Any, tmp_path: Path
) -> None:
    files = jdk_alone.java.nio.file.Files
    missing = jdk_alone.java.nio.file.Path.of(str(tmp_path / "missing"))
    with pytest.raises(metaffi.MetaFFIError, match="missing") as raised:
        jdk_alone.java.util.Optional.of(1).map(lambda _: files.readString(missing))
    assert "NoSuchFileException" in str(raised.value) + repr(raised.value.__dict__)
