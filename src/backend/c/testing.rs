//! What the tests of C data share.

use std::ffi::c_void;
use std::sync::Arc;

use super::convert::{access, initialise};
use super::parse::{Compiler, Declarations};
use super::types::TypeKind;
use super::{CData, CType, TypeHandle};
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::handle;
use crate::value::{self, OwnedValue, array::OwnedArray};

/// Declarations to take types from.
pub(super) struct Header(Declarations);

impl Header {
    pub(super) fn new(text: &str) -> Header {
        let declarations = Declarations::default();
        declarations.declare(text, "test").unwrap();
        Header(declarations)
    }

    pub(super) fn system(header: &str) -> Header {
        let declarations = Declarations::default();
        declarations.declare_headers(&[header], &Compiler::default()).unwrap();
        Header(declarations)
    }

    pub(super) fn declare(&self, text: &str) {
        self.0.declare(text, "test").unwrap();
    }

    pub(super) fn ctype(&self, text: &str) -> CType {
        CType::new(self.0.types(), self.0.parse_type(text).unwrap())
    }

    pub(super) fn handle(&self, text: &str) -> Arc<TypeHandle> {
        Arc::new(TypeHandle::from(self.ctype(text)))
    }

    /// The declared type of a function.
    pub(super) fn function(&self, name: &str) -> Arc<TypeHandle> {
        use super::parse::Item;
        let Item::Function(function) = self.0.get(name).unwrap().item else {
            panic!("{name} is no function")
        };
        assert!(matches!(self.0.types().resolved(function.type_id), TypeKind::Function(_)));
        Arc::new(TypeHandle::new(self.0.types(), function.type_id))
    }

    /// A new value, zero.
    pub(super) fn zeroed(&self, text: &str) -> Arc<CData> {
        // SAFETY: no initialiser.
        Arc::new(unsafe { initialise::new(self.ctype(text), None) }.unwrap())
    }

    /// A new value with an initialiser.
    pub(super) fn value(&self, text: &str, init: &metaffi_value) -> Arc<CData> {
        Arc::new(self.try_value(text, init).unwrap())
    }

    pub(super) fn try_value(&self, text: &str, init: &metaffi_value) -> Result<CData> {
        // SAFETY: the tests' values are what their types say.
        unsafe { initialise::new(self.ctype(text), Some(init)) }
    }
}

/// A library of C functions, compiled for one test.
pub(super) struct Guest {
    library: libloading::Library,
    _directory: tempfile::TempDir,
}

impl Guest {
    pub(super) fn new(code: &str) -> Guest {
        let directory = tempfile::tempdir().unwrap();
        let (source, library) =
            (directory.path().join("guest.c"), directory.path().join("guest.so"));
        std::fs::write(&source, code).unwrap();
        let compiler = std::env::var("CC").unwrap_or("cc".to_owned());
        let output = std::process::Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // SAFETY: the library runs nothing when it is loaded.
        let library = unsafe { libloading::Library::new(library) }.unwrap();
        Guest { library, _directory: directory }
    }

    pub(super) fn symbol(&self, name: &str) -> *const () {
        // SAFETY: only the address is taken.
        unsafe { *self.library.get::<*const ()>(name.as_bytes()).unwrap() }
    }
}

pub(super) fn read(object: &Arc<CData>, path: &str) -> Result<OwnedValue> {
    // SAFETY: the tests' pointers point to what they say.
    unsafe { access::read(object, path) }
}

/// An integer read by path.
pub(super) fn integer(object: &Arc<CData>, path: &str) -> i64 {
    let to = crate::signature::Kind::Int64.into();
    // SAFETY: the values are what their types say.
    unsafe { value::convert(&read(object, path).unwrap(), to).unwrap().data.int64 }
}

/// A real number read by path.
pub(super) fn real(object: &Arc<CData>, path: &str) -> f64 {
    let to = crate::signature::Kind::Float64.into();
    // SAFETY: the values are what their types say.
    unsafe { value::convert(&read(object, path).unwrap(), to).unwrap().data.float64 }
}

/// An object read by path.
pub(super) fn part(object: &Arc<CData>, path: &str) -> Arc<CData> {
    let value = read(object, path).unwrap();
    // SAFETY: the value is a handle.
    handle::get::<CData>(unsafe { value.data.object }.addr()).unwrap()
}

pub(super) fn write(
    object: &Arc<CData>,
    path: &str,
    value: impl Into<metaffi_value>,
) -> Result<()> {
    // SAFETY: the tests' pointers point to what they say, and their values are what they say.
    unsafe { access::write(object, path, &value.into()) }
}

/// Text read from an array or pointer.
pub(super) fn text(object: &Arc<CData>) -> Result<String> {
    // SAFETY: the tests' text ends where it should.
    let value = unsafe { super::convert::text_view::string(object, usize::MAX) }?;
    let kind = value::kind_of(&value)?;
    // SAFETY: the value is a string.
    unsafe { value::text::decode(&value.data.string, kind).map(|text| text.into_owned()) }
}

/// The address of the value, good as long as the object.
pub(super) fn address(object: &CData) -> *mut c_void {
    handle::using(|scope| Ok::<_, Error>(object.memory(scope)?.address().cast())).unwrap()
}

/// An array value of any.
pub(super) fn list(items: &[metaffi_value]) -> OwnedValue {
    let array = OwnedArray::new(crate::signature::Kind::Any.into(), &[items.len()]).unwrap();
    for (index, item) in items.iter().enumerate() {
        // SAFETY: the array has so many elements.
        unsafe { value::array::set(array.as_ptr(), &[index], item) }.unwrap();
    }
    array.into_value()
}

/// An array value of integers.
pub(super) fn integers(items: &[i32]) -> OwnedValue {
    let array = OwnedArray::new(crate::signature::Kind::Int32.into(), &[items.len()]).unwrap();
    // SAFETY: the array has so many elements of that type.
    unsafe { array.view().data().cast::<i32>().copy_from(items.as_ptr(), items.len()) };
    array.into_value()
}

/// A new handle of the object, as a value.
pub(super) fn object(object: &Arc<CData>) -> OwnedValue {
    let key = handle::insert_object(object.clone()).unwrap();
    // SAFETY: the new handle is nobody else's.
    unsafe { OwnedValue::from_raw(value::object(std::ptr::without_provenance_mut(key))) }
}
