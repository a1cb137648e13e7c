"""`MetaFFIRuntime`: a language's running system in this process."""

from __future__ import annotations

from .libmetaffi import MetaFFIRuntime

__all__ = ["MetaFFIRuntime"]
