"""Objects of other runtimes, and objects of this Python that went out."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest
from support import echo, infos

import metaffi
from metaffi import MetaFFIError, MetaFFIHandle


@pytest.fixture
def record(guest: metaffi.MetaFFIModule) -> MetaFFIHandle:
    return guest.load_entity("callable=new_record")("first", 1)  # type: ignore[no-any-return]


def test_an_object_of_this_python_is_itself(python_guest: metaffi.MetaFFIModule) -> None:
    box = python_guest.load_entity("callable=make_box")(7)
    assert type(box).__name__ == "Box"
    assert box.number == 7
    assert echo(python_guest, "handle")(box) is box
    assert python_guest.load_entity("callable=same", infos("handle", "handle"), infos("bool"))(
        box, box
    )


def test_methods_of_an_object(python_guest: metaffi.MetaFFIModule) -> None:
    box = python_guest.load_entity("callable=make_box")(7)
    add = python_guest.load_entity("callable=Box.add,instance_required")
    assert add(box, 3) == 10
    read = python_guest.load_entity(
        "attribute=Box.number,instance_required,getter", infos("handle"), infos("int64")
    )
    write = python_guest.load_entity(
        "attribute=Box.number,instance_required,setter", infos("handle", "int64"), []
    )
    write(box, 9)
    assert (read(box), box.number) == (9, 9)


def test_a_constructor(python_guest: metaffi.MetaFFIModule) -> None:
    made = python_guest.load_entity("callable=Box", infos("int64"), infos("handle"))(5)
    assert made.number == 5


def test_a_foreign_object_has_a_useful_repr(record: MetaFFIHandle) -> None:
    assert isinstance(record, MetaFFIHandle)
    assert "MetaFFIHandle" in repr(record)
    assert "struct record" in repr(record)
    assert (record.runtime, record.released) == ("c", False)
    assert "struct record" in record.type_name


def test_handles_are_equal_by_identity(guest: metaffi.MetaFFIModule, record: MetaFFIHandle) -> None:
    same = guest.load_entity("callable=echo_pointer", infos("handle"), infos("handle"))(record)
    other = guest.load_entity("callable=new_record")("first", 1)
    assert record == same
    assert hash(record) == hash(same)
    assert record != other
    assert record != object()
    assert {record: "found"}[same] == "found"


def test_a_released_handle_is_refused(guest: metaffi.MetaFFIModule, record: MetaFFIHandle) -> None:
    record.release()
    record.release()
    assert record.released
    assert "released" in repr(record)
    with pytest.raises(MetaFFIError, match=r"argument 0 \(record\).*released"):
        guest.load_entity("callable=free_record")(record)


def test_a_handle_is_a_context_manager(guest: metaffi.MetaFFIModule) -> None:
    with guest.load_entity("callable=new_record")("scoped", 2) as record:
        assert not record.released
    assert record.released


def test_a_handle_is_collected(guest: metaffi.MetaFFIModule) -> None:
    handle = guest.load_entity("callable=mirrored")(guest.new("struct point"))
    gone = weakref.ref(handle)
    del handle
    gc.collect()
    assert gone() is None


def test_the_guest_lets_go_of_what_python_lets_go(python_guest: metaffi.MetaFFIModule) -> None:
    box = python_guest.load_entity("callable=make_box")(7)
    gone = weakref.ref(box)
    for name in ("handle", "any", "handle_array"):
        echo(python_guest, name)([box] if name.endswith("array") else box)
    del box
    gc.collect()
    assert gone() is None


def test_a_handle_of_nothing_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        MetaFFIHandle()
    with pytest.raises(TypeError):
        metaffi.MetaFFIEntity()


def test_reference_counts_of_handles_stay(python_guest: metaffi.MetaFFIModule) -> None:
    box, entity = object(), echo(python_guest, "handle")
    entity(box)
    before = sys.getrefcount(box)
    for _ in range(1000):
        entity(box)
    assert sys.getrefcount(box) == before


def test_what_any_object_has(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, record: MetaFFIHandle
) -> None:
    box, load = python_guest.load_entity("callable=make_box")(7), python_guest.load_entity
    assert load("attribute=number,instance_required")(box) == 7
    load("attribute=number,instance_required,setter")(box, 8)
    assert box.number == 8
    assert load("callable=add,instance_required")(box, 3) == 11
    numbers = {"one": 1, 2: [3, 4]}
    assert load("item")(numbers, 2) == [3, 4]
    assert load("item=one")(numbers) == 1
    load("item,setter")(numbers[2], -1, 5)
    load("item=one,deleter")(numbers)
    assert numbers == {2: [3, 5]}
    with pytest.raises(MetaFFIError, match="there is no item 'one'") as caught:
        load("item=one")(numbers)
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(MetaFFIError, match='did you mean "number"') as caught:
        load("attribute=numbr,instance_required")(box)
    assert isinstance(caught.value.__cause__, AttributeError)
    # Of C as well.
    get = guest.load_entity("attribute=id,instance_required")
    inner = guest.load_entity("attribute=inner,instance_required")(record)
    guest.load_entity("attribute=id,instance_required,setter")(inner, 5)
    assert get(inner) == get(record.inner) == 5
    values = record.values
    guest.load_entity("item,setter")(values, 3, -1)
    assert guest.load_entity("item")(values, 3) == values[3] == -1
    with pytest.raises(MetaFFIError, match="has no member `idd`"):
        guest.load_entity("attribute=idd,instance_required")(inner)
    with pytest.raises(MetaFFIError, match="only objects of runtime c"):
        get(box)
