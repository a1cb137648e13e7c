use super::*;
use crate::python::convert;
use crate::python::convert::inferred::{Inferred, parse};
use crate::python::object::PyRef;

const SOURCE: &str = r#"
import functools
import typing

UserId = typing.NewType("UserId", int)

class Point:
    x: "Nowhere"
    dimensions: typing.ClassVar[int] = 2
    name: typing.Final[str] = "point"

    @functools.cached_property
    def length(self) -> float:
        """How far away it is."""
        return 1.5

def unresolved(a: "Nowhere", b: int) -> str:
    return f"{a}{b}"

def find(user: UserId) -> typing.List[UserId]:
    return [user, user + 1]

def mode(kind: typing.Literal["r", "w"], either: typing.Literal[1, "w"] = 1) -> str:
    return kind

def shout(text: bytes, more: bytearray) -> bytes:
    return text.upper() + bytes(more)

def parts(text: str) -> typing.List[bytes]:
    return text.encode().split()

async def later(value: int) -> int:
    return value

def maybe(text: typing.Optional[str] = None) -> typing.Union[int, str]:
    return text or 0

def keywords(first: int, /, second: int = 2, *, third: int = 3) -> int:
    return first + second + third
"#;

fn annotated(name: &str, more: &str) -> (tempfile::TempDir, Module) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(format!("annotated_{name}.py"));
    write(&path, &format!("{SOURCE}\n{more}"));
    let module = module(path.to_str().unwrap());
    (directory, module)
}

fn signature(module: &Module, path: &str) -> String {
    inferred(module, path).signature().to_string()
}

#[test]
fn an_annotation_says_the_type_whatever_it_is_wrapped_in() {
    let (_directory, module) = annotated("wrapped", "");
    assert_eq!(signature(&module, "callable=find"), "(user: int64) -> (int64_array rank 1)");
    assert_eq!(signature(&module, "callable=mode"), "(kind: string8, either: any) -> (string8)");
    assert_eq!(signature(&module, "callable=maybe"), "(text: any) -> (any)");
    assert_eq!(signature(&module, "callable=keywords"), "(first: int64, second: int64) -> (int64)");
    assert_eq!(signature(&module, "attribute=Point.dimensions"), "() -> (int64)");
    assert_eq!(signature(&module, "attribute=Point.name"), "() -> (string8)");
    let length = "attribute=Point.length,instance_required";
    assert_eq!(signature(&module, length), "(handle) -> (float64)");
    let point = one(&inferred(&module, "callable=Point"), &[]);
    assert_eq!(float(&one(&inferred(&module, length), &[object(&point)])), 1.5);
}

#[test]
fn a_name_that_cannot_be_resolved_is_any() {
    let bare = "def bare(a: Nowhere, b: int) -> Elsewhere:\n    return b\n";
    let (_directory, module) = annotated("unresolved", "");
    let expected = "(a: any, b: int64) -> (string8)";
    if testing::api().version.at_least(3, 14) {
        // Annotations are evaluated when they are asked for.
        let (_directory, module) = annotated("bare", bare);
        assert_eq!(signature(&module, "callable=bare"), "(a: any, b: int64) -> (any)");
        assert_eq!(int(&one(&inferred(&module, "callable=bare"), &[int64(1), int64(2)])), 2);
    } else {
        let future = format!("from __future__ import annotations\n{bare}");
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("annotated_future.py");
        write(&path, &future);
        let module = self::module(path.to_str().unwrap());
        assert_eq!(signature(&module, "callable=bare"), "(a: any, b: any) -> (any)");
    }
    let found = signature(&module, "callable=unresolved");
    let known = [expected, "(a: any, b: int64) -> (any)"];
    assert!(known.contains(&found.as_str()), "{found}");
    let entries = backend_description(&module);
    assert!(entries.contains(&"attribute=Point.x,instance_required,getter".to_owned()));
}

fn backend_description(module: &Module) -> Vec<String> {
    module.describe().unwrap().entities.into_iter().map(|entry| entry.path).collect()
}

#[test]
fn bytes_are_bytes_where_they_are_annotated() {
    let (_directory, module) = annotated("bytes", "");
    let shout = inferred(&module, "callable=shout");
    assert_eq!(
        shout.signature().to_string(),
        "(text: uint8_array<bytes> rank 1, more: uint8_array<bytearray> rank 1) -> \
         (uint8_array<bytes> rank 1)"
    );
    let given = b"ab";
    let shape = [2];
    let mut array = crate::abi::metaffi_array {
        data: given.as_ptr().cast_mut().cast(),
        element: crate::abi::metaffi_uint8_type,
        rank: 1,
        shape: shape.as_ptr(),
        strides: std::ptr::null(),
        release: None,
        owner: std::ptr::null_mut(),
    };
    // SAFETY: the array is valid.
    let given = unsafe { value::array(&raw mut array) }.unwrap();
    let result = one(&shout, &[given, given]);
    // SAFETY: an array of four bytes.
    unsafe {
        let array = &*result.data.array;
        assert_eq!(*array.data.cast::<[u8; 4]>(), *b"ABab");
    }
    assert_eq!(signature(&module, "callable=parts"), "(text: string8) -> (any_array rank 1)");
    assert_eq!(one(&inferred(&module, "callable=parts"), &[string("a b")]).r#type & 65536, 65536);
}

#[test]
fn a_coroutine_is_what_it_is_until_it_is_awaited() {
    let (_directory, module) = annotated("later", "");
    assert_eq!(signature(&module, "callable=later"), "(value: int64) -> (any)");
    let coroutine = one(&inferred(&module, "callable=later"), &[int64(5)]);
    let asyncio = self::module("asyncio");
    let run = typed(&asyncio, "callable=run", &["handle"], &["int64"]);
    assert_eq!(int(&one(&run, &[object(&coroutine)])), 5);
}

#[test]
fn a_module_whose_attributes_fail_is_described_without_them() {
    let lazy = "__all__ = ['find', 'broken']\n\
                def __getattr__(name):\n    raise ImportError(name)\n";
    let (_directory, module) = annotated("lazy", lazy);
    let paths = backend_description(&module);
    assert!(paths.contains(&"callable=find".to_owned()), "{paths:?}");
}

/// What is seen of functions without running Python, beside what the support package finds out.
#[test]
fn what_is_seen_of_a_plain_function_is_what_is_inferred() {
    const SHAPES: &str = "
def bare(): pass
def one(a): return a
def defaults(a, b=1, *, c=2): return a
def rest(a: int, *args: int, **named: str) -> None: pass
def all_of(a: int, b: float, c: str, d: bool, e: bytes, f: None) -> bytes: return e
def optional(a: int = 1, b: str = None) -> float: return 1.0
def positional(a, /, b: bool = True) -> 'int': return 1
def listed(a: list[int]) -> int: return 1
async def later(a: int) -> int: return a
async def items(a: int) -> int: yield a
def generated(a: int) -> int: yield a
def marked(a: int) -> int: return a
marked.__wrapped__ = one
class Shape:
    def method(self, a: int, b=2) -> int: return a
    def none(): pass
    @staticmethod
    def static(a: int) -> int: return a
    @classmethod
    def of_class(cls, a: int) -> int: return a
    another = method
";
    let (_directory, module) = annotated("shapes", SHAPES);
    let gil = crate::python::lifecycle::gil::enter(testing::api()).unwrap();
    let support = crate::python::support::signatures(&gil).unwrap();
    let none = crate::python::support::none(&gil);
    let modules = ["textwrap", "shutil", "posixpath", "ast", "inspect", "typing"].map(self::module);
    let mut seen = 0;
    for module in modules.iter().chain([&module]) {
        let modules = crate::python::support::items(&gil, module.modules()).unwrap();
        let of = modules[0].dict(&gil).unwrap();
        // SAFETY: a live dict under the GIL.
        let values = unsafe { PyRef::owned(&gil, (gil.api.PyDict_Items)(of)) }.unwrap();
        for pair in crate::python::support::items(&gil, &values).unwrap() {
            let function = crate::python::support::item(&gil, &pair, 1).unwrap();
            let Some(found) = convert::declared(&gil, &function, None).unwrap() else { continue };
            let text = crate::python::support::text_of_call(
                &gil,
                &support.function_json,
                &[&function, &none],
            );
            let inferred = parse::<Inferred>(&text.unwrap()).unwrap().signature().unwrap();
            assert_eq!(found, inferred);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
    drop(gil);
    let method = "callable=Shape.method,instance_required";
    assert_eq!(
        signature(&module, method),
        "(self: handle<annotated_shapes.Shape>, a: int64, b: any) -> (int64)"
    );
    let another = "callable=Shape.another,instance_required";
    assert_eq!(signature(&module, another), signature(&module, method));
    let of_class = "callable=Shape.of_class,instance_required";
    assert!(signature(&module, of_class).ends_with("a: int64) -> (int64)"));
    let fixed = "callable=Shape.static,instance_required";
    assert!(signature(&module, fixed).ends_with("a: int64) -> (int64)"));
}

#[test]
fn a_built_in_function_has_names_also_where_its_types_are_declared() {
    let builtins = module("builtins");
    let names = |path: &str, params: &[&str]| {
        let params = typed(&builtins, path, params, &["int64"]).signature().params;
        params
            .into_iter()
            .map(|param| param.name.unwrap_or_default().into())
            .collect::<Vec<String>>()
    };
    assert_eq!(names("callable=abs", &["int64"]), ["x"]);
    assert_eq!(names("callable=pow", &["int64", "int64", "any"]), ["base", "exp", "mod"]);
    // What is given by name alone is not among them, and some do not say.
    assert_eq!(names("callable=sorted", &["any", "any"]), ["iterable", ""]);
    assert_eq!(names("callable=max", &["any"]), [""]);
}
