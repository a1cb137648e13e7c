"""One wheel for every CPython of the platform: the crate's shared library is the extension.

The source distribution contains the crate.
"""

import os
import re
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist
from setuptools.dist import Distribution
from setuptools_rust import Binding, RustExtension, Strip

HERE = Path(__file__).resolve().parent
PACKED = "crate"
CRATE = HERE / PACKED if (HERE / PACKED).is_dir() else HERE.parent.parent
# What of the crate builds the library, and the headers.
PARTS = ("Cargo.toml", "Cargo.lock", "build.rs", "src", "include")
# An already built libmetaffi.so to package, instead of running cargo.
BUILT = os.environ.get("METAFFI_LIBRARY")

# The one name that every CPython looks for, of whatever version and kind.
os.environ["SETUPTOOLS_EXT_SUFFIX"] = ".so"


def version() -> str:
    manifest = (CRATE / "Cargo.toml").read_text(encoding="utf-8")
    found = re.search(r'^version *= *"([^"]+)"', manifest, re.MULTILINE)
    if found is None:
        raise SystemExit(f"{CRATE / 'Cargo.toml'} has no version")
    return found.group(1)


class PlatformDistribution(Distribution):
    """Has an extension, also where it is built already."""

    def has_ext_modules(self) -> bool:
        return True


class PlatformWheel(bdist_wheel):
    """`py3-none-<platform>`: Python's API is bound by name, so no version is built in."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


class WithHeaders(build_py):
    """The C headers travel with the library that they declare."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shutil.copytree(
                CRATE / "include", Path(self.build_lib, "metaffi", "include"), dirs_exist_ok=True
            )


class WithCrate(sdist):
    """What is distributed builds by itself, wherever Rust is."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        crate = Path(base_dir, PACKED)
        crate.mkdir()
        for part in PARTS:
            if (CRATE / part).is_dir():
                caches = shutil.ignore_patterns("__pycache__")
                shutil.copytree(CRATE / part, crate / part, ignore=caches)
            else:
                shutil.copy2(CRATE / part, crate / part)


class WithLibrary(build_ext):
    """Takes the library that METAFFI_LIBRARY names."""

    def run(self) -> None:
        super().run()
        if BUILT:
            target = Path(self.get_ext_fullpath("metaffi.libmetaffi"))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BUILT, target)


library = RustExtension(
    "metaffi.libmetaffi",
    path=str(CRATE / "Cargo.toml"),
    binding=Binding.NoBinding,
    args=["--no-default-features", "--locked"],
    debug=False,
    strip=Strip.Debug,
)

setup(
    version=version(),
    distclass=PlatformDistribution,
    cmdclass={
        "bdist_wheel": PlatformWheel,
        "build_ext": WithLibrary,
        "build_py": WithHeaders,
        "sdist": WithCrate,
    },
    rust_extensions=[] if BUILT else [library],
)
