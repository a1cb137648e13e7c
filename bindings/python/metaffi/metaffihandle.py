"""`MetaFFIHandle`: an object that lives in another runtime."""

from __future__ import annotations

from .libmetaffi import MetaFFIHandle

__all__ = ["MetaFFIHandle"]
