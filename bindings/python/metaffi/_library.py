"""Where libmetaffi, the extension module of this package, is loaded from."""

import os
import sys

# What `importlib.machinery` and `importlib.util` have it from.
from _frozen_importlib import ModuleSpec, module_from_spec
from _frozen_importlib_external import ExtensionFileLoader

VARIABLE = "METAFFI_LIBRARY"


def load(name: str) -> None:
    """Loads the file that METAFFI_LIBRARY names, if it names one, in place of the package's own."""
    path = os.environ.get(VARIABLE)
    if path and name not in sys.modules:
        _load_file(name, os.path.abspath(path))


def _load_file(name: str, path: str) -> None:
    if not os.path.isfile(path):
        raise ImportError(
            f"{VARIABLE} names {path}, which is no file: build it with "
            f"`cargo build --release --lib`, or unset {VARIABLE}",
            name=name,
            path=path,
        )
    loader = ExtensionFileLoader(name, path)
    spec = ModuleSpec(name, loader, origin=path)
    spec.has_location = True
    module = module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[name] = module
