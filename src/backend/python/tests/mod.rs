//! Modules, entities, calls and callbacks, with Debian's libpython and its standard library.

mod access;
mod bad_input;
mod callables;
mod callbacks;
mod description;
mod entities;
mod inference;
mod modules;
mod short_ways;
mod source;
mod spread;
mod standard_library;
mod threads;
mod versions;

use std::path::Path;
use std::sync::Arc;

use super::module::Module;
use super::testing;
use crate::abi::metaffi_value;
use crate::backend::Module as _;
use crate::call::{Function, call_owned};
use crate::entity_path::EntityPath;
use crate::error::{Error, Result};
use crate::handle;
use crate::signature::{Type, TypeInfo};
use crate::value::{self, OwnedValue};

/// The package that most tests load, written anew for each.
const SAMPLE: &str = include_str!("sample.py");

/// A directory with the package `sample_<name>`, whose names are the test's own.
fn sample(name: &str) -> (tempfile::TempDir, Module) {
    let directory = tempfile::tempdir().unwrap();
    let package = directory.path().join(format!("sample_{name}"));
    write(&package.join("__init__.py"), SAMPLE);
    write(
        &package.join("inner.py"),
        "from . import add\n\ndef twice(a: int) -> int:\n    return add(a, a)\n",
    );
    let module = module(package.to_str().unwrap());
    (directory, module)
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn module(path: &str) -> Module {
    Module::load(testing::api(), path).unwrap()
}

fn types(names: &[&str]) -> Vec<TypeInfo> {
    names.iter().map(|name| Type::parse(name).unwrap().into()).collect()
}

/// The entity of a path with declared types.
fn typed(module: &Module, path: &str, params: &[&str], returns: &[&str]) -> Arc<Function> {
    let path = EntityPath::parse(path).unwrap();
    module.load_entity(&path, Some(&types(params)), Some(&types(returns))).unwrap()
}

/// The entity of a path with the types that its annotations say.
fn inferred(module: &Module, path: &str) -> Arc<Function> {
    module.load_entity(&EntityPath::parse(path).unwrap(), None, None).unwrap()
}

fn refused(module: &Module, path: &str) -> Error {
    module.load_entity(&EntityPath::parse(path).unwrap(), None, None).err().unwrap()
}

/// Calls by values.
fn call(function: &Function, arguments: &[metaffi_value]) -> Result<Vec<OwnedValue>> {
    // SAFETY: the arguments are what their types say.
    unsafe { call_owned(function, arguments) }
}

/// What a call with one return gives back.
fn one(function: &Function, arguments: &[metaffi_value]) -> OwnedValue {
    let mut returns = call(function, arguments).unwrap();
    assert_eq!(returns.len(), 1);
    returns.remove(0)
}

fn failure(function: &Function, arguments: &[metaffi_value]) -> Error {
    call(function, arguments).unwrap_err()
}

fn int64(number: i64) -> metaffi_value {
    number.into()
}

fn float64(number: f64) -> metaffi_value {
    number.into()
}

fn int(value: &metaffi_value) -> i64 {
    assert_eq!(value.r#type, crate::abi::metaffi_int64_type);
    // SAFETY: the type says so.
    unsafe { value.data.int64 }
}

fn float(value: &metaffi_value) -> f64 {
    assert_eq!(value.r#type, crate::abi::metaffi_float64_type);
    // SAFETY: the type says so.
    unsafe { value.data.float64 }
}

fn text(value: &metaffi_value) -> String {
    assert_eq!(value.r#type, crate::abi::metaffi_string8_type);
    // SAFETY: the type says so.
    unsafe { value::text::decode(&value.data.string, crate::signature::Kind::String8) }
        .unwrap()
        .into_owned()
}

/// The object's handle as an argument.
fn object(value: &metaffi_value) -> metaffi_value {
    assert_eq!(value.r#type, crate::abi::metaffi_handle_type);
    *value
}

/// Text as an argument; it is the test's to keep.
fn string(text: &str) -> metaffi_value {
    let data = text.as_ptr().cast();
    let string = crate::abi::metaffi_string { data, length: text.len() };
    value::string(string, crate::signature::Kind::String8)
}

/// The callable of a function as an argument, and what ends it.
struct Lent(usize);

impl Lent {
    fn new(function: Arc<Function>) -> Lent {
        Lent(handle::insert(Arc::new(crate::call::Callable::new(function))).unwrap())
    }

    fn value(&self) -> metaffi_value {
        value::callable(std::ptr::without_provenance_mut(self.0))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let _ = handle::free(self.0, handle::HandleKind::Callable);
    }
}
