"""Python's files where C takes a stream (`FILE *`), and paths where it takes text."""

from __future__ import annotations

import gc
import gzip
import io
import os
import pathlib
import sys
import tempfile

import pytest

import metaffi
from metaffi import MetaFFIError


@pytest.fixture(scope="module")
def stdio(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    return c.load_module("stdio.h;string.h;unistd.h")


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "lines"
    path.write_text("one\ntwo\nthree\n")
    return path


@pytest.mark.parametrize("mode", ["w", "wb", "w+", "xb+"])
def test_python_and_c_write_in_turn(
    stdio: metaffi.MetaFFIModule, tmp_path: pathlib.Path, mode: str
) -> None:
    path = tmp_path / "new"
    with open(path, mode) as file:
        text = (lambda text: text.encode()) if "b" in mode else str
        file.write(text("Python, "))
        assert stdio.fputs("C, ", file) >= 0
        file.write(text("Python "))
        assert stdio.fprintf(file, "%d times", 2) == 7
    assert path.read_text() == "Python, C, Python 2 times"


@pytest.mark.parametrize("mode", ["r", "rb", "r+", "rb+"])
def test_python_and_c_read_in_turn(
    stdio: metaffi.MetaFFIModule, path: pathlib.Path, mode: str
) -> None:
    with open(path, mode) as file:
        assert len(file.readline()) == 4
        line = bytearray(16)
        assert stdio.fgets(line, len(line), file)
        assert line[:5] == b"two\n\0"
        assert file.tell() == 8
        assert len(file.read()) == 6
        assert stdio.fgetc(file) == -1


def test_a_file_is_written_where_python_is_in_it(
    stdio: metaffi.MetaFFIModule, path: pathlib.Path
) -> None:
    with open(path, "r+") as file:
        file.readline()
        stdio.fputs("TWO", file)
        assert file.read() == "\nthree\n"
    with open(path, "a") as file:
        stdio.fputs("four", file)
    assert path.read_text() == "one\nTWO\nthree\nfour"
    with open(path) as file:
        assert stdio.fputs("no", file) < 0


def test_pipes_and_temporary_files_are_files(stdio: metaffi.MetaFFIModule) -> None:
    reading, writing = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), "rw"))
    with reading, writing:
        stdio.fputs("through\n", writing)
        line = bytearray(16)
        stdio.fgets(line, len(line), reading)
        assert line[:9] == b"through\n\0"
    for temporary in (tempfile.TemporaryFile, tempfile.NamedTemporaryFile):
        with temporary() as file:
            stdio.fputs("text", file)
            file.seek(0)
            assert file.read() == b"text"


def test_one_stream_belongs_to_a_file_and_ends_with_it(
    stdio: metaffi.MetaFFIModule, path: pathlib.Path
) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    gc.collect()
    before = descriptors()
    with open(path, "rb") as file:
        for _ in range(10):
            stdio.fgetc(file)
        assert descriptors() == before + 2
        assert file.read() == b"ree\n"
    del file
    assert descriptors() == before


def test_a_stream_that_c_has_closed_is_opened_again(
    stdio: metaffi.MetaFFIModule, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "closed"
    with open(path, "w") as file:
        stdio.fputs("one ", file)
        assert stdio.fclose(file) == 0
        stdio.fputs("two", file)
        assert stdio.fclose(file) == 0
    del file
    assert path.read_text() == "one two"


def test_what_has_no_descriptor_is_refused(
    stdio: metaffi.MetaFFIModule, tmp_path: pathlib.Path
) -> None:
    wanted = r"argument 1 \(.*\): .* cannot be given for FILE \*.*: "
    with open(tmp_path / "closed", "w") as closed:
        pass
    with gzip.open(tmp_path / "packed", "wb") as packed:
        for other in (io.BytesIO(), io.StringIO(), packed):
            with pytest.raises(MetaFFIError, match=wanted + "it is no file of the system"):
                stdio.fputs("text", other)
    with pytest.raises(MetaFFIError, match=wanted + "I/O operation on closed file"):
        stdio.fputs("text", closed)
    with (
        open(tmp_path / "closed") as file,
        pytest.raises(MetaFFIError, match=wanted + "give a file"),
    ):
        stdio.fputs("text", file.fileno)


def test_a_file_that_nobody_defines_is_a_stream(
    c: metaffi.MetaFFIRuntime, tmp_path: pathlib.Path
) -> None:
    module = c.load_module("")
    module.declare("typedef struct _IO_FILE FILE; int fputs(const char *, FILE *);")
    with open(tmp_path / "new", "w+") as file:
        module.fputs("text", file)
        file.seek(0)
        assert file.read() == "text"


def test_a_path_is_the_bytes_that_it_is_for_the_system(
    stdio: metaffi.MetaFFIModule, path: pathlib.Path
) -> None:
    assert stdio.access(path, 0) == 0
    assert stdio.access(path.with_suffix(".no"), 0) == -1
    if sys.getfilesystemencoding() == "utf-8":
        assert stdio.strlen(pathlib.Path("gr\udcfcn")) == 4
    stdio.declare('size_t length(char *) __asm__("strlen");')
    assert stdio.length(pathlib.PurePath("file")) == 4
