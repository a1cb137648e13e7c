//! What an object can do, and what is in it, asked of whatever runtime it lives in.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

use super::argument_parser::ArgumentParser;
use super::trampoline::trampoline;
use crate::abi::{self, metaffi_visit_options};
use crate::error::{Error, Result};
use crate::handle::{self as handles, HandleKind, Key};
use crate::object::{self, Visit, VisitOptions, VisitorCalls, visit_value};
use crate::python::api::{Api, METH_KEYWORDS, METH_O, METH_VARARGS, Object, PyMethodDef};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::method;
use crate::python::object::{handle_of, make_handle, unwrap};
use crate::python::protocol;
use crate::python::support;
use crate::value::{self, OwnedValue};

/// The functions of the module.
pub(super) fn functions() -> Vec<PyMethodDef> {
    const KEYWORDS: c_int = METH_VARARGS | METH_KEYWORDS;
    vec![
        method(
            c"capabilities",
            capabilities as *const c_void,
            METH_O,
            c"capabilities(object, /)\n--\n\nWhat an object of whatever runtime can do and is, as the \
                names of the bits in one text.",
        ),
        method(
            c"convert",
            convert_deeply as *const c_void,
            KEYWORDS,
            c"convert(object, depth=None, flags=None)\n--\n\nAn object of whatever runtime, and all that \
                is in it, as objects of Python's own.",
        ),
    ]
}

/// A handle that is freed at the end.
struct InspectedObject(Key);

impl Drop for InspectedObject {
    fn drop(&mut self) {
        let _ = handles::free(self.0, HandleKind::Object);
    }
}

/// A new handle of an object: of what it stands for, if it is one of another runtime.
unsafe fn held(gil: &Gil, object: Object) -> Result<InspectedObject> {
    // SAFETY: the caller has a live object under the GIL.
    unsafe {
        if let Some(key) = make_handle(gil, object) {
            return key.map(InspectedObject);
        }
        if let Some(key) = unwrap(gil.api, object) {
            return handles::clone(key, HandleKind::Object).map(InspectedObject);
        }
        handle_of(gil, object).map(|key| InspectedObject(key.addr()))
    }
}

unsafe extern "C-unwind" fn capabilities(_: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a live object, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let held = held(gil, given)?;
            let can = object::of(held.0)?.capabilities(held.0)?;
            support::text(gil, &can.to_string())
        })
    }
}

unsafe extern "C-unwind" fn convert_deeply(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let names = ["object", "depth", "flags"];
            let given = ArgumentParser::new(gil, names, 1, given, keywords)?;
            let options = options(number(gil, &given, 1)?, number(gil, &given, 2)?);
            let options = VisitOptions::new(&options)?;
            let held = held(gil, given.object(0))?;
            let value = value::object(std::ptr::without_provenance_mut(held.0));
            let mut made = MaybeUninit::uninit();
            let mut produce = |calls: &VisitorCalls| {
                let (functions, builder) = calls.raw();
                // The builder is there until this has returned, and the value is a handle.
                let calls = VisitorCalls::new(*functions, builder);
                visit_value(&value, &mut Visit::inside(options, calls))
            };
            let Some(api) = Api::get() else { return Err(Error::unsupported("Python has ended")) };
            protocol::build(api, &mut produce, &mut made)?;
            let made = OwnedValue::from_raw(made.assume_init());
            let scope = handles::pin::enter();
            convert::copy_to_python(gil, &scope, &made)
        })
    }
}

/// A number that is given, or nothing.
unsafe fn number<const N: usize>(
    gil: &Gil,
    given: &ArgumentParser<N>,
    index: usize,
) -> Result<Option<usize>> {
    let Some(number) = given.get(gil, index) else { return Ok(None) };
    // SAFETY: a live object under the GIL.
    let number = unsafe { (gil.api.PyLong_AsLongLong)(number.as_ptr()) };
    match usize::try_from(number) {
        Ok(number) => Ok(Some(number)),
        Err(_) => {
            // SAFETY: under the GIL.
            unsafe { (gil.api.PyErr_Clear)() };
            Err(Error::invalid("depth and flags are numbers that are not below zero"))
        }
    }
}

fn options(depth: Option<usize>, flags: Option<usize>) -> metaffi_visit_options {
    let depth_flag = if depth.is_some() { abi::METAFFI_VISIT_DEPTH } else { 0 };
    metaffi_visit_options {
        size: size_of::<metaffi_visit_options>(),
        flags: flags.unwrap_or(0) as u64 | depth_flag,
        depth: depth.unwrap_or(0),
        converters: std::ptr::null(),
        converter_count: 0,
        object_made: None,
        userdata: std::ptr::null_mut(),
    }
}
