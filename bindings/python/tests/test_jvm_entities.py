"""What entity paths of runtime jvm name, and which overload is meant."""

from __future__ import annotations

import re
from typing import Any

import pytest
from java import compiled, jvm
from support import info, infos

import metaffi
from metaffi import MetaFFIError, metaffi_type_info


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> metaffi.MetaFFIModule:
    return jvm().load_module(str(compiled("Members.java", tmp_path_factory.mktemp("members"))))


TEXT = [info("string8")]


def chosen(
    members: metaffi.MetaFFIModule, name: str, *types: metaffi_type_info
) -> metaffi.MetaFFIEntity:
    path = f"class=guests.Members.Overloads,callable={name}"
    return members.load_entity(path, list(types), TEXT)


@pytest.mark.parametrize(
    ("name", "types", "given", "meant"),
    [
        ("number", [info("int8")], [1], "int"),
        ("number", [info("int32")], [1], "int"),
        ("number", [info("int64")], [1], "long"),
        ("number", [info("float32")], [1.0], "double"),
        ("number", [info("string8")], ["a"], "Object"),
        ("number", [info("any")], [1], "Object"),
        ("number", [info("int64", "int")], [1], "int"),
        ("number", [info("handle", "java.lang.Long")], None, "Object"),
        # What may not fit is checked in each call, by the widest that there is.
        ("narrow", [info("int64")], [1], "int"),
        ("narrow", [info("int8")], [1], "short"),
        ("boxed", [info("int32")], [1], "Integer"),
        ("boxed", infos("int32", "string8"), [1, "a"], "Object..."),
        ("many", [], [], "long...0"),
        ("many", infos("int32", "int64"), [1, 2], "long...2"),
        ("many", infos("int32", "float32"), [1, 2.0], "double...2"),
        ("many", [info("float64_array", dims=1)], [[1.0, 2.0, 3.0]], "double...3"),
        ("text", [info("string8")], ["a"], "String"),
        ("text", [info("string8", "java.lang.CharSequence")], ["a"], "CharSequence"),
        ("held", [info("handle", "java.util.ArrayList<java.lang.String>")], None, "List"),
        ("held", [info("handle", "java.util.Set")], None, "Collection"),
        ("held", [info("handle")], None, "Collection"),
        ("either", [info("handle", "java.util.List")], None, "List"),
        ("either", [info("handle", "java.util.HashMap")], None, "Map"),
        ("pair", infos("int32", "int64"), [1, 2], "int, long"),
        ("rank", [info("float64_array", dims=1)], [[1.0]], "double[]"),
        ("rank", [info("float64_array", dims=2)], [[[1.0]]], "double[][]"),
        ("work", [info("callable", "java.lang.Runnable")], None, "Runnable"),
        ("work(Callable)", [info("callable")], None, "Callable"),
        ("number(long)", [info("int32")], [1], "long"),
        ("number(java.lang.Object)", [info("string8")], ["a"], "Object"),
        ("many(double...)", infos("int32", "int32"), [1, 2], "double...2"),
    ],
)
def test_overloads_are_told_apart_as_by_java(
    members: metaffi.MetaFFIModule,
    name: str,
    types: list[metaffi_type_info],
    given: list[Any] | None,
    meant: str,
) -> None:
    entity = chosen(members, name, *types)
    if given is not None:
        assert entity(*given) == meant
    else:
        # Which it is shows in what it takes: null is as good as an object.
        assert entity(*[None] * len(types)) == meant


@pytest.mark.parametrize(
    ("name", "types", "message"),
    [
        ("either", [info("handle")], "either of .* is ambiguous for .handle.; declare types"),
        (
            "pair",
            infos("int32", "int32"),
            "ambiguous for .int32, int32..*pair.int,long., pair.long,int.",
        ),
        ("work", [info("callable")], "ambiguous for .callable..*work.java.lang.Runnable."),
        ("number", infos("int32", "int32"), "no number of .* takes .int32, int32."),
        ("number(char)", [info("int32")], r"has no public number\(char\); it has number"),
        ("held", [info("handle", "java.util.Lisst")], "there is no class java.util.Lisst"),
    ],
)
def test_what_is_not_meant_lists_what_there_is(
    members: metaffi.MetaFFIModule, name: str, types: list[metaffi_type_info], message: str
) -> None:
    with pytest.raises(MetaFFIError, match=message):
        chosen(members, name, *types)


def test_types_may_be_left_out_where_there_is_one_candidate(members: metaffi.MetaFFIModule) -> None:
    assert members.load_entity("class=guests.Members,callable=sum")("a", [1, 2]) == "a3"
    expanded = infos("string8", "int32", "int32")
    assert (
        members.load_entity("class=guests.Members,callable=sum", expanded, TEXT)("a", 1, 2) == "a3"
    )
    with pytest.raises(MetaFFIError, match=r"is overloaded; .*number\(double\), number\(int\)"):
        members.load_entity("class=guests.Members$Overloads,callable=number")


def test_members_of_every_kind(members: metaffi.MetaFFIModule) -> None:
    def load(path: str) -> metaffi.MetaFFIEntity:
        return members.load_entity(path)

    derived = load("class=guests.Members.Derived,callable=<init>")("Ann")
    for owner, member, value in [
        ("Derived", "name", "Ann"),
        ("Named", "name", "Ann"),
        ("Named", "greeting", "I am Ann"),
        ("Derived", "greeting", "I am Ann"),
        ("Derived", "inherited", "inherited"),
        ("Derived", "self", "derived"),
        ("Base", "self", "derived"),
    ]:
        path = f"class=guests.Members${owner},callable={member},instance_required"
        assert load(path)(derived) == value
    assert load("class=guests.Members.Named,callable=hashCode,instance_required")(derived)
    assert load("class=guests.Members.Named,callable=of")() == "Named"
    assert load("class=guests.Members.Derived,field=KIND")() == "derived"
    assert load("class=guests.Members.Derived,field=LIMIT,getter")() == 12
    assert load("class=guests.Members.Derived,field=made")() == 1
    load("class=guests.Members.Derived,field=made,setter")(8)
    assert load("class=guests.Members.Derived,field=made,getter")() == 8
    load("class=guests.Members.Derived,field=count,instance_required,setter")(derived, 3)
    assert load("class=guests.Members.Base,field=count,instance_required")(derived) == 3
    # The class itself is an object: its static members, and what makes an object of it.
    itself = load("class=guests.Members.Derived")()
    assert (itself.KIND, itself("Bea").name()) == ("derived", "Bea")


def test_methods_of_hidden_classes_are_called_where_they_are_public(
    members: metaffi.MetaFFIModule,
) -> None:
    hidden = members.load_entity("class=guests.Members,callable=hidden")()
    path = "class=guests.Members$Hidden,callable=compareTo,instance_required"
    assert (
        members.load_entity(path, infos("handle", "handle"), [info("int32")])(hidden, hidden) == 7
    )
    shown = members.load_entity("class=guests.Members.Shown,callable=<init>")()
    visible = "class=guests.Members.Shown,callable=visible,instance_required"
    assert members.load_entity(visible)(shown) == "visible"
    builder = members.load_entity("class=java.lang.StringBuilder,callable=<init>", TEXT, None)(
        "abc"
    )
    length = "class=java.lang.StringBuilder,callable=length,instance_required"
    assert members.load_entity(length)(builder) == 3


def test_enums_records_arrays_and_inner_classes(members: metaffi.MetaFFIModule) -> None:
    load = members.load_entity
    high = load("class=guests.Members.Level,field=HIGH")()
    assert load("class=guests.Members.Level,callable=weight,instance_required")(high) == 10
    assert load("class=java.lang.Enum,callable=name,instance_required")(high) == "HIGH"
    assert load("class=guests.Members.Level,callable=valueOf(String)")("HIGH") == high
    array = load("class=java.lang.String[],callable=<init>")(3)
    assert load("class=java.lang.String[],field=length,instance_required")(array) == 3
    numbers = load("class=double[],callable=<init>")(2)
    numbers[0] = 5
    members.java.util.Arrays.fill(numbers, 1, 2, 2.5)
    assert list(numbers) == [5, 2.5]
    outer = load("class=guests.Members,callable=<init>")()
    inner = load("class=guests.Members.Inner,callable=<init>")(outer)
    inner_of = load("class=guests.Members.Inner,callable=outer,instance_required")
    assert inner_of(inner) == "inner of members"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("class=guests.Member,callable=f", "there is no class guests.Member"),
        (
            "class=guests.Members,callable=summ",
            'no public method summ; it has .*did you mean "sum"',
        ),
        ("class=guests.Members,field=f", "guests.Members has no public field f; it has none"),
        ("class=guests.Members.Base,callable=inherited", "is of objects: add instance_required"),
        ("class=guests.Members,callable=sum,instance_required", "is static: leave out"),
        ("class=guests.Members.Derived,field=made,instance_required", "is static: leave out"),
        ("class=guests.Members.Base,field=count", "is of objects: add instance_required"),
        ("class=guests.Members.Derived,field=KIND,setter", "is final: it is never written"),
        ("class=guests.Members.Shape,callable=<init>", "abstract: make an object of a class that"),
        ("class=guests.Members.Named,callable=<init>", "interface: make an object of a class that"),
        ("class=guests.Members.Level,callable=<init>", "has no public constructor"),
        ("class=guests.Members.Level,getter", "getter does not go with a class alone"),
        ("class=jdk.internal.misc.Unsafe,callable=getUnsafe", "its module does not export"),
    ],
)
def test_what_is_not_there_is_said(members: metaffi.MetaFFIModule, path: str, message: str) -> None:
    with pytest.raises(MetaFFIError, match=message):
        members.load_entity(path)


def test_an_argument_of_another_class_is_named(members: metaffi.MetaFFIModule) -> None:
    name = members.load_entity("class=guests.Members.Named,callable=name,instance_required")
    other = members.load_entity("class=guests.Members,callable=hidden")()
    with pytest.raises((MetaFFIError, TypeError), match=re.compile("Hidden", re.DOTALL)):
        name(other)
    with pytest.raises((MetaFFIError, TypeError), match="self"):
        name(None)
