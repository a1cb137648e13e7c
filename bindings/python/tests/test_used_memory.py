"""Memory that a call uses, whatever a callback does to the arguments meanwhile."""

from __future__ import annotations

import gc
import weakref

import pytest

import metaffi

# The first call learns which objects are accepted; the next ones know.
known = pytest.mark.parametrize("known", [False, True])


@known
def test_what_a_pointer_points_to_stays_while_a_call_uses_it(
    c: metaffi.MetaFFIRuntime, c_path: str, known: bool
) -> None:
    guest = c.load_module(c_path)
    visit_points = guest.load_entity("callable=visit_points")
    pointer = guest.new("struct point *", guest.new("struct point[3]", [[1, 2], [3, 4], [5, 6]]))
    other, seen = guest.new("struct point[3]"), []
    more: list[metaffi.MetaFFIHandle] = []

    def visit(point: metaffi.MetaFFIHandle) -> None:
        pointer.value = other
        gc.collect()
        more.extend(guest.new("struct point[3]", [[9, 9]] * 3) for _ in range(100))
        seen.append((point.x, point.y))

    if known:
        visit_points(lambda point: None, pointer, 3)
    visit_points(visit, pointer, 3)
    assert seen == [(1, 2), (3, 4), (5, 6)]


@known
def test_what_a_call_used_is_given_back_after_it(
    c: metaffi.MetaFFIRuntime, c_path: str, known: bool
) -> None:
    guest = c.load_module(c_path)
    pour = guest.load_entity("callable=pour")
    target = guest.new("int")
    gone = weakref.ref(target)
    one, other = guest.new("int *[1]", [target]), guest.new("int *[1]")
    del target
    pointer = guest.new("void *", one)

    def write(data: object, size: int, count: int, to: object) -> int:
        pointer.value = other
        return 0

    if known:
        pour(lambda data, size, count, to: 0, 1, pointer)
    pour(write, 1, pointer)
    one.release()
    assert gone() is None


@known
def test_memory_that_a_callback_releases_is_there_until_the_call_ends(
    c: metaffi.MetaFFIRuntime, c_path: str, known: bool
) -> None:
    guest = c.load_module(c_path)
    visit_points = guest.load_entity("callable=visit_points")
    points, seen = guest.new("struct point[100000]", [[1, 2], [3, 4]]), []

    def visit(point: metaffi.MetaFFIHandle) -> None:
        points.release()
        seen.append((point.x, point.y))

    if known:
        visit_points(lambda point: None, points, 2)
    visit_points(visit, points, 2)
    assert seen == [(1, 2), (3, 4)]
