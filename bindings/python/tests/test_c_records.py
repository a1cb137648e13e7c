"""Structs and unions of C: what they are made of, and their fields."""

from __future__ import annotations

import gc

import pytest

import metaffi
from metaffi import MetaFFIError, MetaFFIModule


def test_a_record_is_made_of_a_dict_or_in_order(data: MetaFFIModule) -> None:
    point = data.new("struct point", {"x": 3, "weight": 2.5})
    assert (point.x, point.y, point.weight, point.low) == (3, 0, 2.5, 0)
    assert data.new("struct point", (1, 2, 3.0, 4, 5)).high == 5
    shape = data.new(
        "struct shape",
        {"name": "box", "corners": [{"x": 1}, [2, 3]], "grid": [[1, 2, 3], [4]], "number": 7},
    )
    assert [(corner.x, corner.y) for corner in shape.corners] == [(1, 0), (2, 3)]
    assert [list(row) for row in shape.grid] == [[1, 2, 3], [4, 0, 0]]
    assert (shape.number, str(shape.name)) == (7, "box")


def test_fields_are_read_and_written_in_their_types(data: MetaFFIModule) -> None:
    shape = data.new("struct shape")
    shape.filled = True
    shape.real = 1.5
    shape.corners[1].high = 31
    shape["corners[0].x"] = -4
    assert shape.filled is True
    assert (shape.number, shape.corners[1].high, shape.corners[1].low) == (0x3FC00000, 31, 0)
    assert (shape.corners[0].x, shape["corners[0].x"]) == (-4, -4)
    shape.corners = [{"x": 5}]
    assert (shape.corners[0].x, shape.corners[1].high) == (5, 0)
    shape.corners[1] = data.new("struct point", {"x": 6})
    assert shape.corners[1].x == 6


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("x", 1 << 31),
        ("y", 1 << 15),
        ("x", "3"),
        ("x", 1.5),
        ("weight", None),
        ("low", 8),
        ("low", -1),
    ],
)
def test_what_does_not_fit_a_field_is_refused(
    data: MetaFFIModule, field: str, value: object
) -> None:
    point = data.new("struct point", {"x": 1, "y": 2, "weight": 3.0, "low": 4})
    before = bytes(point)
    with pytest.raises(MetaFFIError, match=field):
        setattr(point, field, value)
    assert bytes(point) == before


def test_const_is_not_written(data: MetaFFIModule) -> None:
    shape = data.new("struct shape")
    with pytest.raises(MetaFFIError, match="const"):
        shape.id = 1
    numbers = data.new("const int[2]", [1, 2])
    with pytest.raises(MetaFFIError, match="const"):
        numbers[0] = 3
    assert memoryview(numbers).readonly
    assert list(numbers) == [1, 2]


def test_a_part_shares_the_memory_and_keeps_it(data: MetaFFIModule) -> None:
    shape = data.new("struct shape")
    corner = shape.corners[1]
    corner.x = 9
    assert shape.corners[1].x == 9
    del shape
    gc.collect()
    assert corner.x == 9


def test_a_name_that_is_no_field_is_an_attribute_error(data: MetaFFIModule) -> None:
    point = data.new("struct point")
    with pytest.raises(AttributeError, match=r"struct point has no field wieght.*weight"):
        _ = point.wieght
    with pytest.raises(AttributeError, match="no field z"):
        point.z = 1
    with pytest.raises(TypeError, match="cannot be deleted"):
        del point.x
    assert not hasattr(point, "z")
    assert point.weight == 0.0
    assert {"x", "y", "weight", "low", "high"} <= set(dir(point))


def test_a_list_of_records_is_walked(data: MetaFFIModule) -> None:
    nodes = [data.new("struct node", {"value": value}) for value in range(4)]
    for node, following in zip(nodes, nodes[1:]):
        node.next = following
    first = nodes[0]
    del nodes, node, following
    gc.collect()
    values = []
    while first is not None:
        values.append(first.value)
        first = first.next
    assert values == [0, 1, 2, 3]


def test_a_copied_struct_keeps_what_its_pointers_were_made_to_point_to(
    data: MetaFFIModule,
) -> None:
    first = data.new("struct shape", {"label": "a label", "center": {"x": 4}})
    both = data.new("struct shape[2]", [first])
    del first
    gc.collect()
    filler = [data.new("char *", "another") for _ in range(100)]
    assert (str(both[0].label), both[0].center.x, len(filler)) == ("a label", 4, 100)


def test_elements_are_given_the_elements_of_their_own_array(data: MetaFFIModule) -> None:
    shape = data.new("struct shape", {"corners": [{"x": 1, "y": 2}, {"x": 3}]})
    shape.corners = [shape.corners[0], shape.corners[1]]
    assert [(corner.x, corner.y) for corner in shape.corners] == [(1, 2), (3, 0)]
    shape.corners[0] = [shape.corners[0].x, 8]
    assert (shape.corners[0].x, shape.corners[0].y) == (1, 8)
    nodes = data.new("struct node[2]", [{"next": {"value": 5}}, {"next": {"value": 6}}])
    nodes[""] = [nodes[1], nodes[0]]
    gc.collect()
    filler = [data.new("struct node", {"value": 99}) for _ in range(100)]
    assert (nodes[0].next.value, nodes[1].next.value, len(filler)) == (6, 6, 100)
    nodes[""] = [nodes[0], {"value": 7}]
    assert (nodes[0].next.value, nodes[1].value, nodes[1].next) == (6, 7, None)


def test_a_struct_is_given_parts_of_its_own(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("")
    module.declare("struct in { int a; char *text; }; struct out { struct in first; int b; };")
    both = module.new("struct out", [[5, "five"], 6])
    both[""] = [both.first, 7]
    gc.collect()
    filler = [module.new("char[5]", "none") for _ in range(100)]
    assert (both.first.a, str(both.first.text), both.b, len(filler)) == (5, "five", 7, 100)


def test_a_dict_that_contains_itself_is_refused(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("stdlib.h")
    module.declare("struct link { int value; struct link *next; };")
    link: dict[str, object] = {"value": 1}
    link["next"] = link
    with pytest.raises(RecursionError, match="dicts in dicts"):
        module.new("struct link", link)


def test_one_member_of_a_union_has_a_value(data: MetaFFIModule) -> None:
    data.declare(
        "union either { int number; float real; }; struct tagged { int tag; union either of; };"
    )
    assert data.new("union either", [1]).number == 1
    assert data.new("struct tagged", [1, {"real": 2.0}]).of.real == 2.0
    with pytest.raises(MetaFFIError, match="number and real are at one place in union either"):
        data.new("union either", [1, 2.0])
    with pytest.raises(MetaFFIError, match="6 values given for the 5 fields of struct point"):
        data.new("struct point", [0] * 6)


def test_bit_fields_at_the_end_of_a_record_are_its_memory(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("")
    module.declare("struct late { char text[7]; long bits : 8; };")
    late = module.new("struct late")
    assert module.sizeof("struct late") == 8
    late.bits = -3
    pointer = module.new("struct late *", late)
    assert (late.bits, late["bits"], pointer.bits, bytes(late)[7]) == (-3, -3, -3, 0xFD)
    pointer.bits = 4
    last = module.new("struct late[2]", [{}, {"bits": 5}])[1]
    last.bits += 1
    assert (late.bits, last.bits) == (4, 6)


@pytest.mark.parametrize("field", ["inner", "to"])
def test_a_field_is_read_whatever_the_collector_releases_meanwhile(
    c: metaffi.MetaFFIRuntime, field: str
) -> None:
    module = c.load_module("")
    module.declare(
        "struct inner { int *numbers; };struct outer { struct inner inner; struct inner *to; };"
    )
    outer = module.new("struct outer", {"to": module.new("struct inner")})
    del module
    thresholds = gc.get_threshold()

    def release(phase: str, details: dict[str, int]) -> None:
        outer.release()

    # No other object has the type: once this one is released, nobody needs it but who reads.
    gc.collect()
    gc.callbacks.append(release)
    gc.set_threshold(1)
    try:
        found = getattr(outer, field)
    except (MetaFFIError, AttributeError):
        # It was released before.
        found = None
    finally:
        gc.set_threshold(*thresholds)
        gc.collect()
        gc.callbacks.remove(release)
    del found
    with pytest.raises(MetaFFIError, match="the handle is released"):
        _ = outer.type_name
