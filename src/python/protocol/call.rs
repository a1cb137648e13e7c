//! Calls of Python's objects and of their members.

use std::cell::UnsafeCell;
use std::ffi::CStr;
use std::ptr;
use std::sync::Arc;

use super::attribute::{self, NameObject, twin};
use super::entered::Kept;
use super::value;
use crate::call::Callable;
use crate::error::{Error, Result};
use crate::handle::{self, Key};
use crate::object::{AttributeName, CallArguments, CallName, ValuePlace};
use crate::python::api::{Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::downcall::function::{CallTarget, PyFunction};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support::text;
use crate::python::upcall::callable;
use crate::signature::Signature;

/// As many arguments are put on the stack.
const FEW: usize = 14;

/// Calls an object.
///
/// # Safety
/// The arguments are what their types say.
#[inline(always)]
pub(super) unsafe fn call(
    gil: &Gil,
    object: Object,
    arguments: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    // SAFETY: the arguments are what their types say; alive, under the GIL, behind a writable place.
    unsafe {
        with_arguments(gil, None, arguments, |first, count, names| {
            let result = gil.api.vectorcall(object, first, count, names);
            value::give(gil, *Kept::owned(gil, result)?, to)
        })
    }
}

/// A new handle of the callable that an object is, or becomes by the types that are wanted; `None` if it
/// is none.
///
/// # Safety
/// `object` is alive, and can be called.
pub(super) unsafe fn callable_of(
    gil: &Gil,
    object: Object,
    wanted: Option<Signature>,
) -> Result<Option<Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    let (known, object) =
        unsafe { (callable::callable(gil.api, object), PyRef::new_reference(gil, object)) };
    let made = || {
        let Some(wanted) = wanted else { return Ok(None) };
        let (target, count) = (CallTarget::Callable(Arc::new(object)), wanted.params.len());
        let function = PyFunction::bind(gil.api, target, wanted, count)?;
        Ok(Some(Arc::new(Callable::new(function))))
    };
    known.map_or_else(made, |known| Ok(Some(known)))?.map(handle::insert).transpose()
}

/// Calls a member of an object, of which no object is made if it is a method.
///
/// # Safety
/// The arguments are what their types say.
pub(super) unsafe fn invoke(
    gil: &Gil,
    object: Object,
    name: AttributeName<'_>,
    arguments: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    let method = NameObject::of(gil, name)?;
    // SAFETY: as for a call.
    unsafe {
        with_arguments(gil, Some(object), arguments, |first, count, names| {
            let result = match names.is_null() {
                true => gil.api.call_method(method.object, first, count),
                false => (gil.api.PyObject_VectorcallMethod)(
                    method.object,
                    first,
                    count | PY_VECTORCALL_ARGUMENTS_OFFSET,
                    names,
                ),
            };
            match result.is_null() {
                true => Err(uncalled(gil, object, method.object, name)),
                false => value::give(gil, *Kept::owned(gil, result)?, to),
            }
        })
    }
}

/// What calling a member fails with. An AttributeError may be that there is none, or what its code
/// raised: then the member is found when it is looked up again.
#[cold]
fn uncalled(gil: &Gil, object: Object, member: Object, name: AttributeName<'_>) -> Error {
    // SAFETY: alive, under the GIL; a new reference or NULL.
    unsafe {
        let found = || PyRef::owned(gil, (gil.api.PyObject_GetAttr)(object, member));
        let is_attribute_error =
            (gil.api.PyErr_ExceptionMatches)(gil.api.PyExc_AttributeError) != 0;
        match is_attribute_error && error::quietly(gil, found).is_some() {
            true => error::fetch(gil),
            false => attribute::missing(gil, object, name.text(), true),
        }
    }
}

/// Runs `body` with the first of the objects, with how many are given by position, and with the
/// names of the others, or NULL.
#[inline(always)]
unsafe fn with_arguments(
    gil: &Gil,
    receiver: Option<Object>,
    arguments: CallArguments<'_>,
    body: impl FnOnce(*const Object, usize, Object) -> Result<()>,
) -> Result<()> {
    let CallArguments { values, names } = arguments;
    let positional = values.len() - names.len();
    let before = 1 + usize::from(receiver.is_some());
    let mut few = [ptr::null_mut(); FEW + 2];
    let mut many = Vec::new();
    let objects: &mut [Object] = match values.len() {
        0..=FEW => &mut few[..],
        count => {
            many.resize(count + before, ptr::null_mut());
            &mut many
        }
    };
    objects[before - 1] = receiver.unwrap_or(ptr::null_mut());
    let mut taken = Taken { gil, objects: &mut objects[before..], count: 0 };
    for value in values {
        // SAFETY: the value is what its type says.
        let object = unsafe { value::take(gil, value) }.map_err(|error| at(taken.count, error))?;
        taken.objects[taken.count] = object.into_ptr();
        taken.count += 1;
    }
    let given = names_of(gil, names)?;
    let names = given.as_ref().map_or(ptr::null_mut(), |names| **names);
    let count = positional + before - 1;
    // SAFETY: as many objects are before them.
    let first = unsafe { taken.objects.as_ptr().sub(before - 1) };
    body(first, count, names)
}

/// References that are given back after a call.
struct Taken<'a> {
    gil: &'a Gil,
    objects: &'a mut [Object],
    count: usize,
}

impl Drop for Taken<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        for object in &self.objects[..self.count] {
            // SAFETY: our own references, under the GIL.
            unsafe { self.gil.api.decref(*object) };
        }
    }
}

/// The names that calls have used last, as Python wants them.
struct CallNames(UnsafeCell<[Option<NameTuple>; PLACES]>);

struct NameTuple {
    names: Box<[Key]>,
    tuple: PyRef,
}

const PLACES: usize = 64;

// SAFETY: used under the GIL only, and never across code of Python's.
unsafe impl Sync for CallNames {}

static KNOWN: CallNames = CallNames(UnsafeCell::new([const { None }; PLACES]));

/// The tuple of names; `None` if there are none.
#[inline(always)]
fn names_of<'a>(gil: &'a Gil, names: &[Key]) -> Result<Option<Kept<'a>>> {
    let Some(first) = names.first() else { return Ok(None) };
    let place = (first >> 4 ^ names.len() ^ names[names.len() - 1] >> 3) % PLACES;
    // SAFETY: under the GIL, and nothing of Python's runs while it is looked at.
    let known = unsafe { (*KNOWN.0.get())[place].as_ref() };
    match known {
        Some(known) if *known.names == *names => Ok(Some(Kept::new(gil, known.tuple.as_ptr()))),
        _ => make_names(gil, names, place).map(Some),
    }
}

#[cold]
fn make_names<'a>(gil: &'a Gil, names: &[Key], place: usize) -> Result<Kept<'a>> {
    let api = gil.api;
    // SAFETY: a new tuple under the GIL, which takes over a reference to each name.
    unsafe {
        let tuple = PyRef::owned(gil, (api.PyTuple_New)(names.len().cast_signed()))?;
        for (index, key) in names.iter().enumerate() {
            let name = match CallName::of(*key)? {
                CallName::Interned(name) => PyRef::new_reference(gil, twin(gil, name)?),
                lent @ CallName::Lent(_) => text(gil, lent.text())?,
            };
            (api.PyTuple_SetItem)(tuple.as_ptr(), index.cast_signed(), name.into_ptr());
        }
        let kept = Kept::new(gil, tuple.as_ptr());
        let known = NameTuple { names: names.into(), tuple };
        let before = (*KNOWN.0.get())[place].replace(known);
        drop(before);
        Ok(kept)
    }
}

#[cold]
fn at(index: usize, error: Error) -> Error {
    error.context(format_args!("argument {}", index + 1))
}

/// Calls what a type has for a special method, with the object and `more`, which are four at most.
pub(super) fn special(gil: &Gil, object: Object, name: &CStr, more: &[Object]) -> Result<PyRef> {
    // SAFETY: alive, under the GIL; the arguments are behind a writable place.
    unsafe {
        let r#type = PyRef::new_reference(gil, gil.api.type_of(object));
        let method = r#type.attribute(gil, name)?;
        let mut arguments = [ptr::null_mut(); 6];
        arguments[1] = object;
        arguments[2..2 + more.len()].copy_from_slice(more);
        let first = arguments.as_mut_ptr().add(1);
        let count = 1 + more.len();
        PyRef::owned(gil, gil.api.vectorcall(method.as_ptr(), first, count, ptr::null_mut()))
    }
}
