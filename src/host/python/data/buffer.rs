//! The memory of arrays and records as buffers, not copied.

use std::ffi::{CStr, c_int};
use std::ptr;

use super::place::Place;
use super::raise::exception;
use super::scalar::ScalarAccess;
use super::table::Shape;
use super::{DataTable, fields};
use crate::error::{Error, Result};
use crate::host::python::trampoline::trampoline_status;
use crate::python::api::{Object, Py_buffer};
use crate::python::convert::{buffer_lies_as_asked, strip_buffer};
use crate::python::lifecycle::gil::Gil;

const WRITABLE: c_int = 1;

/// The shape of a buffer, and the strides behind it: what its `internal` points to.
type Extents = Vec<isize>;

/// `Py_bf_getbuffer`
pub(super) unsafe extern "C-unwind" fn get(
    object: Object,
    buffer: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: Python calls this with an instance and room for a buffer, holding the GIL.
    unsafe {
        trampoline_status(|gil| {
            (*buffer).obj = ptr::null_mut();
            let filled = Place::of(gil, object)
                .and_then(|place| fill(gil, &place, &mut *buffer, flags).map(|()| place));
            let place = filled
                .map_err(|error| exception(gil, gil.api.PyExc_BufferError, error.message()))?;
            count(place.root(), 1);
            gil.api.incref(object);
            (*buffer).obj = object;
            Ok(())
        })
    }
}

/// Counts the buffers that show the memory of a root: 1 for a new one, -1 for one that has ended.
///
/// # Safety
/// `root` is NULL or an instance that is a root; the GIL is held.
pub(super) unsafe fn count(root: Object, by: isize) {
    // SAFETY: as above.
    unsafe {
        if !root.is_null() && fields(root).is_own() {
            fields(root).remember().count_export(by);
        }
    }
}

/// `Py_bf_releasebuffer`
pub(super) unsafe extern "C-unwind" fn release(object: Object, buffer: *mut Py_buffer) {
    // SAFETY: Python calls this with an instance and a buffer of it, once for each.
    unsafe {
        // A view may have been released meanwhile, but has its owner.
        let data = fields(object);
        count(if data.is_own() { object } else { data.owner() }, -1);
        if let Some(extents) = ptr::NonNull::new((*buffer).internal.cast::<Extents>()) {
            drop(Box::from_raw(extents.as_ptr()));
        }
    }
}

fn fill(gil: &Gil, place: &Place, buffer: &mut Py_buffer, flags: c_int) -> Result<()> {
    let table = &place.table;
    if table.is_pointer() {
        return Err(refused(
            "a pointer, which does not say how much is there; cast it to an array, or use \
             metaffi.buffer",
        ));
    }
    let size = match table.layout.open {
        true => place.room(),
        false => Some(table.size),
    };
    let Some(size) = size else {
        return Err(refused("memory of unknown size; cast it to an array with a length"));
    };
    if place.constant && flags & WRITABLE != 0 {
        return Err(refused("const memory, which cannot be written"));
    }
    let (item, format) = element(gil, table)?;
    let extents = Box::new(extents(gil, table, size, item)?);
    let rank = extents.len() / 2;
    *buffer = Py_buffer {
        buf: place.at.cast(),
        obj: ptr::null_mut(),
        len: extents[..rank].iter().product::<isize>() * item,
        itemsize: item,
        readonly: place.constant.into(),
        ndim: rank as c_int,
        format: format.as_ptr().cast_mut(),
        shape: extents.as_ptr().cast_mut(),
        strides: extents[rank..].as_ptr().cast_mut(),
        suboffsets: ptr::null_mut(),
        internal: ptr::null_mut(),
    };
    // SAFETY: the buffer has its shape and strides.
    if !unsafe { buffer_lies_as_asked(gil.api, buffer, flags) } {
        return Err(refused("an array whose rows follow each other, unlike what is asked for"));
    }
    buffer.internal = Box::into_raw(extents).cast();
    strip_buffer(buffer, flags);
    Ok(())
}

/// The scalars that an array of any number of dimensions consists of.
fn scalars(gil: &Gil, table: &DataTable) -> Result<Option<ScalarAccess>> {
    match table.shape {
        Shape::Scalar(access) => Ok(Some(access)),
        Shape::Array => match table.inner(gil)? {
            Some(inner) => scalars(gil, inner),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// What the elements of a buffer are: numbers of an array, bytes of anything else.
fn element(gil: &Gil, table: &DataTable) -> Result<(isize, &'static CStr)> {
    Ok(match scalars(gil, table)? {
        Some(access) => (access.size().cast_signed(), format(access)),
        None => (1, c"B"),
    })
}

/// The format of a scalar in the language of Python's module `struct`.
fn format(access: ScalarAccess) -> &'static CStr {
    match access {
        ScalarAccess::Float64 => c"d",
        ScalarAccess::Float32 => c"f",
        ScalarAccess::Int8 => c"b",
        ScalarAccess::Int16 => c"h",
        ScalarAccess::Int32 => c"i",
        ScalarAccess::Int64 => c"q",
        ScalarAccess::Uint8 | ScalarAccess::Char8 => c"B",
        ScalarAccess::Uint16 | ScalarAccess::Char16 => c"H",
        ScalarAccess::Uint32 | ScalarAccess::Char32 => c"I",
        ScalarAccess::Uint64 => c"Q",
        ScalarAccess::Bool => c"?",
    }
}

/// The shape, and the strides behind it.
fn extents(gil: &Gil, table: &DataTable, size: usize, item: isize) -> Result<Extents> {
    let mut inner = Vec::new();
    // Of elements that are no scalars, the bytes are shown.
    let is_array = table.shape == Shape::Array && scalars(gil, table)?.is_some();
    if is_array {
        let mut element = table.inner(gil)?;
        while let Some(array) = element.filter(|element| element.shape == Shape::Array) {
            inner.push(array.length.cast_signed());
            element = array.inner(gil)?;
        }
    }
    let row: isize = inner.iter().product();
    let first = match table.length {
        length if is_array && length != usize::MAX => length.cast_signed(),
        _ => (size.cast_signed() / item).checked_div(row).unwrap_or(0),
    };
    let shape: Vec<isize> = std::iter::once(first).chain(inner).collect();
    let mut strides = vec![item; shape.len()];
    for dimension in (1..shape.len()).rev() {
        strides[dimension - 1] = strides[dimension] * shape[dimension];
    }
    Ok(shape.into_iter().chain(strides).collect())
}

#[cold]
fn refused(what: &str) -> Error {
    Error::unsupported(format!("no buffer of {what}"))
}
