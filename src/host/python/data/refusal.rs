//! Why a type of C does not take a value, in the words of C and of Python.

use super::scalar::ScalarAccess;
use super::table::Shape;
use super::{Data, DataTable};
use crate::error::{Error, Status};
use crate::object::layout::NumberFormat;
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::value::number::range;

/// That an object is no value of a type.
#[cold]
pub(super) fn mismatch(gil: &Gil, table: &DataTable, given: &PyRef) -> Error {
    let (found, advice) = (describe(gil, given), advice(gil, table, given));
    Error::mismatch(format!("{found} cannot be given for {}: {advice}", table.spell()))
}

/// A failure to convert an object, which speaks of types that the program never wrote, in words of C.
#[cold]
pub(super) fn in_words_of_c(gil: &Gil, table: &DataTable, given: &PyRef, error: Error) -> Error {
    match (error.status(), table.shape) {
        // What Python itself raised.
        _ if error.foreign_error().is_some() => error,
        (Status::TypeMismatch, _) => mismatch(gil, table, given),
        (Status::OutOfRange, Shape::Scalar(access)) => {
            let (found, spelled) = (describe(gil, given), table.spell());
            // SAFETY: a live object under the GIL.
            if unsafe { (gil.api.PyIndex_Check)(given.as_ptr()) } == 0 && access.unit().is_some() {
                return Error::out_of_range(format!("{found} is not one unit of {spelled}"));
            }
            let limits = match access {
                ScalarAccess::Char8 => Some((-128, 255)),
                _ => range(access.kind()),
            };
            Error::out_of_range(match limits {
                Some((least, greatest)) => {
                    format!("{found} does not fit {spelled} ({least} to {greatest})")
                }
                None if is_float(gil, given) => format!("{found} does not fit {spelled}"),
                None => format!("{found} is no {spelled} exactly; round it: float(…)"),
            })
        }
        _ => error,
    }
}

/// That what a pointer in memory of C's would point to had no owner.
#[cold]
pub(super) fn no_owner(gil: &Gil, table: &DataTable, given: &PyRef) -> Error {
    let found = describe(gil, given);
    Error::mismatch(format!(
        "{found} cannot be given for {}: nobody would own its memory; make data of it (module.new) and \
         give that",
        table.spell()
    ))
}

fn describe(gil: &Gil, given: &PyRef) -> String {
    // SAFETY: a live object under the GIL.
    unsafe {
        match super::of(gil.api, given.as_ptr()).and_then(Data::table) {
            Some(table) => table.spell(),
            None => convert::describe(gil, given.as_ptr()),
        }
    }
}

fn is_float(gil: &Gil, given: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    unsafe { gil.api.type_of(given.as_ptr()) == gil.api.PyFloat_Type }
}

/// What a type takes.
fn advice(gil: &Gil, table: &DataTable, given: &PyRef) -> &'static str {
    let is_text =
        |inner: &DataTable| matches!(inner.shape, Shape::Scalar(access) if access.unit().is_some());
    match table.shape {
        Shape::Scalar(ScalarAccess::Bool) => "give True or False: bool(…)",
        Shape::Scalar(ScalarAccess::Float32 | ScalarAccess::Float64) => {
            "give a float; what is none is not rounded silently: float(…)"
        }
        Shape::Scalar(access) if access.unit().is_some() => {
            "give a str of one character, or its number"
        }
        Shape::Scalar(_) | Shape::Number(NumberFormat::Wide { .. }) => match is_float(gil, given) {
            true => "a float is not rounded silently: int(…)",
            false => "give an int",
        },
        Shape::Number(NumberFormat::Real(_)) => "give a float or an int",
        Shape::Number(NumberFormat::Complex(_)) => "give a complex, or a number",
        Shape::Record => "give a dict of its fields, or a list or a tuple of them",
        Shape::Array => match table.inner(gil) {
            Ok(Some(inner)) if is_text(inner) => "give a str, bytes, or a list",
            _ => "give a list or a tuple, or an array of such elements",
        },
        Shape::Pointer => "give data of its type (module.new), an address, or None",
        Shape::Code => "give a function, its address, or None",
        Shape::Opaque => "give data of the type (module.new)",
    }
}
