"""Call code of any language in this process, as if it were Python.

>>> import metaffi
>>> libc = metaffi.MetaFFIRuntime("c").load_module("stdlib.h")
>>> absolute = libc.load_entity("callable=abs")
>>> absolute(-3)
3
"""

from __future__ import annotations

from . import _library

_library.load(f"{__name__}.libmetaffi")

from . import libmetaffi, metaffi_module, metaffi_runtime, metaffi_types, metaffihandle
from ._errors import MetaFFIError, MetaFFIMemoryError
from ._report import doctor, include_dir, library_path
from .metaffi_module import MetaFFIEntity, MetaFFIModule, make_metaffi_callable
from .metaffi_runtime import MetaFFIRuntime
from .metaffi_types import MetaFFITypes, metaffi_type_info
from .metaffihandle import MetaFFIHandle

__version__: str = libmetaffi.version

__all__ = [
    "MetaFFIEntity",
    "MetaFFIError",
    "MetaFFIHandle",
    "MetaFFIMemoryError",
    "MetaFFIModule",
    "MetaFFIRuntime",
    "MetaFFITypes",
    "__version__",
    "doctor",
    "include_dir",
    "library_path",
    "make_metaffi_callable",
    "metaffi_module",
    "metaffi_runtime",
    "metaffi_type_info",
    "metaffi_types",
    "metaffihandle",
]
