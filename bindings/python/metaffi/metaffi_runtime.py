"""`MetaFFIRuntime`: a language's running system in this process."""

from __future__ import annotations

from . import libmetaffi
from ._errors import MetaFFIError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from .metaffi_module import MetaFFIModule


class MetaFFIRuntime:
    """A runtime by name or alias, with options that the runtime knows.

    It is loaded when it is first needed, or by `load_runtime_plugin`. As a context manager it is
    loaded on entry and released on exit.
    """

    __slots__ = ("__weakref__", "_loaded", "options", "runtime_plugin")

    def __init__(self, runtime_plugin: str, **options: str) -> None:
        if not isinstance(runtime_plugin, str):
            kind = type(runtime_plugin).__name__
            raise MetaFFIError(f"runtime_plugin: the name of a runtime is a str, not {kind}")
        self.runtime_plugin = runtime_plugin
        self.options = options
        self._loaded: libmetaffi.Runtime | None = None

    def load_runtime_plugin(self) -> None:
        """Loads the runtime now, to see its failures here. It may be loaded already."""
        self._native()

    def release_runtime_plugin(self) -> None:
        """Ends this object's use of the runtime.

        What was loaded through it stays usable, and the next use loads it again.
        """
        self._loaded = None

    def load_module(self, module_path: str) -> MetaFFIModule:
        """A module of the runtime. It is loaded with its first entity: a bad path shows there."""
        from .metaffi_module import MetaFFIModule

        return MetaFFIModule(self, module_path)

    def scope(self) -> Scope:
        """Keeps the runtime entered by this thread for a batch of calls, which are faster then."""
        return Scope(self._native())

    def _native(self) -> libmetaffi.Runtime:
        loaded = self._loaded
        if loaded is None:
            loaded = libmetaffi.Runtime(self.runtime_plugin, self.options or None)
            self._loaded = loaded
        return loaded

    def __enter__(self) -> Self:
        self.load_runtime_plugin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release_runtime_plugin()

    def __repr__(self) -> str:
        options = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return f"{type(self).__name__}({self.runtime_plugin!r}{options})"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError(
            "a MetaFFIRuntime belongs to its process and cannot be pickled or copied: "
            f"make MetaFFIRuntime({self.runtime_plugin!r}) in the other process"
        )


class Scope:
    """A context manager that has a runtime entered between `with` and the end of its block."""

    __slots__ = ("_runtime",)

    def __init__(self, runtime: libmetaffi.Runtime) -> None:
        self._runtime = runtime

    def __enter__(self) -> Self:
        self._runtime.enter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._runtime.leave()
