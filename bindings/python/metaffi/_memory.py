"""Memory whose size the program says: what is behind a pointer of C."""

from __future__ import annotations

from . import libmetaffi
from ._errors import MetaFFIError
from .libmetaffi import MetaFFIHandle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    from typing_extensions import Buffer

    _Memory = Union[MetaFFIHandle, Buffer, int, None]


def string(memory: _Memory, most: int | None = None) -> bytes:
    """The bytes of C's text up to its NUL, at most so many.

    `memory` is a pointer or other data, another object with a buffer, or an address; the text may end
    where `most` or the object does, without a NUL.
    """
    view = _bytes(memory)
    if view is None:
        return libmetaffi.string(memory, most)
    return bytes(view[: _checked("most", most)]).partition(b"\0")[0]


def buffer(memory: _Memory, size: int) -> memoryview:
    """So many bytes, which are not copied: writing into them is seen by C.

    `memory` is a pointer or other data, another object with a buffer, or an address. What is known to be
    its memory stays as long as the view, and refuses to be released; what C owns has to be there as long.
    """
    if size == 0 and memory is None:
        return memoryview(bytearray())
    view = _bytes(memory)
    if view is None:
        return libmetaffi.buffer(memory, size)
    if size > len(view):
        raise MetaFFIError(f"size: {size} bytes asked of an object that has {len(view)}")
    return view[: _checked("size", size)]


def _bytes(memory: object) -> memoryview | None:
    """Those of an object with a buffer that is not data of C."""
    if not isinstance(memory, (int, MetaFFIHandle)):
        try:
            return memoryview(memory).cast("B")  # type: ignore[arg-type]
        except (TypeError, BufferError):
            pass
    return None


def _checked(name: str, size: int | None) -> int | None:
    if size is not None and size < 0:
        raise MetaFFIError(f"{name}: {size} is negative")
    return size
