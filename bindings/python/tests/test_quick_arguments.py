"""What is given for an argument without a closer look: the same as with one, only sooner."""

from __future__ import annotations

import array
import struct
from collections.abc import Callable, Sequence

import pytest

import metaffi
from metaffi import MetaFFIError

Numbers = Sequence[float]


@pytest.fixture
def libc(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    return c.load_module("stdlib.h;string.h")


def copier(libc: metaffi.MetaFFIModule, pointer: str) -> Callable[[Numbers], bytes]:
    """What C finds at an address that numbers are given for."""
    name = "copy_" + "".join(letter if letter.isalnum() else "_" for letter in pointer)
    libc.declare(f'void {name}(void *, {pointer}, size_t) __asm__("memcpy");')
    copy = libc.load_entity(f"callable={name}")

    def copied(numbers: Numbers) -> bytes:
        into = bytearray(64)
        copy(into, numbers, 64)
        return bytes(into)

    return copied


TYPES = {
    "signed char": "b",
    "unsigned char": "B",
    "short": "h",
    "unsigned short": "H",
    "int": "i",
    "unsigned": "I",
    "long": "q",
    "unsigned long": "Q",
    "float": "f",
    "double": "d",
}


@pytest.mark.parametrize("ctype", TYPES)
@pytest.mark.parametrize("make", [list, tuple])
def test_numbers_of_a_list_are_elements(
    libc: metaffi.MetaFFIModule, ctype: str, make: Callable[[Numbers], Numbers]
) -> None:
    copied = copier(libc, f"const {ctype} *")
    code = TYPES[ctype]
    # As many bytes as C reads.
    count = 64 // struct.calcsize(code)
    numbers = [index % 5 for index in range(count)]
    for _ in range(3):
        assert copied(make(numbers)) == struct.pack(f"{count}{code}", *numbers)
    if ctype in ("float", "double"):
        floats = [index + 0.5 for index in range(count)]
        assert copied(make(floats)) == struct.pack(f"{count}{code}", *floats)
        assert copied(make([1, *floats[1:]])) == struct.pack(f"{count}{code}", 1, *floats[1:])


@pytest.mark.parametrize(
    ("ctype", "number"),
    [
        ("int", 2**31),
        ("int", 1.0),
        ("unsigned", -1),
        ("unsigned char", 256),
        ("long", 2**63),
        ("double", 2**53 + 1),
        ("double", "1"),
        ("float", 1e300),
    ],
)
def test_what_is_no_element_is_refused(
    libc: metaffi.MetaFFIModule, ctype: str, number: float
) -> None:
    copied = copier(libc, f"const {ctype} *")
    copied([1] * 64)
    with pytest.raises(MetaFFIError):
        copied([1] * 63 + [number])


def test_a_long_list_has_room(libc: metaffi.MetaFFIModule) -> None:
    libc.declare('void copy_many(void *, const double *, size_t) __asm__("memcpy");')
    numbers = [index / 2 for index in range(100_000)]
    into = array.array("d", bytes(8 * len(numbers)))
    libc.load_entity("callable=copy_many")(into, numbers, 8 * len(numbers))
    assert into.tolist() == numbers


def test_memory_is_lent_and_bytes_are_copied(libc: metaffi.MetaFFIModule) -> None:
    libc.declare('void set(void *, int, size_t) __asm__("memset");')
    libc.declare('void set_text(char *, int, size_t) __asm__("memset");')
    for name in ("set", "set_text"):
        fill = libc.load_entity(f"callable={name}")
        for exporter in (bytearray(4), array.array("b", bytes(4)), memoryview(bytearray(4))):
            fill(exporter, 7, 3)
            assert bytes(exporter) == b"\7\7\7\0"
        units = bytes(range(4))
        for _ in range(3):
            fill(units, 7, 4)
        assert units == b"\0\1\2\3"


def test_text_is_for_pointers_to_characters_or_what_is_read(libc: metaffi.MetaFFIModule) -> None:
    libc.declare('void set_text(char *, int, size_t) __asm__("memset");')
    text = "\N{DEGREE SIGN}c"
    for _ in range(3):
        libc.set_text(text, 7, 3)
        assert libc.memcmp(text, b"\xc2\xb0c", 3) == 0
        # What owns nothing that C has made cannot be given back to it.
        refused = pytest.raises(MetaFFIError, match=r"str '°c' cannot be given for void \*")
        with refused:
            libc.free(libc.strdup(text))
        with refused:
            libc.memset(text, 7, 3)
    assert text == "\N{DEGREE SIGN}c"


def test_text_and_bytes_are_read_where_they_are(libc: metaffi.MetaFFIModule) -> None:
    strlen = libc.load_entity("callable=strlen")
    for text in ("", "abc", "\N{EURO SIGN}", b"", b"abc", b"\xff\xfe\xfd", b"ab\0cd"):
        size = len(text.encode() if isinstance(text, str) else text.split(b"\0")[0])
        for _ in range(2):
            assert strlen(text) == size


def test_ints_and_characters(libc: metaffi.MetaFFIModule) -> None:
    libc.declare('int print_ints(void *, size_t, const char *, int, char) __asm__("snprintf");')
    into = bytearray(32)
    print_ints = libc.load_entity("callable=print_ints")
    for character in ("z", b"z", 122):
        assert print_ints(into, 32, "%d %c", -5, character) == 4
        assert into.startswith(b"-5 z\0")
    for wrong in (2**31, 1.5, "5"):
        with pytest.raises(MetaFFIError):
            print_ints(into, 32, "%d %c", wrong, "z")
    for wrong in ("zz", "", 256, "\N{EURO SIGN}"):
        with pytest.raises(MetaFFIError):
            print_ints(into, 32, "%d %c", 1, wrong)


def test_an_int_is_a_float_that_it_is_exactly(c: metaffi.MetaFFIRuntime) -> None:
    libm = c.load_module("libm.so.6;math.h")
    fabs, fabsf = (libm.load_entity(f"callable={name}") for name in ("fabs", "fabsf"))
    for number in (0, 3, -3, 2**24, -(2**24)):
        assert fabs(number) == fabsf(number) == abs(number)
    for number in (2**53, -(2**53), 2**60):
        assert fabs(number) == abs(number)
    for number in (2**53 + 1, 2**63 + 1, 10**400):
        with pytest.raises(MetaFFIError):
            fabs(number)
    assert fabsf(0.1) == struct.unpack("f", struct.pack("f", 0.1))[0]
    assert fabsf(float("-inf")) == float("inf")
    with pytest.raises(MetaFFIError, match="float32"):
        fabsf(1e39)


def test_characters_come_back(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("ctype.h")
    libc.declare('char same(char) __asm__("toascii"); char lower(char) __asm__("tolower");')
    assert libc.load_entity("callable=lower")("Q") == "q"
    assert libc.load_entity("callable=same")(0) == "\0"


def test_a_pointer_that_c_writes_is_given_as_where_it_is(libc: metaffi.MetaFFIModule) -> None:
    for _ in range(4):
        end = libc.new("char *")
        assert (libc.strtod("12abc", end), bytes(end)) == (12.0, b"abc")
    # What it points to is given where that is wanted, and where it is where anything is.
    libc.declare("""
        size_t text_length(const char *) __asm__("strlen");
        void *copied(char **, char *const *, size_t) __asm__("memcpy");
    """)
    for text in ("one", "three"):
        source, target = libc.new("char *", text), libc.new("char *")
        for _ in range(3):
            libc.copied(target, source, 8)
            assert bytes(target) == bytes(source) == text.encode()
            assert libc.text_length(target) == len(text)


def test_data_of_many_types_in_turn(libc: metaffi.MetaFFIModule) -> None:
    libc.declare('void *first_same(const void *, const void *) __asm__("strpbrk");')
    libc.declare("struct text { char of[8]; }; union word { char of[8]; long whole; };")
    kinds = ["char[8]", "char[9]", "struct text", "union word", "unsigned char[8]", "long"]
    first_same, word = libc.first_same, b"abcdefg\0"
    texts = [libc.new(kind) for kind in kinds]
    for text in texts:
        memory = metaffi.buffer(text, 8)
        memory[:] = word
        memory.release()
    pointer = libc.cast("char *", texts[0])
    for turn in range(24):
        text = [*texts, pointer][turn % 7]
        start = int(pointer) if text is pointer else int(libc.address(text))
        assert int(first_same(text, word[turn % 5 :])) == start + turn % 5
    texts[0].release()
    for text in (pointer, texts[0]):
        with pytest.raises(MetaFFIError, match="released"):
            first_same(text, word)
