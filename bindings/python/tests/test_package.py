"""What is installed with the package."""

from __future__ import annotations

from importlib import metadata
from pathlib import PurePath

import pytest


def test_licences_of_the_package_and_of_what_is_linked_into_it() -> None:
    try:
        files = metadata.files("metaffi") or []
    except metadata.PackageNotFoundError:
        pytest.skip("run from a directory, not installed")
    licences = {file.name: file.read_text() for file in files if "licenses" in PurePath(file).parts}
    assert set(licences) == {"LICENSE-APACHE", "LICENSE-MIT", "LICENSES-DEPENDENCIES.md"}
    assert "libffi" in licences["LICENSES-DEPENDENCIES.md"]
    assert all(licences.values())
