//! The memory of arrays and records as buffers, not copied.

use std::ffi::{CStr, c_int};
use std::ptr;
use std::sync::atomic::Ordering;

use super::CLASS;
use super::inline_cache::CachedObject;
use crate::backend::Layout;
use crate::error::{Error, Result};
use crate::host::python::trampoline::trampoline_status;
use crate::python::api::{Api, Object, Py_buffer};
use crate::python::convert::{buffer_lies_as_asked, strip_buffer};
use crate::signature::Kind;
use crate::value::array::size_of_element;

const WRITABLE: c_int = 1;

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
            let fields = super::fields(gil, object)?;
            let seen = fields.seen(gil)?;
            let filled = match seen {
                Some(seen) => fill(gil.api, seen, &mut *buffer, flags).map(|()| seen),
                None => Err(refused("an object without memory that Python can see")),
            };
            let seen = filled.map_err(|error| {
                let class = gil.api.PyExc_BufferError;
                super::value::exception(gil, class, error.message())
            })?;
            seen.exports.fetch_add(1, Ordering::AcqRel);
            gil.api.incref(object);
            (*buffer).obj = object;
            Ok(())
        })
    }
}

/// `Py_bf_releasebuffer`
pub(super) unsafe extern "C-unwind" fn release(object: Object, _: *mut Py_buffer) {
    let Some(class) = CLASS.get() else { return };
    // SAFETY: Python calls this with an instance, once for each buffer.
    if let Some(seen) = unsafe { (*class.fields(object)).look.seen() } {
        seen.exports.fetch_sub(1, Ordering::AcqRel);
    }
}

fn fill(api: &Api, seen: &CachedObject, buffer: &mut Py_buffer, flags: c_int) -> Result<()> {
    let (Some(layout), Some(borrowed)) = (&seen.layout, &seen.borrowed) else {
        return Err(refused("an object without memory that Python can see"));
    };
    if layout.is_pointer() {
        return Err(refused(
            "a pointer, which does not say how much is there; cast it to an array",
        ));
    }
    let Some(size) = borrowed.size() else {
        return Err(refused("memory of unknown size; cast it to an array with a length"));
    };
    let readonly = layout.constant || borrowed.is_constant();
    if readonly && flags & WRITABLE != 0 {
        return Err(refused("const memory, which cannot be written"));
    }
    let (item, format) = element(layout);
    let extents = seen.extents.get_or_init(|| extents(layout, size, item));
    let rank = extents.len() / 2;
    *buffer = Py_buffer {
        buf: borrowed.address().cast(),
        obj: ptr::null_mut(),
        len: extents[..rank].iter().product::<isize>() * item,
        itemsize: item,
        readonly: readonly.into(),
        ndim: rank as c_int,
        format: format.as_ptr().cast_mut(),
        shape: extents.as_ptr().cast_mut(),
        strides: extents[rank..].as_ptr().cast_mut(),
        suboffsets: ptr::null_mut(),
        internal: ptr::null_mut(),
    };
    // SAFETY: the buffer has its shape and strides.
    if !unsafe { buffer_lies_as_asked(api, buffer, flags) } {
        return Err(refused("an array whose rows follow each other, unlike what is asked for"));
    }
    strip_buffer(buffer, flags);
    Ok(())
}

/// What the elements of a buffer are: numbers of an array, bytes of anything else.
fn element(layout: &Layout) -> (isize, &'static CStr) {
    match layout.scalars().map(|kind| (kind, format(kind))) {
        Some((kind, format)) => (size_of_element(kind.into()) as isize, format),
        None => (1, c"B"),
    }
}

/// The format of a number in the language of Python's module `struct`.
fn format(kind: Kind) -> &'static CStr {
    match kind {
        Kind::Float64 => c"d",
        Kind::Float32 => c"f",
        Kind::Int8 => c"b",
        Kind::Int16 => c"h",
        Kind::Int32 => c"i",
        Kind::Int64 => c"q",
        Kind::Uint16 | Kind::Char16 => c"H",
        Kind::Uint32 | Kind::Char32 => c"I",
        Kind::Uint64 => c"Q",
        Kind::Size if size_of::<usize>() == 4 => c"I",
        Kind::Size => c"Q",
        Kind::Bool => c"?",
        _ => c"B",
    }
}

/// The shape, and the strides behind it.
fn extents(layout: &Layout, size: usize, item: isize) -> Box<[isize]> {
    let given = if layout.scalars().is_some() { layout.extents() } else { Vec::new() };
    let inner: isize = given.iter().skip(1).map(|n| n.unwrap_or(1).cast_signed()).product();
    let first = (size.cast_signed() / item).checked_div(inner.max(1)).unwrap_or(0);
    let rest = given.iter().skip(1).map(|extent| extent.unwrap_or(1).cast_signed());
    let shape: Vec<isize> = std::iter::once(first).chain(rest).collect();
    let mut strides = vec![item; shape.len()];
    for dimension in (1..shape.len()).rev() {
        strides[dimension - 1] = strides[dimension] * shape[dimension];
    }
    shape.into_iter().chain(strides).collect()
}

#[cold]
fn refused(what: &str) -> Error {
    Error::unsupported(format!("no buffer of {what}"))
}
