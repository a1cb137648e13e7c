"""`MetaFFIError`: what every failure is."""

from __future__ import annotations

from copy import deepcopy

from . import libmetaffi
from ._foreign_class import ForeignClass, classes, make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._frame import Frame


_ARGS: Any = RuntimeError.args


class MetaFFIError(RuntimeError):
    """A failure of a call, of loading, or of an argument.

    Its text begins with the foreign error's own: type and message. What else is known of it is
    looked up when it is asked for.
    """

    @property
    def args(self) -> tuple[Any, ...]:
        """What it was raised with: its text, which may be made only now."""
        return tuple(
            str(arg) if type(arg) is libmetaffi.Refusal else arg for arg in _ARGS.__get__(self)
        )

    @args.setter
    def args(self, given: tuple[Any, ...]) -> None:
        _ARGS.__set__(self, given)

    def _detail(self, name: libmetaffi._Detail) -> Any:
        kept = self.__dict__.get("_kept")
        return libmetaffi.error_detail(self, name) if kept is None else kept.get(name)

    @property
    def status(self) -> int | None:
        """The number of the `metaffi_status`."""
        return self._detail("status")  # type: ignore[no-any-return]

    @property
    def foreign_type(self) -> str | None:
        """The type of the foreign error, such as `ValueError`; None of a failure of metaffi's."""
        return self._detail("foreign_type")  # type: ignore[no-any-return]

    @property
    def message(self) -> str:
        """What went wrong, without the type."""
        message = self._detail("message")
        return str(self) if message is None else message

    @property
    def foreign_traceback(self) -> str | None:
        """The foreign stack as text, as its language prints it."""
        return self._detail("foreign_traceback")  # type: ignore[no-any-return]

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The foreign stack, the innermost frame last."""
        from ._frame import Frame

        return tuple(Frame(*frame) for frame in self._detail("frames") or ())

    @property
    def cause(self) -> BaseException | None:
        """The error that led to this one, in its own language."""
        return self._detail("cause")  # type: ignore[no-any-return]

    @property
    def runtime(self) -> str | None:
        """The runtime that raised it; None if metaffi refused something before it was called."""
        return self._detail("runtime")  # type: ignore[no-any-return]

    @property
    def original(self) -> Any:
        """The foreign error itself: Python's exception, or a handle."""
        return self._detail("original")

    def __copy__(self) -> MetaFFIError:
        """One more for the same failure."""
        own = type(self)
        copied = own.__new__(own, *_ARGS.__get__(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> MetaFFIError:
        """The same, with copies of what it was given; the failure is no copy."""
        copied = memo[id(self)] = self.__copy__()
        for name, value in self.__dict__.items():
            if name != "__metaffi__":
                copied.__dict__[name] = deepcopy(value, memo)
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickled error keeps its text and numbers, not the objects of its process."""
        kept = {name: getattr(self, name) for name in _PLAIN}
        kept["frames"] = tuple(map(tuple, self.frames))
        own = type(self)
        return MetaFFIError if type(own) is ForeignClass else own, self.args, {"_kept": kept}


class MetaFFIMemoryError(MetaFFIError, MemoryError):
    """A failure for want of memory."""


class MetaFFITimeoutError(MetaFFIError, TimeoutError):
    """What ran longer than its scope's deadline, and was interrupted."""


# Tracebacks show the names that users import.
MetaFFIError.__module__ = MetaFFIMemoryError.__module__ = MetaFFITimeoutError.__module__ = "metaffi"

_PLAIN = ("status", "foreign_type", "message", "foreign_traceback", "runtime")

libmetaffi.set_error(
    MetaFFIError, MetaFFIMemoryError, MetaFFITimeoutError, ForeignClass, classes, make
)
