//! Objects seen as other types, and pointers to them.

use std::ptr;

use super::attribute::pointed_into;
use super::make::{new, view, zeroed};
use super::scalar::ScalarAccess;
use super::table::Shape;
use super::{DataTable, fields, memory, refusal};
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind};
use crate::python::api::{Api, Object};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// An object seen as another type: a pointer to what it is or points to, or its memory as a record or
/// an array. `None` leaves numbers to the language.
pub(in crate::host::python) fn cast(
    gil: &Gil,
    table: &DataTable,
    object: &PyRef,
) -> Result<Option<PyRef>> {
    // SAFETY: a live object under the GIL, which keeps the memory that is seen.
    unsafe {
        let made = |address, owner| PyRef::owned(gil, view(gil.api, table, address, owner));
        let Some(data) = super::of(gil.api, object.as_ptr()) else {
            return of_python(gil, table, object).map(Some);
        };
        let from = data.alive(gil.api)?;
        let root = memory::root(object.as_ptr());
        memory::check(root)?;
        match (table.shape, from.shape) {
            (Shape::Pointer | Shape::Code, Shape::Pointer | Shape::Code) => {
                let place = super::place::Place::of(gil, object.as_ptr())?;
                let owner = place.target(gil, data.address())?;
                let owner = owner.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr);
                made(data.address(), owner).map(Some)
            }
            (Shape::Pointer, Shape::Array) => made(data.address(), root).map(Some),
            (Shape::Pointer | Shape::Code, Shape::Scalar(_)) => Ok(None),
            (Shape::Record | Shape::Array | Shape::Opaque, _) => {
                let (to, from) = (table.spell(), from.spell());
                if data.is_pointer() {
                    return Err(Error::mismatch(format!(
                        "a `{from}` is no `{to}`; cast to a pointer to it, and read what that \
                         points to (\"*\")"
                    )));
                }
                let room = super::place::Place::of(gil, object.as_ptr())?.room();
                if room.is_some_and(|room| room < table.size) {
                    return Err(Error::out_of_range(format!(
                        "this `{from}` is smaller than a `{to}`"
                    )));
                }
                made(data.address(), root).map(Some)
            }
            (Shape::Pointer | Shape::Code, Shape::Record | Shape::Opaque) => {
                let (to, from) = (table.spell(), from.spell());
                Err(Error::mismatch(format!(
                    "a `{from}` is no address that could be a `{to}`: take that of it \
                     (module.address), and cast it"
                )))
            }
            _ => Ok(None),
        }
    }
}

/// A number of Python as C casts one to a number; an address, or None, as a pointer; a function as the
/// pointer that is made of it.
unsafe fn of_python(gil: &Gil, table: &DataTable, given: &PyRef) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: a live object under the GIL; a new value has room for its type.
    unsafe {
        if table.is_pointer() && given.as_ptr() == api._Py_NoneStruct {
            return zeroed(gil, table, 0);
        }
        let is_float = (api.PyType_IsSubtype)(api.type_of(given.as_ptr()), api.PyFloat_Type) != 0;
        if !is_float && (api.PyIndex_Check)(given.as_ptr()) == 0 {
            return match table.shape {
                Shape::Code => new(gil, table, Some(given)).map_err(|error| error.at("object")),
                _ => Err(refusal::mismatch(gil, table, given).at("object")),
            };
        }
        let Shape::Scalar(access) = table.shape else {
            if !table.is_pointer() || is_float {
                return new(gil, table, Some(given));
            }
            // Arrays of numpy have an `__index__`, too, which fails: a pointer to a copy is no cast.
            let address = PyRef::owned(gil, (api.PyNumber_Index)(given.as_ptr()))
                .map_err(|_| refusal::mismatch(gil, table, given).at("object"))?;
            return new(gil, table, Some(&address));
        };
        let slot = match access {
            ScalarAccess::Float32 | ScalarAccess::Float64 => {
                let number = PyRef::owned(gil, (api.PyNumber_Float)(given.as_ptr()))?;
                let double = (api.PyFloat_AsDouble)(number.as_ptr());
                match access {
                    ScalarAccess::Float32 => (double as f32).to_bits().into(),
                    _ => double.to_bits(),
                }
            }
            ScalarAccess::Bool => match (api.PyObject_IsTrue)(given.as_ptr()) {
                -1 => return Err(fetch(gil)),
                truth => truth.cast_unsigned().into(),
            },
            // What C leaves undefined is refused: what an infinity is, for one.
            _ if is_float => {
                let number = PyRef::owned(gil, (api.PyNumber_Long)(given.as_ptr()))?;
                return new(gil, table, Some(&number)).map_err(|error| error.at("object"));
            }
            _ => {
                let number = PyRef::owned(gil, (api.PyNumber_Index)(given.as_ptr()))?;
                (api.PyLong_AsUnsignedLongLongMask)(number.as_ptr())
            }
        };
        let new = zeroed(gil, table, 0)?;
        access.store(fields(new.as_ptr()).address(), slot);
        Ok(new)
    }
}

/// A pointer seen as another type of pointer; `None` needs a closer look. NULL with an exception set.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn cast_pointer(
    api: &Api,
    table: &DataTable,
    object: Object,
) -> Option<Object> {
    // SAFETY: as above; a pointer keeps what it points into.
    unsafe {
        let data = super::of(api, object)?;
        if !table.is_pointer() || !data.is_pointer() {
            return None;
        }
        let owner = pointed_into(data, data.address(), 0)?;
        Some(view(api, table, data.address(), owner))
    }
}

/// An object as the language casts its handle.
pub(in crate::host::python) fn cast_by_handle(
    gil: &Gil,
    object: &PyRef,
    cast: impl FnOnce(handle::Key) -> Result<handle::Key>,
) -> Result<PyRef> {
    // SAFETY: a live object under the GIL.
    let key =
        unsafe { super::to_handle(gil, object.as_ptr()) }.unwrap_or_else(|| Err(super::gone()))?;
    let made = cast(key);
    let _ = handle::free(key, HandleKind::Object);
    super::from_handle(gil, made?)
}

/// A pointer to an object, or to the part at a path.
///
/// # Safety
/// `object` is alive.
pub(in crate::host::python) unsafe fn address(
    gil: &Gil,
    object: Object,
    path: Option<&str>,
) -> Result<PyRef> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let Some(data) = super::of(gil.api, object) else {
            return Err(Error::invalid("object: pass a MetaFFIHandle"));
        };
        if path.is_none_or(str::is_empty) && !data.is_pointer() {
            let root = memory::root(object);
            let table = data.alive(gil.api)?;
            memory::check(root)?;
            let pointer = table.pointer(gil)?;
            return PyRef::owned(gil, view(gil.api, pointer, data.address(), root));
        }
        let place = super::place::Place::of(gil, object)?.at_path(gil, path.unwrap_or_default())?;
        if place.bits.is_some() {
            let path = path.unwrap_or_default();
            return Err(Error::mismatch(format!("path `{path}`: a bit-field has no address")));
        }
        let pointer = place.table.pointer(gil)?;
        PyRef::owned(gil, view(gil.api, pointer, place.at, place.root()))
    }
}
