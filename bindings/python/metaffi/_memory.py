"""Memory whose size the program says: what is behind a pointer of C."""

from __future__ import annotations

from ._errors import MetaFFIError
from .libmetaffi import MetaFFIHandle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    _Memory = Union[MetaFFIHandle, int, None]


def string(memory: _Memory, most: int | None = None) -> bytes:
    """The bytes of C's text up to its NUL, at most so many.

    `memory` is a pointer, an array, or an address; the text may end where `most` does, without a NUL.
    """
    import ctypes

    view = _array(memory)
    if view is not None:
        return bytes(view[: _size("most", most)]).partition(b"\0")[0]
    address = _address(memory)
    if most is None:
        return ctypes.string_at(address)
    count = ctypes.CDLL(None).strnlen
    count.argtypes, count.restype = (ctypes.c_void_p, ctypes.c_size_t), ctypes.c_size_t
    return ctypes.string_at(address, count(address, _size("most", most)))


def buffer(memory: _Memory, size: int) -> memoryview:
    """So many bytes, which are not copied: writing into them is seen by C.

    `memory` is a pointer, an array or other data, or an address. What is known to be kept by it lives
    as long as the view; what C owns has to be there as long.
    """
    import ctypes

    _size("size", size)
    view = _array(memory)
    if view is not None:
        if size > len(view):
            raise MetaFFIError(f"size: {size} bytes asked of an object that has {len(view)}")
        return view[:size]
    if size == 0:
        return memoryview(bytearray())
    array = (ctypes.c_ubyte * size).from_address(_address(memory))
    # The view keeps the array, and the array what the pointer belongs to.
    array.owner = memory  # type: ignore[attr-defined]
    return memoryview(array).cast("B")


def _array(memory: _Memory) -> memoryview | None:
    """The memory of data that has a size; None of a pointer."""
    if not isinstance(memory, int):
        try:
            return memoryview(memory).cast("B")  # type: ignore[arg-type]
        except (TypeError, BufferError, MetaFFIError):
            pass
    return None


def _address(memory: _Memory) -> int:
    if not isinstance(memory, (int, MetaFFIHandle)):
        kind = "None, the null pointer," if memory is None else type(memory).__name__
        raise MetaFFIError(
            f"memory: {kind} given; wanted are a pointer or other data of C, or an int"
        )
    address = int(memory)
    if address == 0:
        raise MetaFFIError("memory: the pointer is null")
    return address


def _size(name: str, size: int | None) -> int | None:
    if size is not None and size < 0:
        raise MetaFFIError(f"{name}: {size} is negative")
    return size
