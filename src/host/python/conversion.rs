//! `convert`: an object of whatever runtime, and all that is in it, as objects of Python's own.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use super::argument_parser::ArgumentParser;
use super::inspection::held;
use super::trampoline::trampoline;
use crate::abi::{
    self, METAFFI_CONVERSION_TOLD, METAFFI_CONVERTER_FIRST, METAFFI_CONVERTER_LAST, METAFFI_OK,
    metaffi_conversion, metaffi_converter, metaffi_converter_order, metaffi_error, metaffi_object,
    metaffi_status, metaffi_value, metaffi_visit_options,
};
use crate::call::errors::failure::to_c;
use crate::error::{Error, Result};
use crate::handle::pin;
use crate::object::{Visit, VisitOptions, VisitorCalls, visit_value};
use crate::python::api::{Api, METH_KEYWORDS, METH_VARARGS, Object, PyMethodDef};
use crate::python::convert;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::class::method;
use crate::python::object::{PyRef, take_handle};
use crate::python::protocol::{self, BuildTargets};
use crate::value::{self, OwnedValue};

/// The function of the module.
pub(super) fn function() -> PyMethodDef {
    const KEYWORDS: c_int = METH_VARARGS | METH_KEYWORDS;
    method(
        c"convert",
        convert_deeply as *const c_void,
        KEYWORDS,
        c"convert(object, depth=None, flags=None, first=None, last=None, maps=None, sets=None, \
          records=None, arrays=None, proxies=None)\n--\n\nAn object of whatever runtime, and all that is in it, as \
          objects of Python's own.\n\n`first` and `last` are asked about objects, before anything \
          else and where there is no other conversion; `maps`, `sets` and `records` make the \
          containers, `arrays` something of views of arrays, and what stays an object is appended to `proxies`.",
    )
}

/// A function of Python's that is asked about objects: what it gives is what stands there, unless that
/// is `NotImplemented`.
struct AskedFunction {
    function: PyRef,
    /// Who builds, as long as the visit lasts.
    builder: *mut c_void,
}

unsafe extern "C-unwind" fn convert_deeply(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let names = [
                "object", "depth", "flags", "first", "last", "maps", "sets", "records", "arrays",
                "proxies",
            ];
            let given = ArgumentParser::new(gil, names, 1, given, keywords)?;
            let (depth, flags) = (number(gil, &given, 1)?, number(gil, &given, 2)?);
            let asked = [(METAFFI_CONVERTER_FIRST, 3), (METAFFI_CONVERTER_LAST, 4)];
            let targets = BuildTargets {
                map: given.get(gil, 5),
                set: given.get(gil, 6),
                record: given.get(gil, 7),
                array: given.get(gil, 8),
                objects: given.get(gil, 9),
            };
            let held = held(gil, given.object(0))?;
            let value = value::object(ptr::without_provenance_mut(held.key()));
            let mut made = MaybeUninit::uninit();
            let mut produce = |calls: &VisitorCalls| {
                let (functions, builder) = calls.raw();
                let asked: Vec<(metaffi_converter_order, AskedFunction)> = asked
                    .iter()
                    .filter_map(|(order, index)| Some((*order, given.get(gil, *index)?)))
                    .map(|(order, function)| (order, AskedFunction { function, builder }))
                    .collect();
                let converters: Vec<metaffi_converter> =
                    asked.iter().map(|(order, function)| converter(*order, function)).collect();
                let options = options(depth, flags, &converters);
                let options = VisitOptions::new(&options)?;
                // The builder is there until this has returned, and the value is a handle.
                let calls = VisitorCalls::new(*functions, builder);
                visit_value(&value, &mut Visit::new(options, calls))
            };
            let Some(api) = Api::get() else { return Err(Error::unsupported("Python has ended")) };
            protocol::build_into(api, &targets, &mut produce, &mut made).map_err(in_keywords)?;
            let made = OwnedValue::from_raw(made.assume_init());
            let scope = pin::enter();
            convert::copy_to_python(gil, &scope, &made)
        })
    }
}

fn converter(order: metaffi_converter_order, function: &AskedFunction) -> metaffi_converter {
    let userdata = ptr::from_ref(function).cast_mut().cast();
    metaffi_converter { of_type: ptr::null(), order, convert: Some(ask), userdata }
}

/// The converter that asks a function.
unsafe extern "C-unwind" fn ask(
    userdata: *mut c_void,
    object: *const metaffi_object,
    conversion: *mut metaffi_conversion,
    _: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the function is there until the visit has ended, and so is what is written to.
    unsafe {
        match answer(&*userdata.cast::<AskedFunction>(), object) {
            Ok(has_told) => {
                if has_told {
                    conversion.write(METAFFI_CONVERSION_TOLD);
                }
                METAFFI_OK
            }
            Err(failed) => {
                let status = failed.status() as metaffi_status;
                error.write(to_c(failed));
                status
            }
        }
    }
}

/// Asks a function about an object, and tells the builder of what it gives.
unsafe fn answer(asked: &AskedFunction, object: *const metaffi_object) -> Result<bool> {
    let Some(api) = Api::get() else { return Err(Error::unsupported("Python has ended")) };
    let gil = gil::enter(api)?;
    let object = take_handle(&gil, object.addr())?;
    let made = asked.function.call1(&gil, &object)?;
    if made.as_ptr() == gil.api._Py_NotImplementedStruct {
        return Ok(false);
    }
    // SAFETY: the builder of this visit, in which nothing runs while converters are asked.
    unsafe { protocol::add_built(asked.builder, made) }?;
    Ok(true)
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
            Err(Error::invalid("depth is a number that is not below zero"))
        }
    }
}

fn options(
    depth: Option<usize>,
    flags: Option<usize>,
    converters: &[metaffi_converter],
) -> metaffi_visit_options {
    let depth_flag = if depth.is_some() { abi::METAFFI_VISIT_DEPTH } else { 0 };
    metaffi_visit_options {
        size: size_of::<metaffi_visit_options>(),
        flags: flags.unwrap_or(0) as u64 | depth_flag,
        depth: depth.unwrap_or(0),
        converters: converters.as_ptr(),
        converter_count: converters.len(),
        object_made: None,
        userdata: ptr::null_mut(),
    }
}

/// Choices as `metaffi.convert` has them.
const KEYWORDS: [(&str, &str); 10] = [
    ("METAFFI_VISIT_NO_OBJECTS", "unconvertible=\"error\""),
    ("METAFFI_VISIT_MAPS_AS_PAIRS", "maps=list"),
    ("METAFFI_VISIT_MAPS_AS_OBJECTS", "maps=SimpleNamespace"),
    ("METAFFI_VISIT_INT64_ONLY", "integers=\"int64\""),
    ("METAFFI_VISIT_INTEGERS_AS_FLOAT64", "integers=\"float\""),
    ("METAFFI_VISIT_NO_NULLS", "nulls=\"error\""),
    ("METAFFI_VISIT_SHARED_COPIED", "shared=\"copied\""),
    ("METAFFI_VISIT_NO_SHARED", "shared=\"error\""),
    ("the visitor is told which one it is", "it is one object"),
    ("give the visit a converter", "give a function as unconvertible"),
];

/// A failure of a visit in the words of whoever calls from Python.
#[cold]
fn in_keywords(failed: Error) -> Error {
    if failed.foreign_error().is_some() || !failed.message().contains("METAFFI_VISIT_") {
        return failed;
    }
    let said = KEYWORDS
        .iter()
        .fold(failed.message().to_owned(), |said, (c, python)| said.replace(c, python));
    Error::new(failed.status(), said)
}
