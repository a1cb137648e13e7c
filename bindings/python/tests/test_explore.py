"""What the guest declares: described, listed, and loaded by name."""

from __future__ import annotations

import gc
import inspect
import os
import pydoc
import subprocess
from pathlib import Path

import pytest

import metaffi
from metaffi import MetaFFIError


def test_a_module_describes_itself(guest: metaffi.MetaFFIModule, c_path: str) -> None:
    description = guest.describe()
    assert (description["runtime"], description["module"]) == ("c", c_path)
    add = next(one for one in description["entities"] if one["path"] == "callable=add")
    assert [param["name"] for param in add["params"]] == ["left", "right"]
    assert add["returns"][0]["type"] == "int64"


def test_a_python_module_describes_itself(python_guest: metaffi.MetaFFIModule) -> None:
    paths = [one["path"] for one in python_guest.describe()["entities"]]
    assert "callable=add" in paths


def test_declarations_are_added(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("")
    libc.declare("int abs(int);")
    assert libc.load_entity("callable=abs")(-3) == 3
    libc.declare("long labs(long number);")
    assert libc.entities["labs"](-4) == 4
    libc.declare("int abs(int);")


def test_a_malformed_declaration_is_an_error_with_its_place(c: metaffi.MetaFFIRuntime) -> None:
    libc = c.load_module("")
    with pytest.raises(MetaFFIError, match=":2:"):
        libc.declare("int abs(int);\nint labs(;")
    with pytest.raises(MetaFFIError):
        libc.load_entity("callable=abs")


def test_entities_by_path_and_by_name(guest: metaffi.MetaFFIModule) -> None:
    assert guest.entities["callable=add"](40, 2) == 42
    assert guest.entities["add"](40, 2) == 42
    assert guest.entities.add(40, 2) == 42
    assert guest.add(40, 2) == 42
    assert guest.entities["constant=GUEST_LIMIT"]() == 4096
    assert guest.entities["GUEST_LIMIT"]() == 4096
    assert guest.entities["global=guest_counter,getter"]() == guest.entities.guest_counter()
    assert guest.entities["add"] is guest.entities["callable=add"]


def test_a_variable_takes_a_callable(guest: metaffi.MetaFFIModule) -> None:
    def double(number: int) -> int:
        return number * 2

    hook = metaffi.make_metaffi_callable(double)
    guest.guest_hook = hook
    assert guest.call_guest_hook(21) == 42
    guest.guest_hook = None
    assert guest.call_guest_hook(21) == -1


def test_variables_are_written_by_their_names(
    c: metaffi.MetaFFIRuntime, guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    read = guest.load_entity("global=guest_counter")
    before = read()
    guest.guest_counter = before + 5
    assert read() == guest.guest_counter == before + 5
    guest.entities.guest_counter = before
    assert read() == guest.guest_counter == before
    with pytest.raises(MetaFFIError, match="argument 0"):
        guest.guest_counter = "text"
    number = python_guest.COUNTER
    python_guest.COUNTER = number + 1
    assert python_guest.COUNTER == number + 1
    python_guest.COUNTER = number
    with pytest.raises(AttributeError, match='"GUEST_LIMIT" is a constant'):
        guest.GUEST_LIMIT = 5
    assert guest.GUEST_LIMIT == 4096


def test_names_of_mappings_hide_nothing_of_a_module(
    c: metaffi.MetaFFIRuntime, python3: metaffi.MetaFFIRuntime, tmp_path: Path
) -> None:
    libc = c.load_module("")
    libc.declare("ssize_t write(int, const void *, size_t);")
    read_end, write_end = os.pipe()
    assert libc.write(write_end, b"text", 4) == 4
    assert os.read(read_end, 4) == b"text"
    os.close(read_end)
    os.close(write_end)
    source = tmp_path / "mapping_names.py"
    source.write_text("def get() -> int:\n    return 1\n\nkeys: int = 2\n")
    other = python3.load_module(str(source))
    other.keys = other.keys + other.get()
    assert other.keys == 3


def test_what_is_set_before_a_module_is_made_is_its_own(c: metaffi.MetaFFIRuntime) -> None:
    class Made(metaffi.MetaFFIModule):
        first: int

        def __init__(self, runtime: metaffi.MetaFFIRuntime) -> None:
            self.first = 1
            super().__init__(runtime, "")

    assert Made(c).first == 1


def test_attributes_that_nothing_declares_are_the_objects_own(
    c: metaffi.MetaFFIRuntime, c_path: str
) -> None:
    other = c.load_module(c_path)
    other.add = max
    assert other.add(1, 2) == 2
    del other.add
    assert other.add(1, 2) == 3


def test_entities_of_a_python_module(python_guest: metaffi.MetaFFIModule) -> None:
    assert python_guest.entities["add"](40, 2) == 42
    assert python_guest.greet("Ada") == "Hello, Ada!"


def test_entities_are_a_mapping(guest: metaffi.MetaFFIModule) -> None:
    entities = guest.entities
    assert "callable=add" in entities and "add" in entities
    assert "absent" not in entities
    assert len(entities) == len(list(entities)) > 40
    assert "entities of" in repr(entities)


def test_what_a_header_declares_of_another_library_is_an_attribute(
    guest: metaffi.MetaFFIModule,
) -> None:
    guest.declare("int abs(int);")
    assert "abs" not in guest.entities
    assert guest.abs(-3) == 3


def test_what_is_not_declared_is_named_with_what_is_near(guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(KeyError, match="'apply'"):
        guest.entities["aply"]
    with pytest.raises(AttributeError, match="apply"):
        _ = guest.aply
    with pytest.raises(AttributeError):
        _ = guest._private
    assert not hasattr(guest, "absent")


def test_dir_shows_what_the_guest_declares(guest: metaffi.MetaFFIModule) -> None:
    assert {"add", "GUEST_LIMIT", "guest_counter", "load_entity"} <= set(dir(guest))
    assert {"add", "GUEST_LIMIT", "names"} <= set(dir(guest.entities))


def test_help_shows_what_the_guest_declares(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    text = pydoc.plain(pydoc.render_doc(guest.load_entity("callable=add")))
    assert "add" in text and "left" in text and "right" in text and "int64" in text
    text = pydoc.plain(pydoc.render_doc(python_guest.load_entity("callable=add")))
    assert "left" in text and "The sum of two numbers." in text


def test_an_entity_knows_its_name_types_and_signature(guest: metaffi.MetaFFIModule) -> None:
    add = guest.load_entity("callable=add")
    assert (add.__name__, add.entity_path) == ("add", "callable=add")
    assert "add" in add.__qualname__
    assert [one[0] for one in add.params] == [32, 32]
    assert [one[0] for one in add.returns] == [32]
    assert list(inspect.signature(add).parameters) == ["left", "right"]
    assert "add" in repr(add) and "MetaFFIEntity" in repr(add)
    assert callable(add)


def test_types_of_an_entity_load_it_again(guest: metaffi.MetaFFIModule) -> None:
    many = guest.load_entity("callable=many")
    again = guest.load_entity("callable=many", many.params, many.returns)
    assert again(1, 2.0, "abc", 4, 5.0, 6, 7, True) == 29


def test_the_doctor_knows_every_runtime() -> None:
    report = {one["runtime"]: one for one in metaffi.doctor()}
    assert {"c", "python3"} <= set(report)
    assert all(one["findings"] for one in report.values())


def test_the_package_says_where_its_files_are() -> None:
    import os

    assert os.path.isfile(metaffi.library_path())
    assert os.path.isfile(os.path.join(metaffi.include_dir(), "metaffi.h"))
    assert os.path.isfile(os.path.join(metaffi.include_dir(), "metaffi.hpp"))


def test_variables_that_have_parts(c: metaffi.MetaFFIRuntime, tmp_path: Path) -> None:
    declarations = """
        struct place { int x, y; };
        extern int numbers[4];
        extern struct place origin, corners[2];
        extern char name[8];
        extern const char *title;
        extern int __reserved;
    """
    source = tmp_path / "variables.c"
    source.write_text(
        declarations.replace("extern", "")
        .replace("*title", '*title = "title"')
        .replace("numbers[4]", "numbers[4] = {1, 2}")
    )
    library = tmp_path / "libvariables.so"
    subprocess.run(["cc", "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    module = c.load_module(str(library))
    module.declare(declarations)
    assert list(module.numbers) == [1, 2, 0, 0]
    # What is read is the variable, not a copy of it.
    numbers = module.numbers
    module.numbers[3] = 7
    module.numbers = [5, 6]
    assert list(numbers) == [5, 6, 0, 0]
    module.origin = {"x": 3}
    module.origin.y = 4
    module.corners = [(1, 2), {"y": 5}]
    origin, corners = module.origin, module.corners
    assert (origin.x, origin.y, corners[0].y, corners[1].y) == (3, 4, 2, 5)
    module.origin = module.new("struct place", [8, 9])
    assert (origin.x, origin.y) == (8, 9)
    module.name = "letters"
    assert str(module.name) == "letters"
    module.__reserved = 3
    assert module.__reserved == 3
    assert str(module.title) == "title"
    for make, kept in (
        (lambda: "other", "other"),
        (lambda: b"bytes", "bytes"),
        (lambda: module.new("char[3]", "ab"), "ab"),
    ):
        module.title = make()
        gc.collect()
        fill = [module.new("char[6]", "filler") for _ in range(100)]
        assert (str(module.title), len(fill)) == (kept, 100)
    module.title = None
    assert module.title is None
    with pytest.raises(MetaFFIError):
        module.numbers = [1, 2, 3, 4, 5]
