use std::ffi::CStr;
use std::mem::MaybeUninit;

use super::*;
use crate::abi::{metaffi_handle_type, metaffi_int64_type, metaffi_string8_type};
use crate::backend::python::testing::api;
use crate::error::Status;
use crate::object::{self, InternedName};
use crate::python::lifecycle::gil;
use crate::python::object::{PyRef, to_handle};
use crate::value::OwnedValue;

fn name(text: &str) -> AttributeName<'static> {
    AttributeName::Interned(InternedName::of(InternedName::intern(text).unwrap()).unwrap())
}

/// What a dict that a text of Python stands for has for a key.
fn entry(gil: &Gil, source: &CStr, key: &str) -> Result<OwnedValue> {
    // SAFETY: NUL-terminated sources and live objects under the GIL.
    let dict = unsafe {
        let globals = PyRef::owned(gil, (gil.api.PyDict_New)()).unwrap();
        let code = (gil.api.Py_CompileString)(source.as_ptr(), c"<test>".as_ptr(), EVAL);
        let code = PyRef::owned(gil, code).unwrap();
        let globals = globals.as_ptr();
        PyRef::owned(gil, (gil.api.PyEval_EvalCode)(code.as_ptr(), globals, globals)).unwrap()
    };
    let object = to_handle(gil, &dict).unwrap().addr();
    let mut to = MaybeUninit::uninit();
    let got = object::of(object).unwrap().get_entry(object, name(key), &mut to);
    crate::handle::free(object, crate::handle::HandleKind::Object).unwrap();
    // SAFETY: written if it was got.
    got.map(|()| unsafe { OwnedValue::from_raw(to.assume_init()) })
}

const EVAL: std::ffi::c_int = 258;

#[test]
fn an_entry_is_the_same_however_the_keys_of_a_dict_are_kept() {
    install();
    let gil = gil::enter(api()).unwrap();
    for other in [
        c"{'n': 5, 't': 'text', 'o': [], 'l': 1 << 70}",
        c"{'n': 5, 't': 'text', 'o': [], 'l': 1 << 70, 1: 2}",
    ] {
        let kind = |key| entry(&gil, other, key).map(|value| value.r#type);
        assert_eq!(kind("n").unwrap(), metaffi_int64_type);
        assert_eq!(kind("t").unwrap(), metaffi_string8_type);
        assert_eq!(kind("o").unwrap(), metaffi_handle_type);
        assert_ne!(kind("l").unwrap(), metaffi_int64_type);
        assert_eq!(kind("x").unwrap_err().status(), Status::NotFound);
    }
}

#[test]
fn an_attribute_is_found_by_its_interned_name() {
    install();
    let gil = gil::enter(api()).unwrap();
    let module = PyRef::import(&gil, c"math").unwrap();
    let key = to_handle(&gil, &module).unwrap().addr();
    let mut to = MaybeUninit::uninit();
    let math = object::of(key).unwrap();
    math.get_attribute(key, name("pi"), &mut to).unwrap();
    // SAFETY: written, a float64.
    assert_eq!(unsafe { to.assume_init_ref().data.float64 }, std::f64::consts::PI);
    let absent = math.get_attribute(key, name("flor"), &mut to).unwrap_err();
    assert_eq!(absent.status(), Status::NotFound);
    assert!(absent.message().ends_with("(did you mean \"floor\"?)"), "{absent}");
    crate::handle::free(key, crate::handle::HandleKind::Object).unwrap();
}
