"""Call code of any language in this process, as if it were Python.

>>> import metaffi
>>> libc = metaffi.MetaFFIRuntime("c").load_module("stdlib.h")
>>> absolute = libc.load_entity("callable=abs")
>>> absolute(-3)
3
"""

import os

if os.environ.get("METAFFI_LIBRARY"):
    from . import _library

    _library.load(f"{__name__}.libmetaffi")

from . import libmetaffi
from .libmetaffi import (
    MetaFFIEntity,
    MetaFFIHandle,
    MetaFFIModule,
    MetaFFIRuntime,
    errno,
    exception,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import metaffi_module, metaffi_runtime, metaffi_types, metaffihandle
    from ._errors import MetaFFIError, MetaFFIMemoryError, MetaFFITimeoutError
    from ._memory import buffer, string
    from ._objects import capabilities, convert, source
    from ._report import doctor, include_dir, library_path
    from .metaffi_module import make_metaffi_callable
    from .metaffi_types import MetaFFITypes, metaffi_type_info

__version__: str = libmetaffi.version

__all__ = [
    "MetaFFIEntity",
    "MetaFFIError",
    "MetaFFIHandle",
    "MetaFFIMemoryError",
    "MetaFFIModule",
    "MetaFFIRuntime",
    "MetaFFITimeoutError",
    "MetaFFITypes",
    "__version__",
    "buffer",
    "capabilities",
    "convert",
    "doctor",
    "errno",
    "exception",
    "include_dir",
    "library_path",
    "make_metaffi_callable",
    "metaffi_module",
    "metaffi_runtime",
    "metaffi_type_info",
    "metaffi_types",
    "metaffihandle",
    "source",
    "string",
]

# What is imported when it is asked for: programs that only call need none of it.
_HOMES = {
    "MetaFFIError": "_errors",
    "MetaFFIMemoryError": "_errors",
    "MetaFFITimeoutError": "_errors",
    "MetaFFITypes": "metaffi_types",
    "buffer": "_memory",
    "capabilities": "_objects",
    "convert": "_objects",
    "doctor": "_report",
    "include_dir": "_report",
    "library_path": "_report",
    "make_metaffi_callable": "metaffi_module",
    "metaffi_module": "",
    "metaffi_runtime": "",
    "metaffi_type_info": "metaffi_types",
    "metaffi_types": "",
    "metaffihandle": "",
    "source": "_objects",
    "string": "_memory",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = import_module(f"{__name__}.{home or name}")
    value: object = getattr(found, name) if home else found
    globals()[name] = value
    return value


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
