"""What objects of any runtime can do, and what is in them."""

from typing import Any

from . import libmetaffi

_NO_OBJECTS, _FIELDS, _WITHOUT_NULLS, _NO_SHARED = 1 << 1, 1 << 2, 1 << 9, 1 << 13


def capabilities(obj: object, /) -> "frozenset[str]":
    """What an object can do and is: names such as ``"call"``, ``"read_items"`` and ``"pointer"``.

    Of an object of another runtime it is what that says; of one of Python's own, what other
    runtimes see.
    """
    return frozenset(filter(None, libmetaffi.capabilities(obj).split(", ")))


def convert(
    obj: object,
    /,
    *,
    depth: "int | None" = None,
    fields: bool = True,
    objects: bool = True,
    nulls: bool = True,
    shared: bool = True,
) -> Any:
    """An object of any runtime, and all that is in it, as Python's own.

    Numbers and text become such, arrays of structs lists, and structs with their fields
    `types.SimpleNamespace`. Arrays of numbers are views of the memory that they are in, and keep
    it: `tolist()` makes lists of them. What has no conversion stays the object that it is.

    :param depth: how many containers may be one inside the other; what is deeper stays an object.
    :param fields: whether structs, dataclasses and named tuples are converted field by field.
    :param objects: whether something may stay an object; otherwise that is an error.
    :param nulls: whether fields and entries that are null are there.
    :param shared: whether a container may be there twice, or in itself; otherwise that is an error.
    """
    flags = 0 if objects else _NO_OBJECTS
    flags |= _FIELDS if fields else 0
    flags |= 0 if nulls else _WITHOUT_NULLS
    flags |= 0 if shared else _NO_SHARED
    return libmetaffi.convert(obj, depth, flags)
