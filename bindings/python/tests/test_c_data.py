"""Objects for C data: numbers, what they show, what they cost, and when their memory ends."""

from __future__ import annotations

import doctest
import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from support import output_of

import metaffi
from metaffi import MetaFFIError, MetaFFIHandle, MetaFFIModule


def test_numbers_have_a_value(data: MetaFFIModule) -> None:
    number = data.new("int", 5)
    number.value += 1
    number[0] += 1
    assert (number.value, number[0], int(number), float(number)) == (7, 7, 7, 7.0)
    with pytest.raises(IndexError):
        _ = number[1]
    with pytest.raises(TypeError, match="is no number"):
        int(data.new("struct point"))


def test_handles_show_what_they_are(data: MetaFFIModule) -> None:
    point = data.new("struct point", {"x": 3, "weight": 0.5})
    assert repr(point).endswith("struct point {x=3, y=0, weight=0.5, low=0, high=0}>")
    assert repr(data.new("int[20]")).endswith("0, …]>")
    assert repr(data.new("char[4]", "abc")).endswith("'abc'>")
    assert "NULL" in repr(data.new("void *"))
    with point:
        pass
    assert (point.released, "released" in repr(point)) == (True, True)
    with pytest.raises(AttributeError, match="released"):
        _ = point.x
    field = data.new("struct shape", {"center": data.new("struct point")}).center
    assert "struct point *" in repr(field)


def test_runtimes_without_types_say_so(python3: metaffi.MetaFFIRuntime) -> None:
    with pytest.raises(MetaFFIError, match="this runtime"):
        python3.load_module("json").new("struct point")


def test_handles_cost_no_memory_in_the_end(data: MetaFFIModule) -> None:
    def churn(count: int) -> None:
        for _ in range(count):
            shape = data.new("struct shape", {"label": "text", "center": data.new("struct point")})
            shape.corners[1].x = shape.center.x

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    churn(3000)
    before = resident()
    churn(10000)
    assert resident() - before < 500


def test_what_a_call_uses_is_given_back_after_it(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("")
    libc.declare("void qsort(void *, size_t, size_t, int (*)(const int *, const int *));")
    libc.declare("struct box { int numbers[3]; };")
    sort = libc.load_entity("callable=qsort")

    def compare(one: MetaFFIHandle, other: MetaFFIHandle) -> int:
        numbers.release()
        return int(one[0] - other[0])

    for function in (compare, metaffi.make_metaffi_callable(compare)):
        for _ in range(2):
            box = libc.new("struct box", [[3, 1, 2]])
            numbers = box.numbers
            sort(numbers, 3, 4, function)
            assert (numbers.released, list(box.numbers)) == (True, [1, 2, 3])
            with pytest.raises(MetaFFIError, match="released"):
                sort(numbers, 3, 4, function)


def test_a_handle_of_another_type_is_refused_by_name(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("time.h")
    timegm = libc.load_entity("callable=timegm")
    libc.declare("struct point { int x; };")
    for _ in range(3):
        assert timegm(libc.new("struct tm", {"tm_year": 70, "tm_mday": 1})) == 0
        with pytest.raises(MetaFFIError, match="struct point"):
            timegm(libc.new("struct point"))


def test_numbers_of_other_sizes_are_exact(data: MetaFFIModule) -> None:
    for number in (0, 1, -1, 2**127 - 1, -(2**127), 2**64):
        assert int(data.new("__int128", number)) == number
    assert int(data.new("unsigned __int128", 2**128 - 1)) == 2**128 - 1
    assert float(data.new("__int128", 2**70)) == 2.0**70
    for number in (2**63 + 1, -(2**63) - 1, 2**100):
        assert int(data.new("long double", number)) == number
    with pytest.raises(MetaFFIError, match="no exact"):
        data.new("long double", 2**64 + 1)
    for real in (0.1, -2.5, 5e-324, 1.7e308, float("inf")):
        assert float(data.new("long double", real)) == real
    assert complex(data.new("double _Complex", 1.5 - 2j)) == 1.5 - 2j
    assert complex(data.new("float _Complex", 3)) == 3
    with pytest.raises(OverflowError):
        int(data.new("long double", float("inf")))


def test_what_is_released_is_refused_through_its_views(data: MetaFFIModule) -> None:
    shape = data.new("struct shape", {"corners": [{"x": 1}]})
    corner, grid = shape.corners[0], shape.grid
    shape.release()
    for use in (lambda: corner.x, lambda: grid[0], lambda: setattr(corner, "x", 2)):
        with pytest.raises((MetaFFIError, AttributeError), match="released"):
            use()


def test_a_type_lasts_while_a_value_of_it_is_made(data: MetaFFIModule) -> None:
    class Name(str):
        """Is compared, and lets the module forget what types it was asked for."""

        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            data.declare(f"struct unrelated_{id(self)};")
            gc.collect()
            return str.__eq__(self, other)

    data.declare("struct tail { int count; int items[]; };")
    for _ in range(20):
        with pytest.raises(MetaFFIError, match="keys of a dict"):
            data.new("struct tail", {Name("items"): [1, 2, 3]})


RELEASED_BY_THE_COLLECTOR = """
import gc, metaffi

module = metaffi.MetaFFIRuntime("c").load_module("")
address = module.address

class Cycle:
    def __init__(self, data):
        self.me, self.data = self, data

    def __del__(self):
        self.data.release()

for number in range(20):
    module.declare(f"struct of_{number} {{ int field; }};")
    data = module.new(f"struct of_{number}")
    module.declare(f"int unrelated_{number};")  # The module forgets what types it was asked for.
    Cycle(data)
    gc.set_threshold(1)
    made = address(data)
    gc.set_threshold(700)
    print(made.type_name)
"""


def test_a_type_lasts_while_the_collector_releases_its_only_value() -> None:
    # Memory that is given back is overwritten.
    spelled = output_of(RELEASED_BY_THE_COLLECTOR, PYTHONMALLOC="debug").splitlines()
    assert spelled == [f"struct of_{number} *" for number in range(20)]


def test_objects_are_small(data: MetaFFIModule) -> None:
    import tracemalloc

    data.declare("struct triple { double x, y, z; };")
    array = data.new("struct triple[8]")

    def each(make: Callable[[], object]) -> float:
        make()
        kept: list[object] = [None] * 10_000
        tracemalloc.start()
        for index in range(len(kept)):
            kept[index] = make()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size / len(kept)

    assert each(lambda: array[1]) <= 48
    assert each(lambda: data.new("struct triple")) <= 80


def test_the_page_about_data() -> None:
    page = Path(__file__).resolve().parents[3] / "docs/python_data.md"
    result = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert (result.attempted > 0, result.failed) == (True, 0)


class Meddler:
    """A number that does something before it says which."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self.meddle = meddle

    def __index__(self) -> int:
        self.meddle()
        return 5


@pytest.mark.parametrize("key", [0, slice(0, 3), "[0]"])
def test_data_that_is_released_while_it_is_written_stays_until_that_ends(
    c: metaffi.MetaFFIRuntime, key: int | slice | str
) -> None:
    data = c.load_module("stdlib.h").new("int[]", 100_000)
    meddler = Meddler(data.release)
    data[key] = [1, meddler, 3] if isinstance(key, slice) else meddler
    with pytest.raises(metaffi.MetaFFIError, match="released"):
        data[0]


def test_an_array_in_data_that_is_released_while_it_is_written(c: metaffi.MetaFFIRuntime) -> None:
    data = c.load_module("stdlib.h").new("struct { int a[100000]; }")
    data.a = [1, Meddler(data.release)] + [3] * 99_000
    with pytest.raises(AttributeError, match="released"):
        data.a  # noqa: B018
