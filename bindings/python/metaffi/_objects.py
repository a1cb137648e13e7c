"""What objects of any runtime can do, and what is in them."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Callable, Literal, Union

from . import libmetaffi

_Converters = Mapping[Union[type, str, None], Callable[[Any], Any]]
_Unconvertible = Union[Literal["proxy", "error"], Callable[[Any], Any]]

# `METAFFI_VISIT_...`, by what they are called here.
_FIELDS, _MAPS_AS_PAIRS, _MAPS_AS_OBJECTS = 1 << 2, 1 << 3, 1 << 4
_SETS_AS_LISTS, _TUPLES_AS_LISTS = 1 << 5, 1 << 6
_UNCONVERTIBLE = {"proxy": 0, "error": 1 << 1}
_INTEGERS = {"exact": 0, "int64": 1 << 7, "float": 1 << 8}
_NULLS = {"kept": 0, "omitted": 1 << 9, "error": 1 << 10}
_BINARY = {"copied": 0, "viewed": 1 << 11}
_SHARED = {"kept": 0, "copied": 1 << 12, "error": 1 << 13}


def capabilities(obj: object, /) -> "frozenset[str]":
    """What an object can do and is: names such as ``"call"``, ``"read_items"`` and ``"pointer"``.

    Of an object of another runtime it is what that says; of one of Python's own, what other
    runtimes see.
    """
    return frozenset(filter(None, libmetaffi.capabilities(obj).split(", ")))


def source(obj: object, /) -> "tuple[str, int | None] | None":
    """The file and the line where an object of any runtime is written; None if nobody knows.

    Of an object of a host it is what that says. `inspect.getsourcefile` takes Python's own alone.
    """
    return libmetaffi.source(obj)


def convert(
    obj: object,
    /,
    *,
    depth: "int | None" = None,
    fields: bool = True,
    unconvertible: "_Unconvertible" = "proxy",
    converters: "_Converters | None" = None,
    defaults: "_Converters | None" = None,
    maps: "Callable[[], Any]" = dict,
    sets: "Callable[[], Any]" = set,
    tuples: "type[tuple[Any, ...] | list[Any]]" = tuple,
    records: "Callable[[], Any]" = SimpleNamespace,
    arrays: "Callable[[memoryview], Any]" = memoryview,
    integers: 'Literal["exact", "int64", "float"]' = "exact",
    nulls: 'Literal["kept", "omitted", "error"]' = "kept",
    binary: 'Literal["copied", "viewed"]' = "copied",
    shared: 'Literal["kept", "copied", "error"]' = "kept",
    proxies: "list[Any] | None" = None,
) -> Any:
    """An object of any runtime, and all that is in it, as Python's own.

    Numbers and text become such, arrays of structs lists, and structs with their fields
    `types.SimpleNamespace`. Arrays of numbers are views of the memory that they are in, and keep
    it, unless `arrays` says otherwise. What has no conversion stays the object that it is.

    :param depth: how many containers may be one inside the other; what is deeper stays an object.
    :param fields: whether structs, dataclasses and named tuples are converted field by field.
    :param unconvertible: what has no conversion: `"proxy"`, it stays an object; `"error"`; or a
        function that is given it, and gives what stands in its place.
    :param converters: functions by types, which convert objects before anything else is tried. A
        type is a class, the name of a type of another runtime, such as `"struct point"`, or None
        for all. What a function gives stands there as it is; `NotImplemented` leaves the object to
        the next one.
    :param defaults: the same for objects that have no other conversion.
    :param maps: makes maps, whose entries are then set; `list` for lists of pairs,
        `types.SimpleNamespace` for objects with the keys as names.
    :param sets: makes sets, which are then added to; `list` for lists, or `frozenset`.
    :param tuples: `list` for lists instead of tuples.
    :param records: makes structs and other objects with fields, whose attributes are then set;
        `dict` for dicts.
    :param arrays: makes something of the views of arrays of numbers, and of bytes that are viewed:
        `list` for lists, in several dimensions for lists of lists, `numpy.array` for copies.
    :param integers: an integer beyond 64 bits: `"exact"`; `"int64"`, an error; `"float"`, the
        nearest one.
    :param nulls: fields and entries that are null: `"kept"`, `"omitted"`; with `"error"`, any null
        is an error.
    :param binary: whether bytes are `"copied"`, or `"viewed"`: views that keep them.
    :param shared: a container that is met again: `"kept"` is one object, also in itself; `"copied"`
        comes anew; `"error"`.
    :param proxies: a list, to which everything is appended that stays an object.
    """
    flags = _FIELDS if fields else 0
    late = [*_pairs("defaults", defaults)]
    if callable(unconvertible):
        late.append((None, unconvertible))
    else:
        flags |= _choice("unconvertible", unconvertible, _UNCONVERTIBLE, ", or a function")
    flags |= _choice("integers", integers, _INTEGERS) | _choice("nulls", nulls, _NULLS)
    flags |= _choice("binary", binary, _BINARY) | _choice("shared", shared, _SHARED)
    if tuples not in (tuple, list):
        raise ValueError(f"tuples: pass tuple or list, not {tuples!r}")
    flags |= _TUPLES_AS_LISTS if tuples is list else 0
    flags |= _MAPS_AS_PAIRS if maps is list else 0
    flags |= _MAPS_AS_OBJECTS if maps is SimpleNamespace else 0
    flags |= _SETS_AS_LISTS if sets is list else 0
    if proxies is not None and not isinstance(proxies, list):
        raise TypeError("proxies: pass a list, to which they are appended")
    return libmetaffi.convert(
        obj,
        depth,
        flags,
        _asked(_pairs("converters", converters)),
        _asked(late),
        _maker("maps", maps, (dict, list, SimpleNamespace)),
        _maker("sets", sets, (set, list)),
        _maker("records", records, (SimpleNamespace,)),
        memoryview.tolist if arrays is list else _maker("arrays", arrays, (memoryview,)),
        proxies,
    )


def _choice(keyword: str, given: object, choices: "dict[str, int]", other: str = "") -> int:
    """The flag of a word."""
    if isinstance(given, str) and given in choices:
        return choices[given]
    words = ", ".join(f'"{choice}"' for choice in choices)
    raise ValueError(f"{keyword}: pass one of {words}{other}, not {given!r}")


def _maker(keyword: str, given: "Callable[..., Any]", known: "tuple[object, ...]") -> Any:
    """What makes containers; None of what is made anyway."""
    if not callable(given):
        raise TypeError(f"{keyword}: pass a class, or a function that makes one, not {given!r}")
    return None if given in known else given


def _pairs(keyword: str, given: "_Converters | None") -> "list[tuple[Any, Callable[[Any], Any]]]":
    """Types with their functions, if they are such."""
    pairs = list((given or {}).items())
    for of_type, function in pairs:
        if not (of_type is None or isinstance(of_type, (type, str))):
            raise TypeError(
                f"{keyword}: {of_type!r} is no type; pass a class, the name of a type of another "
                "runtime, or None for all"
            )
        if not callable(function):
            raise TypeError(f"{keyword}: what is given for {of_type!r} is no function")
    return pairs


def _asked(pairs: "list[tuple[Any, Callable[[Any], Any]]]") -> "Callable[[Any], Any] | None":
    """One function for those of several types."""

    def convert_one(given: Any) -> Any:
        name = given.type_name if isinstance(given, libmetaffi.MetaFFIHandle) else None
        for of_type, function in pairs:
            is_of = isinstance(given, of_type) if isinstance(of_type, type) else name == of_type
            if is_of or of_type is None:
                made = function(given)
                if made is not NotImplemented:
                    return made
        return NotImplemented

    return convert_one if pairs else None
