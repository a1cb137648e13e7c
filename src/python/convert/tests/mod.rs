//! One test for each cell of the table in `docs/python_types.md`.

mod errors;
mod from_python;
mod loans;
mod numpy;
mod objects;
mod round_trip;
mod surrogates;
mod to_python;

use std::ffi::CString;

use super::*;
use crate::abi::{metaffi_slot, metaffi_value};
use crate::backend::python::testing::{self, api};
use crate::call::{SlotLayout, store};
use crate::error::Result;
use crate::handle;
use crate::python::lifecycle::gil::{self, Gil, GilGuard};
use crate::python::object::{PyRef, text_of};
use crate::signature::{Kind, Type, TypeInfo};
use crate::value::OwnedValue;
use crate::value::array::View;

fn enter() -> GilGuard {
    gil::enter(api()).unwrap()
}

/// The value of an expression; statements may come before it, each ended by `;;`.
fn evaluate(gil: &Gil, source: &str) -> PyRef {
    let (statements, expression) = source.rsplit_once(";;").unwrap_or(("", source));
    let statements = statements.replace(";;", "\n");
    // SAFETY: NUL-terminated sources, live objects, under the GIL.
    unsafe {
        let globals = PyRef::owned(gil, (gil.api.PyDict_New)()).unwrap();
        let builtins = (gil.api.PyEval_GetBuiltins)();
        (gil.api.PyDict_SetItemString)(globals.as_ptr(), c"__builtins__".as_ptr(), builtins);
        run(gil, &format!("{statements}\n"), 257, &globals).unwrap();
        run(gil, expression.trim(), 258, &globals).unwrap()
    }
}

unsafe fn run(gil: &Gil, source: &str, start: i32, globals: &PyRef) -> Result<PyRef> {
    let source = CString::new(source).unwrap();
    // SAFETY: as above.
    unsafe {
        let compile = gil.api.Py_CompileString;
        let code = PyRef::owned(gil, compile(source.as_ptr(), c"<test>".as_ptr(), start))?;
        let globals = globals.as_ptr();
        PyRef::owned(gil, (gil.api.PyEval_EvalCode)(code.as_ptr(), globals, globals))
    }
}

/// `int64`, `float64_array rank 2`, `string8<Decimal>`.
fn info(text: &str) -> TypeInfo {
    let (text, rank) = text.split_once(" rank ").unwrap_or((text, "0"));
    let (name, alias) = text.split_once('<').unwrap_or((text, ""));
    let alias = alias.trim_end_matches('>');
    TypeInfo {
        r#type: Type::parse(name).unwrap(),
        alias: (!alias.is_empty()).then(|| alias.into()),
        dimensions: rank.parse().unwrap(),
    }
}

/// The value of an object as the type.
fn taken(gil: &Gil, object: &PyRef, r#type: &str) -> Result<OwnedValue> {
    let info = info(r#type);
    let mut slots = [0; 3];
    let mut value: metaffi_value = crate::value::null();
    // SAFETY: a live object; room for any type; what was made is the value's.
    unsafe {
        from_python(gil, object.as_ptr(), info.r#type, &info, slots.as_mut_ptr())?;
        store(slots.as_ptr(), &SlotLayout::of(info.r#type), &raw mut value);
        Ok(OwnedValue::from_raw(value))
    }
}

/// The slots of a value, as an argument of the type.
fn slots_of(value: &metaffi_value, r#type: Type) -> [metaffi_slot; 3] {
    let mut slots = [0; 3];
    // SAFETY: a live value; three slots hold any.
    unsafe {
        match r#type.kind() {
            Kind::Any => slots.as_mut_ptr().cast::<metaffi_value>().write(*value),
            _ => drop(crate::call::load_as_is(value, slots.as_mut_ptr()).unwrap()),
        }
    }
    slots
}

/// What Python makes of a value that is lent.
fn python_of(gil: &Gil, loans: &Loans, value: &metaffi_value, r#type: &str) -> Result<PyRef> {
    let info = info(r#type);
    let slots = slots_of(value, info.r#type);
    handle::using(|scope| {
        // SAFETY: the slots hold the value, which outlives the loans of the tests.
        unsafe { to_python(gil, scope, loans, info.r#type, &info, slots.as_ptr()) }
    })
}

fn repr(gil: &Gil, object: &PyRef) -> String {
    // SAFETY: a live object under the GIL.
    unsafe { text_of(gil, &PyRef::owned(gil, (gil.api.PyObject_Repr)(object.as_ptr())).unwrap()) }
        .unwrap()
}

/// A value as `describe` has it, but arrays with their elements.
fn show(value: &metaffi_value) -> String {
    // SAFETY: the tests pass live values.
    unsafe {
        match crate::value::kind_of(value).unwrap() {
            Kind::Array if value.data.array.is_null() => "NULL".to_owned(),
            Kind::Array => {
                let view = View::new(value.data.array).unwrap();
                format!("{} {}", view.array_type(), elements(&view, view.data(), 0))
            }
            _ => crate::value::describe(value),
        }
    }
}

unsafe fn elements(view: &View<'_>, data: *mut u8, dimension: usize) -> String {
    let (length, stride) = (view.shape()[dimension], view.stride(dimension));
    let parts = (0..length).map(|index| {
        let address = data.wrapping_offset(index as isize * stride);
        // SAFETY: the elements are where the view says.
        unsafe {
            if dimension + 1 < view.shape().len() {
                return elements(view, address, dimension + 1);
            }
            let mut value: metaffi_value = crate::value::null();
            let slots = slot::load(address, view.element());
            store(slots.as_ptr(), &SlotLayout::of(view.element()), &raw mut value);
            let shown = show(&value);
            match view.element().kind() {
                Kind::Any => shown,
                Kind::Array => shown.split_once(' ').unwrap().1.to_owned(),
                _ => shown.split_once(' ').unwrap_or(("", &shown)).1.to_owned(),
            }
        }
    });
    format!("[{}]", parts.collect::<Vec<_>>().join(", "))
}

/// Whether calling a method of an object gives an error, and which.
fn call_method(gil: &Gil, object: &PyRef, name: &str) -> Result<PyRef> {
    object.attribute(gil, &CString::new(name).unwrap())?.call0(gil)
}
