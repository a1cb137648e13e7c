"""Numbers, truth and text: exactly what the declared type holds, both ways."""

from __future__ import annotations

import math
import struct

import pytest
from support import echo, info, infos

import metaffi
from metaffi import MetaFFIError

LIMITS = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
    "size": (0, 2**64 - 1),
}


class Int(int):
    pass


class Index:
    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


@pytest.mark.parametrize("name", LIMITS)
def test_integers_to_their_limits(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, name: str
) -> None:
    in_c, in_python = guest.load_entity(f"callable=echo_{name}"), echo(python_guest, name)
    low, high = LIMITS[name]
    for value in (low, low + 1, 0, 1, high - 1, high):
        assert in_c(value) == in_python(value) == value


@pytest.mark.parametrize("name", LIMITS)
def test_integers_beyond_their_limits_are_an_error(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, name: str
) -> None:
    low, high = LIMITS[name]
    for entity in (guest.load_entity(f"callable=echo_{name}"), echo(python_guest, name)):
        for value in (low - 1, high + 1, 2**70, -(2**70)):
            with pytest.raises(MetaFFIError, match=r"argument 0"):
                entity(value)


@pytest.mark.parametrize("value", [1.0, 1.5, "1", b"1", None, [1], object()])
def test_an_integer_is_asked_for(guest: metaffi.MetaFFIModule, value: object) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 0 \(value\)"):
        guest.load_entity("callable=echo_int64")(value)


def test_subclasses_and_indexes_are_integers(guest: metaffi.MetaFFIModule) -> None:
    entity = guest.load_entity("callable=echo_int64")
    assert entity(Int(41)) == 41
    assert entity(Index(42)) == 42


def test_bool_is_an_integer_of_c(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    for name in LIMITS:
        in_c, in_python = guest.load_entity(f"callable=echo_{name}"), echo(python_guest, name)
        assert [repr(in_c(truth)) for truth in (True, False)] == ["1", "0"]
        with pytest.raises(MetaFFIError, match="bool"):
            in_python(True)
    assert guest.load_entity("callable=through_bool")(lambda truth: int(not truth), 1) is False
    with pytest.raises(MetaFFIError, match="bool"):
        guest.load_entity("callable=echo_double")(True)


@pytest.mark.parametrize("truth", [0, 1, Int(0), Index(1)])
def test_zero_and_one_are_bools_of_c(guest: metaffi.MetaFFIModule, truth: object) -> None:
    is_true = isinstance(truth, Index) or truth == 1
    assert guest.load_entity("callable=negate")(truth) is not is_true


@pytest.mark.parametrize("value", [2, -1, 1 << 64, 1.0, "true", None, []])
def test_only_bools_are_bool(guest: metaffi.MetaFFIModule, value: object) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 0 \(truth\)"):
        guest.load_entity("callable=negate")(value)


@pytest.mark.parametrize("value", [0.0, -0.0, 1.5, 1e308, 5e-324, math.inf, -math.inf, math.nan])
def test_doubles_keep_every_bit(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, value: float
) -> None:
    for entity in (guest.load_entity("callable=echo_double"), echo(python_guest, "float64")):
        assert struct.pack("d", entity(value)) == struct.pack("d", value)


def test_an_int_is_accepted_where_a_float_is_declared(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    for entity in (
        guest.load_entity("callable=multiply"),
        python_guest.load_entity("callable=multiply"),
    ):
        result = entity(3, 4)
        assert (type(result), result) == (float, 12.0)
    assert guest.load_entity("callable=echo_float")(3) == 3.0


@pytest.mark.parametrize("value", ["1.5", None, [1.5], 1j])
def test_a_float_is_asked_for(guest: metaffi.MetaFFIModule, value: object) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 1 \(right\)"):
        guest.load_entity("callable=multiply")(1.0, value)


def test_floats_are_rounded_as_in_c(guest: metaffi.MetaFFIModule) -> None:
    single = struct.unpack("f", struct.pack("f", 0.1))[0]
    assert guest.load_entity("callable=echo_float")(0.1) == single


@pytest.mark.parametrize("text", ["", "a", "text", "zwölf", "日本語", "🦀" * 3, "x" * 10_000])
def test_text_goes_out_and_comes_back(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, text: str
) -> None:
    assert guest.load_entity("callable=echo_text")(text) == text
    for name in ("string8", "string16", "string32"):
        assert echo(python_guest, name)(text) == text


def test_text_keeps_its_zeroes(python_guest: metaffi.MetaFFIModule) -> None:
    for name in ("string8", "string16", "string32"):
        assert echo(python_guest, name)("a\0b") == "a\0b"


def test_half_a_surrogate_pair_is_an_error(guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 0 \(text\)"):
        guest.load_entity("callable=text_length")("a\ud800")


@pytest.mark.parametrize("value", [True, 1.5, ["text"], {"a": 1}, object()])
def test_text_is_asked_for(guest: metaffi.MetaFFIModule, value: object) -> None:
    with pytest.raises(MetaFFIError, match=r"argument 0 \(text\)"):
        guest.load_entity("callable=text_length")(value)


def test_characters_are_text_of_one(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    assert guest.load_entity("callable=echo_char")("a") == "a"
    assert guest.load_entity("callable=echo_wide")("🦀") == "🦀"
    assert echo(python_guest, "char8")("z") == "z"
    assert echo(python_guest, "char16")("é") == "é"
    assert echo(python_guest, "char32")("🦀") == "🦀"


@pytest.mark.parametrize(
    ("name", "value"), [("char8", "é"), ("char16", "🦀"), ("char32", "ab"), ("char8", "")]
)
def test_more_or_less_than_a_character_is_an_error(
    python_guest: metaffi.MetaFFIModule, name: str, value: str
) -> None:
    with pytest.raises(MetaFFIError, match="argument 0"):
        echo(python_guest, name)(value)


def test_enumerators_are_integers(guest: metaffi.MetaFFIModule) -> None:
    assert guest.load_entity("callable=next_color")(0) == 5
    assert guest.load_entity("constant=GREEN")() == 5


def test_constants_and_globals(guest: metaffi.MetaFFIModule) -> None:
    assert guest.load_entity("constant=GUEST_LIMIT")() == 4096
    assert guest.load_entity("constant=GUEST_NAME")() == "guest"
    assert guest.load_entity("constant=GUEST_RATIO")() == 0.25
    read = guest.load_entity("global=guest_counter,getter")
    write = guest.load_entity("global=guest_counter,setter")
    before = read()
    assert write(before + 1) is None
    assert read() == before + 1
    write(before)


def test_attributes_of_a_python_module(python_guest: metaffi.MetaFFIModule) -> None:
    read = python_guest.load_entity("attribute=COUNTER,getter", [], infos("int64"))
    write = python_guest.load_entity("attribute=COUNTER,setter", infos("int64"), [])
    before = read()
    write(before + 1)
    assert read() == before + 1
    write(before)


def test_arguments_of_every_class_together(guest: metaffi.MetaFFIModule) -> None:
    assert guest.load_entity("callable=many")(1, 2.0, "abc", 4, 5.0, 6, 7, True) == 29
    types = [info("int32"), info("float64"), info("string8"), info("uint8"), info("float32")]
    types += [info("int64"), info("int16"), info("bool")]
    assert (
        guest.load_entity("callable=many", types, infos("int32"))(1, 2, "abc", 4, 5, 6, 7, False)
        == 28
    )
